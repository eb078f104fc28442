"""The estimators inside scikit-learn's own: searches, ensembles, pipelines; several targets."""

import pickle

import numpy as np
import pytest
from sklearn.base import clone
from sklearn.calibration import CalibratedClassifierCV
from sklearn.datasets import load_iris
from sklearn.ensemble import (
    AdaBoostClassifier,
    AdaBoostRegressor,
    BaggingClassifier,
    BaggingRegressor,
    StackingRegressor,
)
from sklearn.inspection import permutation_importance
from sklearn.linear_model import LinearRegression
from sklearn.model_selection import GridSearchCV, cross_val_predict
from sklearn.multioutput import MultiOutputRegressor
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import StandardScaler

from lossviz import LOSSES, GradientDescentClassifier, GradientDescentRegressor

pytestmark = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
RNG = np.random.default_rng(0)
X = RNG.normal(size=(60, 3))
Y = X @ [1.0, -2.0, 0.5] + 0.3 * RNG.normal(size=60)
TARGETS = np.column_stack([Y, Y**2, 5.0 - X[:, 0]])
IRIS = load_iris(return_X_y=True)
REGRESSOR = GradientDescentRegressor(steps=40, lr=0.3)
CLASSIFIER = GradientDescentClassifier(steps=40, lr=0.5)


# Parameters of parameters.


@pytest.mark.parametrize(
    ("model", "key", "values"),
    [
        (REGRESSOR, "loss_params__delta", [0.01, 1.0]),
        (clone(REGRESSOR).set_params(model="mlp"), "model_params__width", [1, 4]),
        (clone(REGRESSOR).set_params(optimizer="momentum"), "optimizer_params__beta", [0.1, 0.9]),
        (clone(REGRESSOR).set_params(schedule="step"), "schedule_params__at", [1, 100]),
    ],
)
def test_a_search_reaches_the_parameters_of_each_item(model, key, values):
    search = GridSearchCV(model, {key: values}, cv=3).fit(X, Y)
    assert search.best_params_[key] in values
    choice, _, name = key.partition("__")
    assert getattr(search.best_estimator_, choice) == {name: search.best_params_[key]}
    scores = search.cv_results_["mean_test_score"]
    assert np.isfinite(scores).all()
    assert scores[0] != scores[1]
    by_hand = clone(model).set_params(**{choice: {name: values[0]}})
    assert np.array_equal(
        by_hand.fit(X, Y).theta_, clone(model).set_params(**{key: values[0]}).fit(X, Y).theta_
    )


def test_a_search_over_losses_and_their_own_parameters():
    grid = [
        {"model__loss": ["huber"], "model__loss_params__delta": [0.5, 2.0]},
        {"model__loss": ["quantile"], "model__loss_params__tau": [0.5]},
    ]
    pipe = Pipeline([("scale", StandardScaler()), ("model", REGRESSOR)])
    search = GridSearchCV(pipe, grid, cv=2, error_score="raise").fit(X, Y)
    assert len(search.cv_results_["params"]) == 3


def test_one_parameter_is_set_and_the_others_stay():
    given = {"alpha": 0.5}
    model = GradientDescentRegressor("adaptive", given)
    other = clone(model)
    model.set_params(loss_params__scale=2.0)
    assert model.loss_params == {"alpha": 0.5, "scale": 2.0}
    assert other.loss_params == given == {"alpha": 0.5}
    model.set_params(loss="huber", loss_params=None, loss_params__delta=3.0, lr=0.2)
    assert (model.loss, model.loss_params, model.lr) == ("huber", {"delta": 3.0}, 0.2)


