"""Fitting: rows with weights to tasks, tasks to runs, runs to an estimator's attributes."""

from __future__ import annotations

import math
import warnings
from dataclasses import replace
from numbers import Number
from typing import Any

import numpy as np
from sklearn.exceptions import ConvergenceWarning
from sklearn.utils.validation import check_array, check_is_fitted, validate_data

from lossviz.base.arrays import Array
from lossviz.engine.experiment import Experiment
from lossviz.engine.run import Run
from lossviz.engine.sampling import Sample, center_and_scale, generator
from lossviz.engine.task import Task
from lossviz.engine.training import train
from lossviz.estimators.convergence import complaint
from lossviz.estimators.settings import experiment_of
from lossviz.items.losses import LOSSES
from lossviz.items.models import MODELS
from lossviz.items.models.base import split

PARAMETERS = ("coef_", "intercept_", "coefs_", "intercepts_")


def weighted_rows(X: Array, y: Array, sample_weight: Any) -> tuple[Array, Array, Array | None]:
    """The rows of X and y that have weight, and it (n,), 1 on average; None where all count alike.
    ValueError where it does not give each row a weight."""
    if sample_weight is None:
        return X, y, None
    if isinstance(sample_weight, Number):
        sample_weight = np.full(len(X), sample_weight)
    called = "sample_weight"
    weight = check_array(sample_weight, dtype="float64", ensure_2d=False, input_name=called)
    if weight.shape != (len(X),):
        raise ValueError(
            f"sample_weight has the shape {weight.shape}, and should have a number for each of "
            f"the {len(X)} rows"
        )
    if weight.min() < 0:
        at = int(np.argmin(weight))
        raise ValueError(f"sample_weight[{at}] is {weight[at]:g}, and no weight is below 0")
    if not weight.any():
        raise ValueError("all of sample_weight is zero, which leaves no row to train on")
    is_there = weight > 0
    return X[is_there], y[is_there], _with_mean_one(weight[is_there])


def _with_mean_one(weight: Array) -> Array | None:
    if np.ptp(weight) == 0:
        return None
    weight = weight / weight.max()  # so that no sum overflows
    return weight / weight.mean()


def fit(
    estimator: Any, X: Array, y: Array, weight: Array | None, classes: tuple[str, ...] = ()
) -> list[Array]:
    """Train on X (n, d) and y (n,), or each column of y (n, m) for itself, and set what all
    estimators have after a fit. Weights (n,) are positive and 1 on average.

    The layers' matrices (units, 1 + inputs), bias first, in the data's units; for m columns
    (m, units, 1 + inputs)."""
    experiment = experiment_of(estimator, classes)
    low, high = LOSSES[experiment.loss].domain
    outside = y[(y < low) | (y > high)]
    if len(outside):
        raise ValueError(
            f"{experiment.loss} takes targets from {low:g} to {high:g}, not {outside[0]:g}"
        )
    columns = y.T if y.ndim == 2 else [y]
    names = tuple(getattr(estimator, "feature_names_in_", [f"x{i}" for i in range(X.shape[1])]))
    tasks: list[Task] = []
    for column in columns:
        if tasks and not experiment.patience:  # which holds out other rows for each column
            tasks.append(_with_targets(tasks[0], column))
        else:
            rows = _rows(estimator, experiment, X, column, weight)
            tasks.append(Task.on(experiment, replace(rows, classes=classes, features=names)))
    runs = next(train(tasks, seconds=math.inf))
    complaints = [complaint(task, run) for task, run in zip(tasks, runs, strict=True)]
    thetas, learned = zip(*(map(_at_best, tasks, runs)), strict=True)
    several = y.ndim == 2
    none = np.empty(0, int)  # a fit, and so its pickle, holds no rows
    kept = [replace(run, task=run.task.take(none)) for run in runs]
    estimator.run_ = kept if several else kept[0]
    estimator.loss_curve_ = np.stack([run.loss for run in runs]) if several else runs[0].loss
    estimator.n_iter_ = max(map(_steps_made, runs))
    estimator.theta_ = np.stack(thetas) if several else thetas[0]
    estimator.loss_params_ = list(learned) if several else learned[0]
    matrices = split(estimator.theta_, tasks[0].layers)
    for name in PARAMETERS:  # those of an earlier fit of another model
        vars(estimator).pop(name, None)
    if len(matrices) > 1:
        estimator.coefs_ = [matrix[..., 1:].mT.copy() for matrix in matrices]
        estimator.intercepts_ = [matrix[..., 0].copy() for matrix in matrices]
    if several and len(runs) > 1:
        complaints = [f"Target {i}: {words}" if words else "" for i, words in enumerate(complaints)]
    if any(complaints):
        warnings.warn(" ".join(filter(None, complaints)), ConvergenceWarning, stacklevel=3)
    return matrices


