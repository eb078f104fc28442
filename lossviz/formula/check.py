"""The slope of a formula held against differences of its value, to be shown beside each other."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from lossviz.base.arrays import Array
from lossviz.formula.curve import Curve, breaks, curve_of
from lossviz.formula.typed import Formula

# Of the span, from its middle: off the round numbers at which corners are put.
PLACES = np.array([-0.913, -0.571, -0.337, -0.127, -0.031, 0.031, 0.127, 0.337, 0.571, 0.913])


@dataclass(frozen=True)
class SlopeCheck:
    """One row of the check: a place on the variable, the slope there from the derived formula, the
    slope by central differences of the value, and how far these are apart."""

    place: float
    exact: float
    by_differences: float
    difference: float


def check_slope(
    formula: Formula,
    params: Mapping[str, float],
    span: tuple[float, float] = (-10.0, 10.0),
    target: float | None = None,
) -> tuple[SlopeCheck, ...]:
    """The exact slope beside the slope by differences, at places spread over a span, off corners.

    Of the differences with steps from 0.1 down to 1e-6 the one is shown that changes least with
    the step: the choice does not look at the exact slope. Where one is undefined, so is the row.
    """
    curve = curve_of(formula, params, span, target)
    corners = [each.at for each in breaks(curve.slope_at, curve.x)]
    middle, half = 0.5 * (span[0] + span[1]), 0.5 * (span[1] - span[0])
    places = middle + half * PLACES
    for corner in corners:
        places = np.where(np.abs(places - corner) < 1e-3 * half, corner + 1e-2 * half, places)
    exact = curve.slope_at(places)
    by_differences = _by_differences(curve, places, half / 10.0)
    with np.errstate(all="ignore"):
        rows = np.stack([places, exact, by_differences, np.abs(exact - by_differences)], axis=1)
    return tuple(SlopeCheck(*row) for row in rows.tolist())


def _by_differences(curve: Curve, x: Array, unit: float) -> Array:
    """(8 (f(x+h) - f(x-h)) - (f(x+2h) - f(x-2h))) / 12h for the best of several h."""
    steps = unit * 10.0 ** -np.arange(1.0, 6.5, 0.5)[:, None]
    f = curve.value_at
    with np.errstate(all="ignore"):
        near, far = f(x + steps) - f(x - steps), f(x + 2.0 * steps) - f(x - 2.0 * steps)
        found = (8.0 * near - far) / (12.0 * steps)
        change = np.abs(np.diff(found, axis=0))
    best = np.argmin(np.where(np.isnan(change), np.inf, change), axis=0)
    return found[best + 1, np.arange(len(x))]
