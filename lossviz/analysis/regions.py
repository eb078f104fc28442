"""Where a run puts which class: its regions and boundaries over a plane through the features."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate

import numpy as np

from lossviz.analysis.predictions import raw
from lossviz.analysis.replay import loss_along
from lossviz.base.arrays import Array
from lossviz.engine.experiment import loss_of
from lossviz.engine.numbers import percent
from lossviz.engine.objective import classes_of
from lossviz.engine.run import Run
from lossviz.engine.task import Task

MARGIN = 0.06  # of the rows' extent: room around them
SHADES = 256  # codes of a picture, a byte each
SIZE = 48  # cells along each side of a picture
HUGE = 1e200  # stands for what has overflowed
DIGITS = 9  # of a place in cells
SLACK = 5e-4  # of the plane's sides: how far a line may be from where it was, to save points
PASSES = 12  # each saves half of the points at most


@dataclass(frozen=True, eq=False)
class FeaturePlane:
    """Two directions through the features, and what is held along the others.

    names: of the two axes; limits: (low, high) of each, which hold every training row.
    center (d,): the point at which what is not drawn is held, in the data's units; onto (2, d)
    maps rows less the center to places, and back (2, d) places to rows of the plane.
    note: in a sentence or two, what the plane is; "" where it holds all there is.
    """

    names: tuple[str, str]
    limits: tuple[tuple[float, float], tuple[float, float]]
    center: Array
    onto: Array
    back: Array
    note: str

    def project(self, X: Array) -> Array:
        """Where rows (n, d) fall on the plane: (n, 2)."""
        return (X - self.center) @ self.onto.T

    def rows(self, places: Array) -> Array:
        """The rows (n, d) of the plane at places (n, 2)."""
        return self.center + places @ self.back

    def grid(self, size: int) -> tuple[Array, Array]:
        """Evenly spaced x and y (size,) from limit to limit."""
        x, y = (np.linspace(*limits, size) for limits in self.limits)
        return x, y


@dataclass(frozen=True, eq=False)
class Regions:
    """A run's classes over a plane at some of its frames.

    x, y (size,): where the cells are. picture (F', size, size), rows along y: the class and its
    confidence, a byte each, see `code`. boundary, margins: x and y, both (F', m), of the lines
    on which the class changes, and on which the margin is 1 for a loss that ends there; NaN
    lifts the pen.
    """

    frames: Array
    x: Array
    y: Array
    picture: Array
    boundary: tuple[Array, Array]
    margins: tuple[Array, Array] | None


def feature_plane(task: Task, x: int = 0, y: int = 0) -> FeaturePlane:
    """The plane of features number x and y (from 1), the others held at their mean.

    With 0 for both: the only two features, or of more the two principal components of the
    training rows, as descent sees them. A number that is 0, too large or taken stands for the
    first feature that is left. Of one feature alone the upright axis means nothing.
    """
    X, d = task.sample.X, task.sample.X.shape[1]
    if d > 2 and not 0 < x <= d and not 0 < y <= d:
        return _principal(task)
    names = task.sample.features
    y = y - 1 if 0 < y <= d else -1
    x = x - 1 if 0 < x <= d else int(y == 0)
    if d == 1:
        onto = np.array([[1.0], [0.0]])
        note = "The rows have one feature: the upright axis means nothing."
        return _plane(X, (names[0], "no second feature"), np.zeros(1), onto, onto, note)
    if y in (-1, x):
        y = int(x == 0)
    onto = np.zeros((2, d))
    onto[[0, 1], [x, y]] = 1.0
    note, held = "", d - 2
    if held:
        others = "other feature is" if held == 1 else f"{held} other features are"
        note = (
            f"The {others} held at the mean of the training rows, so a row can lie in the region "
            "of another class than it is put into."
        )
    center = np.where(onto.any(axis=0), 0.0, X.mean(axis=0))
    return _plane(X, (names[x], names[y]), center, onto, onto, note)


def _principal(task: Task) -> FeaturePlane:
    # Pearson (1901): the eigenvectors of the covariance with the largest eigenvalues.
    X, scale = task.sample.X, task.sample.scale
    center = X.mean(axis=0)
    scaled = (X - center) / scale
    variances, vectors = np.linalg.eigh(scaled.T @ scaled)
    vectors = vectors[:, ::-1][:, :2].T
    # The sign is arbitrary: the largest part of each is positive.
    largest = vectors[[0, 1], np.abs(vectors).argmax(axis=1)]
    vectors = vectors * np.sign(largest)[:, None]
    shares = variances[::-1][:2] / max(float(variances.sum()), np.finfo(float).tiny)
    held = [percent(f"{100 * share:.0f}") for share in shares]
    kind = "standardised " if task.sample.is_scaled else ""
    note = (
        f"The plane: the two principal components of the {kind}training rows, {held[0]} and "
        f"{held[1]} of their variance. The rest is held at its mean, so a row can lie in the "
        "region of another class than it is put into."
    )
    names = "1st component", "2nd component"
    return _plane(X, names, center, vectors / scale, vectors * scale, note)


def _plane(
    X: Array, names: tuple[str, str], center: Array, onto: Array, back: Array, note: str
) -> FeaturePlane:
    places = (X - center) @ onto.T
    low, high = places.min(axis=0), places.max(axis=0)
    # A feature that does not vary has some room all the same.
    room = np.where(high > low, MARGIN * (high - low), np.maximum(0.5 * np.abs(low), 1.0))
    (x_low, y_low), (x_high, y_high) = (low - room).tolist(), (high + room).tolist()
    limits = (x_low, x_high), (y_low, y_high)
    return FeaturePlane(names=names, limits=limits, center=center, onto=onto, back=back, note=note)


def regions(run: Run, frames: Array, plane: FeaturePlane, size: int = SIZE) -> Regions:
    """What the run makes of the plane at these frames (indices into `run.steps`)."""
    task, loss = run.task, loss_of(run.experiment)
    x, y = plane.grid(size)
    places = np.stack(np.meshgrid(x, y), axis=-1).reshape(-1, 2)
    z = np.nan_to_num(raw(run, frames, plane.rows(places)), posinf=HUGE, neginf=-HUGE)
    with np.errstate(all="ignore"):
        chances = loss.inverse_link(z)
    if not task.outputs:
        chances = np.stack([1.0 - chances, chances], axis=-1)
    picture = code(chances, classes_of(z, task.outputs)).reshape(len(frames), size, size)
    # All frames one above the other, a gap between, so that their lines are found at one go.
    fields = np.full((max(1, task.outputs), len(frames), size + 1, size), np.nan)
    fields[:, :, :size] = np.moveaxis(z.reshape(len(frames), size, size, -1), -1, 0)
    fields = fields.reshape(len(fields), -1, size)
    boundary = _between(fields) if task.outputs else _contours(fields[0], (0.0,))
    margins = None
    if _ends_at_one(run):
        # Of several classes, how far the winner is ahead of the next.
        lead = np.diff(np.partition(fields, -2, axis=0)[-2:], axis=0) if task.outputs else fields
        lines = _contours(lead[0], (1.0,) if task.outputs else (-1.0, 1.0))
        margins = _by_frame(lines, len(frames), x, y)
    return Regions(
        frames=frames,
        x=x,
        y=y,
        picture=picture,
        boundary=_by_frame(boundary, len(frames), x, y),
        margins=margins,
    )


def code(chances: Array, winners: Array) -> Array:
    """The class (...) that wins and its chance of (..., K) as a byte: K bands of 256 // K shades,
    from a chance of 1 / K, or less, to one of 1."""
    classes = chances.shape[-1]
    shades = SHADES // classes
    chance = np.take_along_axis(chances, winners[..., None], axis=-1)[..., 0]
    confidence = np.clip(np.nan_to_num((classes * chance - 1.0) / (classes - 1.0)), 0.0, 1.0)
    return (winners * shades + np.rint(confidence * (shades - 1))).astype(np.uint8)


def _ends_at_one(run: Run) -> bool:
    """Whether rows with a margin of 1 or more, and no others, cost nothing."""
    _, value, _ = loss_along(run, np.array([0.9, 1.0, 2.0]))
    return bool(value[0] > 0 == value[1] == value[2])


def _contours(field: Array, levels: Sequence[float]) -> Array:
    """The lines (m, 2) on which a field (b, a) has a level, in cells, a NaN after each."""
    from contourpy import LineType, contour_generator

    tracer = contour_generator(z=field, name="serial", line_type=LineType.ChunkCombinedNan)
    found = [points for level in levels for points in tracer.lines(level)[0] if points is not None]
    gap = np.full((1, 2), np.nan)
    parts = [part for line in found for part in (line, gap)]
    # What lies on a row of the grid is not to lie just before it, in another frame.
    return np.round(np.concatenate([np.empty((0, 2)), *parts]), DIGITS)


def _between(scores: Array) -> Array:
    """The lines (m, 2) between the classes with the largest scores (K, b, a), each once."""
    # Ten times as fast as `np.maximum.accumulate`, which goes through memory in columns.
    earlier = list(accumulate(scores, np.maximum))
    later = list(accumulate(scores[::-1], np.maximum))[::-1]
    lines = []
    for k in range(len(scores) - 1):
        line = _contours(scores[k] - later[k + 1], (0.0,))
        # This parts class k from those after it, and is a boundary but where one before it wins.
        lines.append(_cut(line, later[k] - earlier[k - 1]) if k else line)
    return np.concatenate(lines)


def _cut(line: Array, field: Array) -> Array:
    """The parts of lines (m, 2), a NaN after each, on which the field (b, a) is above 0."""
    depth = _at(line, field)
    step = depth[:-1] - depth[1:]
    goes = np.flatnonzero(depth[:-1] * depth[1:] < 0)  # in or out, between a point and the next
    t = (depth[goes] / step[goes])[:, None]
    crossing = line[goes] + t * (line[goes + 1] - line[goes])
    line = np.where((depth > 0)[:, None], line, np.nan)
    line = np.insert(line, goes + 1, crossing, axis=0)
    is_gap = np.isnan(line[:, 0])
    return line[~(is_gap & np.append(True, is_gap[:-1]))]  # one NaN is enough


def _at(points: Array, field: Array) -> Array:
    """A field (b, a) at points (m, 2) between its own, linear along each axis; NaN at NaN."""
    corner = np.minimum(np.nan_to_num(points).astype(int), np.array(field.shape)[::-1] - 2)
    (s, t), (i, j) = (points - corner).T, corner.T
    below, above = ((1 - s) * field[row, i] + s * field[row, i + 1] for row in (j, j + 1))
    # What lies above the last row of a frame is a gap.
    return below + np.where(t > 0, t * (above - below), 0 * t)


def _by_frame(line: Array, frames: int, x: Array, y: Array) -> tuple[Array, Array]:
    """Lines in cells of all frames at once as rows x and y (F', m) over their own axes."""
    rows = len(y) + 1
    line = line[_needed(line / len(y))]
    above = np.floor(line[:, 1] / rows)
    is_gap = np.isnan(above)
    above[is_gap] = above[np.flatnonzero(is_gap) - 1]
    order = np.argsort(above, kind="stable")
    frame = above[order].astype(int)
    place = np.arange(len(frame)) - np.searchsorted(frame, frame)
    lines = np.full((2, frames, int(place.max(initial=0)) + 1), np.nan)
    lines[:, frame, place] = (line[order] - np.column_stack([0 * frame, rows * frame])).T
    return (
        x[0] + (x[1] - x[0]) * lines[0],
        y[0] + (y[1] - y[0]) * lines[1],
    )


def _needed(points: Array) -> Array:
    """The indices of points (m, 2) without which lines would look otherwise."""
    kept = np.arange(len(points))
    for turn in range(PASSES):
        before, at, after = points[kept[:-2]], points[kept[1:-1]], points[kept[2:]]
        chord, step = after - before, at - before
        length = np.hypot(*chord.T)
        off = np.abs(chord[:, 0] * step[:, 1] - chord[:, 1] * step[:, 0])
        spare = off < SLACK * length  # not where NaN lifts the pen
        spare[turn % 2 :: 2] = False  # never two neighbours at a time
        kept = np.delete(kept, 1 + np.flatnonzero(spare))
    return kept
