"""Figures are functions of their arguments: valid, named, and the very numbers they were given."""

from __future__ import annotations

import numpy as np
import plotly.graph_objects as go
import pytest
from suiting import BUILT_IN as LOSSES

from lossviz import DATASETS, Experiment, parse, run_all
from lossviz.analysis.minimum import reference
from lossviz.analysis.predictions import curves
from lossviz.analysis.replay import replay
from lossviz.engine.frames import aligned
from lossviz.engine.looks import (
    CLASS_COLOURS,
    CLASS_MARKS,
    CLASS_SYMBOLS,
    short,
    styles,
)
from lossviz.engine.numbers import number, tick
from lossviz.engine.task import Task
from lossviz.player import Movie, payload, still, unpack
from lossviz.views.charts.convergence import Best, convergence
from lossviz.views.charts.scene import near, span
from lossviz.views.charts.shape import shape
from lossviz.views.charts.style import axis
from lossviz.views.examples import PRESETS
from lossviz.views.panels import View, linked_rows, playground

THREE = "loss=squared_error&loss=absolute_error&loss=huber&outliers=vertical&steps=60"


def movie_of(query: str, **options) -> Movie:
    return playground(aligned(run_all(parse(query)[0])), View(**options))


@pytest.fixture(scope="module")
def movie() -> Movie:
    return movie_of(THREE)


@pytest.mark.parametrize("loss", LOSSES)
@pytest.mark.parametrize("data", ["line", "stack_loss"])
def test_every_figure_of_every_loss_is_valid_plotly_with_named_axes(loss, data):
    movie = movie_of(f"loss={loss}&data={data}&steps=20&outliers=vertical&lr=0.01")
    for name, chart in movie.charts.items():
        figure = go.Figure(chart.figure.to_dict())  # validates
        axes = [value for key, value in figure.layout.to_plotly_json().items() if "axis" in key]
        assert axes, name
        assert all(axis["title"]["text"] for axis in axes), name
        assert chart.title, name
        assert chart.description, name


def test_the_relief_is_valid_and_named():
    chart = movie_of(THREE, in_3d=True).charts["surface"]
    scene = go.Figure(chart.figure.to_dict()).layout.scene
    assert [scene.xaxis.title.text, scene.yaxis.title.text, scene.zaxis.title.text] == [
        "slope",
        "intercept",
        "loss",
    ]


def test_the_fit_draws_each_line_where_the_parameters_put_it(movie):
    runs = run_all(parse(THREE)[0])
    for frame in (0, 7, 60):
        traces = still(movie, frame)["fit"].data[-3:]
        for trace, run in zip(traces, runs, strict=True):
            intercept, slope = run.theta[frame]
            np.testing.assert_allclose(
                np.asarray(trace.y, float), intercept + slope * np.asarray(trace.x, float)
            )


def test_every_row_is_drawn_once_and_outliers_apart(movie):
    sample = Task.of(next(iter(parse(THREE)[0]))).sample
    _, rows, outliers, *_ = movie.charts["fit"].figure.data
    assert len(outliers.x) == sample.is_outlier.sum() == 9
    assert sorted([*rows.y, *outliers.y]) == sorted(sample.y)


def test_paths_on_the_surface_are_the_parameters(movie):
    run = run_all(parse(THREE)[0])[1]
    shown = still(movie, 30)["surface"].data[1:]
    [path] = [trace for trace in shown if trace.mode == "lines" and trace.name == "MAE"]
    np.testing.assert_array_equal(path.x, run.path[:31, 1])  # slope
    np.testing.assert_array_equal(path.y, run.path[:31, 0])  # intercept


def test_convergence_shows_the_losses_relative_to_their_first_or_as_they_are():
    runs = run_all(parse(THREE)[0])
    own = movie_of(THREE, units="own", is_log=False).charts["convergence"].figure.data
    relative = movie_of(THREE, units="relative", is_log=False).charts["convergence"].figure.data
    for i, run in enumerate(runs):
        np.testing.assert_array_equal(own[3 * i + 1].y, run.loss)
        np.testing.assert_array_equal(own[3 * i].y, run.test_loss)
        np.testing.assert_array_equal(relative[3 * i + 1].y, run.loss / run.loss[0])


