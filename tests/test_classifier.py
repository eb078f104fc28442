"""The classifier: scikit-learn's own checks, its answers, and that it is the same engine."""

import pickle

import numpy as np
import pytest
from sklearn.base import clone
from sklearn.datasets import load_breast_cancer, load_iris
from sklearn.exceptions import ConvergenceWarning
from sklearn.linear_model import LogisticRegression, RidgeClassifier, SGDClassifier
from sklearn.model_selection import GridSearchCV, cross_val_score
from sklearn.neural_network import MLPClassifier, MLPRegressor
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVC
from sklearn.utils.estimator_checks import check_estimator
from suiting import BUILT_IN as LOSSES

import lossviz
from lossviz import GradientDescentClassifier, GradientDescentRegressor

BINARY = [name for name, loss in LOSSES.items() if loss.task == "binary"]
MULTICLASS = [name for name, loss in LOSSES.items() if loss.task == "multiclass"]
NETWORK = {"model": "mlp", "optimizer": "adam", "lr": 0.05, "steps": 200}
# Few steps on purpose: whether they were enough is not asked.
few_steps = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")


@few_steps
@pytest.mark.parametrize(
    "settings", [{}, {"loss": "hinge"}, NETWORK, {"loss": "cross_entropy", "patience": 50}], ids=str
)
def test_scikit_learns_own_checks_pass(settings):
    # One check asks for a setting of SciPy's and is skipped by scikit-learn.
    results = check_estimator(GradientDescentClassifier(**settings), on_skip=None)
    failed = [result["check_name"] for result in results if result["status"] != "passed"]
    assert failed == ["check_array_api_input"]
    assert len(results) > 40


@few_steps
@pytest.mark.parametrize("settings", [NETWORK, {"patience": 20}], ids=str)
def test_the_regressor_passes_them_with_networks_and_patience(settings):
    results = check_estimator(GradientDescentRegressor(**settings), on_skip=None)
    failed = [result["check_name"] for result in results if result["status"] != "passed"]
    assert failed == ["check_array_api_input"]


def some_rows(classes=2, n=150, seed=0):
    """Overlapping classes in three features, of about unit size."""
    rng = np.random.default_rng(seed)
    y = rng.integers(classes, size=n)
    return rng.normal(size=(n, 3)) + rng.normal(size=(classes, 3))[y], y


@pytest.mark.parametrize("classes", [2, 3, 5])
def test_the_default_is_logistic_regression(classes):
    X, y = some_rows(classes)
    ours = GradientDescentClassifier(lr=1.0, steps=5000).fit(X, y)
    exact = LogisticRegression(C=np.inf, tol=1e-10, max_iter=10_000).fit(X, y)
    assert ours.run_.experiment.loss == ("log_loss" if classes == 2 else "cross_entropy")
    np.testing.assert_allclose(ours.coef_, exact.coef_, rtol=1e-5, atol=1e-6)
    np.testing.assert_allclose(ours.intercept_, exact.intercept_, rtol=1e-5, atol=1e-6)
    np.testing.assert_allclose(ours.predict_proba(X), exact.predict_proba(X), rtol=1e-5)
    assert np.array_equal(ours.predict(X), exact.predict(X))
    assert ours.coef_.shape == exact.coef_.shape


@pytest.mark.parametrize("classes", [2, 4])
def test_the_penalty_is_that_of_logistic_regression(classes):
    # Theirs minimises C sum(loss) + |w|²/2: our mean times n C, with l2 = 1 / (2 n C).
    X, y = some_rows(classes)
    ours = GradientDescentClassifier(l2=0.05, lr=0.5, scaling="none").fit(X, y)
    exact = LogisticRegression(C=1 / (2 * 0.05 * len(y)), tol=1e-12, max_iter=10_000).fit(X, y)
    np.testing.assert_allclose(ours.coef_, exact.coef_, rtol=1e-5, atol=1e-7)
    np.testing.assert_allclose(ours.decision_function(X), exact.decision_function(X), atol=1e-5)


