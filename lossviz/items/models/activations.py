"""What hidden units apply to their weighted sum.

An activation replaces its argument by its values, in place, and returns `slope(out)`, which
writes the derivative at the same places into `out` and returns it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from math import pi, sqrt

import numpy as np

from lossviz.base.arrays import Array

Slope = Callable[[Array], Array]


def tanh(x: Array) -> Slope:
    # 1 - tanh^2
    np.tanh(x, out=x)
    return lambda out: np.subtract(1.0, np.multiply(x, x, out=out), out=out)


def relu(x: Array) -> Slope:
    # 1 above the kink, 0 at it and below.
    np.maximum(x, 0.0, out=x)
    return lambda out: np.greater(x, 0.0, out=out)


def sigmoid(x: Array) -> Slope:
    # 1 / (1 + e^-x) = (1 + tanh(x / 2)) / 2, which never overflows; its slope is s (1 - s).
    x *= 0.5
    np.tanh(x, out=x)
    x += 1.0
    x *= 0.5
    return lambda out: np.subtract(x, np.multiply(x, x, out=out), out=out)


def gelu(x: Array) -> Slope:
    # x Phi(x) with slope Phi(x) + x phi(x), Phi the normal distribution function (Hendrycks,
    # Gimpel 2016, arXiv:1606.08415; exact, not the approximation by tanh).
    from scipy.special import ndtr

    pre, share = x.copy(), ndtr(x)
    x *= share

    def slope(out: Array) -> Array:
        density = np.exp(-0.5 * np.minimum(np.abs(pre), 40.0) ** 2) / sqrt(2 * pi)
        return np.add(share, pre * density, out=out)

    return slope


ACTIVATIONS: Mapping[str, Callable[[Array], Slope]] = {
    "tanh": tanh,
    "relu": relu,
    "sigmoid": sigmoid,
    "gelu": gelu,
}
