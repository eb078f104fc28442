"""A loss, its slope and its curvature over the residual or the margin."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np

from lossviz.base.arrays import Array
from lossviz.base.registry import Value
from lossviz.items.losses import Loss

STEP = 1e-5  # of the difference quotient; halves of the digits that a slope has


@dataclass(frozen=True, eq=False)
class Curve:
    """Places x (m,), residuals or margins, and there the loss, its slope and its curvature.

    For numbers slope and curvature are with respect to the raw prediction; for two classes to the
    margin; for several to the score of the true class. NaN where there is none: the loss is not
    defined or, of the slope and the curvature, has a kink.
    """

    x: Array
    value: Array
    slope: Array
    curvature: Array


def curve(
    loss: Loss,
    params: Mapping[str, Value],
    x: Array,
    *,
    target: float = 3.0,
    classes: int = 3,
) -> list[Curve]:
    """The loss over x (m,): one curve, or one for each of two classes that it treats differently.

    A loss that depends on more than the residual is drawn for one `target`, one over several
    classes for equal scores of all the others.
    """
    if loss.task == "multiclass":
        return [_several(loss, params, x, classes)]
    if loss.task == "binary":
        first, second = (_along(loss, params, sign * x, y, sign) for sign, y in _SIDES)
        one = Curve(x, first.value, first.slope, first.curvature)
        other = Curve(x, second.value, second.slope, second.curvature)
        same = np.allclose(one.value, other.value, rtol=1e-9, equal_nan=True)
        return [_broken(loss, params, each) for each in ([one] if same else [one, other])]
    if loss.of_residual:
        return [_broken(loss, params, _along(loss, params, x, 0.0, 1.0))]
    prediction = x + target
    with np.errstate(all="ignore"):
        z = loss.link(prediction)
        known = np.isclose(loss.inverse_link(z), prediction)
    found = _along(loss, params, np.where(known, z, 0.0), target, 1.0)
    parts = (np.where(known, part, np.nan) for part in (found.value, found.slope, found.curvature))
    return [Curve(x, *parts)]


_SIDES = ((1.0, 1.0), (-1.0, 0.0))  # the sign of a class and its label


def _along(loss: Loss, params: Mapping[str, Value], z: Array, y: float, sign: float) -> Curve:
    def at(z: Array) -> tuple[Array, Array]:
        return loss.function(z, loss.targets(np.full(1, y), 1), **params)

    # (f'(z + h) - f'(z - h)) / 2h
    (value, slope), (_, after), (_, before) = (at(z + h) for h in (0.0, STEP, -STEP))
    return Curve(z, value, sign * slope, (after - before) / (2.0 * STEP))


def _several(loss: Loss, params: Mapping[str, Value], x: Array, classes: int) -> Curve:
    def at(own: Array) -> tuple[Array, Array]:
        z = np.zeros((len(own), classes))
        z[:, 0] = own
        value, slope = loss.function(z, loss.targets(np.zeros(1), classes), **params)
        return value, slope[:, 0]

    (value, slope), (_, after), (_, before) = (at(x + h) for h in (0.0, STEP, -STEP))
    return _broken(loss, params, Curve(x, value, slope, (after - before) / (2.0 * STEP)))


def _broken(loss: Loss, params: Mapping[str, Value], found: Curve) -> Curve:
    """The curve with gaps where the slope jumps."""
    kinks: list[float] = [float(place) for place in loss.kinks(**dict(params))]
    near = np.zeros(len(found.x), bool)
    for place in kinks:
        near |= np.abs(found.x - place) <= 2.0 * STEP
    slope, curvature = (np.where(near, np.nan, part) for part in (found.slope, found.curvature))
    return Curve(found.x, found.value, slope, curvature)


def places(low: float, high: float, kinks: Iterable[float]) -> Array:
    """Places from low to high, the kinks among them."""
    inside = [kink for kink in kinks if low < kink < high]
    return np.unique(np.concatenate([np.linspace(low, high, 801), inside]))
