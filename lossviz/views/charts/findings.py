"""A formula of one's own with its slope, and where on it something was found."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from lossviz.base.arrays import Array
from lossviz.engine.looks import COLOURS, DATA, OUTLIER, Style
from lossviz.engine.numbers import tick
from lossviz.formula.findings import Finding, Findings
from lossviz.views.charts.plotly_insides import NO_NAME
from lossviz.views.charts.scene import near, span
from lossviz.views.charts.style import HEAVY, axis, figure

HEIGHT = 520  # pixels
HEAD = 0.22  # of the height: a strip above the curves for the names of lines, clear of patterns
EVERY = 4  # of the points that were looked at: 1001 are as many as there are pixels
NARROWEST = 0.004  # of the span: half a band that is still seen
APART = 0.06  # of the span: labels that are nearer to each other would overlap
TOWERS = 50.0  # times what most values span: a pole, which would press all else flat
ENDLESS = ("pole", "unbounded", "steep")
REST = 0.02  # of the values at either end are not among "most"


@dataclass(frozen=True)
class Mark:
    """How a kind of finding is drawn: as lines with a dash, or as bands with a pattern, which tell
    them apart without colour."""

    words: str
    colour: str
    look: str  # dash or pattern


LINES: Mapping[str, Mark] = {
    "pole": Mark("pole", OUTLIER, "solid"),
    "jump": Mark("jump", COLOURS[1], "dashdot"),
    "kink": Mark("kink", DATA, "dash"),
    "minimum": Mark("smallest", COLOURS[2], "dot"),
}
BANDS: Mapping[str, Mark] = {
    "undefined": Mark("undefined", OUTLIER, "x"),
    "not_convex": Mark("bends downwards", COLOURS[3], "/"),
    "flat": Mark("slope is zero", DATA, "."),
    "rising": Mark("rises: being right costs", COLOURS[1], "\\"),
}


def is_drawn(found: Findings) -> bool:
    """Whether anything that was found has a place on the chart."""
    return any(item.kind in LINES or item.kind in BANDS for item in found.items)


def findings(style: Style, found: Findings, *, is_margin: bool) -> dict[str, Any]:
    """Value above, slope below; over both a band for each interval on which something holds, and
    a line for each place where something breaks, with their names."""
    low, high = found.span
    data, shapes = [], []
    for item in found.items:
        if item.kind in BANDS:
            data.append(_band(BANDS[item.kind], item, 0.5 * NARROWEST * (high - low)))
        elif item.kind in LINES:
            shapes += _lines(LINES[item.kind], item)
    top = 1.0 - HEAD if shapes else 1.0
    layout: dict[str, Any] = {
        # Bands lie on an axis of their own, the first so that curves are drawn over them.
        "yaxis": {"range": [0, 1], "domain": [0.0, top], "visible": False, "fixedrange": True},
        "xaxis": axis("margin m" if is_margin else "residual r", range=[low, high], anchor="y3"),
    }
    is_endless = any(item.kind in ENDLESS for item in found.items)
    names, parts = ("loss L", "slope L′"), (found.value, found.slope)
    for place, (name, values) in enumerate(zip(names, parts, strict=True), start=2):
        limits = _limits(values, is_endless)
        data.append(
            {
                "type": "scatter",
                "mode": "lines",
                "name": name,
                "showlegend": False,
                "x": found.x[::EVERY],
                "y": near(values, limits)[::EVERY],
                "yaxis": f"y{place}",
                "line": {"color": style.colour, "width": 3},
                "hovertemplate": f"{name} = %{{y:.4g}} at %{{x:.4g}}{NO_NAME}",
            }
        )
        domain = [0.54 * top, top] if place == 2 else [0.0, 0.46 * top]
        layout[f"yaxis{place}"] = axis(name, range=limits, domain=domain, zeroline=True)
    legend = {"orientation": "h", "x": 0, "y": 1.02, "yanchor": "bottom"}
    layout |= {"shapes": _labelled(shapes, APART * (high - low)), "showlegend": True}
    return figure(data, **layout, legend=legend)


def _band(mark: Mark, item: Finding, least: float) -> dict[str, Any]:
    """One trace for all intervals of a kind, and for single places as the narrowest of bands."""
    both = sorted((*item.intervals, *((place, place) for place in item.places)))
    x: list[float | None] = []
    for low, high in both:
        middle, half = 0.5 * (low + high), max(0.5 * (high - low), least)
        left, right = middle - half, middle + half
        x += [left, right, right, left, left, None]
    return {
        "type": "scatter",
        "mode": "lines",
        "name": mark.words,
        "fill": "toself",
        "x": x,
        "y": [0, 0, 1, 1, 0, None] * len(both),
        "hoverinfo": "skip",
        "line": {"width": 1, "color": mark.colour},
        "fillcolor": mark.colour,
        "fillpattern": {
            "shape": mark.look,
            "size": 9,
            "solidity": 0.2,
            "fgcolor": mark.colour,
            "bgcolor": "rgba(0,0,0,0)",
        },
    }


def _lines(mark: Mark, item: Finding) -> list[dict[str, Any]]:
    return [
        {
            "type": "line",
            "x0": place,
            "x1": place,
            "y0": 0,
            "y1": 1,
            "yref": "paper",
            "line": {"color": mark.colour, "width": 2, "dash": mark.look},
            "label": {"text": f"{mark.words} at {tick(float(f'{place:.4g}'))}"},
            "name": mark.words,
            "legendgroup": mark.words,
            "showlegend": k == 0,
        }
        for k, place in enumerate(item.places)
    ]


def _labelled(shapes: list[dict[str, Any]], apart: float) -> list[dict[str, Any]]:
    """The lines, the most serious first; of labels that would overlap only the first stays,
    and lines without one keep clear of the others."""
    shown, taken = [], np.empty(0)
    place = {"textposition": "end", "textangle": -90, "xanchor": "right", "yanchor": "top"}
    for shape in shapes:
        is_free = bool(np.all(np.abs(taken - shape["x0"]) >= apart))
        taken = np.append(taken, shape["x0"]) if is_free else taken
        label = {**shape["label"], **place, "padding": 0} if is_free else {}
        shown.append({**shape, "label": label, "y1": 1 if is_free else 1 - HEAD})
    return shown


def _limits(values: Array, is_endless: bool) -> list[float]:
    """An axis range for the values; of those without end, where few tower over the others, for
    these."""
    values = values[np.abs(values) <= HEAVY]
    if not values.size:
        return [0.0, 1.0]
    low, high = np.quantile(values, [REST, 1.0 - REST])
    if is_endless and np.ptp(values) > TOWERS * (high - low) > 0.0:
        return span(np.clip(values, 1.5 * low - 0.5 * high, 1.5 * high - 0.5 * low))
    return span(values)
