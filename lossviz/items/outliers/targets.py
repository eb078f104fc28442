"""Outliers among numbers: wrong targets and far-out features for regression."""

from __future__ import annotations

import numpy as np

from lossviz.base.arrays import Array
from lossviz.base.registry import Param
from lossviz.items.outliers.base import (
    BLOB,
    how_many,
    marked,
    outliers,
    share_param,
    size_param,
    spread_of,
)


def _trend(X: Array, y: Array) -> float:
    """1 or -1: whether the least-squares fit of the clean rows rises along the first feature."""
    design = np.column_stack([np.ones(len(y)), X - X.mean(axis=0)])
    slope = np.linalg.lstsq(design, y, rcond=None)[0][1]
    return -1.0 if slope < 0 else 1.0


@outliers(
    "vertical",
    label="Vertical outliers",
    task="regression",
    params=(
        share_param(0.15),
        size_param(4.0, "How far y is moved, in standard deviations of the clean target."),
        Param(
            "direction",
            "up",
            label="Direction",
            help="Which way y is moved; both: in turn.",
            choices=("up", "down", "both"),
        ),
        Param(
            "where",
            "anywhere",
            label="Where",
            help="At which end of the first feature the spoiled rows lie.",
            choices=("anywhere", "left", "right"),
        ),
    ),
    notes=(
        "The target of some rows is wrong, as after a slip of the pen or a broken sensor; their x "
        "is right. Squared error pays the square of the distance and gives in: anywhere and up "
        "shifts the line, at one end tilts it. Absolute error and Huber pull with bounded force "
        "and move little; redescending losses hardly at all. Counts and positive targets may "
        "become fractions or negative."
    ),
)
def vertical(
    rng: np.random.Generator,
    X: Array,
    y: Array,
    *,
    share: float,
    size: float,
    direction: str,
    where: str,
) -> tuple[Array, Array, Array]:
    """Move y of some rows by `size` standard deviations of the clean y."""
    X, y = np.array(X, float), np.array(y, float)
    rows = _order(rng, X[:, 0], where)[: how_many(share, len(y))]
    signs = {"up": [1.0], "down": [-1.0], "both": [1.0, -1.0]}[direction]
    y[rows] += size * spread_of(y) * np.resize(signs, len(rows))
    return X, y, marked(rows, len(y))


def _order(rng: np.random.Generator, x: Array, where: str) -> Array:
    """In which order rows are spoiled: shuffled, or the third at one end shuffled, then inwards."""
    if where == "anywhere":
        return rng.permutation(len(x))
    inwards = np.argsort(x if where == "left" else -x, kind="stable")
    third = -(-len(x) // 3)
    return np.concatenate([rng.permutation(inwards[:third]), inwards[third:]])


@outliers(
    "leverage",
    label="Leverage points",
    task="regression",
    params=(
        share_param(0.05),
        size_param(4.0, "How far x and y are moved, in standard deviations of the clean columns."),
    ),
    notes=(
        "Rows moved far out along the first feature, and against the trend of the others: bad "
        "leverage points. Far from the centre a row has a long lever, so even a loss with bounded "
        "slope can be turned by a few of them, absolute error and Huber included; only "
        "redescending losses can let go, if they start well. (A good leverage point is as far "
        "out but on the line: it steadies the fit.)"
    ),
)
def leverage(
    rng: np.random.Generator, X: Array, y: Array, *, share: float, size: float
) -> tuple[Array, Array, Array]:
    """Move some rows by `size` standard deviations in x1, and as many in y against the trend."""
    X, y = np.array(X, float), np.array(y, float)
    rows = rng.permutation(len(y))[: how_many(share, len(y))]
    across, against = size * spread_of(X[:, 0]), -_trend(X, y) * size * spread_of(y)
    X[rows, 0] += across
    y[rows] += against
    return X, y, marked(rows, len(y))


@outliers(
    "cluster",
    label="Cluster of outliers",
    task="regression",
    params=(
        share_param(0.2),
        size_param(
            2.0,
            "How far its centre lies from the mean of the rows, in standard deviations "
            "of the clean columns, in the first feature and in y.",
        ),
    ),
    notes=(
        "Some rows come from another population: a tight blob to the right of the centre and "
        "against the trend. Clustered outliers agree with each other, so they draw the fit more "
        "than scattered ones, and a non-convex loss may have one minimum at the line and another "
        "through the blob: where it ends depends on where it starts."
    ),
)
def cluster(
    rng: np.random.Generator, X: Array, y: Array, *, share: float, size: float
) -> tuple[Array, Array, Array]:
    """Replace some rows by a blob, `size` standard deviations from the mean in x1 and in y."""
    X, y = np.array(X, float), np.array(y, float)
    n, d = X.shape
    rows = rng.permutation(n)[: how_many(share, n)]
    clean = np.column_stack([X, y])
    spread = np.array([spread_of(column) for column in clean.T])
    shift = np.zeros(d + 1)
    shift[0], shift[-1] = size, -_trend(X, y) * size
    # drawn for all rows, so that a larger share leaves the earlier rows where they were
    blob = clean.mean(axis=0) + spread * (shift + BLOB * rng.standard_normal((n, d + 1)))
    X[rows], y[rows] = blob[rows, :-1], blob[rows, -1]
    return X, y, marked(rows, n)
