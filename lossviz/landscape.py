"""Loss surfaces: the training objective over a plane of two parameters.

Each point of the grid is a run of zero steps, so it costs one call of `Objective`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from lossviz.experiment import Experiment
from lossviz.objective import Objective, Task
from lossviz.reference import reference

Array = np.ndarray
Range = tuple[float, float]
MEMORY = 2**20  # bytes of temporaries for one piece of the grid: about what stays in a core's cache
TEMPORARIES = 8  # arrays of (points, rows) that a loss makes on its way
SQUAT = 0.5  # the least that one side of a frame may be of the other
MARGIN = 0.15  # of a frame's width, on either side
STRAY = 3.0  # how many times wider paths may make a frame


@dataclass(frozen=True, eq=False)
class Landscape:
    """The objective over a plane of two parameters, in the coordinates of the descent.

    x, y (n,): values of the parameters x_name and y_name; values (n, n): the objective, penalty
        included, a row for each y; axes: the places of the two among the parameters.
    fixed: the value of each other parameter. coordinates: "data units" or "scaled features".
    """

    x_name: str
    y_name: str
    x: Array
    y: Array
    values: Array
    axes: tuple[int, int]
    fixed: dict[str, float]
    coordinates: str


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
    experiment: Experiment,
    *,
    x: str | None = None,
    y: str | None = None,
    n: int = 101,
    x_range: Range | None = None,
    y_range: Range | None = None,
    base: Array | None = None,
    memory: int = MEMORY,
) -> Landscape:
    """The training objective over a grid of n by n values of two parameters.

    x, y: names of parameters; left out, the first slope and the intercept where there are but
        two parameters, else the first two slopes. x_range, y_range: as `frame_for` gives them;
        left out, a frame around the start and the exact minimiser. base (P,): where the other
        parameters are held; left out, at the exact minimiser. memory: bytes for temporaries.
    KeyError for an unknown name, ValueError for one name twice or a model with one parameter.
    """
    task = Task.of(experiment)
    across, up = axes = _axes(task, x, y)
    if base is None or x_range is None or y_range is None:
        exact = reference(experiment).internal
        base = exact if base is None else base
        frame = frame_for([task.start[None]], [exact], axes)
        x_range, y_range = x_range or frame[0], y_range or frame[1]
    xs, ys = np.linspace(*x_range, n), np.linspace(*y_range, n)
    objective = Objective.of([task])
    values = np.empty(n * n)
    piece = max(1, int(memory) // (TEMPORARIES * 8 * task.y.size))
    with np.errstate(all="ignore"):
        for first in range(0, n * n, piece):
            points = np.arange(first, min(first + piece, n * n))
            thetas = np.tile(np.asarray(base, float), (len(points), 1, 1))
            thetas[:, 0, across], thetas[:, 0, up] = xs[points % n], ys[points // n]
            values[points] = objective.values(thetas)[:, 0]
    others = (i for i in range(len(task.names)) if i not in axes)
    return Landscape(
        x_name=task.names[across],
        y_name=task.names[up],
        x=xs,
        y=ys,
        values=values.reshape(n, n),
        axes=axes,
        fixed={task.names[i]: float(base[i]) for i in others},
        coordinates="scaled features" if task.sample.is_scaled else "data units",
    )


def _axes(task: Task, x: str | None, y: str | None) -> tuple[int, int]:
    slopes = [int(i) for i in np.flatnonzero(task.penalised)]
    order = [*slopes, *(i for i in range(len(task.names)) if i not in slopes)]
    if len(order) < 2:
        raise ValueError("a landscape needs a model with two parameters or more")
    chosen = [_place(task.names, name) for name in (x, y) if name is not None]
    if x is not None and x == y:
        raise ValueError(f"both axes of the landscape are {x!r}")
    rest = [i for i in order if i not in chosen]
    across = rest.pop(0) if x is None else _place(task.names, x)
    up = rest.pop(0) if y is None else _place(task.names, y)
    return across, up


def _place(names: Sequence[str], name: str) -> int:
    if name not in names:
        raise KeyError(f"no parameter {name!r}; there are {', '.join(names)}")
    return names.index(name)


def frame_for(
    paths: Sequence[Array], minimisers: Sequence[Array], axes: tuple[int, int]
) -> tuple[Range, Range]:
    """Ranges for x and y that hold all starts and minimisers, and the paths unless they stray.

    paths: arrays (F, P); minimisers: (P,); all in the coordinates of the descent. What strays
    widens the frame to three times what starts and minimisers need, and no further.
    """
    columns = list(axes)
    core = np.array([*(path[0] for path in paths), *minimisers])[:, columns]
    low, high = core.min(axis=0), core.max(axis=0)
    width = high - low
    # A frame is nowhere flat: 1 where all agree, and no side less than half of the other.
    width = np.maximum(width, SQUAT * width.max() or 1.0)
    middle, reach = (low + high) / 2, STRAY * width / 2
    for path in paths:
        points = path[np.isfinite(path).all(axis=1)][:, columns]
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