def raw(estimator: Any, X: Any) -> Array:
    """The raw predictions (n,) or (n, K) at X (n, d); (n, m) for m columns of targets."""
    check_is_fitted(estimator)
    X = validate_data(estimator, X, reset=False, dtype=np.float64)
    e = experiment_fitted(estimator)
    model, options = MODELS[e.model], e.params_of("model")
    outputs = len(estimator.classes_) if LOSSES[e.loss].task == "multiclass" else 0
    features = model.function(X, **options)
    theta = np.atleast_2d(estimator.theta_)
    z = model.forward(theta, features, outputs=outputs, **options)[0]
    return z[0] if estimator.theta_.ndim == 1 else z.T


def experiment_fitted(estimator: Any) -> Experiment:
    """What was trained, whatever has been set since."""
    run = estimator.run_[0] if isinstance(estimator.run_, list) else estimator.run_
    return run.experiment


def _rows(
    estimator: Any, experiment: Experiment, X: Array, y: Array, weight: Array | None
) -> Sample:
    """The rows to train on, scaled by themselves, and those to measure the clean test loss on:
    without patience the same."""
    kept = held = slice(None)
    if experiment.patience:
        held = _held_out(estimator.validation_fraction, experiment, X, y)
        kept = ~held
    weight_kept = None if weight is None else _with_mean_one(weight[kept])
    weight_held = None if weight is None else _with_mean_one(weight[held])
    center, scale = center_and_scale(X[kept], experiment.scaling != "none", weight_kept)
    return Sample(
        X=X[kept],
        y=y[kept],
        is_outlier=np.zeros(len(y[kept]), bool),
        X_test=X[held],
        y_test=y[held],
        center=center,
        scale=scale,
        weight=weight_kept,
        weight_test=weight_held,
    )


def _with_targets(task: Task, y: Array) -> Task:
    """The task with other targets (n,): its features are shared, so they train as one batch."""
    targets = LOSSES[task.experiment.loss].targets(y, task.outputs)
    return replace(task, sample=replace(task.sample, y=y, y_test=y), y=targets, y_test=targets)


def _held_out(share: float, experiment: Experiment, X: Array, y: Array) -> Array:
    """Which rows (n,) patience holds out: equal rows together, so that a row's copies are never on
    both sides, and count as its weight does."""
    if not 0 < share < 1:
        raise ValueError(f"validation_fraction: {share!r} does not lie between 0 and 1")
    different, place = np.unique(np.column_stack([y, X]), axis=0, return_inverse=True)
    n = len(different)
    count = max(round(share * n), 1)
    if count == n:
        raise ValueError(
            f"patience holds out rows, and n_samples={n} that differ leaves none to train on"
        )
    # At even distances among the rows in order of y: so each class keeps its share.
    rng = generator(experiment.seed, "validation")
    order = rng.permutation(n)
    order = order[np.argsort(different[order, 0], kind="stable")]
    is_held = np.zeros(n, bool)
    is_held[order[(np.arange(count) * n + rng.integers(n)) // count]] = True
    return is_held[np.ravel(place)]


def _at_best(task: Task, run: Run) -> tuple[Array, dict[str, Any]]:
    """The model's parameters (P,) and the loss's, at the end or, with patience, at the frame with
    the lowest loss on the rows held out."""
    frame = int(np.argmin(run.test_loss[run.steps])) if run.experiment.patience else -1
    at_end = task.loss_params(run.path[frame])
    params = {name: np.ravel(value)[0].item() for name, value in at_end.items()}
    return run.theta[frame, : task.weights].copy(), params


def _steps_made(run: Run) -> int:
    if run.diverged_at is not None:
        return max(run.diverged_at, 1)
    return run.experiment.steps if run.stopped_at is None else run.stopped_at
