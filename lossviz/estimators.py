"""Scikit-learn estimators over the same engine.

    from lossviz import GradientDescentClassifier, GradientDescentRegressor

    model = GradientDescentRegressor(loss="huber", loss_params={"delta": 1.35}).fit(X, y)
    model.coef_, model.intercept_, model.loss_curve_, model.run_.status

    network = GradientDescentClassifier(model="mlp", optimizer="adam", lr=0.01).fit(X, labels)
    network.predict_proba(X), network.coefs_
"""

from __future__ import annotations

import math
import warnings
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from sklearn.base import BaseEstimator, ClassifierMixin, RegressorMixin
from sklearn.exceptions import ConvergenceWarning
from sklearn.utils import check_random_state
from sklearn.utils.metaestimators import available_if
from sklearn.utils.multiclass import check_classification_targets
from sklearn.utils.validation import check_is_fitted, validate_data

from lossviz.experiment import SUITS, USUAL, Experiment
from lossviz.losses import LOSSES
from lossviz.models import MODELS
from lossviz.models.base import split
from lossviz.objective import classes_of
from lossviz.sampling import Sample, center_and_scale, generator
from lossviz.task import Task
from lossviz.training import Run, train

Array = np.ndarray
# An Experiment is checked against its data, so it names some whose targets are of the same kind;
# `Task.on` puts the rows given in their place, and nothing of these is read.
STAND_INS = {"regression": "line", "binary": "moons", "multiclass": "blobs"}
PARAMETERS = ("coef_", "intercept_", "coefs_", "intercepts_")


@dataclass(eq=False, repr=False)
class _Settings(BaseEstimator):
    """The settings that both estimators have. A dataclass, as scikit-learn asks for an `__init__`
    that names each and does nothing else."""

    loss: str = "auto"
    loss_params: Mapping[str, Any] | None = None
    model: str = "linear"
    model_params: Mapping[str, Any] | None = None
    optimizer: str = "gd"
    optimizer_params: Mapping[str, Any] | None = None
    schedule: str = "constant"
    schedule_params: Mapping[str, Any] | None = None
    lr: float = 0.1
    steps: int = 1000
    batch: int = 0
    l1: float = 0.0
    l2: float = 0.0
    patience: int = 0
    validation_fraction: float = 0.1
    init: str = "auto"
    scaling: str = "standard"
    random_state: int | np.random.RandomState | None = 0
    run_: Run = field(init=False)  # what `fit` gave


@dataclass(eq=False, repr=False)
class GradientDescentRegressor(RegressorMixin, _Settings):
    """A model fitted by gradient descent under any regression loss of `lossviz.LOSSES`.

    loss, model, optimizer, schedule: names in the registries; each `..._params` is a mapping of
        that item's own parameters, such as {"delta": 0.5}. The loss "auto" is squared_error.
    lr, steps, batch (rows for each update; 0 takes all), l1, l2 (not on the intercept), init
        ("auto", which is zeros but for networks, "zeros", "normal", "xavier", "he", or values with
        commas, intercept first, in the data's units).
    patience: above 0, a share `validation_fraction` of the rows is held out, and descent ends
        after so many steps without a lower loss on it; the parameters are then those of the kept
        frame of `run_` where that loss was lowest.
    scaling: "standard" descends on standardised features, where one rate suits all of them and
        the penalties weigh all alike; "none" takes them as they are.
    random_state: of the start, the batches and the rows held out.

    After `fit`: in the data's units coef_ (P-1,) and intercept_ or, of a network, coefs_ (inputs,
    units) and intercepts_ (units,) layer by layer; theta_ (P,), all of these in one row;
    loss_params_, the loss's parameters, what it learns as it is at the end; loss_curve_ (steps+1,),
    run_ (a `lossviz.Run`; its experiment says how it was trained, and it holds none of these rows),
    n_iter_, n_features_in_. A fit that diverges warns with ConvergenceWarning and stays at its last
    finite point. An unknown name raises KeyError, a bad value ValueError.
    """

    loss: str = "huber"

    def fit(self, X: Any, y: Any) -> GradientDescentRegressor:
        """Fit to X (n, d) and y (n,)."""
        X, y = validate_data(self, X, y, y_numeric=True, dtype=np.float64)
        matrices = _train(self, X, np.asarray(y, float))
        if len(matrices) == 1:
            self.intercept_, self.coef_ = float(matrices[0][0, 0]), matrices[0][0, 1:].copy()
        return self

    def predict(self, X: Any) -> Array:
        """The predicted targets (n,) at X (n, d), in the target's units."""
        z = _raw(self, X)
        return LOSSES[self.run_.experiment.loss].inverse_link(z)


