"""The estimator of numbers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from sklearn.base import RegressorMixin
from sklearn.utils.validation import validate_data

from lossviz.base.arrays import Array
from lossviz.estimators.fitting import experiment_fitted, fit, raw, weighted_rows
from lossviz.estimators.settings import Settings
from lossviz.items.losses import LOSSES


@dataclass(eq=False, repr=False)
class GradientDescentRegressor(RegressorMixin, Settings):
    """A model fitted by gradient descent under any regression loss of `lossviz.LOSSES`.

    loss, model, optimizer, schedule: names in the registries; each `..._params` is a mapping of
        that item's own parameters, such as {"delta": 0.5}; a search sets one alone by
        `loss_params__delta`. The loss "auto" is squared_error.
    lr, steps, batch (rows for each update; 0 takes all), l1, l2 (not on the intercept), init
        ("auto", which is zeros but for networks, "zeros", "normal", "xavier", "he", or values with
        commas, intercept first, in the data's units).
    patience: above 0, a share `validation_fraction` of the rows is held out, equal rows together,
        and descent ends after so many steps without a lower loss on it; the parameters are then
        those of the kept frame of `run_` where that loss was lowest.
    scaling: "standard" descends on standardised features, where one rate suits all of them and
        the penalties weigh all alike; "none" takes them as they are.
    random_state: of the start, the batches and the rows held out.

    After `fit`: in the data's units coef_ (P-1,) and intercept_ or, of a network, coefs_ (inputs,
    units) and intercepts_ (units,) layer by layer; theta_ (P,), all of these in one row;
    loss_params_, the loss's parameters, what it learns as it is at the end; loss_curve_ (steps+1,),
    run_ (a `lossviz.Run`; its experiment says how it was trained, and it holds none of these rows),
    n_iter_, n_features_in_. Of targets y (n, m) each is fitted for itself, a network too: all of
    these have a first axis of m, run_ and loss_params_ are lists, and n_iter_ is the largest.

    A fit warns with ConvergenceWarning where it diverges (it stays at its last finite point), where
    the loss ends above its start, and where it is still far from done: where
    `lossviz.estimators.convergence.FAR` of the way down, or more, is still to go. Take more steps,
    another rate, or scaling="standard". An unknown name raises KeyError, a bad value ValueError.
    """

    loss: str = "huber"

    def fit(self, X: Any, y: Any, sample_weight: Any = None) -> GradientDescentRegressor:
        """Fit to X (n, d) and y (n,) or (n, m).

        sample_weight (n,): a row of weight 2 counts as two such rows, in scaling, loss and rows
        held out; of weight 0, as none. Only ratios matter. Mini-batches draw rows alike and weigh
        what they draw, so these equal repeated rows on average alone."""
        X, y = validate_data(self, X, y, y_numeric=True, multi_output=True, dtype=np.float64)
        X, y, weight = weighted_rows(X, np.asarray(y, float), sample_weight)
        matrices = fit(self, X, y, weight)
        if len(matrices) == 1:
            rows = matrices[0][..., 0, :]
            self.intercept_, self.coef_ = rows[..., 0].copy(), rows[..., 1:].copy()
            if y.ndim == 1:
                self.intercept_ = float(self.intercept_)
        return self

    def predict(self, X: Any) -> Array:
        """The predicted targets (n,), or (n, m), at X (n, d), in the target's units."""
        z = raw(self, X)
        return LOSSES[experiment_fitted(self).loss].inverse_link(z)

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.target_tags.multi_output = True
        return tags

    def _tasks(self) -> tuple[str, ...]:
        return ("regression",)