def test_dots_lie_on_the_curves_of_their_loss():
    run = run_all(parse("loss=huber&outliers=vertical&steps=40")[0])[0]
    each = replay(run, np.array([0, 40]))
    loss = LOSSES["huber"]
    value, slope = loss(each.argument, 0.0)
    np.testing.assert_allclose(each.value, value, rtol=1e-12)
    np.testing.assert_allclose(each.slope, slope, rtol=1e-9, atol=1e-12)


def test_shares_add_up_to_one_and_outliers_pull_hardest_under_squared_error():
    run = run_all(parse("loss=squared_error&outliers=vertical&steps=5")[0])[0]
    each = replay(run, np.array([5]))
    np.testing.assert_allclose([each.loss_share.sum(), each.gradient_share.sum()], 1.0)
    outlier = Task.of(run.experiment).sample.is_outlier
    assert each.loss_share[0][outlier].sum() > 0.5
    # By hand for one row: its loss over the sum of all.
    squares = each.argument[0] ** 2
    assert each.loss_share[0, 3] == pytest.approx(squares[3] / squares.sum())
    pulls = 2 * np.abs(each.argument[0]) * np.hypot(1.0, Task.of(run.experiment).sample.X[:, 0])
    assert each.gradient_share[0, 3] == pytest.approx(pulls[3] / pulls.sum())


@pytest.mark.parametrize(
    "query",
    [
        THREE,
        "line.n=2000&loss=huber&outliers=vertical&steps=5",
        "data=stack_loss&loss=squared_error&loss=absolute_error&steps=7",
        "data=moons&loss=log_loss&loss=hinge&steps=20",
        "data=moons&loss=log_loss&model=mlp&steps=5",
        "data=blobs&loss=cross_entropy&steps=5",
        "loss=adaptive&steps=5",
        "loss=squared_error&lr=5&steps=60",
        "loss=poisson&data=counts&steps=5",
    ],
)
def test_what_the_card_says_of_a_row_travels_with_its_digits(query):
    runs = aligned(run_all(parse(query)[0]))
    rows = linked_rows(runs, View())
    movie = playground(runs)
    sent = unpack(payload(movie, run=""))["links"]["details"]
    for run, detail, told in zip(runs, movie.links.details, sent, strict=True):
        each = replay(run, detail.frames, rows)
        for name, exact in (
            ("share of the loss", each.loss_share),
            ("share of the gradient", each.gradient_share),
        ):
            np.testing.assert_allclose(detail.numbers(name), exact, rtol=1e-12, atol=1e-14)
            values = [value["name"] for value in told["values"]]
            here = told["values"][values.index(name)]
            found = here.get("numbers")
            if found is None:  # as links.js reckons
                part = here["share"]
                sizes = np.abs(told["values"][part["of"]]["numbers"].astype(float))
                totals = part["totals"].astype(float)[:, None]
                found = np.where(
                    totals > 0, sizes * part["weights"] / np.where(totals, totals, 1), 0
                )
            np.testing.assert_allclose(found, exact, rtol=1e-5, atol=1e-6)


def test_curves_go_through_the_predictions_also_with_scaled_features_and_links():
    for query in ("data=engel&model=polynomial", "data=counts&loss=poisson"):
        run = run_all(parse(query + "&steps=30&lr=0.01")[0])[0]
        task = Task.of(run.experiment)
        x = task.sample.X[:, 0]
        predicted = replay(run, np.array([30])).argument[0] + task.y
        np.testing.assert_allclose(curves(run, x)[30], predicted, rtol=1e-9, atol=1e-9)


def test_runs_of_different_lengths_stand_still_at_their_end():
    short_run, long_run = aligned(run_all(parse("steps=10&steps=30")[0]))
    assert list(short_run.steps) == list(long_run.steps) == list(range(31))
    assert (short_run.theta[10:] == short_run.theta[10]).all()
    assert (short_run.loss[10:] == short_run.loss[10]).all()
    assert len(short_run.loss) == len(long_run.loss) == 31


def test_labels_name_only_settings_that_a_run_has():
    query = "loss=absolute_error&schedule=constant&schedule=step&step.factor=0.1&step.factor=0.5"
    assert [look.label for look in styles(list(parse(query)[0]))] == [
        "MAE, constant",
        "MAE, step, factor 0.1",
        "MAE, step, factor 0.5",
    ]


def test_labels_tell_runs_apart_and_follow_the_parameters():
    looks = styles(list(parse("loss=huber&loss=squared_error&huber.delta=0.5&lr=0.1&lr=0.2")[0]))
    assert [look.label for look in looks] == [
        "Huber (δ = 0.5), learning rate 0.1",
        "Huber (δ = 0.5), learning rate 0.2",
        "MSE, learning rate 0.1",
        "MSE, learning rate 0.2",
    ]
    assert len({look.colour for look in looks}) == 4


