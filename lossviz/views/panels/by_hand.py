"""One row's way forward and backward as a table, with the numbers filled into the formulas."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from lossviz.analysis.propagation import Layer, Passes, output_names
from lossviz.base.arrays import Array
from lossviz.engine.experiment import loss_of
from lossviz.engine.frames import latest
from lossviz.engine.looks import Style
from lossviz.engine.numbers import MINUS, number
from lossviz.engine.run import Run
from lossviz.engine.task import Task
from lossviz.player import Row, Table
from lossviz.views.charts.layer_gradients import layer_name

TERMS = 8  # of a sum that is written out
LETTERS = 200_000  # in a table's formulas, about
SLOPES = {"tanh": "1 − h²", "sigmoid": "h·(1 − h)", "relu": "1 where s > 0", "gelu": "gelu′(s)"}


def by_hand(run: Run, look: Style, passes: Passes, shown: Sequence[Array]) -> Table:
    """A table row for each of the shown units of the hidden layers, each output, and the loss."""
    task, layers = run.task, passes.layers
    count = len(run.steps)
    rows = []

    def add(label: str, columns: Sequence[Array | str], formulas: Sequence[str] | str) -> None:
        cells = [
            cell if isinstance(cell, str) else latest(passes.frames, count, np.asarray(cell))
            for cell in (*columns, formulas)
        ]
        rows.append(Row(label, tuple(cells)))

    for i, units in enumerate(shown):
        layer = layers[i]
        for k in units:
            numbers = [part[:, k] for part in (layer.pre, layer.post, layer.to_post, layer.to_pre)]
            add(
                f"{layer_name(i, len(layers))}, unit {k + 1}",
                numbers,
                _unit(task, layer, layers[i + 1], k),
            )
    last = layers[-1]
    for k, output in enumerate(output_names(task)):
        numbers = [last.pre[:, k], passes.prediction[:, k], "", last.to_pre[:, k]]
        add(f"output {output}", numbers, _output(last, passes, k))
    words = (
        f"{_target(task, passes)} The gradient of a weight is dL/ds of its unit times its input."
    )
    steps = [f"Step {step:,}. {words}" for step in run.steps[passes.frames]]
    add("loss", ["", passes.loss, "", ""], steps if len(steps) < count else words)
    scaled = ", with the features scaled as descent sees them" if task.sample.is_scaled else ""
    hidden = sum(units for units, _ in task.layers[:-1])
    left = "" if sum(map(len, shown)) == hidden else "; units that are not shown are left out"
    caption = f"Forward and backward for row {passes.row + 1}, {look.label}{scaled}{left}"
    columns = "Unit", "Sum s", "Value h", "dL/dh", "dL/ds", "By hand"
    return Table(caption, columns, tuple(rows), below="By hand")


def _unit(task: Task, layer: Layer, above: Layer, k: int) -> Sequence[str]:
    name = str(task.experiment.params_of("model")["activation"])
    forward = _sum(layer.matrix[:, k, 1:], layer.inputs, layer.matrix[:, k, :1], "x", "inputs")
    back = _sum(above.matrix[:, :, 1 + k], above.to_pre, None, "dL/ds", "units above")
    parts = np.stack(
        [
            layer.pre[:, k],
            layer.post[:, k],
            layer.to_post[:, k],
            layer.bend[:, k],
            layer.to_pre[:, k],
        ],
        axis=1,
    )
    template = (
        f"s = %s = %.3g, h = {name}(s) = %.3g; dL/dh = %s = %.3g, "
        f"dL/ds = dL/dh · ({SLOPES[name]}) = dL/dh · %.3g = %.3g"
    )
    return [
        _written(template % (ahead, s, h, behind, to_h, bend, to_s))
        for ahead, behind, (s, h, to_h, bend, to_s) in zip(
            forward, back, parts.tolist(), strict=True
        )
    ]


def _output(last: Layer, passes: Passes, k: int) -> Sequence[str]:
    forward = _sum(last.matrix[:, k, 1:], last.inputs, last.matrix[:, k, :1], "x", "inputs")
    parts = np.stack([last.pre[:, k], passes.prediction[:, k], last.to_pre[:, k]], axis=1)
    return [
        _written(f"z = {ahead} = {z:.3g}, prediction {p:.3g}; dL/dz = {slope:.3g}")
        for ahead, (z, p, slope) in zip(forward, parts.tolist(), strict=True)
    ]


def _sum(weights: Array, inputs: Array, bias: Array | None, what: str, of: str) -> Sequence[str]:
    """w·x + ... + b (F'), with the numbers in it where they are few."""
    terms = weights.shape[1]
    if terms > TERMS:
        return [f"Σ w·{what}{'' if bias is None else ' + b'} over {terms} {of}"] * len(weights)
    factors = np.stack([weights, inputs], axis=-1).reshape(len(weights), -1)
    template = " %+.3g·%.3g" * terms
    if bias is not None:
        factors, template = np.concatenate([factors, bias], axis=1), template + " %+.3g"
    return [_spaced(template % tuple(row)) for row in factors.tolist()]


def _spaced(terms: str) -> str:
    """Terms with their signs, " -0.3·2 +1", with room around the signs between them."""
    first, rest = terms[1:2], terms[2:]
    return first.strip("+") + rest.replace(" +", " + ").replace(" -", " - ")


def _written(words: str) -> str:
    """Numbers as the other tables write them."""
    return words.replace("e-0", "e-").replace("e+0", "e").replace("e+", "e").replace("-", MINUS)


def _target(task: Task, passes: Passes) -> str:
    loss, classes = loss_of(task.experiment), task.sample.classes
    target = classes[int(passes.target)] if classes else number(passes.target)
    return f"{loss.label}, target: {target}."
