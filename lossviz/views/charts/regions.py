"""The regions of the classes over two features, a panel for each run."""

from __future__ import annotations

from collections.abc import Sequence
from math import ceil
from textwrap import wrap
from typing import Any

import numpy as np

from lossviz.analysis.regions import SHADES, FeaturePlane, Regions
from lossviz.analysis.replay import Replay
from lossviz.base.arrays import Array
from lossviz.engine.looks import (
    CLASS_COLOURS,
    CLASS_MARKS,
    CLASS_SYMBOLS,
    DATA,
    OUTLIER,
    Style,
)
from lossviz.engine.sampling import Sample
from lossviz.player import Chart, Link, Track
from lossviz.views.charts.scene import Scene, shares
from lossviz.views.charts.style import axis, figure

COLUMNS = (1, 2, 3, 4, 3, 3, 4, 4)  # of 1, 2, ... panels
HEIGHT, ROW = 400, 260  # pixels: of a chart, and of each further row of panels
LINE = 17  # pixels of a line of words
GAP = 0.03  # between panels, of the chart's width
BELOW = 48  # pixels under the panels
PALE, STRONG = 0.08, 0.44  # opacity of a region where the run is unsure, and where it is sure
RING = {"symbol": "circle-open", "size": 14, "line": {"width": 2.25}}
CROSS = {"symbol": "x-thin", "size": 11, "color": OUTLIER, "line": {"color": OUTLIER, "width": 2}}


