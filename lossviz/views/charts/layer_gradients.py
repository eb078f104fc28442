"""The size of the gradient in each layer of networks."""

from __future__ import annotations

from collections.abc import Sequence
from math import floor, log10
from typing import Any

import numpy as np

from lossviz.base.arrays import Array
from lossviz.engine.looks import DASHES, Style
from lossviz.player import Chart, Track
from lossviz.views.charts.plotly_insides import NO_NAME
from lossviz.views.charts.scene import Scene
from lossviz.views.charts.style import HEAVY, axis, figure

APART = 0.045  # of the axis, between names at the ends of lines
DEEPEST = 1e-12  # of the largest gradient: below this nothing is drawn


def gradients(
    name: str,
    steps: Array,
    frames: Sequence[Array],
    styles: Sequence[Style],
    sizes: Sequence[Array],
    *,
    end: int,
    height: int = 360,
    span: int = 1,
) -> Scene:
    """The size (F', L) of each run's gradient in each layer at its frames (F') of the kept steps,
    of `end` in all."""
    low, high = _decades(sizes)
    data, tracks, labelled = [], [], []
    for style, own, size in zip(styles, frames, sizes, strict=True):
        x, drawn = steps[own], np.where((size > 10.0**low) & (size < HEAVY), size, np.nan)
        for i in range(size.shape[1]):
            layer = layer_name(i, size.shape[1])
            line = {"color": style.colour, "dash": DASHES[i % len(DASHES)], "width": 2.5}
            base = {"type": "scatter", "name": f"{style.label}, {layer}", "x": x, "y": drawn[:, i]}
            tracks += [
                Track(name, len(data), "grow", x=x, y=drawn[:, i], frames=own),
                Track(name, len(data) + 1, "point", x=x, y=drawn[:, i], frames=own),
            ]
            data += [
                {
                    **base,
                    "mode": "lines",
                    "line": line,
                    "hovertemplate": f"{base['name']}: %{{y:.3g}} at step %{{x}}{NO_NAME}",
                },
                {
                    **base,
                    "mode": "markers",
                    "hoverinfo": "skip",
                    "x": x[-1:],
                    "y": drawn[-1:, i],
                    "marker": {"color": style.colour, "symbol": style.symbol, "size": 9},
                },
            ]
            labelled.append((drawn[-1, i], layer, style.colour))
    data.append(_labels(labelled, steps[-1], APART * (high - low)))
    layout = {
        "xaxis": axis("step", range=[0, 1.16 * end]),
        "yaxis": axis(
            "size of the gradient",
            type="log",
            range=[low, high],
            dtick=max(1, round((high - low) / 8)),
            exponentformat="power",
        ),
    }
    words = (
        "The gradient of the mean loss over all rows, without penalty: its root mean square over "
        "the weights of each layer. Dashes tell the layers apart. A layer whose line sinks far "
        "below the others' hardly learns."
    )
    title, shown = "Gradient in each layer", figure(data, **layout)
    chart = Chart(shown, title, description=words, span=span, height=height)
    return Scene(chart, tuple(tracks))


def _labels(ends: Sequence[tuple[float, str, str]], x: float, apart: float) -> dict[str, Any]:
    """Names at the ends of lines, but for those too close to one that is named."""
    shown: list[tuple[float, str, str]] = []
    for end in ends:
        if np.isfinite(end[0]) and all(abs(log10(end[0] / y)) >= apart for y, *_ in shown):
            shown.append(end)
    y, words, colours = zip(*shown, strict=True) if shown else ((), (), ())
    return {
        "type": "scatter",
        "mode": "text",
        "name": "layers",
        "hoverinfo": "skip",
        "x": [x] * len(y),
        "y": y,
        "text": [f"   {word}" for word in words],
        "textposition": "middle right",
        "textfont": {"color": colours, "size": 12},
        "cliponaxis": False,
    }


def layer_name(i: int, layers: int) -> str:
    """What a layer's weights lead to."""
    return "outputs" if i == layers - 1 else f"hidden {i + 1}"


def _decades(sizes: Sequence[Array]) -> tuple[int, int]:
    seen = np.concatenate([size.ravel() for size in sizes])
    seen = seen[(seen > 0) & (seen < HEAVY)]
    if not len(seen):
        return -1, 1
    top = float(seen.max())
    low = float(seen[seen >= DEEPEST * top].min())
    return floor(log10(low)), floor(log10(top)) + 1
