"""Models: their names, their predictions, the way back, and the change of units."""

import tracemalloc
from functools import partial

import numpy as np
import pytest
from sklearn.preprocessing import PolynomialFeatures

from lossviz import MODELS
from lossviz.items.models.linear import MAX_DEGREE, from_units, in_units

LINEAR = [("linear", {})] + [("polynomial", {"degree": k}) for k in (1, 2, 3, MAX_DEGREE)]
NETWORKS = [
    ("mlp", {"depth": 1, "width": 8, "activation": "tanh"}),
    ("mlp", {"depth": 3, "width": 5, "activation": "gelu"}),
]
EVERY = pytest.mark.parametrize(("name", "options"), LINEAR + NETWORKS)
FEATURES = pytest.mark.parametrize("d", [1, 2, 5])
OUTPUTS = pytest.mark.parametrize("outputs", [0, 1, 3])
CLASSES = ("setosa", "versicolor", "virginica")


def pieces(name, options, d, outputs=0, n=11, runs=3):
    """Rows, their features, parameters of some runs, slopes like z, and the forward pass."""
    model, rng = MODELS[name], np.random.default_rng([d, n])
    X = rng.uniform(-1.5, 1.5, size=(n, d))
    size = len(model.names(tuple("abcde"[:d]), outputs, CLASSES, **options))
    theta = rng.normal(size=(runs, size))
    slope = rng.normal(size=(runs, n, outputs) if outputs else (runs, n))
    forward = partial(model.forward, outputs=outputs, **options)
    return X, model.function(X, **options), theta, slope, forward


@pytest.mark.shipped
def test_every_model_is_tested():
    assert {name for name, _ in LINEAR + NETWORKS} == set(MODELS)


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
            (
                "intercept",
                "coefficient of a",
                "coefficient of a²",
                "coefficient of b",
                "coefficient of b²",
            ),
        ),
    ],
)
def test_parameters_are_named_for_what_they_multiply(name, options, features, expected):
    assert MODELS[name].names(features, **options) == expected


@pytest.mark.parametrize(
    ("name", "options", "expected"),
    [
        (
            "linear",
            {},
            (
                "intercept of setosa",
                "a for setosa",
                "b for setosa",
                "intercept of versicolor",
                "a for versicolor",
                "b for versicolor",
            ),
        ),
        (
            "polynomial",
            {"degree": 2},
            (
                "intercept of setosa",
                "a for setosa",
                "a² for setosa",
                "b for setosa",
                "b² for setosa",
                "intercept of versicolor",
                "a for versicolor",
                "a² for versicolor",
                "b for versicolor",
                "b² for versicolor",
            ),
        ),
    ],
)
def test_parameters_of_several_outputs_are_named_for_their_class(name, options, expected):
    assert MODELS[name].names(("a", "b"), 2, CLASSES, **options) == expected


@OUTPUTS
@FEATURES
@EVERY
def test_names_layers_penalties_and_gradient_agree_on_the_number_of_parameters(
    name, options, d, outputs
):
    model = MODELS[name]
    _, features, theta, slope, forward = pieces(name, options, d, outputs)
    size = theta.shape[1]
    z, backward = forward(theta, features[None])
    assert z.shape == slope.shape
    assert backward(slope).shape == (3, size)
    layers = model.layers(d, outputs, **options)
    assert sum(units * columns for units, columns in layers) == size
    assert layers[0][1] == len(features)
    assert layers[-1][0] == max(outputs, 1)
    blocks, one_more, degree = model.units(np.zeros(d), np.ones(d), **options).shape
    assert (blocks, one_more, 1 + d * degree) == (d, 1 + degree, len(features))
    expected = [
        0.0 if i == 0 else 1.0
        for units, columns in layers
        for _ in range(units)
        for i in range(columns)
    ]
    assert model.penalised(d, outputs, **options).tolist() == expected


def test_a_linear_model_is_an_intercept_and_a_weight_for_each_feature():
    X, features, theta, _, forward = pieces("linear", {}, 2)
    z, _ = forward(theta, features[None])
    for run in range(3):
        b, w1, w2 = theta[run]
        np.testing.assert_allclose(z[run], b + w1 * X[:, 0] + w2 * X[:, 1], rtol=1e-13)


