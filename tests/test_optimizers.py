"""Every update rule against three steps worked out by hand, and the contract they all keep."""

from fractions import Fraction as F
from math import sqrt

import numpy as np
import pytest

from lossviz.items.optimizers import OPTIMIZERS

# Two parameters and the gradients of three updates, the rate 1/10. The gradient of the second
# parameter changes sign, and is 0 once.
START = (1.0, -2.0)
GRADIENTS = ((2.0, -1.0), (1.0, 0.0), (-1.0, 4.0))
RATE = 0.1

# Linear rules end in fractions, so these are exact. With beta = 1/2:
#   gd        θ1: 1 - .2 = .8, - .1 = .7, + .1 = .8       θ2: -2 + .1 = -1.9, -1.9, - .4 = -2.3
#   momentum  v1: 2, 1 + 1 = 2, 1 - 1 = 0                 θ1: .8, .6, .6
#             v2: -1, -1/2, -1/4 + 4 = 15/4               θ2: -1.9, -1.85, -2.225
#   nesterov  g + v/2: 2 + 1 = 3, 1 + 1 = 2, -1 + 0 = -1  θ1: .7, .5, .6
#             -3/2, -1/4, 4 + 15/8 = 47/8                 θ2: -1.85, -1.825, -2.4125
HAND = {
    "gd": ({}, [(F(8, 10), F(-19, 10)), (F(7, 10), F(-19, 10)), (F(8, 10), F(-23, 10))]),
    "momentum": (
        {"beta": 0.5},
        [(F(8, 10), F(-19, 10)), (F(6, 10), F(-185, 100)), (F(6, 10), F(-2225, 1000))],
    ),
    "nesterov": (
        {"beta": 0.5},
        [(F(7, 10), F(-185, 100)), (F(5, 10), F(-1825, 1000)), (F(6, 10), F(-24125, 10000))],
    ),
    # Sums of squares: 4, 5, 6 and 1, 1, 17. A step is a tenth of g / (root + 1/2).
    "adagrad": (
        {"eps": 0.5},
        [
            (1 - 0.2 / 2.5, -2 + 0.1 / 1.5),
            (1 - 0.2 / 2.5 - 0.1 / (sqrt(5) + 0.5), -2 + 0.1 / 1.5),
            (
                1 - 0.2 / 2.5 - 0.1 / (sqrt(5) + 0.5) + 0.1 / (sqrt(6) + 0.5),
                -2 + 0.1 / 1.5 - 0.4 / (sqrt(17) + 0.5),
            ),
        ],
    ),
    # Means of squares with rho = 3/4: 1, 1, 1 and 1/4, 3/16, 9/64 + 4 = 265/64.
    "rmsprop": (
        {"rho": 0.75, "eps": 0.5},
        [
            (1 - 0.2 / 1.5, -2 + 0.1 / 1.0),
            (1 - 0.2 / 1.5 - 0.1 / 1.5, -2 + 0.1),
            (1 - 0.2 / 1.5 - 0.1 / 1.5 + 0.1 / 1.5, -2 + 0.1 - 0.4 / (sqrt(265 / 64) + 0.5)),
        ],
    ),
    # beta1 = 1/2, beta2 = 3/4. Means m of g: 1, 1, 0 and -1/2, -1/4, 15/8; over 1 - 2^-t, which
    # is 1/2, 3/4, 7/8: 2, 4/3, 0 and -1, -1/3, 15/7. Means of squares as in rmsprop, over
    # 1 - (3/4)^t, which is 1/4, 7/16, 37/64: 4, 16/7, 64/37 and 1, 3/7, 265/37.
    "adam": (
        {"beta1": 0.5, "beta2": 0.75, "eps": 0.5},
        [
            (1 - 0.2 / 2.5, -2 + 0.1 / 1.5),
            (
                1 - 0.2 / 2.5 - 0.1 * (4 / 3) / (sqrt(16 / 7) + 0.5),
                -2 + 0.1 / 1.5 + 0.1 / 3 / (sqrt(3 / 7) + 0.5),
            ),
            (
                1 - 0.2 / 2.5 - 0.1 * (4 / 3) / (sqrt(16 / 7) + 0.5),
                -2
                + 0.1 / 1.5
                + 0.1 / 3 / (sqrt(3 / 7) + 0.5)
                - 0.1 * (15 / 7) / (sqrt(265 / 37) + 0.5),
            ),
        ],
    ),
    # Adam's steps; before each, θ shrinks by the factor 1 - 1/10 * 1/2 = 19/20.
    "adamw": (
        {"beta1": 0.5, "beta2": 0.75, "eps": 0.5, "decay": 0.5},
        [
            (0.95 - 0.2 / 2.5, -1.9 + 0.1 / 1.5),
            (
                0.95 * (0.95 - 0.2 / 2.5) - 0.1 * (4 / 3) / (sqrt(16 / 7) + 0.5),
                0.95 * (-1.9 + 0.1 / 1.5) + 0.1 / 3 / (sqrt(3 / 7) + 0.5),
            ),
            (
                0.95 * (0.95 * (0.95 - 0.2 / 2.5) - 0.1 * (4 / 3) / (sqrt(16 / 7) + 0.5)),
                0.95 * (0.95 * (-1.9 + 0.1 / 1.5) + 0.1 / 3 / (sqrt(3 / 7) + 0.5))
                - 0.1 * (15 / 7) / (sqrt(265 / 37) + 0.5),
            ),
        ],
    ),
    # beta1 m / (1 - 2^-(t+1)) is m/2 over 3/4, 7/8, 15/16: 2/3, 4/7, 0 and -1/3, -1/7, 1.
    # (1 - beta1) g / (1 - 2^-t) is g/2 over 1/2, 3/4, 7/8: 2, 2/3, -4/7 and -1, 0, 16/7.
    # Together 8/3, 26/21, -4/7 and -4/3, -1/7, 23/7, over Adam's roots.
    "nadam": (
        {"beta1": 0.5, "beta2": 0.75, "eps": 0.5},
        [
            (1 - 0.1 * (8 / 3) / 2.5, -2 + 0.1 * (4 / 3) / 1.5),
            (
                1 - 0.1 * (8 / 3) / 2.5 - 0.1 * (26 / 21) / (sqrt(16 / 7) + 0.5),
                -2 + 0.1 * (4 / 3) / 1.5 + 0.1 / 7 / (sqrt(3 / 7) + 0.5),
            ),
            (
                1
                - 0.1 * (8 / 3) / 2.5
                - 0.1 * (26 / 21) / (sqrt(16 / 7) + 0.5)
                + 0.1 * (4 / 7) / (sqrt(64 / 37) + 0.5),
                -2
                + 0.1 * (4 / 3) / 1.5
                + 0.1 / 7 / (sqrt(3 / 7) + 0.5)
                - 0.1 * (23 / 7) / (sqrt(265 / 37) + 0.5),
            ),
        ],
    ),
}


