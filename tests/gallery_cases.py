"""Rows and parameters that the gallery's tests share."""

from __future__ import annotations

import numpy as np

from lossviz.base.arrays import Array
from lossviz.base.registry import Value
from lossviz.items.losses import Loss

ROWS, CLASSES = 60, 4


def variants(loss: Loss) -> list[dict[str, Value]]:
    """The default parameters, and others."""
    defaults = {param.name: param.default for param in loss.params}
    numbers = [param for param in loss.params if not isinstance(param.default, str)]
    others = {param.name: param.nearest(0.6 * float(param.default)) for param in numbers}
    found = [defaults, *([{**defaults, **others}] if others else [])]
    if loss.name == "barron":
        found += [{"alpha": alpha, "c": 1.5} for alpha in (-2.0, 0.0, 2.0)]
    return found


def sample_of(loss: Loss) -> tuple[Array, Array]:
    """Predictions z and targets y that any library takes: where a loss wants positive ones."""
    generator = np.random.default_rng(3)
    if loss.task == "multiclass":
        labels = generator.integers(0, CLASSES, ROWS).astype(float)
        return generator.normal(0.0, 2.0, (ROWS, CLASSES)), labels
    z = generator.normal(0.0, 2.0, ROWS)
    if loss.task == "binary":
        return z, generator.integers(0, 2, ROWS).astype(float)
    y = generator.normal(0.0, 2.0, ROWS)
    return (z, y) if loss.domain[0] < 0.0 else (np.abs(z), np.floor(np.abs(y)))
