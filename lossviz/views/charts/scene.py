"""A chart with the tracks that move it, and how several become one movie."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import ceil, floor, log2

import numpy as np

from lossviz.base.arrays import Array
from lossviz.player import Chart, Detail, Link, Links, Movie, Story, Table, Track


@dataclass(frozen=True, eq=False)
class Scene:
    """One chart, how its traces move, and which of them show data rows."""

    chart: Chart
    tracks: tuple[Track, ...] = ()
    links: tuple[Link, ...] = ()


def movie(
    scenes: Mapping[str, Scene],
    steps: Array,
    tables: Sequence[Table],
    details: Sequence[Detail] = (),
    names: Sequence[str] = (),
    story: Story | None = None,
) -> Movie:
    """All scenes in lockstep; `names` of the rows that are linked, and what is told with them."""
    tracks = tuple(track for scene in scenes.values() for track in scene.tracks)
    links = tuple(link for scene in scenes.values() for link in scene.links)
    charts = {name: scene.chart for name, scene in scenes.items()}
    return Movie(
        charts=charts,
        tracks=tracks,
        steps=steps,
        tables=tuple(tables),
        links=Links(links, tuple(details), tuple(names)),
        story=story,
    )


def span(*arrays: Array, margin: float = 0.05) -> list[float]:
    """An axis range that holds all finite values, with room at both ends."""
    values = np.concatenate([np.ravel(array) for array in arrays])
    values = values[np.isfinite(values)]
    if not len(values):
        return [0.0, 1.0]
    low, high = float(values.min()), float(values.max())
    room = margin * (high - low) if high > low else 0.5 * max(abs(low), 1.0)
    return [low - room, high + room]


def room(curves: Sequence[Array], times: float = 4.0) -> list[float]:
    """An axis range that holds every curve, but for those that tower so many times over the median
    one."""
    tops = sorted(float(np.nanmax(np.abs(curve), initial=0.0)) for curve in curves)
    top = 1.06 * min(tops[-1], times * tops[(len(tops) - 1) // 2]) or 1.0
    low = min(float(np.nanmin(curve, initial=0.0)) for curve in curves)
    return [max(-top, min(1.1 * low, -0.04 * top)), top]


def shares(count: int, gap: float) -> list[list[float]]:
    """The parts [low, high] of a side for so many panels of equal size."""
    size = (1.0 - gap * (count - 1)) / count
    return [[k * (size + gap), k * (size + gap) + size] for k in range(count)]


def steady(limits: Sequence[float]) -> list[float]:
    """The limits moved out, each by an eighth at most, to round numbers: data that differ a little
    then have the same axis, and browsers need not draw it anew."""
    low, high = limits
    step = 2.0 ** (floor(log2(high - low)) - 3)
    return [step * floor(low / step), step * ceil(high / step)]


def near(values: Array, limits: Sequence[float], times: float = 50.0) -> Array:
    """The values, NaN far outside the axis: nobody sees them there, and browsers stumble."""
    low, high = limits
    reach = times * (high - low)
    return np.where((values >= low - reach) & (values <= high + reach), values, np.nan)
