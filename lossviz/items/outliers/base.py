"""What a kind of outliers is: a function that spoils some of the training rows."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from lossviz.base.arrays import Array
from lossviz.base.registry import Param, Registry


@dataclass(frozen=True)
class Outliers:
    """One way to spoil rows.

    task: what data it is made for: "regression", "multiclass" (all data with classes) or "any".
    function: `(rng, X, y, **params) -> (X, y, is_outlier (n,))`: new arrays of the same shapes,
        the clean ones untouched; a larger share spoils the same rows and more.
    notes: what it does to which loss (prose, shown to the user).
    """

    name: str
    label: str
    params: tuple[Param, ...]
    task: str
    function: Callable[..., tuple[Array, Array, Array]]
    notes: str


OUTLIERS: Registry[Outliers] = Registry("outlier kind")

Spoil = Callable[..., tuple[Array, Array, Array]]


def outliers(
    name: str, *, label: str, task: str, notes: str, params: tuple[Param, ...] = ()
) -> Callable[[Spoil], Spoil]:
    """Register the decorated function as a kind of outliers; see `Outliers`."""

    def register(function: Spoil) -> Spoil:
        OUTLIERS.add(
            Outliers(
                name=name, label=label, params=params, task=task, function=function, notes=notes
            )
        )
        return function

    return register


BLOB = 0.1  # width of a cluster, in standard deviations of the clean data


def share_param(default: float) -> Param:
    """The share of the rows that a kind spoils; never more than half of them."""
    return Param("share", default, 0.0, 0.49, "Share", "Share of the rows that are spoiled.")


def size_param(default: float, help: str) -> Param:
    """How far spoiled rows are moved, in the units that `help` says."""
    return Param("size", default, 0.5, 20.0, "Size", help)


def how_many(share: float, n: int) -> int:
    """How many of n rows to spoil: at least one if any, at most half."""
    return min(max(round(share * n), share > 0), n // 2)


def spread_of(column: Array) -> float:
    """The standard deviation, or 1 for a constant column, which has no scale of its own."""
    return float(np.std(column)) if np.ptp(column) > 0 else 1.0


def marked(rows: Array, n: int) -> Array:
    """The mask (n,) of these rows."""
    mask = np.zeros(n, bool)
    mask[rows] = True
    return mask


@outliers(
    "none",
    label="No outliers",
    task="any",
    notes="The rows as they are. The place to learn how the losses differ on clean data.",
)
def none(rng: np.random.Generator, X: Array, y: Array) -> tuple[Array, Array, Array]:
    """The rows unchanged."""
    return np.array(X, float), np.array(y, float), np.zeros(len(y), bool)
