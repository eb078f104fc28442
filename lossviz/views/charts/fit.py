"""The fit: rows, outliers apart, and one moving line for each run."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from lossviz.base.arrays import Array
from lossviz.base.words import counted
from lossviz.engine.looks import DATA, OUTLIER, Style
from lossviz.engine.sampling import Sample
from lossviz.player import Chart, Link, Track
from lossviz.views.charts.plotly_insides import NO_NAME
from lossviz.views.charts.scene import Scene, near, span
from lossviz.views.charts.style import axis, figure, on_dark

INK, INK_ON_DARK = "#24292f", "#e6edf3"  # of a line that belongs to several runs
SAME = 0.015  # of the chart's height: lines that are nowhere further apart look like one


def fit(
    name: str,
    sample: Sample,
    styles: Sequence[Style],
    grid: Array,
    curves: Sequence[Array],
    truth: Array | None,
    linked: Array,
    steps: Array,
    *,
    feature: str,
    target: str,
    total: int,
    note: str = "",
    diverged: Sequence[int | None] = (),
    before: Sequence[bool] = (),
) -> Scene:
    """For one feature: rows (n,) of a `total`, of which some are `linked`, each run's curve (F, m)
    over grid (m,) at the steps (F,), the clean truth (m,); at which step each run `diverged`;
    whether each started where its curve was `before` the outliers, which stays in sight then."""
    x = sample.X[:, 0]
    y_range = span(sample.y, *([] if truth is None else [truth]))
    rows, links = _rows(name, x, sample.y, sample.is_outlier, linked)
    data = [
        {
            "type": "scatter",
            "mode": "lines",
            "name": "clean truth",
            "hoverinfo": "skip",
            "x": grid if truth is not None else [],
            "y": truth if truth is not None else [],
            "line": {"color": DATA, "width": 6},
            "opacity": 0.3,
        },
        *rows,
    ]
    faint, was = _before(styles, grid, curves, before, y_range)
    data += faint
    tracks, gone = [], ""
    ends = diverged or [None] * len(styles)
    for style, curve, end in zip(styles, curves, ends, strict=True):
        # A line that is far off at either end is an upright stroke through the chart: left out.
        is_near = np.asarray(np.isfinite(near(curve, y_range)).all(axis=1))
        drawn = np.where(is_near[:, None], curve, np.nan)
        if not is_near[-1]:
            left = int(steps[len(steps) - np.argmax(is_near[::-1])]) if is_near.any() else 0
            # Between kept steps nobody saw it leave, but a run that has diverged is gone.
            left = left if end is None else min(left, end)
            gone += f" {style.label} left the chart at step {left:,}."
        tracks.append(Track(name, len(data), "replace", y=drawn, x=np.tile(grid, (len(drawn), 1))))
        data.append(
            {
                "type": "scatter",
                "mode": "lines",
                "name": style.label,
                "x": grid,
                "y": drawn[-1],
                "line": {"color": style.colour, "dash": style.dash, "width": 3},
                "hovertemplate": f"{style.label}: %{{y:.4g}}{NO_NAME}",
            }
        )
    layout = {
        "xaxis": axis(feature, range=span(x)),
        "yaxis": axis(target, range=y_range),
    }
    count = int(sample.is_outlier.sum())
    are = "an outlier" if count == 1 else "outliers"
    marked = f", {count} of them {are} (×)" if count else ""
    band = " Pale band: the clean truth." if truth is not None else ""
    shown = counted(len(x), "row")
    if len(x) < total:
        shown = f"{len(x):,} of {total:,} rows are shown"
    words = f"{note}{shown}{marked}.{was}{band}{gone}"
    return Scene(Chart(figure(data, **layout), "Fit", description=words), tuple(tracks), links)


def _before(
    styles: Sequence[Style],
    grid: Array,
    curves: Sequence[Array],
    before: Sequence[bool],
    y_range: Sequence[float],
) -> tuple[list[dict], str]:
    """Thin dotted lines where curves were before the outliers, each in its run's colour but one for
    those that look alike; and the sentence on them."""
    apart = SAME * (y_range[1] - y_range[0])
    lines: list[tuple[Array, list[Style]]] = []
    for style, curve, is_shown in zip(styles, curves, before or [False] * len(styles), strict=True):
        if not is_shown:
            continue
        alike = [of for line, of in lines if np.abs(line - curve[0]).max() <= apart]
        if alike:
            alike[0].append(style)
        else:
            lines.append((curve[0], [style]))
    traces = []
    for line, of in lines:
        is_own = len(of) == 1 < len(lines)
        words = f"{of[0].label} before" if is_own else "before"
        traces.append(
            {
                "type": "scatter",
                "mode": "lines",
                "name": "before",
                "x": grid,
                "y": near(line, y_range),
                "line": {"color": of[0].colour if is_own else INK, "dash": "dot", "width": 1.5},
                "hovertemplate": f"{words}: %{{y:.4g}}{NO_NAME}",
                **({} if is_own else {"meta": on_dark(line={"color": INK_ON_DARK})}),
            }
        )
    them = "each line was" if len(styles) > 1 else "the line was"
    return traces, f" Dotted: before, where {them} without outliers." if traces else ""


def predictions(
    name: str,
    y: Array,
    styles: Sequence[Style],
    frames: Array,
    residuals: Sequence[Array],
    *,
    target: str,
    note: str = "",
) -> Scene:
    """For several features: prediction against target for some rows (n,), each run's residuals
    (F', n) at `frames`, and the diagonal of a perfect fit."""
    limits = span(y)
    # The last predictions are in sight too, but for those of a run that went astray.
    up = span(y, *(near(residual[-1] + y, limits, times=1) for residual in residuals))
    data = [
        {
            "type": "scatter",
            "mode": "lines",
            "name": "prediction = target",
            "x": limits,
            "y": limits,
            "hoverinfo": "skip",
            "line": {"color": DATA, "width": 4},
            "opacity": 0.4,
        }
    ]
    tracks, links = [], []
    for style, residual in zip(styles, residuals, strict=True):
        z = near(residual + y, up)
        tracks.append(Track(name, len(data), "replace", y=z, frames=frames))
        links.append(Link(name, len(data)))
        data.append(
            {
                "type": "scatter",
                "mode": "markers",
                "name": style.label,
                "x": y,
                "y": z[-1],
                "marker": {
                    "color": style.colour,
                    "symbol": style.symbol,
                    "size": 7,
                    "opacity": 0.7,
                },
                "hovertemplate": f"{style.label}: %{{y:.4g}} for %{{x:.4g}}{NO_NAME}",
            }
        )
    layout = {
        "xaxis": axis(f"target: {target}", range=limits),
        "yaxis": axis("prediction", range=up),
    }
    chart = Chart(
        figure(data, **layout),
        "Fit",
        description=f"{note}Prediction against target. "
        "On the diagonal, a row is predicted exactly.",
    )
    return Scene(chart, tuple(tracks), tuple(links))


def _rows(
    name: str, x: Array, y: Array, is_outlier: Array, linked: Array
) -> tuple[list[dict], tuple[Link, ...]]:
    """Traces 1 and up: the linked rows, outliers apart, and the others, if there are any."""
    here = np.zeros(len(x), bool)
    here[linked] = True
    marks = {
        False: {"color": DATA, "size": 8, "opacity": 0.75},
        True: {
            "color": OUTLIER,
            "size": 11,
            "symbol": "x-thin",
            "line": {"color": OUTLIER, "width": 3},
        },
    }
    traces, links = [], []
    for is_linked in (True, False):
        for is_marked, marker in marks.items():
            shown = (here == is_linked) & (is_outlier == is_marked)
            if not is_linked and not shown.any():
                continue
            what = "outliers" if is_marked else "rows"
            if is_linked:
                links.append(Link(name, 1 + len(traces), np.flatnonzero(shown[linked])))
            traces.append(
                {
                    "type": "scatter",
                    "mode": "markers",
                    "hoverinfo": "none",
                    "name": what if is_linked else f"further {what}",
                    "x": x[shown],
                    "y": y[shown],
                    "marker": marker,
                }
            )
    return traces, tuple(links)
