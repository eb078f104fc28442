"""The exact minimiser, against published fits, scikit-learn, other solvers and descent itself."""

import math
import warnings
from functools import partial

import numpy as np
import pytest
from own_rows import rows, task_on
from scipy import optimize, special
from sklearn import linear_model
from sklearn.exceptions import ConvergenceWarning
from suiting import BUILT_IN

from lossviz import DATASETS as ALL_DATASETS
from lossviz import OUTLIERS as ALL_OUTLIERS
from lossviz import Experiment, run, run_all
from lossviz.analysis.minimum import gap, moved_by_outliers, reference, search, solvers, steps_to
from lossviz.analysis.minimum.exact import minimise
from lossviz.analysis.minimum.problem import Problem, problem_of
from lossviz.engine.choices import suits
from lossviz.engine.objective import Objective
from lossviz.engine.task import Task

LOSSES = {name: loss for name, loss in BUILT_IN.items() if loss.task == "regression"}
DATASETS = [name for name, data in ALL_DATASETS.items() if data.task == "regression"]
OUTLIERS = [name for name in ALL_OUTLIERS if suits("outliers", name, "line")]
SMOOTH = [
    name
    for name, loss in LOSSES.items()
    if loss.convex is True
    and not loss.kinks(**{param.name: param.default for param in loss.params})
]
PENALTIES = [(0.0, 0.0), (0.05, 0.0), (0.0, 0.05), (0.1, 0.2)]
SPOILED = {"outliers": "vertical", "params": {"line.n": 30}}


def theta_of(**settings):
    return reference(Experiment(**settings)).theta


def value_at(experiment, thetas):
    """The objective at parameters (S, P) of the descent."""
    return Objective.of([Task.of(experiment)]).values(np.atleast_2d(thetas)[:, None])[:, 0]


# Published fits: Koenker and Bassett (1982), Rousseeuw and Leroy (1987), Anscombe (1973), and, for
# the stack loss and the phones, the help pages of quantreg::rq and MASS::phones in R.
@pytest.mark.parametrize(
    ("data", "loss", "published", "digits"),
    [
        ("engel", "absolute_error", [81.4822, 0.5602], 4),
        ("stack_loss", "absolute_error", [-39.68986, 0.83188, 0.57391, -0.06087], 5),
        ("stack_loss", "squared_error", [-39.9197, 0.7156, 1.2953, -0.1521], 4),
        ("phones", "squared_error", [-260.059, 5.041], 3),
        ("stars_cyg", "squared_error", [6.793, -0.413], 3),
        *((f"anscombe_{k}", "squared_error", [3.00, 0.50], 2) for k in (1, 2, 3, 4)),
    ],
)
def test_it_gives_the_published_fit(data, loss, published, digits):
    np.testing.assert_allclose(theta_of(data=data, loss=loss), published, atol=0.51 * 10**-digits)


def test_absolute_error_recovers_the_exact_line_of_anscombe_3():
    # Ten of the eleven points lie on a line but for the rounding of y to two digits.
    np.testing.assert_allclose(
        theta_of(data="anscombe_3", loss="absolute_error"), [4.01, 0.345], atol=0.01
    )


# The losses written anew, in the words of textbooks, for solvers that know nothing of ours.
INDEPENDENT = {
    "squared_error": lambda z, y: (y - z) ** 2,
    "absolute_error": lambda z, y: abs(y - z),
    "huber": lambda z, y, delta: special.huber(delta, y - z),
    "pseudo_huber": lambda z, y, delta: special.pseudo_huber(delta, y - z),
    "log_cosh": lambda z, y: np.logaddexp(y - z, z - y) - math.log(2),
    "quantile": lambda z, y, tau: np.where(y > z, tau * (y - z), (1 - tau) * (z - y)),
    "expectile": lambda z, y, tau: np.where(y > z, tau, 1 - tau) * (y - z) ** 2,
    "squared_log_error": lambda z, y: (
        (np.sign(z) * np.log(1 + abs(z)) - np.log(1 + np.where(y < 0, 0, y))) ** 2
    ),
    "epsilon_insensitive": lambda z, y, epsilon: np.where(
        abs(y - z) > epsilon, abs(y - z) - epsilon, 0
    ),
    "squared_epsilon_insensitive": lambda z, y, epsilon: (
        np.where(abs(y - z) > epsilon, abs(y - z) - epsilon, 0) ** 2
    ),
    "poisson": lambda z, y: np.exp(z) - np.where(y < 0, 0, y) * z,
    "linex": lambda z, y, a: np.exp(a * (z - y)) - a * (z - y) - 1,
    "cauchy": lambda z, y, c: c**2 / 2 * np.log(1 + (z - y) ** 2 / c**2),
    "geman_mcclure": lambda z, y, c: (z - y) ** 2 / 2 / (1 + (z - y) ** 2 / c**2),
    "welsch": lambda z, y, c: c**2 / 2 * (1 - np.exp(-((z - y) ** 2) / c**2)),
    "tukey": lambda z, y, c: np.where(
        abs(z - y) < c, c**2 / 6 * (1 - (1 - (z - y) ** 2 / c**2) ** 3), c**2 / 6
    ),
    "barron": lambda z, y, alpha, c: (
        abs(alpha - 2) / alpha * ((((z - y) / c) ** 2 / abs(alpha - 2) + 1) ** (alpha / 2) - 1)
    ),
}


