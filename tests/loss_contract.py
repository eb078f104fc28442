"""What the tests of losses share: cases over the registry, points to test at, derivatives.

Points and sweeps are for losses of one output, which are elementwise: those of regression and of
two classes. Losses over K classes have `class_rows`.
"""

from collections.abc import Callable
from itertools import product
from typing import Any

import numpy as np
import pytest
from suiting import BUILT_IN as LOSSES

from lossviz.base.arrays import Array
from lossviz.items.losses import Loss
from lossviz.items.losses.base import one_hot

Params = dict[str, Any]
ELEMENTWISE = [loss for loss in LOSSES.values() if loss.task != "multiclass"]
BINARY = [loss for loss in ELEMENTWISE if loss.task == "binary"]
MULTICLASS = [loss for loss in LOSSES.values() if loss.task == "multiclass"]
ENDS = np.array([0.0, 5e-324, 1e-160, 1e-8, 1.0, 49.0, 710.0, 1e8, 1e150])
ENDS = np.concatenate([-ENDS, ENDS])


def corners(loss: Loss) -> list[Params]:
    """Every combination of the parameters' defaults and ends."""
    names = [param.name for param in loss.params]
    values = [dict.fromkeys((p.default, p.low, p.high)) for p in loss.params]
    return [dict(zip(names, chosen, strict=True)) for chosen in product(*values)]


def cases(
    keep: Callable[[Loss], Any] = lambda loss: True, losses: list[Loss] = ELEMENTWISE
) -> list[Any]:
    """A test case for each loss that `keep` wants, at each corner of its parameters."""
    return [
        pytest.param(loss, params, id=f"{loss.name}({_words(params)})")
        for loss in losses
        if keep(loss)
        for params in corners(loss)
    ]


def each(
    keep: Callable[[Loss], Any] = lambda loss: True, losses: list[Loss] = ELEMENTWISE
) -> list[Any]:
    """A test case for each loss that `keep` wants."""
    return [pytest.param(loss, id=loss.name) for loss in losses if keep(loss)]


def is_regression(loss: Loss) -> bool:
    """Whether targets are measurements and not classes."""
    return loss.task == "regression"


def kinks(loss: Loss, y: Array | float, params: Params) -> list[Any]:
    """The predictions at which the slope jumps for targets y; kinks are declared as residuals, or
    for classes as margins."""
    declared = loss.kinks(**params)
    return [y + kink if is_regression(loss) else (2.0 * y - 1.0) * kink for kink in declared]


def ever_further_off(loss: Loss, distance: Array) -> tuple[Array, Array]:
    """Predictions and targets (2, n): targets further and further away on either side, or labels
    that are further and further from being hit."""
    sides = np.stack([distance, -distance])
    if is_regression(loss):
        return np.zeros(1), sides
    return sides, np.array([[0.0], [1.0]])


def has_kinks(loss: Loss) -> bool:
    """Whether the slope jumps anywhere, at the default parameters."""
    return bool(loss.kinks(**corners(loss)[0]))


def _words(params: Params) -> str:
    return ",".join(f"{name}={value:g}" for name, value in params.items())


def targets(loss: Loss, rng: np.random.Generator, n: int) -> Array:
    """Targets (n,) inside the loss's domain: signed, positive, or one of finitely many."""
    low, high = loss.domain
    if np.isfinite([low, high]).all():
        return rng.integers(int(low), int(high) + 1, n).astype(float)
    return low + rng.exponential(2.0, n) if np.isfinite(low) else rng.normal(1.0, 2.0, n)


def points(loss: Loss, n: int = 400) -> tuple[Array, Array]:
    """Predictions and targets (n,), residuals of either sign from 0.001 to 300."""
    rng = np.random.default_rng(2)
    y = targets(loss, rng, n)
    return y + rng.choice([-1.0, 1.0], n) * 10 ** rng.uniform(-3.0, 2.5, n), y


def class_rows(n: int, classes: int, seed: int = 0) -> tuple[Array, Array]:
    """Scores (n, K) from 0.01 to 30 and targets (n, K), half of them labels and half soft."""
    rng = np.random.default_rng(seed)
    z = rng.normal(size=(n, classes)) * 10 ** rng.uniform(-2.0, 1.5, (n, 1))
    labels = one_hot(rng.integers(0, classes, n), classes)
    soft = rng.dirichlet(np.full(classes, 0.5), n)
    return z, np.where(np.arange(n)[:, None] % 2, labels, soft)


def sweep(loss: Loss, reach: float = 4.0) -> tuple[Array, Array]:
    """Predictions (m, 1), dense from -10^reach to 10^reach, against targets (k,).

    For a loss of the residual one target is as good as all.
    """
    away = 10 ** np.linspace(-4.0, reach, 500 * int(reach + 4.0) + 1)
    z = np.concatenate([-away[::-1], [0.0], away])[:, None]
    low, high = loss.domain
    if loss.of_residual:
        return z, np.zeros(1)
    return z, np.array([low, high]) if np.isfinite(high) else low + np.array([0.0, 0.7, 30.0, 1e9])


def central_difference(f: Callable[[Array], Array], z: Array, h: float) -> Array:
    """The derivative of f at z, elementwise; the error is of the order h^4."""
    return (8.0 * (f(z + h) - f(z - h)) - (f(z + 2.0 * h) - f(z - 2.0 * h))) / (12.0 * h)


def jumps(f: Callable[[Array], Array], edges: Array) -> Array:
    """Where f jumps, by more than 1e-4 of itself: intervals between edges are halved to nothing."""
    left, right = edges[:-1], edges[1:]
    for _ in range(64):
        middle = 0.5 * (left + right)
        first = np.abs(f(middle) - f(left)) > np.abs(f(right) - f(middle))
        left, right = np.where(first, left, middle), np.where(first, middle, right)
    return left[np.abs(f(right) - f(left)) > 1e-4 * (1.0 + np.abs(f(left)))]