def test_deep_settings_list_what_the_chosen_items_have():
    model = GradientDescentRegressor(loss_params={"delta": 3.0}, model="mlp")
    deep, shallow = model.get_params(), model.get_params(deep=False)
    assert deep["loss_params__delta"] == 3.0
    assert {key: deep[key] for key in deep if key.startswith("model_params__")} == {
        "model_params__depth": 1,
        "model_params__width": 8,
        "model_params__activation": "tanh",
    }
    assert [key for key in shallow if "__" in key] == []
    again = GradientDescentRegressor().set_params(**deep)
    assert again.get_params() == {**deep, "model_params": again.model_params}
    assert np.array_equal(again.fit(X, Y).predict(X), clone(model).fit(X, Y).predict(X))
    assert GradientDescentClassifier().get_params()["loss"] == "auto"


@pytest.mark.parametrize(
    ("model", "change", "words"),
    [
        (REGRESSOR, {"loss_params__tau": 1}, "__tau'; those of huber: loss_params__delta"),
        (REGRESSOR, {"model_params__width": 1}, "those of linear: none"),
        (REGRESSOR, {"loss": "hubert", "loss_params__delta": 1}, "those of loss_params here: none"),
        (REGRESSOR, {"loss": "auto", "loss_params__delta": 1}, "those of squared_error: none"),
        (REGRESSOR, {"lr__delta": 1}, "no setting 'lr__delta'; those of lr here: none"),
        (REGRESSOR, {"rate": 1}, "Invalid parameter 'rate'.*'lr'"),
        (CLASSIFIER, {"loss_params__gamma": 1}, "log_loss or cross_entropy: loss_params__"),
    ],
)
def test_an_unknown_name_is_refused_with_those_there_are(model, change, words):
    with pytest.raises(ValueError, match=words):
        clone(model).set_params(**change)


def test_the_usual_loss_of_classes_takes_what_either_takes():
    [name] = [param.name for param in LOSSES["log_loss"].params][:1]
    model = clone(CLASSIFIER).set_params(**{f"loss_params__{name}": 2.0})
    assert model.fit(X, Y > 0).run_.experiment.params_of("loss")[name] == 2.0


# Several targets.


@pytest.mark.parametrize(
    "settings",
    [
        {},
        {"loss": "quantile", "loss_params": {"tau": 0.2}, "batch": 7, "optimizer": "adam"},
        {"loss": "adaptive", "lr": 0.05},
        {"model": "mlp", "lr": 0.05},
        {"model": "polynomial", "model_params": {"degree": 2}, "lr": 0.05, "l2": 0.1},
        {"patience": 3, "lr": 0.05},
        {"lr": 50.0, "loss": "squared_error"},
    ],
    ids=str,
)
@pytest.mark.parametrize("weight", [None, np.resize([1, 2, 0], 60)], ids=["plain", "weighted"])
def test_each_of_several_targets_is_fitted_as_if_alone(settings, weight):
    model = clone(REGRESSOR).set_params(**settings)
    both = clone(model).fit(X, TARGETS, weight)
    predictions = both.predict(X)
    assert predictions.shape == TARGETS.shape
    for k, y in enumerate(TARGETS.T):
        alone = clone(model).fit(X, y, weight)
        assert np.array_equal(both.theta_[k], alone.theta_)
        assert np.array_equal(both.loss_curve_[k], alone.loss_curve_)
        assert np.array_equal(predictions[:, k], alone.predict(X))
        assert both.run_[k] == alone.run_
        assert both.loss_params_[k] == alone.loss_params_
        assert both.n_iter_ >= alone.n_iter_
        if hasattr(alone, "coef_"):
            assert np.array_equal(both.coef_[k], alone.coef_)
            assert both.intercept_[k] == alone.intercept_
        else:
            for name in ("coefs_", "intercepts_"):
                for many, one in zip(getattr(both, name), getattr(alone, name), strict=True):
                    assert np.array_equal(many[k], one)


