"""Convergence: how far losses are above the least that they can be, and axes that can be read."""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations

import numpy as np
import plotly.graph_objects as go
import pytest
from scipy.optimize import minimize
from scipy.special import huber

from lossviz import Experiment, parse, run_all
from lossviz.analysis import floors as floors_module
from lossviz.analysis.floors import Floor, floors, on_test_rows
from lossviz.engine.frames import aligned
from lossviz.engine.looks import styles
from lossviz.engine.task import Task
from lossviz.player import Chart
from lossviz.ui import state
from lossviz.views.charts.convergence import Best, convergence
from lossviz.views.charts.measures import LEAST
from lossviz.views.charts.ticks import decades, widened
from lossviz.views.examples import PRESETS
from lossviz.views.panels import PANELS, View, panels, playground

THREE = "loss=squared_error&loss=absolute_error&loss=huber&outliers=vertical&steps=100"


def chart_of(query: str, **options) -> Chart:
    return playground(aligned(run_all(parse(query)[0])), View(**options)).charts["convergence"]


def gaps(train: np.ndarray, test: np.ndarray, floor: Floor, **options) -> Chart:
    """One run of squared error at every step, above a floor."""
    steps, looks = np.arange(len(train)), styles([Experiment()])
    scene = convergence(
        "c",
        steps,
        looks,
        [train],
        [test],
        end=int(steps[-1]),
        units="gap",
        is_log=True,
        floors=[floor],
        **options,
    )
    return scene.chart


def curves(chart: Chart) -> dict[str, go.Scatter]:
    return {trace.name: trace for trace in chart.figure.data if trace.mode == "lines"}


# ---------------------------------------------------------------- the least that is possible


def test_the_floors_of_squared_errors_are_those_of_least_squares():
    [run] = run_all(parse("loss=squared_error&outliers=vertical&steps=5")[0])
    sample = Task.of(run.experiment).sample
    [floor] = floors([run])
    for X, y, found in (
        (sample.X, sample.y, floor.training),
        (sample.X_test, sample.y_test, floor.testing),
    ):
        _, [rest], *_ = np.linalg.lstsq(np.column_stack([np.ones(len(y)), X]), y)
        assert found == pytest.approx(rest / len(y), rel=1e-9)
    assert floor.is_attained


def test_the_floors_of_absolute_errors_are_those_of_the_best_line_through_two_rows():
    [run] = run_all(parse("loss=absolute_error&line.n=30&outliers=vertical&steps=5")[0])
    [floor] = floors([run])
    sample = Task.of(run.experiment).sample
    for X, y, found in (
        (sample.X, sample.y, floor.training),
        (sample.X_test, sample.y_test, floor.testing),
    ):
        x = X[:, 0]
        pairs = np.array([*combinations(range(len(y)), 2)]).T
        slope = np.subtract(*y[pairs]) / np.subtract(*x[pairs])
        offset = y[pairs[0]] - slope * x[pairs[0]]
        errors = np.abs(offset[:, None] + slope[:, None] * x - y).mean(axis=1)
        assert found == pytest.approx(errors.min(), rel=1e-9)


def test_the_floor_of_test_rows_has_no_penalty_and_is_that_of_scipy():
    [run] = run_all(parse("loss=huber&outliers=vertical&l2=0.3&steps=5")[0])
    sample = Task.of(run.experiment).sample
    x, y = sample.X_test[:, 0], sample.y_test
    best = minimize(lambda t: huber(1.0, t[0] + t[1] * x - y).mean(), [1.0, 2.0], tol=1e-12)
    [floor] = floors([run])
    assert floor.testing == pytest.approx(best.fun, rel=1e-7)


@pytest.mark.parametrize("loss", ["log_loss", "cross_entropy"])
def test_the_floor_of_test_rows_with_classes_is_that_of_scikit_learn(loss):
    from sklearn.linear_model import LogisticRegression
    from sklearn.metrics import log_loss

    [run] = run_all(parse(f"data=moons&loss={loss}&steps=5")[0])
    sample = Task.of(run.experiment).sample
    X, y = sample.X_test, sample.y_test
    model = LogisticRegression(C=np.inf, tol=1e-10, max_iter=1000).fit(X, y)
    [floor] = floors([run])
    assert floor.testing == pytest.approx(log_loss(y, model.predict_proba(X)), rel=1e-6)


def test_outliers_leave_the_floor_of_test_rows_where_it_is_and_nothing_is_looked_for_again():
    tasks = [
        Task.of(Experiment(loss="huber", outliers="vertical", steps=5, lr=lr)) for lr in (1, 2)
    ]
    clean = Task.of(Experiment(loss="huber"))
    first, *others = [on_test_rows(task) for task in (*tasks, clean)]
    for other in others:
        assert other.sample is first.sample
    np.testing.assert_array_equal(first.sample.X, clean.sample.X_test)
    assert not first.sample.is_outlier.any()