@pytest.mark.parametrize(("l1", "l2"), PENALTIES)
@pytest.mark.parametrize("name", INDEPENDENT)
def test_a_global_search_on_the_textbook_loss_ends_at_the_same_value(name, l1, l2):
    e = Experiment(loss=name, l1=l1, l2=l2, **SPOILED)
    x, y = Task.of(e).sample.X[:, 0], Task.of(e).sample.y
    textbook = partial(INDEPENDENT[name], **e.params_of("loss"))

    def objective(theta):
        penalty = l1 * abs(theta[1]) + l2 * theta[1] ** 2
        with np.errstate(over="ignore"):
            return np.mean(textbook(theta[0] + theta[1] * x, y)) + penalty

    box = [(-8.0, 15.0), (-6.0, 8.0)]
    search = optimize.differential_evolution(
        objective, box, rng=np.random.default_rng(1), popsize=12, tol=1e-9, polish=False
    )
    found = optimize.minimize(
        objective, search.x, method="Nelder-Mead", options={"xatol": 1e-10, "fatol": 1e-14}
    )
    exact = reference(e)
    assert objective(exact.theta) == pytest.approx(exact.value, rel=1e-12)
    assert exact.value <= found.fun + 1e-12
    assert exact.value == pytest.approx(found.fun, abs=1e-8)


@pytest.mark.parametrize("l2", [0.0, 0.05])
@pytest.mark.parametrize("data", ["stack_loss", "diabetes", "counts"])
@pytest.mark.parametrize("name", SMOOTH)
def test_scipys_quasi_newton_method_comes_to_the_same_value(name, data, l2):
    e = Experiment(data=data, loss=name, l2=l2, params={"linex.a": 0.02})
    objective = Objective.of([Task.of(e)])

    def value_and_gradient(theta):
        values, gradients = objective(theta[None])
        return values[0], gradients[0]

    start = np.zeros(len(Task.of(e).names))
    start[0] = LOSSES[name].link(np.mean(Task.of(e).y))
    found = optimize.minimize(
        value_and_gradient, start, jac=True, method="BFGS", options={"gtol": 1e-9, "maxiter": 3000}
    )
    exact = reference(e)
    assert exact.value <= found.fun + 1e-12 * abs(found.fun)
    assert exact.value == pytest.approx(found.fun, rel=1e-9, abs=1e-12)


def _scikit(e, n):
    """scikit-learn's model for an experiment: its penalties count differently."""
    tight = {"tol": 1e-13, "max_iter": 200_000}
    if e.loss == "squared_error":
        if not e.l1:
            return linear_model.Ridge(alpha=n * e.l2) if e.l2 else linear_model.LinearRegression()
        # (1/2n)|r|² + alpha (share |w| + (1 - share)/2 w²): half of our objective.
        alpha = e.l1 / 2 + e.l2
        return linear_model.ElasticNet(alpha=alpha, l1_ratio=e.l1 / 2 / alpha, **tight)
    if e.loss == "poisson":
        return linear_model.PoissonRegressor(alpha=2 * e.l2, tol=1e-10, max_iter=10_000)
    tau = 0.5 if e.loss == "absolute_error" else float(e["quantile.tau"])
    # The pinball loss at one half is half the absolute error.
    alpha = e.l1 / 2 if e.loss == "absolute_error" else e.l1
    return linear_model.QuantileRegressor(quantile=tau, alpha=alpha, solver="highs")


