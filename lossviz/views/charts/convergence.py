"""Convergence: training and clean-test loss against the step."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from lossviz.analysis.floors import Floor
from lossviz.base.arrays import Array
from lossviz.engine.looks import Style
from lossviz.engine.numbers import number
from lossviz.player import Chart, Track
from lossviz.views.charts.measures import measure
from lossviz.views.charts.plotly_insides import NO_NAME
from lossviz.views.charts.scene import Scene, near, span, steady
from lossviz.views.charts.style import HEAVY, axis, figure
from lossviz.views.charts.ticks import decades, widened

TINY = 1e-16
LEAST = 0.02  # error rates have an axis at least that high


@dataclass(frozen=True, eq=False)
class Errors:
    """The shares of a run's training and clean test rows in a wrong class, (F',) each, at
    `frames`."""

    frames: Array
    training: Array
    testing: Array


@dataclass(frozen=True)
class Best:
    """The step at which a run's clean test loss is lowest, and that loss."""

    step: int
    loss: float


def convergence(
    name: str,
    steps: Array,
    styles: Sequence[Style],
    training: Sequence[Array],
    testing: Sequence[Array],
    *,
    end: int,
    units: str,
    is_log: bool,
    floors: Sequence[Floor | None] = (),
    errors: Sequence[Errors] = (),
    best: Sequence[Best | None] = (),
    diverged: Sequence[int | None] = (),
) -> Scene:
    """Training and test loss (F,) of each run at the kept steps (F,), of `end` in all, and, where
    there are `errors`, one for each run, these in a panel below; a mark for each that has a
    `best`; at which step each `diverged`.

    Losses have different units (MSE those of the target squared), so they are drawn in what
    `measure` makes of `units` and the runs' `floors`. What goes below zero has no logarithm: the
    axis is then linear, whatever `is_log` asks.
    """
    floors = floors or [None] * len(styles)
    scale = measure(units, styles, training, testing, floors, is_log=is_log)
    training = [scale.training(k, curve) for k, curve in enumerate(training)]
    testing = [scale.testing(k, curve) for k, curve in enumerate(testing)]
    goes_below = min(float(np.nanmin(curve, initial=0.0)) for curve in (*training, *testing)) < 0
    asked, is_log = is_log, is_log and not goes_below
    y_range = steady(_range([*training, *testing], is_log=is_log))
    data, tracks, gone = [], [], ""
    ends = diverged or [None] * len(styles)
    for style, train, test, last in zip(styles, training, testing, ends, strict=True):
        shown = [_drawn(curve, y_range, is_log=is_log) for curve in (train, test)]
        if last is not None and np.isfinite(shown[0]).sum() < 2:
            gone += f" {style.label} has no line, as it diverged at step {last:,}."
        pair, moves = _pair(style, steps, *shown, what="", axes={})
        tracks += [Track(name, len(data) + k, **move) for k, move in enumerate(moves)]
        data += pair
    for style, rates in zip(styles, errors, strict=bool(errors)):
        at, axes = steps[rates.frames], {"xaxis": "x", "yaxis": "y2"}
        pair, moves = _pair(style, at, rates.training, rates.testing, what="error rate", axes=axes)
        tracks += [
            Track(name, len(data) + k, frames=rates.frames, **move) for k, move in enumerate(moves)
        ]
        data += pair
    marked = [(k, at) for k, at in enumerate(best) if at is not None]
    data += [
        _mark(styles[k], at, float(height))
        for k, at in marked
        if np.isfinite(height := scale.testing(k, np.array(at.loss)))
    ]
    layout = {
        "xaxis": axis("step", range=[0, 1.02 * end]),
        "yaxis": axis(
            scale.title,
            type="log" if is_log else "linear",
            range=y_range,
            **(decades(*y_range) if is_log else {}),
        ),
    }
    if errors:
        top = max(
            float(np.max(part)) for rates in errors for part in (rates.training, rates.testing)
        )
        layout["xaxis"]["anchor"] = "y2"
        layout["yaxis"]["domain"] = [0.42, 1.0]
        layout["yaxis2"] = axis(
            "error rate",
            range=[0.0, 1.08 * max(top, LEAST)],
            domain=[0.0, 0.34],
            anchor="x",
            tickformat=".2~%",
            rangemode="tozero",
        )
    words = scale.words
    if asked and not is_log:
        words += " A loss goes below zero here, where there is no logarithm: the axis is linear."
    if errors:
        words += " Below: the share of rows in a wrong class."
    if marked:
        named = [(styles[k], at) for k, at in marked]
        steps_of = ", ".join(f"{at.step:,} ({style.label})" for style, at in named)
        words += f" ◇ Lowest clean test loss, where training and test part: step {steps_of}."
    chart = Chart(figure(data, **layout), "Convergence", description=words + gone)
    return Scene(chart, tuple(tracks))


