"""Runs that start at the minimum without outliers: where that is, and what is said of it."""

import numpy as np
import pytest
from scipy.optimize import minimize
from sklearn.linear_model import LinearRegression, QuantileRegressor
from suiting import BUILT_IN as LOSSES
from suiting import spoiled

from lossviz import (
    Experiment,
    GradientDescentClassifier,
    GradientDescentRegressor,
    parse,
    reference,
    run,
    run_all,
    sample,
    stream,
)
from lossviz.analysis.landscape import landscape
from lossviz.analysis.starts import starts_of, tasks_of
from lossviz.engine.frames import aligned
from lossviz.engine.task import Task
from lossviz.items.datasets.table import Table, keep
from lossviz.views.examples import WELCOME
from lossviz.views.panels import playground
from lossviz.views.sentences import remarks

PULLED = WELCOME.query
SLOPES = {
    "squared_error": lambda r: 2 * r,
    "absolute_error": np.sign,
    "huber": lambda r: np.clip(r, -1, 1),
}


def heights(run) -> np.ndarray:
    """Of the line at the largest x among the rows, at each step."""
    return run.theta @ [1.0, run.task.sample.X.max()]


@pytest.mark.parametrize(
    ("loss", "falls"), [("squared_error", 4.4), ("absolute_error", 0.2), ("huber", 0.5)]
)
def test_outliers_pull_each_line_down_by_as_much_as_descent_by_hand_says(loss, falls):
    [pulled] = [run for run in run_all(parse(PULLED)[0]) if run.experiment.loss == loss]
    data, clean = pulled.task.sample, sample(pulled.experiment.unspoiled())
    assert np.array_equal(data.X, clean.X)
    X, x, y = clean.X, clean.X[:, 0], clean.y
    if loss == "squared_error":
        model = LinearRegression().fit(X, y)
        start = np.array([model.intercept_, *model.coef_])
    elif loss == "absolute_error":
        model = QuantileRegressor(alpha=0, solver="highs").fit(X, y)
        start = np.array([model.intercept_, *model.coef_])
    else:

        def mean(t):
            r = np.abs(t[0] + t[1] * x - y)
            return np.where(r <= 1, r**2 / 2, r - 0.5).mean()

        start = minimize(mean, np.zeros(2), options={"gtol": 1e-9}).x
    assert pulled.theta[0] == pytest.approx(start, abs=1e-6)
    theta = start
    for _ in range(150):
        pull = SLOPES[loss](theta[0] + theta[1] * x - data.y)
        theta = theta - 0.02 * np.array([pull.mean(), (pull * x).mean()])
    by_hand = (theta - start) @ [1.0, x.max()]
    high = heights(pulled)
    assert high[-1] - high[0] == pytest.approx(
        by_hand, abs=0.02 * (loss == "absolute_error") + 1e-5
    )
    assert round(high[0] - high[-1], 1) == falls


@pytest.mark.parametrize("loss", LOSSES)
def test_every_loss_starts_at_its_own_minimum_on_the_clean_rows(loss):
    e = spoiled(loss, init="clean", steps=3, l2=0.01)
    exact = reference(e.unspoiled())
    [task] = tasks_of([e])
    [start] = starts_of([Task.of(e)])
    if exact is None or not exact.is_attained:
        assert task.given is None
        assert start.note.endswith("the start is that of auto")
        assert np.array_equal(task.start, Task.of(e.replace(init="auto")).start)
    else:
        assert np.array_equal(task.start[: task.weights], exact.internal[: task.weights])
        assert run(e).theta[0, : task.weights] == pytest.approx(exact.theta[: task.weights])
        # What the loss learns starts as its settings say.
        usual = Task.of(e.replace(init="auto")).start
        assert np.array_equal(task.start[task.weights :], usual[task.weights :])
        assert start.note == "" if exact.is_unique is not False else "several" in start.note


@pytest.mark.parametrize("scaling", ["none", "standard"])
def test_rows_that_the_user_marked_are_left_out_of_the_start(scaling):
    x = np.arange(12.0)
    y = np.append(2.0 + 3.0 * x[:10], [-40.0, -50.0])
    text, _table = keep(Table(x[:, None], y, x > 9))
    e = Experiment(
        data="table", init="clean", scaling=scaling, steps=2, lr=1e-4, params={"table.rows": text}
    )
    assert run(e).theta[0] == pytest.approx([2.0, 3.0])


