"""The playground's panel for networks: drawing, gradients, hidden units, one row by hand."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from lossviz.analysis.landscape import SURFACE_ROWS
from lossviz.analysis.propagation import (
    forward_backward,
    input_names,
    layer_gradients,
    output_names,
    responses,
)
from lossviz.analysis.regions import FeaturePlane, feature_plane
from lossviz.base.arrays import Array
from lossviz.engine.experiment import Experiment
from lossviz.engine.frames import thinned
from lossviz.engine.link import VIEW
from lossviz.engine.looks import Style
from lossviz.engine.run import Run
from lossviz.engine.task import Task
from lossviz.items.models import MODELS
from lossviz.items.models.base import split
from lossviz.views.charts.layer_gradients import gradients
from lossviz.views.charts.network import drawing
from lossviz.views.charts.scene import Scene
from lossviz.views.charts.units import COLUMNS, SIDE, maps, unit_curves
from lossviz.views.panels.base import Content, Control, View, panel
from lossviz.views.panels.by_hand import LETTERS, by_hand
from lossviz.views.panels.settings import ACROSS, ROW, UP, plane

UNITS = 24  # hidden units whose maps are shown, over all layers
BY_HAND = 12  # those that the table goes through
LINES = 40  # frames at which weights move
FEWEST = 24  # frames of anything
MAPS = 24  # frames of the units' maps
CURVES = 60  # frames of the units' curves, and points of each
LETTERS_OF_ROW = 160  # in a table's row, about
LEAST = 8  # frames of the gradients of very many rows
GRADIENTS = 200  # frames of the gradients, if they cost no more than
WORK = 2 * 10**7  # products of rows and parameters for a run
DOTS = 900  # rows in all maps together


def _has_layers(experiments: Sequence[Experiment]) -> bool:
    return any(not MODELS[each.model].linear for each in experiments)


def _controls(experiments: Sequence[Experiment], features: Sequence[str]) -> list[Control]:
    return [Control(VIEW + ROW.name), *plane(experiments, features)]


@panel(
    "network",
    label="Network",
    params=(ROW, ACROSS, UP),
    suits=_has_layers,
    controls=_controls,
)
def network(
    runs: Sequence[Run], looks: Sequence[Style], view: View, *, row: int, across: int, up: int
) -> Content:
    """The network of the run in focus with its values for a training row, what its units make of
    the plane, and by hand that row's way forward and backward; and of all runs the gradient in each
    layer."""
    run, look = runs[view.focus], looks[view.focus]
    task, count = run.task, len(run.steps)
    row = min(row, len(task.y)) - 1
    by_hand_of = _heaviest(run, task, BY_HAND)
    lines = 3 + sum(map(len, by_hand_of)) + len(output_names(task))
    frames = thinned(count, max(FEWEST, LETTERS // (LETTERS_OF_ROW * lines)))
    passes = forward_backward(run, frames, row)
    moving = thinned(len(frames), LINES)
    net = drawing("network", look, passes, moving, input_names(task), output_names(task))
    scenes = {
        "network": net,
        "gradients": _gradients(runs, looks, net),
        "units": _units(run, look, task, feature_plane(task, across, up)),
    }
    return Content(scenes, (by_hand(run, look, passes, by_hand_of),))


def _heaviest(run: Run, task: Task, most: int) -> tuple[Array, ...]:
    """The numbers of so many units, an equal part for each hidden layer: those that say most to
    the layer above, at the end."""
    above = split(run.path[-1], task.layers)[1:]
    weights = [np.linalg.norm(matrix[:, 1:], axis=0) for matrix in above]
    each = max(1, most // max(1, len(weights)))
    return tuple(np.sort(np.argsort(-weight, kind="stable")[:each]) for weight in weights)


def _units(run: Run, look: Style, task: Task, plane: FeaturePlane) -> Scene:
    units = _heaviest(run, task, UNITS)
    # Short, since maps are small on a phone.
    is_one = len(units) == 1
    names = [
        f"{k + 1}" if is_one else f"{i + 1}.{k + 1}"
        for i, numbers in enumerate(units)
        for k in numbers
    ]
    note, across = "Above each is its number. ", min(COLUMNS, len(names))
    if not units:
        names, note = list(output_names(task)), "There are no hidden units: these are the outputs. "
        across = min(COLUMNS, len(names))
    elif len(units) > 1:
        across = max(map(len, units))
        note = "Above each are its layer and its number there. "
    total = sum(width for width, _ in task.layers[:-1])
    if units and len(names) < total:
        note += f"Of {total} units these have the heaviest weights into the next layer. "
    is_flat = task.sample.X.shape[1] == 1
    frames = thinned(len(run.steps), CURVES if is_flat else MAPS)
    if is_flat:
        x = np.linspace(*plane.limits[0], CURVES)[:, None]
        return unit_curves(
            "units",
            look,
            names,
            _values(responses(run, frames, x), units),
            frames,
            across,
            feature=plane.names[0],
            limits=plane.limits[0],
            note=note,
        )
    places = np.stack(np.meshgrid(*plane.grid(SIDE)), axis=-1).reshape(-1, 2)
    values = _values(responses(run, frames, plane.rows(places)), units)
    some = np.unique(np.linspace(0, len(task.y) - 1, DOTS // len(names)).astype(int))
    labels, classes = task.sample.y[some], task.sample.classes
    if len(classes) == 2:
        note += f"Rows: black {classes[0]}, white {classes[1]}. "
    return maps(
        "units",
        look,
        names,
        values.reshape(len(frames), SIDE, SIDE, -1),
        frames,
        across,
        plane.project(task.sample.X[some]),
        (labels > 0) | (len(classes) != 2),
        names=plane.names,
        limits=plane.limits,
        note=note + plane.note,
    )


def _values(layers: Sequence[Array], units: Sequence[Array]) -> Array:
    """The values (F', m, U) of some units of each hidden layer, or, without these, the outputs."""
    if not units:
        return layers[-1]
    parts = [layer[..., some] for layer, some in zip(layers[:-1], units, strict=True)]
    return np.concatenate(parts, axis=-1)


def _gradients(runs: Sequence[Run], looks: Sequence[Style], beside: Scene) -> Scene:
    tasks = [run.task for run in runs]
    frames = [
        thinned(len(run.steps), _affordable(task)) for run, task in zip(runs, tasks, strict=True)
    ]
    sizes = [layer_gradients(run, own) for run, own in zip(runs, frames, strict=True)]
    return gradients(
        "gradients",
        runs[0].steps,
        frames,
        looks,
        sizes,
        end=max(run.experiment.steps for run in runs),
        height=beside.chart.height,
        span=beside.chart.span,
    )


def _affordable(task: Task) -> int:
    fewest = FEWEST if len(task.y) <= SURFACE_ROWS else LEAST
    return int(np.clip(WORK // (len(task.y) * len(task.names)), fewest, GRADIENTS))
