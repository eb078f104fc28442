"""The objective: its slope, its independence of the batch, and the largest rate that holds."""

import numpy as np
import pytest
from own_rows import rows, task_on
from suiting import BUILT_IN as LOSSES
from suiting import NUMBER_LOSSES, spoiled, suited

from lossviz import Experiment
from lossviz.engine.objective import Objective
from lossviz.engine.rates import largest_rate
from lossviz.engine.task import Task

PENALTIES = [(0.0, 0.0), (0.3, 0.0), (0.0, 0.2), (0.3, 0.2)]


def task(loss="squared_error", **settings):
    return Task.of(spoiled(loss, **{"model": "polynomial", **settings}))


@pytest.mark.parametrize(("l1", "l2"), PENALTIES)
@pytest.mark.parametrize("model", ["polynomial", "mlp"])
@pytest.mark.parametrize(
    ("loss", "data"),
    [(loss, data) for loss in NUMBER_LOSSES for data in ("line", "stack_loss")]
    + [(loss, data) for data in ("moons", "iris") for loss in suited("loss", data)],
)
def test_the_gradient_is_the_derivative_of_the_value(loss, data, model, l1, l2):
    params = {"mlp.width": 3, "mlp.depth": 2, "blobs.n": 40, "moons.n": 40}
    objective = Objective.of([task(loss=loss, data=data, model=model, l1=l1, l2=l2, params=params)])
    rng = np.random.default_rng(8)
    P = objective.l1.shape[1]
    theta = rng.normal(size=(1, P))
    _, gradient = objective(theta)
    # Fourth-order central differences. With random weights no residual lies on a kink, and the
    # step of each parameter moves no prediction by more than 1e-4.
    reach = np.abs(objective.features[0]).max(axis=1)
    reach = np.resize(reach, P) if model == "polynomial" else np.full(P, reach.max())
    h = 1e-4 / (2 * np.maximum(reach, 1.0))
    shifts = h[:, None] * np.eye(P)
    near = objective.values(theta + shifts[:, None]) - objective.values(theta - shifts[:, None])
    twice = 2 * shifts[:, None]
    far = objective.values(theta + twice) - objective.values(theta - twice)
    numeric = (8 * near - far)[:, 0] / (12 * h)
    # What rounding of the value leaves after division by the step.
    value = np.abs(objective.values(theta)[0])
    np.testing.assert_allclose(gradient[0], numeric, rtol=2e-6, atol=2e-11 * (1 + value) / h.min())


@pytest.mark.parametrize("batch", [None, 1, 7])
@pytest.mark.parametrize("loss", LOSSES)
def test_a_run_s_answer_does_not_depend_on_the_runs_beside_it(loss, batch):
    rng = np.random.default_rng(2)
    first = LOSSES[loss].params[:1]
    tasks = [
        task(
            loss=loss,
            seed=seed,
            l1=l1,
            l2=l2,
            params={f"{loss}.{param.name}": float(param.default) * factor for param in first},
        )
        for seed, (l1, l2), factor in zip(
            [0, 0, 1, 1, 2, 0, 1], PENALTIES * 2, [1, 0.9, 0.7, 1, 1, 0.8, 0.6], strict=False
        )
    ]
    size = len(tasks[0].names)
    theta = rng.normal(size=(5, 7, size)) * 10.0 ** rng.integers(-3, 3, size=(5, 7, 1))
    some = None if batch is None else rng.permutation(len(tasks[0].y))[:batch]
    together = Objective.of(tasks)
    with np.errstate(all="ignore"):
        values, gradients = together(theta, some)
        everywhere, tests = together.values(theta), together.test(theta)[0]
        picked = np.array([True, False, True, True, False, False, True])
        taken, _ = together.take(picked)(theta[0][picked], some)
        for i, alone in enumerate(Objective.of([t]) for t in tasks):
            for k in range(5):
                point = theta[k, i : i + 1]
                value, gradient = alone(point, some)
                assert np.array_equal(value[0], values[k, i])
                assert np.array_equal(gradient[0], gradients[k, i])
                assert np.array_equal(alone.values(point)[0], everywhere[k, i])
                assert np.array_equal(alone.test(point)[0][0], tests[k, i])
    assert np.array_equal(taken, values[0][picked])


