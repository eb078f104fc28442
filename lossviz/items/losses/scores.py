"""From scores to probabilities and back: the links of the losses for classes.

Exponentials are taken of numbers below 0 alone, so nothing overflows.
"""

from __future__ import annotations

import numpy as np

from lossviz.base.arrays import Array
from lossviz.items.losses.base import TINY


def softplus(z: Array) -> Array:
    """log(1 + exp(z))."""
    return np.log1p(np.exp(-np.abs(z))) + np.maximum(z, 0.0)


def sigmoid(z: Array) -> Array:
    """1 / (1 + exp(-z))."""
    e = np.exp(-np.abs(z))
    return np.where(z >= 0.0, 1.0, e) / (1.0 + e)


def logit(p: Array) -> Array:
    """The inverse of `sigmoid`; 0 and 1 are read as the numbers beside them."""
    return np.log(np.maximum(p, TINY)) - np.log(np.maximum(1.0 - p, TINY))


def doubled_sigmoid(z: Array) -> Array:
    """The sigmoid of 2z."""
    return sigmoid(2.0 * z)


def half_logit(p: Array) -> Array:
    """The inverse of `doubled_sigmoid`."""
    return 0.5 * logit(p)


def ramp(z: Array) -> Array:
    """(z + 1) / 2, cut to 0 and 1."""
    return 0.5 * (np.clip(z, -1.0, 1.0) + 1.0)


def signed(p: Array) -> Array:
    """2p - 1: a label 0 or 1 as -1 or 1."""
    return 2.0 * p - 1.0


def bent(z: Array) -> Array:
    """The share of ones for which z is the smoothed hinge's best: 1/(2 - z) up to z = 1, and the
    mirror image of that below 0."""
    rest = 1.0 / (2.0 - np.minimum(np.abs(z), 1.0))
    return np.where(z >= 0.0, rest, 1.0 - rest)


def unbent(p: Array) -> Array:
    """The inverse of `bent`."""
    likelier = np.maximum(p, 1.0 - p)
    return np.copysign(2.0 - 1.0 / likelier, p - 0.5)


def softmax(z: Array) -> Array:
    """exp(z) / sum(exp(z)) over the last axis."""
    e = np.exp(z - np.maximum.reduce(z, axis=-1, keepdims=True))
    return e / np.add.reduce(e, axis=-1, keepdims=True)


def log_shares(p: Array) -> Array:
    """The logarithm, an inverse of `softmax`; 0 is read as the smallest normal number."""
    return np.log(np.maximum(p, TINY))


def nearest_shares(z: Array) -> Array:
    """The row of probabilities nearest to z (..., K): max(z - c, 0) with c such that the sum is 1
    (Duchi and others 2008, Efficient projections onto the l1-ball)."""
    z = z - np.maximum.reduce(z, axis=-1, keepdims=True)
    falling = -np.sort(-z, axis=-1)
    # With the k largest in play, c is their excess over 1 shared among them; the true c is the
    # largest of these.
    cuts = (np.add.accumulate(falling, axis=-1) - 1.0) / np.arange(1.0, z.shape[-1] + 1.0)
    return np.maximum(z - np.maximum.reduce(cuts, axis=-1, keepdims=True), 0.0)
