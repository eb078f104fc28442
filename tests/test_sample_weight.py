"""Weights of rows: equal to repeated rows under every loss, and to scikit-learn's weights."""

from dataclasses import replace

import numpy as np
import pytest
from own_rows import rows, task_on
from sklearn.linear_model import (
    LinearRegression,
    LogisticRegression,
    PoissonRegressor,
    QuantileRegressor,
    Ridge,
)
from sklearn.preprocessing import StandardScaler
from suiting import BUILT_IN as LOSSES
from suiting import choosing

from lossviz import GradientDescentClassifier, GradientDescentRegressor
from lossviz.analysis.minimum.exact import minimise
from lossviz.engine.objective import Objective
from lossviz.engine.rates import largest_rate
from lossviz.engine.sampling import center_and_scale

pytestmark = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
RUN = choosing("loss", "huber", batch=4)
HOW_OFTEN = np.resize([1, 3, 0, 2, 1, 0, 4], 60)


def some_rows(loss, n=60):
    """Rows whose targets suit the loss."""
    rng = np.random.default_rng(3)
    X = rng.normal(size=(n, 2)) * [1.0, 5.0] + [2.0, 0.0]
    if LOSSES[loss].task == "regression":
        y = X @ [1.0, 0.3] + rng.normal(size=n)
        low, high = LOSSES[loss].domain
        return X, np.clip(y, max(low, -1e9), min(high, 1e9))
    classes = 2 if LOSSES[loss].task == "binary" else 3
    return X + rng.normal(size=(classes, 2))[np.arange(n) % classes], np.arange(n) % classes


def estimator(loss, **settings):
    is_number = LOSSES[loss].task == "regression"
    kind = GradientDescentRegressor if is_number else GradientDescentClassifier
    return kind(loss, **{"steps": 8, "lr": 0.05, "init": "normal", **settings})


def same(ours, other, rtol=1e-12):
    np.testing.assert_allclose(ours.theta_, other.theta_, rtol=rtol, atol=rtol)
    np.testing.assert_allclose(ours.loss_curve_, other.loss_curve_, rtol=rtol)


@pytest.mark.parametrize("loss", LOSSES)
def test_weights_are_repeated_rows_under_every_loss(loss):
    X, y = some_rows(loss)
    repeated = estimator(loss).fit(X.repeat(HOW_OFTEN, axis=0), y.repeat(HOW_OFTEN))
    weighted = estimator(loss).fit(X, y, sample_weight=HOW_OFTEN)
    same(weighted, repeated)
    assert weighted.loss_params_ == pytest.approx(repeated.loss_params_, rel=1e-12)
    for name in ("error", "test_error"):
        of_weighted, of_repeated = getattr(weighted.run_, name), getattr(repeated.run_, name)
        if of_repeated is not None:
            np.testing.assert_allclose(of_weighted, of_repeated, atol=1e-12)
    # It is not that weights are of no account.
    plain = estimator(loss).fit(X[HOW_OFTEN > 0], y[HOW_OFTEN > 0])
    assert not np.allclose(plain.theta_, weighted.theta_, rtol=1e-6)


@pytest.mark.parametrize(
    "settings",
    [
        {"scaling": "none"},
        {"l1": 0.1, "l2": 0.05, "optimizer": "adam"},
        {"model": "mlp", "model_params": {"width": 3}},
        {"model": "polynomial", "model_params": {"degree": 2}},
        {"patience": 2, "validation_fraction": 0.3, "steps": 40, "lr": 0.3},
    ],
    ids=str,
)
@pytest.mark.parametrize("loss", ["squared_error", "huber", "log_loss", "cross_entropy"])
def test_weights_are_repeated_rows_under_every_setting(loss, settings):
    X, y = some_rows(loss)
    repeated = estimator(loss, **settings).fit(X.repeat(HOW_OFTEN, axis=0), y.repeat(HOW_OFTEN))
    weighted = estimator(loss, **settings).fit(X, y, sample_weight=HOW_OFTEN)
    same(weighted, repeated)
    np.testing.assert_allclose(weighted.run_.test_loss, repeated.run_.test_loss, rtol=1e-12)
    assert weighted.n_iter_ == repeated.n_iter_
    assert weighted.score(X, y, HOW_OFTEN) == pytest.approx(
        repeated.score(X.repeat(HOW_OFTEN, axis=0), y.repeat(HOW_OFTEN)), rel=1e-12
    )