@FEATURES
@pytest.mark.parametrize(("name", "options"), LINEAR)
def test_several_outputs_of_a_linear_model_are_sums_over_its_features(name, options, d):
    _, features, theta, slope, forward = pieces(name, options, d, outputs=3)
    z, backward = forward(theta, features[None])
    W = theta.reshape(3, 3, -1)
    np.testing.assert_allclose(z, np.einsum("rkd,dn->rnk", W, features), rtol=1e-11, atol=1e-12)
    expected = np.einsum("rnk,dn->rkd", slope, features).reshape(3, -1)
    np.testing.assert_allclose(backward(slope), expected, rtol=1e-11, atol=1e-12)


@pytest.mark.parametrize("degree", range(1, MAX_DEGREE + 1))
def test_a_polynomial_is_numpys_and_scikit_learns(degree):
    X, features, theta, _, forward = pieces("polynomial", {"degree": degree}, 1)
    z, _ = forward(theta, features[None])
    for run in range(3):
        expected = np.polynomial.polynomial.polyval(X[:, 0], theta[run])
        np.testing.assert_allclose(z[run], expected, rtol=1e-11, atol=1e-12)
    np.testing.assert_allclose(features.T, PolynomialFeatures(degree).fit_transform(X), rtol=1e-13)


@OUTPUTS
@FEATURES
@EVERY
def test_the_way_back_is_the_derivative_of_the_way_there(name, options, d, outputs):
    _, features, theta, slope, forward = pieces(name, options, d, outputs)
    _, backward = forward(theta, features[None])

    def pulled(point):
        z, _ = forward(point, features[None])
        return (slope * z).reshape(3, -1).sum(axis=1)

    h, numeric = 1e-3, np.empty_like(theta)
    for j in range(theta.shape[1]):
        e = np.zeros(theta.shape[1])
        e[j] = h
        near = pulled(theta + e) - pulled(theta - e)
        far = pulled(theta + 2 * e) - pulled(theta - 2 * e)
        numeric[:, j] = (8 * near - far) / (12 * h)
    np.testing.assert_allclose(backward(slope), numeric, rtol=1e-8, atol=1e-8)


@OUTPUTS
@EVERY
def test_runs_with_rows_of_their_own_see_only_those(name, options, outputs):
    _, first, theta, slope, forward = pieces(name, options, 2, outputs)
    second = MODELS[name].function(np.random.default_rng(1).normal(size=(11, 2)), **options)
    z, backward = forward(theta[:2], np.stack([first, second]))
    for i, alone in enumerate((first, second)):
        own, back = forward(theta[i : i + 1], alone[None])
        assert np.array_equal(z[i], own[0])
        assert np.array_equal(backward(slope[:2])[i], back(slope[i : i + 1])[0])


@pytest.mark.parametrize("n", [1, 2, 64, 333])
@OUTPUTS
@EVERY
def test_a_run_does_not_depend_on_its_neighbours_to_the_last_bit(name, options, outputs, n):
    _, features, theta, slope, forward = pieces(name, options, 3, outputs, n, runs=7)
    theta[2], theta[5] = np.nan, np.inf
    with np.errstate(invalid="ignore"):
        z, backward = forward(theta, features[None])
        gradients = backward(slope)
    for i in (0, 1, 3, 4, 6):
        own, back = forward(theta[i : i + 1], features[None])
        assert np.array_equal(z[i], own[0])
        assert np.array_equal(gradients[i], back(slope[i : i + 1])[0])


@OUTPUTS
@EVERY
def test_more_axes_before_the_runs_are_more_points(name, options, outputs):
    _, features, theta, slope, forward = pieces(name, options, 2, outputs, runs=4)
    z, backward = forward(theta, features[None])
    stacked, back = forward(theta.reshape(2, 2, -1), features[None])
    assert np.array_equal(stacked.reshape(z.shape), z)
    gradients = back(slope.reshape(stacked.shape))
    assert np.array_equal(gradients.reshape(theta.shape), backward(slope))
    points, _ = forward(theta[:, None], features[None])
    assert np.array_equal(points[:, 0], z)
    plain, _ = forward(theta, features)
    assert np.array_equal(plain, z)


