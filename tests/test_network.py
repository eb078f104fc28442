"""The multi-layer perceptron against the formulas, scikit-learn and PyTorch."""

from functools import partial

import numpy as np
import pytest
from scipy.special import erf, expit, softmax
from sklearn.neural_network import MLPClassifier, MLPRegressor

from lossviz import MODELS
from lossviz.engine.sampling import generator
from lossviz.engine.starts import he, xavier
from lossviz.items.models.activations import ACTIVATIONS
from lossviz.items.models.base import not_bias, split

MLP = MODELS["mlp"]
ACTIVATION = pytest.mark.parametrize("activation", ACTIVATIONS)
OUTPUTS = pytest.mark.parametrize("outputs", [0, 1, 3])
DEPTH = pytest.mark.parametrize("depth", [1, 2, 8])

# What each activation is, written in another way than ours.
VALUES = {
    "tanh": lambda x: 2.0 * expit(2.0 * x) - 1.0,
    "relu": lambda x: np.where(x > 0, x, 0.0),
    "sigmoid": expit,
    "gelu": lambda x: 0.5 * x * (1.0 + erf(x / np.sqrt(2.0))),
}


def network(outputs, d=3, n=9, runs=2, **options):
    """Rows, features, parameters of a size that keeps units from saturating, and the forward."""
    rng = np.random.default_rng([outputs, d, n, options["depth"]])
    X = rng.normal(size=(n, d))
    layers = MLP.layers(d, outputs, **options)
    fan_in = np.concatenate([np.full(units * columns, columns - 1) for units, columns in layers])
    theta = rng.normal(size=(runs, len(fan_in))) / np.sqrt(fan_in)
    forward = partial(MLP.forward, outputs=outputs, **options)
    return X, MLP.function(X, **options)[None], theta, forward


def test_every_activation_has_a_second_opinion():
    assert set(VALUES) == set(ACTIVATIONS)


@ACTIVATION
def test_an_activation_is_its_formula(activation):
    x = np.concatenate([np.linspace(-8, 8, 1001), [-1e3, 1e3, -1e150, 1e150]])
    values = x.copy()
    ACTIVATIONS[activation](values)
    np.testing.assert_allclose(values, VALUES[activation](x), rtol=1e-12, atol=1e-15)


@ACTIVATION
def test_the_slope_of_an_activation_is_its_derivative(activation):
    x, h = np.linspace(-6, 6, 1000), 1e-3  # an even number of points leaves out the kink at 0
    slope = ACTIVATIONS[activation](x.copy())(np.empty_like(x))
    value = VALUES[activation]
    near, far = value(x + h) - value(x - h), value(x + 2 * h) - value(x - 2 * h)
    np.testing.assert_allclose(slope, (8 * near - far) / (12 * h), rtol=1e-9, atol=1e-11)


@ACTIVATION
def test_far_out_the_slope_is_flat_and_finite(activation):
    x = np.array([-1e150, -1e3, 1e3, 1e150])
    slope = ACTIVATIONS[activation](x.copy())(np.empty_like(x))
    rises = activation in ("relu", "gelu")
    assert slope.tolist() == [0.0, 0.0, float(rises), float(rises)]


def test_the_slope_of_relu_at_its_kink_is_zero():
    assert ACTIVATIONS["relu"](np.zeros(1))(np.empty(1)).tolist() == [0.0]


@OUTPUTS
@DEPTH
@ACTIVATION
def test_a_network_is_its_layers_one_after_another(activation, depth, outputs):
    options = {"depth": depth, "width": 4, "activation": activation}
    X, features, theta, forward = network(outputs, **options)
    z, _ = forward(theta, features)
    for run in range(2):
        a = X
        matrices = split(theta[run], MLP.layers(3, outputs, **options))
        for i, matrix in enumerate(matrices):
            a = a @ matrix[:, 1:].T + matrix[:, 0]
            a = VALUES[activation](a) if i < depth else a
        expected = a if outputs else a[:, 0]
        np.testing.assert_allclose(z[run], expected, rtol=1e-11, atol=1e-13)


@OUTPUTS
@DEPTH
@ACTIVATION
def test_backpropagation_is_the_derivative(activation, depth, outputs):
    _, features, theta, forward = network(outputs, depth=depth, width=4, activation=activation)
    z, backward = forward(theta, features)
    slope = np.random.default_rng(1).normal(size=z.shape)
    # So near that no relu crosses its kink.
    h, numeric = 1e-6, np.empty_like(theta)
    for j in range(theta.shape[1]):
        e = np.zeros(theta.shape[1])
        e[j] = h
        difference = forward(theta + e, features)[0] - forward(theta - e, features)[0]
        numeric[:, j] = (slope * difference).reshape(2, -1).sum(axis=1) / (2 * h)
    np.testing.assert_allclose(backward(slope), numeric, rtol=1e-6, atol=1e-8)


@OUTPUTS
@ACTIVATION
def test_the_hidden_values_lead_to_the_prediction(activation, outputs):
    options = {"depth": 2, "width": 4, "activation": activation}
    _, features, theta, forward = network(outputs, **options)
    hidden = MLP.activations(theta, features, outputs=outputs, **options)
    matrices = split(theta, MLP.layers(3, outputs, **options))
    assert [pre.shape for pre, _ in hidden] == [(2, 9, 4)] * 2
    below = features[:, 1:].mT
    for (pre, post), matrix in zip(hidden, matrices, strict=False):
        expected = below @ matrix[..., 1:].mT + matrix[:, None, :, 0]
        np.testing.assert_allclose(pre, expected, rtol=1e-12, atol=1e-14)
        np.testing.assert_allclose(post, VALUES[activation](pre), rtol=1e-12, atol=1e-15)
        below = post
    last = below @ matrices[-1][..., 1:].mT + matrices[-1][:, None, :, 0]
    expected = last if outputs else last[..., 0]
    np.testing.assert_allclose(forward(theta, features)[0], expected, rtol=1e-12, atol=1e-14)


