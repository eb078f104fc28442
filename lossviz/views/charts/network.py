"""The network as a drawing."""

from __future__ import annotations

from collections.abc import Sequence
from math import ceil
from typing import Any

import numpy as np

from lossviz.analysis.propagation import Passes
from lossviz.base.arrays import Array
from lossviz.engine.looks import Style
from lossviz.engine.numbers import number
from lossviz.player import Chart, Track
from lossviz.views.charts.plotly_insides import NO_NAME
from lossviz.views.charts.scene import Scene
from lossviz.views.charts.style import axis, figure

LINES = 120  # weights that are drawn
WIDTHS = (1.2, 2.5, 4.5, 7.0)  # of lines, in pixels, by quarters of the largest weight
# Even thin lines of these show on light and dark pages.
SIGNS = ((1, "positive", "#d55e00", "solid"), (-1, "negative", "#2a86d0", "dash"))
UNIT = "#59616d"  # a unit's circle, behind white words
LEGIBLE = 26  # pixels that a circle needs to hold a number
NAMED = 16  # inputs or outputs that are named; of more, an even pick


def drawing(
    name: str,
    style: Style,
    passes: Passes,
    moving: Array,
    inputs: Sequence[str],
    outputs: Sequence[str],
) -> Scene:
    """One run's network: a column of circles for each layer, with the values of one row in them,
    and lines for the heaviest weights, which move at some of the frames of the passes (indices
    into these)."""
    columns = [layer.inputs.shape[1] for layer in passes.layers] + [len(outputs)]
    most = max(columns) + 1
    height = int(np.clip(38 * most + 70, 300, 480))
    wide = len(columns) > 4
    spacing = (1000 if wide else 480) / (len(columns) - 0.6)
    size = float(np.clip(min(0.9 * (height - 70) / most, 0.3 * spacing), 5, 36))
    gap = (0.5 * size + 2) / spacing
    data, tracks, reach = _weights(name, passes, moving, columns, gap, thin=min(1.0, size / 16))
    nodes = _nodes(name, len(data), passes, columns, size)
    layout = {
        "xaxis": axis(
            "layer",
            range=[-0.2, len(columns) - 0.8],
            showgrid=False,
            tickvals=list(range(len(columns))),
            ticktext=["inputs", *(f"hidden {i}" for i in range(1, len(columns) - 1)), "outputs"],
        ),
        "yaxis": axis("what goes in", **_names(inputs, _column(columns, 0)[1:])),
        "yaxis2": axis(
            "what comes out",
            **_names(outputs, _column(columns, len(columns) - 1)),
            overlaying="y",
            side="right",
        ),
    }
    total = sum(layer.matrix[0].size for layer in passes.layers)
    left = "" if total <= LINES else f"Only the {LINES} heaviest of {total:,} weights are drawn. "
    values = f"In the circles: the values for row {passes.row + 1}. " if size >= LEGIBLE else ""
    words = (
        "Solid orange: a positive weight. Dashed blue: a negative one. Its width tells its size, "
        f"in quarters of the largest, {number(reach, 3)}. Squares: the 1 that biases multiply. "
        f"{values}{left}"
    )
    chart = Chart(
        figure(data + nodes[0], **layout),
        f"Network: {style.label}",
        description=words.strip(),
        span=2 if wide else 1,
        height=height,
    )
    return Scene(chart, (*tracks, nodes[1]))


def _column(columns: Sequence[int], i: int) -> Array:
    """The heights between 0 and 1 of what stands in column i, from the top: the square for the
    bias, which the outputs have none of, and the units."""
    total = columns[i] + (i < len(columns) - 1)
    return 1.0 - (np.arange(total) + 0.5) / total


def _names(names: Sequence[str], places: Array) -> dict[str, Any]:
    shown = range(0, len(names), ceil(len(names) / NAMED))
    return {
        "range": [0, 1],
        "showgrid": False,
        "tickvals": [float(places[i]) for i in shown],
        "ticktext": [names[i] for i in shown],
    }


