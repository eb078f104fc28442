"""What moves: charts, tracks, tables and linked points, as frozen values."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import KW_ONLY, dataclass, field
from functools import cached_property
from typing import Any, Literal

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray

from lossviz.player.linked import Links, Share, check_share
from lossviz.player.story import Story, check_story

Array = NDArray[Any]
Cell = str | Array | Sequence[str]
Mode = Literal["grow", "replace", "point"]
MODES = ("grow", "replace", "point")


@dataclass(frozen=True, eq=False)
class Chart:
    """A figure with what the page says about it; `span` is 1 or 2 columns, `height` in pixels.

    The drawing is a Plotly figure or, much quicker to make, what one is made of: its traces
    as "data" and its "layout". Fix the axis ranges of a figure that moves: they then hold still
    during playback.
    """

    drawing: go.Figure | Mapping[str, Any]
    title: str
    _: KW_ONLY
    description: str = ""
    span: int = 1
    height: int = 360

    @property
    def figure(self) -> go.Figure:
        """The drawing as a Plotly figure; ValueError if it is none."""
        return self.drawing if isinstance(self.drawing, go.Figure) else go.Figure(self.drawing)

    @property
    def traces(self) -> int:
        """How many traces it has."""
        drawing = self.drawing
        return len(drawing["data"] if isinstance(drawing, Mapping) else tuple(drawing.data))


@dataclass(frozen=True, eq=False)
class Track:
    """How one trace of one chart moves with the frame.

    `grow` shows the first k + 1 points of `(F,)` arrays, `replace` shows row k of `(F, m)`
    arrays, `point` shows element k of `(F,)` arrays alone. An axis that is None does not move.
    With `replace`, `z` may be `(F, a, b)`, and `text` holds strings, `(F, m)` or as `z`: the words
    at the points, or what hovering says. With `frames` `(F',)`, rising from 0, the arrays have
    only F' rows, and the latest row at or before the frame is shown.

    Heatmaps move at the display's rate if zmin and zmax (or the colour axis's limits) hold still
    and they have no words in them; z of one byte a cell, scaled by zmin and zmax, travels so.
    """

    chart: str
    trace: int
    mode: Mode
    _: KW_ONLY
    x: Array | None = None
    y: Array | None = None
    z: Array | None = None
    frames: Array | None = None
    text: Array | Sequence[Any] | None = None

    @cached_property
    def axes(self) -> Mapping[str, Array]:
        """The axes that move, by name; text is the last of them."""
        axes = {"x": self.x, "y": self.y, "z": self.z}
        moving = {name: np.asarray(values) for name, values in axes.items() if values is not None}
        return moving if self.text is None else {**moving, "text": np.asarray(self.text, object)}


@dataclass(frozen=True, eq=False)
class Row:
    """A table row: its heading, its cells, and the line (colour, dash) that it is the key to.

    A cell is a string, numbers `(F,)`, or F strings, one a frame.
    """

    label: str
    cells: tuple[Cell, ...]
    colour: str | None = None
    dash: str | None = None


@dataclass(frozen=True, eq=False)
class Table:
    """The text alternative to the charts; `columns[0]` heads the row labels.

    `spoken` names the columns that are read out when playback stops, `percent` those whose numbers
    are shares of one. `below` names the last column if it holds sentences: it then has no heading,
    and a line under each row's others.
    """

    caption: str
    columns: tuple[str, ...]
    rows: tuple[Row, ...]
    _: KW_ONLY
    spoken: tuple[str, ...] = ()
    below: str = ""
    percent: tuple[str, ...] = ()


@dataclass(frozen=True, eq=False)
class Movie:
    """Charts and how they move over frames shown as `steps` `(F,)`, which rise.

    The first of the tables is the key to the lines, and the one that is read out. The story is the
    sentence that goes with them. Raises
    ValueError, naming chart, trace and shapes, where the parts do not fit together.
    """

    charts: Mapping[str, Chart]
    tracks: tuple[Track, ...]
    steps: Array
    tables: tuple[Table, ...] = ()
    links: Links | None = None
    story: Story | None = None
    frames: int = field(init=False)

    def __post_init__(self) -> None:
        steps = np.asarray(self.steps)
        if steps.ndim != 1 or not len(steps) or np.any(np.diff(steps) <= 0):
            raise ValueError(f"steps must be one rising row of numbers, not shape {steps.shape}")
        object.__setattr__(self, "frames", len(steps))
        _check(self)


def still(movie: Movie, frame: int) -> dict[str, go.Figure]:
    """Frame `frame` (0 to F - 1) as plain Plotly figures, by chart; IndexError outside."""
    if not 0 <= frame < movie.frames:
        raise IndexError(f"frame {frame} is outside 0..{movie.frames - 1}")
    figures = {name: go.Figure(chart.figure) for name, chart in movie.charts.items()}
    for track in movie.tracks:
        row = row_at(track.frames, frame)
        shown = {name: _at(track.mode, values, row) for name, values in track.axes.items()}
        figures[track.chart].data[track.trace].update(shown)
    return figures


def row_at(frames: Array | None, frame: int) -> int:
    """The row of an array with its own `frames` that is on show at `frame`."""
    return frame if frames is None else int(np.searchsorted(frames, frame, side="right")) - 1


def _at(mode: Mode, values: Array, row: int) -> Array:
    if mode == "grow":
        return values[: row + 1]
    return values[row] if mode == "replace" else values[row : row + 1]


def _check(movie: Movie) -> None:
    seen = set()
    for track in movie.tracks:
        where = f"track of chart {track.chart!r}, trace {track.trace}"
        _check_target(movie, track.chart, track.trace, where)
        if (track.chart, track.trace) in seen:
            raise ValueError(f"{where}: the trace has a track already")
        seen.add((track.chart, track.trace))
        _check_track(track, movie.frames, where)
    if movie.links:
        _check_links(movie, movie.links)
    for table in movie.tables:
        _check_table(table, movie.frames)
    if movie.story:
        check_story(movie.story, movie.frames)


def _check_target(movie: Movie, chart: str, trace: int, where: str) -> None:
    if chart not in movie.charts:
        raise ValueError(f"{where}: no such chart; there are {sorted(movie.charts)}")
    traces = movie.charts[chart].traces
    if not 0 <= trace < traces:
        raise ValueError(f"{where}: the figure has {traces} traces")


def _check_track(track: Track, frames: int, where: str) -> None:
    if track.mode not in MODES:
        raise ValueError(f"{where}: mode {track.mode!r} is none of {MODES}")
    shapes = {name: values.shape for name, values in track.axes.items()}
    if not shapes:
        raise ValueError(f"{where}: neither x, y, z nor text moves")
    if "text" in shapes and track.mode != "replace":
        raise ValueError(f"{where}: text moves by replace only, not by {track.mode}")
    rows = _check_frames(track.frames, frames, where)
    grids = {name for name in ("z", "text") if len(shapes.get(name, ())) == 3}
    flat = {shape for name, shape in shapes.items() if name not in grids}
    dimensions = 2 if track.mode == "replace" else 1
    fits = all(shape[:1] == (rows,) for shape in shapes.values())
    alike = len(flat) <= 1 and all(len(shape) == dimensions for shape in flat)
    alike = alike and len({shapes[name] for name in grids}) <= 1
    if not (fits and alike) or (track.mode != "replace" and grids):
        expected = f"({rows}, m)" if track.mode == "replace" else f"({rows},)"
        raise ValueError(f"{where}: {track.mode} needs arrays of shape {expected}, not {shapes}")


def _check_frames(own: Array | None, frames: int, where: str) -> int:
    if own is None:
        return frames
    own = np.asarray(own)
    if own.ndim != 1 or not len(own) or own[0] != 0 or np.any(np.diff(own) <= 0):
        raise ValueError(f"{where}: frames must rise from 0, not {own!r}")
    if own[-1] >= frames:
        raise ValueError(f"{where}: frame {own[-1]} is outside 0..{frames - 1}")
    return len(own)


def _check_links(movie: Movie, links: Links) -> None:
    for link in links.traces:
        where = f"link to chart {link.chart!r}, trace {link.trace}"
        _check_target(movie, link.chart, link.trace, where)
    for detail in links.details:
        where = f"details of {detail.label!r}"
        rows = _check_frames(detail.frames, movie.frames, where)
        own = {name: each for name, each in detail.values.items() if not isinstance(each, Share)}
        shapes = {name: np.shape(values) for name, values in own.items()}
        if any(len(shape) != 2 or shape[0] != rows for shape in shapes.values()):
            raise ValueError(f"{where}: needs arrays of shape ({rows}, n), not {shapes}")
        for name, each in detail.values.items():
            if isinstance(each, Share):
                check_share(each, shapes, f"{where}, {name!r}")


def _check_table(table: Table, frames: int) -> None:
    named = (*table.spoken, *table.percent)
    strangers = [name for name in named if name not in table.columns[1:]]
    if strangers:
        raise ValueError(f"table: no columns {strangers}; there are {table.columns[1:]}")
    if table.below and table.below != table.columns[-1]:
        raise ValueError(f"table: {table.below!r} is not the last column, {table.columns[-1]!r}")
    for row in table.rows:
        where = f"table row {row.label!r}"
        if len(row.cells) != len(table.columns) - 1:
            wanted = len(table.columns) - 1
            raise ValueError(f"{where}: {len(row.cells)} cells for {wanted} columns")
        for cell in row.cells:
            if not isinstance(cell, str) and len(cell) != frames:
                raise ValueError(f"{where}: a moving cell has {len(cell)} values, not {frames}")