@pytest.mark.parametrize("loss", ["huber", "focal", "cross_entropy"])
@pytest.mark.parametrize("batch", [0, 7])
def test_only_ratios_matter_and_equal_weights_change_no_bit(loss, batch):
    X, y = some_rows(loss)
    model = estimator(loss, batch=batch)
    plain = model.fit(X, y).theta_
    for alike in (np.full(60, 1e-300), np.full(60, 1e300), 3, [7] * 60):
        assert np.array_equal(model.fit(X, y, sample_weight=alike).theta_, plain)
    some = model.fit(X, y, sample_weight=HOW_OFTEN).theta_
    np.testing.assert_allclose(model.fit(X, y, HOW_OFTEN * 4e307).theta_, some, rtol=1e-12)
    assert not np.allclose(some, plain)


def test_batches_average_to_the_weighted_gradient():
    rng = np.random.default_rng(0)
    data = rows(rng.normal(size=(12, 2)), rng.normal(size=12))
    weight = rng.uniform(0.1, 3.0, size=12)
    weight /= weight.mean()
    objective = Objective.of([task_on(replace(data, weight=weight), RUN)])
    theta = rng.normal(size=(1, 3))
    whole = objective(theta)
    batches = [objective(theta, part) for part in rng.permutation(12).reshape(3, 4)]
    for k, expected in enumerate(whole):
        np.testing.assert_allclose(np.mean([b[k] for b in batches], axis=0), expected, rtol=1e-13)


def test_weighted_and_plain_runs_beside_each_other_are_as_alone():
    rng = np.random.default_rng(1)
    data = rows(rng.normal(size=(12, 2)), rng.normal(size=12))
    weight = np.repeat([0.5, 1.5], 6)
    plain = task_on(data, RUN)
    other = task_on(replace(data, weight=weight), RUN)
    theta = rng.normal(size=(2, 3))
    together = Objective.of([plain, other])
    for some in (None, np.array([3, 9, 1])):
        values, gradients = together(theta, some)
        for k, alone in enumerate((plain, other)):
            value, gradient = Objective.of([alone])(theta[k : k + 1], some)
            assert np.array_equal(values[k : k + 1], value)
            assert np.array_equal(gradients[k : k + 1], gradient)
    taken, _ = together.take(np.array([False, True]))(theta[1:])
    assert np.array_equal(taken, together(theta)[0][1:])


def test_scaling_and_the_largest_rate_count_rows_by_weight():
    X, y = some_rows("huber")
    repeated = X.repeat(HOW_OFTEN, axis=0)
    exact = StandardScaler().fit(X, sample_weight=HOW_OFTEN)
    there = HOW_OFTEN > 0
    center, scale = center_and_scale(X[there], True, HOW_OFTEN[there].astype(float))
    np.testing.assert_allclose(center, exact.mean_, rtol=1e-12)
    np.testing.assert_allclose(scale, exact.scale_, rtol=1e-12)
    weight = HOW_OFTEN[there] / HOW_OFTEN[there].mean()
    data = rows(X[there], y[there])
    e = choosing("loss", "huber")
    ours = largest_rate(task_on(replace(data, weight=weight), e))
    assert ours == pytest.approx(
        largest_rate(task_on(rows(repeated, y.repeat(HOW_OFTEN)), e)), rel=1e-12
    )


# Weights that are no whole numbers, against scikit-learn.
WEIGHT = np.random.default_rng(5).uniform(0.0, 2.0, size=60)


def test_weighted_squares_are_weighted_least_squares():
    X, y = some_rows("squared_error")
    ours = estimator("squared_error", lr=0.4, steps=300).fit(X, y, WEIGHT)
    exact = LinearRegression().fit(X, y, WEIGHT)
    np.testing.assert_allclose(ours.coef_, exact.coef_, rtol=1e-9)
    np.testing.assert_allclose(ours.intercept_, exact.intercept_, rtol=1e-9)
    assert ours.score(X, y, WEIGHT) == pytest.approx(exact.score(X, y, WEIGHT), rel=1e-9)


def test_weighted_ridge_is_ridge():
    X, y = some_rows("squared_error")
    ours = estimator("squared_error", lr=0.02, steps=5000, l2=0.3, scaling="none")
    exact = Ridge(alpha=0.3 * WEIGHT.sum(), solver="cholesky").fit(X, y, WEIGHT)
    np.testing.assert_allclose(ours.fit(X, y, WEIGHT).coef_, exact.coef_, rtol=1e-8)


