"""Models that are linear in their parameters: a line, and powers of each feature."""

from __future__ import annotations

from math import comb
from typing import Any

import numpy as np

from lossviz.base.arrays import Array
from lossviz.base.registry import Param
from lossviz.items.models.base import MODELS, Backward, Layers, Model

MAX_DEGREE = 9
_SUPERSCRIPTS = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")


def forward(theta: Array, features: Array, *, outputs: int = 0, **_: Any) -> tuple[Array, Backward]:
    # z = W phi(x), W being (K, D). One product a run (vecmat, matvec, a stack of matmuls), so the
    # bits of a run do not depend on the others, which one large product would not promise.
    if not outputs:
        return np.vecmat(theta, features), lambda slope: np.matvec(features, slope)
    W = theta.reshape(*theta.shape[:-1], outputs, -1)

    def backward(slope: Array) -> Array:
        return np.matmul(slope.mT, features.mT).reshape(*slope.shape[:-2], -1)

    # The classes are the last axis, but each class's rows lie together in memory.
    return np.matmul(W, features).mT, backward


def linear_features(X: Array) -> Array:
    # Each feature's rows together in memory: of many rows the products are up to six times as fast.
    return np.ascontiguousarray(np.vstack([np.ones(len(X)), X.T]))


def polynomial_features(X: Array, *, degree: int) -> Array:
    # Rows: 1, then x, x^2, ..., x^degree for each feature in turn.
    n, d = X.shape
    features = np.ones((1 + d * degree, n))
    powers = features[1:].reshape(d, degree, n)  # a view: many rows have no room for a copy
    np.power(X.T[:, None, :], np.arange(1, degree + 1)[:, None], out=powers)
    return features


def layers(d: int, outputs: int = 0, *, degree: int = 1) -> Layers:
    return ((max(outputs, 1), 1 + d * degree),)


def parameter_names(
    features: tuple[str, ...], outputs: int = 0, classes: tuple[str, ...] = (), *, degree: int = 1
) -> tuple[str, ...]:
    def power(feature: str, k: int) -> str:
        return feature if k == 1 else feature + str(k).translate(_SUPERSCRIPTS)

    terms = [power(feature, k) for feature in features for k in range(1, degree + 1)]
    if outputs:
        return tuple(
            name
            for of in classes[:outputs]
            for name in (f"intercept of {of}", *(f"{term} for {of}" for term in terms))
        )
    if len(features) == degree == 1:
        return "intercept", "slope"
    return "intercept", *(f"coefficient of {term}" for term in terms)


def units(mean: Array, scale: Array, *, degree: int = 1) -> Array:
    # ((x - m)/s)^k = s^-k sum_j C(k, j) (-m)^(k-j) x^j, by the binomial theorem: of each feature,
    # what its k-th coefficient adds to the intercept (j = 0) and to its others (d, 1 + degree,
    # degree). No feature speaks to another, so there is no large matrix.
    powers = np.zeros((len(mean), 1 + degree, degree))
    for k in range(1, degree + 1):
        for j in range(k + 1):
            powers[:, j, k - 1] = comb(k, j) * (-mean) ** (k - j) / scale**k
    return powers


def in_units(rows: Array, powers: Array) -> Array:
    """Rows (..., 1 + d * degree) of the first layer in the data's own units, by `units`."""
    d, _, degree = powers.shape
    given = rows[..., 1:].reshape(*rows.shape[:-1], d, degree)
    terms = given[..., :1] * powers[:, :, 0]
    for k in range(1, degree):
        terms += given[..., k, None] * powers[:, :, k]
    to_intercept = np.ascontiguousarray(terms[..., 0]).sum(axis=-1, keepdims=True)
    own = terms[..., 1:].reshape(*rows.shape[:-1], d * degree)
    return np.concatenate([rows[..., :1] + to_intercept, own], axis=-1)


def from_units(rows: Array, powers: Array) -> Array:
    """The way back: rows in the data's own units as the descent has them."""
    d, _, degree = powers.shape
    found = np.array(rows[..., 1:], float).reshape(*rows.shape[:-1], d, degree)
    for k in reversed(range(degree)):  # from the highest power down
        found[..., k] /= powers[:, k + 1, k]
        found[..., :k] -= found[..., k, None] * powers[:, 1 : k + 1, k]
    to_intercept = (found * powers[:, 0]).sum(axis=(-2, -1))[..., None]
    return np.concatenate(
        [rows[..., :1] - to_intercept, found.reshape(*rows.shape[:-1], d * degree)], axis=-1
    )


def activations(theta: Array, features: Array, **_: Any) -> tuple[()]:
    return ()


def usual_start(**_: Any) -> str:
    return "zeros"


MODELS.add(
    Model(
        name="linear",
        label="Linear",
        params=(),
        function=linear_features,
        forward=forward,
        layers=layers,
        names=parameter_names,
        units=units,
        activations=activations,
        usual_start=usual_start,
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
        layers=layers,
        names=parameter_names,
        units=units,
        activations=activations,
        usual_start=usual_start,
        formula=r"z = b + \sum_j \sum_{k=1}^{\text{degree}} w_{jk}\, x_j^k",
        notes="Powers of each feature up to the degree, without products of features. High "
        "degrees bend to single outliers, most of all at the ends.",
        linear=True,
    )
)