@pytest.mark.parametrize("data", ["line", "stack_loss", "diabetes", "engel", "counts"])
@pytest.mark.parametrize(
    ("loss", "l1", "l2"),
    [("squared_error", *penalty) for penalty in PENALTIES]
    + [("absolute_error", 0, 0), ("absolute_error", 0.1, 0)]
    + [("quantile", 0, 0), ("quantile", 0.1, 0)]
    + [("poisson", 0, 0), ("poisson", 0, 0.05)],
)
def test_scikit_learn_comes_to_the_same_parameters(data, loss, l1, l2):
    e = Experiment(data=data, loss=loss, l1=l1, l2=l2)
    task = Task.of(e)
    model = _scikit(e, len(task.y)).fit(task.features[1:].T, task.y)
    exact = reference(e)
    theirs = np.append(model.intercept_, model.coef_)
    reached = value_at(e, theirs)[0]
    assert exact.value <= reached + 1e-12 * abs(reached)
    assert exact.value == pytest.approx(reached, rel=1e-6)
    if loss in ("squared_error", "poisson"):
        np.testing.assert_allclose(exact.internal, theirs, rtol=1e-3, atol=1e-3)


@pytest.mark.parametrize(("l1", "l2"), PENALTIES)
@pytest.mark.parametrize("outliers", OUTLIERS)
@pytest.mark.parametrize("name", LOSSES)
def test_no_direction_leads_down(name, outliers, l1, l2):
    e = Experiment(
        data="stack_loss", loss=name, outliers=outliers, l1=l1, l2=l2, params={"linex.a": 0.5}
    )
    exact = reference(e)
    rng = np.random.default_rng(7)
    directions = rng.normal(size=(600, len(exact.internal)))
    directions *= 10.0 ** rng.uniform(-7, 0, size=(600, 1))
    around = value_at(e, exact.internal + np.vstack([directions, -directions]))
    assert around.min() >= exact.value - 1e-11 * abs(exact.value)
    assert exact.value == value_at(e, exact.internal)[0]


@pytest.mark.parametrize("name", LOSSES)
def test_descent_comes_close_and_never_below(name):
    e = Experiment(loss=name, optimizer="adam", lr=0.05, steps=3000, schedule="cosine", **SPOILED)
    if LOSSES[name].learned:
        e = e.replace(lr=0.3)  # a long way to the end of its range, where the least shape lies
    trained, exact = run(e), reference(e)
    assert trained.loss.min() >= exact.value - 1e-9
    assert trained.loss[-1] == pytest.approx(exact.value, abs=1e-4)


def test_no_run_of_any_convex_kind_gets_below_it():
    rng = np.random.default_rng(3)
    convex = [name for name in LOSSES if LOSSES[name].convex is True]
    experiments = [
        Experiment(
            data=str(rng.choice(DATASETS)),
            outliers=str(rng.choice(OUTLIERS)),
            model=str(rng.choice(["linear", "polynomial"])),
            loss=str(rng.choice(convex)),
            optimizer=str(rng.choice(["gd", "adam", "momentum"])),
            lr=float(rng.choice([0.003, 0.1])),
            l1=float(rng.choice([0, 0.1])),
            l2=float(rng.choice([0, 0.1])),
            steps=200,
        )
        for _ in range(60)
    ]
    for trained in run_all(experiments):
        exact = reference(trained.experiment)
        assert exact.is_global
        assert trained.loss.min() >= exact.value - 1e-9 * max(1, abs(exact.value))


@pytest.mark.parametrize("name", LOSSES)
def test_one_row_all_x_equal_and_more_parameters_than_rows_are_answered(name):
    cases = [
        (rows([2.0], [3.0]), "linear"),
        (rows([2.0] * 5, [1.0, 2.0, 2.5, 3.0, 40.0]), "linear"),
        (rows([0.5, 1.0, 2.0], [3.0, 1.0, 2.0]), "polynomial"),
    ]
    for data, model in cases:
        exact = minimise(task_on(data, Experiment(loss=name, model=model)))
        assert np.isfinite(exact.value)
        assert np.isfinite(exact.theta).all()
        assert "not unique" in exact.note


