"""Losses at points computed by hand, against each other, and at the limits of their parameters."""

import math

import numpy as np
import pytest
from scipy.integrate import quad
from scipy.stats import expectile, norm

from lossviz.items.losses import LOSSES

E, LOG2 = math.e, math.log(2.0)
R = np.concatenate([-np.logspace(-6, 3, 200), [0.0], np.logspace(-6, 3, 200)])


# (loss, parameters, z, y, value, slope): the arithmetic is in the comments.
@pytest.mark.parametrize(
    ("name", "params", "z", "y", "value", "slope"),
    [
        ("squared_error", {}, 3, 1, 4, 4),
        ("squared_error", {}, 0, 2, 4, -4),
        ("squared_error", {}, 1.5, 1, 0.25, 1),
        ("absolute_error", {}, 3, 1, 2, 1),
        ("absolute_error", {}, -1, 1, 2, -1),
        ("absolute_error", {}, 1, 1, 0, 0),
        ("huber", {}, 0.5, 0, 0.125, 0.5),  # ½ · ¼
        ("huber", {}, 3, 0, 2.5, 1),  # 3 - ½
        ("huber", {"delta": 0.5}, 0, 2, 0.875, -0.5),  # ½ (2 - ¼)
        ("pseudo_huber", {}, 0.75, 0, 0.25, 0.6),  # sqrt(1 + 9/16) = 5/4
        ("pseudo_huber", {"delta": 3}, 4, 0, 6, 2.4),  # 9 (5/3 - 1), 4 / (5/3)
        ("pseudo_huber", {"delta": 4}, -3, 0, 4, -2.4),  # 16 (5/4 - 1), -3 / (5/4)
        ("log_cosh", {}, LOG2, 0, math.log(1.25), 0.6),  # cosh = (2 + ½)/2, tanh = (2 - ½)/(2 + ½)
        ("log_cosh", {}, 0, math.log(3), math.log(5 / 3), -0.8),  # cosh = (3 + ⅓)/2
        ("log_cosh", {}, 1000, 0, 1000 - LOG2, 1),
        ("quantile", {}, 0, 2, 1.8, -0.9),
        ("quantile", {}, 2, 0, 0.2, 0.1),
        ("quantile", {"tau": 0.25}, 4, 0, 3, 0.75),
        ("expectile", {}, 0, 2, 3.6, -3.6),  # 0.9 · 4, 2 · 0.9 · -2
        ("expectile", {}, 2, 0, 0.4, 0.4),
        ("expectile", {"tau": 0.25}, 3, 1, 3, 3),  # 0.75 · 4, 2 · 0.75 · 2
        ("squared_log_error", {}, E - 1, 0, 1, 2 / E),  # log(1 + z) = 1
        ("squared_log_error", {}, 0, E**2 - 1, 4, -4),  # log(1 + y) = 2
        ("squared_log_error", {}, 1 - E, E - 1, 4, -4 / E),  # -1 against 1
        ("epsilon_insensitive", {}, 0.25, 0, 0, 0),
        ("epsilon_insensitive", {}, 2, 0, 1.5, 1),
        ("epsilon_insensitive", {}, 0, 0.5, 0, 0),
        ("epsilon_insensitive", {"epsilon": 1}, 0, 3, 2, -1),
        ("squared_epsilon_insensitive", {}, 2, 0, 2.25, 3),
        ("squared_epsilon_insensitive", {}, 0, 0.25, 0, 0),
        ("squared_epsilon_insensitive", {"epsilon": 1}, 0, 3, 4, -4),
        ("poisson", {}, 0, 0, 1, 1),
        ("poisson", {}, LOG2, 3, 2 - 3 * LOG2, -1),
        ("poisson", {}, 51, 0, 2 * math.exp(50), math.exp(50)),  # the tangent: e^50 (1 + 1)
        ("linex", {}, LOG2, 0, 1 - LOG2, 1),  # 2 - log 2 - 1
        ("linex", {"a": -1}, LOG2, 0, LOG2 - 0.5, 0.5),  # ½ + log 2 - 1, -1 · (½ - 1)
        ("linex", {"a": 2}, -LOG2 / 2, 0, LOG2 - 0.5, -1),  # the same, 2 (½ - 1)
        ("linex", {"a": 1}, 51, 0, 2 * math.exp(50) - 52, math.exp(50) - 1),
        ("cauchy", {"c": 1}, 1, 0, LOG2 / 2, 0.5),
        ("cauchy", {"c": 2}, 2, 0, 2 * LOG2, 1),
        ("cauchy", {"c": 1}, 0, 2, math.log(5) / 2, -0.4),
        ("geman_mcclure", {"c": 1}, 1, 0, 0.25, 0.25),  # ½ / 2, 1 / 4
        ("geman_mcclure", {"c": 2}, 2, 0, 1, 0.5),  # 2 / 2, 2 / 4
        ("geman_mcclure", {"c": 1}, 0, 3, 0.45, -0.03),  # 4.5 / 10, 3 / 100
        ("welsch", {"c": 1}, 1, 0, (1 - 1 / E) / 2, 1 / E),
        ("welsch", {"c": 2}, 0, 2, 2 * (1 - 1 / E), -2 / E),
        ("welsch", {"c": 1}, 1000, 0, 0.5, 0),
        ("tukey", {"c": 2}, 1, 0, 37 / 96, 9 / 16),  # ⅔ (1 - 27/64), (¾)²
        ("tukey", {"c": 2}, 3, 0, 2 / 3, 0),
        ("tukey", {"c": 1}, 0, 0.5, 37 / 384, -9 / 32),  # (1 - 27/64) / 6, -½ (¾)²
        ("barron", {}, 0.75, 0, 0.25, 0.6),  # as pseudo-Huber
        ("barron", {"c": 2}, 1.5, 0, 0.25, 0.3),  # the same stretched by 2
        ("barron", {"alpha": 2}, 0, 3, 4.5, -3),
        ("barron", {"alpha": 0}, 2, 0, math.log(3), 2 / 3),  # log(1 + u/2), r / (1 + u/2)
        ("barron", {"alpha": -2}, 2, 0, 1, 0.5),  # 2 (1 - 1/2), 2 / 2²
        ("barron", {"alpha": -10}, 12**0.5, 0, 1.1625, 12**0.5 / 64),  # 1.2 (1 - 2^-5), r 2^-6
    ],
)
def test_points_computed_by_hand(name, params, z, y, value, slope):
    found = LOSSES[name](z, y, **params)
    np.testing.assert_allclose(found, (value, slope), rtol=1e-14, atol=1e-15)


