"""The fit: rows, outliers apart, and one moving line for each run."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from lossviz.figures.scene import Scene, near, span
from lossviz.figures.style import DATA, OUTLIER, Style, axis, figure
from lossviz.player import Chart, Link, Track
from lossviz.sampling import Sample

Array = np.ndarray


def fit(
    name: str,
    sample: Sample,
    styles: Sequence[Style],
    grid: Array,
    curves: Sequence[Array],
    truth: Array | None,
    *,
    feature: str,
    target: str,
) -> Scene:
    """For one feature: rows (n,), each run's curve (F, m) over grid (m,), the clean truth (m,)."""
    x = sample.X[:, 0]
    y_range = span(sample.y, *([] if truth is None else [truth]))
    data = [
        {
            "type": "scatter", "mode": "lines", "name": "clean truth", "hoverinfo": "skip",
            "x": grid if truth is not None else [], "y": truth if truth is not None else [],
            "line": {"color": DATA, "width": 6}, "opacity": 0.3,
        },
        *_rows(x, sample.y, sample.is_outlier),
    ]  # fmt: skip
    tracks = []
    for style, curve in zip(styles, curves, strict=True):
        drawn = near(curve, y_range)
        tracks.append(Track(name, len(data), "replace", y=drawn, x=np.tile(grid, (len(drawn), 1))))
        data.append(
            {
                "type": "scatter", "mode": "lines", "name": style.label,
                "x": grid, "y": drawn[-1],
                "line": {"color": style.colour, "dash": style.dash, "width": 3},
                "hovertemplate": f"{style.label}: %{{y:.4g}}<extra></extra>",
            }
        )  # fmt: skip
    layout = {
        "xaxis": axis(feature, range=span(x)),
        "yaxis": axis(target, range=y_range),
    }
    count = int(sample.is_outlier.sum())
    marked = f", {count} of them outliers (×)" if count else ""
    band = " Pale band: the clean truth." if truth is not None else ""
    words = f"{len(x):,} rows{marked}.{band}"
    chart = Chart(figure(data, **layout), "Fit", words)
    return Scene(chart, tuple(tracks), _links(name, sample.is_outlier))


def predictions(
    name: str,
    sample: Sample,
    styles: Sequence[Style],
    frames: Array,
    residuals: Sequence[Array],
    rows: Array,
    *,
    target: str,
) -> Scene:
    """For several features: prediction against target for the rows in `rows`, each run's
    residuals (F', len(rows)) at `frames`, and the diagonal of a perfect fit."""
    y = sample.y[rows]
    limits = span(y)
    data = [
        {
            "type": "scatter", "mode": "lines", "name": "prediction = target",
            "x": limits, "y": limits, "hoverinfo": "skip",
            "line": {"color": DATA, "width": 4}, "opacity": 0.4,
        }
    ]  # fmt: skip
    tracks, links = [], []
    for style, residual in zip(styles, residuals, strict=True):
        z = near(residual + y, limits)
        tracks.append(Track(name, len(data), "replace", y=z, frames=frames))
        links.append(Link(name, len(data), rows))
        data.append(
            {
                "type": "scatter", "mode": "markers", "name": style.label, "x": y, "y": z[-1],
                "marker": {"color": style.colour, "symbol": style.symbol, "size": 7,
                           "opacity": 0.7},
                "hovertemplate": f"{style.label}: %{{y:.4g}} for %{{x:.4g}}<extra></extra>",
            }
        )  # fmt: skip
    layout = {
        "xaxis": axis(f"target: {target}", range=limits),
        "yaxis": axis("prediction", range=limits),
    }
    chart = Chart(
        figure(data, **layout),
        "Fit",
        "Prediction against target. On the diagonal, a row is predicted exactly.",
    )
    return Scene(chart, tuple(tracks), tuple(links))


def _rows(x: Array, y: Array, is_outlier: Array) -> list[dict]:
    clean = ~is_outlier
    point = {"type": "scatter", "mode": "markers", "hoverinfo": "none"}
    return [
        {
            **point, "name": "rows", "x": x[clean], "y": y[clean],
            "marker": {"color": DATA, "size": 8, "opacity": 0.75},
        },
        {
            **point, "name": "outliers", "x": x[is_outlier], "y": y[is_outlier],
            "marker": {"color": OUTLIER, "size": 11, "symbol": "x-thin",
                       "line": {"color": OUTLIER, "width": 3}},
        },
    ]  # fmt: skip


def _links(name: str, is_outlier: Array) -> tuple[Link, ...]:
    return (
        Link(name, 1, np.flatnonzero(~is_outlier)),
        Link(name, 2, np.flatnonzero(is_outlier)),
    )
