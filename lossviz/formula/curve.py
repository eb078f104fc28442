"""A formula along its variable, and where something about it begins, ends or breaks."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from lossviz.base.arrays import Array
from lossviz.formula.typed import Formula

POINTS = 4001
HALVINGS = 100  # from a cell of the grid down to neighbouring numbers, unless these are near 0
BREAK = 1e-6  # of what is beside it: a smaller step is taken for steepness
NOISE = 1e-9  # of the largest value or of 1: a smaller step is taken for rounding


@dataclass(frozen=True)
class Curve:
    """Value and slope (n,) at points x (n,), evenly spread over the span; the slope is with
    respect to x, the residual or the margin. `probe` gives both anywhere."""

    variable: str
    x: Array
    value: Array
    slope: Array
    probe: Callable[[Array], tuple[Array, Array]]

    def value_at(self, x: Array) -> Array:
        """The value alone."""
        return self.probe(x)[0]

    def slope_at(self, x: Array) -> Array:
        """The slope alone."""
        return self.probe(x)[1]


def curve_of(
    formula: Formula,
    params: Mapping[str, float],
    span: tuple[float, float],
    target: float | None,
) -> Curve:
    """The formula along its variable over a span, for one target: 0, of margins class 1, if it is
    None."""
    target = float(formula.variable == "m") if target is None else target
    sign = 2.0 * target - 1.0

    def probe(x: Array) -> tuple[Array, Array]:
        if formula.variable == "r":
            return formula.evaluate(x + target, target, **params)
        value, slope = formula.evaluate(sign * x, target, **params)
        return value, sign * slope

    # Rounded, so that 0.1 and its like are met exactly.
    x = np.round(np.linspace(*span, POINTS), 12) + 0.0
    return Curve(formula.variable, x, *probe(x), probe)


@dataclass(frozen=True)
class Break:
    """A place where a function steps from `before` to `after`."""

    at: float
    before: float
    after: float


def breaks(f: Callable[[Array], Array], x: Array) -> list[Break]:
    """Where f jumps: each cell of the grid is halved until it is nothing, always towards the half
    in which f changes more; what is left of the change is a jump."""
    left, right = x[:-1], x[1:]
    before, after = f(left), f(right)
    with np.errstate(all="ignore"):
        wanted = BREAK * np.maximum(np.abs(before), np.abs(after)) + noise(before)
        for _ in range(HALVINGS):
            middle = left + 0.5 * (right - left)
            between = f(middle)
            is_first = np.abs(between - before) > np.abs(after - between)
            left, right = np.where(is_first, left, middle), np.where(is_first, middle, right)
            before = np.where(is_first, before, between)
            after = np.where(is_first, between, after)
        found = np.flatnonzero(np.abs(after - before) > wanted)
    merged: list[Break] = []
    for i in found:
        at = float(np.round(right[i], 9)) + 0.0
        # A place of its own between two jumps, as of |r|' at 0, is one jump over both.
        if merged and at - merged[-1].at <= 1e-9:
            merged[-1] = Break(merged[-1].at, merged[-1].before, float(after[i]))
        else:
            merged.append(Break(at, float(before[i]), float(after[i])))
    return [each for each in merged if each.before != each.after]


def noise(values: Array) -> float:
    """The size below which values (n,) may be nothing but rounding."""
    sizes = np.abs(values[np.isfinite(values)])
    return NOISE * min(1.0, float(sizes.max(initial=0.0)))


@dataclass(frozen=True)
class Stretch:
    """An interval on which something holds; an end is open if it is not itself in the interval.
    `is_end` says which ends are those of the span."""

    low: float
    high: float
    is_open: tuple[bool, bool] = (False, False)
    is_end: tuple[bool, bool] = (False, False)

    def words(self, name: str) -> str:
        """The interval as a condition on the variable."""
        low, high = figure(self.low), figure(self.high)
        after, upto = (" < " if is_open else " ≤ " for is_open in self.is_open)
        if all(self.is_end):
            return f"all {name} from {low} to {high}"
        if self.is_end[0]:
            return f"{name}{upto}{high}"
        if self.is_end[1]:
            return f"{name}{after.replace('<', '>').replace('≤', '≥')}{low}"
        return f"{name} = {low}" if low == high else f"{low}{after}{name}{upto}{high}"


def stretches(holds: Callable[[Array], Array], x: Array) -> list[Stretch]:
    """Where a condition holds, with its ends between grid points found by halving."""
    flags = np.concatenate([[False], holds(x), [False]])
    changes = np.flatnonzero(flags[1:] != flags[:-1])
    first, last = changes[::2], changes[1::2] - 1
    low, low_open = _edges(holds, x[first], x[np.maximum(first - 1, 0)])
    high, high_open = _edges(holds, x[last], x[np.minimum(last + 1, len(x) - 1)])
    return [
        Stretch(
            float(low[i]),
            float(high[i]),
            (bool(low_open[i]), bool(high_open[i])),
            (first[i] == 0, last[i] == len(x) - 1),
        )
        for i in range(len(first))
    ]


def _edges(holds: Callable[[Array], Array], inside: Array, outside: Array) -> tuple[Array, Array]:
    """The ends of a condition between points where it holds and points where it does not, to nine
    digits after the point, and whether it fails at these."""
    for _ in range(HALVINGS):
        middle = inside + 0.5 * (outside - inside)
        is_inside = holds(middle)
        inside, outside = np.where(is_inside, middle, inside), np.where(is_inside, outside, middle)
    edge = np.round(inside, 9) + 0.0
    return edge, ~holds(edge)


def figure(number: float) -> str:
    """A number in at most six digits."""
    return f"{number + 0.0:.6g}"
