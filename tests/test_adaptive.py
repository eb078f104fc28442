"""The loss that learns its shape and scale: its density, its slopes, its minimum, its charts."""

import math

import numpy as np
import pytest
from own_rows import rows, task_on, train_on
from scipy import integrate, optimize, special
from sklearn.exceptions import ConvergenceWarning

from lossviz import LOSSES, Experiment, GradientDescentRegressor, parse, run, run_all
from lossviz.analysis.landscape import landscape
from lossviz.analysis.minimum import reference
from lossviz.analysis.minimum.exact import minimise
from lossviz.analysis.planes import plane_of_runs
from lossviz.analysis.replay import loss_along, replay
from lossviz.engine.looks import styles
from lossviz.engine.objective import Objective
from lossviz.engine.rates import largest_rate
from lossviz.engine.task import Task
from lossviz.export.scripts.flavours import script, why_not
from lossviz.items.losses.adaptive import (
    LEAST_SCALE,
    log_partition,
    log_partition_slope,
    to_latents,
    to_parameters,
    with_slopes,
)
from lossviz.views.panels import View, playground
from lossviz.views.sentences import ending

SHAPES = [0.0, 1e-9, 0.05, 0.5, 1.0, 1.5, 1.95, 2.0 - 1e-9, 2.0]
NORMAL = 0.5 * math.log(2 * math.pi)


def rho(x, alpha):
    """Barron's formula as printed, with its limits."""
    if alpha == 0:
        return np.log(x * x / 2 + 1)
    if alpha == 2:
        return x * x / 2
    b = abs(alpha - 2)
    return b / alpha * ((x * x / b + 1) ** (alpha / 2) - 1)


def likelihood(theta, x, y, alpha, c):
    """The mean negative log-likelihood of rows, written anew."""
    area = (
        2
        * integrate.quad(
            lambda t: math.exp(-rho(math.sinh(t), alpha)) * math.cosh(t),
            0,
            45,
            epsabs=0,
            epsrel=1e-10,
        )[0]
    )
    return float(np.mean(rho((theta[0] + theta[1] * x - y) / c, alpha))) + math.log(c * area)


def adaptive(**settings):
    return Experiment(loss="adaptive", **settings)


def own(noise, **settings):
    """A task on the line 1 + 2 x with this noise."""
    x = np.random.default_rng(5).uniform(-2, 2, len(noise))
    return task_on(rows(x, 1 + 2 * x + noise), adaptive(**settings))


# ---------------------------------------------------------------- the density


def test_the_partition_function_has_its_closed_forms():
    known = [math.pi * math.sqrt(2), 2 * math.e * special.kv(1, 1), math.sqrt(2 * math.pi)]
    np.testing.assert_allclose(log_partition(np.array([0.0, 1.0, 2.0])), np.log(known), rtol=1e-14)


@pytest.mark.parametrize("alpha", [0.05, 0.5, 1.3, 1.9, 1.99])
def test_the_partition_function_and_its_slope_are_scipys_integrals(alpha):
    def area(shape):
        return (
            2
            * integrate.quad(
                lambda t: math.exp(-rho(math.sinh(t), shape)) * math.cosh(t),
                0,
                45,
                epsabs=0,
                epsrel=1e-12,
                limit=400,
            )[0]
        )

    h = 1e-4 * (2 - alpha)
    assert log_partition(alpha) == pytest.approx(math.log(area(alpha)), rel=1e-10)
    rise = (math.log(area(alpha + h)) - math.log(area(alpha - h))) / (2 * h)
    assert log_partition_slope(alpha) == pytest.approx(rise, rel=1e-5)


@pytest.mark.parametrize("scale", [0.3, 7.0])
@pytest.mark.parametrize("alpha", [0.05, 0.7, 1.0, 1.7, 1.99])
def test_the_slopes_are_difference_quotients(alpha, scale):
    r, h = np.array([0.0, 1e-6, 0.02, 0.5, -3.0, 40.0, -1e5]), 1e-6
    loss = LOSSES["adaptive"].function
    value, slope, (by_alpha, by_scale) = with_slopes(r, 0.0, alpha=alpha, scale=scale)
    np.testing.assert_array_equal((value, slope), loss(r, 0.0, alpha=alpha, scale=scale))
    up, down = (loss(r, 0.0, alpha=alpha + d, scale=scale)[0] for d in (h, -h))
    np.testing.assert_allclose(by_alpha, (up - down) / (2 * h), rtol=1e-6, atol=1e-7)
    up, down = (loss(r, 0.0, alpha=alpha, scale=scale * (1 + d))[0] for d in (h, -h))
    np.testing.assert_allclose(by_scale, (up - down) / (2 * h * scale), rtol=1e-6, atol=1e-7)


