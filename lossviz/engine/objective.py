"""The function that descent walks down: mean loss over rows plus penalty, for many runs at once.

    values (R,), gradients (R, P) = objective(theta (R, P))

Where rows have weights the mean is weighted: a row of weight 2 counts as two rows. A batch of rows
gives the mean of weight times loss, the weights being 1 on average over all rows, not over each
batch: so the gradients of the batches still average to that of all rows.

A run's answer does not depend, to the last bit, on the runs stacked beside it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np

from lossviz.base.arrays import Array
from lossviz.engine.task import Forward, Task
from lossviz.items.losses import LOSSES
from lossviz.items.losses.base import Learned


@dataclass(frozen=True, eq=False)
class Objective:
    """The objectives of R runs that share a loss, a model and their numbers of rows.

    Arrays that all runs share have a first axis of 1: features (1 or R, D, n), y (1 or R, n[, K]),
    labels (1 or R, n): the targets themselves. weight (1 or R, n): of the rows, 1 on average; None
    where all count alike. Parameters of the loss are (R, 1); those that it learns stand in theta
    instead.
    """

    loss: Callable[..., tuple[Array, Array]]
    learned: Learned | None
    params: dict[str, Array | str]
    forward: Forward
    features: Array
    y: Array
    features_test: Array
    y_test: Array
    labels: Array
    labels_test: Array
    weight: Array | None
    weight_test: Array | None
    outputs: int
    l1: Array
    l2: Array

    @classmethod
    def of(cls, tasks: Sequence[Task]) -> Objective:
        """Stacked from tasks of one loss, one model and equal shapes."""
        first, has_classes = tasks[0].experiment, tasks[0].outputs > 0

        options = [task.experiment.params_of("loss") for task in tasks]

        def column(values: Sequence[Any]) -> Array:
            return np.array(values, float)[:, None]

        def stack(arrays: Sequence[Array], *, by_class: bool = False) -> Array:
            shared = all(array is arrays[0] for array in arrays)
            if shared and not by_class:  # no copy: they may be many rows
                return np.ascontiguousarray(arrays[0])[None]
            kept = arrays[:1] if shared else arrays
            if len(kept) == 1 and not by_class:  # as it stands, since it may be large
                return np.ascontiguousarray(kept[0])[None]
            # Classes are last in shape and first in memory, as `one_hot` and models have them.
            if by_class:
                return np.stack([array.T for array in kept]).mT
            # In the order that a single one has: a sum in another differs in its last bit.
            return np.ascontiguousarray(np.stack(kept))

        def weights(of: Sequence[Array | None], y: Sequence[Array]) -> Array | None:
            if all(weight is None for weight in of):
                return None
            # Weights of 1 beside others change no bit.
            ones = [np.ones(len(each)) for each in y]
            return stack([b if a is None else a for a, b in zip(of, ones, strict=True)])

        samples = [task.sample for task in tasks]
        return cls(
            loss=LOSSES[first.loss].function,
            learned=tasks[0].learned,
            params={
                name: value if isinstance(value, str) else column([o[name] for o in options])
                for name, value in options[0].items()
            },
            forward=tasks[0].forward,
            features=stack([task.features for task in tasks]),
            y=stack([task.y for task in tasks], by_class=has_classes),
            features_test=stack([task.features_test for task in tasks]),
            y_test=stack([task.y_test for task in tasks], by_class=has_classes),
            labels=stack([each.y for each in samples]),
            labels_test=stack([each.y_test for each in samples]),
            weight=weights([each.weight for each in samples], [each.y for each in samples]),
            weight_test=weights(
                [each.weight_test for each in samples], [each.y_test for each in samples]
            ),
            outputs=tasks[0].outputs,
            l1=np.stack([task.experiment.l1 * task.penalised for task in tasks]),
            l2=np.stack([task.experiment.l2 * task.penalised for task in tasks]),
        )

    def __call__(self, theta: Array, rows: Array | None = None) -> tuple[Array, Array]:
        """Values (..., R) and gradients (..., R, P) at theta (..., R, P), on some or all rows."""
        return self.evaluate(theta, rows)[:2]

    def evaluate(self, theta: Array, rows: Array | None = None) -> tuple[Array, Array, Array]:
        """The same, and the raw predictions (..., R, n) or (..., R, n, K) on the way."""
        features, y, weight = self.features, self.y, self.weight
        if rows is not None:
            features, y = self._by_row.take(rows, axis=1).mT, y.take(rows, axis=1)
            weight = None if weight is None else weight.take(rows, axis=1)
        z, backward = self.forward(theta, features)
        n, learned = y.shape[1], self.learned
        if learned is None:
            value, slope = self.loss(z, y, **self.params)
            if weight is not None:
                value, slope = value * weight, self._weighted(slope, weight)
            gradients = backward(slope) / n
        else:
            value, slope, slopes = learned.function(z, y, **learned.at(theta))
            if weight is not None:
                value, slope = value * weight, self._weighted(slope, weight)
                slopes = [each * weight for each in slopes]
            means = np.stack([np.add.reduce(each, axis=-1) / n for each in slopes], axis=-1)
            _, bends = learned.parameters(theta[..., -len(slopes) :])
            gradients = np.concatenate([backward(slope) / n, means * bends], axis=-1)
        values = np.add.reduce(value, axis=-1) / n
        if self._is_penalised:
            # The slope of |w| at 0 is taken as 0.
            values += self._penalty(theta)
            gradients += self.l1 * np.sign(theta) + 2 * self.l2 * theta
        return values, gradients, z

    def values(self, theta: Array) -> Array:
        """The training objective (..., R) alone."""
        return self.train(theta)[0]

    def train(self, theta: Array) -> tuple[Array, Array]:
        """The training objective (..., R), and the raw predictions on the way."""
        values, z = self._mean(theta, self.features, self.y, self.weight)
        if self._is_penalised:
            values += self._penalty(theta)
        return values, z

    def test(self, theta: Array) -> tuple[Array, Array]:
        """The mean loss on the test rows (..., R), without penalty, and the raw predictions."""
        return self._mean(theta, self.features_test, self.y_test, self.weight_test)

    def errors(self, z: Array, *, test: bool = False) -> Array:
        """The share of training or test rows (..., R), by their weight, whose raw predictions are
        of another class."""
        labels, weight = self.labels, self.weight
        if test:
            labels, weight = self.labels_test, self.weight_test
        is_wrong = classes_of(z, self.outputs) != labels
        if weight is None:  # what `mean` would give, in half the time
            return np.add.reduce(is_wrong, axis=-1, dtype=float) / is_wrong.shape[-1]
        return np.mean(is_wrong * weight, axis=-1)

    def take(self, runs: Array) -> Objective:
        """The objective of some of the runs."""

        def some(array: Array | None) -> Array | None:
            return array if array is None or len(array) == 1 else array[runs]

        shared = ("features", "y", "features_test", "y_test", "labels", "labels_test")

        return replace(
            self,
            params={
                name: value if isinstance(value, str) else value[runs]
                for name, value in self.params.items()
            },
            **{name: some(getattr(self, name)) for name in (*shared, "weight", "weight_test")},
            l1=self.l1[runs],
            l2=self.l2[runs],
        )

    def _mean(
        self, theta: Array, features: Array, y: Array, weight: Array | None
    ) -> tuple[Array, Array]:
        z, _ = self.forward(theta, features)
        value, _ = self.loss(z, y, **self._params_at(theta))
        if weight is not None:
            value = value * weight
        return np.add.reduce(value, axis=-1) / y.shape[1], z

    def _weighted(self, slope: Array, weight: Array) -> Array:
        # Classes are last in shape and first in memory: so the product keeps them.
        return (slope.mT * weight[..., None, :]).mT if self.outputs else slope * weight

    def _params_at(self, theta: Array) -> Mapping[str, Array | str]:
        return self.params if self.learned is None else self.learned.at(theta)

    def _penalty(self, theta: Array) -> Array:
        # l1 sum |w| + l2 sum w^2
        return np.add.reduce(self.l1 * np.abs(theta) + self.l2 * theta * theta, axis=-1)

    @cached_property
    def _by_row(self) -> Array:
        # Rows that lie together are picked fifty times as fast as columns.
        return np.ascontiguousarray(self.features.mT)

    @cached_property
    def _is_penalised(self) -> bool:
        return bool(self.l1.any() or self.l2.any())


def classes_of(z: Array, outputs: int) -> Array:
    """The class of each raw prediction z (..., n) or, with outputs, (..., n, K)."""
    return z.argmax(axis=-1) if outputs else (z > 0).astype(int)