def test_the_objective_is_the_mean_loss_plus_the_penalty_on_the_weights_alone():
    # Three rows, theta = (2, -3): predictions 2, -1, -4, residuals 1, -1, -6.
    # Mean of squares 38/3; 0.5 |-3| + 0.25 * 9 = 3.75. Slopes: 2/3 (1 - 1 - 6) = -4 for the
    # intercept, 2/3 (0 * 1 - 1 * 1 - 6 * 2) = -26/3 for the weight, whose penalty adds -0.5 - 1.5.
    data = rows([0.0, 1.0, 2.0], [1.0, 0.0, 2.0])
    objective = Objective.of([task_on(data, Experiment(l1=0.5, l2=0.25))])
    values, gradients = objective(np.array([[2.0, -3.0]]))
    np.testing.assert_allclose(values, [38 / 3 + 3.75], rtol=1e-15)
    np.testing.assert_allclose(gradients, [[-4.0, -26 / 3 - 2.0]], rtol=1e-15)
    assert objective.test(np.array([[2.0, -3.0]]))[0] == pytest.approx(38 / 3, rel=1e-15)


def test_a_batch_is_the_mean_over_its_rows():
    one = task()
    objective = Objective.of([one])
    theta, some = np.array([[0.1, 0.2, 0.3, -0.4]]), np.array([5, 2, 2])
    half = rows(one.sample.X[some], one.sample.y[some])
    alone = Objective.of([task_on(half, one.experiment)])
    for got, expected in zip(objective(theta, some), alone(theta), strict=True):
        np.testing.assert_allclose(got, expected, rtol=1e-14)


def test_equal_rows_are_shared_and_guarded():
    one, two = task(lr=0.1), task(lr=0.2)
    assert one.features is two.features
    assert Objective.of([one, two]).features.shape[0] == 1
    with pytest.raises(ValueError, match="read-only"):
        one.y[0] = 1.0


def test_targets_are_read_inside_the_domain_of_the_loss():
    e = Experiment(loss="squared_log_error")
    one = task_on(rows([0.0, 1.0], [-3.0, 2.0]), e)
    assert one.y.tolist() == [0.0, 2.0]
    assert one.sample.y.tolist() == [-3.0, 2.0]


@pytest.mark.parametrize("l2", [0.0, 0.7])
def test_the_largest_rate_for_squares_is_two_over_the_top_of_the_spectrum(l2):
    X, y = np.array([1.0, 2.0, 4.0]), np.array([1.0, 0.0, 2.0])
    # Half the Hessian: [[1, 7/3], [7/3, 7 + l2]]; the rate is 1 over its larger eigenvalue, from
    # trace and determinant.
    trace, det = 8 + l2, 7 + l2 - 49 / 9
    top = trace / 2 + (trace * trace / 4 - det) ** 0.5
    rate = largest_rate(task_on(rows(X, y), Experiment(l2=l2)))
    assert rate == pytest.approx(1 / top, rel=1e-12)


@pytest.mark.parametrize(
    "change",
    [
        {"optimizer": "adam"},
        {"batch": 5},
        {"l1": 0.1},
        {"loss": "absolute_error"},
        {"loss": "poisson"},
        {"model": "mlp"},
    ],
    ids=str,
)
def test_there_is_no_largest_rate_where_the_theory_does_not_speak(change):
    assert largest_rate(task(**change)) is None


def test_a_batch_of_all_rows_is_no_batch():
    assert largest_rate(task(batch=60)) == largest_rate(task())


@pytest.mark.parametrize("scaling", ["none", "standard"])
@pytest.mark.parametrize("data", ["line", "stack_loss", "cubic"])
def test_given_starting_values_are_in_the_data_s_units(data, scaling):
    one = task(data=data, scaling=scaling, init="1,2,-0.5", params={"polynomial.degree": 2})
    in_units = one.in_units(one.start)
    expected = np.zeros(len(in_units))
    expected[:3] = 1.0, 2.0, -0.5
    np.testing.assert_allclose(in_units, expected, atol=1e-9)
