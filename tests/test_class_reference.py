"""The exact minimiser for classifiers, against scikit-learn, optimality conditions and descent."""

import warnings

import numpy as np
import pytest
from own_rows import rows, task_on
from scipy import optimize
from sklearn import linear_model, svm
from sklearn.exceptions import ConvergenceWarning
from suiting import BUILT_IN as LOSSES

from lossviz import DATASETS, Experiment, Sample, run_all
from lossviz.analysis.minimum import reference
from lossviz.analysis.minimum.exact import minimise
from lossviz.analysis.minimum.problem import Problem
from lossviz.engine.choices import suits
from lossviz.engine.objective import Objective
from lossviz.engine.task import Task

BINARY = [name for name, loss in LOSSES.items() if loss.task == "binary"]
SEVERAL = [name for name, loss in LOSSES.items() if loss.task == "multiclass"]
CONVEX = [name for name in (*BINARY, *SEVERAL) if LOSSES[name].convex is True]
PENALTIES = [(0.0, 0.0), (0.02, 0.0), (0.0, 0.01), (0.01, 0.02)]
NEVER_REST = {
    "log_loss",
    "exponential_loss",
    "focal",
    "brier",
    "savage",
    "cross_entropy",
    "multiclass_focal",
    "multiclass_brier",
}
FLIPPED = {"outliers": "label_flips"}


def value_at(experiment, thetas):
    """The objective at parameters (S, P) of the descent."""
    return Objective.of([Task.of(experiment)]).values(np.atleast_2d(thetas)[:, None])[:, 0]


def scores(task, theta):
    """z (n,) or (n, K) at parameters of the descent."""
    return task.forward(theta[None], task.features[None])[0][0]


def classes(X, y, names=("a", "b", "c")) -> Sample:
    X = np.asarray(X, float).reshape(len(y), -1)
    y, is_outlier = np.asarray(y, float), np.zeros(len(y), bool)
    flat, one = np.zeros(X.shape[1]), np.ones(X.shape[1])
    features = tuple(f"x{i}" for i in range(X.shape[1]))
    return Sample(X, y, is_outlier, X, y, flat, one, tuple(names), features)


def labels(count) -> Sample:
    """Three overlapping groups in the plane, `count` rows each."""
    rng = np.random.default_rng(5)
    y = np.repeat(np.arange(3), count)
    X = rng.normal(size=(3 * count, 2)) + np.array([[0, 0], [2, 0], [0, 2]])[y]
    return classes(X, y)


def on(loss, data, **settings):
    return task_on(data, Experiment(data="moons", loss=loss, **settings))


CASES = [
    (name, data)
    for name in (*BINARY, *SEVERAL)
    for data in ("moons", "imbalanced", "iris")
    if suits("loss", name, data)
]


@pytest.mark.parametrize(("l1", "l2"), PENALTIES)
@pytest.mark.parametrize(("name", "data"), CASES)
def test_no_direction_leads_down(name, data, l1, l2):
    e = Experiment(data=data, loss=name, l1=l1, l2=l2, **FLIPPED)
    exact = reference(e)
    assert "approximate" not in exact.note
    rng = np.random.default_rng(7)
    size = len(exact.internal)
    directions = rng.normal(size=(400, size)) * 10.0 ** rng.uniform(-6, 0, size=(400, 1))
    around = value_at(e, exact.internal + np.vstack([directions, -directions]))
    assert around.min() >= exact.value - 1e-11 * max(abs(exact.value), 1e-3)
    if exact.is_attained:
        assert exact.value == value_at(e, exact.internal)[0]


@pytest.mark.parametrize("l2", [0.0, 0.01])
@pytest.mark.parametrize(("name", "data"), CASES)
def test_where_it_is_smooth_the_gradient_is_zero(name, data, l2):
    if LOSSES[name].kinks(**{param.name: param.default for param in LOSSES[name].params}):
        return
    e = Experiment(data=data, loss=name, l2=l2, **FLIPPED)
    exact = reference(e)
    if exact.is_attained:
        _, gradients = Objective.of([Task.of(e)])(exact.internal[None])
        assert np.linalg.norm(gradients) < 1e-8


