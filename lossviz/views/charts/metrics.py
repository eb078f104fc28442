"""What predictions are worth: confusion matrices, ROC, precision–recall and calibration."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from textwrap import wrap
from typing import Any

import numpy as np

from lossviz.analysis.metrics import BINS, Metrics
from lossviz.base.arrays import Array
from lossviz.engine.looks import DATA, Style
from lossviz.engine.numbers import percent
from lossviz.player import Chart, Track
from lossviz.views.charts.plotly_insides import BREAK, NO_NAME, Markup, escaped
from lossviz.views.charts.scene import Scene, shares
from lossviz.views.charts.style import axis, figure

UNIT = [-0.02, 1.02]
FEW = 3  # classes up to which there is room for large numbers
ACROSS = 4  # matrices side by side
# One hue over the page's own background: pale enough for the page's text on top, light or dark.
SHADES = [[0.0, "rgba(0,114,178,0.04)"], [1.0, "rgba(0,114,178,0.7)"]]


def confusion(
    name: str,
    styles: Sequence[Style],
    classes: Sequence[str],
    counts: Sequence[Array],
    frames: Array,
    note: str = "",
) -> Scene:
    """A matrix for each run of its counts (F', K, K) at `frames`: true classes down, predicted
    classes across."""
    is_large, several = len(classes) > FEW, len(counts) > 1
    down = 1 if len(counts) <= ACROSS else 2
    across = -(-len(counts) // down)
    is_wide = across > 2 or (is_large and several)
    gap = 0.08 if is_wide else 0.16
    data, tracks, layout, titles = [], [], {}, []
    for i, (style, count) in enumerate(zip(styles, counts, strict=True)):
        row, column = divmod(i, across)
        x_domain, y_domain = shares(across, gap)[column], shares(down, 0.18)[down - 1 - row]
        place = str(i + 1) if i else ""
        axes, sides = {"xaxis": f"x{place}", "yaxis": f"y{place}"}, _sides(classes)
        layout[f"xaxis{place}"] = {
            **axis("predicted"),
            **sides,
            "domain": x_domain,
            "anchor": f"y{place}",
            "range": sides["range"][::-1],
        }
        layout[f"yaxis{place}"] = {
            **axis("true"),
            **sides,
            "domain": y_domain,
            "anchor": f"x{place}",
            "tickangle": -90 if max(map(len, classes)) > 2 else 0,
        }
        if several:
            titles.append(_heading(style, x_domain, y_domain[1], (78 if is_wide else 44) // across))
        for trace, moving in _matrix(classes, count, 18 if not is_large else 10 if several else 12):
            tracks.append(Track(name, len(data), "replace", frames=frames, **moving))
            data.append({**trace, **axes, "name": style.label})
    layout["annotations"] = titles
    lines = max((title["text"].count(BREAK) + 1 for title in titles), default=0)
    layout["margin"] = {"l": 56, "r": 16, "t": 12 + 18 * lines, "b": 48}
    end = (" No number: no rows." if is_large else "") + note
    words = (
        "How many clean test rows of each true class (down) are put into each class (across): "
        "right ones on the diagonal. The deeper the blue, the larger the share of the true class."
        f"{end}"
    )
    chart = Chart(
        figure(data, **layout),
        "Confusion matrix",
        description=words,
        span=2 if is_wide else 1,
        height=640 if down == 2 else 400 if is_large else 360,
    )
    return Scene(chart, tuple(tracks))


def _sides(classes: Sequence[str]) -> dict[str, Any]:
    places = list(range(len(classes)))
    return {
        "tickvals": places,
        "ticktext": list(classes),
        "range": [len(classes) - 0.5, -0.5],
        "showgrid": False,
        "showline": True,
        "mirror": True,
        "fixedrange": True,
    }


def _heading(style: Style, x: Sequence[float], top: float, width: int) -> dict[str, Any]:
    square = f'<span style="color:{style.colour}">\N{BLACK SQUARE}</span>'
    return {
        "text": Markup(f"{square} {escaped(chr(10).join(wrap(style.label, width)))}"),
        "x": sum(x) / 2,
        "y": top,
        "xref": "paper",
        "yref": "paper",
        "yanchor": "bottom",
        "showarrow": False,
    }


def _matrix(
    classes: Sequence[str], counts: Array, size: int
) -> Iterator[tuple[dict[str, Any], dict[str, Array]]]:
    """The shades and the numbers, as traces and what moves in them."""
    k = len(classes)
    shares = counts / np.maximum(counts.sum(axis=2, keepdims=True), 1)
    z = np.round(255 * shares).astype(np.uint8)
    words = counts.reshape(len(counts), -1).astype(str).astype(object)
    if k > FEW:
        words[counts.reshape(words.shape) == 0] = ""
    places = np.arange(k)
    heat = {
        "type": "heatmap",
        "x": places,
        "y": places,
        "z": z[-1],
        "zmin": 0,
        "zmax": 255,
        "colorscale": SHADES,
        "showscale": False,
        "hoverinfo": "skip",
        "xgap": 2,
        "ygap": 2,
    }
    yield heat, {"z": z}
    cells = [f"true {true}, predicted {said}" for true in classes for said in classes]
    text = {
        "type": "scatter",
        "mode": "text",
        "x": np.tile(places, k),
        "y": np.repeat(places, k),
        "text": words[-1],
        "customdata": cells,
        "cliponaxis": False,
        "textfont": {"size": size},
        "hovertemplate": "%{customdata}: %{text}" + NO_NAME,
    }
    yield text, {"text": words}


def roc(name: str, styles: Sequence[Style], measured: Sequence[Metrics]) -> Scene:
    """Recall over false alarms for every threshold, and where the threshold in use lies."""
    curves = [each.roc for each in measured]
    points = [each.operating and each.operating[:2] for each in measured]
    data, tracks = _curves(name, styles, measured, curves, points, [[0, 1], [0, 1]], "guessing")
    layout = {
        "xaxis": axis("false-positive rate (false alarms)", range=UNIT),
        "yaxis": axis("true-positive rate (recall)", range=UNIT),
    }
    words = (
        "The share that is found against the share of false alarms, as the threshold falls: the "
        "nearer the top left corner, the better the rows are told apart. Grey: guessing."
    )
    return Scene(
        Chart(figure(data, **layout), "ROC curve", description=words + _what(measured)), tracks
    )


def precision_recall(name: str, styles: Sequence[Style], measured: Sequence[Metrics]) -> Scene:
    """Precision over recall for every threshold, and where the threshold in use lies."""
    curves = [each.precision_recall for each in measured]
    points = [each.operating and each.operating[1:] for each in measured]
    level = measured[0].prevalence
    base = [[0, 1], [level, level]]
    data, tracks = _curves(name, styles, measured, curves, points, base, "guessing")
    layout = {
        "xaxis": axis("recall", range=UNIT),
        "yaxis": axis("precision", range=UNIT),
    }
    words = (
        "How many of the calls are right against the share that is found, as the threshold falls: "
        "the nearer the top right corner, the better. Grey: guessing, which is right in "
        f"{percent(f'{100 * level:.3g}')} of its calls."
    )
    title = "Precision–recall curve"
    return Scene(Chart(figure(data, **layout), title, description=words + _what(measured)), tracks)


def _what(measured: Sequence[Metrics]) -> str:
    if measured[0].is_binary:
        return f" Looked for: {measured[0].wanted}. Marker: the threshold in use."
    return " Mean over the classes, each against the rest; the largest chance decides."


def _curves(
    name: str,
    styles: Sequence[Style],
    measured: Sequence[Metrics],
    curves: Sequence[tuple[Array, Array]],
    points: Sequence[tuple[Array, Array] | None],
    base: Sequence[Sequence[float]],
    what: str,
) -> tuple[list[dict[str, Any]], tuple[Track, ...]]:
    data, tracks = [_ground(base, what)], []
    for style, each, (x, y) in zip(styles, measured, curves, strict=True):
        is_still = bool(np.all(x == x[0]))
        x_moves = None if is_still else x
        tracks.append(Track(name, len(data), "replace", x=x_moves, y=y, frames=each.frames))
        data.append(
            {
                "type": "scatter",
                "mode": "lines",
                "name": style.label,
                "x": x[-1],
                "y": y[-1],
                "line": {"color": style.colour, "dash": style.dash, "width": 3},
                "hovertemplate": f"{style.label}: %{{y:.3f}} at %{{x:.3f}}{NO_NAME}",
            }
        )
    for style, each, point in zip(styles, measured, points, strict=True):
        if point is None:
            continue
        x, y = point
        tracks.append(Track(name, len(data), "point", x=x, y=y, frames=each.frames))
        data.append(
            {
                "type": "scatter",
                "mode": "markers",
                "name": f"{style.label}, threshold",
                "x": x[-1:],
                "y": y[-1:],
                "marker": {"color": style.colour, "symbol": style.symbol, "size": 12},
                "hovertemplate": f"{style.label} at its threshold: %{{y:.3f}} at %{{x:.3f}}"
                f"{NO_NAME}",
            }
        )
    return data, tuple(tracks)


def _ground(line: Sequence[Sequence[float]], name: str) -> dict[str, Any]:
    return {
        "type": "scatter",
        "mode": "lines",
        "name": name,
        "x": line[0],
        "y": line[1],
        "hoverinfo": "skip",
        "opacity": 0.4,
        "line": {"color": DATA, "width": 4},
    }


def calibration(
    name: str, styles: Sequence[Style], measured: Sequence[Metrics], note: str, span: int = 1
) -> Scene:
    """The share that came true over the chance that was given, in bins of equal width; `note`
    says whose chances are meant as probabilities."""
    data, tracks = [_ground([[0, 1], [0, 1]], "as often as said")], []
    for style, each in zip(styles, measured, strict=True):
        x, y = _packed(*each.calibration)
        tracks.append(Track(name, len(data), "replace", x=x, y=y, frames=each.frames))
        data.append(
            {
                "type": "scatter",
                "mode": "lines+markers",
                "name": style.label,
                "x": x[-1],
                "y": y[-1],
                "line": {"color": style.colour, "dash": style.dash, "width": 2},
                "marker": {"color": style.colour, "symbol": style.symbol, "size": 9},
                "hovertemplate": f"{style.label}: said %{{x:.3f}}, came true %{{y:.3f}}{NO_NAME}",
            }
        )
    whose = measured[0].wanted
    layout = {
        "xaxis": axis(f"mean chance of {whose} in a bin", range=UNIT),
        "yaxis": axis("share that came true", range=UNIT),
    }
    words = (
        f"Rows in {BINS} bins by their chance of {whose}: on the grey line it comes true as often "
        f"as said, below it less often. {note}"
    )
    return Scene(
        Chart(figure(data, **layout), "Calibration", description=words, span=span), tuple(tracks)
    )


def _packed(x: Array, y: Array) -> tuple[Array, Array]:
    """The points of the bins that have rows, the last again and again for those that have none:
    the line goes on from bin to bin, and has as many points in every frame."""
    order = np.argsort(np.isnan(x), axis=1, kind="stable")
    last = np.maximum((~np.isnan(x)).sum(axis=1, keepdims=True) - 1, 0)
    places = np.take_along_axis(order, np.minimum(np.arange(x.shape[1]), last), axis=1)
    return np.take_along_axis(x, places, axis=1), np.take_along_axis(y, places, axis=1)
