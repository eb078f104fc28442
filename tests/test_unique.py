"""Whether a minimiser is the only one, and between what the parameters lie if it is not: against
linear programmes written anew, against walks around it, and by hand."""

from dataclasses import replace

import numpy as np
import pytest
from own_rows import rows, task_on
from scipy import optimize
from suiting import BUILT_IN

from lossviz import Experiment, Sample
from lossviz.analysis.minimum.exact import Reference, minimise
from lossviz.engine.objective import Objective
from lossviz.engine.task import Task

PENALTIES = [(0.0, 0.0), (0.1, 0.0), (0.0, 0.1), (0.05, 0.1)]
CONVEX = [name for name, loss in BUILT_IN.items() if loss.convex is True and not loss.learned]
LEVELS = {"regression": None, "binary": 2, "multiclass": 3}
EXAMPLES = {"regression": "line", "binary": "xor", "multiclass": "iris"}


def classes(X, y, count: int) -> Sample:
    return replace(rows(X, y), classes=tuple("abc"[:count]))


def small_data(rng: np.random.Generator, levels: int | None) -> Sample:
    """A few rows of small whole numbers, in which ties, equal rows, constant features, exact fits,
    and classes that are apart or absent all come about."""
    n, d = int(rng.integers(1, 8)), int(rng.integers(1, 3))
    X = rng.integers(-2, 3, size=(n, d)).astype(float)
    if rng.random() < 0.2:
        X[:, 0] = X[0, 0]
    kind = rng.integers(4)
    score = X @ rng.integers(-2, 3, size=d) + rng.integers(-1, 2)
    if levels is None:
        y = rng.integers(-3, 4, size=n) if kind else score
        return rows(X, np.full(n, 2.0) if kind == 3 and n < 5 else y)
    apart = np.clip(np.round(score / 2), 0, levels - 1)
    y = rng.integers(0, levels, size=n) if kind else apart
    return classes(X, np.asarray(y, float), levels)


def task_of(loss: str, data: Sample, **settings) -> Task:
    own = EXAMPLES[BUILT_IN[loss].task]
    return task_on(data, Experiment(data=own, loss=loss, **settings))


def exact_of(task: Task) -> Reference:
    exact = minimise(task)
    assert exact is not None
    return exact


def values_at(task: Task, thetas: np.ndarray) -> np.ndarray:
    return Objective.of([task]).values(np.atleast_2d(thetas)[:, None])[:, 0]


# The piecewise linear losses as the highest of straight lines a . theta + b, a row at a time, in
# the words of textbooks.
def straight_lines(task: Task) -> list[list[tuple[np.ndarray, float]]]:
    e, phi, y = task.experiment, task.features.T, task.sample.y
    found = []
    for x, target in zip(phi, y, strict=True):
        nothing = (0 * x, 0.0)
        s = 2 * target - 1
        match e.loss:
            case "absolute_error":
                lines = [(x, -target), (-x, target)]
            case "quantile":
                tau = float(e["quantile.tau"])
                lines = [((1 - tau) * x, (tau - 1) * target), (-tau * x, tau * target)]
            case "epsilon_insensitive":
                far = float(e["epsilon_insensitive.epsilon"])
                lines = [(x, -target - far), (-x, target - far), nothing]
            case "hinge":
                lines = [(-s * x, 1.0), nothing]
            case "perceptron":
                lines = [(-s * x, 0.0), nothing]
            case _:
                rivals = np.eye(task.outputs) - np.eye(task.outputs)[int(target)]
                lines = [(np.kron(each, x), 1.0 * each.any()) for each in rivals]
        found.append(lines)
    return found


STRAIGHT = [
    "absolute_error",
    "quantile",
    "epsilon_insensitive",
    "hinge",
    "perceptron",
    "multiclass_hinge",
]


def programme(task: Task) -> tuple[float, np.ndarray]:
    """The minimum and the ranges (P, 2) of all parameters over the minimisers, by linear programmes
    in theta, a cost for each row and a size for each weight."""
    rows_of, n, size = straight_lines(task), len(task.y), task.weights
    l1 = task.experiment.l1 * task.penalised
    table, limits = [], []
    for i, lines in enumerate(rows_of):
        for a, b in lines:
            table.append(np.concatenate([a, -1.0 * (np.arange(n) == i), np.zeros(size)]))
            limits.append(-b)
    for sign in (1.0, -1.0):
        table += list(np.hstack([sign * np.eye(size), np.zeros((size, n)), -np.eye(size)]))
        limits += [0.0] * size
    cost = np.concatenate([np.zeros(size), np.full(n, 1 / n), l1])
    free = [(None, None)] * (size + n) + [(0, None)] * size
    equal = None
    if task.outputs:  # what may be added to all classes alike sums to zero
        shared = [0] if task.experiment.l1 else range(len(task.features))
        equal = np.zeros((len(shared), len(cost)))
        for k in shared:
            equal[k, k : size : len(task.features)] = 1.0
    zeros = None if equal is None else np.zeros(len(equal))
    best = optimize.linprog(cost, table, limits, equal, zeros, free)
    table, limits = [*table, cost], [*limits, best.fun + 1e-9]
    ranges = np.empty((size, 2))
    for p in range(size):
        for side, sign in enumerate((1.0, -1.0)):
            aim = sign * (np.arange(len(cost)) == p)
            found = optimize.linprog(
                aim, table, limits, equal, zeros, free, options={"presolve": False}
            )
            ranges[p, side] = found.x[p] if found.status == 0 else -sign * np.inf
    return best.fun, ranges