def test_of_many_least_squares_fits_it_takes_the_shortest():
    exact = minimise(task_on(rows([2.0, 2.0], [1.0, 4.0]), Experiment()))
    # Every b + 2 w = 2.5 is as good; the shortest (b, w) is along (1, 2).
    np.testing.assert_allclose(exact.theta, [0.5, 1.0], atol=1e-12)


def test_l1_picks_the_cheapest_of_equal_features():
    # x2 = 2 x1, so x2 alone does the work for half the weight: (w - 1.5)² + 0.1 w is least at 1.45.
    exact = minimise(task_on(rows([[1, 2], [2, 4]], [1, 4]), Experiment(l1=0.1)))
    np.testing.assert_allclose(exact.theta, [2.5 - 3 * 1.45, 0, 1.45], atol=1e-9)
    assert exact.value == pytest.approx(0.05**2 + 0.145, abs=1e-12)


def test_the_median_of_equal_x_is_found():
    data = rows([1.0] * 5, [1.0, 2.0, 3.0, 4.0, 500.0])
    exact = minimise(task_on(data, Experiment(loss="absolute_error")))
    assert exact.theta.sum() == pytest.approx(3.0, abs=1e-12)


def test_counts_that_are_all_zero_have_no_finite_minimiser():
    data = rows([0.0, 1.0, 2.0], [0.0, 0.0, 0.0])
    exact = minimise(task_on(data, Experiment(loss="poisson")))
    assert "No finite minimiser" in exact.note
    assert 0 <= exact.value < 1e-8


def test_a_loss_that_is_flat_says_that_its_minimiser_is_not_unique():
    assert "not unique" in reference(Experiment(loss="linex", params={"linex.a": 0})).note


def test_only_a_loss_that_is_not_convex_admits_doubt():
    for name in LOSSES:
        exact = reference(Experiment(loss=name))
        defaults = {param.name: param.default for param in LOSSES[name].params}
        assert exact.is_global == LOSSES[name].is_convex(**defaults)
        assert exact.is_global == ("not convex" not in exact.note)
    for alpha, is_global in [(2.0, True), (1.0, True), (0.99, False), (-2.0, False)]:
        e = Experiment(loss="barron", params={"barron.alpha": alpha})
        assert reference(e).is_global is is_global


def test_several_minima_are_told_apart():
    # Two groups of targets at one x: Welsch has a minimum at each, the larger group's is lower.
    data = rows(np.zeros(7), [0.0, 0.1, -0.1, 50.0, 50.1, 49.9, 50.0])
    task = task_on(data, Experiment(loss="welsch", params={"welsch.c": 0.5}))
    assert minimise(task).theta[0] == pytest.approx(50.0, abs=1e-6)


def test_how_a_run_descends_does_not_matter():
    e = Experiment(loss="huber", outliers="vertical")
    assert reference(e) is reference(e.replace(lr=0.5, steps=7, optimizer="adam", init="1,2"))
    assert reference(e) is not reference(e.replace(outlier_seed=1))


def test_parameters_in_the_datas_units_and_in_the_descents_predict_alike():
    e = Experiment(data="stack_loss", loss="huber")
    task, exact = Task.of(e), reference(e)
    direct = exact.theta[0] + task.sample.X @ exact.theta[1:]
    np.testing.assert_allclose(exact.internal @ task.features, direct, rtol=1e-10)


def test_outliers_move_squares_further_than_absolute_error():
    shifts = {
        name: moved_by_outliers(
            Experiment(loss=name, outliers="vertical", params={"vertical.where": "right"})
        )
        for name in ("squared_error", "absolute_error", "tukey")
    }
    clean = Experiment()
    assert shifts["squared_error"].name == "slope"
    assert shifts["squared_error"].clean == reference(clean).theta[1]
    moved = {name: abs(shift.spoiled - shift.clean) for name, shift in shifts.items()}
    assert moved["tukey"] < moved["absolute_error"] < moved["squared_error"]


def test_without_outliers_nothing_moves():
    shift = moved_by_outliers(Experiment(loss="huber"))
    assert shift.clean == shift.spoiled


