"""The loss surface of one run's objective, with every run's path over it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from lossviz.analysis.landscape import Landscape, relief
from lossviz.base.arrays import Array
from lossviz.engine.looks import Style
from lossviz.engine.numbers import tick
from lossviz.player import Chart, Track
from lossviz.views.charts.scene import Scene, near
from lossviz.views.charts.style import axis, figure

# Greys, as no path is grey: light in the valley, on dark pages too. A colour bar knows no alpha.
RAMP = [[0.0, "#f0f1f4"], [1.0, "#868b94"]]
LEVELS = 14


@dataclass(frozen=True, eq=False)
class Path:
    """A run on the plane: x, y, and its height on this surface, all (F,); its own loss's exact
    minimiser, if it has one, the loss of this surface there, and whether it has others too."""

    x: Array
    y: Array
    height: Array
    minimum: tuple[float, float] | None
    floor: float | None = None
    has_others: bool = False


def contour(
    name: str, plane: Landscape, focus: int, styles: Sequence[Style], paths: Sequence[Path]
) -> Scene:
    """Filled contours of the surface that belongs to run number `of`."""
    drawing = relief(plane.values)
    height = drawing.heights(plane.values)
    top = float(height.max()) or 1.0
    data: list[dict] = [
        {
            "type": "contour",
            "x": plane.x,
            "y": plane.y,
            "z": height,
            "name": "loss",
            "colorscale": RAMP,
            "hoverinfo": "none",
            "zmin": 0,
            "zmax": top,
            "autocontour": False,
            "contours": {"start": top / LEVELS, "end": top, "size": top / LEVELS},
            "line": {"width": 0.7, "color": "rgba(80,85,95,0.5)"},
            "colorbar": {
                "tickvals": drawing.heights(drawing.ticks),
                "thickness": 12,
                "ticktext": [tick(value) for value in drawing.ticks],
                "outlinewidth": 0,
                "title": {"text": "loss", "side": "top"},
            },
        }
    ]
    tracks = []
    for number, (style, path) in enumerate(zip(styles, paths, strict=True)):
        x, y = near(path.x, [plane.x[0], plane.x[-1]]), near(path.y, [plane.y[0], plane.y[-1]])
        point = {"type": "scatter", "hoverinfo": "skip", "name": style.label, "mode": "markers"}
        tracks.append(Track(name, len(data), "grow", x=x, y=y))
        data.append(
            {
                **point,
                "mode": "lines",
                "x": x,
                "y": y,
                "line": {"color": style.colour, "dash": style.dash, "width": 2.5},
            }
        )
        if path.minimum is not None:
            data.append(
                {
                    **point,
                    "x": [path.minimum[0]],
                    "y": [path.minimum[1]],
                    "marker": {
                        "color": style.colour,
                        "symbol": "star",
                        "size": 19 if number == focus else 16,
                        "line": {"color": "white", "width": 1},
                    },
                    "hoverinfo": "text",
                    "text": [f"{_which(path)} of {style.label}"],
                }
            )
        tracks.append(Track(name, len(data), "point", x=x, y=y))
        data.append(
            {
                **point,
                "x": x[-1:],
                "y": y[-1:],
                "marker": {
                    "color": style.colour,
                    "symbol": style.symbol,
                    "size": 9,
                    "line": {"color": "white", "width": 1.5},
                },
            }
        )
    layout = {
        "xaxis": axis(_name(plane, plane.x_name), range=[plane.x[0], plane.x[-1]]),
        "yaxis": axis(_name(plane, plane.y_name), range=[plane.y[0], plane.y[-1]]),
    }
    chart = Chart(figure(data, **layout), _title(styles[focus]), description=_words(plane, paths))
    return Scene(chart, tuple(tracks))


def terrain(
    name: str, plane: Landscape, focus: int, styles: Sequence[Style], paths: Sequence[Path]
) -> Scene:
    """The same surface in three dimensions."""
    drawing = relief(plane.values, count=4)
    height = drawing.heights(plane.values)
    above = 0.01 * float(height.max())  # paths lie on the ground, not in it
    data: list[dict] = [
        {
            "type": "surface",
            "x": plane.x,
            "y": plane.y,
            "z": height,
            "name": "loss",
            "colorscale": RAMP,
            "opacity": 0.9,
            "showscale": False,
            "hoverinfo": "skip",
        }
    ]
    tracks = []
    for style, path in zip(styles, paths, strict=True):
        inside = (
            (path.x >= plane.x[0])
            & (path.x <= plane.x[-1])
            & (path.y >= plane.y[0])
            & (path.y <= plane.y[-1])
        )
        x, y = np.where(inside, path.x, np.nan), np.where(inside, path.y, np.nan)
        z = np.where(inside, drawing.heights(path.height) + above, np.nan)
        if path.minimum is not None and path.floor is not None:
            [floor] = drawing.heights([path.floor])
            data.append(
                {
                    "type": "scatter3d",
                    "name": style.label,
                    "hoverinfo": "skip",
                    "mode": "text",
                    "x": path.minimum[:1],
                    "y": path.minimum[1:],
                    "z": [floor + above],
                    "text": ["★"],
                    "textposition": "middle center",
                    "textfont": {"color": style.colour, "size": 24},
                }
            )
        for mode in ("grow", "point"):
            tracks.append(Track(name, len(data), mode, x=x, y=y, z=z))
            kind = {"mode": "lines", "line": {"color": style.colour, "width": 6}}
            if mode == "point":
                kind = {"mode": "markers", "marker": {"color": style.colour, "size": 6}}
            shown = slice(None) if mode == "grow" else slice(-1, None)
            data.append(
                {
                    "type": "scatter3d",
                    "name": style.label,
                    "hoverinfo": "skip",
                    "x": x[shown],
                    "y": y[shown],
                    "z": z[shown],
                    **kind,
                }
            )
    scene = {
        "xaxis": {"title": {"text": _name(plane, plane.x_name)}},
        "yaxis": {"title": {"text": _name(plane, plane.y_name)}},
        "zaxis": {
            "title": {"text": "loss"},
            "tickvals": drawing.heights(drawing.ticks),
            "ticktext": [tick(value) for value in drawing.ticks],
        },
        # Far enough off, and to the side, that the labels at the left are not cut.
        "camera": {
            "eye": {"x": -1.65, "y": -1.75, "z": 1.2},
            "center": {"x": -0.1, "y": 0.1, "z": -0.12},
        },
        "uirevision": "kept",
    }
    layout = {"scene": scene, "margin": {"l": 0, "r": 0, "t": 0, "b": 0}}
    chart = Chart(figure(data, **layout), _title(styles[focus]), description=_words(plane, paths))
    return Scene(chart, tuple(tracks))


def _name(plane: Landscape, name: str) -> str:
    return name if plane.coordinates == "data units" else f"{name}, {plane.coordinates}"


def _title(style: Style) -> str:
    return f"Loss surface: {style.label}"


def _which(path: Path) -> str:
    return "one of the exact minimisers" if path.has_others else "exact minimiser"


def _words(plane: Landscape, paths: Sequence[Path]) -> str:
    starred = [path for path in paths if path.minimum]
    star = ", and its exact minimiser (★)" if starred else ""
    if any(path.has_others for path in starred):
        star += ", or one of them where there are several"
    seen, total = plane.rows
    drawn = ""
    if seen < total:
        drawn = (
            f" The surface is of {seen:,} of the {total:,} training rows, drawn at random and "
            "matched to all of them at one point."
        )
    return f"Each run's path and its present point{star}.{drawn} {plane.plane.note}".strip()