def test_cross_entropy_over_two_classes_is_log_loss_and_has_one_score():
    X, y = some_rows()
    two = GradientDescentClassifier("cross_entropy", lr=1.0, steps=5000).fit(X, y)
    one = GradientDescentClassifier("log_loss", lr=1.0, steps=5000).fit(X, y)
    assert two.coef_.shape == one.coef_.shape == (1, 3)
    assert two.decision_function(X).shape == one.decision_function(X).shape == (len(y),)
    np.testing.assert_allclose(two.coef_, one.coef_, rtol=1e-8)
    np.testing.assert_allclose(two.predict_proba(X), one.predict_proba(X), rtol=1e-8)


def test_least_squares_on_labels_is_ridge():
    # RidgeClassifier minimises sum (z - s)² + alpha |w|²: our mean times n.
    X, y = some_rows()
    ours = GradientDescentClassifier("least_squares", l2=0.1, scaling="none").fit(X, y)
    exact = RidgeClassifier(alpha=0.1 * len(y)).fit(X, y)
    np.testing.assert_allclose(ours.coef_[0], np.ravel(exact.coef_), rtol=1e-8)
    np.testing.assert_allclose(ours.intercept_, exact.intercept_, rtol=1e-8)


def test_the_hinge_is_the_support_vector_machine():
    X, y = some_rows()
    ours = GradientDescentClassifier(
        "hinge", l2=0.1, schedule="inverse_time", lr=0.5, steps=20_000, scaling="none"
    ).fit(X, y)
    exact = SVC(kernel="linear", C=1 / (2 * 0.1 * len(y)), tol=1e-8).fit(X, y)

    def objective(model):
        margins = np.where(y, 1, -1) * (X @ model.coef_[0] + model.intercept_[0])
        return np.maximum(1 - margins, 0).mean() + 0.1 * np.sum(model.coef_**2)

    assert objective(exact) <= objective(ours) * (1 + 1e-9)
    assert objective(ours) == pytest.approx(objective(exact), rel=1e-4)
    np.testing.assert_allclose(ours.coef_, exact.coef_, atol=0.01)


@pytest.mark.parametrize("loss", ["log_loss", "squared_hinge", "modified_huber"])
def test_smooth_losses_end_where_scikit_learns_stochastic_descent_tends_to(loss):
    # Theirs has alpha |w|²/2; an average over many epochs stands for its limit.
    X, y = some_rows()
    ours = GradientDescentClassifier(loss, l2=0.1, scaling="none").fit(X, y)
    near = SGDClassifier(
        loss=loss,
        alpha=0.2,
        learning_rate="invscaling",
        eta0=0.5,
        power_t=0.6,
        average=20_000,
        max_iter=2000,
        tol=None,
        random_state=0,
    ).fit(X, y)
    np.testing.assert_allclose(ours.coef_, near.coef_, atol=1e-3)
    np.testing.assert_allclose(ours.intercept_, near.intercept_, atol=1e-3)


@few_steps
@pytest.mark.parametrize("activation", ["tanh", "relu", "sigmoid"])
@pytest.mark.parametrize("classes", [2, 3])
def test_a_network_is_scikit_learns_with_the_same_weights(classes, activation):
    X, y = some_rows(classes)
    X = X * [1.0, 100.0, 0.01] + [0.0, 50.0, 3.0]
    ours = GradientDescentClassifier(
        model="mlp", model_params={"depth": 2, "width": 5, "activation": activation}, steps=30
    ).fit(X, y)
    theirs = MLPClassifier(
        hidden_layer_sizes=(5, 5),
        activation="logistic" if activation == "sigmoid" else activation,
    ).partial_fit(X, y, classes=np.unique(y))
    shapes = [matrix.shape for matrix in theirs.coefs_]
    assert [matrix.shape for matrix in ours.coefs_] == shapes
    theirs.coefs_, theirs.intercepts_ = ours.coefs_, ours.intercepts_
    np.testing.assert_allclose(ours.predict_proba(X), theirs.predict_proba(X), rtol=1e-9)
    assert np.array_equal(ours.predict(X), theirs.predict(X))


