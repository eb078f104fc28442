"""Convergence: training and clean-test loss against the step."""

from __future__ import annotations

from collections.abc import Sequence
from math import ceil, floor

import numpy as np

from lossviz.figures.numbers import tick
from lossviz.figures.scene import Scene, near, span, steady
from lossviz.figures.style import HEAVY, Style, axis, figure
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
    curve by its first value: all start at 1 and what remains is comparable. A loss that goes below
    zero has no logarithm: the axis is then linear, whatever `is_log` asks.
    """
    goes_below = min(float(np.min(curve)) for curve in (*training, *testing)) < 0
    if relative:
        training = [_relative(curve) for curve in training]
        testing = [_relative(curve) for curve in testing]
    asked, is_log = is_log, is_log and not goes_below
    y_range = steady(_range([*training, *testing], is_log=is_log))
    data, tracks = [], []
    for style, train, test in zip(styles, training, testing, strict=True):
        for curve, width, dash, opacity, what in (
            (test, 1.25, "solid", 0.7, "clean test"),
            (train, 3, style.dash, 1.0, "training"),
        ):
            drawn = _drawn(curve, y_range, is_log=is_log)
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
        drawn = _drawn(train, y_range, is_log=is_log)
        tracks.append(Track(name, len(data), "point", x=steps, y=drawn))
        data.append(
            {
                "type": "scatter", "mode": "markers", "name": style.label, "hoverinfo": "skip",
                "x": steps[-1:], "y": drawn[-1:],
                "marker": {"color": style.colour, "symbol": style.symbol, "size": 10},
            }
        )  # fmt: skip
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
    words = "Thick: training. Thin: clean test rows."
    if relative:
        words += " Losses have different units, so each is divided by its first value."
    if asked and not is_log:
        words += " A loss goes below zero here, where there is no logarithm: the axis is linear."
    return Scene(Chart(figure(data, **layout), "Convergence", words), tuple(tracks))


def _decades(y_range: Sequence[float]) -> dict[str, object]:
    """Ticks of a log axis that read as numbers: 1, 2 and 5 of each decade, or 1 of several."""
    low, high = y_range
    digits = (1, 2, 5) if high - low < 2.5 else (1,)
    every = max(1, round((high - low) / 6))
    exponents = range(floor(low), ceil(high) + 1)
    ticks = [digit * 10.0**k for k in exponents if k % every == 0 for digit in digits]
    return {"tickvals": ticks, "ticktext": [tick(value) for value in ticks]}


def _relative(curve: Array) -> Array:
    return curve / abs(curve[0]) if curve[0] else curve


def _drawn(curve: Array, y_range: Sequence[float], *, is_log: bool) -> Array:
    if not is_log:
        return near(curve, y_range)
    return np.where((curve > TINY) & (curve < HEAVY), curve, np.nan)


def _range(curves: Sequence[Array], *, is_log: bool) -> list[float]:
    # What shoots far above the highest start leaves at the top, so that the others stay legible.
    top = max(float(curve[0]) for curve in curves)
    if is_log:
        values = [np.log10(curve[curve > TINY]) for curve in curves]
        return span(*(np.minimum(value, np.log10(max(top, TINY)) + 1.5) for value in values))
    top = max(min(float(np.max(curve)), 2 * abs(top)) for curve in curves)
    low = min(0.0, *(float(np.min(curve)) for curve in curves))
    room = 0.05 * (top - low)
    return [low - room if low else 0.0, top + room or 1.0]