def _weights(
    name: str, passes: Passes, moving: Array, columns: Sequence[int], gap: float, *, thin: float
) -> tuple[list[dict], list[Track], float]:
    # A line has one colour and width for good, so a weight has a place in a trace for each sign
    # and width that it ever has, and is NaN in all but its present one.
    ends, weights = [], []
    for i, layer in enumerate(passes.layers):
        last = i == len(columns) - 2
        left, right = _column(columns, i), _column(columns, i + 1)[0 if last else 1 :]
        to, of = np.indices(layer.matrix.shape[1:]).reshape(2, -1)
        x = np.broadcast_to([i + gap, i + 1 - gap], (len(to), 2))
        ends.append(np.stack([x, np.stack([left[of], right[to]], axis=1)]))
        weights.append(layer.matrix[moving].reshape(len(moving), -1))
    x, y = np.concatenate(ends, axis=1)
    weight = np.concatenate(weights, axis=1)
    heaviest = np.sort(np.argsort(-np.abs(weight[-1]), kind="stable")[:LINES])
    x, y, weight = x[heaviest], y[heaviest], weight[:, heaviest]
    reach = float(np.abs(weight).max()) or 1.0
    level = np.ceil(len(WIDTHS) * np.abs(weight) / reach).astype(int)
    frames = passes.frames[moving]
    data, tracks = [], []
    for sign, word, colour, dash in SIGNS:
        for number_, width in enumerate(WIDTHS, 1):
            is_here = (level == number_) & (np.sign(weight) == sign)
            ever = is_here.any(axis=0)
            ys = np.where(is_here[:, ever, None], _gapped(y[ever]), np.nan)
            ys = ys.reshape(len(weight), -1)
            if ever.any():
                tracks.append(Track(name, len(data), "replace", y=ys, frames=frames))
            data.append(
                {
                    "type": "scatter",
                    "mode": "lines",
                    "name": f"{word} weights, width {number_}",
                    "x": _gapped(x[ever]).ravel(),
                    "y": ys[-1],
                    "hoverinfo": "skip",
                    "line": {"color": colour, "dash": dash, "width": thin * width},
                    "opacity": 0.9,
                }
            )
    return data, tracks, reach


def _gapped(ends: Array) -> Array:
    """Pairs (m, 2) with a gap after each: (m, 3)."""
    return np.concatenate([ends, np.full((len(ends), 1), np.nan)], axis=1)


def _nodes(
    name: str, trace: int, passes: Passes, columns: Sequence[int], size: float
) -> tuple[list[dict], Track]:
    x, y, values, names, symbols = [], [], [], [], []
    ones = np.ones((len(passes.frames), 1))
    for i, count in enumerate(columns):
        last = i == len(columns) - 1
        places = _column(columns, i)
        x += [i] * len(places)
        y += list(places)
        values += [passes.layers[-1].post] if last else [ones, passes.layers[i].inputs]
        names += [] if last else ["1, for the bias"]
        names += [_unit(i, k, len(columns)) for k in range(count)]
        symbols += [*([] if last else ["square"]), *["circle"] * count]
    table = np.concatenate(values, axis=1).tolist()
    text = [["1" if value == 1 else short(value) for value in row] for row in table]
    is_legible = size >= LEGIBLE
    trace_ = {
        "type": "scatter",
        "mode": "markers+text" if is_legible else "markers",
        "name": "units",
        "x": x,
        "y": y,
        "text": text[-1],
        "customdata": names,
        "cliponaxis": False,
        "textfont": {"color": "white", "size": 10},
        "marker": {
            "symbol": symbols,
            "color": UNIT,
            "opacity": 1,
            "line": {"width": 0},
            "size": [size * (0.75 if symbol == "square" else 1) for symbol in symbols],
        },
        "hovertemplate": "%{customdata}: %{text}" + NO_NAME,
    }
    # An axis is drawn only where some trace uses it.
    right = {"type": "scatter", "x": [None], "y": [None], "yaxis": "y2", "hoverinfo": "skip"}
    return [trace_, right], Track(name, trace, "replace", text=text, frames=passes.frames)


def _unit(column: int, k: int, columns: int) -> str:
    if column == 0:
        return f"input {k + 1}"
    return f"output {k + 1}" if column == columns - 1 else f"hidden {column}, unit {k + 1}"


def short(value: float) -> str:
    """A number in five characters or so."""
    size = abs(value)
    words = f"{value:.2f}" if size < 10 else f"{value:.0f}" if size < 1000 else f"{value:.0e}"
    return words.replace("-", "\N{MINUS SIGN}").replace("e+0", "e").replace("e+", "e")