@pytest.mark.parametrize("alpha", SHAPES)
def test_every_shape_is_finite_and_quiet_at_the_ends_of_the_numbers(alpha):
    r = np.array([0.0, 1e-300, 1e-8, 1.0, 1e8, 1e150])
    value, slope, slopes = with_slopes(np.append(-r, r), 0.0, alpha=alpha, scale=1.0)
    assert all(np.isfinite(part).all() for part in (value, slope, *slopes))


def test_latents_are_free_numbers_that_read_back():
    parameters = np.array([[0.01, 0.01], [1.0, 1.0], [1.99, 100.0]])
    latents = to_latents(parameters)
    np.testing.assert_allclose(to_parameters(latents)[0], parameters, rtol=1e-12)
    h = 1e-6
    quotient = (to_parameters(latents + h)[0] - to_parameters(latents - h)[0]) / (2 * h)
    np.testing.assert_allclose(to_parameters(latents)[1], quotient, rtol=1e-6)
    ends, bends = to_parameters(np.array([[-800.0, -800.0], [800.0, 800.0]]))
    np.testing.assert_array_equal(ends, [[0.0, LEAST_SCALE], [2.0, 800.0 + LEAST_SCALE]])
    assert np.isfinite(bends).all()


# ---------------------------------------------------------------- in the engine


@pytest.mark.parametrize(
    "settings",
    [{"l1": 0.1, "l2": 0.2}, {"data": "stack_loss"}, {"data": "sine", "model": "mlp", "l2": 0.1}],
    ids=["penalties", "scaled", "network"],
)
def test_the_gradient_of_model_and_loss_together_is_a_difference_quotient(settings):
    task = Task.of(adaptive(**settings))
    objective, h = Objective.of([task]), 1e-6
    theta = task.start + 0.1 * np.random.default_rng(0).normal(size=len(task.start))
    _, [gradient] = objective(theta[None])
    steps = h * np.eye(len(theta))
    up, down = (objective.values((theta + side * steps)[:, None])[:, 0] for side in (1, -1))
    np.testing.assert_allclose(gradient, (up - down) / (2 * h), rtol=1e-5, atol=1e-7)


def test_starts_of_the_loss_are_batched_without_a_trace():
    sweep, _ = parse(
        "outliers=vertical&loss=adaptive&adaptive.alpha=0.2&adaptive.alpha=1.8&adaptive.scale=0.1"
        "&adaptive.scale=1&lr=0.1&lr=1&optimizer=momentum&steps=60&patience=20"
    )
    batches = sweep.replace({"batch": 16, "patience": 0})
    for together in (list(sweep), list(batches)):
        assert run_all(together) == [run(alone) for alone in together]


def test_what_is_learned_is_told_by_name_and_starts_where_it_is_set():
    e = adaptive(params={"adaptive.alpha": 0.3, "adaptive.scale": 2.5}, init="4,5", steps=5)
    trained = run(e)
    assert trained.names == ("intercept", "slope", "loss alpha", "loss scale")
    np.testing.assert_allclose(trained.theta[0], [4.0, 5.0, 0.3, 2.5], rtol=1e-14)
    plain = Experiment(init="normal")
    same = Task.of(adaptive(init="normal")).start[:2]
    np.testing.assert_array_equal(same, Task.of(plain).start)
    assert largest_rate(Task.of(e)) is None


def test_the_test_loss_is_the_likelihood_of_the_clean_rows_under_what_was_learned():
    trained = run(adaptive(outliers="vertical", steps=50))
    data = Task.of(trained.experiment).sample
    for frame in (0, 20, -1):
        theta = trained.theta[frame]
        wanted = likelihood(theta[:2], data.X_test[:, 0], data.y_test, *theta[2:])
        assert trained.test_loss[trained.steps[frame]] == pytest.approx(wanted, rel=1e-8)


