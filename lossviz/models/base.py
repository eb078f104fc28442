"""What a model is: features made once, a forward pass, and the way back.

Shapes: R runs, n rows, d features, P parameters. How arrays lie in memory is the model's
business; the engine only carries them.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from lossviz.registry import Param, Registry

Array = np.ndarray
Backward = Callable[[Array], Array]


@dataclass(frozen=True)
class Model:
    """A family of predictions.

    function: `(X (n, d), **params) -> features`, an array whose last axis is the rows, so that
        a batch of rows is `features[..., rows]`; computed once for each run.
    forward: `(theta (R, P), features (1 or R, ..., n)) -> (z (R, n), backward)`, where
        `backward(slope (R, n)) -> (R, P)` sums slope times dz/dtheta over the rows. The answer
        for a run must not depend, to the last bit, on the runs beside it.
    names: `(feature names, **params) -> P names` of the parameters, without units.
    penalised: `(d, **params) -> (P,)`, 1 where L1 and L2 apply, 0 for intercepts.
    units: `(mean (d,), scale (d,), **params) -> (P, P)`, the linear map from parameters for
        standardised features to parameters in the data's own units.
    linear: whether z is linear in theta, so that a convex loss stays convex in theta.
    """

    name: str
    label: str
    params: tuple[Param, ...]
    function: Callable[..., Array]
    forward: Callable[[Array, Array], tuple[Array, Backward]]
    names: Callable[..., tuple[str, ...]]
    penalised: Callable[..., Array]
    units: Callable[..., Array]
    formula: str
    notes: str
    linear: bool


MODELS: Registry[Model] = Registry("model")
