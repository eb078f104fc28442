"""Where networks start: small random weights, of the size that keeps signals alive through layers.

Scripts hold these functions as they stand here.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from lossviz.base.arrays import Array
from lossviz.engine.sampling import generator
from lossviz.items.models.base import Layers


def xavier(seed: int, layers: Layers) -> Array:
    """Glorot and Bengio (2010): variance 2 / (in + out); biases start at 0."""
    return drawn(seed, layers, lambda units, inputs: 2 / (inputs + units))


def he(seed: int, layers: Layers) -> Array:
    """He and others (2015): variance 2 / in; biases start at 0."""
    return drawn(seed, layers, lambda units, inputs: 2 / inputs)


def drawn(seed: int, layers: Layers, variance: Callable[[int, int], float]) -> Array:
    """Normal weights (P,), whose variance in each layer depends on its units and inputs."""
    rng = generator(seed, "init")
    parts = []
    for units, columns in layers:
        W = rng.normal(size=(units, columns)) * np.sqrt(variance(units, columns - 1))
        W[:, 0] = 0.0
        parts.append(W.ravel())
    return np.concatenate(parts)


RANDOM = {"xavier": xavier, "he": he}
