"""The rows that an experiment trains and is tested on."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from lossviz.base.arrays import Array
from lossviz.engine.experiment import Experiment
from lossviz.items.datasets import DATASETS
from lossviz.items.outliers import OUTLIERS


@dataclass(frozen=True, eq=False)
class Sample:
    """Rows in the data's own units.

    X (n, d), y (n,): training rows, outliers injected; is_outlier (n,) marks those.
    X_test, y_test: clean rows, a fresh draw or a held-out part.
    classes: their names, K of them, where the targets are classes 0..K-1; else ().
    features, target: what the columns are called.
    center, scale (d,): descent sees the features as (x - center) / scale; 0 and 1 where nothing
        is scaled. They come from the rows before outliers were injected.
    weight (n,), weight_test: how much each row counts, 1 on average (`weights_of`); None where
        all count alike.
    """

    X: Array
    y: Array
    is_outlier: Array
    X_test: Array
    y_test: Array
    center: Array
    scale: Array
    classes: tuple[str, ...] = ()
    features: tuple[str, ...] = ("x",)
    target: str = "y"
    weight: Array | None = None
    weight_test: Array | None = None

    def take(self, rows: Array) -> Sample:
        """The sample with some of its training rows, scaled and tested as before."""
        weight = None if self.weight is None else self.weight[rows]
        return replace(
            self, X=self.X[rows], y=self.y[rows], is_outlier=self.is_outlier[rows], weight=weight
        )

    @property
    def is_scaled(self) -> bool:
        """Whether descent sees other features than the reader."""
        return bool(np.any(self.center != 0) or np.any(self.scale != 1))


def generator(seed: int, purpose: str) -> np.random.Generator:
    """The random stream for one purpose: no purpose's draws depend on another's."""
    return np.random.default_rng([seed, *purpose.encode()])


def batches(seed: int, n: int, size: int) -> Iterator[Array]:
    """The row numbers of each mini-batch, epoch after shuffled epoch."""
    rng = generator(seed, "batches")
    queue = np.empty(0, int)
    while True:
        if len(queue) < size:
            queue = np.concatenate([queue, rng.permutation(n)])
        yield queue[:size]
        queue = queue[size:]


def center_and_scale(X: Array, is_scaled: bool, weight: Array | None = None) -> tuple[Array, Array]:
    """Means and standard deviations (d,) of the columns, 1 for constant ones; or zeros and ones.
    Weights (n,) count rows as often as they say."""
    if not is_scaled:
        return np.zeros(X.shape[1]), np.ones(X.shape[1])
    center = np.average(X, axis=0, weights=weight)
    if weight is None:
        deviation = X.std(axis=0)
    else:
        deviation = np.sqrt(np.average(np.square(X - center), axis=0, weights=weight))
    # Rounding gives a constant column a deviation just above 0, so it is told by its range.
    return center, np.where(np.ptp(X, axis=0) > 0, deviation, 1.0)


def sample(experiment: Experiment) -> Sample:
    """The experiment's rows: the same for every experiment that differs only in how it trains."""
    e = experiment
    dataset = DATASETS[e.data]
    drawn = dataset.draw(generator(e.seed, "data"), generator(e.seed, "test"), e.params_of("data"))
    is_scaled = e.scaling == "standard" or (e.scaling == "auto" and dataset.standardise)
    center, scale = center_and_scale(drawn.X, is_scaled)
    rng = generator(e.seed, f"outliers {e.outlier_seed}")
    spoil = OUTLIERS[e.outliers].function
    X, y, is_spoiled = spoil(rng, drawn.X, drawn.y, **e.params_of("outliers"))
    return Sample(
        X=X,
        y=y,
        is_outlier=is_spoiled | drawn.marked,
        X_test=drawn.X_test,
        y_test=drawn.y_test,
        center=center,
        scale=scale,
        classes=drawn.classes,
        features=drawn.features,
        target=drawn.target,
    )
