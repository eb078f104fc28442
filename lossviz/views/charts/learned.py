"""What losses learn of their own parameters, against the step."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import isfinite

import numpy as np

from lossviz.base.arrays import Array
from lossviz.engine.looks import Style
from lossviz.player import Chart, Track
from lossviz.views.charts.plotly_insides import NO_NAME
from lossviz.views.charts.scene import Scene, near, shares, span, steady
from lossviz.views.charts.style import HEAVY, axis, figure


@dataclass(frozen=True, eq=False)
class Dial:
    """A parameter that losses learn: what it is called, between which limits it lies, and what it
    is (F,) at the kept steps of each run."""

    title: str
    limits: tuple[float, float]
    values: Sequence[Array]


def learned(
    name: str, steps: Array, styles: Sequence[Style], dials: Sequence[Dial], *, end: int
) -> Scene:
    """A panel for each dial with a line for each run, at the kept steps (F,), of `end` in all."""
    data, tracks = [], []
    layout = {"xaxis": axis("step", range=[0, 1.02 * end], anchor=f"y{len(dials)}")}
    domains = reversed(shares(len(dials), 0.1))
    for k, (dial, domain) in enumerate(zip(dials, domains, strict=True), 1):
        y_range = _range(dial)
        layout[f"yaxis{k}"] = axis(dial.title, range=y_range, domain=domain)
        for style, values in zip(styles, dial.values, strict=True):
            curve, axes = near(values, y_range), {"xaxis": "x", "yaxis": f"y{k}"}
            moves = {"x": steps, "y": curve}
            tracks += [
                Track(name, len(data) + i, mode, **moves)
                for i, mode in enumerate(("grow", "point"))
            ]
            data += [
                {
                    "type": "scatter",
                    "mode": "lines",
                    "name": f"{dial.title} of {style.label}",
                    "x": steps,
                    "y": curve,
                    **axes,
                    "line": {"color": style.colour, "dash": style.dash, "width": 3},
                    "hovertemplate": f"{style.label}: {dial.title} %{{y:.4g}} at step %{{x}}"
                    f"{NO_NAME}",
                },
                {
                    "type": "scatter",
                    "mode": "markers",
                    "name": style.label,
                    "hoverinfo": "skip",
                    "x": steps[-1:],
                    "y": curve[-1:],
                    **axes,
                    "marker": {"color": style.colour, "symbol": style.symbol, "size": 10},
                },
            ]
    layout["yaxis"] = layout.pop("yaxis1")
    words = (
        "The loss's own parameters, which descent moves together with the model's. At α = 2 the "
        "loss squares; the smaller α, the less it heeds what lies far off. c is the size of a "
        "residual that still counts as ordinary."
    )
    chart = Chart(figure(data, **layout), "What the loss has learned", description=words, span=2)
    return Scene(chart, tuple(tracks))


def _range(dial: Dial) -> list[float]:
    low, high = dial.limits
    if isfinite(high):
        return [low - 0.04 * (high - low), high + 0.04 * (high - low)]
    drawn = [values[np.abs(values) < HEAVY] for values in dial.values]
    return steady([0.0, span(*drawn)[1]])
