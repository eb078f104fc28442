"""What an experiment needs before its first step: its rows as the model sees them, and its model.

Tasks are kept, as they are asked for again and again, so that runs on the same rows share arrays.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cached_property, partial
from typing import Any

import numpy as np

from lossviz.cache import weighed
from lossviz.experiment import ROWS, STARTS, Experiment
from lossviz.losses import LOSSES, Loss
from lossviz.losses.base import Learned
from lossviz.models import MODELS
from lossviz.models.linear import from_units, in_units
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
        to_units (d, 1 + degree, degree): for each row of the first layer, from the descent's
        parameters to parameters in the data's own units, as `models.linear.units` has it.
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

    def without_rows(self) -> Task:
        """The task of the same model on no rows at all, scaled as before."""
        none, data = np.empty(0, int), self.sample  # a slice would hold on to all of them
        return replace(
            self,
            sample=replace(data.take(none), X_test=data.X_test[none], y_test=data.y_test[none]),
            features=self.features[:, none],
            y=self.y[none],
            features_test=self.features_test[:, none],
            y_test=self.y_test[none],
        )

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
            path = self._first_layer(path, lambda rows: in_units(rows, self.to_units))
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
        return options if self.learned is None else options | self.learned.at(path)

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
        return self._first_layer(given, lambda rows: from_units(rows, self.to_units))

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