def test_a_run_that_is_lower_than_its_solver_is_the_floor(monkeypatch):
    [run] = run_all(parse("loss=squared_error&steps=50")[0])
    real = floors_module.references

    def unsure(tasks):
        return [replace(found, value=found.value + 0.1) for found in real(tasks)]

    monkeypatch.setattr(floors_module, "references", unsure)
    [floor] = floors([run])
    assert (floor.training, floor.testing) == (run.loss.min(), run.test_loss.min())


# ---------------------------------------------------------------- what is drawn


def test_gaps_are_shares_of_the_first_and_the_axis_says_so():
    runs = run_all(parse(THREE)[0])
    chart = chart_of(THREE)
    found, drawn = floors(runs), curves(chart)
    for run, floor, look in zip(runs, found, styles([r.experiment for r in runs]), strict=True):
        unit = run.loss[0] - floor.training
        train = drawn[f"{look.label}, training"].y
        test = drawn[f"{look.label}, clean test"].y
        expected = np.maximum((run.loss - floor.training) / unit, LEAST)
        np.testing.assert_allclose(train, expected, rtol=1e-12)
        np.testing.assert_allclose(test, (run.test_loss - floor.testing) / unit, rtol=1e-12)
        assert train[0] == 1.0
        assert train[-1] < 0.02
    layout = chart.figure.layout
    assert layout.yaxis.title.text == "gap to minimum"
    assert layout.yaxis.type == "log"
    assert "how far each is above the least that its loss can be there" in chart.description


def test_what_is_but_rounding_is_cut_at_a_floor_in_words():
    chart = chart_of("loss=squared_error&steps=400&lr=0.3")
    [train] = [t for name, t in curves(chart).items() if name.endswith("training")]
    assert train.y.min() == LEAST
    assert "What is left below 1e\N{MINUS SIGN}6 is drawn there." in chart.description
    low, high = chart.figure.layout.yaxis.range
    assert -7.5 < low < -6 < 0 < high < 2
    slow = chart_of("loss=squared_error&steps=20&lr=0.01")
    assert "What is left" not in slow.description


def test_a_small_first_gap_is_cut_where_rounding_begins():
    # The minimum is 1000, so that a billionth is rounding, and the first gap a ten-thousandth.
    floor = Floor(1000.0, 1000.0, True)
    loss = 1000.0 + np.array([1e-4, 1e-6, 0.0])
    chart = gaps(loss, loss, floor)
    drawn = curves(chart)["MSE, training"].y
    np.testing.assert_allclose(drawn, [1.0, 0.01, 1e-5], rtol=1e-6)
    assert "What is left below 1e\N{MINUS SIGN}5 is drawn there." in chart.description


def test_on_a_linear_axis_nothing_is_cut():
    chart = chart_of("loss=squared_error&steps=400&lr=0.3", is_log=False)
    assert chart.figure.layout.yaxis.type == "linear"
    assert "What is left" not in chart.description


def test_a_loss_below_zero_has_a_gap_and_so_a_logarithm():
    chart = chart_of("data=counts&loss=poisson&loss=squared_error&steps=50")
    assert chart.figure.layout.yaxis.type == "log"
    assert "linear" not in chart.description


@pytest.mark.parametrize(
    ("query", "said"),
    [
        (
            "data=sine&model=mlp&loss=squared_error&loss=huber",
            "The minimum of MSE and Huber (δ = 1) is not known, so each loss",
        ),
        ("data=moons&model=mlp&loss=log_loss", "The minimum is not known, so each loss"),
        (
            "data=xor&model=linear&model=mlp&loss=log_loss",
            "The minimum of BCE, neural network is not known, so each loss",
        ),
    ],
)
def test_where_no_minimum_is_known_shares_of_the_first_are_drawn_and_it_is_said(query, said):
    runs = run_all(parse(f"{query}&steps=30")[0])
    chart = chart_of(f"{query}&steps=30")
    assert said in chart.description
    assert chart.figure.layout.yaxis.title.text == "loss ÷ its first value"
    looks = styles([run.experiment for run in runs])
    for run, look in zip(runs, looks, strict=True):
        shown = curves(chart)[f"{look.label}, training"].y
        np.testing.assert_allclose(shown, run.loss / run.loss[0])


def test_of_classes_that_can_be_separated_the_least_is_what_the_loss_tends_to():
    query = "data=overlapping&overlapping.distance=10&loss=log_loss&steps=30"
    [run] = run_all(parse(query)[0])
    [floor] = floors([run])
    assert (floor.training, floor.is_attained) == (0.0, False)
    chart = chart_of(query)
    assert "The least is what the loss tends to; no parameters attain it." in chart.description
    np.testing.assert_allclose(curves(chart)["BCE, training"].y, run.loss / run.loss[0])