def _estimates_probabilities(estimator: GradientDescentClassifier) -> bool:
    # After a fit the loss fitted counts, whatever has been set since. An unknown one is for `fit`
    # to refuse.
    name = estimator.run_.experiment.loss if hasattr(estimator, "run_") else estimator.loss
    if name in LOSSES and not LOSSES[name].probabilistic:
        raise AttributeError(f"{name} ranks the classes and does not say how likely they are")
    return True


@dataclass(eq=False, repr=False)
class GradientDescentClassifier(ClassifierMixin, _Settings):
    """A model of classes fitted by gradient descent under any such loss of `lossviz.LOSSES`.

    loss: "auto" is log_loss for two classes and cross_entropy for more. Binary losses take two
        classes, multiclass ones two or more.
    All other settings are those of GradientDescentRegressor; rows held out keep the classes'
    shares. From zeros the perceptron has no slope to follow: start it by init="normal".

    After `fit`: classes_ (K,), of any labels, and what GradientDescentRegressor has, but
    intercept_ (1,) and coef_ (1, D-1) for two classes, (K,) and (K, D-1) for more; D-1 is the
    number of features or of their powers. The labels are numbered in the order of classes_, so
    for log_loss weight_1 is that of classes_[1]. One class alone raises ValueError, as does a
    loss that does not suit the labels.
    """

    def fit(self, X: Any, y: Any) -> GradientDescentClassifier:
        """Fit to X (n, d) and labels y (n,)."""
        X, y = validate_data(self, X, y, dtype=np.float64)
        check_classification_targets(y)
        classes, numbers = np.unique(y, return_inverse=True)
        if len(classes) == 1:
            raise ValueError(f"a classifier needs two classes, and y has one class, {classes[0]!r}")
        matrices = _train(self, X, numbers.astype(float), tuple(map(str, classes)))
        self.classes_ = classes
        if len(matrices) == 1:
            [W] = matrices
            if len(W) == 2:
                W = W[1:] - W[:1]  # as decision_function does
            self.intercept_, self.coef_ = W[:, 0].copy(), W[:, 1:].copy()
        return self

    def decision_function(self, X: Any) -> Array:
        """Raw scores at X (n, d): (n, K), or (n,) for two classes, above 0 for classes_[1]; under
        a multiclass loss the second score less the first."""
        z = _raw(self, X)
        return z[:, 1] - z[:, 0] if z.shape[1:] == (2,) else z

    def predict(self, X: Any) -> Array:
        """The label (n,) with the highest score at X (n, d)."""
        z = _raw(self, X)
        return self.classes_[classes_of(z, z.ndim - 1)]

    @available_if(_estimates_probabilities)
    def predict_proba(self, X: Any) -> Array:
        """The probability (n, K) of each class at X (n, d), for losses that estimate it
        (`Loss.probabilistic`); there is no such method under the others."""
        z = _raw(self, X)
        p = LOSSES[self.run_.experiment.loss].inverse_link(z)
        return p if p.ndim == 2 else np.column_stack([1.0 - p, p])

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        binary = self.loss in LOSSES and LOSSES[self.loss].task == "binary"
        tags.classifier_tags.multi_class = not binary
        return tags