@pytest.mark.parametrize("l1", [0.0, 0.1])
@pytest.mark.parametrize("loss", STRAIGHT)
def test_ranges_are_those_of_linear_programmes_written_anew(loss, l1):
    rng = np.random.default_rng(11)
    kinds = set()
    for _ in range(8 if loss == "multiclass_hinge" else 20):
        task = task_of(loss, small_data(rng, LEVELS[BUILT_IN[loss].task]), l1=l1)
        exact = exact_of(task)
        value, ranges = programme(task)
        assert exact.value == pytest.approx(value, abs=1e-9)
        is_unique = bool(np.ptp(ranges, axis=1).max() < 1e-5)
        assert exact.is_unique is is_unique
        assert ("not unique" in exact.note) is not is_unique
        kinds.add(is_unique)
        if is_unique:
            assert exact.ranges is None
            np.testing.assert_allclose(exact.theta, ranges.mean(axis=1), atol=1e-5)
        else:
            assert exact.ranges is not None
            np.testing.assert_allclose(exact.ranges, ranges, atol=1e-5)
    assert len(kinds) == 2 or l1 or task.outputs


def check(task: Task, exact: Reference, rng: np.random.Generator) -> None:
    """What must be true of an exact minimum, whatever the loss and the rows."""
    loss = BUILT_IN[task.experiment.loss]
    [here] = values_at(task, exact.internal)
    note = exact.note
    assert ("not unique" in note) == (exact.is_unique is False)
    assert "costs nothing" not in note or exact.value == 0
    assert "approximate" not in note or exact.value != 0
    if not exact.is_attained:
        assert exact.is_unique is None
        assert exact.ranges is None
        return
    assert exact.value == pytest.approx(here, rel=1e-12, abs=1e-12)
    steps = rng.normal(size=(200, task.weights)) * 10.0 ** rng.uniform(-2, 1, size=(200, 1))
    if task.outputs:  # but for what is added to all classes alike
        by_class = steps.reshape(200, task.outputs, -1)
        steps = (by_class - by_class.mean(axis=1, keepdims=True)).reshape(200, -1)
    steps = np.pad(steps, [(0, 0), (0, len(exact.internal) - task.weights)])
    around = values_at(task, exact.internal + steps)
    if exact.is_global:
        assert around.min() >= here - 1e-12 * max(1, abs(here))
        assert "approximate" not in note
    if exact.is_unique:
        assert around.min() > here + 1e-9 * np.linalg.norm(steps, axis=1).min()
    if exact.ranges is not None:
        low, high = exact.ranges.T
        assert np.any(low < high)
        assert np.all((low <= exact.theta + 1e-9) & (exact.theta <= high + 1e-9))
    assert (loss.convex is True) <= (exact.is_unique is not None)


@pytest.mark.parametrize(("l1", "l2"), PENALTIES)
@pytest.mark.parametrize("loss", BUILT_IN)
def test_notes_and_figures_agree_on_any_few_rows(loss, l1, l2):
    rng = np.random.default_rng(7)
    for _ in range(3):
        data = small_data(rng, LEVELS[BUILT_IN[loss].task])
        task = task_of(loss, data, l1=l1, l2=l2)
        check(task, exact_of(task), rng)


FLAT = [
    "huber",
    "squared_epsilon_insensitive",
    "squared_hinge",
    "smoothed_hinge",
    "modified_huber",
]


@pytest.mark.parametrize("loss", FLAT)
def test_smooth_losses_with_straight_parts_have_ranges_that_end_where_they_rise(loss):
    rng, seen = np.random.default_rng(3), 0
    for _ in range(40):
        data = small_data(rng, LEVELS[BUILT_IN[loss].task])
        if data.X.shape[1] > 1 or np.ptp(data.X) == 0:
            continue
        if not data.classes:  # far enough apart for rows to lie on straight parts
            data = replace(data, y=5 * data.y)
        task = task_of(loss, data)
        exact = exact_of(task)
        if exact.ranges is None:
            continue
        seen += 1
        slack = 1e-9 * max(1, exact.value)
        for p, (low, high) in enumerate(exact.ranges):
            for end, out in ((low, -0.1), (high, 0.1)):
                if np.isfinite(end):
                    assert least_at(task, p, end) <= exact.value + slack
                    assert least_at(task, p, end + out) > exact.value + 1e-6
                else:
                    assert least_at(task, p, exact.theta[p] + 100 * out) <= exact.value + slack
    assert seen


