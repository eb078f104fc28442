"""What a dataset is: a function that draws rows, or reads them, plus what is known of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from lossviz.registry import Param, Registry

Array = np.ndarray
Rows = tuple[Array, Array]  # X (n, d), y (n,)
Split = tuple[Array, Array, Array, Array]  # X, y, X_test, y_test
TEST_ROWS = 200


@dataclass(frozen=True)
class Dataset:
    """A source of rows.

    function: as registered; its keyword arguments are `params`.
    draw: `(rng, fresh, params) -> (X, y, X_test, y_test)`, two independent generators: the
        training rows, and clean rows that training never sees.
    truth: the noise-free target at X, `(X, **params) -> (n,)`, for synthetic data, where it is
        the median of the target given X (for counts: the mean); None for real data.
    features, target: names with units, as on the axes.
    notes: what the data are and what they teach; source: where they come from.
    standardise: whether descent needs the features scaled (real data in their own units).
    """

    name: str
    label: str
    params: tuple[Param, ...]
    function: Callable[..., Any]
    draw: Callable[[np.random.Generator, np.random.Generator, Mapping[str, Any]], Split]
    truth: Callable[..., Array] | None
    features: tuple[str, ...]
    target: str
    notes: str
    source: str
    standardise: bool


DATASETS: Registry[Dataset] = Registry("dataset")


def synthetic(
    name: str,
    *,
    label: str,
    notes: str,
    truth: Callable[..., Array],
    params: tuple[Param, ...],
    features: tuple[str, ...] = ("x",),
    target: str = "y",
) -> Callable[[Callable[..., Rows]], Callable[..., Rows]]:
    """Register the decorated `(rng, *, n, noise, ...) -> (X, y)` as a synthetic dataset."""

    def register(function: Callable[..., Rows]) -> Callable[..., Rows]:
        def draw(rng: Any, fresh: Any, params: Mapping[str, Any]) -> Split:
            test = function(fresh, **{**params, "n": TEST_ROWS})
            return *function(rng, **params), *test

        source = "drawn from the seed"
        DATASETS.add(
            Dataset(
                name, label, params, function, draw, truth, features, target, notes, source, False
            )
        )
        return function

    return register


def real(
    name: str,
    *,
    rows: Callable[[], Rows],
    label: str,
    notes: str,
    source: str,
    features: tuple[str, ...],
    target: str,
    test: float = 0.0,
) -> None:
    """Register rows of the real world, `rows() -> (X, y)`, all of them, in their own order.

    A share `test` is held out for the test loss. It is 0 for the small classics, whose published
    fits use every row: there the test rows are the same rows, without injected outliers.
    """
    share = Param("test", test, 0.0, 0.5, "Held-out share", "Share of the rows kept for testing.")

    def function(rng: np.random.Generator, *, test: float) -> Split:
        X, y = rows()
        held = round(test * len(y))
        if held == 0:
            return X, y, X, y
        order = rng.permutation(len(y))
        keep, out = np.sort(order[held:]), np.sort(order[:held])
        return X[keep], y[keep], X[out], y[out]

    def draw(rng: Any, fresh: Any, params: Mapping[str, Any]) -> Split:
        return function(rng, **params)

    DATASETS.add(
        Dataset(name, label, (share,), function, draw, None, features, target, notes, source, True)
    )
