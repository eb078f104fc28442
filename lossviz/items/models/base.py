"""What a model is: features made once, a forward pass, and the way back.

Shapes: R runs, n rows, d features, D rows of features (the first all ones), K outputs, P
parameters. Every model is a chain of layers; a layer is a matrix (units, 1 + inputs) with the
bias first in each row, and theta is these matrices, row by row, one after another. How arrays lie
in memory is the model's business; the engine only carries them.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from lossviz.base.arrays import Array
from lossviz.base.registry import Param, Registry

Backward = Callable[[Array], Array]
Layers = tuple[tuple[int, int], ...]


@dataclass(frozen=True)
class Model:
    """A family of predictions.

    `outputs` is 0 for one number a row, K for a last axis of K numbers a row. `**params` are the
    model's own.

    function: `(X (n, d), **params) -> features (D, n)`, so that a batch of rows is
        `features[:, rows]`; computed once for each run.
    forward: `(theta (..., R, P), features (1 or R, D, n), *, outputs, **params) -> (z, backward)`
        with z (..., R, n) or (..., R, n, K), where `backward(slope like z) -> (..., R, P)` sums
        slope times dz/dtheta over the rows. The answer for a run must not depend, to the last
        bit, on the runs beside it.
    layers: `(d, outputs, **params) -> ((units, 1 + inputs), ...)`, the shape of each layer.
    names: `(feature names, outputs, class names, **params) -> P names` of the parameters.
    units: `(mean (d,), scale (d,), **params) -> (d, 1 + degree, degree)`, for `models.linear`'s
        `in_units` and `from_units`: the linear map from a row of the first layer for standardised
        features to that row in the data's own units, feature by feature; networks see powers up to
        the first. The layers after it stay as they are.
    activations: `(theta, features, *, outputs, **params) -> ((pre, post), ...)`, what enters and
        leaves the units of each hidden layer, (..., R, n, units); () where there are none.
    usual_start: `(**params) -> "zeros", "xavier" or "he"`, the start that suits the model.
    linear: whether z is linear in theta, so that a convex loss stays convex in theta.
    """

    name: str
    label: str
    params: tuple[Param, ...]
    function: Callable[..., Array]
    forward: Callable[..., tuple[Array, Backward]]
    layers: Callable[..., Layers]
    names: Callable[..., tuple[str, ...]]
    units: Callable[..., Array]
    activations: Callable[..., Sequence[tuple[Array, Array]]]
    usual_start: Callable[..., str]
    formula: str
    notes: str
    linear: bool

    def penalised(self, d: int, outputs: int = 0, **params: Any) -> Array:
        """(P,): 1 where L1 and L2 apply, 0 for biases."""
        return not_bias(self.layers(d, outputs, **params)).astype(float)


MODELS: Registry[Model] = Registry("model")


def not_bias(layers: Layers) -> Array:
    """True for weights, False for the intercept or bias of each unit."""
    return np.concatenate([np.arange(units * n) % n > 0 for units, n in layers])


def split(theta: Array, layers: Layers) -> list[Array]:
    """The matrices (..., units, 1 + inputs) of theta (..., P), as views."""
    matrices, start = [], 0
    for shape in layers:
        end = start + shape[0] * shape[1]
        matrices.append(theta[..., start:end].reshape(*theta.shape[:-1], *shape))
        start = end
    return matrices