@pytest.mark.parametrize(("l1", "l2"), PENALTIES)
@pytest.mark.parametrize(("name", "data"), [case for case in CASES if case[0] in CONVEX])
def test_searches_from_anywhere_end_no_lower(name, data, l1, l2):
    e = Experiment(data=data, loss=name, l1=l1, l2=l2, **FLIPPED)
    exact, objective = reference(e), Objective.of([Task.of(e)])
    assert exact.is_global

    def value_and_gradient(theta):
        values, gradients = objective(theta[None])
        return values[0], gradients[0]

    rng = np.random.default_rng(3)
    for _ in range(3):
        start = rng.normal(size=len(exact.internal))
        found = optimize.minimize(value_and_gradient, start, jac=True, method="BFGS")
        assert found.fun >= exact.value - 1e-9
    if not l1 and name not in ("hinge", "perceptron", "multiclass_hinge"):
        assert exact.value == pytest.approx(found.fun, abs=1e-6)


@pytest.mark.parametrize("l2", [0.001, 0.05])
@pytest.mark.parametrize("weights", [(1.0, 1.0), (0.5, 4.0)])
@pytest.mark.parametrize("data", ["moons", "imbalanced", "credit_default", "breast_cancer"])
def test_the_log_loss_is_scikit_learns_logistic_regression(data, weights, l2):
    zero, one = weights
    params = {"log_loss.weight_0": zero, "log_loss.weight_1": one}
    e = Experiment(data=data, l2=l2, params=params)
    task, exact = Task.of(e), reference(e)
    # 1/2 |w|² + C sum loss, which is our objective over 2 l2.
    model = linear_model.LogisticRegression(
        C=1 / (2 * l2 * len(task.y)), class_weight={0: zero, 1: one}, tol=1e-10, max_iter=10_000
    ).fit(task.features[1:].T, task.y)
    theirs = np.append(model.intercept_, model.coef_)
    np.testing.assert_allclose(exact.internal, theirs, rtol=1e-4, atol=1e-5)
    assert exact.value <= value_at(e, theirs)[0] + 1e-14


@pytest.mark.parametrize("data", ["moons", "overlapping", "credit_default"])
def test_without_penalty_too(data):
    task, exact = Task.of(Experiment(data=data)), reference(Experiment(data=data))
    model = linear_model.LogisticRegression(C=np.inf, tol=1e-10, max_iter=10_000)
    model.fit(task.features[1:].T, task.y)
    theirs = np.append(model.intercept_, model.coef_)
    np.testing.assert_allclose(exact.internal, theirs, rtol=1e-4, atol=1e-4)


@pytest.mark.parametrize("l1", [0.01, 0.1])
def test_l1_sets_the_same_weights_to_zero_as_scikit_learn(l1):
    e = Experiment(data="breast_cancer", l1=l1)
    task, exact = Task.of(e), reference(e)
    model = linear_model.LogisticRegression(
        l1_ratio=1, solver="saga", C=1 / (l1 * len(task.y)), tol=1e-8, max_iter=100_000
    ).fit(task.features[1:].T, task.y)
    theirs = np.append(model.intercept_, model.coef_)
    np.testing.assert_allclose(exact.internal, theirs, atol=1e-3)
    assert exact.value <= value_at(e, theirs)[0] + 1e-14
    assert ((np.abs(exact.internal) < 1e-12) == (theirs == 0)).all()


@pytest.mark.parametrize("l2", [0.001, 0.05])
@pytest.mark.parametrize("data", ["moons", "imbalanced", "breast_cancer"])
def test_the_hinge_is_scikit_learns_support_vector_machine(data, l2):
    e = Experiment(data=data, loss="hinge", l2=l2)
    task, exact = Task.of(e), reference(e)
    model = svm.SVC(kernel="linear", C=1 / (2 * l2 * len(task.y)), tol=1e-8)
    model.fit(task.features[1:].T, task.y)
    theirs = np.append(model.intercept_, model.coef_)
    reached = value_at(e, theirs)[0]
    assert exact.value <= reached + 1e-14
    assert exact.value == pytest.approx(reached, abs=1e-7)
    np.testing.assert_allclose(exact.internal[1:], theirs[1:], atol=1e-3)


