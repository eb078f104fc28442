"""The estimator of classes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from sklearn.base import ClassifierMixin
from sklearn.utils.metaestimators import available_if
from sklearn.utils.multiclass import check_classification_targets
from sklearn.utils.validation import validate_data

from lossviz.base.arrays import Array
from lossviz.engine.objective import classes_of
from lossviz.estimators.fitting import experiment_fitted, fit, raw, weighted_rows
from lossviz.estimators.settings import Settings
from lossviz.items.losses import LOSSES


def _estimates_probabilities(estimator: GradientDescentClassifier) -> bool:
    # After a fit the loss fitted counts, whatever has been set since. An unknown one is for `fit`
    # to refuse.
    is_fitted = hasattr(estimator, "run_")
    name = experiment_fitted(estimator).loss if is_fitted else estimator.loss
    if name in LOSSES and not LOSSES[name].probabilistic:
        raise AttributeError(f"{name} ranks the classes and does not say how likely they are")
    return True


@dataclass(eq=False, repr=False)
class GradientDescentClassifier(ClassifierMixin, Settings):
    """A model of classes fitted by gradient descent under any such loss of `lossviz.LOSSES`.

    loss: "auto" is log_loss for two classes and cross_entropy for more. Binary losses take two
        classes, multiclass ones two or more.
    All other settings are those of GradientDescentRegressor, and so are the warnings; rows held out
    keep the classes' shares. From zeros the perceptron has no slope to follow: start it by
    init="normal".

    After `fit`: classes_ (K,), of any labels, and what GradientDescentRegressor has, but
    intercept_ (1,) and coef_ (1, D-1) for two classes, (K,) and (K, D-1) for more; D-1 is the
    number of features or of their powers. The labels are numbered in the order of classes_, so
    for log_loss weight_1 is that of classes_[1]. One class alone raises ValueError, as does a
    loss that does not suit the labels.
    """

    def fit(self, X: Any, y: Any, sample_weight: Any = None) -> GradientDescentClassifier:
        """Fit to X (n, d) and labels y (n,), with weights (n,) as GradientDescentRegressor has
        them: a class all of whose rows have weight 0 is not there."""
        X, y = validate_data(self, X, y, dtype=np.float64)
        check_classification_targets(y)
        X, y, weight = weighted_rows(X, y, sample_weight)
        classes, numbers = np.unique(y, return_inverse=True)
        if len(classes) == 1:
            raise ValueError(f"a classifier needs two classes, and y has one class, {classes[0]!r}")
        matrices = fit(self, X, numbers.astype(float), weight, tuple(map(str, classes)))
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
        z = raw(self, X)
        return z[:, 1] - z[:, 0] if z.shape[1:] == (2,) else z

    def predict(self, X: Any) -> Array:
        """The label (n,) with the highest score at X (n, d)."""
        z = raw(self, X)
        return self.classes_[classes_of(z, z.ndim - 1)]

    @available_if(_estimates_probabilities)
    def predict_proba(self, X: Any) -> Array:
        """The probability (n, K) of each class at X (n, d), for losses that estimate it
        (`Loss.probabilistic`); there is no such method under the others."""
        z = raw(self, X)
        p = LOSSES[experiment_fitted(self).loss].inverse_link(z)
        return p if p.ndim == 2 else np.column_stack([1.0 - p, p])

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        binary = self.loss in LOSSES and LOSSES[self.loss].task == "binary"
        tags.classifier_tags.multi_class = not binary
        return tags

    def _tasks(self) -> tuple[str, ...]:
        return "binary", "multiclass"
