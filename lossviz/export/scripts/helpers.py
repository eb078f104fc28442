"""Functions that stand in the scripts and that no run of ours needs: features with a row of data a
row, as textbooks have them, and what prints a run."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from lossviz.base.arrays import Array
from lossviz.items.models.linear import in_units


def columns(X: Array) -> Array:
    """A column of ones for the intercept or bias, and the features."""
    return np.column_stack([np.ones(len(X)), X])


def powers(X: Array, degree: int) -> Array:
    """A column of ones for the intercept, and the powers of each feature."""
    terms = [x**k for x in X.T for k in range(1, degree + 1)]
    return np.column_stack([np.ones(len(X)), *terms])


def first_layer_in_units(theta: Array, shape: tuple[int, int], powers_of: Array) -> Array:
    """The parameters in the data's own units, of which the first layer's rows know."""
    first = shape[0] * shape[1]
    changed = in_units(theta[:first].reshape(shape), powers_of)
    return np.concatenate([changed.ravel(), theta[first:]])


def report(
    label: str,
    names: Sequence[str],
    theta: Array,
    history: Sequence[tuple[float, float]],
    errors: Sequence[float] = (),
) -> None:
    """Print where a run has come to."""
    losses = ["training loss", "clean test loss", "training error", "clean test error"]
    values = [*theta[: len(names)], *history[-1], *errors]
    print(label)
    for word, value in zip([*names, *losses], values, strict=False):
        print(f"  {word:36s} {value:.12g}")


def share_wrong(z: Array, y: Array) -> float:
    """The share of rows that are put into a wrong class."""
    found = z.argmax(axis=1) if z.ndim == 2 else z > 0
    return np.mean(found != y)
