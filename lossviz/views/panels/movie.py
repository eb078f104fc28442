"""The playground's charts and tables, of runs at the same steps."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from lossviz.analysis.regions import feature_plane
from lossviz.analysis.replay import Replay, replay
from lossviz.base.arrays import Array
from lossviz.engine.frames import thinned
from lossviz.engine.looks import Style, styles
from lossviz.engine.run import Run
from lossviz.engine.task import Task
from lossviz.player import Detail, Movie
from lossviz.views.charts.scene import movie
from lossviz.views.panels.images import images_panel
from lossviz.views.panels.metrics import metrics_panel
from lossviz.views.panels.network import network_panel
from lossviz.views.panels.overview import best_of, overview
from lossviz.views.panels.step_table import table
from lossviz.views.panels.view import View, panels

DOTS = 12_000  # moving dots over all frames and runs: what one rerun may send
WORK = 4_000_000  # outputs for rows over all frames and runs: shares are of the sum over all rows
LEAST = 8  # frames at which dots move
ROWS = 120  # rows that get a dot of their own
DRAWN = ("data", "outliers", "seed", "outlier_seed")  # decide which rows there are


def playground(runs: Sequence[Run], view: View | None = None) -> Movie:
    """One panel of runs at the same steps, and its tables. A panel that has nothing to show of
    these runs gives way to the overview."""
    view = view or View()
    looks = styles([run.experiment for run in runs])
    steps, basic = runs[0].steps, table(runs, looks)
    chosen = runs[view.focus].task
    view = replace(view, row=min(view.row, len(chosen.y) - 1))
    shown = panels([run.experiment for run in runs])
    panel = view.panel if view.panel in shown else "overview"
    if panel == "overview":
        rows = linked_rows(runs, view)
        replays = _replays(runs, chosen, rows)
        scenes = overview(runs, looks, view, replays, rows)
        names = [f"Row {row + 1}" for row in rows]
        return movie(scenes, steps, [basic], _details(looks, replays, chosen), names)
    if panel == "metrics":
        scenes, tables = metrics_panel(runs, looks, view.focus, view.threshold)
    elif panel == "network":
        plane = feature_plane(chosen, view.across, view.up)
        scenes, tables = network_panel(runs, looks, view.focus, view.row, plane)
    else:
        scenes, tables = images_panel(runs, looks, view.row, focus=view.focus)
    return movie(scenes, steps, [basic, *tables])


def marks(runs: Sequence[Run]) -> list[dict[str, object]]:
    """The steps worth a visit: for each run where its clean test loss is lowest, if it matters."""
    looks = styles([run.experiment for run in runs])
    found = [(best_of(run), look) for run, look in zip(runs, looks, strict=True)]
    return [
        {"label": f"{look.label}: lowest test loss", "step": best.step, "colour": look.colour}
        for best, look in found
        if best is not None
    ]


def linked_rows(runs: Sequence[Run], view: View) -> Array:
    """The numbers of the training rows that get dots: all, or of many the outliers first and an
    even pick of the rest."""
    is_outlier = runs[view.focus].task.sample.is_outlier
    n = len(is_outlier)
    if n <= ROWS:
        return np.arange(n)
    marked = np.flatnonzero(is_outlier)[: ROWS // 2]
    others = np.flatnonzero(~is_outlier)
    picked = np.linspace(0, len(others) - 1, ROWS - len(marked)).round().astype(int)
    return np.sort(np.concatenate([marked, others[picked]]))


def _replays(runs: Sequence[Run], chosen: Task, rows: Array) -> list[Replay | None]:
    """The rows of each run that has the same ones."""
    work = len(chosen.y) * max(chosen.outputs, 1)
    most = min(DOTS // len(rows), WORK // work) // len(runs)
    frames = thinned(len(runs[0].steps), max(most, LEAST))
    seen = chosen.experiment.only(DRAWN)
    return [
        replay(run, frames, rows) if run.experiment.only(DRAWN) == seen else None for run in runs
    ]


def _details(looks: Sequence[Style], replays: Sequence[Replay | None], task: Task) -> list[Detail]:
    place = "margin" if task.sample.classes else "residual"
    return [
        Detail(
            look.label,
            look.colour,
            {
                place: each.argument,
                "loss": each.value,
                "share of the loss": each.loss_share,
                "slope": each.slope,
                "share of the gradient": each.gradient_share,
            },
            each.frames,
            percent=("share of the loss", "share of the gradient"),
        )
        for look, each in zip(looks, replays, strict=True)
        if each is not None
    ]
