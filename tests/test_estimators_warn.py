"""Which fits the estimators warn of, and that they leave ordinary ones alone."""

import re
import warnings

import numpy as np
import pytest
from sklearn.datasets import (
    load_breast_cancer,
    load_diabetes,
    load_iris,
    load_wine,
    make_friedman1,
    make_regression,
)
from sklearn.exceptions import ConvergenceWarning
from sklearn.linear_model import LinearRegression

from lossviz import GradientDescentClassifier, GradientDescentRegressor
from lossviz.estimators.convergence import FAR_SHARE

SQUARES = {"loss": "squared_error"}
DIABETES = load_diabetes(return_X_y=True)
FRIEDMAN = make_friedman1(200, noise=1.0, random_state=0)
X, Y = FRIEDMAN
FAR_OFF = X, Y + 1e4


def warning_of(model, rows):
    """What the fit warned of, or ""."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        model.fit(*rows)
    assert all(each.category is ConvergenceWarning for each in caught)
    assert len(caught) <= 1
    return str(caught[0].message) if caught else ""


# Descent at the usual settings, or at some that people choose; warnings are errors.
@pytest.mark.parametrize(
    "settings",
    [
        {},
        {"lr": 0.5},
        {"loss": "multiclass_hinge"},
        {"batch": 32},
        {"optimizer": "adam", "lr": 0.01},
        {"model": "mlp"},
        {"model": "mlp", "optimizer": "adam", "lr": 0.01, "steps": 200},
    ],
    ids=str,
)
@pytest.mark.parametrize("load", [load_iris, load_wine, load_breast_cancer])
def test_ordinary_fits_of_classes_are_silent(load, settings):
    model = GradientDescentClassifier(**settings).fit(*load(return_X_y=True))
    assert model.score(*load(return_X_y=True)) > 0.95


@pytest.mark.parametrize(
    ("rows", "settings"),
    [
        (DIABETES, SQUARES),
        (DIABETES, {**SQUARES, "batch": 16}),
        (DIABETES, {**SQUARES, "model": "mlp", "lr": 0.01}),
        (FRIEDMAN, {}),
        (FRIEDMAN, {"optimizer": "adam"}),
        (FRIEDMAN, {"loss": "absolute_error"}),
        (FRIEDMAN, {"loss": "quantile"}),
        (FRIEDMAN, {"patience": 20}),
        (FAR_OFF, SQUARES),
        (make_regression(200, 5, noise=10, random_state=0), SQUARES),
        ((X, np.random.default_rng(0).normal(size=200)), {}),  # nothing to find
        ((X, np.full(200, 3.0)), {}),
        ((X, np.zeros(200)), SQUARES),
        (([[0.0], [1.0]], [1.0, 1.0]), {**SQUARES, "init": "1,0"}),  # begins where it ends
    ],
)
def test_ordinary_fits_of_numbers_are_silent(rows, settings):
    GradientDescentRegressor(**settings).fit(*rows)


@pytest.mark.parametrize(
    ("rows", "settings", "words"),
    [
        (FRIEDMAN, {"loss": "squared_error", "lr": 1e-3}, "Far .* 1,000 steps .* a larger rate"),
        (FRIEDMAN, {"loss": "squared_error", "steps": 1}, r"Far from done: after 1 step the loss"),
        (DIABETES, {}, "Far from done"),  # 1000 steps of 0.1 go no further than 100
        (DIABETES, {"loss": "absolute_error"}, "Far from done"),
        (DIABETES, {"loss": "quantile"}, "Far from done"),
        (DIABETES, {"loss": "squared_error", "lr": 0.03, "scaling": "none"}, 'scaling="standard"'),
        (DIABETES, {"loss": "tukey"}, "Standing still: .* no slope to follow. Start elsewhere"),
        (FAR_OFF, {"optimizer": "adam"}, "Far from done"),
        (FAR_OFF, {"loss": "squared_error", "lr": 5e-3, "steps": 600}, "Far from done"),
        (FRIEDMAN, {"loss": "absolute_error", "lr": 30.0}, "a smaller rate or a falling schedule"),
        (FRIEDMAN, {"loss": "squared_error", "lr": 5.0}, "Diverged at step"),
    ],
)
def test_fits_that_are_not_done_warn(rows, settings, words):
    said = warning_of(GradientDescentRegressor(**settings), rows)
    assert re.search(words, said), said


@pytest.mark.parametrize("settings", [{"lr": 1e-4}, {"steps": 10}, {"lr": 1e-4, "loss": "hinge"}])
def test_classes_that_are_not_done_warn(settings):
    said = warning_of(GradientDescentClassifier(**settings), load_breast_cancer(return_X_y=True))
    assert said.startswith("Far from done")


def test_a_loss_that_ends_above_its_start_warns_though_it_has_not_left_all_bounds():
    model = GradientDescentRegressor(loss="squared_error", lr=1.1, steps=60)
    words = "Diverging.* Take a smaller rate than 1.1"
    with pytest.warns(ConvergenceWarning, match=words) as caught:
        model.fit([[1.0], [2.0], [3.0], [4.0]], [1, 2, 3, 4])
    assert caught[0].filename == __file__
    assert abs(model.coef_[0]) > 1e4
    # Rising a little is rising.
    early = model.set_params(steps=2)
    assert warning_of(early, ([[1.0], [2.0], [3.0], [4.0]], [1, 2, 3, 4])).startswith("Rising")


@pytest.mark.parametrize("steps", [5, 10, 20, 40, 80])
@pytest.mark.parametrize("lr", [0.02, 0.05])
def test_far_is_a_share_of_the_whole_way(steps, lr):
    # Squares on the standardised features: what is left, against least squares.
    y = Y - Y.mean()
    model = GradientDescentRegressor("squared_error", lr=lr, steps=steps)
    said = warning_of(model, (X, y))
    least = np.mean((LinearRegression().fit(X, y).predict(X) - y) ** 2)
    left = model.loss_curve_[-1] - least
    assert bool(said) == (left > FAR_SHARE * min(model.loss_curve_[0] - least, np.var(y)))
    if said:
        told = float(said.partition("about ")[2].split()[0])
        assert told >= left * 0.995


def test_badly_scaled_features_are_found_to_crawl():
    # The slope of the first feature can hardly be seen at the rate that the second allows.
    rng = np.random.default_rng(0)
    features = rng.normal(size=(100, 2)) * [1.0, 300.0]
    y = features @ [1.0, 1 / 300]
    model = GradientDescentRegressor("squared_error", lr=5e-6, scaling="none")
    assert 'scaling="standard"' in warning_of(model, (features, y))
    assert not warning_of(model.set_params(lr=0.1, scaling="standard"), (features, y))


def test_each_target_is_complained_of_by_its_number():
    model = GradientDescentRegressor()
    said = warning_of(model, (X, np.column_stack([Y, Y + 1e4, Y - 1e4])))
    assert said.count("Far from done") == 2
    assert said.startswith("Target 1: Far")
    assert " Target 2: Far" in said


def test_early_stopping_is_no_fault():
    # Twenty rows of noise in fifteen features: the rows trained on could be fitted far better.
    rng = np.random.default_rng(0)
    rows = rng.normal(size=(20, 15)), rng.normal(size=20)
    model = GradientDescentRegressor("squared_error", patience=1, validation_fraction=0.25, lr=0.01)
    assert not warning_of(model, rows)
    assert "Stopped early" in model.run_.status
    assert warning_of(model.set_params(patience=0, steps=model.n_iter_), rows)


def test_no_loss_is_said_to_fall_below_zero():
    # The intercept moves by 0.1 a step, and has made 9.5 of its way of 10.
    model = GradientDescentRegressor("absolute_error", steps=95)
    assert not warning_of(model, ([[0.0]] * 4, [10.0] * 4))
    assert model.loss_curve_[-1] == pytest.approx(0.5)
    assert "about 5 lower" in warning_of(model.set_params(steps=50), ([[0.0]] * 4, [10.0] * 4))