@pytest.mark.parametrize("l2", [0.001, 0.05])
@pytest.mark.parametrize("data", ["blobs", "iris", "wine", "digits"])
def test_cross_entropy_is_scikit_learns_softmax_regression(data, l2):
    e = Experiment(data=data, l2=l2)
    task, exact = Task.of(e), reference(e)
    model = linear_model.LogisticRegression(
        C=1 / (2 * l2 * len(task.y)), tol=1e-9, max_iter=10_000
    ).fit(task.features[1:].T, task.sample.y)
    theirs = np.column_stack([model.intercept_, model.coef_])
    theirs -= np.eye(1, theirs.shape[1])[0] * theirs[:, 0].mean()
    np.testing.assert_allclose(exact.internal.reshape(theirs.shape), theirs, atol=1e-4)
    assert exact.value == pytest.approx(value_at(e, theirs.ravel())[0], rel=1e-9)
    predicted = scores(task, exact.internal).argmax(axis=1)
    np.testing.assert_array_equal(predicted, model.predict(task.features[1:].T))


@pytest.mark.parametrize("l2", [0.0, 0.01])
@pytest.mark.parametrize("data", ["moons", "iris", "digits"])
def test_squares_are_scikit_learns_ridge_regression(data, l2):
    name = "least_squares" if DATASETS[data].task == "binary" else "multiclass_squared_error"
    e = Experiment(data=data, loss=name, l2=l2)
    task, exact = Task.of(e), reference(e)
    aims = 2 * task.y - 1 if name == "least_squares" else task.y
    kind = linear_model.Ridge(alpha=l2 * len(aims)) if l2 else linear_model.LinearRegression()
    model = kind.fit(task.features[1:].T, aims)
    theirs = np.column_stack([np.atleast_1d(model.intercept_), np.atleast_2d(model.coef_)])
    assert exact.value == pytest.approx(value_at(e, theirs.ravel())[0], rel=1e-12)
    their_scores = model.predict(task.features[1:].T)
    np.testing.assert_allclose(scores(task, exact.internal), their_scores, atol=1e-8)


@pytest.mark.parametrize(("l1", "l2"), [(0, 0), (0.02, 0), (0, 0.02), (0.01, 0.02)])
def test_two_outputs_do_what_one_does(l1, l2):
    # Two outputs are best at -z/2 and z/2: |w| counts the same in all, w² by half.
    pairs = {"log_loss": "cross_entropy", "hinge": "multiclass_hinge"}
    for one, two in pairs.items():
        single = reference(Experiment(data="moons", loss=one, l1=l1, l2=l2 / 2, **FLIPPED))
        double = reference(Experiment(data="moons", loss=two, l1=l1, l2=l2, **FLIPPED))
        assert double.value == pytest.approx(single.value, rel=1e-9)
        low, high = double.internal.reshape(2, -1)
        if not l1:
            np.testing.assert_allclose(high - low, single.internal, atol=1e-5)


@pytest.mark.parametrize("name", [*BINARY, *SEVERAL])
def test_classes_that_can_be_separated_are_told(name):
    X = [[-2.0, 1.0], [-1.0, 0.0], [-1.5, 3.0], [1.0, 0.0], [2.0, 2.0], [1.5, -1.0]]
    exact = minimise(on(name, classes(X, [0, 0, 0, 1, 1, 1], "ab")))
    assert exact.is_attained == (name not in NEVER_REST)
    assert np.isfinite(exact.internal).all()
    if not exact.is_attained:
        assert exact.value == 0.0
        assert exact.is_global
        assert exact.note == (
            "The classes can be separated: the loss goes to 0 as the weights grow, and no finite "
            "minimiser exists."
        )
    penalised = minimise(on(name, classes(X, [0, 0, 0, 1, 1, 1], "ab"), l2=0.01))
    assert penalised.is_attained


@pytest.mark.parametrize("name", ["log_loss", "exponential_loss", "cross_entropy"])
def test_so_are_classes_that_touch(name):
    # Rows at 0 are of both classes; all others can be told apart (Albert and Anderson 1984).
    X, y = [-2.0, -1.0, 0.0, 0.0, 0.0, 1.0, 2.0], [0, 0, 0, 0, 1, 1, 1]
    exact = minimise(on(name, classes(X, y, "ab")))
    assert not exact.is_attained
    assert "can be separated from the rest" in exact.note
    # The rows at 0 alone: one of three is a 1.
    best = 2 * np.sqrt(2) / 3 if name == "exponential_loss" else np.log(3) - 2 / 3 * np.log(2)
    assert exact.value == pytest.approx(best * 3 / 7, rel=1e-9)