def _half(name, factor=0.5, **params):
    """A loss times a factor, at residuals R."""
    return factor * np.array(LOSSES[name](R, 0.0, **params))


def _raw(name, **params):
    """A loss at residuals R with parameters beyond their range."""
    return np.array(LOSSES[name].function(R, 0.0, **params))


@pytest.mark.parametrize(
    ("left", "right"),
    [
        (_half("quantile", 1.0, tau=0.5), _half("absolute_error")),
        (_half("expectile", 1.0, tau=0.5), _half("squared_error")),
        (_raw("huber", delta=1e4), _half("squared_error")),
        (_raw("huber", delta=1e-9) / 1e-9, _half("absolute_error", 1.0)),
        (_raw("pseudo_huber", delta=1e9), _half("squared_error")),
        (_half("epsilon_insensitive", 1.0, epsilon=0.0), _half("absolute_error", 1.0)),
        (_half("squared_epsilon_insensitive", 1.0, epsilon=0.0), _half("squared_error", 1.0)),
        (_raw("linex", a=1e-6) * 1e12, _half("squared_error")),
        (_raw("cauchy", c=1e9), _half("squared_error")),
        (_raw("geman_mcclure", c=1e9), _half("squared_error")),
        (_raw("welsch", c=1e9), _half("squared_error")),
        (_raw("tukey", c=1e9), _half("squared_error")),
    ],
    ids=(
        "quantile expectile huber_wide huber_narrow pseudo_huber epsilon squared_epsilon linex "
        "cauchy geman_mcclure welsch tukey"
    ).split(),
)
def test_losses_meet_in_their_special_cases(left, right):
    # Small residuals lie inside even the narrowest Huber band, and linex loses digits there.
    far = np.abs(R) > 1e-3
    np.testing.assert_allclose(left[:, far], right[:, far], rtol=1e-3, atol=1e-12)
    near = far & (np.abs(R) < 10.0)
    np.testing.assert_allclose(left[:, near], right[:, near], rtol=1e-5)


