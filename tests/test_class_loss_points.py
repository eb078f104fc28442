"""Losses for classes at points computed by hand, and where theory says that they agree."""

import math

import numpy as np
import pytest

from lossviz.items.losses import LOSSES
from lossviz.items.losses.base import one_hot

E, LOG2, LOG3 = math.e, math.log(2.0), math.log(3.0)
RNG = np.random.default_rng(11)
Z, Y = RNG.normal(0.0, 4.0, 400), RNG.integers(0, 2, 400).astype(float)
SCORES, LABELS = RNG.normal(0.0, 3.0, (400, 5)), RNG.integers(0, 5, 400)
SOFT = RNG.dirichlet(np.full(5, 0.4), 400)


# (loss, parameters, z, y, value, slope): sigma(log 3) = 3/4.
@pytest.mark.parametrize(
    ("name", "params", "z", "y", "value", "slope"),
    [
        ("log_loss", {}, 0, 1, LOG2, -0.5),
        ("log_loss", {}, LOG3, 1, math.log(4 / 3), -0.25),
        ("log_loss", {}, LOG3, 0, math.log(4), 0.75),
        ("log_loss", {"weight_0": 3.0}, LOG3, 0, 3 * math.log(4), 2.25),
        ("log_loss", {"weight_0": 3.0}, LOG3, 1, math.log(4 / 3), -0.25),
        ("log_loss", {"weight_1": 2.0}, LOG3, 1, 2 * math.log(4 / 3), -0.5),
        ("log_loss", {}, LOG3, 0.5, math.log(4) - LOG3 / 2, 0.25),  # half of each
        ("hinge", {}, 0.25, 1, 0.75, -1),
        ("hinge", {}, 0.25, 0, 1.25, 1),
        ("hinge", {}, 3, 1, 0, 0),
        ("hinge", {}, 1, 1, 0, 0),
        ("squared_hinge", {}, 0.5, 1, 0.25, -1),
        ("squared_hinge", {}, 0.5, 0, 2.25, 3),
        ("squared_hinge", {}, -2, 0, 0, 0),
        ("smoothed_hinge", {}, 0.5, 1, 0.125, -0.5),  # ½ · ¼
        ("smoothed_hinge", {}, 2, 0, 2.5, 1),  # ½ + 2
        ("smoothed_hinge", {}, 2, 1, 0, 0),
        ("modified_huber", {}, 0.5, 1, 0.25, -1),
        ("modified_huber", {}, 3, 0, 12, 4),  # -4 · -3
        ("modified_huber", {}, -1, 1, 4, -4),  # (1 + 1)²
        ("exponential_loss", {}, LOG2, 1, 0.5, -0.5),
        ("exponential_loss", {}, LOG2, 0, 2, 2),
        ("exponential_loss", {}, 52, 0, 3 * math.exp(50), math.exp(50)),  # the tangent
        ("perceptron", {}, 3, 0, 3, 1),
        ("perceptron", {}, 3, 1, 0, 0),
        ("perceptron", {}, 0, 1, 0, 0),
        ("focal", {}, 0, 1, LOG2 / 4, -(LOG2 + 0.5) / 4),  # q = ½: q² log 2, q² (2 · ½ log 2 + ½)
        ("focal", {"gamma": 1.0}, LOG3, 1, math.log(4 / 3) / 4, -0.1875 * math.log(4 / 3) - 0.0625),
        ("focal", {"gamma": 0.0}, LOG3, 0, math.log(4), 0.75),
        ("brier", {}, LOG3, 0, 9 / 16, 9 / 32),  # (¾)², 2 · ¾ · ¾ · ¼
        ("brier", {}, LOG3, 1, 1 / 16, -3 / 32),
        ("savage", {}, LOG3 / 2, 0, 9 / 16, 9 / 16),
        ("savage", {}, -LOG3 / 2, 0, 1 / 16, 3 / 16),
        ("least_squares", {}, 3, 1, 4, 4),
        ("least_squares", {}, 0.5, 0, 2.25, 3),
    ],
)
def test_points_of_two_classes_computed_by_hand(name, params, z, y, value, slope):
    found = LOSSES[name](z, y, **params)
    np.testing.assert_allclose(found, (value, slope), rtol=1e-14, atol=1e-15)


