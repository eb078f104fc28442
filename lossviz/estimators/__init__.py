"""Scikit-learn estimators over the same engine.

from lossviz import GradientDescentClassifier, GradientDescentRegressor

model = GradientDescentRegressor(loss="huber", loss_params={"delta": 1.35}).fit(X, y)
model.coef_, model.intercept_, model.loss_curve_, model.run_.status

network = GradientDescentClassifier(model="mlp", optimizer="adam", lr=0.01).fit(X, labels)
network.predict_proba(X), network.coefs_
"""

from lossviz.estimators.classifier import GradientDescentClassifier
from lossviz.estimators.regressor import GradientDescentRegressor

__all__ = ["GradientDescentClassifier", "GradientDescentRegressor"]
