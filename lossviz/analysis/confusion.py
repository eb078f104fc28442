"""Counts of rows by true and by predicted class, and the rates made of them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from lossviz.base.arrays import Array


def confusions(labels: Array, predicted: Array, classes: int) -> Array:
    """How many rows of each class are put into each: (F', K, K) for labels (n,) and predicted
    (F', n), both 0..K-1."""
    frames = np.arange(len(predicted))[:, None]
    cells = (frames * classes + labels) * classes + predicted
    counts = np.bincount(cells.ravel(), minlength=len(predicted) * classes**2)
    return counts.reshape(len(predicted), classes, classes)


def binary(confusion: Array) -> dict[str, Array]:
    """The rates (F',) of two classes' counts (F', 2, 2)."""
    rates = _each(confusion)
    recalls = rates["recall"]
    return {
        **{name: values[:, 1] for name, values in rates.items()},
        "accuracy": _accuracy(confusion),
        "balanced_accuracy": mean(recalls.T),
    }


def macro(confusion: Array) -> dict[str, Array]:
    """The rates (F',) of several classes' counts (F', K, K): means over the classes that are seen,
    in truth or in the predictions. As in scikit-learn a class that is never predicted has
    precision 0; and balanced accuracy is over the classes of the rows alone."""
    rates = _each(confusion)
    is_seen = (confusion.sum(axis=1) + confusion.sum(axis=2)) > 0
    means = {
        name: mean(np.where(is_seen, np.nan_to_num(values), np.nan).T)
        for name, values in rates.items()
    }
    balanced = mean(rates["recall"].T)
    return {**means, "accuracy": _accuracy(confusion), "balanced_accuracy": balanced}


def _each(confusion: Array) -> dict[str, Array]:
    """The rates (F', K) of every class against the rest."""
    right = np.diagonal(confusion, axis1=1, axis2=2)
    missed, called = confusion.sum(axis=2) - right, confusion.sum(axis=1) - right
    rest = confusion.sum(axis=(1, 2))[:, None] - right - missed - called
    return {
        "precision": ratio(right, right + called),
        "recall": ratio(right, right + missed),
        "specificity": ratio(rest, rest + called),
        "f1": ratio(2 * right, 2 * right + missed + called),
    }


def _accuracy(confusion: Array) -> Array:
    return ratio(np.trace(confusion, axis1=1, axis2=2), confusion.sum(axis=(1, 2)))


def ratio(part: Array, whole: Array) -> Array:
    """part / whole, NaN where the whole is 0."""
    part, whole = np.broadcast_arrays(np.asarray(part, float), whole)
    return np.divide(part, whole, out=np.full(part.shape, np.nan), where=whole != 0)


def mean(rows: Sequence[Array] | Array) -> Array:
    """The mean over the first axis of what is known; NaN where nothing is."""
    values = np.asarray(rows, float)
    known = np.isfinite(values)
    return ratio(np.where(known, values, 0.0).sum(axis=0), known.sum(axis=0))
