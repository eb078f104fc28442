"""The panel of rows that are pictures: a chosen one, the worst mistakes, and the confusion."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from lossviz.analysis.confusion import confusions
from lossviz.analysis.predictions import chances
from lossviz.base.arrays import Array
from lossviz.engine.experiment import Experiment
from lossviz.engine.frames import latest, thinned
from lossviz.engine.looks import Style
from lossviz.engine.numbers import percent
from lossviz.engine.run import Run
from lossviz.items.datasets import DATASETS
from lossviz.player import Row, Table
from lossviz.views.charts.images import ACROSS, DOWN, bars, inked, mosaic, picture
from lossviz.views.charts.metrics import confusion
from lossviz.views.panels.base import Content, View, panel
from lossviz.views.panels.settings import ROW

FRAMES = 40
SHOWN = ACROSS * DOWN


def _has_pictures(experiments: Sequence[Experiment]) -> bool:
    return DATASETS[experiments[0].data].image is not None


@panel("images", label="Images", params=(ROW,), suits=_has_pictures)
def images(runs: Sequence[Run], looks: Sequence[Style], view: View, *, row: int) -> Content:
    """For data whose rows are pictures: a training row of the run in focus with every run's chances
    for it, and that run's worst mistakes and confusion on the clean test rows. Runs on other data
    are left out."""
    chosen, look = runs[view.focus], looks[view.focus]
    task = chosen.task
    dataset, sample = DATASETS[chosen.experiment.data], task.sample
    if dataset.image is None:
        raise ValueError(f"the rows of {dataset.name} are no pictures")
    pairs = [
        (run, style)
        for run, style in zip(runs, looks, strict=True)
        if run.experiment.data == dataset.name
    ]
    runs, looks = [run for run, _ in pairs], [style for _, style in pairs]
    kept = chosen.steps
    frames = thinned(len(kept), FRAMES)
    row = min(row, len(sample.y)) - 1
    label, low, high = int(sample.y[row]), sample.X_test.min(), sample.X_test.max()
    given = [np.nan_to_num(chances(run, frames, sample.X[row : row + 1]))[:, 0] for run in runs]
    z = np.nan_to_num(chances(chosen, frames, sample.X_test))
    counts = confusions(sample.y_test.astype(int), z.argmax(axis=-1), len(sample.classes))
    rows, captions = _worst(z, sample.y_test.astype(int), sample.classes)
    pictures = inked(sample.X_test[rows], low, high) * (captions != "")[..., None]
    name = sample.classes[label]
    odd = ", which is an injected outlier" if sample.is_outlier[row] else ""
    seen = inked(sample.X[row].reshape(dataset.image), low, high)
    scenes = {
        "picture": picture(
            "picture",
            seen,
            f"Training row {row + 1:,}, labelled {name}{odd}. The darker, the higher the pixel.",
        ),
        "chances": bars(
            "chances",
            looks,
            sample.classes,
            given,
            frames,
            label,
            f"Each run's chance of every class for training row {row + 1:,}, labelled {name}.",
        ),
        "mistakes": mosaic(
            "mistakes",
            pictures.reshape(*rows.shape, *dataset.image),
            captions,
            frames,
            f"The clean test rows that {look.label} gets wrong at this step, up to {SHOWN} of "
            "them, the surest first: the true class, the one that it is taken for, and the chance "
            "that was given to that.",
        ),
        "confusion": confusion(
            "confusion", [look], sample.classes, [counts], frames, f" Of {look.label}."
        ),
    }
    count = len(kept)
    lines = [
        Row(
            style.label,
            (
                list(latest(frames, count, np.array(sample.classes)[chance.argmax(axis=1)])),
                latest(frames, count, chance.max(axis=1)),
                latest(frames, count, chance[:, label]),
            ),
            style.colour,
            style.dash,
        )
        for style, chance in zip(looks, given, strict=True)
    ]
    caption = f"Training row {row + 1:,}, labelled {name}"
    columns = ("Loss", "Largest chance for", "Which is", f"Chance of {name}")
    return Content(scenes, (Table(caption, columns, tuple(lines), spoken=columns[1:3]),))


def _worst(chance: Array, labels: Array, classes: Sequence[str]) -> tuple[Array, Array]:
    """The rows (F', SHOWN) with the surest mistakes of chances (F', n, K), and what is said of
    each: nothing where there are no more mistakes."""
    taken, sureness = chance.argmax(axis=-1), chance.max(axis=-1)
    is_wrong = taken != labels
    rows = np.argsort(-np.where(is_wrong, sureness, -1.0), axis=1, kind="stable")[:, :SHOWN]
    rows = np.pad(rows, ((0, 0), (0, SHOWN - rows.shape[1])), mode="edge")
    captions, names = np.full(rows.shape, "", object), np.array(classes)
    for frame, place in np.argwhere(np.take_along_axis(is_wrong, rows, axis=1)):
        row = rows[frame, place]
        true, said = names[labels[row]], names[taken[frame, row]]
        captions[frame, place] = (
            f"{true} taken for {said}\n{percent(f'{100 * sureness[frame, row]:.0f}')}"
        )
    return rows, captions