def regions(
    name: str,
    sample: Sample,
    plane: FeaturePlane,
    styles: Sequence[Style],
    views: Sequence[Regions],
    replays: Sequence[Replay],
    linked: Array,
    *,
    note: str = "",
) -> Scene:
    """Each run's regions of the plane, its boundary, and the linked rows (n,) of its replay, of
    which those that it puts into a wrong class are ringed."""
    columns = COLUMNS[len(styles) - 1]
    rows = ceil(len(styles) / columns)
    places = plane.project(sample.X[linked])
    marked = sample.is_outlier[linked]
    labels = sample.y[linked].astype(int)
    data: list[dict] = _legend(sample.classes, any_outlier=bool(marked.any()))
    tracks, links = [], []
    for i, (style, view, replay) in enumerate(zip(styles, views, replays, strict=True)):
        at = {"xaxis": _axis("x", i % columns), "yaxis": _axis("y", i // columns)}
        panel, moves = _panel(style, view, len(sample.classes))
        tracks += [
            Track(name, len(data) + k, "replace", frames=view.frames, **move)
            for k, move in enumerate(moves)
        ]
        panel += _rows(places, labels, marked)
        links.append(Link(name, len(data) + len(moves)))
        ring, wrong = _mistakes(style, places, replay.is_wrong, plane)
        tracks.append(Track(name, len(data) + len(panel), "replace", y=wrong, frames=replay.frames))
        panel.append(ring)
        data += [{"hoverinfo": "skip", "showlegend": False, **trace, **at} for trace in panel]
    chart = Chart(
        figure(data, **_layout(plane, styles, columns, rows)),
        "Decision regions",
        description=_words(sample, plane, views, len(linked), note=note),
        span=1 if columns < 3 else 2,
        height=_height(rows),
    )
    return Scene(chart, tuple(tracks), tuple(links))


def class_scale(classes: int) -> list[list[Any]]:
    """The colours of `analysis.regions.code`: a band a class, stronger where the run is surer."""
    shades, last = SHADES // classes, SHADES - 1
    scale: list[list[Any]] = []
    for k in range(classes):
        # A band ends halfway to the first shade of the next.
        ends = max(k * shades - 0.5, 0.0), (k + 1) * shades - 0.5
        scale += [[end / last, _tint(k, a)] for end, a in zip(ends, (PALE, STRONG), strict=True)]
    scale[-1][0] = 1.0
    return scale


def _tint(k: int, opacity: float) -> str:
    code = CLASS_COLOURS[k]
    red, green, blue = (int(code[i : i + 2], 16) for i in (1, 3, 5))
    return f"rgba({red},{green},{blue},{opacity})"


def _panel(style: Style, view: Regions, classes: int) -> tuple[list[dict], list[dict[str, Array]]]:
    """The traces of a run that move, and how."""
    x, y = view.boundary
    picture = {
        "type": "heatmap",
        "name": f"regions of {style.label}",
        "x": view.x,
        "y": view.y,
        "z": view.picture[-1],
        "zmin": 0,
        "zmax": SHADES - 1,
        "colorscale": class_scale(classes),
        # Of Plotly's ways to smooth, the one that mixes colours; the other mixes classes.
        "zsmooth": "fast",
        "showscale": False,
    }
    boundary = {
        "type": "scatter",
        "mode": "lines",
        "name": f"boundary of {style.label}",
        "x": x[-1],
        "y": y[-1],
        "line": {"color": style.colour, "dash": style.dash, "width": 3.5},
    }
    traces, moves = [picture, boundary], [{"z": view.picture}, {"x": x, "y": y}]
    if view.margins:
        x, y = view.margins
        moves.append({"x": x, "y": y})
        traces.append(
            {
                **boundary,
                "name": f"margins of {style.label}",
                "x": x[-1],
                "y": y[-1],
                "line": {"color": style.colour, "dash": "4px,3px", "width": 1.25},
            }
        )
    return traces, moves


def _rows(places: Array, labels: Array, marked: Array) -> list[dict]:
    """The rows in one trace, by class, and the outliers among them crossed."""
    look = {
        "color": [CLASS_COLOURS[k] for k in labels],
        "symbol": [CLASS_SYMBOLS[k] for k in labels],
        "size": 7,
        "line": {"color": "rgba(0,0,0,0.5)", "width": 0.75},
    }
    kind = {"type": "scatter", "mode": "markers"}
    rows = {**kind, "name": "rows", "x": places[:, 0], "y": places[:, 1], "marker": look}
    traces = [{**rows, "hoverinfo": "none"}]
    if marked.any():
        x, y = places[marked].T
        traces.append({**kind, "name": "outliers", "x": x, "y": y, "marker": CROSS})
    return traces


def _mistakes(
    style: Style, places: Array, is_wrong: Array, plane: FeaturePlane
) -> tuple[dict, Array]:
    """Rings around the rows that are put into a wrong class (F', n), and their moving y."""
    low, high = plane.limits[1]
    # One more, always out of sight: a trace that shows nothing cannot be drawn fast.
    hidden = np.full((len(is_wrong), 1), low - (high - low))
    y = np.hstack([np.where(is_wrong, places[:, 1], np.nan), hidden])
    ring = {
        "type": "scatter",
        "mode": "markers",
        "name": f"mistakes of {style.label}",
        "x": np.append(places[:, 0], plane.limits[0][0]),
        "y": y[-1],
        "marker": {**RING, "color": style.colour},
    }
    return ring, y


def _legend(classes: Sequence[str], *, any_outlier: bool) -> list[dict]:
    """Traces without points, for the marks of classes, mistakes and outliers."""
    marks = [
        (label, {"color": CLASS_COLOURS[k], "symbol": CLASS_SYMBOLS[k], "size": 9})
        for k, label in enumerate(classes)
    ]
    marks.append(("mistake", {**RING, "size": 11, "color": DATA}))
    if any_outlier:
        marks.append(("outlier", CROSS))
    kind = {"type": "scatter", "mode": "markers", "x": [None], "y": [None], "hoverinfo": "skip"}
    return [{**kind, "name": label, "marker": marker} for label, marker in marks]


def _layout(
    plane: FeaturePlane, styles: Sequence[Style], columns: int, rows: int
) -> dict[str, Any]:
    """Panels that share the x axis of their column and the y axis of their row."""
    layout: dict[str, Any] = {"annotations": [], "shapes": []}
    labels = [wrap(style.label, 60 if columns == 1 else 24)[:3] for style in styles]
    over = 10 + LINE * max(map(len, labels))  # pixels for the labels of a row
    top = over + (2 * LINE if len(styles) > 1 else 0)
    gap = over / (_height(rows) - top - BELOW)
    across, down = shares(columns, GAP), shares(rows, gap)[::-1]
    sides = zip("xy", plane.names, plane.limits, (across, down), strict=True)
    for letter, title, limits, domains in sides:
        for k, domain in enumerate(domains):
            # A column's x axis lies under its last panel.
            under = _axis("y", (len(styles) - 1 - k) // columns) if letter == "x" else "x"
            layout[_axis(f"{letter}axis", k)] = axis(
                title,
                domain=domain,
                anchor=under,
                range=list(limits),
                showgrid=False,
                **({"matches": letter} if k else {}),
            )
    for i, (style, words) in enumerate(zip(styles, labels, strict=True)):
        x, y = across[i % columns][0], down[i // columns][1]
        layout["annotations"].append(
            {
                "text": "\n".join(words),
                "xref": "paper",
                "yref": "paper",
                "x": x,
                "y": y,
                "xanchor": "left",
                "yanchor": "bottom",
                "xshift": 34,
                "showarrow": False,
                "align": "left",
            }
        )
        layout["shapes"].append(
            {
                "type": "line",
                "xref": "paper",
                "yref": "paper",
                "xsizemode": "pixel",
                "ysizemode": "pixel",
                "xanchor": x,
                "yanchor": y,
                "x0": 2,
                "x1": 32,
                "y0": LINE // 2 + 4,
                "y1": LINE // 2 + 4,
                "line": {"color": style.colour, "dash": style.dash, "width": 3.5},
            }
        )
    key = {"itemclick": False, "itemdoubleclick": False, "bgcolor": "rgba(0,0,0,0)"}
    if len(styles) > 1:
        key |= {"orientation": "h", "x": 0, "y": 1, "yref": "container", "yanchor": "top"}
    margin = {"l": 56, "r": 16, "t": top, "b": BELOW}
    return {**layout, "margin": margin, "showlegend": True, "legend": key}


def _height(rows: int) -> int:
    return HEIGHT + (rows - 1) * ROW


def _axis(name: str, k: int) -> str:
    return f"{name}{k + 1}" if k else name


def _words(
    sample: Sample, plane: FeaturePlane, views: Sequence[Regions], shown: int, *, note: str
) -> str:
    marks = ", ".join(f"{CLASS_MARKS[k]} {label}" for k, label in enumerate(sample.classes))
    ends = ", thin: a margin of 1" if any(view.margins for view in views) else ""
    total, injected = len(sample.y), int(sample.is_outlier.sum())
    drawn = f"{shown:,} of {total:,} rows are shown" if shown < total else f"{total:,} rows"
    crossed = f", outliers crossed ({injected} in all)" if injected else ""
    return (
        f"{note}Shaded by class, the surer the stronger. Thick line: boundary{ends}. {drawn}, "
        f"mistakes ringed{crossed}. {marks}. {plane.note}"
    ).rstrip()
