"""Values and slopes against scikit-learn's and SciPy's own code, wherever they have the loss."""

from importlib import import_module

import numpy as np
import pytest
from scipy import special
from scipy.optimize import least_squares
from sklearn import metrics
from sklearn._loss import loss as sk

from lossviz.items.losses import LOSSES

sgd = import_module("sklearn.linear_model._sgd_fast")  # compiled: no type stubs

RNG = np.random.default_rng(8)
Z, Y = RNG.normal(0.0, 3.0, 300), RNG.normal(0.0, 3.0, 300)
POSITIVE_Z, COUNTS = RNG.gamma(2.0, size=300), RNG.poisson(2.0, 300).astype(float)
ONES = RNG.integers(0, 2, 300).astype(float)
SCORES, LABELS = RNG.normal(0.0, 3.0, (300, 4)), RNG.integers(0, 4, 300).astype(float)
SOFT = RNG.dirichlet(np.ones(4), 300)


@pytest.mark.parametrize(
    ("name", "params", "peer", "y", "factor"),
    [
        ("squared_error", {}, sk.HalfSquaredError(), Y, 0.5),
        ("absolute_error", {}, sk.AbsoluteError(), Y, 1.0),
        ("quantile", {"tau": 0.2}, sk.PinballLoss(quantile=0.2), Y, 1.0),
        ("quantile", {"tau": 0.9}, sk.PinballLoss(quantile=0.9), Y, 1.0),
        ("huber", {"delta": 0.7}, sk.HuberLoss(delta=0.7), Y, 1.0),
        ("poisson", {}, sk.HalfPoissonLoss(), COUNTS, 1.0),
        ("log_loss", {}, sk.HalfBinomialLoss(), ONES, 1.0),
    ],
)
def test_scikit_learns_losses_agree(name, params, peer, y, factor):
    value, slope = LOSSES[name](Z, y, **params)
    expected = peer.loss_gradient(y_true=y, raw_prediction=Z)
    np.testing.assert_allclose((factor * value, factor * slope), expected, rtol=1e-12)


def test_scikit_learns_multinomial_loss_agrees():
    value, slope = LOSSES["cross_entropy"](SCORES, LABELS)
    peer = sk.HalfMultinomialLoss(n_classes=4)
    expected, pull = peer.loss_gradient(y_true=LABELS, raw_prediction=SCORES)
    np.testing.assert_allclose(value, expected, rtol=1e-12, atol=1e-14)
    np.testing.assert_allclose(slope, pull, rtol=1e-12, atol=1e-14)


def test_scikit_learn_reads_the_same_probabilities():
    ones = sk.HalfBinomialLoss().predict_proba(Z)[:, 1]
    np.testing.assert_allclose(LOSSES["log_loss"].inverse_link(Z), ones, rtol=1e-12)
    rows = sk.HalfMultinomialLoss(n_classes=4).predict_proba(SCORES)
    np.testing.assert_allclose(LOSSES["cross_entropy"].inverse_link(SCORES), rows, rtol=1e-12)


def test_scipys_divergence_agrees():
    value, _ = LOSSES["kl_divergence"](SCORES, SOFT, smoothing=0.0)
    expected = special.rel_entr(SOFT, special.softmax(SCORES, axis=-1)).sum(axis=-1)
    np.testing.assert_allclose(value, expected, rtol=1e-11, atol=1e-13)


def test_scikit_learns_sample_weights_are_our_class_weights():
    value, slope = LOSSES["log_loss"](Z, ONES, weight_0=0.3, weight_1=7.0)
    weights = np.where(ONES == 1.0, 7.0, 0.3)
    expected = sk.HalfBinomialLoss().loss_gradient(
        y_true=ONES, raw_prediction=Z, sample_weight=weights
    )
    np.testing.assert_allclose((value, slope), expected, rtol=1e-12)