def _train(estimator: Any, X: Array, y: Array, classes: tuple[str, ...] = ()) -> list[Array]:
    """Fit, and give the layers' matrices (units, 1 + inputs) in the data's units, bias first."""
    experiment = _experiment(estimator, classes)
    low, high = LOSSES[experiment.loss].domain
    outside = y[(y < low) | (y > high)]
    if len(outside):
        raise ValueError(
            f"{experiment.loss} takes targets from {low:g} to {high:g}, not {outside[0]:g}"
        )
    kept, held = _parts(estimator, experiment, y)
    center, scale = center_and_scale(X[kept], experiment.scaling != "none")
    names = getattr(estimator, "feature_names_in_", [f"x{i}" for i in range(X.shape[1])])
    data = Sample(
        X[kept], y[kept], np.zeros(len(y[kept]), bool), X[held], y[held], center, scale,
        classes, tuple(names),
    )  # fmt: skip
    task = Task.on(experiment, data)
    [run] = next(train([task], seconds=math.inf))
    if run.diverged_at is not None:
        warnings.warn(run.status, ConvergenceWarning, stacklevel=3)
    estimator.run_ = replace(run, task=task.take(np.empty(0, int)))  # a fit holds no rows
    estimator.loss_curve_ = run.loss
    estimator.n_iter_ = _steps_made(run)
    frame = int(np.argmin(run.test_loss[run.steps])) if experiment.patience else -1
    estimator.theta_ = run.theta[frame, : task.weights].copy()
    at_end = task.loss_params(run.path[frame])
    estimator.loss_params_ = {name: np.ravel(value)[0].item() for name, value in at_end.items()}
    matrices = split(estimator.theta_, task.layers)
    for name in PARAMETERS:  # those of an earlier fit of another model
        vars(estimator).pop(name, None)
    if len(matrices) > 1:
        estimator.coefs_ = [matrix[:, 1:].T.copy() for matrix in matrices]
        estimator.intercepts_ = [matrix[:, 0].copy() for matrix in matrices]
    return matrices


def _steps_made(run: Run) -> int:
    if run.diverged_at is not None:
        return max(run.diverged_at, 1)
    return run.experiment.steps if run.stopped_at is None else run.stopped_at


def _raw(estimator: Any, X: Any) -> Array:
    """The raw predictions (n,) or (n, K) at X (n, d)."""
    check_is_fitted(estimator)
    X = validate_data(estimator, X, reset=False, dtype=np.float64)
    e = estimator.run_.experiment
    model, options = MODELS[e.model], e.params_of("model")
    outputs = len(estimator.classes_) if LOSSES[e.loss].task == "multiclass" else 0
    features = model.function(X, **options)
    return model.forward(estimator.theta_[None], features, outputs=outputs, **options)[0][0]


def _experiment(estimator: Any, classes: tuple[str, ...]) -> Experiment:
    task = "multiclass" if len(classes) > 2 else "binary" if classes else "regression"
    choices = ("loss", "model", "optimizer", "schedule")
    plain = ("model", "optimizer", "schedule", "lr", "steps", "batch", "l1", "l2", "patience")
    names = {choice: getattr(estimator, choice) for choice in choices}
    names["loss"] = _loss(estimator.loss, task, len(classes))
    return Experiment(
        data=STAND_INS[task],
        loss=names["loss"],
        **{name: getattr(estimator, name) for name in (*plain, "init", "scaling")},
        seed=_seed(estimator.random_state),
        params={
            f"{names[choice]}.{key}": value
            for choice in choices
            for key, value in (getattr(estimator, f"{choice}_params") or {}).items()
        },
    )


def _loss(name: str, task: str, classes: int) -> str:
    """The loss's name; ValueError where it does not suit the targets."""
    if name == "auto":
        return USUAL["loss"][task]
    asked = LOSSES[name].task
    if task in SUITS[asked]:
        return name
    suiting = ", ".join(each for each, loss in LOSSES.items() if task in SUITS[loss.task])
    if (asked, task) == ("binary", "multiclass"):
        why = f"Only binary classification is supported by {name}, and y has {classes} classes"
    else:
        why = f"{name} is for {'numbers' if asked == 'regression' else 'classes'}"
    raise ValueError(f"{why}. Losses that suit these targets: auto, {suiting}")


def _parts(estimator: Any, experiment: Experiment, y: Array) -> tuple[Any, Any]:
    """Which rows to train on and which to measure the clean test loss on: all, without patience."""
    if not experiment.patience:
        return slice(None), slice(None)
    share = estimator.validation_fraction
    if not 0 < share < 1:
        raise ValueError(f"validation_fraction: {share!r} does not lie between 0 and 1")
    count = max(round(share * len(y)), 1)
    if count == len(y):
        raise ValueError(f"patience holds out rows, and n_samples={len(y)} leaves none to train on")
    # At even distances among the rows in order of y: so each class keeps its share.
    rng = generator(experiment.seed, "validation")
    order = rng.permutation(len(y))
    order = order[np.argsort(y[order], kind="stable")]
    is_held = np.zeros(len(y), bool)
    is_held[order[(np.arange(count) * len(y) + rng.integers(len(y))) // count]] = True
    return ~is_held, is_held


def _seed(random_state: int | np.random.RandomState | None) -> int:
    if isinstance(random_state, int | np.integer):
        return int(random_state)
    return int(check_random_state(random_state).randint(2**32, dtype=np.uint64))
