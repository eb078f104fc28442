"""Loss surfaces: the training objective over a plane in the space of parameters.

Each point of the grid is a run of zero steps, so it costs one call of `Objective`. The plane is
that of two parameters where one output is linear in them, and else that in which runs move most.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from lossviz.analysis.minimum import reference
from lossviz.analysis.replay import MAPPED, Height, height_of, mapped
from lossviz.base.arrays import Array
from lossviz.engine.cost import check_surface
from lossviz.engine.experiment import Experiment
from lossviz.engine.task import Task
from lossviz.engine.training import Run

Range = tuple[float, float]
MEMORY = 2**20  # bytes of temporaries for one piece of the grid: about what stays in a core's cache
TEMPORARIES = 8  # arrays of (points, rows) that a loss makes on its way
SQUAT = 0.5  # the least that one side of a frame may be of the other
MARGIN = 0.15  # of a frame's width, on either side
STRAY = 3.0  # how many times wider paths may make a frame
FRAMES = 60  # of each run, that decide the plane of runs


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


@dataclass(frozen=True, eq=False)
class Landscape:
    """The objective over a plane, in the coordinates of the descent.

    x, y (n,): values of the coordinates x_name and y_name; values (n, n): the objective, penalty
        included, a row for each y.
    fixed: the value of each parameter that a plane of two parameters does not vary; {} for others.
        Those of the loss are given as themselves.
    coordinates: "data units" or "scaled features".
    rows: of how many training rows it is the objective, and how many there are.
    height: the objective (F,) at parameters (F, P), as it is drawn here.
    """

    x_name: str
    y_name: str
    x: Array
    y: Array
    values: Array
    plane: Plane
    fixed: dict[str, float]
    coordinates: str
    rows: tuple[int, int]
    height: Height


@dataclass(frozen=True)
class Relief:
    """Heights at which to draw losses, so that the valley shows: log10(1 + (loss - low) / scale).

    Drawing and reading scale differ, so a colour bar shows `ticks`, true losses, at
    `heights(ticks)`.
    """

    low: float
    scale: float
    ticks: tuple[float, ...]

    def heights(self, values: Array | Sequence[float]) -> Array:
        """From losses of any shape to heights; losses below the lowest are drawn as lowest."""
        return np.log10(1.0 + np.maximum(np.asarray(values) - self.low, 0.0) / self.scale)


def landscape(
    of: Experiment | Task,
    *,
    x: str | None = None,
    y: str | None = None,
    n: int = 101,
    x_range: Range | None = None,
    y_range: Range | None = None,
    base: Array | None = None,
    plane: Plane | None = None,
    memory: int = MEMORY,
) -> Landscape:
    """The training objective over a grid of n by n points of a plane; where there are many rows,
    that of a random sample of them, tilted as `height_of` says at the base. Of an experiment, or
    of a task such as a run has.

    x, y, base: as `plane_of` takes them. plane: another plane, such as `plane_of_runs` gives.
    x_range, y_range: as `frame_for` gives them; left out, a frame around the start and the exact
        minimiser, or for other planes around the start. memory: bytes for temporaries.
    ValueError where no machine should draw so many points (`limits.MACHINE`).
    """
    task = _task(of)
    check_surface(n * n, min(len(task.y), MAPPED), task.layers)
    if plane is None:
        plane = plane_of(task, x, y, base)
    exact = reference(task)
    if base is None:
        base = plane.origin if exact is None or not exact.is_attained else exact.internal
    if x_range is None or y_range is None:
        ends = [] if exact is None else [plane.coordinates(exact.internal)]
        frame = frame_for([plane.coordinates(task.start[None])], ends)
        x_range, y_range = x_range or frame[0], y_range or frame[1]
    xs, ys = np.linspace(*x_range, n), np.linspace(*y_range, n)
    drawn, height = mapped(task), height_of(task, np.asarray(base, float))
    values = np.empty(n * n)
    *hidden, outputs = (units for units, _ in task.layers)
    width = sum(hidden) + TEMPORARIES * outputs
    piece = max(1, int(memory) // (8 * len(drawn.y) * width))
    for first in range(0, n * n, piece):
        points = np.arange(first, min(first + piece, n * n))
        values[points] = height(plane.points(np.column_stack([xs[points % n], ys[points // n]])))
    others = (i for i in range(len(task.names)) if plane.axes and i not in plane.axes)
    held = task.without_latents(plane.origin)
    return Landscape(
        x_name=plane.x_name,
        y_name=plane.y_name,
        x=xs,
        y=ys,
        values=values.reshape(n, n),
        plane=plane,
        fixed={task.names[i]: float(held[i]) for i in others},
        coordinates="scaled features" if task.sample.is_scaled else "data units",
        rows=(len(drawn.y), len(task.y)),
        height=height,
    )


def plane_of(
    of: Experiment | Task, x: str | None = None, y: str | None = None, base: Array | None = None
) -> Plane:
    """The plane of two parameters.

    x, y: their names; left out, the first slope and the intercept where the model has but two
        parameters, else the first two slopes. base (P,): where the others are held; left out, at
        the exact minimiser, or where none is known at the start.
    KeyError for an unknown name, ValueError for one name twice or a model with one parameter.
    """
    task = _task(of)
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
    return Plane(origin, directions, task.names[axes[0]], task.names[axes[1]], axes, note)


def plane_of_runs(runs: Sequence[Run], of: int = 0) -> Plane:
    """The plane through the runs' start, their mean where they differ, along the two directions
    in which the runs, all together, move most. Their models must have the same parameters. It is
    for the objective of the run numbered `of`: what its loss learns is held where this run ends."""
    size = runs[of].task.weights
    paths = [run.path[:, :size] for run in runs]
    origin = np.mean([path[0] for path in paths], axis=0)
    moves = np.vstack(
        [path[np.linspace(0, len(path) - 1, FRAMES).astype(int)] - origin for path in paths]
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
        f"{100 * share:.0f} % of their squared distances from the start. Paths are their shadows "
        "on it."
    )
    latents = runs[of].path[-1, size:]
    if len(latents):
        note += " What the loss learns is held where this run ends."
    directions = np.pad(signs[:, None] * directions, [(0, 0), (0, len(latents))])
    return Plane(
        np.append(origin, latents),
        directions,
        "first main direction",
        "second main direction",
        None,
        note,
    )


def _task(of: Experiment | Task) -> Task:
    return of if isinstance(of, Task) else Task.of(of)


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


def relief(values: Array, count: int = 6) -> Relief:
    """How to draw these losses, with about `count` round losses to label."""
    finite = values[np.isfinite(values)]
    low, high = float(finite.min()), float(finite.max())
    # The lowest tenth of the plane gets the first unit of height: that is the valley.
    scale = float(np.quantile(finite, 0.1)) - low or (high - low) or 1.0
    top = np.log10(1.0 + (high - low) / scale)
    levels = low + scale * (10.0 ** np.linspace(0.0, top, count) - 1.0)
    ticks = dict.fromkeys(float(f"{level:.3g}") for level in levels)
    return Relief(low, scale, tuple(ticks))
