"""Loss surfaces: the training objective over a plane in the space of parameters.

Each point of the grid is a run of zero steps, so it costs one call of `Objective`. The plane is
that of two parameters where one output is linear in them, and else that in which runs move most.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from lossviz.analysis.minimum import reference
from lossviz.analysis.planes import Plane, Range, frame_for, plane_of
from lossviz.analysis.starts import task_of
from lossviz.base.arrays import Array
from lossviz.engine.cost import check_surface
from lossviz.engine.experiment import Experiment
from lossviz.engine.objective import Objective
from lossviz.engine.sampling import generator
from lossviz.engine.task import Task

SURFACE_ROWS = 2_000  # rows that a surface is drawn from, at most
MEMORY = 2**20  # bytes of temporaries for one piece of the grid: about what stays in a core's cache
TEMPORARIES = 8  # arrays of (points, rows) that a loss makes on its way


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
    task = task_of(of)
    check_surface(n * n, min(len(task.y), SURFACE_ROWS), task.layers)
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
    drawn, height = sampled(task), height_of(task, np.asarray(base, float))
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


def sampled(task: Task) -> Task:
    """The task on the training rows that its surface is drawn from: all, or of many so many drawn
    at random. Which they are depends on nothing but how many rows and what seed there is."""
    n = len(task.y)
    if n <= SURFACE_ROWS:
        return task
    rows = np.sort(
        generator(task.experiment.seed, "surface").choice(n, SURFACE_ROWS, replace=False)
    )
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
    drawn = sampled(task)
    few = Objective.of([drawn])
    if drawn is task:
        return Height(few, anchor, None, 0.0)
    # f(theta) + F(a) - f(a) + (F'(a) - f'(a)) (theta - a)
    (whole, slope), (part, part_slope) = Objective.of([task])(anchor[None]), few(anchor[None])
    return Height(few, anchor, slope[0] - part_slope[0], float(whole[0] - part[0]))