def test_a_penalty_leaves_what_the_loss_learns_alone():
    task = Task.of(adaptive(l1=0.5, l2=0.5))
    np.testing.assert_array_equal(task.penalised, [0, 1, 0, 0])


# ---------------------------------------------------------------- what it finds


def test_normal_errors_bring_the_shape_to_squares_and_the_scale_to_their_size():
    noise = np.random.default_rng(1).normal(0, 0.7, 3000)
    task = own(noise, optimizer="adam", lr=0.5, steps=500, schedule="cosine")
    exact = minimise(task)
    assert exact.theta[2] > 1.95
    assert exact.theta[3] == pytest.approx(0.7, rel=0.02)
    # Descent comes to the end of a range ever more slowly.
    trained = train_on(task.sample, task.experiment)
    assert trained.theta[-1, 2] > 1.9
    assert trained.theta[-1, 3] == pytest.approx(0.7, rel=0.08)
    assert 0 < trained.loss[-1] - exact.value < 1e-3


def test_cauchys_errors_bring_the_shape_to_his():
    # At alpha = 0 the density is Cauchy's, of size sqrt(2) c.
    noise = 0.4 * math.sqrt(2) * np.random.default_rng(2).standard_cauchy(1000)
    alpha, scale = minimise(own(noise)).theta[2:]
    assert alpha < 0.1
    assert scale == pytest.approx(0.4, rel=0.06)


@pytest.mark.parametrize("outliers", ["vertical", "leverage", "cluster"])
def test_outliers_lower_the_shape(outliers):
    clean, spoiled = (reference(adaptive(outliers=kind)).theta[2] for kind in ("none", outliers))
    assert spoiled < clean - 0.5


def test_at_the_normal_end_the_minimum_is_that_of_least_squares():
    e = Experiment()
    squares, exact = reference(e), reference(e.replace(loss="adaptive"))
    size = math.sqrt(squares.value)
    np.testing.assert_allclose(exact.theta, [*squares.theta, 2.0, size], rtol=1e-6)
    assert exact.value == pytest.approx(math.log(size) + NORMAL + 0.5, rel=1e-10)
    assert "alpha is at the end of its range, 2" in exact.note


@pytest.mark.parametrize(("l1", "l2"), [(0.0, 0.0), (0.1, 0.2)])
def test_a_global_search_over_all_four_ends_at_the_same_value(l1, l2):
    e = adaptive(outliers="vertical", l1=l1, l2=l2, params={"line.n": 30, "vertical.share": 0.05})
    x, y = Task.of(e).sample.X[:, 0], Task.of(e).sample.y

    def objective(at):
        return likelihood(at[:2], x, y, at[2], at[3]) + l1 * abs(at[1]) + l2 * at[1] ** 2

    exact = reference(e)
    assert objective(exact.theta) == pytest.approx(exact.value, rel=1e-9)
    box = [(-1.0, 4.0), (-1.0, 4.0), (0.0, 2.0), (0.05, 3.0)]
    found = optimize.differential_evolution(
        objective, box, rng=np.random.default_rng(1), popsize=8, tol=1e-8, maxiter=60, polish=False
    )
    found = optimize.minimize(objective, found.x, method="L-BFGS-B", bounds=box)
    assert exact.value <= found.fun + 1e-9
    assert exact.value == pytest.approx(found.fun, abs=1e-4)
    assert not exact.is_global
    assert "best of" in exact.method


def test_rows_that_are_fitted_exactly_stop_at_the_least_scale_and_it_is_said():
    exact = minimise(task_on(rows([0.0, 1.0, 2.0, 3.0], [1.0, 3.0, 5.0, 7.0]), adaptive()))
    np.testing.assert_allclose(exact.theta[[0, 1, 3]], [1.0, 2.0, LEAST_SCALE], atol=1e-6)
    assert "Rows that are fitted exactly would have it fall without end." in exact.note


def test_where_the_loss_starts_does_not_move_the_minimum():
    assert reference(adaptive()) is reference(adaptive(params={"adaptive.alpha": 0.1}))


# ---------------------------------------------------------------- on the page

BOTH = "outliers=vertical&loss=squared_error&loss=adaptive&optimizer=adam&lr=0.1&steps=40"


