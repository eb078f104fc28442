"""The estimator: scikit-learn's own checks, its answers, and that it is the same engine."""

import pickle

import numpy as np
import pytest
from own_rows import rows, train_on
from sklearn.base import clone
from sklearn.datasets import load_diabetes
from sklearn.exceptions import ConvergenceWarning
from sklearn.linear_model import HuberRegressor, LinearRegression, PoissonRegressor, Ridge
from sklearn.model_selection import GridSearchCV
from sklearn.preprocessing import PolynomialFeatures
from sklearn.utils.estimator_checks import check_estimator

import lossviz
from lossviz import GradientDescentRegressor

WEIGHTS = "check_sample_weight_equivalence_on_dense_data"
# Few steps on purpose: whether they were enough is not asked.
few_steps = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")


@few_steps
@pytest.mark.parametrize(
    "settings",
    [
        {},
        {"scaling": "none"},
        {"model": "polynomial", "model_params": {"degree": 2}},
        {"loss": "squared_error", "optimizer": "adam", "batch": 8, "init": "normal"},
    ],
    ids=str,
)
def test_scikit_learns_own_checks_pass(settings):
    # Warnings are errors here but where a check itself allows them. One check asks for a setting
    # of SciPy's and is skipped by scikit-learn.
    # Mini-batches draw other rows of a table with copies: so do those of scikit-learn's own.
    known = {WEIGHTS: "batches draw rows alike"} if "batch" in settings else {}
    results = check_estimator(
        GradientDescentRegressor(**settings), on_skip=None, expected_failed_checks=known
    )
    failed = [result["check_name"] for result in results if result["status"] != "passed"]
    assert set(failed) == {"check_array_api_input", *known}
    passed = {result["check_name"] for result in results} - set(failed)
    assert passed >= {WEIGHTS, "check_regressor_multioutput"} - set(known)
    assert len(results) > 50


def some_rows(n=200, seed=0):
    rng = np.random.default_rng(seed)
    X = rng.normal(size=(n, 3)) * [1.0, 10.0, 0.1] + [5.0, 0.0, -1.0]
    return X, 3.0 + X @ [1.0, -0.2, 4.0] + rng.normal(size=n)


def test_squares_give_least_squares():
    X, y = some_rows()
    ours = GradientDescentRegressor("squared_error", steps=2000).fit(X, y)
    exact = LinearRegression().fit(X, y)
    np.testing.assert_allclose(ours.coef_, exact.coef_, rtol=1e-9)
    np.testing.assert_allclose(ours.intercept_, exact.intercept_, rtol=1e-9)
    np.testing.assert_allclose(ours.predict(X), exact.predict(X), rtol=1e-9)


def test_real_rows_in_their_own_units_need_no_care():
    X, y = load_diabetes(return_X_y=True, scaled=False)
    ours = GradientDescentRegressor("squared_error", lr=0.2, steps=20_000).fit(X, y)
    np.testing.assert_allclose(ours.coef_, LinearRegression().fit(X, y).coef_, rtol=1e-5)


def test_ridge_is_ridge():
    # Ridge minimises sum r² + alpha |w|²: our mean times n.
    X, y = some_rows()
    X = (X - X.mean(axis=0)) / X.std(axis=0)
    ours = GradientDescentRegressor("squared_error", l2=0.5, scaling="none")
    exact = Ridge(alpha=0.5 * len(y)).fit(X, y)
    np.testing.assert_allclose(ours.fit(X, y).coef_, exact.coef_, rtol=1e-6)


def test_huber_is_scikit_learns_at_the_same_scale():
    X, y = some_rows()
    y[:20] += 30
    exact = HuberRegressor(epsilon=1.35, alpha=0.0, max_iter=10_000, tol=1e-10).fit(X, y)
    # Theirs estimates a scale besides; at that scale its bend is epsilon times it.
    delta = 1.35 * exact.scale_
    ours = GradientDescentRegressor("huber", {"delta": delta}, lr=0.5, steps=3000).fit(X, y)
    np.testing.assert_allclose(ours.coef_, exact.coef_, rtol=1e-4)


def test_poisson_predicts_counts_through_the_inverse_link():
    X, y = some_rows()
    counts = np.random.default_rng(1).poisson(np.exp(0.3 * X[:, 0] - 1))
    ours = GradientDescentRegressor("poisson", lr=0.1, steps=5000).fit(X, counts)
    exact = PoissonRegressor(alpha=0.0, tol=1e-10, max_iter=10_000).fit(X, counts)
    np.testing.assert_allclose(ours.coef_, exact.coef_, rtol=1e-5, atol=1e-6)
    np.testing.assert_allclose(ours.predict(X), exact.predict(X), rtol=1e-5)
    with pytest.raises(ValueError, match="poisson takes targets from 0 to inf, not -"):
        ours.fit(X, -y)