def test_so_is_one_class_apart_from_two_that_overlap():
    X, y = [-9.0, -8.0, 0.0, 1.0, 2.0, 3.0], [0, 0, 1, 2, 1, 2]
    exact = minimise(on("cross_entropy", classes(X, y)))
    pair = minimise(on("log_loss", classes(X[2:], [0, 1, 0, 1], "ab")))
    assert not exact.is_attained
    assert exact.value == pytest.approx(pair.value * 4 / 6, rel=1e-8)


def test_smoothed_targets_keep_the_minimum_finite():
    data = classes([-2.0, -1.0, 1.0, 2.0], [0, 0, 1, 1], "ab")
    for name in ("cross_entropy", "kl_divergence"):
        key = {f"{name}.smoothing": 0.1}
        assert minimise(on(name, data, params=key)).is_attained
        assert not minimise(on(name, data, params={f"{name}.smoothing": 0.0})).is_attained


@pytest.mark.parametrize(("l1", "l2"), [(0, 0), (0.1, 0), (0, 0.1)])
@pytest.mark.parametrize("name", [*BINARY, *SEVERAL])
def test_one_class_one_row_and_constant_features_are_answered(name, l1, l2):
    cases = [
        classes([1.0, 2.0, 3.0], [1, 1, 1], "ab"),
        classes([1.0, 2.0, 3.0], [0, 0, 0], "ab"),
        classes([2.0], [1], "ab"),
        classes([[2.0, 0.0]] * 4, [0, 1, 1, 1], "ab"),
        classes([[1.0, 2.0, 3.0]], [0], "ab"),
    ]
    for data in cases:
        exact = minimise(on(name, data, l1=l1, l2=l2))
        assert np.isfinite(exact.internal).all()
        assert np.isfinite(exact.value)
        if np.ptp(data.y) == 0 and name in NEVER_REST:
            assert not exact.is_attained
            assert exact.value == 0.0
            assert "All rows are of one class" in exact.note


@pytest.mark.parametrize("l2", [0.0, 0.1])
def test_a_class_without_rows_is_named(l2):
    data = classes([-1.0, 0.0, 1.0, 2.0], [0, 2, 0, 2])
    exact = minimise(on("cross_entropy", data, l2=l2))
    assert not exact.is_attained
    assert "No row is of class b" in exact.note
    without = minimise(on("cross_entropy", classes(data.X, [0, 1, 0, 1], "ac"), l2=l2))
    assert exact.value == pytest.approx(without.value, rel=1e-6)


def test_the_perceptron_is_content_with_zero():
    for l2 in (0.0, 0.1):
        exact = reference(Experiment(data="moons", loss="perceptron", l2=l2))
        assert exact.value == pytest.approx(0.0, abs=1e-12)
        assert "asks no margin" in exact.note


def test_networks_have_no_exact_minimiser():
    assert reference(Experiment(data="moons", model="mlp")) is None


def test_of_softmax_weights_it_takes_those_that_sum_to_zero():
    exact = minimise(on("cross_entropy", labels(20)))
    np.testing.assert_allclose(exact.internal.reshape(3, 3).sum(axis=0), 0, atol=1e-10)
    assert exact.note == ""


def test_hinge_for_several_classes_meets_a_linear_programme_written_anew():
    data = labels(12)
    exact = minimise(on("multiclass_hinge", data, l1=0.05))
    # Unknowns: w+ and w- of each class, its intercept, and the cost e of each row.
    n, y = len(data.y), data.y.astype(int)
    table, limits = [], []
    for i in range(n):
        for j in {0, 1, 2} - {y[i]}:
            row = np.zeros(15 + n)
            for c, sign in ((j, 1.0), (y[i], -1.0)):
                row[5 * c : 5 * c + 5] = sign * np.array([*data.X[i], *-data.X[i], 1.0])
            row[15 + i] = -1.0
            table.append(row)
            limits.append(-1.0)
    cost = np.concatenate([np.tile([0.05] * 4 + [0.0], 3), np.full(n, 1 / n)])
    bounds = ([(0, None)] * 4 + [(None, None)]) * 3 + [(0, None)] * n
    found = optimize.linprog(cost, np.array(table), limits, bounds=bounds)
    assert exact.value == pytest.approx(found.fun, rel=1e-9)