def test_every_class_of_every_data_set_has_a_colour_a_marker_and_its_sign():
    most = max(len(dataset.classes) for dataset in DATASETS.values())
    for looks in (CLASS_COLOURS, CLASS_SYMBOLS, CLASS_MARKS):
        assert len(set(looks)) == len(looks) >= most


def test_short_names():
    assert short(LOSSES["squared_error"]) == "MSE"
    assert short(LOSSES["pseudo_huber"]) == "Pseudo-Huber"


def test_ranges_hold_all_finite_values_and_far_values_are_cut():
    assert span(np.array([1.0, 3.0, np.inf]), margin=0.5) == [0.0, 4.0]
    assert span(np.array([2.0, 2.0])) == [1.0, 3.0]
    np.testing.assert_array_equal(near(np.array([-50, 1e30]), [0, 1], times=50), [-50, np.nan])


@pytest.mark.parametrize("preset", PRESETS, ids=lambda preset: preset.title)
def test_every_preset_is_a_clean_link_that_trains_and_draws(preset):
    sweep, notes = parse(preset.query)
    assert notes == []
    assert 1 < sweep.size <= 8
    runs = run_all(sweep)
    assert all(np.isfinite(run.loss).all() for run in runs)
    movie = playground(aligned(runs))
    assert movie.frames <= 500
    assert preset.lesson


def test_mad_rates_and_flat_data_draw_no_nan():
    for query in (
        "lr=10000&loss=squared_error&loss=huber&loss=poisson&data=counts",
        "line.n=1&loss=squared_error&loss=absolute_error",
        "line.n=2&line.noise=0&model=polynomial&polynomial.degree=9",
    ):
        movie = movie_of(query + "&steps=100")
        for figure in still(movie, movie.frames - 1).values():
            for trace in figure.data:
                for name in ("x", "y"):
                    values = np.asarray(trace[name], float)
                    assert not np.isinf(values).any(), (query, trace.name)
        for row in movie.tables[0].rows:
            for cell in row.cells:
                if isinstance(cell, np.ndarray):
                    assert np.isfinite(cell).all(), (query, row.label)


# ---------------------------------------------------------------- nothing false, nothing lost


def traces(movie: Movie, chart: str) -> dict[str, go.Figure]:
    return {trace.name: trace for trace in movie.charts[chart].figure.data}


def test_ticks_are_as_short_as_they_can_be():
    values = [1e-5, 0.002, 0.5, 2.0, 2900.0, 5e6]
    assert [tick(value) for value in values] == ["1e\u22125", "0.002", "0.5", "2", "2,900", "5e6"]


def test_what_is_no_finite_number_is_a_dash():
    assert [tick(value) for value in (float("nan"), float("inf"))] == ["\u2013", "\u2013"]
    assert number(float("inf"), 3, plus=True) == "\u2013"


def test_long_axis_titles_are_broken():
    title = axis("residual: prediction, disease progression after one year (score)")["title"]
    assert max(map(len, title["text"].split("\n"))) <= 36


def test_a_loss_below_zero_is_drawn_whole_on_a_linear_axis_that_is_explained():
    movie = movie_of(
        "data=counts&loss=poisson&loss=squared_error&steps=50", is_log=True, units="relative"
    )
    chart = movie.charts["convergence"]
    run = run_all(parse("data=counts&loss=poisson&steps=50")[0])[0]
    assert run.loss.min() < 0
    assert chart.figure.layout.yaxis.type == "linear"
    assert "the axis is linear" in chart.description
    low, high = chart.figure.layout.yaxis.range
    shown = traces(movie, "convergence")["Poisson, training"].y
    np.testing.assert_allclose(shown, run.loss / run.loss[0])
    assert low < shown.min() < shown.max() < high


def test_a_loss_above_zero_keeps_its_log_axis():
    chart = movie_of(THREE, is_log=True).charts["convergence"]
    assert chart.figure.layout.yaxis.type == "log"
    assert "linear" not in chart.description


def test_the_lowest_losses_are_inside_the_chart_of_the_shape():
    residuals = np.linspace(-3.0, 3.0, 7)
    curves = residuals, residuals**2 - 6, 2 * residuals
    scene = shape("shape", styles([Experiment()]), [curves], [None], target="y")
    low, high = scene.chart.figure.layout.yaxis.range
    assert low < -6 < 3 < high