def test_a_network_of_numbers_is_scikit_learns_with_the_same_weights():
    X, y = some_rows()
    y = np.sin(X[:, 0]) + X[:, 1] ** 2
    ours = GradientDescentRegressor(**NETWORK).fit(X, y)
    theirs = MLPRegressor(hidden_layer_sizes=(8,), activation="tanh").partial_fit(X, y)
    theirs.coefs_, theirs.intercepts_ = ours.coefs_, ours.intercepts_
    np.testing.assert_allclose(ours.predict(X), theirs.predict(X), rtol=1e-9)
    assert ours.score(X, y) > 0.9


def test_a_network_bends_where_a_line_cannot():
    data = lossviz.sample(lossviz.Experiment(data="xor"))
    line = GradientDescentClassifier().fit(data.X, data.y)
    network = GradientDescentClassifier(**NETWORK).fit(data.X, data.y)
    assert line.score(data.X_test, data.y_test) < 0.7
    assert network.score(data.X_test, data.y_test) > 0.9


@few_steps
@pytest.mark.parametrize(
    ("data", "settings"),
    [
        ("moons", {"loss": "log_loss"}),
        ("moons", {"loss": "smoothed_hinge", "l1": 0.01, "schedule": "cosine"}),
        ("moons", {"loss": "multiclass_focal", "model": "mlp", "batch": 16}),
        ("blobs", {"loss": "cross_entropy", "optimizer": "adam", "l2": 0.01, "init": "normal"}),
        ("blobs", {"loss": "multiclass_brier", "model": "mlp"}),
    ],
)
def test_it_is_the_same_engine(data, settings):
    e = lossviz.Experiment(data=data, scaling="standard", steps=150, seed=5, **settings)
    rows = lossviz.sample(e)
    ours = GradientDescentClassifier(steps=150, random_state=5, **settings).fit(rows.X, rows.y)
    run = lossviz.run(e)
    assert np.array_equal(ours.run_.theta, run.theta)
    assert np.array_equal(ours.theta_, run.theta[-1])
    assert np.array_equal(ours.loss_curve_, run.loss)
    assert np.array_equal(ours.run_.error, run.error)
    assert 1 - ours.score(rows.X, rows.y) == pytest.approx(run.error[-1])
    assert ours.n_iter_ == 150


@pytest.mark.parametrize(
    "names", [["ham", "spam"], ["no", "perhaps", "yes"], [-1, 1], [7, 3, 5], [False, True]], ids=str
)
def test_labels_of_any_kind_come_back(names):
    X, y = some_rows(len(names))
    numbered = GradientDescentClassifier().fit(X, y)
    names = np.sort(names)
    named = GradientDescentClassifier().fit(X, names[y])
    assert named.classes_.tolist() == names.tolist()
    assert np.array_equal(named.predict(X), names[numbered.predict(X)])
    assert np.array_equal(named.coef_, numbered.coef_)


@few_steps
@pytest.mark.parametrize("loss", BINARY)
def test_binary_losses_say_the_same_in_every_way(loss):
    holds(GradientDescentClassifier(loss, steps=50, init="normal"), *some_rows())


@few_steps
@pytest.mark.parametrize("classes", [2, 4])
@pytest.mark.parametrize("loss", MULTICLASS)
def test_multiclass_losses_say_the_same_in_every_way(loss, classes):
    holds(GradientDescentClassifier(loss, steps=50, init="normal"), *some_rows(classes))