@pytest.mark.parametrize("c", [0.3, 1.0, 2.5])
@pytest.mark.parametrize(
    ("alpha", "name", "width"),
    [
        (2.0, "squared_error", None),
        (1.0, "pseudo_huber", 1.0),
        (0.0, "cauchy", 2.0**0.5),
        (-2.0, "geman_mcclure", 2.0),
    ],
)
def test_barron_contains_the_others(alpha, name, width, c):
    loss = LOSSES[name]
    params = {param.name: width * c for param in loss.params}
    expected = np.array(loss(R, 0.0, **params)) / c**2 * (0.5 if width is None else 1.0)
    np.testing.assert_allclose(_raw("barron", alpha=alpha, c=c), expected, rtol=1e-13, atol=1e-15)


def test_barron_tends_to_welsch_as_alpha_falls():
    expected = LOSSES["welsch"](R, 0.0, c=2.0**0.5)
    gaps = [np.abs(_raw("barron", alpha=a, c=1.0) - expected).max() for a in (-10, -100, -1000)]
    assert gaps[0] > 8.0 * gaps[1] > 64.0 * gaps[2] > 0.0


@pytest.mark.parametrize("alpha", [-10.0, -3.7, -1.0, -0.1, 0.1, 0.5, 1.5, 1.9])
def test_barron_is_its_formula(alpha):
    u = (R / 1.7) ** 2
    b = abs(alpha - 2.0)
    value = b / alpha * ((u / b + 1.0) ** (alpha / 2.0) - 1.0)
    slope = R / 1.7**2 * (u / b + 1.0) ** (alpha / 2.0 - 1.0)
    found = LOSSES["barron"](R, 0.0, alpha=alpha, c=1.7)
    np.testing.assert_allclose(found, (value, slope), rtol=1e-10, atol=1e-13)


@pytest.mark.parametrize("limit", [0.0, 2.0])
@pytest.mark.parametrize("gap", [2.3e-16, 1e-14, 1e-10, 1e-7])
def test_barron_is_steady_beside_its_removable_gaps(limit, gap):
    at = np.array(LOSSES["barron"](R, 0.0, alpha=limit))
    beside = LOSSES["barron"](R, 0.0, alpha=limit - gap)
    np.testing.assert_allclose(beside, at, rtol=40.0 * gap + 1e-12)


def test_barron_grows_with_alpha():
    alpha = np.linspace(-10.0, 2.0, 121)[:, None]
    value, _ = LOSSES["barron"](R, 0.0, alpha=alpha)
    assert np.all(np.diff(value, axis=0) >= -1e-15)


@pytest.mark.parametrize(
    "name", ["huber", "pseudo_huber", "log_cosh", "cauchy", "geman_mcclure", "welsch", "tukey"]
)
def test_small_residuals_cost_half_their_square_to_the_last_digits(name):
    r = np.array([1e-9, -1e-6, 1e-4])
    np.testing.assert_allclose(LOSSES[name](r, 0.0), (0.5 * r * r, r), rtol=1e-7)


@pytest.mark.parametrize("name", ["cauchy", "geman_mcclure", "welsch", "tukey"])
def test_the_default_width_is_95_percent_efficient_on_normal_errors(name):
    loss = LOSSES[name]

    def slope(r):
        return float(loss(r, 0.0)[1])

    # Var of an M-estimate is E[slope²] / E[slope']²; by parts, E[slope'] = E[r slope].
    bend, _ = quad(lambda r: r * slope(r) * norm.pdf(r), 0.0, 12.0)
    spread, _ = quad(lambda r: slope(r) ** 2 * norm.pdf(r), 0.0, 12.0)
    assert 2.0 * bend**2 / spread == pytest.approx(0.95, abs=2e-4)


def _best(name, y, **params):
    constant = LOSSES[name].constant
    assert constant is not None
    return constant(y, **params)


@pytest.mark.parametrize("tau", [0.01, 0.3, 0.5, 0.9, 0.99])
def test_the_expectile_is_scipys(tau):
    y = np.random.default_rng(6).gamma(2.0, size=101)
    assert _best("expectile", y, tau=tau) == pytest.approx(expectile(y, tau), rel=1e-9)


def test_the_lopsided_losses_aim_above_the_middle_when_tau_is_high():
    y = np.random.default_rng(7).normal(size=101)
    for name in ("quantile", "expectile"):
        low, high = (_best(name, y, tau=tau) for tau in (0.1, 0.9))
        assert low < np.median(y) < high
    assert _best("linex", y, a=2.0) < y.mean() < _best("linex", y, a=-2.0)
    assert _best("linex", y, a=0.0) == pytest.approx(y.mean())


def test_no_counts_at_all_have_a_finite_best_constant():
    assert _best("poisson", np.zeros(3)) == np.log(np.finfo(float).tiny)