def test_the_gap_closes_and_the_steps_are_counted():
    e = Experiment(steps=400)
    trained, exact = run(e), reference(e)
    gaps = gap(trained, exact)
    assert gaps.shape == trained.steps.shape
    assert gaps[-1] == pytest.approx(0, abs=1e-9)
    first = steps_to(trained, exact)
    assert first is not None
    limit = exact.value + 0.01 * (trained.loss[0] - exact.value)
    assert trained.loss[first] <= limit < trained.loss[first - 1]
    assert steps_to(run(e.replace(steps=2, lr=1e-4)), exact) is None
    at_the_minimum = e.replace(init=",".join(map(repr, exact.theta.tolist())))
    assert steps_to(run(at_the_minimum), exact) in (0, None)


def test_no_solver_warns_where_scikit_learn_would():
    # Powers of raw features are as badly scaled as they come.
    e = Experiment(data="phones", model="polynomial", scaling="none", l1=0.1)
    task = Task.of(e)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        theirs = linear_model.Lasso(alpha=0.05).fit(task.features[1:].T, task.y)
    assert reference(e).value <= value_at(e, np.append(theirs.intercept_, theirs.coef_))[0]


LARGE = {"data": "diabetes", "outliers": "vertical", "model": "polynomial"}


def large(degree=9, **settings):
    params = {"polynomial.degree": degree, **settings.pop("params", {})}
    return Experiment(**LARGE, params=params, **settings)


@pytest.mark.parametrize(
    "e",
    [
        large(loss="tukey"),
        large(loss="cauchy", l1=0.05, l2=0.05),
        large(loss="absolute_error", l1=0.05, l2=0.05),
        large(loss="squared_error", l1=1.0, scaling="none"),
        large(loss="linex", l1=0.05),
        large(degree=1, loss="geman_mcclure", l1=0.1),
        Experiment(loss="welsch", l1=0.1, params={"line.n": 2000}),
    ],
    ids=lambda e: f"{e.data}-{e.loss}-{e.scaling}",
)
def test_the_work_is_bounded_by_counts(e, monkeypatch):
    passes = {"slopes": 0, "bends": 0, "starts": 0}

    def counted(kind, function, size):
        def call(*args):
            passes[kind] += size(args)
            return function(*args)

        return call

    monkeypatch.setattr(Problem, "slopes", counted("slopes", Problem.slopes, lambda args: 1))
    monkeypatch.setattr(Problem, "bends", counted("bends", Problem.bends, lambda args: 1))
    monkeypatch.setattr(
        search,
        "_reweighted",
        counted("starts", search._reweighted, lambda args: len(args[1]) * args[2]),
    )
    problem = problem_of(Task.of(e))
    k, n = problem.features.shape
    minimise(Task.of(e))
    # Ten widths of the kinks, a start, a few steps on the plane and a test at each.
    few = 10 * (solvers.SETTLING + 2) + 10
    steps = max(60, min(500, 1.2e9 / (k * k * (n + k))))
    assert 0 < passes["slopes"] <= steps + few
    assert passes["bends"] <= steps + few
    assert passes["starts"] <= 153 * 5 + 8 * 30


@pytest.mark.parametrize("loss", ["squared_error", "absolute_error", "huber", "cauchy", "tukey"])
def test_ninety_one_parameters_fit_into_the_budget(loss):
    exact = reference(large(loss=loss, l1=0.05, l2=0.05))
    assert len(exact.theta) == 91
    assert "approximate" not in exact.note


@pytest.mark.parametrize("loss", ["huber", "absolute_error", "linex"])
def test_where_the_budget_ends_the_note_says_so(loss, monkeypatch):
    e = Experiment(data="stack_loss", loss=loss, l1=0.1, l2=0.01)
    exact = minimise(Task.of(e))
    monkeypatch.setattr(solvers, "STEPS", (1, 1))
    stopped = minimise(Task.of(e))
    assert "approximate" in stopped.note
    assert "approximate" not in exact.note
    assert exact.value <= stopped.value < np.inf


def test_a_linear_programme_that_is_stopped_is_answered_all_the_same(monkeypatch):
    e = Experiment(data="stack_loss", loss="absolute_error")
    exact = minimise(Task.of(e))
    monkeypatch.setattr(solvers, "PIVOTS", 0)
    assert minimise(Task.of(e)).value == pytest.approx(exact.value, rel=1e-9)
