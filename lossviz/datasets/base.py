"""What a dataset is: a function that draws rows, or reads them, plus what is known of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
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
    task: "regression", "binary" or "multiclass". Class targets are the floats 0.0 to K - 1.
    classes: the name of each class, () for regression; where there is a Param `classes`, that
        many of them are in use.
    truth: the noise-free target at X, `(X, **params) -> (n,)`, for synthetic regression data,
        where it is the median of the target given X (for counts: the mean); None for others.
    features, target: names with units, as on the axes.
    image: (rows, columns) where the features are the pixels of a picture, row by row; else None.
    notes: what the data are and what they teach; source: where they come from.
    standardise: whether descent needs the features scaled (real data in their own units).
    """

    name: str
    label: str
    params: tuple[Param, ...]
    function: Callable[..., Any]
    draw: Callable[[np.random.Generator, np.random.Generator, Mapping[str, Any]], Split]
    task: str
    classes: tuple[str, ...]
    truth: Callable[..., Array] | None
    features: tuple[str, ...]
    target: str
    image: tuple[int, int] | None
    notes: str
    source: str
    standardise: bool


DATASETS: Registry[Dataset] = Registry("dataset")


def synthetic(
    name: str,
    *,
    label: str,
    notes: str,
    params: tuple[Param, ...],
    task: str = "regression",
    classes: tuple[str, ...] = (),
    truth: Callable[..., Array] | None = None,
    features: tuple[str, ...] = ("x",),
    target: str = "y",
    standardise: bool = False,
) -> Callable[[Callable[..., Rows]], Callable[..., Rows]]:
    """Register the decorated `(rng, *, n, noise, ...) -> (X, y)` as a synthetic dataset."""

    def register(function: Callable[..., Rows]) -> Callable[..., Rows]:
        def draw(rng: Any, fresh: Any, params: Mapping[str, Any]) -> Split:
            test = function(fresh, **{**params, "n": TEST_ROWS})
            return *function(rng, **params), *test

        DATASETS.add(
            Dataset(
                name=name, label=label, params=params, function=function, draw=draw, task=task,
                classes=classes, truth=truth, features=features, target=target, image=None,
                notes=notes, source="drawn from the seed", standardise=standardise,
            )
        )  # fmt: skip
        return function

    return register


def frozen(array: Any) -> Array:
    """The array as read-only float64, since it is shared by all who ask."""
    array = np.array(array, float)
    array.flags.writeable = False
    return array


@cache
def from_sklearn(loader: str, **options: Any) -> Rows:
    """Rows that are shipped with scikit-learn, e.g. by "load_iris", read-only."""
    from sklearn import datasets

    X, y = getattr(datasets, loader)(return_X_y=True, **options)
    return frozen(X), frozen(y)


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
    task: str = "regression",
    classes: tuple[str, ...] = (),
    image: tuple[int, int] | None = None,
    standardise: bool = True,
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
        Dataset(
            name=name, label=label, params=(share,), function=function, draw=draw, task=task,
            classes=classes, truth=None, features=features, target=target, image=image,
            notes=notes, source=source, standardise=standardise,
        )
    )  # fmt: skip
