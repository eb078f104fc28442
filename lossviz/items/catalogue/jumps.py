"""Where the curvature of a loss jumps, so that a chart shows a gap there and no slope."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial

import numpy as np

from lossviz.base.arrays import Array
from lossviz.base.registry import Value
from lossviz.items.catalogue.curves import STEP, Curve, curve
from lossviz.items.losses import Loss

SIZE = 0.05  # of the largest curvature: a smaller jump is none to be seen
HELD = 0.4  # of a change that a hundredth of the distance still holds: what is smooth holds less
APART = 4.0 * STEP  # from a jump, where the difference quotient knows one side alone


def curve_with_gaps(
    loss: Loss, params: Mapping[str, Value], x: Array, *, target: float = 3.0, classes: int = 3
) -> list[Curve]:
    """As `curve`, with more places around each jump of the curvature, which is NaN at it."""
    at = partial(curve, loss, params, target=target, classes=classes)
    found = at(x)
    jumps = np.concatenate([_jumps(at, x, found, k) for k in range(len(found))])
    around = (jumps[:, None] + [-APART, 0.0, APART]).ravel()
    x = np.union1d(x, around[(around > x[0]) & (around < x[-1])])
    is_near = (np.abs(x[:, None] - jumps) < 0.99 * APART).any(axis=1)
    return [replace(each, curvature=np.where(is_near, np.nan, each.curvature)) for each in at(x)]


def _jumps(at: Callable[[Array], list[Curve]], x: Array, found: Sequence[Curve], k: int) -> Array:
    """Where the curvature of curve number k jumps between neighbours of x: its changes are
    followed into the halves that hold most of them."""

    def bend(x: Array) -> Array:
        curves = at(x)
        return curves[min(k, len(curves) - 1)].curvature

    bends = found[k].curvature
    least = SIZE * np.nanmax(np.abs(bends), initial=0.0)
    some = np.flatnonzero(np.abs(np.diff(bends)) > max(least, SIZE * STEP))
    low, high, before, after = x[some], x[some + 1], bends[some], bends[some + 1]
    change = np.abs(after - before)
    while len(some) and np.max(high - low) > APART:
        middle = (low + high) / 2.0
        here = bend(middle)
        is_left = np.abs(here - before) >= np.abs(after - here)
        low, before = np.where(is_left, low, middle), np.where(is_left, before, here)
        high, after = np.where(is_left, middle, high), np.where(is_left, here, after)
    return ((low + high) / 2.0)[np.abs(after - before) >= HELD * change]
