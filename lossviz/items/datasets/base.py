"""What a dataset is: a function that draws rows, or reads them, plus what is known of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, NamedTuple

import numpy as np

from lossviz.base.arrays import Array
from lossviz.base.registry import Param, Registry

Rows = tuple[Array, Array]  # X (n, d), y (n,)
TEST_ROWS = 200


class Drawn(NamedTuple):
    """Rows that a dataset gives, before outliers are injected, and what their columns are called.

    X (n, d), y (n,): training rows; X_test, y_test: clean rows that training never sees.
    marked (n,): training rows that are known to be outliers.
    features, target: names with units, as on the axes; classes: the names of those in use.
    """

    X: Array
    y: Array
    X_test: Array
    y_test: Array
    marked: Array
    features: tuple[str, ...]
    target: str
    classes: tuple[str, ...]


class Size(NamedTuple):
    """How many training rows (at most), test rows, features, and classes (0 for numbers)."""

    rows: int
    tested: int
    features: int
    classes: int


@dataclass(frozen=True)
class Dataset:
    """A source of rows.

    function: as registered; its keyword arguments are `params`.
    draw: `(rng, fresh, params) -> Drawn`, from two independent generators: one for the training
        rows, one for the test rows.
    size: `(**params) -> Size`, known before anything is drawn.
    task: "regression", "binary" or "multiclass". Class targets are the floats 0.0 to K - 1.
    classes: the name of each class, () for regression; where there is a Param `classes`, that
        many of them are in use.
    truth: the noise-free target at X, `(X, **params) -> (n,)`, for synthetic regression data,
        where it is the median of the target given X (for counts: the mean); None for others.
    features, target: names with units, as on the axes. Of the user's own data these names and
        classes are those of the example that it starts with; each sample has its own.
    image: (rows, columns) where the features are the pixels of a picture, row by row; else None.
    notes: what the data are and what they teach; source: where they come from.
    standardise: whether descent needs the features scaled (real data in their own units).
    """

    name: str
    label: str
    params: tuple[Param, ...]
    function: Callable[..., Any]
    draw: Callable[[np.random.Generator, np.random.Generator, Mapping[str, Any]], Drawn]
    size: Callable[..., Size]
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
        def draw(rng: Any, fresh: Any, params: Mapping[str, Any]) -> Drawn:
            X, y = function(rng, **params)
            test = function(fresh, **{**params, "n": TEST_ROWS})
            used = classes[: params.get("classes", len(classes))]
            return Drawn(X, y, *test, np.zeros(len(y), bool), features, target, used)

        def size(*, n: int, **params: Any) -> Size:
            return Size(n, TEST_ROWS, len(features), params.get("classes", len(classes)))

        DATASETS.add(
            Dataset(
                name=name,
                label=label,
                params=params,
                function=function,
                draw=draw,
                size=size,
                task=task,
                classes=classes,
                truth=truth,
                features=features,
                target=target,
                image=None,
                notes=notes,
                source="drawn from the seed",
                standardise=standardise,
            )
        )
        return function

    return register


def frozen(array: Any) -> Array:
    """The array as read-only float64, since it is shared by all who ask."""
    array = np.array(array, float)
    array.flags.writeable = False
    return array


def held_out(
    rng: np.random.Generator,
    X: Array,
    y: Array,
    marked: Array,
    share: float,
    names: tuple[tuple[str, ...], str, tuple[str, ...]],
) -> Drawn:
    """Rows of which a share is held out for testing; never marked ones. With a share of 0 all that
    are not marked are tested on as they are."""
    clean = np.flatnonzero(~marked)
    held = round(share * len(clean))
    if held == 0:
        tested = clean if 0 < len(clean) < len(y) else slice(None)
        return Drawn(X, y, X[tested], y[tested], marked, *names)
    order = rng.permutation(clean)
    out = np.sort(order[:held])
    kept = np.delete(np.arange(len(y)), out)
    return Drawn(X[kept], y[kept], X[out], y[out], marked[kept], *names)


def sized(count: int, share: float, features: int, classes: int) -> Size:
    """The size of rows of which a share is held out."""
    return Size(count, round(share * count) or count, features, classes)


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
    count: int = 0,
) -> None:
    """Register rows of the real world, `rows() -> (X, y)`, all of them, in their own order; count:
    how many there are, where it takes scikit-learn to read them.

    A share `test` is held out for the test loss. It is 0 for the small classics, whose published
    fits use every row: there the test rows are the same rows, without injected outliers.
    """
    share = Param("test", test, 0.0, 0.5, "Held-out share", "Share of the rows kept for testing.")

    def function(rng: np.random.Generator, *, test: float) -> Drawn:
        X, y = rows()
        return held_out(rng, X, y, np.zeros(len(y), bool), test, (features, target, classes))

    def draw(rng: Any, fresh: Any, params: Mapping[str, Any]) -> Drawn:
        return function(rng, **params)

    def size(*, test: float) -> Size:
        return sized(count or len(rows()[1]), test, len(features), len(classes))

    DATASETS.add(
        Dataset(
            name=name,
            label=label,
            params=(share,),
            function=function,
            draw=draw,
            size=size,
            task=task,
            classes=classes,
            truth=None,
            features=features,
            target=target,
            image=image,
            notes=notes,
            source=source,
            standardise=standardise,
        )
    )