def test_parameters_are_named_by_layer_unit_and_input():
    names = MLP.names(("a", "b"), 3, ("x", "y", "z"), depth=1, width=2, activation="tanh")
    assert names == (
        "b₁[1]",
        "w₁[1, 1]",
        "w₁[1, 2]",
        "b₁[2]",
        "w₁[2, 1]",
        "w₁[2, 2]",
        "b₂[1]",
        "w₂[1, 1]",
        "w₂[1, 2]",
        "b₂[2]",
        "w₂[2, 1]",
        "w₂[2, 2]",
        "b₂[3]",
        "w₂[3, 1]",
        "w₂[3, 2]",
    )


def test_random_starts_are_of_the_sizes_of_the_layer():
    layers = MLP.layers(3, 2, depth=2, width=4, activation="relu")
    assert layers == ((4, 4), (4, 5), (2, 5))
    fan_in = np.array([3] * 16 + [4] * 20 + [4] * 10)
    fan_out = np.array([4] * 16 + [4] * 20 + [2] * 10)
    is_bias = ([True, *[False] * 3] * 4) + ([True, *[False] * 4] * 6)
    assert not_bias(layers).tolist() == np.logical_not(is_bias).tolist()
    draws = np.where(is_bias, 0.0, generator(7, "init").normal(size=46))
    assert np.array_equal(xavier(7, layers), draws * np.sqrt(2.0 / (fan_in + fan_out)))
    assert np.array_equal(he(7, layers), draws * np.sqrt(2.0 / fan_in))


@pytest.mark.parametrize(
    ("activation", "start"),
    [("tanh", "xavier"), ("sigmoid", "xavier"), ("relu", "he"), ("gelu", "he")],
)
def test_the_usual_start_suits_the_activation(activation, start):
    assert MLP.usual_start(depth=1, width=8, activation=activation) == start


def with_weights(estimator, matrices):
    """A fitted network of scikit-learn's, with these matrices instead of its own."""
    estimator.coefs_ = [matrix[:, 1:].T for matrix in matrices]
    estimator.intercepts_ = [matrix[:, 0] for matrix in matrices]
    return estimator


@pytest.mark.parametrize("depth", [1, 3])
@pytest.mark.parametrize(
    ("activation", "name"), [("tanh", "tanh"), ("relu", "relu"), ("sigmoid", "logistic")]
)
def test_predictions_are_those_of_scikit_learn(activation, name, depth):
    options = {"depth": depth, "width": 6, "activation": activation}
    theirs = {"hidden_layer_sizes": (6,) * depth, "activation": name, "random_state": 0}

    def ours(outputs):
        X, features, theta, forward = network(outputs, n=30, **options)
        matrices = split(theta[0], MLP.layers(3, outputs, **options))
        return X, matrices, forward(theta, features)[0][0]

    labels = np.arange(30) % 3
    X, matrices, z = ours(0)
    regressor = with_weights(MLPRegressor(**theirs).partial_fit(X, X[:, 0]), matrices)
    np.testing.assert_allclose(z, regressor.predict(X), rtol=1e-11, atol=1e-13)
    binary = MLPClassifier(**theirs).partial_fit(X, labels % 2, classes=[0, 1])
    binary = with_weights(binary, matrices)
    np.testing.assert_allclose(expit(z), binary.predict_proba(X)[:, 1], rtol=1e-11)
    X, matrices, z = ours(3)
    several = MLPClassifier(**theirs).partial_fit(X, labels, classes=[0, 1, 2])
    several = with_weights(several, matrices)
    np.testing.assert_allclose(softmax(z, axis=-1), several.predict_proba(X), rtol=1e-11)


@pytest.mark.parity
@OUTPUTS
@DEPTH
@ACTIVATION
def test_backpropagation_is_that_of_pytorch(torch, activation, depth, outputs):
    options = {"depth": depth, "width": 5, "activation": activation}
    X, features, theta, forward = network(outputs, **options)
    z, backward = forward(theta, features)
    slope = np.random.default_rng(1).normal(size=z.shape)
    gradients = backward(slope)
    apply = torch.nn.functional.gelu if activation == "gelu" else getattr(torch, activation)
    for run in range(2):
        point, start = torch.tensor(theta[run], requires_grad=True), 0
        a = torch.tensor(X)
        for i, (units, columns) in enumerate(MLP.layers(3, outputs, **options)):
            W = point[start : start + units * columns].reshape(units, columns)
            start += units * columns
            a = torch.nn.functional.linear(a, W[:, 1:], W[:, 0])
            a = apply(a) if i < depth else a
        a = a if outputs else a[:, 0]
        (a * torch.tensor(slope[run])).sum().backward()
        np.testing.assert_allclose(z[run], a.detach().numpy(), rtol=1e-10, atol=1e-12)
        np.testing.assert_allclose(gradients[run], point.grad.numpy(), rtol=1e-9, atol=1e-12)
