"""The function that descent walks down: mean loss over rows plus penalty, for many runs at once.

    values (R,), gradients (R, P) = objective(theta (R, P))

A run's answer does not depend, to the last bit, on the runs stacked beside it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, partial
from typing import Any

import numpy as np

from lossviz.cache import weighed
from lossviz.experiment import ROWS, STARTS, Experiment, loss_of
from lossviz.losses import LOSSES, Loss
from lossviz.losses.base import Learned
from lossviz.models import MODELS
from lossviz.sampling import Sample, generator, sample

Array = np.ndarray
TASKS, MOST_BYTES = 32, 2**29  # that are kept: 100,000 rows of 20 features are 2**25 bytes
Forward = Callable[[Array, Array], tuple[Array, Callable[[Array], Array]]]


@dataclass(frozen=True, eq=False)
class Task:
    """What one experiment needs before its first step. Tasks with the same rows share arrays.

    features (D, n), features_test (D, m): the rows as the model sees them; y, y_test: targets as
        the loss takes them, (n,), or (n, K) where it takes rows of probabilities; outputs: K, or
        0 where the model gives one number a row.
    layers: the shapes (units, inputs) of the model's layers, the first of which sees features;
        to_units (D, D): for each row of the first layer, from the descent's parameters to
        parameters in the data's own units.
    penalised (P,): 1 where L1 and L2 apply; names (P): of the parameters. The model's come first;
        after them the latents of what the loss learns, if it learns.
    """

    experiment: Experiment
    sample: Sample
    features: Array
    y: Array
    features_test: Array
    y_test: Array
    outputs: int
    layers: tuple[tuple[int, int], ...]
    to_units: Array
    penalised: Array
    names: tuple[str, ...]

    @classmethod
    def of(cls, experiment: Experiment) -> Task:
        rows = _task(experiment.only(ROWS), LOSSES[experiment.loss])
        return replace(rows, experiment=experiment)

    @classmethod
    def on(cls, experiment: Experiment, data: Sample) -> Task:
        """The task of training as the experiment says on rows of one's own: what it says about
        data and outliers does not apply."""
        return _build(experiment, data, LOSSES[experiment.loss])

    @property
    def is_batched(self) -> bool:
        """Whether each update sees but some of the rows."""
        return 0 < self.experiment.batch < len(self.y)

    @property
    def is_linear(self) -> bool:
        """Whether each output is a sum of parameters times features."""
        return MODELS[self.experiment.model].linear

    @property
    def weights(self) -> int:
        """How many of the parameters are the model's."""
        return sum(units * inputs for units, inputs in self.layers)

    @property
    def learned(self) -> Learned | None:
        """What the loss learns of its own parameters, if it does."""
        return LOSSES[self.experiment.loss].learned

    @property
    def forward(self) -> Forward:
        """The model: `(theta (..., R, P), features) -> (z, backward)`, where backward gives the
        gradient in the model's parameters."""
        e = self.experiment
        model = partial(MODELS[e.model].forward, outputs=self.outputs, **e.params_of("model"))
        return model if self.learned is None else partial(_of_weights, model, self.weights)

    def in_units(self, path: Array) -> Array:
        """Parameters (..., P) of the descent as parameters in the data's own units, and what the
        loss learns as its own parameters."""
        if self.sample.is_scaled:
            path = self._first_layer(path, lambda rows: np.matvec(self.to_units, rows))
        return self.without_latents(path)

    def without_latents(self, path: Array) -> Array:
        """The same parameters (..., P), with those of the loss in place of their latents."""
        if self.learned is None:
            return path
        parameters, _ = self.learned.parameters(path[..., self.weights :])
        return np.concatenate([path[..., : self.weights], parameters], axis=-1)

    def loss_params(self, path: Array) -> dict[str, Any]:
        """The loss's parameters at parameters (..., P) of the descent: those that it learns as
        arrays (..., 1), to stand beside the rows."""
        options = self.experiment.params_of("loss")
        return options if self.learned is None else options | _learned_at(self.learned, path)

    @cached_property
    def start(self) -> Array:
        """The first parameters (P,), in the descent's coordinates."""
        if self.learned is None:
            return self._model_start
        options = self.experiment.params_of("loss")
        latents = self.learned.latents(np.array([options[name] for name in self.learned.names]))
        return np.concatenate([self._model_start, latents])

    @property
    def _model_start(self) -> Array:
        e, model, size = self.experiment, MODELS[self.experiment.model], self.weights
        options = e.params_of("model")
        how = model.usual_start(**options) if e.init == "auto" else e.init
        if how == "zeros":
            return np.zeros(size)
        if how == "normal":
            return generator(e.seed, "init").normal(size=size)
        if how in STARTS:
            draws = generator(e.seed, "init").normal(size=size)
            d = self.sample.X.shape[1]
            fan_in, fan_out, is_bias = model.fans(d, self.outputs, **options)
            # Glorot & Bengio (2010): variance 2 / (in + out). He et al. (2015): 2 / in.
            variance = 2.0 / (fan_in + fan_out if how == "xavier" else fan_in)
            return np.where(is_bias, 0.0, draws * np.sqrt(variance))
        given = np.array([float(word) for word in how.split(",")])[:size]
        given = np.pad(given, (0, size - len(given)))
        return self._first_layer(given, lambda rows: np.linalg.solve(self.to_units, rows.T).T)

    def _first_layer(self, theta: Array, change: Callable[[Array], Array]) -> Array:
        # Scaling the features is a linear map of each row of the first layer, and of nothing else.
        units, inputs = self.layers[0]
        first, rest = theta[..., : units * inputs], theta[..., units * inputs :]
        changed = change(first.reshape(*theta.shape[:-1], units, inputs))
        return np.concatenate([changed.reshape(first.shape), rest], axis=-1)


