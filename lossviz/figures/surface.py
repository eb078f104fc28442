"""The loss surface of one run's objective, with every run's path over it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from lossviz.figures.scene import Scene, near
from lossviz.figures.style import Style, axis, figure
from lossviz.player import Chart, Track

Array = np.ndarray
# Grey-blue that lets light and dark pages shine through; the valley is clear.
RAMP = [[0.0, "rgba(150,180,220,0.04)"], [1.0, "rgba(45,85,145,0.55)"]]
LEVELS = 12


@dataclass(frozen=True, eq=False)
class Plane:
    """Heights (m, m) over two named parameters: rows follow y."""

    x_name: str
    y_name: str
    x: Array
    y: Array
    values: Array


@dataclass(frozen=True, eq=False)
class Path:
    """A run on the plane: x, y, and its height on this surface, all (F,); its own loss's exact
    minimiser, if it has one."""

    x: Array
    y: Array
    height: Array
    minimum: tuple[float, float] | None


def contour(
    name: str, plane: Plane, of: int, styles: Sequence[Style], paths: Sequence[Path]
) -> Scene:
    """Filled contours of the surface that belongs to run number `of`."""
    height, ticks, labels = _spread(plane.values)
    data: list[dict] = [
        {
            "type": "contour", "x": plane.x, "y": plane.y, "z": height, "name": "loss",
            "colorscale": RAMP, "hoverinfo": "none", "zmin": 0, "zmax": float(ticks[-1]),
            "autocontour": False,
            "contours": {"start": ticks[1] / 2, "end": float(ticks[-1]), "size": ticks[1] / 2},
            "line": {"width": 0.7, "color": "rgba(70,110,160,0.7)"},
            "colorbar": {"tickvals": ticks, "ticktext": labels, "thickness": 12, "outlinewidth": 0,
                         "title": {"text": "loss", "side": "top"}},
        }
    ]  # fmt: skip
    tracks = []
    for number, (style, path) in enumerate(zip(styles, paths, strict=True)):
        x, y = near(path.x, [plane.x[0], plane.x[-1]]), near(path.y, [plane.y[0], plane.y[-1]])
        point = {"type": "scatter", "hoverinfo": "skip", "name": style.label, "mode": "markers"}
        tracks.append(Track(name, len(data), "grow", x=x, y=y))
        data.append(
            {
                **point, "mode": "lines", "x": x, "y": y,
                "line": {"color": style.colour, "dash": style.dash, "width": 2.5},
            }
        )  # fmt: skip
        if path.minimum is not None:
            data.append(
                {
                    **point, "x": [path.minimum[0]], "y": [path.minimum[1]],
                    "marker": {"color": style.colour, "symbol": "star",
                               "size": 17 if number == of else 11,
                               "line": {"color": "white", "width": 1}},
                    "hoverinfo": "text", "text": [f"exact minimiser of {style.label}"],
                }
            )  # fmt: skip
        tracks.append(Track(name, len(data), "point", x=x, y=y))
        data.append(
            {
                **point, "x": x[-1:], "y": y[-1:],
                "marker": {"color": style.colour, "symbol": style.symbol, "size": 11,
                           "line": {"color": "white", "width": 1.5}},
            }
        )  # fmt: skip
    layout = {
        "xaxis": axis(plane.x_name, range=[plane.x[0], plane.x[-1]]),
        "yaxis": axis(plane.y_name, range=[plane.y[0], plane.y[-1]]),
    }
    chart = Chart(figure(data, **layout), _title(styles[of]), _words(styles[of]))
    return Scene(chart, tuple(tracks))


def relief(
    name: str, plane: Plane, of: int, styles: Sequence[Style], paths: Sequence[Path]
) -> Scene:
    """The same surface in three dimensions."""
    height, ticks, labels = _spread(plane.values)
    low = float(plane.values.min())
    data: list[dict] = [
        {
            "type": "surface", "x": plane.x, "y": plane.y, "z": height, "name": "loss",
            "colorscale": "Cividis", "opacity": 0.85, "showscale": False, "hoverinfo": "skip",
        }
    ]  # fmt: skip
    tracks = []
    for style, path in zip(styles, paths, strict=True):
        inside = (
            (path.x >= plane.x[0]) & (path.x <= plane.x[-1])
            & (path.y >= plane.y[0]) & (path.y <= plane.y[-1])
        )  # fmt: skip
        x, y = np.where(inside, path.x, np.nan), np.where(inside, path.y, np.nan)
        z = np.sqrt(np.maximum(path.height - low, 0.0)) + 0.01 * ticks[-1]
        z = np.where(inside, z, np.nan)
        for mode in ("grow", "point"):
            tracks.append(Track(name, len(data), mode, x=x, y=y, z=z))
            kind = {"mode": "lines", "line": {"color": style.colour, "width": 6}}
            if mode == "point":
                kind = {"mode": "markers", "marker": {"color": style.colour, "size": 6}}
            shown = slice(None) if mode == "grow" else slice(-1, None)
            data.append(
                {
                    "type": "scatter3d", "name": style.label, "hoverinfo": "skip",
                    "x": x[shown], "y": y[shown], "z": z[shown], **kind,
                }
            )  # fmt: skip
    scene = {
        "xaxis": {"title": {"text": plane.x_name}},
        "yaxis": {"title": {"text": plane.y_name}},
        "zaxis": {"title": {"text": "loss"}, "tickvals": ticks, "ticktext": labels},
        "camera": {"eye": {"x": -1.4, "y": -1.5, "z": 1.1}},
        "uirevision": "kept",
    }
    layout = {"scene": scene, "margin": {"l": 0, "r": 0, "t": 0, "b": 0}}
    chart = Chart(figure(data, **layout), _title(styles[of]), _words(styles[of]))
    return Scene(chart, tuple(tracks))


def _spread(values: Array) -> tuple[Array, Array, list[str]]:
    """Heights as the root above the lowest, so that the valley shows; ticks there, in true losses.

    In these heights a parabola's contours lie evenly; the labels are the losses themselves.
    """
    low = values.min()
    height = np.sqrt(values - low)
    ticks = np.linspace(0.0, height.max() or 1.0, LEVELS // 2 + 1)
    return height, ticks, [f"{low + tick * tick:.3g}" for tick in ticks]


def _title(style: Style) -> str:
    return f"Loss surface: {style.label}"


def _words(style: Style) -> str:
    return (
        f"Training loss of {style.label} over two parameters, each run's path, its present point "
        "and its exact minimiser (star)."
    )