@OUTPUTS
@EVERY
def test_the_way_back_may_be_taken_late_and_twice(name, options, outputs):
    _, features, theta, slope, forward = pieces(name, options, 2, outputs)
    _, backward = forward(theta, features[None])
    _, other = forward(theta + 1.0, features[None])
    first = backward(slope)
    other(slope)
    assert np.array_equal(backward(slope), first)


@pytest.mark.parametrize("d", [1, 3])
@OUTPUTS
@EVERY
def test_predictions_are_the_same_in_the_data_s_units(name, options, d, outputs):
    X, _, theta, _, forward = pieces(name, options, d, outputs)
    rng, model = np.random.default_rng(2), MODELS[name]
    center, scale = rng.normal(size=d), rng.uniform(0.5, 3.0, size=d)
    scaled, _ = forward(theta, model.function((X - center) / scale, **options)[None])
    units, columns = model.layers(d, outputs, **options)[0]
    first = theta[:, : units * columns].reshape(3, units, columns)
    changed = theta.copy()
    powers = model.units(center, scale, **options)
    changed[:, : units * columns] = in_units(first, powers).reshape(3, -1)
    np.testing.assert_allclose(from_units(in_units(first, powers), powers), first, rtol=1e-6)
    plain, _ = forward(changed, model.function(X, **options)[None])
    np.testing.assert_allclose(plain, scaled, rtol=1e-7, atol=1e-7)


@EVERY
def test_without_scaling_the_units_change_nothing(name, options):
    units = MODELS[name].units(np.zeros(2), np.ones(2), **options)
    rows = np.random.default_rng(3).normal(size=(4, 1 + 2 * units.shape[-1]))
    assert np.array_equal(in_units(rows, units), rows)
    assert np.array_equal(from_units(rows, units), rows)


def dense(center: np.ndarray, scale: np.ndarray, degree: int) -> np.ndarray:
    """The same map as one matrix, column by column from NumPy's powers of polynomials."""
    d = len(center)
    matrix = np.eye(1 + d * degree)
    for i, (m, s) in enumerate(zip(center, scale, strict=True)):
        places = [0, *range(1 + i * degree, 1 + (i + 1) * degree)]
        for k in range(1, degree + 1):
            terms = np.polynomial.polynomial.polypow([-m / s, 1 / s], k)
            matrix[places[: k + 1], places[k]] = terms
    return matrix


@pytest.mark.parametrize(("d", "degree"), [(1, 1), (4, 1), (1, 9), (3, 5)])
def test_the_units_are_those_of_the_dense_matrix(d, degree):
    rng = np.random.default_rng(4)
    center, scale = rng.normal(size=d), rng.uniform(0.5, 3.0, size=d)
    rows = rng.normal(size=(2, 3, 1 + d * degree))
    matrix = dense(center, scale, degree)
    powers = MODELS["polynomial"].units(center, scale, degree=degree)
    np.testing.assert_allclose(in_units(rows, powers), rows @ matrix.T, rtol=1e-12, atol=1e-12)
    back = np.linalg.solve(matrix, rows[..., None])[..., 0]
    np.testing.assert_allclose(from_units(rows, powers), back, rtol=1e-9, atol=1e-9)
    alone = np.stack([in_units(row, powers) for row in rows.reshape(6, -1)])
    assert np.array_equal(alone.reshape(rows.shape), in_units(rows, powers))


def test_units_of_many_powers_need_no_large_matrix():
    d, degree = 100, 9
    tracemalloc.start()
    try:
        powers = MODELS["polynomial"].units(np.ones(d), np.ones(d), degree=degree)
        back = from_units(in_units(np.ones(1 + d * degree), powers), powers)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    np.testing.assert_allclose(back, 1.0, rtol=1e-9)
    assert peak < 4 * 8 * d * degree * (degree + 1) < 8 * (1 + d * degree) ** 2 / 2


@pytest.mark.parametrize(("name", "options"), LINEAR)
def test_a_linear_model_starts_at_zero_and_has_no_hidden_units(name, options):
    _, features, theta, _, _ = pieces(name, options, 2)
    model = MODELS[name]
    assert model.linear
    assert model.usual_start(**options) == "zeros"
    assert model.activations(theta, features[None], outputs=0, **options) == ()