def test_weighted_log_loss_is_weighted_logistic_regression():
    for loss in ("log_loss", "cross_entropy"):
        X, y = some_rows(loss)
        ours = estimator(loss, lr=1.0, steps=3000).fit(X, y, WEIGHT)
        exact = LogisticRegression(C=np.inf, tol=1e-12, max_iter=1000).fit(X, y, WEIGHT)
        np.testing.assert_allclose(
            ours.predict_proba(X), exact.predict_proba(X), rtol=1e-5, atol=1e-7
        )


def test_weighted_poisson_is_scikit_learns():
    X, y = some_rows("poisson")
    ours = estimator("poisson", lr=0.1, steps=4000).fit(X, y, WEIGHT)
    exact = PoissonRegressor(alpha=0.0, tol=1e-10, max_iter=1000).fit(X, y, WEIGHT)
    np.testing.assert_allclose(ours.coef_, exact.coef_, rtol=1e-5)


def test_weighted_quantiles_are_quantile_regressions():
    X, y = some_rows("quantile")
    ours = estimator(
        "quantile", loss_params={"tau": 0.3}, lr=0.5, steps=4000, schedule="inverse_time"
    ).fit(X, y, WEIGHT)
    exact = QuantileRegressor(quantile=0.3, alpha=0.0).fit(X, y, WEIGHT)

    def value(model):
        r = model.predict(X) - y
        return np.average(np.maximum(0.7 * r, -0.3 * r), weights=WEIGHT)

    assert value(exact) <= value(ours) <= value(exact) * 1.001
    assert ours.loss_curve_[-1] == pytest.approx(value(ours), rel=1e-12)


@pytest.mark.parametrize(
    ("weight", "words"),
    [
        ([1.0] * 59, r"shape \(59,\), and should have a number for each of the 60 rows"),
        (np.ones((60, 1)), r"shape \(60, 1\)"),
        ([-2.0] + [1.0] * 59, r"sample_weight\[0\] is -2, and no weight is below 0"),
        ([np.nan] * 60, "sample_weight contains NaN"),
        ([0.0] * 60, "all of sample_weight is zero"),
        (-1, r"sample_weight\[0\] is -1"),
        (["heavy"] * 60, "heavy"),
    ],
)
def test_what_is_no_weight_is_refused(weight, words):
    for loss in ("huber", "log_loss"):
        X, y = some_rows(loss)
        with pytest.raises(ValueError, match=words):
            estimator(loss).fit(X, y, sample_weight=weight)


def test_rows_of_no_weight_are_not_there():
    X, y = some_rows("cross_entropy")
    model = estimator("cross_entropy").fit(X, y, sample_weight=(y < 2).astype(int))
    assert model.classes_.tolist() == [0, 1]
    X, y = some_rows("poisson")
    y[4], X[5] = -3.0, 1e9  # not a target of poisson; a place that would ruin the scaling
    weight = np.ones(60)
    weight[[4, 5]] = 0
    ours = estimator("poisson").fit(X, y, weight)
    alone = estimator("poisson").fit(X[weight > 0], y[weight > 0])
    assert np.array_equal(ours.theta_, alone.theta_)


def test_copies_of_a_row_are_held_out_together():
    X, y = some_rows("huber")
    model = estimator("huber", patience=3, validation_fraction=0.5, steps=1, lr=1e-6)
    copies = model.fit(X.repeat(3, axis=0), y.repeat(3)).run_
    once = model.fit(X, y).run_
    np.testing.assert_allclose(copies.loss, once.loss, rtol=1e-12)
    np.testing.assert_allclose(copies.test_loss, once.test_loss, rtol=1e-12)
    assert once.loss[0] != pytest.approx(once.test_loss[0], rel=1e-3)
    # In whatever order they come.
    order = np.random.default_rng(0).permutation(60)
    np.testing.assert_allclose(model.fit(X[order], y[order]).run_.loss, once.loss, rtol=1e-12)


def test_no_exact_minimum_is_claimed_of_rows_with_weights():
    data = rows([0.0, 1.0, 2.0], [1.0, 0.0, 2.0])
    assert minimise(task_on(data, RUN)) is not None
    assert minimise(task_on(replace(data, weight=np.array([0.5, 0.5, 2.0])), RUN)) is None
