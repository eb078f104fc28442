"""What a formula is like, in sentences: corners, gaps, flat parts, bends the wrong way.

Everything is read off a grid of 4001 points and, for what lies between them, found by halving; the
tails are looked at as far as 1e8 times the span. So a finding is seen, not proved, and a formula
without findings is not thereby harmless: two corners within one cell of the grid are missed.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from lossviz.base.arrays import Array
from lossviz.formula.curve import Break, Curve, Stretch, breaks, curve_of, figure, noise, stretches
from lossviz.formula.places import (
    enormous,
    falls_on,
    named,
    sizes_of,
    some_of,
    span_of,
    spots,
    towards,
)
from lossviz.formula.typed import Formula

DECADES = 10.0 ** np.arange(9)


@dataclass(frozen=True)
class Finding:
    """Something about a formula, in a sentence, and where: single places, and intervals.

    kind: "undefined", "pole", "jump", "kink", "not_convex", "unbounded", "constant", "flat",
        "minimum", "rising", "asymmetric", "overflow", "steep" or "slope".
    """

    kind: str
    sentence: str
    places: tuple[float, ...] = ()
    intervals: tuple[tuple[float, float], ...] = ()


@dataclass(frozen=True)
class Findings:
    """The formula along its variable x (n,), with its slope with respect to it, and what was found;
    the most serious first."""

    span: tuple[float, float]
    x: Array
    value: Array
    slope: Array
    items: tuple[Finding, ...]

    @property
    def sentences(self) -> tuple[str, ...]:
        """What was found, in words."""
        return tuple(item.sentence for item in self.items)

    def of(self, kind: str) -> Finding | None:
        """The finding of a kind, if there is one."""
        return next((item for item in self.items if item.kind == kind), None)


def analyse(
    formula: Formula,
    params: Mapping[str, float],
    span: tuple[float, float] = (-10.0, 10.0),
    target: float | None = None,
) -> Findings:
    """What a formula is like over a span of its variable, for a target (0, of margins class 1).

    What only some targets show, in a formula that uses y or p, is found for those targets alone.
    """
    curve = curve_of(formula, params, span, target)
    with np.errstate(all="ignore"):
        items = tuple(_findings(curve))
    return Findings(span=span, x=curve.x, value=curve.value, slope=curve.slope, items=items)


def _findings(curve: Curve) -> Iterator[Finding]:
    undefined = stretches(lambda x: ~np.isfinite(curve.value_at(x)), curve.x)
    yield from _undefined(curve, undefined)
    finite = curve.value[np.isfinite(curve.value)]
    if not finite.size:
        return
    if finite.min() == finite.max():
        yield Finding("constant", f"Constant on {span_of(curve)}: there is nothing to learn from.")
        return
    jumps = breaks(curve.value_at, curve.x)
    torn = [each.at for each in jumps]
    kinks = [
        each
        for each in breaks(curve.slope_at, curve.x)
        if all(abs(each.at - place) > 1e-8 for place in torn)
    ]
    ways = _ways(curve, undefined, [*jumps, *kinks])
    unbounded = list(_unbounded(curve, ways))
    yield from unbounded
    yield from _jumps(curve, jumps)
    yield from _kinks(curve, kinks)
    yield from _not_convex(curve, jumps, kinks)
    yield from _flat(curve)
    if curve.variable == "r":
        yield from () if unbounded else _minimum(curve)
        yield from _asymmetric(curve)
    else:
        yield from _rising(curve)
    yield from _overflow(curve)
    yield from _steepness(curve, ways)


def _undefined(curve: Curve, found: Sequence[Stretch]) -> Iterator[Finding]:
    if found:
        words = some_of([each.words(curve.variable) for each in found])
        yield Finding("undefined", f"Undefined for {words}.", *spots(found))


def _ways(curve: Curve, undefined: Sequence[Stretch], broken: Sequence[Break]) -> list[Array]:
    """Sequences of points (9,) ever further out, or ever nearer to places where much may happen."""
    ways = [end * DECADES for end in (curve.x[0], curve.x[-1]) if end != 0.0]
    for each in undefined:
        for edge, end, side in zip((each.low, each.high), each.is_end, (-1.0, 1.0), strict=True):
            if not end:
                ways.append(edge + side * 0.1 / DECADES)
    return ways + [each.at + side * 0.1 / DECADES for each in broken for side in (-1.0, 1.0)]


def _unbounded(curve: Curve, ways: Sequence[Array]) -> Iterator[Finding]:
    words = [towards(curve, way) for way in ways if falls_on(curve.value_at(way))]
    if words:
        listing = some_of(list(dict.fromkeys(words)))
        yield Finding("unbounded", f"Not bounded below, it seems: it falls on and on {listing}.")


def _jumps(curve: Curve, jumps: Sequence[Break]) -> Iterator[Finding]:
    limit = enormous(curve.value)
    poles = [each for each in jumps if max(abs(each.before), abs(each.after)) > limit]
    steps = [each for each in jumps if each not in poles]
    if poles:
        words = some_of([figure(each.at) for each in poles])
        yield Finding(
            "pole",
            f"Without bounds near {curve.variable} = {words}.",
            tuple(each.at for each in poles),
        )
    if steps:
        sentence = f"{named('Jump', steps)}: the value jumps {sizes_of(steps, limit)}."
        yield Finding("jump", sentence, tuple(each.at for each in steps))


def _kinks(curve: Curve, kinks: Sequence[Break]) -> Iterator[Finding]:
    if kinks:
        words = sizes_of(kinks, enormous(curve.slope))
        sentence = f"{named('Kink', kinks)}: the slope jumps {words}."
        yield Finding("kink", sentence, tuple(each.at for each in kinks))


def _not_convex(curve: Curve, jumps: Sequence[Break], kinks: Sequence[Break]) -> Iterator[Finding]:
    x, slope = curve.x, curve.slope
    sizes = np.abs(slope)
    falls = np.diff(slope) < -1e-9 * np.maximum(sizes[1:], sizes[:-1]) - 1e-3 * noise(slope)
    for each in jumps:
        falls[np.clip(np.searchsorted(x, each.at) - 1, 0, len(falls) - 1)] = True
    flags = np.concatenate([[False], falls, [False]])
    changes = np.flatnonzero(flags[1:] != flags[:-1])
    intervals = [
        (float(x[first]), float(x[last]))
        for first, last in zip(changes[::2], changes[1::2], strict=True)
    ]
    if intervals:
        short = 2.5 * float(x[1] - x[0])
        broken = [each.at for each in (*jumps, *kinks)]
        words = some_of([_bend(interval, short, broken) for interval in intervals])
        yield Finding(
            "not_convex",
            f"Not convex: it bends downwards {words}, so descent may end in different places.",
            intervals=tuple(intervals),
        )


def _bend(interval: tuple[float, float], short: float, broken: Sequence[float]) -> str:
    low, high = interval
    if high - low > short:
        return f"from about {low:.3g} to {high:.3g}"
    inside = [place for place in broken if low <= place <= high]
    return f"at {figure(inside[0])}" if inside else f"near {0.5 * (low + high):.3g}"


def _flat(curve: Curve) -> Iterator[Finding]:
    cell = curve.x[1] - curve.x[0]
    found = [
        each
        for each in stretches(lambda x: curve.slope_at(x) == 0.0, curve.x)
        if each.high - each.low > 1.5 * cell
    ]
    if found:
        words = some_of([each.words(curve.variable) for each in found])
        yield Finding(
            "flat",
            f"The slope is zero for {words}: what lies there does not pull.",
            *spots(found),
        )


def _minimum(curve: Curve) -> Iterator[Finding]:
    if not curve.x[0] < 0.0 < curve.x[-1]:
        return
    at_zero = float(curve.value_at(np.zeros(1))[0])
    best = int(np.nanargmin(np.where(np.isfinite(curve.value), curve.value, np.nan)))
    least = float(curve.value[best])
    scale = max(abs(at_zero), abs(least))
    if np.isfinite(at_zero) and not at_zero - least > 1e-9 * scale:
        return
    if best in (0, len(curve.x) - 1):
        place = float(curve.x[best])
        where = f"at the end of the range, {curve.variable} = {figure(place)}"
    else:
        place = _bottom(curve, float(curve.x[best - 1]), float(curve.x[best + 1]))
        where = f"at {curve.variable} = {figure(place)}"
    yield Finding(
        "minimum",
        f"Smallest {where} and not at 0: predictions are drawn away from their targets.",
        (place,),
    )


def _bottom(curve: Curve, low: float, high: float) -> float:
    """The lowest place of a valley, by ever finer grids."""
    for _ in range(8):
        x = np.linspace(low, high, 41)
        value = curve.value_at(x)
        best = int(np.argmin(np.where(np.isnan(value), np.inf, value)))
        low, high = x[max(best - 1, 0)], x[min(best + 1, 40)]
    return round(0.5 * (low + high), 6) + 0.0


def _asymmetric(curve: Curve) -> Iterator[Finding]:
    reach = min(-curve.x[0], curve.x[-1])
    if reach <= 0.0:
        return
    # First at a tenth of the way out, where the numbers are easiest to read.
    x = reach * np.concatenate([[0.1, 0.5, 1.0], np.linspace(0.001, 1.0, 1000)])
    right, left = curve.value_at(x), curve.value_at(-x)
    differ = np.abs(right - left) > 1e-9 * np.maximum(np.abs(right), np.abs(left))
    found = np.flatnonzero(differ)
    if found.size:
        place, below, above = (float(each[found[0]]) for each in (x, left, right))
        yield Finding(
            "asymmetric",
            f"Not symmetric: {figure(below)} at r = {figure(-place)}, "
            f"{figure(above)} at r = {figure(place)}.",
            (-place, place),
        )


def _rising(curve: Curve) -> Iterator[Finding]:
    least = noise(curve.slope)
    found = stretches(lambda x: curve.slope_at(x) > least, curve.x)
    if found:
        words = some_of([each.words(curve.variable) for each in found])
        yield Finding(
            "rising",
            f"Rises with the margin for {words}: being right costs there.",
            *spots(found),
        )


def _overflow(curve: Curve) -> Iterator[Finding]:
    words = []
    for end in (curve.x[0], curve.x[-1]):
        out = end * DECADES
        fails = ~np.isfinite(curve.value_at(out))
        if fails.any() and not fails[0]:
            grid = end * np.geomspace(1.0, float(out[np.argmax(fails)] / end), 1001)
            found = stretches(lambda x: ~np.isfinite(curve.value_at(x)), np.sort(grid))
            edge = found[0].low if end > 0.0 else found[-1].high
            words.append(f"{curve.variable} {'>' if end > 0.0 else '<'} {figure(edge)}")
    if words:
        yield Finding("overflow", f"No finite value for {some_of(words)}: a run ends there.")


def _steepness(curve: Curve, ways: Sequence[Array]) -> Iterator[Finding]:
    grows = [way for way in ways if falls_on(-np.abs(curve.slope_at(way)))]
    sizes = np.abs(curve.slope)
    sizes = sizes[np.isfinite(sizes)]
    if grows:
        words = some_of(list(dict.fromkeys(towards(curve, way) for way in grows)))
        yield Finding("steep", f"The slope grows without end {words}.")
    elif sizes.size:
        yield Finding("slope", f"The slope is at most {figure(sizes.max())} on {span_of(curve)}.")
