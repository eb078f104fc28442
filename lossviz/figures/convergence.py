"""Convergence: training and clean-test loss against the step."""

from __future__ import annotations

from collections.abc import Sequence
from math import ceil, floor

import numpy as np

from lossviz.figures.scene import Scene, span, steady
from lossviz.figures.style import Style, axis, figure
from lossviz.player import Chart, Track

Array = np.ndarray
TINY = 1e-16


def convergence(
    name: str,
    steps: Array,
    styles: Sequence[Style],
    training: Sequence[Array],
    testing: Sequence[Array],
    *,
    end: int,
    relative: bool,
    is_log: bool,
) -> Scene:
    """Training and test loss (F,) of each run at the kept steps (F,), of `end` in all.

    Losses have different units (MSE those of the target squared), so `relative` divides each
    curve by its first value: all start at 1 and what remains is comparable.
    """
    if relative:
        training = [_relative(curve) for curve in training]
        testing = [_relative(curve) for curve in testing]
    data, tracks = [], []
    for style, train, test in zip(styles, training, testing, strict=True):
        for curve, width, dash, opacity, what in (
            (test, 2, "dot", 0.55, "clean test"),
            (train, 3, style.dash, 1.0, "training"),
        ):
            drawn = np.where(curve > TINY, curve, np.nan) if is_log else curve
            tracks.append(Track(name, len(data), "grow", x=steps, y=drawn))
            data.append(
                {
                    "type": "scatter", "mode": "lines", "name": f"{style.label}, {what}",
                    "x": steps, "y": drawn, "opacity": opacity,
                    "line": {"color": style.colour, "dash": dash, "width": width},
                    "hovertemplate": f"{style.label}, {what}: %{{y:.4g}} at step %{{x}}"
                    "<extra></extra>",
                }
            )  # fmt: skip
        tracks.append(Track(name, len(data), "point", x=steps, y=train))
        data.append(
            {
                "type": "scatter", "mode": "markers", "name": style.label, "hoverinfo": "skip",
                "x": steps[-1:], "y": train[-1:],
                "marker": {"color": style.colour, "symbol": style.symbol, "size": 10},
            }
        )  # fmt: skip
    y_range = steady(_range([*training, *testing], is_log=is_log))
    title = "loss ÷ its first value" if relative else "loss, each in its own units"
    layout = {
        "xaxis": axis("step", range=[0, 1.02 * end]),
        "yaxis": axis(
            title,
            type="log" if is_log else "linear",
            range=y_range,
            **(_decades(y_range) if is_log else {}),
        ),
    }
    words = "Thick: training. Thin, dotted: clean test rows."
    if relative:
        words += " Losses have different units, so each is divided by its first value."
    return Scene(Chart(figure(data, **layout), "Convergence", words), tuple(tracks))


def _decades(y_range: Sequence[float]) -> dict[str, object]:
    """Ticks of a log axis that read as numbers: 1, 2 and 5 of each decade, or 1 of several."""
    low, high = y_range
    digits = (1, 2, 5) if high - low < 2.5 else (1,)
    every = max(1, round((high - low) / 6))
    exponents = range(floor(low), ceil(high) + 1)
    ticks = [digit * 10.0**k for k in exponents if k % every == 0 for digit in digits]
    return {"tickvals": ticks, "ticktext": [f"{tick:g}" for tick in ticks]}


def _relative(curve: Array) -> Array:
    return curve / curve[0] if curve[0] > 0 else curve


def _range(curves: Sequence[Array], *, is_log: bool) -> list[float]:
    # What shoots far above the highest start leaves at the top, so that the others stay legible.
    top = max(float(curve[0]) for curve in curves)
    if is_log:
        values = [np.log10(curve[curve > TINY]) for curve in curves]
        return span(*(np.minimum(value, np.log10(max(top, TINY)) + 1.5) for value in values))
    return [0.0, 1.05 * max(min(float(np.max(curve)), 2 * top) for curve in curves) or 1.0]
