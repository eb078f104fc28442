"""Ticks of logarithmic axes, so many that the axis can be read."""

from __future__ import annotations

from math import ceil, floor, log10

from lossviz.engine.numbers import tick

WIDE, MIDDLE = 2.5, 1.0  # decades from which an axis has powers of ten, or 1, 2 and 5 of each
MOST = 6  # powers of ten
NARROWEST = 0.3  # decades


def decades(low: float, high: float) -> dict[str, object]:
    """At least two round ticks between 10^low and 10^high, as Plotly takes them: powers of ten, or
    1, 2 and 5 of each, or where it spans less than a decade even steps."""
    if high - low < MIDDLE:
        ticks = _even(10.0**low, 10.0**high)
    else:
        digits = (1, 2, 5) if high - low < WIDE else (1,)
        every = max(1, round((high - low) / MOST))
        exponents = range(floor(low), ceil(high) + 1)
        ticks = [digit * 10.0**k for k in exponents if k % every == 0 for digit in digits]
        ticks = [value for value in ticks if low <= log10(value) <= high]
    return {"tickvals": ticks, "ticktext": [tick(value) for value in ticks]}


def widened(low: float, high: float) -> list[float]:
    """The logarithms of the ends of an axis, at least so far apart that its ticks differ in few
    digits."""
    more = max(0.0, NARROWEST - (high - low)) / 2
    return [low - more, high + more]


def _even(low: float, high: float) -> list[float]:
    """Multiples of 1, 2 or 5 times a power of ten: three at least, as few as may be."""
    size = 10.0 ** floor(log10(high - low))
    for step in (size, size / 2, size / 5, size / 10):
        first, last = ceil(low / step * (1 - 1e-12)), floor(high / step * (1 + 1e-12))
        if last - first >= 2:
            return [float(f"{k * step:.12g}") for k in range(first, last + 1)]
    return [low, high]