def _pair(
    style: Style, steps: Array, train: Array, test: Array, *, what: str, axes: dict[str, str]
) -> tuple[list[dict], list[dict[str, Any]]]:
    """A run's test curve, its training curve and the latter's present point, and how they move."""
    traces, digits = [], ".1%" if what else ".4g"
    for curve, width, dash, opacity, rows in (
        (test, 1.25, "solid", 0.7, "clean test"),
        (train, 3, style.dash, 1.0, "training"),
    ):
        label = f"{style.label}, {rows}{' ' if what else ''}{what}"
        traces.append(
            {
                "type": "scatter",
                "mode": "lines",
                "name": label,
                **axes,
                "x": steps,
                "y": curve,
                "opacity": opacity,
                "line": {"color": style.colour, "dash": dash, "width": width},
                "hovertemplate": f"{label}: %{{y:{digits}}} at step %{{x}}{NO_NAME}",
            }
        )
    traces.append(
        {
            "type": "scatter",
            "mode": "markers",
            "name": style.label,
            "hoverinfo": "skip",
            **axes,
            "x": steps[-1:],
            "y": train[-1:],
            "marker": {"color": style.colour, "symbol": style.symbol, "size": 10},
        }
    )
    modes = (test, "grow"), (train, "grow"), (train, "point")
    return traces, [{"mode": mode, "x": steps, "y": curve} for curve, mode in modes]


def _mark(style: Style, best: Best, height: float) -> dict[str, Any]:
    return {
        "type": "scatter",
        "mode": "markers",
        "name": f"{style.label}, lowest clean test loss",
        "x": [best.step],
        "y": [height],
        "marker": {
            "color": style.colour,
            "symbol": "diamond-open",
            "size": 13,
            "line": {"width": 2.5},
        },
        "hovertemplate": f"{style.label}: lowest clean test loss, {number(best.loss)}, "
        f"at step {best.step:,}{NO_NAME}",
    }


def _drawn(curve: Array, y_range: Sequence[float], *, is_log: bool) -> Array:
    if not is_log:
        return near(curve, y_range)
    return np.where((curve > TINY) & (curve < HEAVY), curve, np.nan)


def _range(curves: Sequence[Array], *, is_log: bool) -> list[float]:
    # What shoots far above the highest start leaves at the top, so that the others stay legible.
    known = [curve for curve in curves if not np.isnan(curve[0])]
    top = max(float(curve[0]) for curve in known)
    if is_log:
        values = [np.log10(curve[curve > TINY]) for curve in known]
        return widened(
            *span(*(np.minimum(value, np.log10(max(top, TINY)) + 1.5) for value in values))
        )
    top = max(min(float(np.max(curve)), 2 * abs(top)) for curve in known)
    low = min(0.0, *(float(np.min(curve)) for curve in known))
    room = 0.05 * (top - low)
    return [low - room if low else 0.0, top + room or 1.0]