def holds(model, X, y):
    """Parameters, scores, labels and probabilities agree with each other."""
    scores = model.fit(X, y).decision_function(X)
    by_hand = X @ model.coef_.T + model.intercept_
    np.testing.assert_allclose(scores, by_hand if scores.ndim == 2 else by_hand[:, 0], atol=1e-12)
    best = scores.argmax(axis=1) if scores.ndim == 2 else (scores > 0).astype(int)
    assert np.array_equal(model.predict(X), best)
    assert hasattr(model, "predict_proba") == LOSSES[model.loss].probabilistic
    if hasattr(model, "predict_proba"):
        p = model.predict_proba(X)
        assert p.shape == (len(y), len(model.classes_))
        assert p.min() >= 0
        np.testing.assert_allclose(p.sum(axis=1), 1.0, rtol=1e-12)
        np.testing.assert_allclose(p.max(axis=1), p[np.arange(len(y)), best])


def test_probabilities_are_refused_in_words():
    X, y = some_rows()
    model = GradientDescentClassifier("hinge")
    with pytest.raises(AttributeError) as refusal:
        model.fit(X, y).predict_proba(X)
    assert str(refusal.value.__cause__).startswith("hinge ranks the classes and does not say")
    # A setting changed after the fit does not make its scores probabilities.
    assert not hasattr(model.set_params(loss="log_loss"), "predict_proba")
    assert hasattr(model.fit(X, y), "predict_proba")


def test_class_weights_move_the_boundary_as_scikit_learns_do():
    X, y = some_rows()
    ours = GradientDescentClassifier(
        "log_loss", {"weight_1": 4.0}, l2=0.1, lr=0.5, scaling="none"
    ).fit(X, y)
    exact = LogisticRegression(
        C=1 / (2 * 0.1 * len(y)), class_weight={0: 1, 1: 4}, tol=1e-12, max_iter=10_000
    ).fit(X, y)
    np.testing.assert_allclose(ours.coef_, exact.coef_, rtol=1e-5)
    np.testing.assert_allclose(ours.intercept_, exact.intercept_, rtol=1e-5)


def test_patience_holds_out_rows_and_keeps_the_best_frame():
    X, y = some_rows(3)
    settings = {"model": "mlp", "model_params": {"width": 30}, "optimizer": "adam", "lr": 0.05}
    model = GradientDescentClassifier(patience=40, validation_fraction=0.3, **settings).fit(X, y)
    run = model.run_
    assert model.n_iter_ == run.stopped_at == run.best_step + 40
    assert "Stopped early" in run.status
    frame = int(np.argmin(run.test_loss[run.steps]))
    assert 0 < run.steps[frame] < run.stopped_at
    assert np.array_equal(model.theta_, run.theta[frame])
    # Errors are shares of whole rows: 105 are trained on, 45 held out.
    assert np.all(np.abs(run.error * 105 - np.rint(run.error * 105)) < 1e-9)
    assert np.all(np.abs(run.test_error * 45 - np.rint(run.test_error * 45)) < 1e-9)
    again = clone(model).fit(X, y)
    assert again.run_ == run
    assert clone(model).set_params(random_state=1).fit(X, y).run_ != run


@few_steps
def test_held_out_rows_keep_the_classes_shares_and_stay_out_of_the_scaling():
    # The features are powers of 2, so their sum tells which rows it is of; the sum over the rows
    # trained on comes from their mean, at which z = x has its intercept on standardised features.
    y = np.repeat([0, 1], [30, 10])
    X = 2.0 ** np.arange(40)[:, None]
    model = GradientDescentClassifier(patience=5, validation_fraction=0.4, steps=1, init="0,1")
    kept = set()
    for seed in range(5):
        run = model.set_params(random_state=seed, lr=1e-6).fit(X, y).run_
        rows = round(run.path[0, 0] * 24)
        assert (rows % 2**30).bit_count() == 18
        assert (rows >> 30).bit_count() == 6
        kept.add(rows)
    assert len(kept) == 5


def test_divergence_warns_with_the_sentence_and_stays_finite():
    X, y = some_rows()
    model = GradientDescentClassifier("least_squares", lr=50.0)
    with pytest.warns(ConvergenceWarning, match="Diverged at step .* largest rate") as caught:
        model.fit(X, y)
    assert str(caught[0].message) == model.run_.status
    assert caught[0].filename == __file__
    assert np.isfinite(model.coef_).all()
    assert set(model.predict(X)) <= {0, 1}


