"""The loss surface of one run's objective, with every run's path over it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from lossviz.analysis.landscape import Landscape, relief
from lossviz.base.arrays import Array
from lossviz.base.words import listed
from lossviz.engine.looks import Style
from lossviz.engine.numbers import tick
from lossviz.player import Chart, Track
from lossviz.views.charts.scene import Scene, near
from lossviz.views.charts.style import axis, figure, on_dark

# The valley is nearly the page's own colour, where paths end and have to be seen; the ground rises
# to a soft blue-green, as no loss is. A colour bar knows no alpha.
RAMP = [[0.0, "#f8f6ef"], [0.3, "#e6ece6"], [0.65, "#c8d9d8"], [1.0, "#a9c3c8"]]
RAMP_ON_DARK = [[0.0, "#161c22"], [0.3, "#1d2a30"], [0.65, "#22373e"], [1.0, "#2b474f"]]
LINES, LINES_ON_DARK = "rgba(255,255,255,0.85)", "rgba(255,255,255,0.10)"
HALO, HALO_ON_DARK = "#ffffff", "#12161c"  # around points and stars
LEVELS = 14
FAINT = 0.7
MOST_NAMED = 4  # guests
DARK_HALO = on_dark(marker={"line": {"color": HALO_ON_DARK}})


@dataclass(frozen=True, eq=False)
class Path:
    """A run on the plane: x, y, and its height on this surface, all (F,); its own loss's exact
    minimiser, if it has one, the loss of this surface there, and whether it has others too. A guest
    follows another objective than the surface's."""

    x: Array
    y: Array
    height: Array
    minimum: tuple[float, float] | None
    floor: float | None = None
    has_others: bool = False
    is_guest: bool = False


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
            "line": {"width": 0.8, "color": LINES},
            "meta": on_dark(colorscale=RAMP_ON_DARK, line={"color": LINES_ON_DARK}),
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
    for style, path in _own_last(styles, paths):
        x, y = near(path.x, [plane.x[0], plane.x[-1]]), near(path.y, [plane.y[0], plane.y[-1]])
        point = {"type": "scatter", "hoverinfo": "skip", "name": style.label, "mode": "markers"}
        tracks.append(Track(name, len(data), "grow", x=x, y=y))
        data.append(
            {
                **point,
                "mode": "lines",
                "x": x,
                "y": y,
                "line": {
                    "color": style.colour,
                    "dash": style.dash,
                    "width": 1.5 if path.is_guest else 3.5,
                },
                "opacity": FAINT if path.is_guest else 1.0,
            }
        )
        if path.minimum is not None:
            data.append(
                {
                    **point,
                    "x": [path.minimum[0]],
                    "y": [path.minimum[1]],
                    "marker": _marker(style, "star", 13 if path.is_guest else 19),
                    "meta": DARK_HALO,
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
                "marker": _marker(style, style.symbol, 8 if path.is_guest else 11),
                "meta": DARK_HALO,
            }
        )
    layout = {
        "xaxis": axis(_name(plane, plane.x_name), range=[plane.x[0], plane.x[-1]]),
        "yaxis": axis(_name(plane, plane.y_name), range=[plane.y[0], plane.y[-1]]),
    }
    chart = Chart(
        figure(data, **layout), _title(styles[focus]), description=_words(plane, styles, paths)
    )
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
            "meta": on_dark(colorscale=RAMP_ON_DARK),
            "showscale": False,
            "hoverinfo": "skip",
        }
    ]
    tracks = []
    for style, path in _own_last(styles, paths):
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
                    "textfont": {"color": style.colour, "size": 16 if path.is_guest else 22},
                }
            )
        for mode in ("grow", "point"):
            tracks.append(Track(name, len(data), mode, x=x, y=y, z=z))
            size = 3 if path.is_guest else 7
            kind = {"mode": "lines", "line": {"color": style.colour, "width": size}}
            if mode == "point":
                kind = {"mode": "markers", "marker": {"color": style.colour, "size": 1 + size}}
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
    chart = Chart(
        figure(data, **layout), _title(styles[focus]), description=_words(plane, styles, paths)
    )
    return Scene(chart, tuple(tracks))


def _name(plane: Landscape, name: str) -> str:
    return name if plane.coordinates == "data units" else f"{name}, {plane.coordinates}"


def _title(style: Style) -> str:
    return f"Loss surface: {style.label}"


def _which(path: Path) -> str:
    return "one of the exact minimisers" if path.has_others else "exact minimiser"


def _own_last(styles: Sequence[Style], paths: Sequence[Path]) -> list[tuple[Style, Path]]:
    """The guests, and over them those whose surface it is."""
    return sorted(zip(styles, paths, strict=True), key=lambda each: not each[1].is_guest)


def _marker(style: Style, symbol: str, size: int) -> dict[str, object]:
    line = {"color": HALO, "width": 1.5}
    return {"color": style.colour, "symbol": symbol, "size": size, "line": line}


def _words(plane: Landscape, styles: Sequence[Style], paths: Sequence[Path]) -> str:
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
    guests = [style.label for style, path in zip(styles, paths, strict=True) if path.is_guest]
    thin = ""
    if guests:
        follow = "a guest, whose path follows a loss of its own and may climb here"
        if len(guests) > 1:
            follow = "guests, whose paths follow losses of their own and may climb here"
        thin = f" Thin: {listed(guests, most=MOST_NAMED)}, {follow}."
    words = f"Each run's path and its present point{star}.{thin}{drawn} {plane.plane.note}"
    return words.strip()