def least_at(task: Task, p: int, held: float) -> float:
    """The minimum over the other of two parameters: of a convex function of one number."""

    def value(other: float) -> float:
        return float(values_at(task, np.array([held, other] if p == 0 else [other, held]))[0])

    found = optimize.minimize_scalar(value, bounds=(-80, 80), options={"xatol": 1e-12})
    again = optimize.minimize_scalar(value, bracket=(-1.0, 1.0), options={"xtol": 1e-12})
    return min(found.fun, again.fun)


def test_the_textbook_cases():
    data = rows([0, 0, 1, 1], [0, 2, 1, 3.5])
    exact = exact_of(task_of("absolute_error", data))
    assert exact.value == pytest.approx(1.125, abs=1e-15)
    assert exact.ranges is not None
    np.testing.assert_allclose(exact.ranges, [[0, 2], [-1, 3.5]], atol=1e-12)
    np.testing.assert_allclose(exact.theta, [1, 1.25], atol=1e-12)  # in the middle
    assert exact_of(task_of("squared_error", data)).is_unique

    xor = classes([[0, 0], [0, 1], [1, 0], [1, 1]], [0, 1, 1, 0], 2)
    exact = exact_of(task_of("hinge", xor))
    assert exact.value == 1
    assert not exact.theta.any()
    assert "costs nothing" not in exact.note
    assert exact.ranges is not None
    constants = np.column_stack([np.linspace(-1, 1, 9), np.zeros((9, 2))])
    np.testing.assert_allclose(values_at(task_of("hinge", xor), constants), 1, atol=1e-15)
    # By hand: the costs are 1 + z at no and 1 - z at yes wherever none of them is 0.
    np.testing.assert_allclose(exact.ranges, [[-1, 3], [-2, 2], [-2, 2]], atol=1e-12)


def test_the_median_of_an_even_number_of_rows_is_the_one_in_the_middle():
    exact = exact_of(task_of("absolute_error", rows([[-1], [-1], [1], [1]], [1, 3, 1, 3])))
    np.testing.assert_allclose(exact.theta, [2, 0], atol=1e-12)


@pytest.mark.parametrize("loss", ["absolute_error", "huber", "quantile", "epsilon_insensitive"])
@pytest.mark.parametrize("slope", [2.0, 0.1, 0.0])
def test_points_exactly_on_a_line_are_no_approximation(loss, slope):
    x = np.arange(7.0)
    exact = exact_of(task_of(loss, rows(x, 1 + slope * x)))
    assert exact.value == 0
    assert "approximate" not in exact.note
    if loss != "epsilon_insensitive":  # which leaves room around the line
        assert exact.is_unique
        np.testing.assert_allclose(exact.theta, [1, slope], atol=1e-12)
        assert slope or exact.theta[1] == 0  # not 9e-17


@pytest.mark.parametrize("scale", [1e-6, 1e6])
def test_the_units_of_the_target_do_not_matter(scale):
    data = rows([0, 0, 1, 1], scale * np.array([0, 2, 1, 3.5]))
    exact = exact_of(task_of("absolute_error", data))
    assert exact.ranges is not None
    np.testing.assert_allclose(exact.ranges / scale, [[0, 2], [-1, 3.5]], rtol=1e-9, atol=1e-9)


def test_ranges_are_in_the_datas_units():
    X = np.array([0.0, 0, 1, 1])
    scaled = rows(1000 + 20 * X, [0, 2, 1, 3.5], center=[1010.0], scale=[10.0])
    exact = exact_of(task_of("absolute_error", scaled))
    assert exact.ranges is not None
    np.testing.assert_allclose(exact.ranges[1], [-1 / 20, 3.5 / 20], atol=1e-12)
    np.testing.assert_allclose(exact.theta[1], 1.25 / 20, atol=1e-12)
    # The intercept is a long way off: 0 to 2 at x = 1000, less 1000 times any slope.
    _, ranges = programme(task_of("absolute_error", rows(1000 + 20 * X, [0, 2, 1, 3.5])))
    np.testing.assert_allclose(exact.ranges, ranges, rtol=1e-6, atol=1e-5)


def test_of_many_parameters_it_is_said_without_ranges():
    rng = np.random.default_rng(0)
    data = rows(rng.normal(size=(20, 12)), rng.normal(size=20))
    wide = {"epsilon_insensitive.epsilon": 5.0}
    exact = exact_of(task_of("epsilon_insensitive", data, params=wide))
    assert exact.is_unique is False
    assert exact.ranges is None
    assert exact.range_of(1) is None
    assert "not unique" in exact.note
    assert exact_of(task_of("absolute_error", data)).is_unique
