"""What an experiment needs before its first step: its rows as the model sees them, and its model.

Rows, and what models see of them, are kept, as they are asked for again and again: tasks on the
same rows share their arrays, whatever the loss.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property, partial
from typing import Any

import numpy as np

from lossviz.base.arrays import Array
from lossviz.base.cache import KEPT
from lossviz.engine.experiment import ROWS, Experiment
from lossviz.engine.sampling import Sample, generator, sample
from lossviz.engine.settings import CLEAN
from lossviz.engine.starts import RANDOM
from lossviz.items.datasets.table import holder
from lossviz.items.losses import LOSSES, Loss
from lossviz.items.losses.base import Learned
from lossviz.items.models import MODELS, Model
from lossviz.items.models.linear import from_units, in_units

SAMPLE = tuple(key for key in ROWS if key != "model")  # decide the rows
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
    given (P,): where descent begins, in its own coordinates, in place of what `init` says: of a
        start that rests on more than the experiment (`analysis.starts`); None where it does not.
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
    given: Array | None = None

    @classmethod
    def of(cls, experiment: Experiment) -> Task:
        return _build(experiment, _rows(experiment))

    @classmethod
    def on(cls, experiment: Experiment, data: Sample) -> Task:
        """The task of training as the experiment says on rows of one's own: what it says about
        data and outliers does not apply. The rows are not to change afterwards."""
        return _build(experiment, data)

    def take(self, rows: Array) -> Task:
        """The task on training rows of these numbers alone, scaled as before, and on no test rows:
        it holds on to none of the others."""
        none, data = np.empty(0, int), replace(self.sample.take(rows), weight_test=None)
        return replace(
            self,
            sample=replace(data, X_test=data.X_test[none], y_test=data.y_test[none]),
            features=self.features.take(rows, axis=1),
            y=self.y[rows],
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
        """The first parameters (P,), in the descent's coordinates. What is not given, though `init`
        asks for it, is what `auto` says."""
        return np.append(self._model_start, self.latents) if self.given is None else self.given

    @property
    def latents(self) -> Array:
        """Where what the loss learns starts (Q,): none where it learns nothing."""
        if self.learned is None:
            return np.empty(0)
        options = self.experiment.params_of("loss")
        return self.learned.latents(np.array([options[name] for name in self.learned.names]))

    @property
    def _model_start(self) -> Array:
        e, model, size = self.experiment, MODELS[self.experiment.model], self.weights
        options = e.params_of("model")
        how = model.usual_start(**options) if e.init in ("auto", CLEAN) else e.init
        if how == "zeros":
            return np.zeros(size)
        if how == "normal":
            return generator(e.seed, "init").normal(size=size)
        if how in RANDOM:
            return RANDOM[how](e.seed, self.layers)
        given = np.array([float(word) for word in how.split(",")])[:size]
        return self.from_units(np.pad(given, (0, size - len(given))))

    def from_units(self, theta: Array) -> Array:
        """The model's parameters (..., P) in the data's own units as those of the descent."""
        return self._first_layer(theta, lambda rows: from_units(rows, self.to_units))

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


def _rows(experiment: Experiment) -> Sample:
    """The experiment's rows, which all may share; of a held table they go with the table."""
    e = experiment.only(SAMPLE)
    table = holder(str(e.params_of("data").get("rows", "")))
    return KEPT.of(table, ("rows", e), lambda: _drawn(e))


def _drawn(experiment: Experiment) -> Sample:
    data = sample(experiment)
    for array in (data.X, data.y, data.is_outlier, data.X_test, data.y_test):
        _shared(array)
    return data


def _build(experiment: Experiment, data: Sample) -> Task:
    model, options = MODELS[experiment.model], experiment.params_of("model")
    key, loss = (model.name, tuple(options.items())), LOSSES[experiment.loss]
    # Apart, so that losses share what takes room; and both go when the rows do.
    features = KEPT.of(data, ("features", *key), lambda: _features(data, model, options))
    parts = KEPT.of(data, ("parts", *key, loss), lambda: _parts(data, loss, model, options))
    return Task(experiment, data, **features, **parts)


def _features(data: Sample, model: Model, options: Mapping[str, Any]) -> dict[str, Any]:
    def seen(X: Array) -> Array:
        scaled = X - data.center
        scaled /= data.scale  # in place: of very many rows each copy counts
        return _shared(model.function(scaled, **options))

    return {
        "features": seen(data.X),
        "features_test": seen(data.X_test),
        "to_units": model.units(data.center, data.scale, **options),
    }


def _parts(data: Sample, loss: Loss, model: Model, options: Mapping[str, Any]) -> dict[str, Any]:
    outputs, d = len(data.classes) if loss.task == "multiclass" else 0, data.X.shape[1]
    learned = () if loss.learned is None else loss.learned.names
    return {
        "y": _shared(loss.targets(data.y, outputs)),
        "y_test": _shared(loss.targets(data.y_test, outputs)),
        "outputs": outputs,
        "layers": model.layers(d, outputs, **options),
        "penalised": np.pad(model.penalised(d, outputs, **options), (0, len(learned))),
        "names": (
            *model.names(data.features, outputs, data.classes, **options),
            *(f"loss {name}" for name in learned),
        ),
    }


def _shared(array: Array) -> Array:
    array.setflags(write=False)  # the same one is handed out again
    return array
