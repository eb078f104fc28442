"""Rows as points: which of them have a dot of their own, and what there is to say of each."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from lossviz.analysis.replay import Replay, reach_of, replay
from lossviz.base.arrays import Array
from lossviz.engine.frames import thinned
from lossviz.engine.looks import Style
from lossviz.engine.run import Run
from lossviz.engine.task import Task
from lossviz.player import Detail, Share
from lossviz.views.panels.base import View

DOTS = 6_500  # moving dots over all frames and runs: what one rerun may send
WORK = 4_000_000  # outputs for rows over all frames and runs: shares are of the sum over all rows
TINY, HUGE = 1e-25, 1e25  # between these numbers travel with all their digits
LEAST = 8  # frames at which dots move
ROWS = 120  # rows that get a dot of their own
DRAWN = ("data", "outliers", "seed", "outlier_seed")  # decide which rows there are


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


def replays_of(runs: Sequence[Run], chosen: Task, rows: Array) -> list[Replay | None]:
    """The rows of each run that has the same ones."""
    work = len(chosen.y) * max(chosen.outputs, 1)
    most = min(DOTS // len(rows), WORK // work) // len(runs)
    frames = thinned(len(runs[0].steps), max(most, LEAST))
    seen = chosen.experiment.only(DRAWN)
    return [
        replay(run, frames, rows) if run.experiment.only(DRAWN) == seen else None for run in runs
    ]


def details_of(
    runs: Sequence[Run],
    looks: Sequence[Style],
    replays: Sequence[Replay | None],
    task: Task,
    rows: Array,
) -> list[Detail]:
    """What there is to say of each of some rows for each run that has it."""
    place = "margin" if task.sample.classes else "residual"
    ones = np.ones(len(rows))

    def reach(run: Run) -> Array:
        return np.broadcast_to(reach_of(run.task), task.sample.y.shape)[rows]

    return [
        Detail(
            look.label,
            look.colour,
            {
                place: each.argument,
                "loss": each.value,
                "share of the loss": _share(
                    "loss", each.loss_total, ones, each.loss_share, run.task.learned
                ),
                "slope": each.slope,
                "share of the gradient": _share(
                    "slope", each.pull_total, reach(run), each.gradient_share, run.task.outputs
                ),
            },
            frames=each.frames,
            percent=("share of the loss", "share of the gradient"),
        )
        for run, look, each in zip(runs, looks, replays, strict=True)
        if each is not None
    ]


def _share(
    of: str, totals: Array, weights: Array, shares: Array, is_of_more: object
) -> Array | Share:
    """Shares (F', n) that need no numbers of their own, unless they are of more than what is shown,
    or of sums that travel as nothing or infinity."""
    known = totals[totals > 0]
    is_in_range = not known.size or (known.min() > TINY and known.max() < HUGE)
    return Share(of, weights, totals) if is_in_range and not is_of_more else shares
