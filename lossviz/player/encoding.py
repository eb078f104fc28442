"""A movie, and all that the player is told with it, as data that are packed for the browser."""

from __future__ import annotations

from base64 import b64decode
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

import numpy as np

from lossviz.player.interaction import Editing, Knob
from lossviz.player.linked import Detail, Links, Share
from lossviz.player.movie import Array, Cell, Chart, Movie, Table, Track
from lossviz.player.packing import Json, pack
from lossviz.player.story import Story

PLACEHOLDER = "#000001"  # first colour of Streamlit's default template, which only it replaces


def payload(
    movie: Movie,
    *,
    run: str,
    start: int | None = None,
    progress: Mapping[str, int] | None = None,
    actions: Sequence[Mapping[str, str]] = (),
    marks: Sequence[Mapping[str, Any]] = (),
    choosable: bool = False,
    editing: Editing | None = None,
    knobs: Sequence[Knob] = (),
    turned: int = 0,
    size: str = "normal",
    step_key: str = "view.step",
    hero: str | None = None,
    hero_key: str = "",
) -> bytes:
    """The movie for the browser, linear in the frames; NaN in lists is null.

    `run` tells runs apart: data with the same id are a longer part of the same run. `start`
    is the step shown at first, None for the last. `progress` is `{"done", "total"}` in steps
    while more is to come. `actions` are buttons, each `{"name", "label"}`. `marks` are steps worth
    a visit, each `{"label", "step", "colour"}`. With `choosable`, a click on a linked point is the
    action "row 17", where 17 is the row's number in `Links`. `editing` says what a press does to
    the points of some charts: the browser then reports what `read_edit` reads. `knobs`
    are what can be turned, which it reports as `read_turn` reads it, and `turned` is the `n` of the
    last Turn that the data know of. `size` is "normal" or "presentation". `step_key` is the key of
    the step in the address bar. With a `hero_key`, the key of a chart's name there, one chart is
    large: the first, or the one that is asked for there; the second stands beside it, the next are
    small pictures, and any others are below. `hero` is the name of a chart that is to be large now,
    "" for the first, None for the one that is.
    """
    if size not in ("normal", "presentation"):
        raise ValueError(f"size {size!r} is neither 'normal' nor 'presentation'")
    moved: dict[str, list[Track]] = {name: [] for name in movie.charts}
    for track in movie.tracks:
        moved[track.chart].append(track)
    return pack(
        {
            "run": run,
            "start": start,
            "steps": [int(step) for step in movie.steps],
            "charts": [_chart(name, chart, moved[name]) for name, chart in movie.charts.items()],
            "tables": [_table(table) for table in movie.tables],
            "links": movie.links and _links(movie.links),
            "story": movie.story and _story(movie.story),
            "progress": dict(progress) if progress else None,
            "actions": [dict(action) for action in actions],
            "marks": [dict(mark) for mark in marks],
            "choosable": choosable,
            "editing": editing and _editing(movie, editing),
            "knobs": {"answered": turned, "list": [asdict(knob) for knob in knobs]},
            "size": size,
            "stepKey": step_key,
            "hero": hero,
            "heroKey": hero_key,
        }
    )


def _editing(movie: Movie, editing: Editing) -> Json:
    moving = {(track.chart, track.trace) for track in movie.tracks}
    links = movie.links.traces if movie.links else ()
    for name in editing.charts:
        if name not in movie.charts:
            raise ValueError(f"editing: no chart {name!r}; there are {sorted(movie.charts)}")
        still = [link for link in links if link.chart == name and (name, link.trace) not in moving]
        if editing.mode != "add" and not still:
            raise ValueError(f"editing: chart {name!r} has no linked points that stand still")
    return {
        "mode": editing.mode,
        "charts": list(editing.charts),
        "answered": editing.answered,
    }


def _chart(name: str, chart: Chart, tracks: Sequence[Track]) -> Json:
    data, layout = _drawing(chart)
    for track in tracks:
        still = {key: value for key, value in data[track.trace].items() if key not in track.axes}
        data[track.trace] = still
    return {
        "key": name,
        "title": chart.title,
        "description": chart.description,
        "span": chart.span,
        "height": chart.height,
        "figure": {"data": data, "layout": layout},
        "tracks": [_track(track) for track in tracks],
    }


def _drawing(chart: Chart) -> tuple[list[Json], Json]:
    """Traces and layout, in containers that may be changed."""
    if isinstance(chart.drawing, Mapping):
        return list(chart.drawing["data"]), dict(chart.drawing["layout"])
    figure = _arrays(chart.drawing.to_dict())
    layout = figure["layout"]
    if PLACEHOLDER in layout.get("template", {}).get("layout", {}).get("colorway", ()):
        del layout["template"]
    return figure["data"], layout


def _arrays(value: Any) -> Any:
    """A figure's JSON with Plotly's own base64 arrays as NumPy's."""
    if isinstance(value, (list, tuple)):
        return [_arrays(item) for item in value]
    if not isinstance(value, Mapping):
        return value
    if "bdata" not in value:
        return {key: _arrays(item) for key, item in value.items()}
    array = np.frombuffer(b64decode(value["bdata"]), value["dtype"])
    return array.reshape([int(n) for n in str(value.get("shape", array.size)).split(",")])


def _track(track: Track) -> Json:
    axes: Json = dict(track.axes)
    if "text" in axes:
        axes["text"] = _text(axes["text"])
    return {"trace": track.trace, "mode": track.mode, "frames": _frames(track.frames), **axes}


def _text(text: Array) -> Json:
    """Each word once, and where it stands: `(F', m)` or `(F', a, b)` places in the words."""
    numbers: dict[str, int] = {}
    places = [numbers.setdefault(str(word), len(numbers)) for word in text.ravel()]
    dtype = np.uint8 if len(numbers) <= 256 else np.float32
    return {"words": list(numbers), "places": np.array(places, dtype).reshape(text.shape)}


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
        "below": bool(table.below),
        "spoken": _places(table, table.spoken),
        "percent": _places(table, table.percent),
        "rows": rows,
    }


def _story(story: Story) -> Json:
    return {
        "sentences": list(story.sentences),
        "frames": [int(frame) for frame in story.frames],
        "names": list(story.names),
        "colours": list(story.colours),
    }


def _places(table: Table, names: Sequence[str]) -> list[int]:
    return [table.columns[1:].index(name) for name in names]


def _cell(cell: Cell) -> str | Json:
    if isinstance(cell, str):
        return cell
    if isinstance(cell, np.ndarray) and cell.dtype.kind in "fiub":
        return {"numbers": cell}
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
                {"name": name, "percent": name in detail.percent, **_values(detail, name)}
                for name in detail.values
            ],
        }
        for detail in links.details
    ]
    return {"traces": traces, "details": details, "names": list(links.names)}


def _values(detail: Detail, name: str) -> Json:
    values = detail.values[name]
    if not isinstance(values, Share):
        return {"numbers": np.asarray(values)}
    place = list(detail.values).index(values.of)
    return {"share": {"of": place, "weights": values.weights, "totals": values.totals}}
