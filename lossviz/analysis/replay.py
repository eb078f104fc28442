"""The rows of a run at its kept frames: every row's loss and pull, and the loss they lie on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from lossviz.analysis.predictions import raw_of
from lossviz.base.arrays import Array
from lossviz.engine.experiment import loss_of
from lossviz.engine.objective import classes_of
from lossviz.engine.run import Run
from lossviz.engine.task import Task
from lossviz.items.losses.base import LossFunction

REPLAYED = 2**17  # numbers of rows that are replayed at a time: about what stays in a core's cache


@dataclass(frozen=True, eq=False)
class Replay:
    """The rows of a run at some of its frames, all arrays (F', n).

    argument: where the row lies on the axis of its loss. For numbers, the residual: prediction
        minus target, in the target's units (through the inverse link). For classes, the margin.
    value, slope: the loss of each row, and its derivative along that axis: with respect to the raw
        prediction z, or to the margin, or, of several outputs, to that of the row's own class.
    is_wrong: whether the row is put into another class; nowhere for numbers.
    loss_share, gradient_share: of the frame's total; a row's part of the gradient is the length
        of its slope times that of its feature vector (for networks, of its slope alone). The loss
        of one that learns is what a row pays beyond a perfect one. Where the total is 0, all shares
        are 0.
    loss_total, pull_total (F'): what the shares are of, summed over all rows.
    """

    frames: Array
    argument: Array
    value: Array
    slope: Array
    is_wrong: Array
    loss_share: Array
    gradient_share: Array
    loss_total: Array
    pull_total: Array


def replay(run: Run, frames: Array, rows: Array | None = None) -> Replay:
    """The run's training rows, all or those numbered in `rows` (n,), at these frames (indices
    into `run.steps`). Shares are of the total over all rows."""
    task = run.task
    reach = reach_of(task)
    # A piece of the frames at a time, as of many rows few are kept.
    piece = max(1, REPLAYED // (len(task.y) * max(task.outputs, 1)))
    chosen = slice(None) if rows is None else rows
    parts = [
        [
            array if array.ndim == 1 else array[:, chosen]
            for array in _rows_at(task, run.path[frames[k : k + piece]], reach)
        ]
        for k in range(0, len(frames), piece)
    ]
    return Replay(frames, *(np.concatenate(arrays) for arrays in zip(*parts, strict=True)))


def reach_of(task: Task) -> Array:
    """What a row's slope is multiplied by in its part of the gradient: (n,), or (1,) for all."""
    return np.linalg.norm(task.features, axis=0) if task.is_linear else np.ones(1)


def _rows_at(task: Task, path: Array, reach: Array) -> tuple[Array, ...]:
    """What a `Replay` holds of all rows, along a path (F', P); reach (n,): what a row's slope is
    multiplied by in the gradient."""
    loss, labels, options = loss_of(task.experiment), task.sample.y, task.loss_params(path)
    z = raw_of(task, path, task.features)
    with np.errstate(all="ignore"):
        value, slope = loss.function(z, task.y, **options)
        pull = np.linalg.norm(slope, axis=-1) if task.outputs else np.abs(slope)
        pull = pull * reach
        argument, along = loss.inverse_link(z) - task.y, slope
        if task.sample.classes:
            argument, along = margins(z, labels, task.outputs), _along(slope, labels, task.outputs)
        parts = value
        if task.learned is not None:  # what all rows pay alike, for the density, is no row's share
            parts = value - loss.function(task.y, task.y, **options)[0]
    is_wrong = np.zeros(value.shape, bool)
    if task.sample.classes:
        is_wrong = classes_of(z, task.outputs) != labels
    totals = parts.sum(axis=1), pull.sum(axis=1)
    shares = (_shares(each, of) for each, of in zip((parts, pull), totals, strict=True))
    return argument, value, along, is_wrong, *shares, *totals


def _shares(parts: Array, total: Array) -> Array:
    whole = total[:, None]
    return np.divide(parts, whole, out=np.zeros_like(parts), where=whole > 0)


def margins(z: Array, labels: Array, outputs: int) -> Array:
    """How far rows with labels (n,) are on the right side: for raw predictions z (..., n) of two
    classes, z times the sign of the class; with outputs (..., n, K), that of the row's class
    minus the largest other."""
    own = _along(z, labels, outputs)
    if not outputs:
        return own
    return own - np.where(_own(labels, outputs), -np.inf, z).max(axis=-1)


def _along(slope: Array, labels: Array, outputs: int) -> Array:
    if not outputs:
        return (2.0 * labels - 1.0) * slope
    return np.where(_own(labels, outputs), slope, 0.0).sum(axis=-1)


def _own(labels: Array, outputs: int) -> Array:
    return labels[:, None] == np.arange(outputs)


def loss_along(
    run: Run, arguments: Array, frames: Array | None = None
) -> tuple[Array, Array, Array]:
    """The run's loss and its slope over residuals or margins (m,): (x, value, slope). Of a loss
    that learns, value and slope are (F', m), at these frames or, without any, at the last.

    A loss that depends on more than the residual is drawn for the median target; one that treats
    two classes differently once for each, with a gap between; one over several classes for equal
    outputs of all other classes.
    """
    task, loss = run.task, loss_of(run.experiment)
    options = task.loss_params(run.path[-1:] if frames is None else run.path[frames])
    if loss.task == "multiclass":
        z = np.zeros((len(arguments), task.outputs))
        z[:, 0] = arguments
        value, slope = loss.function(z, loss.targets(np.zeros(1), task.outputs), **options)
        return arguments, value, slope[:, 0]
    if loss.task == "binary":
        return _two_sided(loss.function, options, arguments)
    if loss.of_residual:
        return arguments, *loss.function(arguments, np.zeros(1), **options)
    y = np.median(task.y)
    prediction = arguments + y
    with np.errstate(all="ignore"):
        z = loss.link(prediction)
        value, slope = loss.function(z, np.full(1, y), **options)
    known = np.isfinite(value) & np.isclose(loss.inverse_link(z), prediction)
    return arguments, np.where(known, value, np.nan), np.where(known, slope, np.nan)


def _two_sided(
    function: LossFunction, options: dict[str, Any], margins: Array
) -> tuple[Array, Array, Array]:
    first, second = (
        (value, sign * slope)
        for sign, y in ((1.0, np.ones(1)), (-1.0, np.zeros(1)))
        for value, slope in [function(sign * margins, y, **options)]
    )
    if np.allclose(first, second, rtol=1e-9):
        return margins, *first
    gap = np.full(1, np.nan)
    value, slope = (np.concatenate([a, gap, b]) for a, b in zip(first, second, strict=True))
    return np.concatenate([margins, gap, margins]), value, slope
