"""The kept frames of runs: some of them, values known at some, and runs at the same ones."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from lossviz.base.arrays import Array
from lossviz.engine.run import Run


def thinned(count: int, wanted: int) -> Array:
    """Some of `count` frames, if possible as many as are wanted, the first and the last among
    them: more of them early, where most happens."""
    if wanted >= count:
        return np.arange(count)
    return np.unique(((count - 1) * np.linspace(0.0, 1.0, wanted) ** 2).round().astype(int))


def latest(frames: Array, count: int, values: Array) -> Array:
    """Values (F', ...) at some frames as values at all of `count` frames: those last measured."""
    return values[np.searchsorted(frames, np.arange(count), side="right") - 1]


def aligned(runs: Sequence[Run]) -> list[Run]:
    """The runs at the same kept steps, as far as all have come. One that was to make fewer steps
    than the others stands still at its end."""
    end = min(
        (len(run.loss) - 1 for run in runs if not run.is_done),
        default=max(run.experiment.steps for run in runs),
    )
    steps = max((run.steps for run in runs), key=lambda kept: kept[-1])
    steps = np.unique(np.append(steps[steps < end], end))
    return [_at(run, steps) for run in runs]


def _at(run: Run, steps: Array) -> Run:
    if np.array_equal(run.steps, steps):
        return run
    frames = np.searchsorted(run.steps, steps, side="right") - 1
    known = np.minimum(np.arange(steps[-1] + 1), len(run.loss) - 1)
    return replace(
        run,
        steps=steps,
        theta=run.theta[frames],
        path=run.path[frames],
        loss=run.loss[known],
        test_loss=run.test_loss[known],
        error=None if run.error is None else run.error[frames],
        test_error=None if run.test_error is None else run.test_error[frames],
    )