@few_steps
def test_refitting_leaves_nothing_of_another_model():
    X, y = some_rows()
    model = GradientDescentClassifier(steps=5).fit(X, y)
    assert hasattr(model, "coef_")
    model.set_params(model="mlp").fit(X, y)
    assert not hasattr(model, "coef_")
    assert not hasattr(model, "intercept_")
    assert len(model.coefs_) == len(model.intercepts_) == 2
    model.set_params(model="polynomial").fit(X, y)
    assert not hasattr(model, "coefs_")
    assert model.coef_.shape == (1, 9)


@few_steps
def test_it_works_in_pipelines_searches_and_cross_validation():
    X, y = load_breast_cancer(return_X_y=True)
    pipe = make_pipeline(StandardScaler(), GradientDescentClassifier(lr=0.5, steps=100))
    assert cross_val_score(pipe, X, y, cv=3).mean() > 0.96
    assert cross_val_score(pipe, X, y, cv=3, scoring="roc_auc").mean() > 0.99
    X, y = load_iris(return_X_y=True)
    grid = {"loss": ["auto", "multiclass_squared_error", "multiclass_hinge"], "lr": [0.01, 0.1]}
    search = GridSearchCV(GradientDescentClassifier(steps=200), grid, cv=3).fit(X, y)
    assert search.best_score_ > 0.9
    scores = search.cv_results_["mean_test_score"]
    # Least squares masks the class in the middle.
    masked = scores[search.cv_results_["param_loss"] == "multiclass_squared_error"]
    assert masked.max() < search.best_score_


@few_steps
def test_it_clones_and_pickles():
    X, y = some_rows()
    model = GradientDescentClassifier("focal", {"gamma": 1.0}, steps=5).fit(X, y)
    copy = pickle.loads(pickle.dumps(model))
    assert copy.run_ == model.run_
    assert np.array_equal(copy.predict(X), model.predict(X))
    assert clone(model).get_params() == model.get_params()
    assert repr(model.set_params(loss_params=None)) == (
        "GradientDescentClassifier(loss='focal', steps=5)"
    )


@pytest.mark.parametrize(
    ("settings", "classes", "error", "words"),
    [
        ({"loss": "hing"}, 2, KeyError, "no loss 'hing'"),
        ({"loss": "hinge"}, 3, ValueError, "by hinge, and y has 3 classes.*cross_entropy"),
        ({"loss": "huber"}, 2, ValueError, "huber is for numbers.*suit these targets: auto, log_"),
        ({"loss": "focal", "loss_params": {"gamma": -1}}, 2, ValueError, "focal.gamma: '-1' lies"),
        ({"loss_params": {"gamma": 1}}, 2, KeyError, "no setting 'log_loss.gamma'"),
        ({}, 1, ValueError, "y has one class"),
        ({"patience": 5, "validation_fraction": 1.5}, 2, ValueError, "1.5 does not lie between"),
        ({"patience": 5, "validation_fraction": 0.999}, 2, ValueError, "none to train on"),
    ],
)
def test_a_bad_setting_is_refused_when_fitting(settings, classes, error, words):
    X, y = some_rows(classes)
    with pytest.raises(error, match=words):
        GradientDescentClassifier(**settings).fit(X, y)


def test_targets_of_the_wrong_kind_are_refused():
    X, y = some_rows()
    with pytest.raises(ValueError, match="Unknown label type: continuous"):
        GradientDescentClassifier().fit(X, y + 0.5 * X[:, 0])
    with pytest.raises(ValueError, match=r"hinge is for classes\. .* targets: auto, squared_"):
        GradientDescentRegressor("hinge").fit(X, y)


def test_the_package_offers_it():
    assert "GradientDescentClassifier" in lossviz.__all__
