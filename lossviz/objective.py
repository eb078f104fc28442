"""The function that descent walks down: mean loss over rows plus penalty, for many runs at once.

    values (R,), gradients (R, P) = objective(theta (R, P))

A run's answer does not depend, to the last bit, on the runs stacked beside it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache
from typing import Any

import numpy as np

from lossviz.datasets import DATASETS
from lossviz.experiment import ROWS, Experiment
from lossviz.losses import LOSSES
from lossviz.models import MODELS
from lossviz.sampling import Sample, generator, sample

Array = np.ndarray


@dataclass(frozen=True, eq=False)
class Task:
    """What one experiment needs before its first step. Tasks with the same rows share arrays.

    features (P, n), features_test (P, m): the rows as the model sees them; y, y_test: targets
        inside the loss's domain; to_units (P, P): from the descent's parameters to parameters in
        the data's own units; penalised (P,): 1 where L1 and L2 apply; names: of the parameters.
    """

    experiment: Experiment
    sample: Sample
    features: Array
    y: Array
    features_test: Array
    y_test: Array
    to_units: Array
    penalised: Array
    names: tuple[str, ...]

    @classmethod
    def of(cls, experiment: Experiment) -> Task:
        rows = _task(experiment.only(ROWS), LOSSES[experiment.loss].domain)
        return replace(rows, experiment=experiment)

    @classmethod
    def on(cls, experiment: Experiment, data: Sample, features: tuple[str, ...]) -> Task:
        """The task of training as the experiment says on rows of one's own: what it says about
        data and outliers does not apply. `features` are the columns' names."""
        return _build(experiment, data, features, LOSSES[experiment.loss].domain)

    @property
    def is_batched(self) -> bool:
        """Whether each update sees but some of the rows."""
        return 0 < self.experiment.batch < len(self.y)

    @cached_property
    def start(self) -> Array:
        """The first parameters (P,), in the descent's coordinates."""
        e, size = self.experiment, len(self.to_units)
        if e.init == "zeros":
            return np.zeros(size)
        if e.init == "normal":
            return generator(e.seed, "init").normal(size=size)
        given = np.array([float(word) for word in e.init.split(",")])[:size]
        return np.linalg.solve(self.to_units, np.pad(given, (0, size - len(given))))


def _build(
    experiment: Experiment, data: Sample, features: tuple[str, ...], domain: tuple[float, float]
) -> Task:
    model, options = MODELS[experiment.model], experiment.params_of("model")
    return Task(
        experiment,
        data,
        model.function((data.X - data.center) / data.scale, **options),
        np.clip(data.y, *domain),
        model.function((data.X_test - data.center) / data.scale, **options),
        np.clip(data.y_test, *domain),
        model.units(data.center, data.scale, **options),
        model.penalised(data.X.shape[1], **options),
        model.names(features, **options),
    )


@lru_cache(maxsize=32)
def _task(rows: Experiment, domain: tuple[float, float]) -> Task:
    task = _build(rows, sample(rows), DATASETS[rows.data].features, domain)
    arrays = task.features, task.y, task.features_test, task.y_test, *vars(task.sample).values()
    for array in arrays:
        array.setflags(write=False)  # the cache hands out the same arrays again
    return task


@dataclass(frozen=True, eq=False)
class Objective:
    """The objectives of R runs that share a loss, a model and their numbers of rows.

    Arrays that all runs share have a first axis of 1. Parameters of the loss are (R, 1).
    """

    loss: Callable[..., tuple[Array, Array]]
    params: dict[str, Array]
    forward: Callable[[Array, Array], tuple[Array, Callable[[Array], Array]]]
    features: Array
    y: Array
    features_test: Array
    y_test: Array
    l1: Array
    l2: Array

    @classmethod
    def of(cls, tasks: Sequence[Task]) -> Objective:
        """Stacked from tasks of one loss, one model and equal shapes."""
        first = tasks[0].experiment

        def column(values: Sequence[Any]) -> Array:
            return np.array(values, float)[:, None]

        def stack(arrays: Sequence[Array]) -> Array:
            shared = all(array is arrays[0] for array in arrays)
            return np.stack(arrays[:1] if shared else arrays)

        return cls(
            LOSSES[first.loss].function,
            {
                name: column([task.experiment.params_of("loss")[name] for task in tasks])
                for name in first.params_of("loss")
            },
            MODELS[first.model].forward,
            stack([task.features for task in tasks]),
            stack([task.y for task in tasks]),
            stack([task.features_test for task in tasks]),
            stack([task.y_test for task in tasks]),
            np.stack([task.experiment.l1 * task.penalised for task in tasks]),
            np.stack([task.experiment.l2 * task.penalised for task in tasks]),
        )

    def __call__(self, theta: Array, rows: Array | None = None) -> tuple[Array, Array]:
        """Values (..., R) and gradients (..., R, P) at theta (..., R, P), on some or all rows."""
        features, y = self.features, self.y
        if rows is not None:
            features, y = features.take(rows, axis=-1), y.take(rows, axis=-1)
        z, backward = self.forward(theta, features)
        value, slope = self.loss(z, y, **self.params)
        n = y.shape[-1]
        values, gradients = np.add.reduce(value, axis=-1) / n, backward(slope) / n
        if self._is_penalised:
            # The slope of |w| at 0 is taken as 0.
            values += self._penalty(theta)
            gradients += self.l1 * np.sign(theta) + 2 * self.l2 * theta
        return values, gradients

    def values(self, theta: Array) -> Array:
        """The training objective (..., R) alone."""
        values = self._mean(theta, self.features, self.y)
        if self._is_penalised:
            values += self._penalty(theta)
        return values

    def test(self, theta: Array) -> Array:
        """The mean loss on the test rows (..., R), without penalty."""
        return self._mean(theta, self.features_test, self.y_test)

    def take(self, runs: Array) -> Objective:
        """The objective of some of the runs."""

        def some(array: Array) -> Array:
            return array if len(array) == 1 else array[runs]

        return replace(
            self,
            params={name: values[runs] for name, values in self.params.items()},
            **{
                name: some(getattr(self, name))
                for name in ("features", "y", "features_test", "y_test")
            },
            l1=self.l1[runs],
            l2=self.l2[runs],
        )

    def _mean(self, theta: Array, features: Array, y: Array) -> Array:
        z, _ = self.forward(theta, features)
        value, _ = self.loss(z, y, **self.params)
        return np.add.reduce(value, axis=-1) / y.shape[-1]

    def _penalty(self, theta: Array) -> Array:
        # l1 sum |w| + l2 sum w^2
        return np.add.reduce(self.l1 * np.abs(theta) + self.l2 * theta * theta, axis=-1)

    @cached_property
    def _is_penalised(self) -> bool:
        return bool(self.l1.any() or self.l2.any())


def largest_rate(task: Task) -> float | None:
    """The rate below which gradient descent on all rows cannot overshoot for good: 2 over the
    largest curvature of the objective. None where the loss has kinks or no bound on its
    curvature, or the theory does not speak (other optimizers, batches, L1)."""
    e = task.experiment
    bound = LOSSES[e.loss].curvature
    if bound is None or e.optimizer != "gd" or e.l1 or task.is_batched:
        return None
    # Hessian <= sup l'' * (features features^T) / n + 2 l2, largest eigenvalue.
    hessian = bound(**e.params_of("loss")) * (task.features @ task.features.T) / len(task.y)
    largest = np.linalg.eigvalsh(hessian + 2 * e.l2 * np.diag(task.penalised))[-1]
    return float(2 / largest) if largest > 0 else None
