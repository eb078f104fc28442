"""Outliers among classes: wrong labels, near and far. With one class only nothing is spoiled."""

from __future__ import annotations

import numpy as np

from lossviz.base.arrays import Array
from lossviz.items.outliers.base import (
    BLOB,
    how_many,
    marked,
    none,
    outliers,
    share_param,
    size_param,
    spread_of,
)


def _way(X: Array, start: Array, end: Array) -> Array:
    """One standard deviation of the rows along the line from start (d,) to end (d,), as (d,).

    Features are compared in their own standard deviations. Where the points coincide, the way
    is along the first feature.
    """
    spread = np.array([spread_of(column) for column in X.T])
    line = (end - start) / spread
    if not line.any():
        line[0] = 1.0
    line /= np.linalg.norm(line)
    return spread_of((X - X.mean(axis=0)) / spread @ line) * line * spread


@outliers(
    "label_flips",
    label="Label flips (label noise)",
    task="multiclass",
    params=(share_param(0.1),),
    notes=(
        "Some rows bear the label of another class, any other with the same chance, wherever they "
        "lie: a tired annotator, a wrong tick in a form. Deep inside a class a flipped row has a "
        "large negative margin. Log loss and hinge answer with a bounded pull, which many flips "
        "can still add up to; the exponential loss gives such rows enormous weight; the savage "
        "loss and Brier score let go of them."
    ),
)
def label_flips(
    rng: np.random.Generator, X: Array, y: Array, *, share: float
) -> tuple[Array, Array, Array]:
    """Give some rows the label of another class that is present."""
    classes, index = np.unique(y, return_inverse=True)
    if len(classes) < 2:
        return none(rng, X, y)
    X, y = np.array(X, float), np.array(y, float)
    rows, other = _into_other_classes(rng, index, len(classes), share)
    y[rows] = classes[other[rows]]
    return X, y, marked(rows, len(y))


def _into_other_classes(
    rng: np.random.Generator, index: Array, classes: int, share: float
) -> tuple[Array, Array]:
    """Which rows change their class, and for all rows (n,), of the classes `index`, into which."""
    n = len(index)
    rows = rng.permutation(n)[: how_many(share, n)]
    # Drawn for all rows, so that shares are nested.
    return rows, (index + rng.integers(1, classes, n)) % classes


@outliers(
    "mislabelled",
    label="Far mislabelled points",
    task="multiclass",
    params=(
        share_param(0.05),
        size_param(
            3.0,
            "How far beyond the mean of the other class, in standard deviations of "
            "the clean rows along the line between the two means.",
        ),
    ),
    notes=(
        "Some rows keep their label but are moved onto another class and beyond it, along the "
        "line between the means of the two: the leverage points of classification. Their margins "
        "are as negative as margins get. The hinge and log loss pull on them with full force and "
        "with a long lever, the exponential loss minds little else, and only losses whose slope "
        "fades at large negative margins ignore them. Where the class means coincide, as with "
        "circles, they are only far out. Features may leave their natural range."
    ),
)
def mislabelled(
    rng: np.random.Generator, X: Array, y: Array, *, share: float, size: float
) -> tuple[Array, Array, Array]:
    """Move some rows from their class to another and `size` standard deviations beyond."""
    classes, index = np.unique(y, return_inverse=True)
    if len(classes) < 2:
        return none(rng, X, y)
    X, y = np.array(X, float), np.array(y, float)
    rows, other = _into_other_classes(rng, index, len(classes), share)
    means = [X[index == k].mean(axis=0) for k in range(len(classes))]
    moves = np.zeros_like(X)
    for own, far in set(zip(index[rows].tolist(), other[rows].tolist(), strict=True)):
        move = means[far] - means[own] + size * _way(X, means[own], means[far])
        moves[(index == own) & (other == far)] = move
    X[rows] += moves[rows]
    return X, y, marked(rows, len(y))


@outliers(
    "wrong_cluster",
    label="Cluster of the wrong class",
    task="multiclass",
    params=(
        share_param(0.1),
        size_param(
            1.0,
            "How far its centre lies beyond the mean of the other class, in standard "
            "deviations of the clean rows along the line between the two means.",
        ),
    ),
    notes=(
        "Some rows are replaced by a tight blob that bears the label of one class and lies deep "
        "in the territory of another: a duplicated error, or a poisoned training set. The rows "
        "of the blob agree with each other, so they act as one heavy point. A linear model "
        "shifts or turns its boundary towards them; a flexible one gives them an island of their "
        "own, which clean test rows then pay for. The seed of the outliers chooses the classes."
    ),
)
def wrong_cluster(
    rng: np.random.Generator, X: Array, y: Array, *, share: float, size: float
) -> tuple[Array, Array, Array]:
    """Replace some rows by a blob of one class, `size` standard deviations behind another."""
    classes = np.unique(y)
    if len(classes) < 2:
        return none(rng, X, y)
    X, y = np.array(X, float), np.array(y, float)
    n, d = X.shape
    rows = rng.permutation(n)[: how_many(share, n)]
    label, place = rng.permutation(classes)[:2]
    start, end = (X[y == k].mean(axis=0) for k in (label, place))
    centre = end + size * _way(X, start, end)
    spread = np.array([spread_of(column) for column in X.T])
    blob = centre + BLOB * spread * rng.standard_normal((n, d))  # for all rows, as above
    X[rows], y[rows] = blob[rows], label
    return X, y, marked(rows, n)