# Scores (log 3, log 2, 0) have the softmax (1/2, 1/3, 1/6).
THIRDS = [LOG3, LOG2, 0.0]


@pytest.mark.parametrize(
    ("name", "params", "z", "t", "value", "slope"),
    [
        ("cross_entropy", {}, THIRDS, 0, LOG2, [-1 / 2, 1 / 3, 1 / 6]),
        ("cross_entropy", {}, THIRDS, 2, math.log(6), [1 / 2, 1 / 3, -5 / 6]),
        ("cross_entropy", {}, THIRDS, [0.5, 0.5, 0], math.log(6) / 2, [0, -1 / 6, 1 / 6]),
        (  # t' = (0.8, 0.1, 0.1)
            "cross_entropy",
            {"smoothing": 0.3},
            THIRDS,
            0,
            0.8 * LOG2 + 0.1 * LOG3 + 0.1 * math.log(6),
            [-0.3, 1 / 3 - 0.1, 1 / 6 - 0.1],
        ),
        ("kl_divergence", {"smoothing": 0.0}, THIRDS, 0, LOG2, [-1 / 2, 1 / 3, 1 / 6]),
        ("kl_divergence", {"smoothing": 0.0}, THIRDS, [1 / 2, 1 / 3, 1 / 6], 0, [0, 0, 0]),
        (  # ½ log(1/2 · 2) + ½ log(1/2 · 3)
            "kl_divergence",
            {"smoothing": 0.0},
            THIRDS,
            [0.5, 0.5, 0],
            math.log(1.5) / 2,
            [0, -1 / 6, 1 / 6],
        ),
        ("multiclass_hinge", {}, [2, 0.5, 0], 0, 0, [0, 0, 0]),
        ("multiclass_hinge", {}, [2, 1.5, 0], 0, 0.5, [-1, 1, 0]),
        ("multiclass_hinge", {}, [2, 1.5, 4], 0, 3, [-1, 0, 1]),
        ("multiclass_hinge", {}, [0, 2, 2], 0, 3, [-1, 0.5, 0.5]),
        ("multiclass_focal", {"gamma": 0.0}, THIRDS, 1, LOG3, [1 / 2, -2 / 3, 1 / 6]),
        (  # u = ½: u² log 2; h = ¼ (-2 log 2 - 1), slope h (½, -⅓, -⅙)
            "multiclass_focal",
            {},
            THIRDS,
            0,
            LOG2 / 4,
            [-(2 * LOG2 + 1) / 8, (2 * LOG2 + 1) / 12, (2 * LOG2 + 1) / 24],
        ),
        (  # off = (-½, ⅓, ⅙), mean of off under p: -¼ + 1/9 + 1/36 = -1/9
            "multiclass_brier",
            {},
            THIRDS,
            0,
            7 / 18,
            [1 / 9 - 1 / 2, 2 / 9 + 2 / 27, 1 / 18 + 1 / 27],
        ),
        ("multiclass_squared_error", {}, [2, 0.5, -1], 0, 2.25, [2, 1, -2]),
    ],
)
def test_points_of_three_classes_computed_by_hand(name, params, z, t, value, slope):
    found, pull = LOSSES[name](z, t, **params)
    np.testing.assert_allclose(found, value, rtol=1e-13, atol=1e-15)
    np.testing.assert_allclose(pull, slope, rtol=1e-13, atol=1e-15)


@pytest.mark.parametrize(
    ("several", "two", "params", "factor"),
    [
        ("cross_entropy", "log_loss", {}, 1.0),
        ("multiclass_hinge", "hinge", {}, 1.0),
        ("multiclass_focal", "focal", {"gamma": 0.0}, 1.0),
        ("multiclass_focal", "focal", {"gamma": 0.6}, 1.0),
        ("multiclass_focal", "focal", {"gamma": 5.0}, 1.0),
        ("multiclass_brier", "brier", {}, 2.0),
    ],
)
def test_with_two_classes_the_difference_of_the_scores_is_the_binary_prediction(
    several, two, params, factor
):
    low = RNG.normal(size=Z.shape)
    value, slope = LOSSES[several](np.stack([low, low + Z], axis=-1), Y, **params)
    expected, pull = factor * np.array(LOSSES[two](Z, Y, **params))
    np.testing.assert_allclose(value, expected, rtol=1e-11, atol=1e-14)
    np.testing.assert_allclose(slope, np.stack([-pull, pull], axis=-1), rtol=1e-11, atol=1e-14)