def test_a_polynomial_is_least_squares_on_powers():
    x = np.linspace(-2, 3, 80)[:, None]
    y = np.sin(x[:, 0])
    ours = GradientDescentRegressor(
        "squared_error", model="polynomial", model_params={"degree": 2}, steps=20_000, lr=0.2
    ).fit(x, y)
    powers = PolynomialFeatures(2, include_bias=False).fit_transform(x)
    exact = LinearRegression().fit(powers, y)
    np.testing.assert_allclose(ours.coef_, exact.coef_, rtol=1e-6)
    np.testing.assert_allclose(ours.predict(x), exact.predict(powers), rtol=1e-6, atol=1e-8)


def test_it_is_the_same_engine():
    e = lossviz.Experiment(
        loss="tukey",
        outliers="vertical",
        optimizer="adam",
        steps=150,
        batch=16,
        init="normal",
        seed=5,
        l2=0.01,
        schedule="cosine",
        params={"tukey.c": 3, "adam.beta1": 0.8},
    )
    data = lossviz.sample(e)
    ours = GradientDescentRegressor(
        loss="tukey",
        loss_params={"c": 3},
        optimizer="adam",
        optimizer_params={"beta1": 0.8},
        schedule="cosine",
        steps=150,
        batch=16,
        init="normal",
        l2=0.01,
        scaling="none",
        random_state=5,
    ).fit(data.X, data.y)
    run = lossviz.run(e)
    assert np.array_equal(ours.run_.theta, run.theta)
    assert np.array_equal(ours.loss_curve_, run.loss)
    assert ours.run_ == train_on(rows(data.X, data.y), ours.run_.experiment)
    assert [ours.intercept_, *ours.coef_] == run.theta[-1].tolist()
    assert ours.n_iter_ == 150


def test_divergence_warns_with_the_sentence_and_stays_finite():
    X, y = some_rows()
    model = GradientDescentRegressor("squared_error", lr=50.0)
    with pytest.warns(ConvergenceWarning, match="Diverged at step .* largest rate") as caught:
        model.fit(X, y)
    assert str(caught[0].message) == model.run_.status
    assert model.run_.diverged_at == model.n_iter_
    assert np.isfinite(model.coef_).all()
    assert np.isfinite(model.predict(X)).all()


def test_a_constant_column_is_not_blown_up_by_rounding():
    X = np.column_stack([np.full(30, 0.1), np.arange(30.0)])
    model = GradientDescentRegressor("squared_error").fit(X, np.arange(30.0))
    assert model.coef_[0] == pytest.approx(0.0, abs=1e-12)
    np.testing.assert_allclose(model.predict(X), np.arange(30.0), atol=1e-6)


@few_steps
def test_seeds_of_every_kind_are_taken():
    X, y = some_rows()

    def fitted(state):
        return GradientDescentRegressor(steps=3, init="normal", random_state=state).fit(X, y).coef_

    assert np.array_equal(fitted(3), fitted(np.int64(3)))
    assert np.array_equal(fitted(np.random.RandomState(3)), fitted(np.random.RandomState(3)))
    assert not np.array_equal(fitted(3), fitted(4))
    assert not np.array_equal(fitted(None), fitted(None))


@pytest.mark.parametrize(
    ("settings", "error", "words"),
    [
        ({"loss": "hubert"}, KeyError, "no loss 'hubert'"),
        ({"loss_params": {"delta": -1}}, ValueError, "huber.delta: '-1' lies outside"),
        ({"loss_params": {"tau": 1}}, KeyError, "no setting 'huber.tau'"),
        ({"lr": 0}, ValueError, "lr: '0' lies outside"),
    ],
)
def test_a_bad_setting_is_refused_when_fitting(settings, error, words):
    X, y = some_rows()
    with pytest.raises(error, match=words):
        GradientDescentRegressor(**settings).fit(X, y)


@few_steps
def test_it_searches_clones_and_pickles():
    X, y = some_rows(60)
    search = GridSearchCV(GradientDescentRegressor(steps=50), {"lr": [0.001, 0.3]}, cv=3).fit(X, y)
    assert search.best_params_ == {"lr": 0.3}
    model = GradientDescentRegressor(lr=0.2, loss_params={"delta": 2.0}, steps=5).fit(X, y)
    assert pickle.loads(pickle.dumps(model)).run_ == model.run_
    assert model.run_.task.features.size == model.run_.task.sample.X.size == 0  # no rows in pickles
    copy = clone(model)
    assert isinstance(copy, GradientDescentRegressor)
    assert copy.get_params() == model.get_params()


def test_the_package_offers_it_and_nothing_else_by_that_way():
    assert "GradientDescentRegressor" in lossviz.__all__
    with pytest.raises(AttributeError, match="no attribute 'GradientDescentGuesser'"):
        lossviz.GradientDescentGuesser  # noqa: B018
