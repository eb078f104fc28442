"""Schedules: the factor on the rate, by hand, and what they all keep."""

import numpy as np
import pytest
from own_rows import rows, train_on

from lossviz import SCHEDULES, Experiment

TOTAL = 8
HAND = {
    "constant": ({}, [1, 1, 1, 1, 1, 1, 1, 1]),
    "step": ({"at": 3, "factor": 0.5}, [1, 1, 1, 0.5, 0.5, 0.5, 0.5, 0.5]),
    "exponential": ({"gamma": 0.5}, [1, 1 / 2, 1 / 4, 1 / 8, 1 / 16, 1 / 32, 1 / 64, 1 / 128]),
    # cos at 0, 45, 90, ... degrees; half of one more than it, squeezed between 0.2 and 1
    "cosine": (
        {"floor": 0.2},
        [
            0.2 + 0.8 * (1 + c) / 2
            for c in (
                1,
                0.9238795325112867,
                2**-0.5,
                0.3826834323650898,
                0,
                -0.3826834323650898,
                -(2**-0.5),
                -0.9238795325112867,
            )
        ],
    ),
    "inverse_time": ({"half_life": 2.0}, [1, 2 / 3, 1 / 2, 2 / 5, 1 / 3, 2 / 7, 1 / 4, 2 / 9]),
    "warm_up": ({"warm_steps": 4}, [1 / 4, 1 / 2, 3 / 4, 1, 1, 1, 1, 1]),
}


def factors(name, total=TOTAL, **options):
    item = SCHEDULES[name]
    full = {param.name: options.get(param.name, param.default) for param in item.params}
    return item.function(np.arange(total), total, **full)


@pytest.mark.shipped
def test_every_schedule_has_its_factors_by_hand():
    assert HAND.keys() == SCHEDULES.keys()


@pytest.mark.parametrize("name", HAND)
def test_the_factors_are_those_worked_out_by_hand(name):
    options, expected = HAND[name]
    np.testing.assert_allclose(factors(name, **options), expected, rtol=1e-14, atol=1e-15)


@pytest.mark.parametrize("total", [1, 2, 20_000])
@pytest.mark.parametrize("corner", ["low", "high", "default"])
@pytest.mark.parametrize("name", SCHEDULES)
def test_factors_are_finite_and_never_negative_at_the_ends_of_the_ranges(name, corner, total):
    options = {param.name: getattr(param, corner) for param in SCHEDULES[name].params}
    values = factors(name, total, **options)
    assert values.shape == (total,)
    assert np.isfinite(values).all()
    assert (values >= 0).all()


@pytest.mark.parametrize("name", HAND)
def test_each_update_is_made_with_its_own_rate(name):
    # From θ = 0 with one row (x, y) = (0, 1) only the intercept moves: under squared error by
    # 2 rate (1 - b), so 1 - b shrinks by the factor 1 - 2 rate at each update.
    options, expected = HAND[name]
    e = Experiment(
        schedule=name,
        steps=TOTAL,
        lr=0.1,
        params={f"{name}.{key}": value for key, value in options.items()},
    )
    answer = train_on(rows([0.0], [1.0]), e)
    shrunk = np.cumprod([1 - 2 * 0.1 * factor for factor in expected])
    np.testing.assert_allclose(1 - answer.theta[1:, 0], shrunk, rtol=1e-13)