def test_soft_targets_of_two_classes_agree_too():
    share = RNG.random(Z.shape)
    rows = np.stack([1.0 - share, share], axis=-1)
    value, slope = LOSSES["cross_entropy"](np.stack([np.zeros_like(Z), Z], axis=-1), rows)
    expected = LOSSES["log_loss"](Z, share)
    np.testing.assert_allclose((value, slope[:, 1]), expected, rtol=1e-12, atol=1e-14)


@pytest.mark.parametrize(
    ("several", "two"),
    [("cross_entropy", "log_loss"), ("multiclass_squared_error", "least_squares")],
)
def test_the_links_of_two_classes_agree(several, two):
    rows = LOSSES[several].inverse_link(np.stack([-Z / 2.0, Z / 2.0], axis=-1))
    np.testing.assert_allclose(rows[:, 1], LOSSES[two].inverse_link(Z), rtol=1e-12, atol=1e-15)


@pytest.mark.parametrize("targets", [LABELS, SOFT], ids=["labels", "soft"])
@pytest.mark.parametrize("smoothing", [0.0, 0.1, 0.5])
def test_the_divergence_is_the_cross_entropy_less_the_entropy_of_the_target(smoothing, targets):
    value, slope = LOSSES["kl_divergence"](SCORES, targets, smoothing=smoothing)
    crossed, pull = LOSSES["cross_entropy"](SCORES, targets, smoothing=smoothing)
    rows = one_hot(targets, 5) if targets is LABELS else targets
    rows = (1.0 - smoothing) * rows + smoothing / 5.0
    entropy = [-sum(p * math.log(p) for p in row if p > 0.0) for row in rows]
    np.testing.assert_allclose(value, crossed - entropy, rtol=1e-11, atol=1e-13)
    np.testing.assert_array_equal(slope, pull)


def test_for_plain_labels_the_divergence_is_the_cross_entropy():
    ours = LOSSES["kl_divergence"](SCORES, LABELS, smoothing=0.0)
    for part, other in zip(ours, LOSSES["cross_entropy"](SCORES, LABELS), strict=True):
        np.testing.assert_array_equal(part, other)


def test_no_scores_cost_less_divergence_than_the_logs_of_the_target():
    loss = LOSSES["kl_divergence"]
    value, slope = loss(loss.link(SOFT), SOFT, smoothing=0.0)
    np.testing.assert_allclose(value, 0.0, atol=1e-14)
    np.testing.assert_allclose(slope, 0.0, atol=1e-15)
    assert np.all(loss(SCORES, SOFT, smoothing=0.0)[0] > 0.0)


@pytest.mark.parametrize("smoothing", [0.1, 0.5])
def test_label_smoothing_is_a_blend_with_a_target_that_knows_nothing(smoothing):
    loss = LOSSES["cross_entropy"]
    plain, uniform = loss(SCORES, LABELS), loss(SCORES, np.full((400, 5), 0.2))
    for part, one, other in zip(
        loss(SCORES, LABELS, smoothing=smoothing), plain, uniform, strict=True
    ):
        expected = (1.0 - smoothing) * one + smoothing * other
        np.testing.assert_allclose(part, expected, rtol=1e-12, atol=1e-14)


def test_cross_entropy_is_least_where_the_softmax_is_the_target():
    loss = LOSSES["cross_entropy"]
    entropy = [-sum(p * math.log(p) for p in row if p > 0.0) for row in SOFT]
    np.testing.assert_allclose(loss(loss.link(SOFT), SOFT)[0], entropy, rtol=1e-12, atol=1e-14)


@pytest.mark.parametrize("name", ["focal", "multiclass_focal"])
def test_focal_without_focus_is_the_cross_entropy(name):
    z, y, plain = (Z, Y, "log_loss") if name == "focal" else (SCORES, SOFT, "cross_entropy")
    for ours, other in zip(LOSSES[name](z, y, gamma=0.0), LOSSES[plain](z, y), strict=True):
        np.testing.assert_allclose(ours, other, rtol=1e-12, atol=1e-14)