def _of_weights(
    forward: Forward, weights: int, theta: Array, features: Array
) -> tuple[Array, Callable[[Array], Array]]:
    """The forward pass of a model whose parameters are but the first of theta."""
    return forward(theta[..., :weights], features)


def _learned_at(learned: Learned, theta: Array) -> dict[str, Array]:
    parameters, _ = learned.parameters(theta[..., -len(learned.names) :])
    return {name: parameters[..., k, None] for k, name in enumerate(learned.names)}


def _build(experiment: Experiment, data: Sample, loss: Loss) -> Task:
    model, options = MODELS[experiment.model], experiment.params_of("model")
    d = data.X.shape[1]
    learned = () if loss.learned is None else loss.learned.names
    outputs = len(data.classes) if loss.task == "multiclass" else 0
    return Task(
        experiment,
        data,
        model.function((data.X - data.center) / data.scale, **options),
        loss.targets(data.y, outputs),
        model.function((data.X_test - data.center) / data.scale, **options),
        loss.targets(data.y_test, outputs),
        outputs,
        model.layers(d, outputs, **options),
        model.units(data.center, data.scale, **options),
        np.pad(model.penalised(d, outputs, **options), (0, len(learned))),
        (
            *model.names(data.features, outputs, data.classes, **options),
            *(f"loss {name}" for name in learned),
        ),
    )


def _weight(task: Task) -> int:
    arrays = task.features, task.features_test, task.sample.X, task.sample.X_test
    return sum(array.nbytes for array in arrays)


@weighed(TASKS, MOST_BYTES, _weight)
def _task(rows: Experiment, loss: Loss) -> Task:
    task = _build(rows, sample(rows), loss)
    arrays = (task.features, task.y, task.features_test, task.y_test)
    for array in (*arrays, *vars(task.sample).values()):
        if isinstance(array, np.ndarray):
            array.setflags(write=False)  # the cache hands out the same arrays again
    return task