def test_a_run_that_starts_at_its_minimum_is_in_units_of_the_loss():
    x = np.linspace(-1, 1, 20)
    sample = Task.of(Experiment(outliers="vertical")).sample
    A = np.column_stack([np.ones(len(sample.y)), sample.X])
    offset, slope = np.linalg.lstsq(A, sample.y)[0].tolist()
    query = f"loss=squared_error&outliers=vertical&init={offset!r},{slope!r}&steps={len(x)}"
    [run] = run_all(parse(query)[0])
    [floor] = floors([run])
    chart = chart_of(query)
    assert "MSE starts there: shown in units of the loss." in chart.description
    np.testing.assert_allclose(
        curves(chart)["MSE, clean test"].y, run.test_loss - floor.testing, rtol=1e-9
    )


def test_where_the_least_on_test_rows_is_not_known_no_test_loss_is_drawn():
    loss = np.array([4.0, 2.0, 1.5, 1.25])
    chart = gaps(loss, loss, Floor(1.0, None, True), best=[Best(2, 1.5)])
    drawn = curves(chart)
    np.testing.assert_allclose(drawn["MSE, training"].y, [1, 1 / 3, 0.5 / 3, 0.25 / 3])
    assert np.isnan(drawn["MSE, clean test"].y).all()
    assert "no test loss is drawn" in chart.description
    assert not [t for t in chart.figure.data if t.name.endswith("lowest clean test loss")]


def test_the_mark_of_the_lowest_test_loss_lies_on_its_curve():
    test = np.array([4.0, 2.0, 1.5, 2.5])
    chart = gaps(np.array([5.0, 3.0, 2.0, 1.5]), test, Floor(1.0, 0.5, True), best=[Best(2, 1.5)])
    [mark] = [t for t in chart.figure.data if t.name.endswith("lowest clean test loss")]
    assert mark.y[0] == curves(chart)["MSE, clean test"].y[2] == (1.5 - 0.5) / 4


@pytest.mark.parametrize("units", ["gap", "relative", "own"])
def test_links_with_other_units_still_open(units):
    settings, notes = state.read(f"loss=huber&view.units={units}")
    assert notes == []
    assert settings["view.units"] == units


# ---------------------------------------------------------------- axes that can be read


@pytest.mark.parametrize("width", [1e-9, 0.01, 0.2, 0.5, 0.99, 1.0, 1.7, 2.49, 2.5, 4, 9, 16, 30])
@pytest.mark.parametrize("low", [-12.3, -1.01, -0.002, 0.0, 0.69, 5.5])
def test_a_log_axis_has_two_to_a_dozen_ticks_that_differ(low, width):
    limits = widened(low, low + width)
    found = decades(*limits)
    inside = [v for v in found["tickvals"] if limits[0] - 1e-9 <= np.log10(v) <= limits[1] + 1e-9]
    assert 2 <= len(inside) == len(found["tickvals"]) <= 14
    assert len(set(found["ticktext"])) == len(found["ticktext"])


def labelled(axis: dict) -> int:
    """How many labels an axis has in sight at least, by what Plotly does with it: of its own
    accord it labels five at least, less what rounding takes, of an axis that counts."""
    if axis.get("visible") is False or axis.get("showticklabels") is False:
        return 2
    low, high = sorted(axis["range"]) if axis.get("range") else (0.0, 1.0)
    places = axis.get("tickvals")
    is_log = axis.get("type") == "log"
    if places is None:
        assert axis.get("nticks", 5) >= 4
        assert high > low
        return 2 if not is_log else int(np.floor(high) - np.ceil(low) + 1)
    texts = axis.get("ticktext", places)
    if all(str(text)[:1].isalpha() for text in texts):
        return 2  # names of what a diagram shows, not numbers
    at = np.log10(np.asarray(places, float)) if is_log else np.asarray(places, float)
    slack = 1e-9 * (high - low)
    return len({str(t) for v, t in zip(at, texts, strict=True) if low - slack <= v <= high + slack})


@pytest.mark.parametrize("preset", PRESETS, ids=lambda preset: preset.title)
def test_every_axis_of_every_chart_of_every_example_is_named_and_has_two_labels(preset):
    runs = aligned(run_all(parse(preset.query)[0]))
    shown = [View(panel=name) for name in panels([run.experiment for run in runs])]
    shown += [View(units=units) for units in ("relative", "own")]
    shown += [View(units=units, is_log=False) for units in ("gap", "relative", "own")]
    for view in shown:
        for name, chart in playground(runs, view).charts.items():
            layout = chart.figure.layout.to_plotly_json()
            axes = {key: value for key, value in layout.items() if key[1:].startswith("axis")}
            for key, axis in axes.items():
                where = f"{PANELS[view.panel].label}, {name}, {key}, {view.units}"
                is_hidden = axis.get("visible") is False or axis.get("showticklabels") is False
                assert is_hidden or axis["title"]["text"], where
                assert labelled(axis) >= 2, where