@pytest.mark.parametrize(
    ("name", "params", "peer"),
    [
        ("epsilon_insensitive", {"epsilon": 0.5}, sgd.EpsilonInsensitive(0.5)),
        ("squared_epsilon_insensitive", {"epsilon": 0.5}, sgd.SquaredEpsilonInsensitive(0.5)),
    ],
)
def test_scikit_learns_sgd_losses_agree(name, params, peer):
    value, slope = LOSSES[name](Z, Y, **params)
    for z, y, one_value, one_slope in zip(Z, Y, value, slope, strict=True):
        assert one_value == pytest.approx(peer.py_loss(z, y), rel=1e-12)
        assert one_slope == pytest.approx(peer.py_dloss(z, y), rel=1e-12)


@pytest.mark.parametrize(
    ("name", "peer"),
    [
        ("hinge", sgd.Hinge(1.0)),
        ("perceptron", sgd.Hinge(0.0)),
        ("squared_hinge", sgd.SquaredHinge(1.0)),
        ("modified_huber", sgd.ModifiedHuber()),
    ],
)
def test_scikit_learns_sgd_losses_of_the_margin_agree(name, peer):
    value, slope = LOSSES[name](Z, ONES)
    for z, y, one_value, one_slope in zip(Z, ONES, value, slope, strict=True):
        assert one_value == pytest.approx(peer.py_loss(z, 2.0 * y - 1.0), rel=1e-12)
        assert one_slope == pytest.approx(peer.py_dloss(z, 2.0 * y - 1.0), rel=1e-12)


@pytest.mark.parametrize(
    ("name", "params", "metric", "z", "y"),
    [
        ("squared_error", {}, metrics.mean_squared_error, Z, Y),
        ("absolute_error", {}, metrics.mean_absolute_error, Z, Y),
        (
            "quantile",
            {"tau": 0.8},
            lambda y, z: metrics.mean_pinball_loss(y, z, alpha=0.8),
            Z,
            Y,
        ),
        ("squared_log_error", {}, metrics.mean_squared_log_error, POSITIVE_Z, COUNTS),
        ("log_loss", {}, lambda y, z: metrics.log_loss(y, special.expit(z)), Z, ONES),
        ("hinge", {}, metrics.hinge_loss, Z, ONES),
        ("brier", {}, lambda y, z: metrics.brier_score_loss(y, special.expit(z)), Z, ONES),
        (
            "cross_entropy",
            {},
            lambda y, z: metrics.log_loss(y, special.softmax(z, axis=-1)),
            SCORES,
            LABELS,
        ),
        (
            "multiclass_brier",
            {},
            lambda y, z: metrics.brier_score_loss(y, special.softmax(z, axis=-1)),
            SCORES,
            LABELS,
        ),
        ("multiclass_hinge", {}, metrics.hinge_loss, SCORES, LABELS),
    ],
)
def test_scikit_learns_metrics_are_our_means(name, params, metric, z, y):
    assert LOSSES[name](z, y, **params)[0].mean() == pytest.approx(metric(y, z), rel=1e-12)


def test_the_poisson_deviance_is_twice_the_excess_over_a_perfect_prediction():
    least = COUNTS - special.xlogy(COUNTS, COUNTS)
    excess = 2.0 * (LOSSES["poisson"](Z, COUNTS)[0] - least).mean()
    assert excess == pytest.approx(metrics.mean_poisson_deviance(COUNTS, np.exp(Z)), rel=1e-12)


@pytest.mark.parametrize("delta", [0.01, 0.7, 100.0])
def test_scipys_huber_functions_agree(delta):
    huber, pseudo = (LOSSES[name](Z, Y, delta=delta)[0] for name in ("huber", "pseudo_huber"))
    np.testing.assert_allclose(huber, special.huber(delta, Z - Y), rtol=1e-12)
    np.testing.assert_allclose(pseudo, special.pseudo_huber(delta, Z - Y), rtol=1e-9)


@pytest.mark.parametrize(
    ("name", "params", "peer"),
    [("pseudo_huber", {"delta": 1.0}, "soft_l1"), ("cauchy", {"c": 1.0}, "cauchy")],
)
def test_scipys_least_squares_minimises_the_same_cost(name, params, peer):
    found = least_squares(lambda theta: theta[0] - Y, [0.0], loss=peer, xtol=1e-12)
    value, slope = LOSSES[name](found.x[0], Y, **params)
    assert value.sum() == pytest.approx(found.cost, rel=1e-12)
    assert slope.mean() == pytest.approx(0.0, abs=1e-4)