@dataclass(frozen=True, eq=False)
class Objective:
    """The objectives of R runs that share a loss, a model and their numbers of rows.

    Arrays that all runs share have a first axis of 1: features (1 or R, D, n), y (1 or R, n[, K]),
    labels (1 or R, n): the targets themselves. Parameters of the loss are (R, 1); those that it
    learns stand in theta instead.
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
            kept = arrays[:1] if shared else arrays
            # Classes are last in shape and first in memory, as `one_hot` and models have them.
            return np.stack([array.T for array in kept]).mT if by_class else np.stack(kept)

        return cls(
            LOSSES[first.loss].function,
            tasks[0].learned,
            {
                name: value if isinstance(value, str) else column([o[name] for o in options])
                for name, value in options[0].items()
            },
            tasks[0].forward,
            stack([task.features for task in tasks]),
            stack([task.y for task in tasks], by_class=has_classes),
            stack([task.features_test for task in tasks]),
            stack([task.y_test for task in tasks], by_class=has_classes),
            stack([task.sample.y for task in tasks]),
            stack([task.sample.y_test for task in tasks]),
            tasks[0].outputs,
            np.stack([task.experiment.l1 * task.penalised for task in tasks]),
            np.stack([task.experiment.l2 * task.penalised for task in tasks]),
        )

    def __call__(self, theta: Array, rows: Array | None = None) -> tuple[Array, Array]:
        """Values (..., R) and gradients (..., R, P) at theta (..., R, P), on some or all rows."""
        return self.evaluate(theta, rows)[:2]

    def evaluate(self, theta: Array, rows: Array | None = None) -> tuple[Array, Array, Array]:
        """The same, and the raw predictions (..., R, n) or (..., R, n, K) on the way."""
        features, y = self.features, self.y
        if rows is not None:
            features, y = self._by_row.take(rows, axis=1).mT, y.take(rows, axis=1)
        z, backward = self.forward(theta, features)
        n, learned = y.shape[1], self.learned
        if learned is None:
            value, slope = self.loss(z, y, **self.params)
            gradients = backward(slope) / n
        else:
            value, slope, slopes = learned.function(z, y, **_learned_at(learned, theta))
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
        values, z = self._mean(theta, self.features, self.y)
        if self._is_penalised:
            values += self._penalty(theta)
        return values, z

    def test(self, theta: Array) -> tuple[Array, Array]:
        """The mean loss on the test rows (..., R), without penalty, and the raw predictions."""
        return self._mean(theta, self.features_test, self.y_test)

    def errors(self, z: Array, *, test: bool = False) -> Array:
        """The share of training or test rows (..., R) whose raw predictions are of another
        class."""
        labels = self.labels_test if test else self.labels
        return np.mean(classes_of(z, self.outputs) != labels, axis=-1)

    def take(self, runs: Array) -> Objective:
        """The objective of some of the runs."""

        def some(array: Array) -> Array:
            return array if len(array) == 1 else array[runs]

        return replace(
            self,
            params={
                name: value if isinstance(value, str) else value[runs]
                for name, value in self.params.items()
            },
            **{
                name: some(getattr(self, name))
                for name in ("features", "y", "features_test", "y_test", "labels", "labels_test")
            },
            l1=self.l1[runs],
            l2=self.l2[runs],
        )

    def _mean(self, theta: Array, features: Array, y: Array) -> tuple[Array, Array]:
        z, _ = self.forward(theta, features)
        value, _ = self.loss(z, y, **self._params_at(theta))
        return np.add.reduce(value, axis=-1) / y.shape[1], z

    def _params_at(self, theta: Array) -> Mapping[str, Array | str]:
        return self.params if self.learned is None else _learned_at(self.learned, theta)

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


def largest_rate(task: Task) -> float | None:
    """The rate below which gradient descent on all rows cannot overshoot for good: 2 over the
    largest curvature of the objective. None where the loss has kinks or no bound on its
    curvature, or the theory does not speak (other optimizers, batches, L1, networks, losses that
    learn)."""
    e = task.experiment
    bound = None if task.learned else loss_of(e).curvature
    if bound is None or e.optimizer != "gd" or e.l1 or task.is_batched or not task.is_linear:
        return None
    # Hessian <= sup l'' * (features features^T) / n + 2 l2, largest eigenvalue.
    hessian = bound(**e.params_of("loss")) * (task.features @ task.features.T) / len(task.y)
    # With several outputs the bound is that on all of them together, so one of them stands for all.
    penalty = 2 * e.l2 * task.penalised[: len(hessian)]
    largest = np.linalg.eigvalsh(hessian + np.diag(penalty))[-1]
    return float(2 / largest) if largest > 0 else None