def test_several_targets_have_the_shapes_of_scikit_learns():
    ours = clone(REGRESSOR).set_params(loss="squared_error", steps=500).fit(X, TARGETS)
    exact = LinearRegression().fit(X, TARGETS)
    np.testing.assert_allclose(ours.coef_, exact.coef_, rtol=1e-9, atol=1e-12)
    np.testing.assert_allclose(ours.intercept_, exact.intercept_, rtol=1e-9)
    assert ours.score(X, TARGETS) == pytest.approx(exact.score(X, TARGETS), rel=1e-9)
    column = clone(ours).fit(X, Y[:, None])
    assert column.predict(X).shape == (60, 1)
    assert column.coef_.shape == (1, 3)
    assert clone(ours).fit(X, Y).coef_.shape == (3,)
    wrapped = MultiOutputRegressor(clone(ours)).fit(X, TARGETS)
    assert np.array_equal(wrapped.predict(X), ours.predict(X))


def test_targets_of_several_columns_stand_inside_the_domain():
    with pytest.raises(ValueError, match="poisson takes targets from 0 to inf, not -"):
        GradientDescentRegressor("poisson").fit(X, np.column_stack([Y**2, -(Y**2)]))


# Inside other estimators.


def test_boosting_weighs_rows():
    data, labels = IRIS
    boosted = AdaBoostClassifier(CLASSIFIER, n_estimators=5, random_state=0).fit(data, labels)
    assert len(boosted.estimators_) > 1
    first, second = boosted.estimators_[:2]
    assert not np.array_equal(first.theta_, second.theta_)
    assert boosted.score(data, labels) > 0.9
    numbers = AdaBoostRegressor(REGRESSOR, n_estimators=4, random_state=0).fit(X, Y)
    assert numbers.score(X, Y) > 0.9


def test_bagging_calibration_and_stacking():
    data, labels = IRIS
    bagged = BaggingClassifier(CLASSIFIER, n_estimators=4, random_state=0).fit(data, labels)
    assert bagged.score(data, labels) > 0.9
    assert BaggingRegressor(REGRESSOR, n_estimators=4, random_state=0).fit(X, Y).score(X, Y) > 0.9
    weight = RNG.uniform(0.5, 2.0, size=len(labels))
    calibrated = CalibratedClassifierCV(CLASSIFIER, cv=3).fit(data, labels, sample_weight=weight)
    assert calibrated.score(data, labels) > 0.9
    np.testing.assert_allclose(calibrated.predict_proba(data).sum(axis=1), 1.0, rtol=1e-12)
    stacked = StackingRegressor([("gd", REGRESSOR), ("ls", LinearRegression())], REGRESSOR, cv=3)
    assert stacked.fit(X, Y).score(X, Y) > 0.9


def test_cross_validation_and_importance():
    assert cross_val_predict(REGRESSOR, X, TARGETS, cv=3).shape == TARGETS.shape
    chances = cross_val_predict(CLASSIFIER, *IRIS, cv=3, method="predict_proba")
    assert chances.shape == (150, 3)
    found = permutation_importance(clone(REGRESSOR).fit(X, Y), X, Y, n_repeats=2, random_state=0)
    assert found.importances_mean.argmax() == 1


# What a fitted estimator keeps.


@pytest.mark.parametrize(
    ("model", "targets"),
    [(REGRESSOR, 1), (REGRESSOR, 3), (CLASSIFIER, 1), (clone(REGRESSOR).set_params(patience=2), 1)],
)
def test_no_rows_are_kept_or_pickled(model, targets):
    rng = np.random.default_rng(0)
    rows = rng.normal(size=(20_000, 3))
    y = rows @ rng.normal(size=(3, targets))
    y = y if targets > 1 else y[:, 0]
    weight = rng.uniform(0.5, 1.0, size=20_000)
    fitted = clone(model).set_params(steps=2).fit(rows, y > 0 if model is CLASSIFIER else y, weight)
    packed = pickle.dumps(fitted)
    assert len(packed) < 40_000  # a column of the rows alone is 160,000
    again = pickle.loads(packed)
    assert np.array_equal(again.predict(rows[:50]), fitted.predict(rows[:50]))
    assert again.run_ == fitted.run_
