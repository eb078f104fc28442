"""Models that are linear in their parameters: a line, and powers of each feature."""

from __future__ import annotations

from math import comb

import numpy as np

from lossviz.models.base import MODELS, Array, Backward, Model
from lossviz.registry import Param

MAX_DEGREE = 9
_SUPERSCRIPTS = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")


def forward(theta: Array, features: Array) -> tuple[Array, Backward]:
    # z = theta . phi(x). vecmat and matvec make one product per run, so the bits of a run do not
    # depend on the others, which one large product would not promise.
    def backward(slope: Array) -> Array:
        return np.matvec(features, slope)

    return np.vecmat(theta, features), backward


def linear_features(X: Array) -> Array:
    return np.vstack([np.ones(len(X)), X.T])


def polynomial_features(X: Array, *, degree: int) -> Array:
    # Rows: 1, then x, x^2, ..., x^degree for each feature in turn.
    powers = X.T[:, None, :] ** np.arange(1, degree + 1)[:, None]
    return np.vstack([np.ones(len(X)), powers.reshape(-1, len(X))])


def parameter_names(features: tuple[str, ...], *, degree: int = 1) -> tuple[str, ...]:
    def power(feature: str, k: int) -> str:
        return feature if k == 1 else feature + str(k).translate(_SUPERSCRIPTS)

    if len(features) == degree == 1:
        return "intercept", "slope"
    terms = [power(feature, k) for feature in features for k in range(1, degree + 1)]
    return "intercept", *(f"coefficient of {term}" for term in terms)


def penalised(d: int, *, degree: int = 1) -> Array:
    return np.append(0.0, np.ones(d * degree))


def units(mean: Array, scale: Array, *, degree: int = 1) -> Array:
    # ((x - m)/s)^k = s^-k sum_j C(k, j) (-m)^(k-j) x^j, by the binomial theorem.
    d = len(mean)
    to_units = np.zeros((1 + d * degree, 1 + d * degree))
    to_units[0, 0] = 1.0
    for i in range(d):
        for k in range(1, degree + 1):
            column = i * degree + k
            for j in range(k + 1):
                row = i * degree + j if j else 0
                to_units[row, column] += comb(k, j) * (-mean[i]) ** (k - j) / scale[i] ** k
    return to_units


MODELS.add(
    Model(
        name="linear",
        label="Linear",
        params=(),
        function=linear_features,
        forward=forward,
        names=parameter_names,
        penalised=penalised,
        units=units,
        formula=r"z = b + \sum_j w_j x_j",
        notes="One slope for each feature and an intercept.",
        linear=True,
    )
)
MODELS.add(
    Model(
        name="polynomial",
        label="Polynomial",
        params=(Param("degree", 3, 1, MAX_DEGREE, "Degree", "The highest power of each feature."),),
        function=polynomial_features,
        forward=forward,
        names=parameter_names,
        penalised=penalised,
        units=units,
        formula=r"z = b + \sum_j \sum_{k=1}^{\text{degree}} w_{jk}\, x_j^k",
        notes="Powers of each feature up to the degree, without products of features. High "
        "degrees bend to single outliers, most of all at the ends.",
        linear=True,
    )
)
