"""Where on a formula's curve something was found, in words and as places."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from lossviz.base.arrays import Array
from lossviz.base.words import listed
from lossviz.formula.curve import Break, Curve, Stretch, figure

LISTED = 4  # places that a sentence names
STEEP = 1e9  # times the usual slope or value: called infinite


def towards(curve: Curve, way: Array) -> str:
    """Which way a sequence of points goes."""
    name, place = curve.variable, float(way[-1])
    if place < curve.x[0]:
        return f"as {name} falls below {figure(curve.x[0])}"
    if place > curve.x[-1]:
        return f"as {name} rises above {figure(curve.x[-1])}"
    return f"towards {name} = {figure(round(place, 6))}"


def enormous(values: Array) -> float:
    """The size from which a value or slope is called infinite."""
    return STEEP * (1.0 + float(np.median(np.abs(values[np.isfinite(values)]))))


def named(name: str, found: Sequence[Break]) -> str:
    """What is found, and where: "Kinks at 0 and 1"."""
    plural = "s" if len(found) > 1 else ""
    return f"{name}{plural} at {some_of([figure(each.at) for each in found])}"


def sizes_of(found: Sequence[Break], limit: float) -> str:
    """From what to what it jumps."""

    def size(number: float) -> str:
        return figure(number) if abs(number) <= limit else "-∞" if number < 0.0 else "∞"

    steps = [f"from {size(each.before)} to {size(each.after)}" for each in found]
    return steps[0] if len(set(steps)) == 1 else some_of(steps)


def spots(
    found: Sequence[Stretch],
) -> tuple[tuple[float, ...], tuple[tuple[float, float], ...]]:
    """Single places, and intervals."""
    return (
        tuple(each.low for each in found if each.low == each.high),
        tuple((each.low, each.high) for each in found if each.low < each.high),
    )


def span_of(curve: Curve) -> str:
    """The range that the curve is drawn over."""
    return f"{figure(curve.x[0])} to {figure(curve.x[-1])}"


def some_of(parts: Sequence[str]) -> str:
    """a, b and c; the rest as a number."""
    rest = len(parts) - LISTED
    shown = [*parts[:LISTED], *([f"{rest} more"] if rest > 0 else [])]
    return listed(shown)


def falls_on(values: Array) -> bool:
    """Whether values fall, and by no less from one to the next: as -x, -log x and -inf do, and
    1/x does not."""
    if np.isnan(values).any() or values[-1] == np.inf:
        return False
    if values[-1] == -np.inf:
        return True
    falls = -np.diff(values)
    return bool(np.all(falls > 0.0) and np.all(falls[1:] >= 0.99 * falls[:-1]))
