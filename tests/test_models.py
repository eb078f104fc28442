"""Models: their names, their predictions, the way back, and the change of units."""

import numpy as np
import pytest
from sklearn.preprocessing import PolynomialFeatures

from lossviz import MODELS
from lossviz.models.linear import MAX_DEGREE

LINEAR = [("linear", {})] + [("polynomial", {"degree": k}) for k in (1, 2, 3, MAX_DEGREE)]
EVERY = pytest.mark.parametrize(("name", "options"), LINEAR)
FEATURES = pytest.mark.parametrize("d", [1, 2, 5])


def pieces(name, options, d, n=11, runs=3):
    rng = np.random.default_rng([d, n])
    X = rng.uniform(-1.5, 1.5, size=(n, d))
    features = MODELS[name].function(X, **options)
    size = len(MODELS[name].names(tuple("abcde"[:d]), **options))
    return X, features, rng.normal(size=(runs, size)), rng


@pytest.mark.parametrize(
    ("name", "options", "features", "expected"),
    [
        ("linear", {}, ("x",), ("intercept", "slope")),
        ("linear", {}, ("a", "b"), ("intercept", "coefficient of a", "coefficient of b")),
        ("polynomial", {"degree": 1}, ("x",), ("intercept", "slope")),
        (
            "polynomial",
            {"degree": 3},
            ("x",),
            ("intercept", "coefficient of x", "coefficient of x²", "coefficient of x³"),
        ),
        (
            "polynomial",
            {"degree": 2},
            ("a", "b"),
            ("intercept", "coefficient of a", "coefficient of a²", "coefficient of b",
             "coefficient of b²"),
        ),
    ],
)  # fmt: skip
def test_parameters_are_named_for_what_they_multiply(name, options, features, expected):
    assert MODELS[name].names(features, **options) == expected


@FEATURES
@EVERY
def test_names_penalties_units_and_gradient_agree_on_the_number_of_parameters(name, options, d):
    model = MODELS[name]
    _, features, theta, _ = pieces(name, options, d)
    size = theta.shape[1]
    z, backward = model.forward(theta, features[None])
    assert z.shape == (3, 11)
    assert backward(z).shape == (3, size)
    assert model.units(np.zeros(d), np.ones(d), **options).shape == (size, size)
    assert model.penalised(d, **options).tolist() == [0.0] + [1.0] * (size - 1)


def test_a_linear_model_is_an_intercept_and_a_weight_for_each_feature():
    X, features, theta, _ = pieces("linear", {}, 2)
    z, _ = MODELS["linear"].forward(theta, features[None])
    for run in range(3):
        b, w1, w2 = theta[run]
        np.testing.assert_allclose(z[run], b + w1 * X[:, 0] + w2 * X[:, 1], rtol=1e-13)


@pytest.mark.parametrize("degree", range(1, MAX_DEGREE + 1))
def test_a_polynomial_is_numpys_and_scikit_learns(degree):
    X, features, theta, _ = pieces("polynomial", {"degree": degree}, 1)
    z, _ = MODELS["polynomial"].forward(theta, features[None])
    for run in range(3):
        expected = np.polynomial.polynomial.polyval(X[:, 0], theta[run])
        np.testing.assert_allclose(z[run], expected, rtol=1e-11, atol=1e-12)
    np.testing.assert_allclose(features.T, PolynomialFeatures(degree).fit_transform(X), rtol=1e-13)


@FEATURES
@EVERY
def test_the_way_back_is_the_derivative_of_the_way_there(name, options, d):
    _, features, theta, rng = pieces(name, options, d)
    slope = rng.normal(size=(3, 11))
    forward = MODELS[name].forward
    _, backward = forward(theta, features[None])

    def pulled(point):
        z, _ = forward(point, features[None])
        return (slope * z).sum(axis=1)

    h, numeric = 1e-3, np.empty_like(theta)
    for j in range(theta.shape[1]):
        e = np.zeros(theta.shape[1])
        e[j] = h
        near = pulled(theta + e) - pulled(theta - e)
        far = pulled(theta + 2 * e) - pulled(theta - 2 * e)
        numeric[:, j] = (8 * near - far) / (12 * h)
    np.testing.assert_allclose(backward(slope), numeric, rtol=1e-8, atol=1e-8)


@EVERY
def test_runs_with_rows_of_their_own_see_only_those(name, options):
    _, first, theta, rng = pieces(name, options, 2)
    second = MODELS[name].function(rng.normal(size=(11, 2)), **options)
    stacked = np.stack([first, second])
    z, backward = MODELS[name].forward(theta[:2], stacked)
    for i, alone in enumerate((first, second)):
        own, back = MODELS[name].forward(theta[i : i + 1], alone[None])
        assert np.array_equal(z[i], own[0])
        assert np.array_equal(backward(z)[i], back(own)[0])


@pytest.mark.parametrize("d", [1, 3])
@EVERY
def test_predictions_are_the_same_in_the_data_s_units(name, options, d):
    X, _, theta, rng = pieces(name, options, d)
    center, scale = rng.normal(size=d), rng.uniform(0.5, 3.0, size=d)
    model = MODELS[name]
    scaled, _ = model.forward(theta, model.function((X - center) / scale, **options)[None])
    in_units = theta @ model.units(center, scale, **options).T
    plain, _ = model.forward(in_units, model.function(X, **options)[None])
    np.testing.assert_allclose(plain, scaled, rtol=1e-7, atol=1e-7)


@EVERY
def test_without_scaling_the_units_change_nothing(name, options):
    units = MODELS[name].units(np.zeros(2), np.ones(2), **options)
    assert np.array_equal(units, np.eye(len(units)))
