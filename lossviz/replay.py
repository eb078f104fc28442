"""What the kept frames of a run look like: its curve, and every row's residual, loss and pull."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from lossviz.losses import LOSSES
from lossviz.models import MODELS
from lossviz.objective import Objective, Task
from lossviz.training import Run

Array = np.ndarray


@dataclass(frozen=True, eq=False)
class Replay:
    """The rows of a run at some of its frames, all arrays (F', n).

    residual: prediction minus target, in the target's units (through the inverse link).
    value, slope: the loss of each row, and its derivative with respect to the raw prediction z.
    loss_share, gradient_share: of the frame's total; a row's part of the gradient is its |slope|
        times the length of its feature vector. Where the total is 0, all shares are 0.
    """

    frames: Array
    residual: Array
    value: Array
    slope: Array
    loss_share: Array
    gradient_share: Array


def replay(run: Run, frames: Array, rows: Array | None = None) -> Replay:
    """The run's training rows, all or those numbered in `rows` (n,), at these frames (indices
    into `run.steps`). Shares are of the total over all rows."""
    task, loss = Task.of(run.experiment), LOSSES[run.experiment.loss]
    with np.errstate(all="ignore"):
        z, _ = MODELS[run.experiment.model].forward(run.path[frames], task.features)
        options = run.experiment.params_of("loss")
        value, slope = loss.function(z, task.y, **options)
        pull = np.abs(slope) * np.linalg.norm(task.features, axis=0)
        residual = loss.inverse_link(z) - task.y
    arrays = residual, value, slope, _shares(value), _shares(pull)
    return Replay(frames, *(array if rows is None else array[:, rows] for array in arrays))


def _shares(parts: Array) -> Array:
    total = parts.sum(axis=1, keepdims=True)
    return np.divide(parts, total, out=np.zeros_like(parts), where=total > 0)


def curves(run: Run, x: Array) -> Array:
    """The fitted curve of a one-feature run at x (m,), for every kept frame: (F, m), in the
    target's units."""
    task, e = Task.of(run.experiment), run.experiment
    grid = (x[:, None] - task.sample.center) / task.sample.scale
    features = MODELS[e.model].function(grid, **e.params_of("model"))
    with np.errstate(all="ignore"):
        z, _ = MODELS[e.model].forward(run.path, features)
        return LOSSES[e.loss].inverse_link(z)


def shape(run: Run, residuals: Array) -> tuple[Array, Array]:
    """The run's loss and its slope over residuals (m,), in the target's units.

    A loss that depends on more than the residual is drawn for the median target.
    """
    task, loss = Task.of(run.experiment), LOSSES[run.experiment.loss]
    options = run.experiment.params_of("loss")
    if loss.of_residual:
        return loss.function(residuals, np.zeros(1), **options)
    y = np.median(task.y)
    prediction = residuals + y
    with np.errstate(all="ignore"):
        z = loss.link(prediction)
        value, slope = loss.function(z, np.full(1, y), **options)
    known = np.isfinite(value) & np.isclose(loss.inverse_link(z), prediction)
    return np.where(known, value, np.nan), np.where(known, slope, np.nan)


def heights(task: Task, path: Array) -> Array:
    """The task's objective (F,) along a path (F, P) in the descent's coordinates."""
    with np.errstate(all="ignore"):
        return Objective.of([task]).values(path[:, None, :])[:, 0]


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
        run, steps=steps, theta=run.theta[frames], path=run.path[frames],
        loss=run.loss[known], test_loss=run.test_loss[known],
    )  # fmt: skip
