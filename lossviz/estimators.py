"""Scikit-learn estimators over the same engine.

    from lossviz import GradientDescentRegressor

    model = GradientDescentRegressor(loss="huber", loss_params={"delta": 1.35}).fit(X, y)
    model.coef_, model.intercept_, model.loss_curve_, model.run_.status
"""

from __future__ import annotations

import math
import warnings
from collections.abc import Mapping
from typing import Any

import numpy as np
from sklearn.base import BaseEstimator, RegressorMixin
from sklearn.exceptions import ConvergenceWarning
from sklearn.utils import check_random_state
from sklearn.utils.validation import check_is_fitted, validate_data

from lossviz.experiment import Experiment
from lossviz.losses import LOSSES
from lossviz.models import MODELS
from lossviz.objective import Task
from lossviz.sampling import Sample, center_and_scale
from lossviz.training import train

Array = np.ndarray


class GradientDescentRegressor(RegressorMixin, BaseEstimator):
    """A model fitted by gradient descent under any regression loss of `lossviz.LOSSES`.

    loss, model, optimizer, schedule: names in the registries; each `..._params` is a mapping of
        that item's own parameters, such as {"delta": 0.5}.
    lr, steps, batch (rows for each update; 0 takes all), l1, l2 (not on the intercept), init
        ("zeros", "normal" or values with commas, intercept first, in the data's units).
    scaling: "standard" descends on standardised features, where one rate suits all of them and
        the penalties weigh all alike; "none" takes them as they are.
    random_state: of the start and the batches.

    After `fit`: coef_ (P-1,) and intercept_ in the data's units, loss_curve_ (steps+1,), run_ (a
    `lossviz.Run`; its experiment says how it was trained, and nothing of these rows), n_iter_,
    n_features_in_. A fit that diverges warns with ConvergenceWarning and stays at its last finite
    point. An unknown name raises KeyError, a bad value ValueError.
    """

    def __init__(
        self,
        loss: str = "huber",
        loss_params: Mapping[str, Any] | None = None,
        model: str = "linear",
        model_params: Mapping[str, Any] | None = None,
        optimizer: str = "gd",
        optimizer_params: Mapping[str, Any] | None = None,
        schedule: str = "constant",
        schedule_params: Mapping[str, Any] | None = None,
        lr: float = 0.1,
        steps: int = 1000,
        batch: int = 0,
        l1: float = 0.0,
        l2: float = 0.0,
        init: str = "zeros",
        scaling: str = "standard",
        random_state: int | np.random.RandomState | None = 0,
    ):
        self.loss = loss
        self.loss_params = loss_params
        self.model = model
        self.model_params = model_params
        self.optimizer = optimizer
        self.optimizer_params = optimizer_params
        self.schedule = schedule
        self.schedule_params = schedule_params
        self.lr = lr
        self.steps = steps
        self.batch = batch
        self.l1 = l1
        self.l2 = l2
        self.init = init
        self.scaling = scaling
        self.random_state = random_state

    def fit(self, X: Any, y: Any) -> GradientDescentRegressor:
        """Fit to X (n, d) and y (n,)."""
        X, y = validate_data(self, X, y, y_numeric=True, dtype=np.float64)
        y = np.asarray(y, float)
        experiment = self._experiment()
        low, high = LOSSES[experiment.loss].domain
        outside = y[(y < low) | (y > high)]
        if len(outside):
            raise ValueError(
                f"{self.loss} takes targets from {low:g} to {high:g}, not {outside[0]:g}"
            )
        center, scale = center_and_scale(X, experiment.scaling != "none")
        data = Sample(X, y, np.zeros(len(y), bool), X, y, center, scale)
        names = getattr(self, "feature_names_in_", [f"x{i}" for i in range(X.shape[1])])
        [run] = next(train([Task.on(experiment, data, tuple(names))], seconds=math.inf))
        if run.diverged_at is not None:
            warnings.warn(run.status, ConvergenceWarning, stacklevel=2)
        self.run_ = run
        self.loss_curve_ = run.loss
        self.n_iter_ = experiment.steps if run.diverged_at is None else max(run.diverged_at, 1)
        self.intercept_, self.coef_ = float(run.theta[-1, 0]), run.theta[-1, 1:].copy()
        return self

    def predict(self, X: Any) -> Array:
        """The predicted targets (n,) at X (n, d), in the target's units."""
        check_is_fitted(self)
        X = validate_data(self, X, reset=False, dtype=np.float64)
        e = self.run_.experiment
        features = MODELS[e.model].function(X, **e.params_of("model"))
        z, _ = MODELS[e.model].forward(np.append(self.intercept_, self.coef_)[None], features)
        return LOSSES[e.loss].inverse_link(z[0])

    def _experiment(self) -> Experiment:
        choices = ("loss", "model", "optimizer", "schedule")
        return Experiment(
            **{name: getattr(self, name) for name in choices},
            **{name: getattr(self, name) for name in ("lr", "steps", "batch", "l1", "l2", "init")},
            scaling=self.scaling,
            seed=self._seed(),
            params={
                f"{getattr(self, choice)}.{key}": value
                for choice in choices
                for key, value in (getattr(self, f"{choice}_params") or {}).items()
            },
        )

    def _seed(self) -> int:
        if isinstance(self.random_state, int | np.integer):
            return int(self.random_state)
        return int(check_random_state(self.random_state).randint(2**32, dtype=np.uint64))
