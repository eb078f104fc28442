"""Rows that are pictures: one of them with its chances, and the worst mistakes as a mosaic."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from lossviz.base.arrays import Array
from lossviz.engine.looks import Style
from lossviz.player import Chart, Track
from lossviz.views.charts.plotly_insides import NO_NAME, Markup, escaped
from lossviz.views.charts.scene import Scene
from lossviz.views.charts.style import axis, figure

# Ink on paper, the same on a dark page; 0 is no picture at all.
INK = [
    [0.0, "rgba(0,0,0,0)"],
    [0.5 / 255, "rgba(0,0,0,0)"],
    [0.5 / 255, "#f4f1e8"],
    [1.0, "#16181d"],
]
PATTERNS = ("", "/", "x", "-", ".", "|", "+", "\\")
ACROSS, DOWN = 4, 3  # pictures in the mosaic
BESIDE, BELOW = 2, 4  # empty pixels between pictures, and for the words under each


def inked(pixels: Array, low: float, high: float) -> Array:
    """Pixels between low and high as bytes 1 to 255, as the colours of INK take them."""
    share = np.clip((pixels - low) / (high - low or 1.0), 0.0, 1.0)
    return (1 + np.round(254 * share)).astype(np.uint8)


def picture(name: str, pixels: Array, words: str) -> Scene:
    """One picture (rows, columns) of bytes, upright."""
    chart = Chart(
        figure([_heat(pixels)], **_paper(*pixels.shape)), "The picture", description=words
    )
    return Scene(chart)


def bars(
    name: str,
    styles: Sequence[Style],
    classes: Sequence[str],
    chances: Sequence[Array],
    frames: Array,
    label: int,
    words: str,
) -> Scene:
    """Each run's chance of every class, (F', K) at `frames`, for one row of class `label`."""
    data, tracks = [], []
    places = np.arange(len(classes))
    for i, (style, chance) in enumerate(zip(styles, chances, strict=True)):
        tracks.append(Track(name, i, "replace", y=chance, frames=frames))
        data.append(
            {
                "type": "bar",
                "name": style.label,
                "x": places,
                "y": chance[-1],
                "marker": {
                    "color": style.colour,
                    "pattern": {"shape": PATTERNS[i % len(PATTERNS)], "fillmode": "overlay"},
                },
                "customdata": list(classes),
                "hovertemplate": f"{style.label}: %{{y:.3f}} for %{{customdata}}{NO_NAME}",
            }
        )
    ticks = [
        Markup(f"<b>{escaped(each)}<br>label</b>") if k == label else each
        for k, each in enumerate(classes)
    ]
    layout = {
        "xaxis": axis("class", tickvals=places, ticktext=ticks, range=[-0.6, len(classes) - 0.4]),
        "yaxis": axis("chance", range=[0, 1.02]),
        "barmode": "group",
        "bargap": 0.25,
    }
    return Scene(
        Chart(figure(data, **layout), "Chance of each class", description=words), tuple(tracks)
    )


def mosaic(name: str, pictures: Array, captions: Array, frames: Array, words: str) -> Scene:
    """Up to ACROSS x DOWN pictures, bytes (F', ACROSS * DOWN, rows, columns) where 0 is none, with
    words (F', ACROSS * DOWN) under each."""
    captions = np.array([escaped(each) for each in captions.flat], object).reshape(captions.shape)
    count, _, rows, columns = pictures.shape
    z = np.zeros((count, DOWN, rows + BELOW, ACROSS, columns + BESIDE), np.uint8)
    z[:, :, :rows, :, :columns] = pictures.reshape(count, DOWN, ACROSS, rows, columns).transpose(
        0, 1, 3, 2, 4
    )
    z = z.reshape(count, DOWN * (rows + BELOW), ACROSS * (columns + BESIDE))[:, :, :-BESIDE]
    across = np.arange(ACROSS) * (columns + BESIDE) + (columns - 1) / 2
    down = np.arange(DOWN) * (rows + BELOW) + rows - 0.3
    text = {
        "type": "scatter",
        "mode": "text",
        "x": np.tile(across, DOWN),
        "y": np.repeat(down, ACROSS),
        "text": captions[-1],
        "textposition": "bottom center",
        "textfont": {"size": 11},
        "hoverinfo": "skip",
        "cliponaxis": False,
    }
    tracks = (
        Track(name, 0, "replace", z=z, frames=frames),
        Track(name, 1, "replace", text=captions, frames=frames),
    )
    chart = Chart(
        figure([_heat(z[-1]), text], **_paper(*z.shape[1:])), "Worst mistakes", description=words
    )
    return Scene(chart, tracks)


def _heat(pixels: Array) -> dict[str, Any]:
    return {
        "type": "heatmap",
        "z": pixels,
        "zmin": 0,
        "zmax": 255,
        "colorscale": INK,
        "zsmooth": False,
        "showscale": False,
        "hoverinfo": "skip",
    }


def _paper(rows: int, columns: int) -> dict[str, Any]:
    """Axes of square pixels, the first row at the top, and nothing else."""
    bare = {
        "showgrid": False,
        "showline": False,
        "showticklabels": False,
        "ticks": "",
        "zeroline": False,
        "constrain": "domain",
    }
    return {
        "xaxis": {**bare, "range": [-0.5, columns - 0.5]},
        "yaxis": {**bare, "range": [rows - 0.5, -0.5], "scaleanchor": "x"},
        "margin": {"l": 12, "r": 12, "t": 8, "b": 8},
    }
