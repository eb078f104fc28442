"""The surface of a loss with the runs' paths over it: its frame and its grid, which are kept."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from math import isqrt

import numpy as np

from lossviz.analysis.landscape import SURFACE_ROWS, Landscape, landscape
from lossviz.analysis.minimum import Reference, references
from lossviz.analysis.planes import frame_for, plane_of, plane_of_runs
from lossviz.base.arrays import Array
from lossviz.base.cache import KEPT
from lossviz.engine.experiment import OBJECTIVE
from lossviz.engine.looks import Style
from lossviz.engine.run import Run
from lossviz.engine.task import Task
from lossviz.views.charts.scene import Scene
from lossviz.views.charts.surface import Path, contour, terrain

BEYOND = 0.5  # of the way from the start to a minimiser: how much ground there is behind it
# Points to a side of a surface. It is new with every change of most controls, so it must be cheap:
# 61 look like 101 and take a third of the time and of the bytes.
FINE, MOVING = 61, 31  # of a plane of two parameters
# Of a plane of runs: most, least, in training.
GRID, FEWEST, COARSE = 61, 15, 5
FAR = 1e6  # of a run's parameters, in sizes of its start
WORK = 3e8  # multiplications that a surface may take


def loss_surface(runs: Sequence[Run], looks: Sequence[Style], focus: int, *, in_3d: bool) -> Scene:
    task = runs[focus].task
    # Runs of another model, or on features scaled otherwise, have no place on this plane.
    there = [_shares_plane(run.task, task) for run in runs]
    found = references(run.task for run in runs)
    exact = [_reached(best) if here else None for best, here in zip(found, there, strict=True)]
    shown = [run for run, here in zip(runs, there, strict=True) if here]
    if task.is_linear and not task.outputs:
        ends = [
            (_on_the_map(run.path)[-1] if best is None else best.internal)[: task.weights]
            for run, best, here in zip(runs, exact, there, strict=True)
            if here
        ]
        base = None if exact[focus] is not None else tuple(_on_the_map(runs[focus].path)[-1])
        asked = task.experiment.only((*OBJECTIVE, "init"))
        # A frame that follows the runs, for want of minimisers, is new at every tick of training.
        is_moving = any(each is None for each in exact) and not all(run.is_done for run in shown)
        n = MOVING if is_moving and len(task.y) > SURFACE_ROWS else FINE
        key = "ground", asked, tuple(map(tuple, ends)), base, n
        bare = replace(task, experiment=asked)
        ground = KEPT.of(task.sample, key, lambda: _ground(bare, ends, base, n))
    else:
        ground = _ground_of_runs(task, shown, focus=sum(there[:focus]))
    plane, paths, objective = ground.plane, [], task.experiment.only(OBJECTIVE)
    for run, best, here in zip(runs, exact, there, strict=True):
        if not here:
            paths.append(Path(*np.full((3, len(run.steps)), np.nan), minimum=None))
            continue
        places = plane.coordinates(run.path)
        height, floor, minimum = np.empty(0), None, None
        if best is not None and plane.axes:
            minimum = plane.coordinates(best.internal)
        if in_3d:
            height = ground.height(plane.points(places))
            if minimum is not None:
                floor = float(ground.height(plane.points(minimum[None]))[0])
        at = None if minimum is None else (float(minimum[0]), float(minimum[1]))
        x, y = places.T
        has_others = best is not None and best.is_unique is False
        paths.append(
            Path(
                x=x,
                y=y,
                height=height,
                minimum=at,
                floor=floor,
                has_others=has_others,
                is_guest=run.experiment.only(OBJECTIVE) != objective,
            )
        )
    return (terrain if in_3d else contour)("surface", ground, focus, looks, paths)


def _reached(exact: Reference | None) -> Reference | None:
    """The exact minimiser, if there is one that can be reached."""
    return exact if exact is not None and exact.is_attained else None


def _shares_plane(one: Task, other: Task) -> bool:
    return one.layers == other.layers and np.array_equal(one.to_units, other.to_units)


def _ground(task: Task, ends: Sequence[Array], base: tuple[float, ...] | None, n: int) -> Landscape:
    # The frame holds the start and the minimisers and not the paths, so that it stands still
    # while rates and steps change; and some ground behind the minimisers, for paths that overshoot.
    start = task.start
    at = None if base is None else np.array(base)
    plane = plane_of(task, base=at)
    if base is not None:
        plane = replace(plane, note="The other parameters are held where this run ends.")
    points = [*ends]
    points += [point + BEYOND * (point - start[: len(point)]) for point in points]
    corners = [plane.coordinates(point) for point in points]
    x_range, y_range = frame_for([plane.coordinates(start[None])], corners)
    return landscape(task, plane=plane, base=at, x_range=x_range, y_range=y_range, n=n)


def _on_the_map(path: Array) -> Array:
    """The frames before a run strays so far that no map could show both its start and its end."""
    size = np.abs(path).max(axis=1)
    strays = size > FAR * max(1.0, float(size[0]))
    return path[: int(strays.argmax())] if strays.any() else path


def _ground_of_runs(task: Task, runs: Sequence[Run], focus: int) -> Landscape:
    runs = [replace(run, path=_on_the_map(run.path)) for run in runs]
    plane = plane_of_runs(runs, focus)
    paths = [plane.coordinates(run.path) for run in runs]
    x_range, y_range = frame_for(paths, [path[-1] for path in paths])
    # A bend costs about as much as ten multiplications.
    cost = min(len(task.y), SURFACE_ROWS) * sum(
        units * (inputs + 10) for units, inputs in task.layers
    )
    fewest = FEWEST if all(run.is_done for run in runs) else COARSE
    n = int(np.clip(isqrt(int(WORK // cost)), fewest, GRID))
    if n < FEWEST:
        plane = replace(plane, note=f"{plane.note} Coarse until training is over.")
    asked = task.experiment.only((*OBJECTIVE, "init"))
    key = asked, plane.origin.tobytes(), plane.directions.tobytes(), x_range, y_range, n
    asked = replace(task, experiment=asked)
    return KEPT.of(
        task.sample,
        ("ground of runs", *key),
        lambda: landscape(asked, plane=plane, x_range=x_range, y_range=y_range, n=n),
    )