def test_without_outliers_a_smooth_loss_stays_where_it_starts():
    [still] = run_all(parse("loss=squared_error&init=clean&steps=50")[0])
    assert still.theta[-1] == pytest.approx(still.theta[0], abs=1e-12)
    assert still.status.startswith("Standing still")


def test_alone_or_together_whole_or_in_parts_the_runs_are_the_same():
    sweep, notes = parse(
        PULLED + "&init=auto&init=1,2&lr=0.5&vertical.share=0.3&vertical.share=0.1"
    )
    assert notes == []
    together = run_all(sweep)
    assert len(together) == 36
    assert together == [run(e) for e in sweep]
    assert list(stream(sweep, seconds=0.0))[-1] == together
    assert run_all([*sweep, *sweep]) == [*together, *together]


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("model=mlp", "MSE: of a network no minimum is known, so the start is that of auto."),
        (
            "data=overlapping&overlapping.distance=6&loss=log_loss&loss=exponential_loss",
            "BCE and Exponential: without outliers there is no finite minimiser, so the start is "
            "that of auto.",
        ),
        (
            "loss=squared_error&loss=quantile&line.n=2&model=polynomial",
            "MSE and Quantile (τ = 0.9): without outliers there are several minimisers, and the "
            "start is the one nearest to the middle of their ranges.",
        ),
    ],
)
def test_a_start_that_is_not_to_be_had_is_said_in_one_sentence(query, said):
    runs = run_all(parse(f"{query}&init=clean&steps=5")[0])
    assert said in remarks(runs)
    assert sum("the start is" in words for words in remarks(runs)) == 1


def test_a_surface_has_the_start_of_its_runs_in_sight():
    e = Experiment(outliers="vertical", init="clean", params={"vertical.size": 0.5})
    [task] = tasks_of([e])
    assert np.array_equal(landscape(e).values, landscape(task).values)


@pytest.mark.parametrize("kind", [GradientDescentRegressor, GradientDescentClassifier])
def test_estimators_know_of_no_outliers(kind):
    with pytest.raises(ValueError, match="init: clean asks for rows without outliers"):
        kind(init="clean").fit(np.arange(4.0)[:, None], [0, 1, 0, 1])


def before(query: str) -> tuple[list[dict], str]:
    """The lines of the fit that keep the start, and what is said of the chart."""
    chart = playground(aligned(run_all(parse(query)[0]))).charts["fit"]
    lines = [trace for trace in chart.drawing["data"] if trace["name"] == "before"]
    return lines, chart.description


def test_lines_that_start_alike_leave_one_faint_line_where_they_were():
    [line], words = before(PULLED)
    clean = sample(next(iter(parse(PULLED)[0])).unspoiled())
    x = np.array(line["x"])
    assert line["y"] == pytest.approx(LinearRegression().fit(clean.X, clean.y).predict(x[:, None]))
    assert "Dotted: before, where each line was without outliers." in words
    ink, dark = line["line"]["color"], line["meta"]["dark"]["line"]["color"]
    assert (line["line"]["dash"], ink != dark) == ("dot", True)


def test_lines_that_start_apart_leave_one_each_in_its_colour():
    lines, _words = before(f"{PULLED}&loss=quantile&quantile.tau=0.9")
    assert len(lines) == 2
    assert lines[0]["line"]["color"] != lines[1]["line"]["color"]
    assert np.abs(np.subtract(lines[0]["y"], lines[1]["y"])).min() > 0.2
    assert "Quantile" in lines[1]["hovertemplate"]


@pytest.mark.parametrize(
    "query", ["outliers=vertical", "model=mlp&init=clean", "data=moons&init=clean"]
)
def test_nothing_faint_is_drawn_where_nothing_started_at_a_minimum_of_lines(query):
    playing = playground(aligned(run_all(parse(query)[0]))).charts["fit"]
    assert all(trace.get("name") != "before" for trace in playing.drawing["data"])
    assert "Dotted" not in playing.description
