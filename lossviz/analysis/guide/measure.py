"""What the rows themselves say about the loss they need, as figures.

Everything is measured on the training rows, injected outliers included: a guide cannot know which
rows are wrong. Residuals are those of the least-absolute fit, which outliers hardly move. Of very
many rows, that fit, and the search for neighbours, are made on some that are drawn from the seed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from lossviz.analysis.guide import traits
from lossviz.analysis.guide.folds import drawn, fewest_rows, most_rows, taken_in_words
from lossviz.analysis.minimum.budget import ENTRIES
from lossviz.analysis.minimum.exact import minimise
from lossviz.base.arrays import Array
from lossviz.engine.experiment import Experiment
from lossviz.engine.numbers import percent
from lossviz.engine.sampling import Sample, sample
from lossviz.engine.settings import PLAIN
from lossviz.engine.task import Task
from lossviz.items.datasets import DATASETS
from lossviz.items.models import MODELS

FAR_DEVIATIONS = 3.0  # robust deviations beyond which a residual counts as far off
NORMAL = 1.4826  # makes the median absolute deviation of normal data their standard deviation
MEAN_NORMAL = 1.2533  # the same for the mean absolute deviation: sqrt(pi / 2)
MOST_COUNT = 30.0  # whole numbers whose median is above this are as good as continuous
EXACT = 1e-11  # share of the largest target that counts as rounding
NEIGHBOURS = 10
SURE = 0.8  # the share of neighbours that makes them sure of a class
MOST_SEARCHED = 6_000  # rows among which neighbours are sought
RARE = 0.2  # a class with a smaller share than this is rare
KEPT = ("data", "outliers", "model", "l1", "l2", "scaling", "seed", "outlier_seed")


@dataclass(frozen=True)
class Finding:
    """One measured figure: its key, its value, what it is, and what it means, in words."""

    key: str
    value: float
    label: str
    meaning: str


def linear(experiment: Experiment) -> Experiment:
    """The same rows under a model whose exact minimum can be found, and the usual loss."""
    e = experiment
    model = e.model if MODELS[e.model].linear else PLAIN["model"].default
    own = {k: v for k, v in e.params if k.partition(".")[0] in (e.data, e.outliers, model)}
    return Experiment(**{**{key: e[key] for key in KEPT}, "model": str(model)}, params=own)


def measure(experiment: Experiment) -> Mapping[str, Finding]:
    """The findings on the experiment's rows, by key; those that cannot be measured on them are
    left out."""
    e = linear(experiment)
    data = sample(e)
    if DATASETS[e.data].task == "regression":
        found = _of_numbers(e, data)
    else:
        found = _of_classes(data, drawn(data, MOST_SEARCHED, e.seed))
    return {finding.key: finding for finding in found}


def _rows(data: Sample, some: Sample, what: str) -> Finding:
    meaning = "Few rows can prove little."
    if len(some.y) < len(data.y):
        meaning = f"{what} {len(some.y):,} of them, drawn at random; all else is measured on all."
    return Finding("rows", float(len(data.y)), "Rows", meaning)


def residuals(task: Task, some: Sample) -> tuple[Array, Array]:
    """Target less prediction, and the prediction (n,), at all rows of a task, of the least-absolute
    fit to some of them."""
    absolute = traits.first("regression", traits.gives_the_median).name
    exact = minimise(Task.on(task.experiment.replace(loss=absolute), some))
    assert exact is not None  # the model is linear
    fitted = task.forward(exact.internal[None], task.features)[0][0]
    residual = task.y - fitted
    # What is left of a row that is fitted exactly is rounding, which would have a shape too.
    is_left = np.abs(residual) > EXACT * np.abs(task.y).max()
    return np.where(is_left, residual, 0.0), fitted


def _of_numbers(e: Experiment, data: Sample) -> list[Finding]:
    task = Task.on(e, data)
    some = drawn(data, max(most_rows(task), fewest_rows(task)), e.seed)
    if len(some.y) * len(task.features) > ENTRIES:
        features = taken_in_words(task)
        why = f"{features} are too many for the fit that all about residuals is measured on."
        return [Finding("rows", float(len(data.y)), "Rows", why), *_of_targets(data.y)]
    residual, fitted = residuals(task, some)
    found = [_rows(data, some, "The line is fitted to")]
    around = np.abs(residual - np.median(residual))
    # The median absolute deviation (Hampel 1974), scaled to normal errors.
    spread = NORMAL * float(np.median(around))
    how = f"{NORMAL} times their median distance from the median, in the target's units."
    if spread == 0:  # then by the mean (Iglewicz and Hoaglin 1993)
        spread = MEAN_NORMAL * float(np.mean(around))
        how = (
            f"{MEAN_NORMAL} times their mean distance from the median, as more than half of "
            "them are the same; in the target's units."
        )
    if spread > 0:
        share = float(np.mean(around > FAR_DEVIATIONS * spread))
        found.append(
            Finding(
                "spread",
                spread,
                "Robust spread of the residuals",
                how,
            )
        )
        found.append(
            Finding(
                "outliers",
                share,
                f"Share of residuals beyond {FAR_DEVIATIONS:g} spreads",
                "Normal errors have 0.0027 there.",
            )
        )
    low, middle, high = np.quantile(residual, (0.1, 0.5, 0.9))
    if high > low:
        # Kelly's skewness: which of the outer tenths reaches further; outliers do not decide it.
        skew = float((high + low - 2 * middle) / (high - low))
        found.append(
            Finding(
                "skew",
                skew,
                "Skew of the residuals (Kelly)",
                "From −1 to 1, 0 if both sides reach equally far.",
            )
        )
    if np.ptp(fitted) > 0 and np.ptp(around) > 0:
        from scipy.stats import spearmanr

        answer: Any = spearmanr(fitted, around)
        found.append(
            Finding(
                "fanning",
                float(answer.statistic),
                "Rank correlation of spread with prediction",
                "Above 0 the errors grow with the prediction.",
            )
        )
        found.append(
            Finding(
                "fanning_p",
                float(answer.pvalue),
                "Its p-value",
                "How often equal spread would look so uneven by chance.",
            )
        )
    return found + _of_targets(data.y)


def _of_targets(y: Array) -> list[Finding]:
    found = []
    if y.min() >= 0 and np.array_equal(y, np.rint(y)) and np.median(y) <= MOST_COUNT:
        zeros = float(np.mean(y == 0))
        found.append(
            Finding(
                "counts",
                float(np.median(y)),
                "Median of whole targets of 0 and more",
                f"The targets are counts; a share of {zeros:.2g} of them is 0.",
            )
        )
    low, high = np.quantile(y, (0.05, 0.95))
    if y.min() > 0:
        decades = float(np.log10(high / low))
        found.append(
            Finding(
                "decades",
                decades,
                "Powers of ten that positive targets span",
                "From their 5th to their 95th percentile.",
            )
        )
    return found


def _of_classes(data: Sample, some: Sample) -> list[Finding]:
    y, classes = data.y, data.classes
    counts = np.bincount(y.astype(int), minlength=len(classes))
    rarest = int(np.argmin(counts))
    found = [
        _rows(data, some, "Neighbours are sought among"),
        Finding("classes", float(len(classes)), "Classes", ", ".join(classes)),
        Finding("rare_class", float(rarest), "Number of the rarest class", classes[rarest]),
        Finding(
            "rarest",
            float(counts[rarest] / len(y)),
            "Share of the rarest class",
            f"{classes[rarest]}: {counts[rarest]} rows.",
        ),
    ]
    if len(y) > 2 * NEIGHBOURS:
        found.append(
            Finding(
                "disputed",
                float(np.mean(disputed(some.X, some.y))),
                "Share of labels that neighbours contradict",
                f"Of {NEIGHBOURS} nearest rows, at least {percent(f'{100 * SURE:.0f}')} agree on "
                "another class: the label may be wrong.",
            )
        )
    return found


def disputed(X: Array, y: Array) -> Array:
    """Whether (n,) a row's nearest neighbours, features standardised, are sure of another class."""
    from sklearn.neighbors import NearestNeighbors

    scale = X.std(axis=0)
    rows = X / np.where(scale > 0, scale, 1.0)
    # Without rows of its own, a row is not among its neighbours.
    near = NearestNeighbors(n_neighbors=NEIGHBOURS).fit(rows).kneighbors(return_distance=False)
    votes = np.stack([np.mean(y[near] == k, axis=1) for k in np.unique(y)], axis=1)
    winner = np.unique(y)[votes.argmax(axis=1)]
    return (votes.max(axis=1) >= SURE - 1e-12) & (winner != y)
