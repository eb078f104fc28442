"""Planes in the space of parameters: of two of them, or that in which runs move most."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from lossviz.analysis.minimum import reference
from lossviz.analysis.starts import task_of
from lossviz.base.arrays import Array
from lossviz.engine.experiment import Experiment
from lossviz.engine.numbers import percent
from lossviz.engine.run import Run
from lossviz.engine.task import Task

Range = tuple[float, float]
SQUAT = 0.5  # the least that one side of a frame may be of the other
MARGIN = 0.15  # of a frame's width, on either side
STRAY = 3.0  # how many times wider paths may make a frame
PLANE_FRAMES = 60  # of each run, that decide the plane of runs


@dataclass(frozen=True, eq=False)
class Plane:
    """A plane in the space of parameters, in the coordinates of the descent.

    Points are origin (P,) + x directions[0] + y directions[1], the directions (2, P) being
    orthonormal. What a loss learns of its own parameters does not vary over it.
    axes: the places of the two parameters that it varies, if it is a plane of two;
    note: how it was chosen, in a sentence.
    """

    origin: Array
    directions: Array
    x_name: str
    y_name: str
    axes: tuple[int, int] | None
    note: str

    def coordinates(self, path: Array) -> Array:
        """x and y (..., 2) of the points of the plane closest to path (..., P), or to its model's
        parameters alone, which come first."""
        shared = min(len(self.origin), path.shape[-1])
        return (path[..., :shared] - self.origin[:shared]) @ self.directions[:, :shared].T

    def points(self, xy: Array) -> Array:
        """The parameters (..., P) at x and y (..., 2)."""
        return self.origin + xy @ self.directions


def plane_of(
    of: Experiment | Task, x: str | None = None, y: str | None = None, base: Array | None = None
) -> Plane:
    """The plane of two parameters.

    x, y: their names; left out, the first slope and the intercept where the model has but two
        parameters, else the first two slopes. base (P,): where the others are held; left out, at
        the exact minimiser, or where none is known at the start.
    KeyError for an unknown name, ValueError for one name twice or a model with one parameter.
    """
    task = task_of(of)
    axes = _axes(task, x, y)
    where = "the minimiser"
    if base is None:
        exact = reference(task)
        base = task.start if exact is None else exact.internal
        where = "one of its minimisers" if exact and exact.is_unique is False else where
    origin, directions = np.array(base, float), np.zeros((2, len(base)))
    origin[list(axes)], directions[[0, 1], axes] = 0.0, 1.0
    note = f"The other parameters are held at {where}." if task.weights > 2 else ""
    if task.weights == 2 < len(origin):
        note = f"What the loss learns is held at {where}."
    return Plane(
        origin=origin,
        directions=directions,
        x_name=task.names[axes[0]],
        y_name=task.names[axes[1]],
        axes=axes,
        note=note,
    )


def plane_of_runs(runs: Sequence[Run], of: int = 0) -> Plane:
    """The plane through the runs' start, their mean where they differ, along the two directions
    in which the runs, all together, move most. Their models must have the same parameters. It is
    for the objective of the run numbered `of`: what its loss learns is held where this run ends."""
    size = runs[of].task.weights
    paths = [run.path[:, :size] for run in runs]
    origin = np.mean([path[0] for path in paths], axis=0)
    moves = np.vstack(
        [path[np.linspace(0, len(path) - 1, PLANE_FRAMES).astype(int)] - origin for path in paths]
    )
    # Two directions even where nothing moves: the first parameters.
    moves = np.vstack([moves, 1e-9 * (np.abs(moves).max() or 1.0) * np.eye(2, moves.shape[1])])
    # Of a few points in many dimensions, by the inner products of the points.
    squares, weights = np.linalg.eigh(moves @ moves.T)
    directions = np.linalg.qr(moves.T @ weights[:, :-3:-1])[0].T
    signs = np.where(directions @ moves[-3] < 0, -1.0, 1.0)  # the last run ends at the right
    share = float(np.sum(squares[-2:]) / np.sum(squares))
    note = (
        "The plane through the start in which these runs, all together, move most: it holds "
        f"{percent(f'{100 * share:.0f}')} of their squared distances from the start. Paths are "
        "their shadows on it."
    )
    latents = runs[of].path[-1, size:]
    if len(latents):
        note += " What the loss learns is held where this run ends."
    directions = np.pad(signs[:, None] * directions, [(0, 0), (0, len(latents))])
    return Plane(
        origin=np.append(origin, latents),
        directions=directions,
        x_name="first main direction",
        y_name="second main direction",
        axes=None,
        note=note,
    )


def _axes(task: Task, x: str | None, y: str | None) -> tuple[int, int]:
    names = task.names[: task.weights]
    slopes = [int(i) for i in np.flatnonzero(task.penalised)]
    order = [*slopes, *(i for i in range(len(names)) if i not in slopes)]
    if len(order) < 2:
        raise ValueError("a landscape needs a model with two parameters or more")
    chosen = [_place(names, name) for name in (x, y) if name is not None]
    if x is not None and x == y:
        raise ValueError(f"both axes of the landscape are {x!r}")
    rest = [i for i in order if i not in chosen]
    across = rest.pop(0) if x is None else _place(names, x)
    up = rest.pop(0) if y is None else _place(names, y)
    return across, up


def _place(names: Sequence[str], name: str) -> int:
    if name not in names:
        raise KeyError(f"no parameter {name!r}; there are {', '.join(names)}")
    return names.index(name)


def frame_for(paths: Sequence[Array], ends: Sequence[Array]) -> tuple[Range, Range]:
    """Ranges for x and y that hold all starts and ends, and the paths unless they stray.

    paths: arrays (F, 2); ends, such as minimisers: (2,); all in the coordinates of a plane. What
    strays widens the frame to three times what starts and ends need, and no further.
    """
    core = np.array([*(path[0] for path in paths), *ends])
    low, high = core.min(axis=0), core.max(axis=0)
    width = high - low
    # A frame is nowhere flat: 1 where all agree, and no side less than half of the other.
    width = np.maximum(width, SQUAT * width.max() or 1.0)
    middle, reach = (low + high) / 2, STRAY * width / 2
    for path in paths:
        points = path[np.isfinite(path).all(axis=1)]
        points = np.clip(points, middle - reach, middle + reach)
        low, high = np.minimum(low, points.min(axis=0)), np.maximum(high, points.max(axis=0))
    spare = np.maximum(high - low, width) * (0.5 + MARGIN) - (high - low) / 2
    (left, bottom), (right, top) = (low - spare).tolist(), (high + spare).tolist()
    return (left, right), (bottom, top)