MISSING = np.maximum(1.0 - (2.0 * Y - 1.0) * Z, 0.0)  # what is missing to a margin of 1


@pytest.mark.parametrize(
    ("name", "other", "params", "factor"),
    [
        ("hinge", "absolute_error", {}, 1.0),
        ("squared_hinge", "squared_error", {}, 1.0),
        ("smoothed_hinge", "huber", {"delta": 1.0}, 1.0),
        ("modified_huber", "huber", {"delta": 2.0}, 2.0),
    ],
)
def test_the_hinges_are_losses_of_what_is_missing_to_a_margin_of_1(name, other, params, factor):
    value, slope = factor * np.array(LOSSES[other](MISSING, 0.0, **params))
    expected = value, -(2.0 * Y - 1.0) * slope
    np.testing.assert_allclose(LOSSES[name](Z, Y), expected, rtol=1e-13)


def test_savage_is_the_brier_loss_at_twice_the_pace():
    value, slope = LOSSES["brier"](2.0 * Z, Y)
    np.testing.assert_allclose(LOSSES["savage"](Z, Y), (value, 2.0 * slope), rtol=1e-14)
    formula = 1.0 / (1.0 + np.exp(2.0 * (2.0 * Y - 1.0) * Z)) ** 2
    np.testing.assert_allclose(value, formula, rtol=1e-11)


def test_least_squares_on_signs_is_the_squared_error():
    expected = LOSSES["squared_error"](Z, 2.0 * Y - 1.0)
    np.testing.assert_array_equal(LOSSES["least_squares"](Z, Y), expected)


@pytest.mark.parametrize(
    ("name", "rate"),
    [("log_loss", 1), ("exponential_loss", 1), ("savage", 4), ("brier", 2), ("focal", 3)],
)
def test_tails_keep_their_digits(name, rate):
    # At a margin of 40, 1 + exp(-m) is 1 and the value is exp(-rate m).
    tail = math.exp(-40 * rate)
    np.testing.assert_allclose(LOSSES[name](40.0, 1.0), (tail, -rate * tail), rtol=1e-12)


def test_tails_keep_their_digits_in_the_focal_loss_of_several_classes():
    value, slope = LOSSES["multiclass_focal"]([40.0, 0.0, -200.0], 0)
    tail = math.exp(-120)
    np.testing.assert_allclose((value, *slope[:2]), (tail, -3 * tail, 3 * tail), rtol=1e-12)


@pytest.mark.parametrize("name", ["brier", "multiclass_brier"])
def test_the_squared_error_on_the_probability_dies_where_cross_entropy_pulls(name):
    wrong, plain = (-30.0, "log_loss") if name == "brier" else ([0.0, 30.0], "cross_entropy")
    y = 1.0 if name == "brier" else 0
    assert np.abs(LOSSES[name](wrong, y)[1]).max() < 1e-12
    assert np.abs(LOSSES[plain](wrong, y)[1]).max() > 0.999


def test_a_flipped_label_costs_most_in_the_exponential_loss_and_least_in_savage():
    names = "savage log_loss squared_hinge exponential_loss".split()
    costs = [float(LOSSES[name](-8.0, 1.0)[0]) for name in names]
    assert costs == sorted(costs)
    assert costs[0] < 1.0


def _best(name, y, **params):
    constant = LOSSES[name].constant
    assert constant is not None
    return constant(y, **params)


@pytest.mark.parametrize("share", [0.5, 0.8, 0.01])
def test_class_weights_move_the_log_odds_by_the_log_of_their_ratio(share):
    y = np.array([share])
    moved = _best("log_loss", y, weight_0=2.0, weight_1=10.0) - _best("log_loss", y)
    assert moved == pytest.approx(math.log(5.0), rel=1e-12)


@pytest.mark.parametrize(
    "name", ["log_loss", "squared_hinge", "smoothed_hinge", "exponential_loss", "brier", "savage"]
)
def test_rows_of_one_class_only_have_a_finite_best_constant(name):
    none, all_ = _best(name, np.zeros(3)), _best(name, np.ones(3))
    assert np.isfinite(none)
    assert none == -all_ < 0.0
