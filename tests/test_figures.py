"""Figures are functions of their arguments: valid, named, and the very numbers they were given."""

from __future__ import annotations

import numpy as np
import plotly.graph_objects as go
import pytest

from lossviz import Experiment, parse, run_all
from lossviz.figures.scene import near, span
from lossviz.figures.style import COLOURS, short, styles
from lossviz.losses import LOSSES
from lossviz.objective import Task
from lossviz.player import Movie, still
from lossviz.playground import playground
from lossviz.presets import PRESETS
from lossviz.replay import aligned, curves, replay

THREE = "loss=squared_error&loss=absolute_error&loss=huber&outliers=vertical&steps=60"


def movie_of(query: str, **options) -> Movie:
    return playground(aligned(run_all(parse(query)[0])), **options)


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
    paths = [trace for trace in still(movie, 30)["surface"].data[1:] if trace.mode == "lines"]
    np.testing.assert_array_equal(paths[1].x, run.path[:31, 1])  # slope
    np.testing.assert_array_equal(paths[1].y, run.path[:31, 0])  # intercept


def test_convergence_shows_the_losses_relative_to_their_first_or_as_they_are():
    runs = run_all(parse(THREE)[0])
    own = movie_of(THREE, relative=False, is_log=False).charts["convergence"].figure.data
    relative = movie_of(THREE, relative=True, is_log=False).charts["convergence"].figure.data
    for i, run in enumerate(runs):
        np.testing.assert_array_equal(own[3 * i + 1].y, run.loss)
        np.testing.assert_array_equal(own[3 * i].y, run.test_loss)
        np.testing.assert_array_equal(relative[3 * i + 1].y, run.loss / run.loss[0])


def test_dots_lie_on_the_curves_of_their_loss():
    run = run_all(parse("loss=huber&outliers=vertical&steps=40")[0])[0]
    each = replay(run, np.array([0, 40]))
    loss = LOSSES["huber"]
    value, slope = loss(each.residual, 0.0)
    np.testing.assert_allclose(each.value, value, rtol=1e-12)
    np.testing.assert_allclose(each.slope, slope, rtol=1e-9, atol=1e-12)


def test_shares_add_up_to_one_and_outliers_pull_hardest_under_squared_error():
    run = run_all(parse("loss=squared_error&outliers=vertical&steps=5")[0])[0]
    each = replay(run, np.array([5]))
    np.testing.assert_allclose([each.loss_share.sum(), each.gradient_share.sum()], 1.0)
    outlier = Task.of(run.experiment).sample.is_outlier
    assert each.loss_share[0][outlier].sum() > 0.5
    # By hand for one row: its loss over the sum of all.
    squares = each.residual[0] ** 2
    assert each.loss_share[0, 3] == pytest.approx(squares[3] / squares.sum())
    pulls = 2 * np.abs(each.residual[0]) * np.hypot(1.0, Task.of(run.experiment).sample.X[:, 0])
    assert each.gradient_share[0, 3] == pytest.approx(pulls[3] / pulls.sum())


def test_curves_go_through_the_predictions_also_with_scaled_features_and_links():
    for query in ("data=engel&model=polynomial", "data=counts&loss=poisson"):
        run = run_all(parse(query + "&steps=30&lr=0.01")[0])[0]
        task = Task.of(run.experiment)
        x = task.sample.X[:, 0]
        predicted = replay(run, np.array([30])).residual[0] + task.y
        np.testing.assert_allclose(curves(run, x)[30], predicted, rtol=1e-9, atol=1e-9)


def test_runs_of_different_lengths_stand_still_at_their_end():
    short_run, long_run = aligned(run_all(parse("steps=10&steps=30")[0]))
    assert list(short_run.steps) == list(long_run.steps) == list(range(31))
    assert (short_run.theta[10:] == short_run.theta[10]).all()
    assert (short_run.loss[10:] == short_run.loss[10]).all()
    assert len(short_run.loss) == len(long_run.loss) == 31


def test_labels_tell_runs_apart_and_follow_the_parameters():
    looks = styles(list(parse("loss=huber&loss=squared_error&huber.delta=0.5&lr=0.1&lr=0.2")[0]))
    assert [look.label for look in looks] == [
        "Huber (δ = 0.5), learning rate 0.1",
        "Huber (δ = 0.5), learning rate 0.2",
        "MSE, learning rate 0.1",
        "MSE, learning rate 0.2",
    ]
    assert len({look.colour for look in looks}) == 4


def test_a_loss_keeps_its_colour_whatever_stands_beside_it():
    alone = styles([Experiment(loss="huber")])[0]
    among = styles(list(parse(THREE)[0]))[2]
    assert (alone.colour, alone.dash, alone.symbol) == (among.colour, among.dash, among.symbol)


@pytest.mark.parametrize("background", ["#ffffff", "#12161c"])
@pytest.mark.parametrize("colour", COLOURS)
def test_colours_stand_out_from_both_backgrounds(colour, background):
    def luminance(code: str) -> float:
        parts = [int(code[i : i + 2], 16) / 255 for i in (1, 3, 5)]
        linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    light, dark = sorted((luminance(colour), luminance(background)), reverse=True)
    assert (light + 0.05) / (dark + 0.05) >= 3.0


def test_short_names():
    assert short(LOSSES["squared_error"]) == "MSE"
    assert short(LOSSES["pseudo_huber"]) == "Pseudo-Huber"


def test_ranges_hold_all_finite_values_and_far_values_are_cut():
    assert span(np.array([1.0, 3.0, np.inf]), margin=0.5) == [0.0, 4.0]
    assert span(np.array([2.0, 2.0])) == [1.0, 3.0]
    assert near(np.array([0.0, 1e30]), [0.0, 1.0], times=50).tolist() == [0.0, 51.0]


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
        for row in movie.table.rows:
            for cell in row.cells:
                if isinstance(cell, np.ndarray):
                    assert np.isfinite(cell).all(), (query, row.label)