@pytest.mark.parametrize("l2", [0.01, 0.1])
def test_hinge_for_several_classes_meets_a_quadratic_programme_written_anew(l2):
    data = labels(8)
    exact = minimise(on("multiclass_hinge", data, l2=l2))
    # The dual of Crammer and Singer (2001): max sum_ij a_ij (1 - t_ij) - sum w²/(4 l2) with
    # w_j = sum_i (t_ij - a_ij) x_i / n, rows of a on the simplex, and no pull on intercepts.
    X, n = data.X, len(data.y)
    t = np.eye(3)[data.y.astype(int)]

    def dual(a):
        off = a.reshape(n, 3) - t
        w = off.T @ X / n
        value = (off * (1 - t)).sum() / n - (w * w).sum() / (4 * l2)
        slope = (1 - t) / n - X @ w.T / (2 * l2 * n)
        return -value, -slope.ravel()

    rows_sum = np.kron(np.eye(n), np.ones(3))
    pulls = np.tile(np.eye(3)[:2], n) / n  # that of the third follows
    found = optimize.minimize(
        dual,
        t.ravel() * 0.5 + 0.5 / 3,
        jac=True,
        method="SLSQP",
        bounds=[(0, 1)] * (3 * n),
        constraints=[
            {"type": "eq", "fun": lambda a: rows_sum @ a - 1, "jac": lambda a: rows_sum},
            {"type": "eq", "fun": lambda a: pulls @ a - t.mean(axis=0)[:2], "jac": lambda a: pulls},
        ],
        options={"ftol": 1e-12, "maxiter": 500},
    )
    assert exact.value == pytest.approx(-found.fun, abs=1e-7)


def test_no_run_gets_below_it():
    rng = np.random.default_rng(11)
    experiments = []
    for _ in range(40):
        data = str(rng.choice(["moons", "xor", "overlapping", "blobs", "iris", "wine"]))
        names = [name for name in CONVEX if suits("loss", name, data)]
        experiments.append(
            Experiment(
                data=data,
                outliers=str(rng.choice(["none", "label_flips"])),
                loss=str(rng.choice(names)),
                optimizer=str(rng.choice(["gd", "adam"])),
                lr=float(rng.choice([0.01, 0.3])),
                l1=float(rng.choice([0, 0.01])),
                l2=float(rng.choice([0, 0.01])),
                steps=200,
            )
        )
    for trained in run_all(experiments):
        assert trained.loss.min() >= reference(trained.experiment).value - 1e-9


@pytest.mark.parametrize("name", SEVERAL)
def test_digits_are_answered_within_a_bounded_number_of_passes(name, monkeypatch):
    passes = {"smooth": 0, "bends": 0}

    def counted(kind, function):
        def call(*args):
            passes[kind] += 1
            return function(*args)

        return call

    for kind in passes:
        monkeypatch.setattr(Problem, kind, counted(kind, getattr(Problem, kind)))
    exact = minimise(Task.of(Experiment(data="digits", loss=name, l2=0.01)))
    assert len(exact.internal) == 650
    assert passes["smooth"] <= 2500
    assert passes["bends"] == 0
    # The hinge alone has no fast method of this size, and says so.
    assert ("approximate" in exact.note) == (name == "multiclass_hinge")


def test_it_knows_that_scikit_learn_stopped_early():
    e = Experiment(data="wine", l2=1e-6)
    task = Task.of(e)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        model = linear_model.LogisticRegression(C=1 / (2e-6 * len(task.y)), max_iter=5)
        model.fit(task.features[1:].T, task.sample.y)
    theirs = np.column_stack([model.intercept_, model.coef_]).ravel()
    assert reference(e).value < value_at(e, theirs)[0]


def test_rows_of_numbers_still_go_to_the_regression_solvers():
    exact = minimise(task_on(rows([0.0, 1.0, 2.0], [1.0, 3.0, 5.0]), Experiment()))
    np.testing.assert_allclose(exact.theta, [1.0, 2.0], atol=1e-12)