@pytest.mark.parametrize("focus", [0, 1])
@pytest.mark.parametrize(
    "more", ["", "&data=stack_loss", "&data=sine&model=mlp", "&model=linear&model=polynomial"]
)
def test_it_stands_beside_losses_that_learn_nothing(more, focus):
    runs = run_all(parse(BOTH + more)[0])
    for in_3d in (False, True):
        film = playground(runs, View(focus=focus, in_3d=in_3d))
        assert "learned" in film.charts
        [film.charts[name].figure for name in film.charts]
    assert all(ending(each, reference(each.experiment)) for each in runs)
    assert "learned" not in playground(runs[:1]).charts


def test_the_chart_draws_what_was_learned_at_every_step():
    trained = run_all(parse(BOTH)[0])[1]
    film = playground([trained])
    curves = [t.y for t in film.tracks if t.chart == "learned" and t.mode == "grow"]
    np.testing.assert_array_equal(curves, trained.theta[:, 2:].T)
    figure = film.charts["learned"].figure
    assert figure.layout.xaxis.title.text == "step"
    titles = [axis.title.text for axis in (figure.layout.yaxis, figure.layout.yaxis2)]
    assert titles == ["shape α", "scale c"]
    assert styles([trained.experiment])[0].label == "Adaptive (from α = 1, c = 1)"


def test_the_curve_of_the_loss_and_its_rows_are_those_of_each_step():
    trained = run_all(parse(BOTH)[0])[1]
    frames, x = np.array([0, 7, 40]), np.linspace(-3, 3, 5)
    _, values, slopes = loss_along(trained, x, frames)
    rows_at = replay(trained, frames)
    for k, frame in enumerate(frames):
        _, _, alpha, scale = trained.theta[frame]
        wanted = LOSSES["adaptive"].function(x, 0.0, alpha=alpha, scale=scale)
        np.testing.assert_allclose((values[k], slopes[k]), wanted, rtol=1e-12)
        wanted = LOSSES["adaptive"].function(rows_at.argument[k], 0.0, alpha=alpha, scale=scale)
        np.testing.assert_allclose((rows_at.value[k], rows_at.slope[k]), wanted, rtol=1e-12)
    assert (rows_at.loss_share >= 0).all()
    np.testing.assert_allclose(rows_at.loss_share.sum(axis=1), 1.0)
    film = playground([trained])
    moving = [t for t in film.tracks if t.chart == "shape" and t.x is None]
    assert [t.mode for t in moving] == ["replace", "replace"]


def test_the_surface_holds_what_is_learned_and_says_where():
    e = adaptive(outliers="vertical")
    exact, plane = reference(e), landscape(e, n=3)
    assert plane.plane.note == "What the loss learns is held at the minimiser."
    assert plane.fixed == {"loss alpha": exact.theta[2], "loss scale": exact.theta[3]}
    runs = run_all(parse("data=sine&model=mlp&loss=huber&loss=adaptive&lr=0.1&steps=30")[0])
    held = plane_of_runs(runs, 1)
    weights = Task.of(runs[1].experiment).weights
    np.testing.assert_array_equal(held.origin[weights:], runs[1].path[-1, weights:])
    assert not held.directions[:, weights:].any()
    assert "held where this run ends" in held.note
    assert "held" not in plane_of_runs(runs, 0).note


def test_scripts_say_it_or_why_they_cannot():
    e = adaptive(steps=3)
    assert "loss=adaptive" in script([e], "lossviz")
    for flavour in ("numpy", "torch"):
        assert "learns its own parameters" in why_not([e], flavour)
    assert why_not([e], "sklearn")


def test_the_estimator_predicts_by_the_model_and_tells_what_the_loss_learned():
    x = np.random.default_rng(0).normal(size=(200, 2))
    y = x @ [1.0, -2.0] + 3 + np.random.default_rng(1).normal(0, 0.5, 200)
    fitted = GradientDescentRegressor(loss="adaptive", optimizer="adam", steps=100).fit(x, y)
    np.testing.assert_allclose(fitted.predict(x), x @ fitted.coef_ + fitted.intercept_)
    assert fitted.theta_.shape == (3,)
    assert list(fitted.loss_params_.values()) == list(fitted.run_.theta[-1, 3:])
    assert list(fitted.loss_params_) == ["alpha", "scale"]
    with pytest.warns(ConvergenceWarning, match="Far from done"):
        assert GradientDescentRegressor(steps=1).fit(x, y).loss_params_ == {"delta": 1.0}
