"""What hidden units make of the features: a small map for each over a plane, or a curve."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from lossviz.base.arrays import Array
from lossviz.engine.looks import DATA, Style
from lossviz.engine.numbers import number, tick
from lossviz.player import Chart, Track
from lossviz.views.charts.scene import Scene
from lossviz.views.charts.style import axis, figure

Limits = tuple[float, float]
SIDE = 24  # cells of a map, a square
BESIDE, ABOVE = 2, 5  # cells between maps, and above each for its name
COLUMNS = 8  # maps beside each other, if there is no reason for more
FEWEST = 6  # maps that there is room for beside each other
CELL = 5.0  # pixels of a cell on a wide page, at most
WIDE = 1040  # pixels of a chart on a wide page
# Lightness tells the sign, too: dark below 0, light above. Code 0 is the gap between maps.
CLEAR = "rgba(0,0,0,0)"
RAMP = (
    (0.0, CLEAR),
    (0.002, CLEAR),
    (0.002, "#123a6b"),
    (0.25, "#3f6a9c"),
    (0.502, "#9aa0a8"),
    (0.75, "#e9b872"),
    (1.0, "#fff0c2"),
)


def maps(
    name: str,
    style: Style,
    units: Sequence[str],
    values: Array,
    frames: Array,
    across: int,
    places: Array,
    is_light: Array,
    *,
    names: tuple[str, str],
    limits: tuple[Limits, Limits],
    note: str = "",
) -> Scene:
    """The values (F', SIDE, SIDE, U) of some units over a plane of two features, so many maps
    across, and faintly the rows at places (n, 2) of the plane, some light and some dark (n,)."""
    count, reach = len(units), _reach(values)
    left, bottom, size = _board(count, across)
    codes = np.zeros((len(values), size[1], int(left.max()) + SIDE), np.uint8)
    shades = 128 + np.rint(127 * np.clip(np.nan_to_num(values / reach), -1, 1))
    for k in range(count):
        codes[:, bottom[k] : bottom[k] + SIDE, left[k] : left[k] + SIDE] = shades[..., k]
    data: list[dict] = [
        {
            "type": "heatmap",
            "z": codes[-1],
            "x0": 0.5,
            "y0": 0.5,
            "dx": 1,
            "dy": 1,
            "name": "values",
            "zmin": 0,
            "zmax": 255,
            "zsmooth": False,
            "hoverinfo": "skip",
            "colorscale": [list(stop) for stop in RAMP],
            "colorbar": {
                "tickvals": [1, 128, 255],
                "thickness": 12,
                "outlinewidth": 0,
                "ticktext": [tick(value) for value in (-reach, 0, reach)],
                "title": {"text": "value", "side": "top"},
            },
        }
    ]
    low, high = np.array(limits).T
    inside = 0.5 + (SIDE - 1) * (places - low) / (high - low)
    for rows, colour, edge in (
        (inside[is_light], "#ffffff", "#20242a"),
        (inside[~is_light], "#20242a", "#ffffff"),
    ):
        data.append(
            {
                "type": "scatter",
                "mode": "markers",
                "name": "rows",
                "hoverinfo": "skip",
                "x": (left[:, None] + rows[:, 0]).ravel(),
                "y": (bottom[:, None] + rows[:, 1]).ravel(),
                "marker": {
                    "color": colour,
                    "size": 4,
                    "opacity": 0.65,
                    "line": {"color": edge, "width": 0.8},
                },
            }
        )
    data.append(_titles(units, left, bottom))
    (x_low, x_high), (y_low, y_high) = limits
    layout = {
        "xaxis": _blank(f"{names[0]}, {_range(x_low, x_high)}", size[0]),
        "yaxis": _blank(f"{names[1]}\n{_range(y_low, y_high)}", size[1]),
    }
    words = f"A map for each unit of its value over the plane: dark below 0, light above. {note}"
    track = Track(name, 0, "replace", z=codes, frames=frames)
    return Scene(_chart(data, layout, style, words.strip(), size), (track,))


def unit_curves(
    name: str,
    style: Style,
    units: Sequence[str],
    values: Array,
    frames: Array,
    across: int,
    *,
    feature: str,
    limits: Limits,
    note: str = "",
) -> Scene:
    """The values (F', m, U) of some units over one feature, from limit to limit."""
    reach = _reach(values)
    left, bottom, size = _board(len(units), across)
    points = values.shape[1]
    x = left[:, None] + np.append(np.linspace(0, SIDE, points), np.nan)
    half = 0.5 * SIDE
    y = bottom[:, None] + half * (1 + np.clip(values.transpose(0, 2, 1) / reach, -1, 1))
    y = np.insert(y, points, np.nan, axis=-1).reshape(len(values), -1)
    gap = np.full(len(units), np.nan)
    box = np.stack([left, left + SIDE, left + SIDE, left, left, gap], axis=1)
    sides = np.stack([bottom, bottom, bottom + SIDE, bottom + SIDE, bottom, gap], axis=1)
    zero = np.stack([left, left + SIDE, gap], axis=1)
    middle = np.stack([bottom + half, bottom + half, gap], axis=1)
    plain = {"type": "scatter", "mode": "lines", "hoverinfo": "skip"}
    data = [
        {
            **plain,
            "name": "frames",
            "x": box.ravel(),
            "y": sides.ravel(),
            "opacity": 0.6,
            "line": {"color": DATA, "width": 1},
        },
        {
            **plain,
            "name": "zero",
            "x": zero.ravel(),
            "y": middle.ravel(),
            "opacity": 0.6,
            "line": {"color": DATA, "width": 1, "dash": "dot"},
        },
        {
            **plain,
            "name": "values",
            "x": x.ravel(),
            "y": y[-1],
            "line": {"color": style.colour, "width": 2.5},
        },
        _titles(units, left, bottom),
    ]
    layout = {
        "xaxis": _blank(f"{feature}, {_range(*limits)}", size[0]),
        "yaxis": _blank(f"value, {_range(-reach, reach)}", size[1]),
    }
    words = f"What each unit makes of {feature}, in a frame of its own. Dotted: 0. {note}"
    track = Track(name, 2, "replace", y=y, frames=frames)
    return Scene(_chart(data, layout, style, words.strip(), size), (track,))


def _reach(values: Array) -> float:
    """The scale of all: the largest of the values, but for a few that tower over the rest."""
    sizes = np.abs(values[np.isfinite(values)])
    reach = float(np.quantile(sizes, 0.98)) if len(sizes) else 1.0
    return float(f"{reach:.2g}") or 1.0


def _board(count: int, across: int) -> tuple[Array, Array, tuple[int, int]]:
    """Where the maps begin, from the left and from below, and the size of them all, in cells."""
    down, column = np.divmod(np.arange(count), across)
    rows = int(down[-1]) + 1
    left = column * (SIDE + BESIDE)
    bottom = (rows - 1 - down) * (SIDE + ABOVE)
    return left, bottom, (max(across, FEWEST) * (SIDE + BESIDE), rows * (SIDE + ABOVE))


def _titles(units: Sequence[str], left: Array, bottom: Array) -> dict:
    return {
        "type": "scatter",
        "mode": "text",
        "name": "names",
        "hoverinfo": "skip",
        "x": left + 0.5 * SIDE,
        "y": bottom + SIDE + 0.5 * ABOVE,
        "text": list(units),
        "textfont": {"size": 12},
        "cliponaxis": False,
    }


def _blank(title: str, cells: int) -> dict:
    return axis(title, range=[-1, cells], showgrid=False, showticklabels=False, ticks="")


def _range(low: float, high: float) -> str:
    return f"{number(low, 2)} to {number(high, 2)}"


def _chart(
    data: list[dict], layout: dict, style: Style, words: str, size: tuple[int, int]
) -> Chart:
    cell = min(CELL, WIDE / size[0])
    return Chart(
        figure(data, **layout),
        f"Hidden units: {style.label}",
        description=words,
        span=2,
        height=round(cell * size[1]) + 64,
    )
