"""What the kept frames of a run look like: its predictions, and every row's loss and pull."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from lossviz.base.arrays import Array
from lossviz.engine.experiment import loss_of
from lossviz.engine.objective import Objective, classes_of
from lossviz.engine.sampling import generator
from lossviz.engine.task import Task
from lossviz.engine.training import Run
from lossviz.items.losses.base import LossFunction
from lossviz.items.models import MODELS

PIECE = 2**21  # numbers that a model may make at a time
REPLAYED = 2**17  # numbers of rows that are replayed at a time: about what stays in a core's cache
MAPPED = 2_000  # rows that a surface is drawn from, at most


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
    """

    frames: Array
    argument: Array
    value: Array
    slope: Array
    is_wrong: Array
    loss_share: Array
    gradient_share: Array


def replay(run: Run, frames: Array, rows: Array | None = None) -> Replay:
    """The run's training rows, all or those numbered in `rows` (n,), at these frames (indices
    into `run.steps`). Shares are of the total over all rows."""
    task = run.task
    reach = np.linalg.norm(task.features, axis=0) if task.is_linear else np.ones(1)
    # A piece of the frames at a time, as of many rows few are kept.
    piece = max(1, REPLAYED // (len(task.y) * max(task.outputs, 1)))
    chosen = slice(None) if rows is None else rows
    parts = [
        [array[:, chosen] for array in _rows_at(task, run.path[frames[k : k + piece]], reach)]
        for k in range(0, len(frames), piece)
    ]
    return Replay(frames, *(np.concatenate(arrays) for arrays in zip(*parts, strict=True)))


def _rows_at(task: Task, path: Array, reach: Array) -> tuple[Array, ...]:
    """What a `Replay` holds of all rows, along a path (F', P); reach (n,): what a row's slope is
    multiplied by in the gradient."""
    loss, labels, options = loss_of(task.experiment), task.sample.y, task.loss_params(path)
    z = _raw(task, path, task.features)
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
    return argument, value, along, is_wrong, _shares(parts), _shares(pull)


def _shares(parts: Array) -> Array:
    total = parts.sum(axis=1, keepdims=True)
    return np.divide(parts, total, out=np.zeros_like(parts), where=total > 0)


def raw(run: Run, frames: Array, X: Array) -> Array:
    """The raw predictions at rows X (m, d), in the data's units, at some frames: (F', m), or
    (F', m, K) where the model has K outputs."""
    task, e = run.task, run.experiment
    scaled = (X - task.sample.center) / task.sample.scale
    return _raw(task, run.path[frames], MODELS[e.model].function(scaled, **e.params_of("model")))


def _raw(task: Task, path: Array, features: Array) -> Array:
    # A piece of the frames at a time, as a network's layers take room.
    widest = max(units for units, _ in task.layers)
    piece = max(1, PIECE // (widest * features.shape[-1]))
    with np.errstate(all="ignore"):
        return np.concatenate(
            [task.forward(path[k : k + piece], features)[0] for k in range(0, len(path), piece)]
        )


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


def chances(run: Run, frames: Array, X: Array) -> Array:
    """The predictions at rows X (m, d) through the loss's inverse link: for two classes that of
    class 1, (F', m), for several (F', m, K). Probabilities where `Loss.probabilistic` says so."""
    with np.errstate(all="ignore"):
        return loss_of(run.experiment).inverse_link(raw(run, frames, X))


def curves(run: Run, x: Array) -> Array:
    """The fitted curve of a one-feature run at x (m,), for every kept frame: (F, m), in the
    target's units."""
    return chances(run, np.arange(len(run.steps)), x[:, None])


def shape(run: Run, arguments: Array, frames: Array | None = None) -> tuple[Array, Array, Array]:
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


def mapped(task: Task) -> Task:
    """The task on the training rows that its surface is drawn from: all, or of many so many drawn
    at random. Which they are depends on nothing but how many rows and what seed there is."""
    n = len(task.y)
    if n <= MAPPED:
        return task
    rows = np.sort(generator(task.experiment.seed, "surface").choice(n, MAPPED, replace=False))
    return task.take(rows)


@dataclass(frozen=True, eq=False)
class Height:
    """The height (F,) of a task's surface at points (F, P) in the descent's coordinates: the
    objective. Of many rows it is that of those drawn, tilted so that at the anchor (P,) value and
    slope are those of all rows: a valley that ends there does so for all. It holds no other rows.

    After Jordan, Lee & Yang (2019), Communication-Efficient Distributed Statistical Inference,
    JASA 114(526), doi:10.1080/01621459.2018.1429274."""

    drawn: Objective
    anchor: Array
    tilt: Array | None
    lift: float

    def __call__(self, points: Array) -> Array:
        with np.errstate(all="ignore"):
            values = self.drawn.values(points[:, None, :])[:, 0]
            if self.tilt is None:
                return values
            return values + (self.lift + (points - self.anchor) @ self.tilt)


def height_of(task: Task, anchor: Array) -> Height:
    """The height of the task's surface, which is true at the anchor (P,)."""
    drawn = mapped(task)
    few = Objective.of([drawn])
    if drawn is task:
        return Height(few, anchor, None, 0.0)
    # f(theta) + F(a) - f(a) + (F'(a) - f'(a)) (theta - a)
    (whole, slope), (part, part_slope) = Objective.of([task])(anchor[None]), few(anchor[None])
    return Height(few, anchor, slope[0] - part_slope[0], float(whole[0] - part[0]))


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