def test_over_margins_a_hairline_parts_wrong_from_right():
    margins = np.linspace(-2.0, 2.0, 5)
    curves = margins, np.maximum(1 - margins, 0), np.where(margins < 1, -1.0, 0.0)
    looks = styles([Experiment()])
    figure = shape("shape", looks, [curves], [None], target=None).chart.figure
    assert figure.layout.xaxis.title.text == "margin"
    [line] = figure.layout.shapes
    assert line.x0 == line.x1 == 0
    assert [note.text for note in figure.layout.annotations] == ["◀ wrong", "right ▶"]
    assert not shape("shape", looks, [curves], [None], target="y").chart.figure.layout.shapes


def test_dots_over_margins_lie_where_the_model_puts_the_rows():
    query = "data=moons&loss=hinge&steps=30"
    run = run_all(parse(query)[0])[0]
    task = Task.of(run.experiment)
    drawn = traces(movie_of(query), "shape")["loss of Hinge, rows"]
    rows = np.linspace(0, 199, 120).round().astype(int)
    features = np.column_stack([np.ones(200), task.sample.X])[rows]
    margin = (2 * task.sample.y[rows] - 1) * (features @ run.theta[-1])
    np.testing.assert_allclose(drawn.x, margin, rtol=1e-9, atol=1e-12)
    np.testing.assert_allclose(drawn.y, np.maximum(1 - margin, 0), rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize("query", ["data=moons&loss=log_loss", "data=iris&loss=cross_entropy"])
def test_error_rates_under_the_losses_are_those_of_scikit_learn(query):
    from sklearn.metrics import zero_one_loss

    [run] = run_all(parse(f"{query}&steps=40")[0])
    sample = Task.of(run.experiment).sample
    shown = {
        (trace.name.partition(", ")[2]): trace
        for trace in movie_of(f"{query}&steps=40").charts["convergence"].figure.data
        if trace.yaxis == "y2" and trace.mode == "lines"
    }
    pairs = {
        "training error rate": (sample.X, sample.y),
        "clean test error rate": (sample.X_test, sample.y_test),
    }
    for name, (X, y) in pairs.items():
        features = np.column_stack([np.ones(len(y)), X])
        for frame in (0, 7, 40):
            z = features @ run.theta[frame].reshape(-1, features.shape[1]).T
            classes = z.argmax(axis=1) if z.shape[1] > 1 else (z[:, 0] > 0)
            assert shown[name].y[frame] == pytest.approx(zero_one_loss(y, classes))


def test_regression_has_one_panel_of_convergence():
    layout = movie_of(THREE).charts["convergence"].figure.layout
    assert "yaxis2" not in layout.to_plotly_json()


def test_the_lowest_clean_test_loss_is_marked_and_named():
    steps = np.arange(5)
    test = np.array([4.0, 2.0, 1.0, 3.0, 6.0])
    looks = styles([Experiment(loss="huber")])
    scene = convergence(
        "c",
        steps,
        looks,
        [4.0 / (1 + steps)],
        [test],
        end=4,
        units="relative",
        is_log=False,
        best=[Best(2, 1.0)],
    )
    [mark] = [t for t in scene.chart.figure.data if t.name.endswith("lowest clean test loss")]
    assert (mark.x[0], mark.y[0]) == (2, 0.25)
    assert "step 2 (Huber" in scene.chart.description


def test_of_two_losses_the_flatter_one_is_still_legible():
    movie = movie_of("loss=squared_error&loss=absolute_error&outliers=vertical&vertical.size=20")
    _, top = movie.charts["shape"].figure.layout.yaxis.range
    assert top < 5 * np.max(traces(movie, "shape")["loss of MAE"].y)


def test_predictions_of_several_features_are_in_sight():
    # Three steps leave every prediction near 0, below all targets.
    movie = movie_of("data=diabetes&loss=squared_error&steps=3&lr=0.01")
    low, _ = movie.charts["fit"].figure.layout.yaxis.range
    assert low < min(traces(movie, "fit")["MSE"].y) < 20


def test_behind_each_minimiser_there_is_ground_for_paths_that_overshoot():
    runs = run_all(parse(THREE)[0])
    layout = movie_of(THREE).charts["surface"].figure.layout
    for run in runs:
        minimum = reference(run.experiment).internal
        for limits, at in ((layout.xaxis.range, minimum[1]), (layout.yaxis.range, minimum[0])):
            assert limits[0] < min(0, 1.5 * at) < max(0, 1.5 * at) < limits[1]


def test_a_line_that_has_left_the_chart_is_not_drawn_and_the_caption_says_when():
    query = "loss=squared_error&loss=huber&lr=1.5&steps=100"
    movie = movie_of(query)
    run = run_all(parse(query)[0])[0]
    [track] = [t for t in movie.tracks if t.chart == "fit" and t.trace == 3]
    assert track.y is not None
    gone = np.isnan(track.y).any(axis=1)
    assert (gone == np.isnan(track.y).all(axis=1)).all()
    step = int(run.steps[np.argmax(gone)])
    assert 0 < step < 100
    assert f"MSE left the chart at step {step}." in movie.charts["fit"].description
    assert "Huber" not in movie.charts["fit"].description


def test_a_run_that_diverges_between_kept_steps_left_at_that_step_and_the_empty_chart_says_so():
    query = "loss=squared_error&loss=huber&lr=100&steps=20000"
    movie, [run, huber] = movie_of(query), run_all(parse(query)[0])
    assert 0 < run.diverged_at < run.steps[1]
    assert huber.diverged_at is None
    left = f"MSE left the chart at step {run.diverged_at}."
    assert left in movie.charts["fit"].description
    words = movie.charts["convergence"].description
    assert words.endswith(f" MSE has no line, as it diverged at step {run.diverged_at}.")
    few = movie_of("loss=squared_error&lr=3&steps=200").charts["convergence"]
    assert "no line" not in few.description  # it shows how the loss shoots up


def test_runs_on_other_rows_draw_no_line_and_no_dots_and_the_caption_says_so():
    movie = movie_of("line.n=20&line.n=60&loss=squared_error&steps=20")
    assert movie.charts["fit"].description.startswith("Runs on other rows are left out. 20 rows.")
    assert "MSE, rows 20" in traces(movie, "fit")
    assert "MSE, rows 60" not in traces(movie, "fit")
    dots = [name for name in traces(movie, "shape") if name.endswith(", rows")]
    assert dots == ["loss of MSE, rows 20, rows", "slope of MSE, rows 20, rows"]
    assert movie.links is not None
    assert [detail.label for detail in movie.links.details] == ["MSE, rows 20"]


def test_one_outlier_is_an_outlier():
    movie = movie_of("outliers=leverage&leverage.share=0.02&steps=2")
    assert movie.charts["fit"].description.startswith("60 rows, 1 of them an outlier (×).")


def test_the_relief_marks_each_minimiser_on_the_ground():
    movie = movie_of(THREE, in_3d=True)
    stars = [
        t for t in movie.charts["surface"].figure.data if t.type == "scatter3d" and t.mode == "text"
    ]
    runs = run_all(parse(THREE)[0])
    assert len(stars) == len(runs) == 3
    found = {star.name: star for star in stars}
    for look, run in zip(styles([run.experiment for run in runs]), runs, strict=True):
        intercept, slope = reference(run.experiment).internal
        assert (found[look.label].x[0], found[look.label].y[0]) == (slope, intercept)
    # The surface is that of the first loss: only its own minimiser is the lowest.
    assert min(stars, key=lambda star: star.z[0]).name == "MSE"


@pytest.mark.parametrize("n", [60, 2000])
def test_a_linked_row_is_the_same_row_in_every_chart(n):
    query = f"line.n={n}&loss=huber&outliers=vertical&steps=5"
    movie = movie_of(query)
    sample = Task.of(next(iter(parse(query)[0]))).sample
    figures = still(movie, 0)
    assert movie.links is not None
    names, [detail] = movie.links.names, movie.links.details
    assert len(names) == min(n, 120) == detail.values["residual"].shape[1]
    seen = set()
    for link in movie.links.traces:
        trace = figures[link.chart].data[link.trace]
        places = range(len(trace.x)) if link.rows is None else link.rows
        assert len(places) == len(trace.x)
        for place, x, y in zip(places, trace.x, trace.y, strict=True):
            row = int(names[place].removeprefix("Row ")) - 1
            if link.chart == "fit":
                assert (x, y) == (sample.X[row, 0], sample.y[row])
                seen.add(place)
            else:  # before the first step every prediction is 0
                assert x == pytest.approx(-sample.y[row])
    assert seen == set(range(len(names)))
