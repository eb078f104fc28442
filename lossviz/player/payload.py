"""A movie as JSON for the browser; arrays as Plotly's base64 `{dtype, bdata, shape}`."""

from __future__ import annotations

from base64 import b64decode, b64encode
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from lossviz.player.movie import Array, Cell, Chart, Links, Movie, Table, Track

Json = dict[str, Any]
PLACEHOLDER = "#000001"  # first colour of Streamlit's default template, which only it replaces


def payload(
    movie: Movie,
    *,
    run: str,
    start: int | None = None,
    progress: Mapping[str, int] | None = None,
    actions: Sequence[Mapping[str, str]] = (),
    size: str = "normal",
    step_key: str = "view.step",
) -> Json:
    """The movie as JSON-able data, linear in the frames.

    `run` tells runs apart: data with the same id are a longer part of the same run. `start`
    is the step shown at first, None for the last. `progress` is `{"done", "total"}` in steps
    while more is to come. `actions` are buttons, each `{"name", "label"}`. `size` is "normal"
    or "presentation". `step_key` is the key of the step in the address bar.
    """
    if size not in ("normal", "presentation"):
        raise ValueError(f"size {size!r} is neither 'normal' nor 'presentation'")
    moved: dict[str, list[Track]] = {name: [] for name in movie.charts}
    for track in movie.tracks:
        moved[track.chart].append(track)
    return {
        "run": run,
        "start": start,
        "steps": [int(step) for step in movie.steps],
        "charts": [_chart(name, chart, moved[name]) for name, chart in movie.charts.items()],
        "table": movie.table and _table(movie.table),
        "links": movie.links and _links(movie.links),
        "progress": dict(progress) if progress else None,
        "actions": [dict(action) for action in actions],
        "size": size,
        "stepKey": step_key,
    }


def encode(values: Array) -> Json:
    """An array as `{dtype, bdata, shape}`: float32, one-byte integers, or float64 for others."""
    values = np.asarray(values)
    if values.dtype.kind == "f":
        with np.errstate(over="ignore"):  # beyond float32 is beyond any screen
            values = values.astype(np.float32)
    elif values.dtype.kind == "b":
        values = values.astype(np.uint8)
    elif values.dtype.itemsize > 1:
        values = values.astype(np.float64)
    little = np.ascontiguousarray(values, values.dtype.newbyteorder("<"))
    return {
        "dtype": f"{little.dtype.kind}{little.dtype.itemsize}",
        "bdata": b64encode(little.tobytes()).decode("ascii"),
        "shape": ", ".join(map(str, little.shape)),
    }


def decode(spec: Mapping[str, str]) -> Array:
    """The array that `encode` was given, to float32 precision."""
    flat = np.frombuffer(b64decode(spec["bdata"]), np.dtype(spec["dtype"]).newbyteorder("<"))
    shape = spec.get("shape")
    return flat.reshape([int(n) for n in str(shape).split(",")]) if shape else flat


def _chart(name: str, chart: Chart, tracks: Sequence[Track]) -> Json:
    figure = _slim(chart.figure.to_dict())
    layout = figure["layout"]
    colours = layout.get("template", {}).get("layout", {}).get("colorway", ())
    if PLACEHOLDER in colours:
        del layout["template"]
    for track in tracks:
        for axis in track.axes:
            figure["data"][track.trace].pop(axis, None)
    return {
        "key": name,
        "title": chart.title,
        "description": chart.description,
        "span": chart.span,
        "height": chart.height,
        "figure": {"data": figure["data"], "layout": layout},
        "tracks": [_track(track) for track in tracks],
    }


def _slim(value: Any) -> Any:
    """Figure JSON with every array encoded, and NaN, which JSON lacks, as null."""
    if isinstance(value, Mapping):
        if "bdata" in value:
            return encode(decode(value)) if value["dtype"] == "f8" else dict(value)
        return {key: _slim(item) for key, item in value.items()}
    if isinstance(value, np.ndarray):
        numeric = value.dtype.kind in "fiub"
        return encode(value) if numeric else [_slim(item) for item in value.tolist()]
    if isinstance(value, (list, tuple)):
        return [_slim(item) for item in value]
    if isinstance(value, np.generic):
        return _slim(value.item())
    return None if isinstance(value, float) and not np.isfinite(value) else value


def _track(track: Track) -> Json:
    return {
        "trace": track.trace,
        "mode": track.mode,
        "frames": _frames(track.frames),
        **{axis: encode(values) for axis, values in track.axes.items()},
    }


def _frames(frames: Array | None) -> list[int] | None:
    return None if frames is None else [int(frame) for frame in frames]


def _table(table: Table) -> Json:
    rows = [
        {
            "label": row.label,
            "colour": row.colour,
            "dash": row.dash,
            "cells": [_cell(cell) for cell in row.cells],
        }
        for row in table.rows
    ]
    return {
        "caption": table.caption,
        "columns": list(table.columns),
        "spoken": [table.columns.index(name) - 1 for name in table.spoken],
        "rows": rows,
    }


def _cell(cell: Cell) -> str | Json:
    if isinstance(cell, str):
        return cell
    if isinstance(cell, np.ndarray) and cell.dtype.kind in "fiub":
        return {"numbers": encode(cell)}
    words = [str(word) for word in cell]
    starts = [k for k, word in enumerate(words) if k == 0 or word != words[k - 1]]
    return {"words": [words[k] for k in starts], "starts": starts}


def _links(links: Links) -> Json:
    traces = [
        {"chart": link.chart, "trace": link.trace, "rows": _frames(link.rows)}
        for link in links.traces
    ]
    details = [
        {
            "label": detail.label,
            "colour": detail.colour,
            "frames": _frames(detail.frames),
            "values": [
                {"name": name, "percent": name in detail.percent, **encode(np.asarray(values))}
                for name, values in detail.values.items()
            ],
        }
        for detail in links.details
    ]
    return {"traces": traces, "details": details, "names": list(links.names)}