def defaults(name):
    return {param.name: param.default for param in OPTIMIZERS[name].params}


def descend(name, theta, gradients, rate, options=None):
    """All points after the first: a list of (R, P), given a gradient (R, P) for each update."""
    item = OPTIMIZERS[name]
    state, points = (np.zeros_like(theta),) * item.slots, []
    for t, gradient in enumerate(gradients, start=1):
        g = gradient(theta) if callable(gradient) else gradient
        theta, state = item.function(theta, g, state, rate, t, **(options or defaults(name)))
        points.append(theta)
    return points


@pytest.mark.shipped
def test_every_optimizer_has_its_steps_by_hand():
    assert HAND.keys() == OPTIMIZERS.keys()


@pytest.mark.parametrize("name", HAND)
def test_the_first_three_steps_are_those_worked_out_by_hand(name):
    options, expected = HAND[name]
    gradients = [np.array([g]) for g in GRADIENTS]
    points = descend(name, np.array([START]), gradients, np.array([[RATE]]), options)
    np.testing.assert_allclose(
        np.concatenate(points), np.array(expected, dtype=float), rtol=1e-14, atol=0
    )


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_state_has_the_shape_of_theta_and_is_as_long_as_declared(name):
    item, theta = OPTIMIZERS[name], np.ones((3, 2))
    before = (np.zeros_like(theta),) * item.slots
    moved, state = item.function(theta, theta, before, np.full((3, 1), 0.1), 1, **defaults(name))
    assert [array.shape for array in (moved, *state)] == [(3, 2)] * (1 + item.slots)


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_an_update_leaves_its_arguments_as_they_were(name):
    item = OPTIMIZERS[name]
    arrays = [np.full((2, 3), 0.5) for _ in range(2 + item.slots)]
    for array in arrays:
        array.setflags(write=False)
    theta, gradient, *state = arrays
    moved, _ = item.function(
        theta, gradient, tuple(state), np.full((2, 1), 0.1), 1, **defaults(name)
    )
    assert not np.array_equal(moved, theta)


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_a_batch_of_runs_moves_as_each_alone_to_the_last_bit(name):
    rng = np.random.default_rng(1)
    theta, rate = rng.normal(size=(7, 3)), rng.uniform(0.01, 0.5, size=(7, 1))
    gradients = list(rng.normal(size=(5, 7, 3)) * 10.0 ** rng.integers(-8, 8, size=(5, 7, 3)))
    options = {
        param.name: rng.uniform(param.low, min(param.high, 1.0), size=(7, 1))
        for param in OPTIMIZERS[name].params
    }
    together = descend(name, theta, gradients, rate, options)
    for i in range(7):
        own = {key: values[i : i + 1] for key, values in options.items()}
        alone = descend(
            name, theta[i : i + 1], [g[i : i + 1] for g in gradients], rate[i : i + 1], own
        )
        assert np.array_equal([point[i] for point in together], [point[0] for point in alone])


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_every_optimizer_finds_the_bottom_of_a_bowl(name):
    # f = ½ (θ - b)ᵀ A (θ - b), with curvatures 1 and 3; the rate fades, as Adam's needs to.
    A, bottom = np.array([[2.0, 1.0], [1.0, 2.0]]), np.array([1.5, -0.5])
    item, theta = OPTIMIZERS[name], np.zeros((1, 2))
    state, options = (np.zeros_like(theta),) * item.slots, defaults(name)
    if "decay" in options:
        options["decay"] = 0.0  # it pulls towards 0, away from the bottom
    base = 1.0 if name == "adagrad" else 0.1  # whose rate falls by itself
    for t in range(1, 2001):
        rate = np.array([[base / (1 + t / 200) ** 2 if base < 1 else base]])
        theta, state = item.function(theta, (theta - bottom) @ A, state, rate, t, **options)
    np.testing.assert_allclose(theta[0], bottom, atol=1e-4)


@pytest.mark.parametrize(
    ("name", "change", "plain"),
    [
        ("momentum", {"beta": 0.0}, "gd"),
        ("nesterov", {"beta": 0.0}, "gd"),
        ("adamw", {"decay": 0.0}, "adam"),
        ("nadam", {"beta1": 0.0}, "rmsprop with bias taken out"),
        ("adam", {"beta1": 0.0}, "rmsprop with bias taken out"),
    ],
)
def test_special_cases_meet(name, change, plain):
    rng = np.random.default_rng(2)
    theta, gradients = rng.normal(size=(4, 3)), list(rng.normal(size=(6, 4, 3)))
    rate = np.full((4, 1), 0.1)
    points = descend(name, theta, gradients, rate, {**defaults(name), **change})
    if plain in OPTIMIZERS:
        expected = descend(plain, theta, gradients, rate)
    else:
        square, expected, point = np.zeros_like(theta), [], theta
        for t, g in enumerate(gradients, start=1):
            square = 0.999 * square + 0.001 * g * g
            point = point - 0.1 * g / (np.sqrt(square / (1 - 0.999**t)) + 1e-8)
            expected.append(point)
    np.testing.assert_allclose(points, expected, rtol=1e-12)
