"""The panel of rows that are pictures shows the rows, chances and mistakes that there are."""

from __future__ import annotations

import numpy as np
import plotly.graph_objects as go
import pytest
from sklearn.metrics import confusion_matrix

from lossviz import Experiment, parse, run_all
from lossviz.analysis.predictions import chances
from lossviz.engine.frames import aligned
from lossviz.engine.looks import styles
from lossviz.engine.run import Run
from lossviz.engine.task import Task
from lossviz.player import Movie, payload, still
from lossviz.views.charts.images import ACROSS, BELOW, BESIDE, DOWN, inked
from lossviz.views.charts.scene import movie as movie_of
from lossviz.views.panels import PANELS, View
from lossviz.views.panels.metrics import thinned

QUERY = "data=digits&loss=cross_entropy&loss=multiclass_brier&steps=60&lr=1"
ROW = 17


@pytest.fixture(scope="module")
def runs() -> list[Run]:
    return aligned(run_all(parse(QUERY)[0]))


def panel(runs: list[Run], row: int = ROW, focus: int = 0) -> Movie:
    looks = styles([run.experiment for run in runs])
    shown = PANELS["images"].build(runs, looks, View(focus=focus, options={"row": row + 1}))
    return movie_of(shown.scenes, runs[0].steps, shown.tables)


@pytest.fixture(scope="module")
def movie(runs) -> Movie:
    return panel(runs)


def test_the_figures_are_valid_and_say_what_they_show(movie):
    for frame in (0, movie.frames - 1):
        for figure in still(movie, frame).values():
            go.Figure(figure.to_dict())
    for name in ("chances", "confusion"):
        layout = movie.charts[name].figure.layout
        assert layout.xaxis.title.text
        assert layout.yaxis.title.text
    assert all(chart.title and chart.description for chart in movie.charts.values())


def test_the_picture_is_the_row_upright(runs, movie):
    sample = Task.of(runs[0].experiment).sample
    [heat] = still(movie, 0)["picture"].data
    np.testing.assert_allclose(
        (np.asarray(heat.z, float) - 1) / 254, sample.X[ROW].reshape(8, 8), atol=1 / 254
    )
    low, high = movie.charts["picture"].figure.layout.yaxis.range
    assert low > high  # the first row of pixels is at the top
    assert f"labelled {int(sample.y[ROW])}" in movie.charts["picture"].description


def test_bars_and_table_are_the_chances_of_the_row(runs, movie):
    X = Task.of(runs[0].experiment).sample.X[ROW : ROW + 1]
    label = int(Task.of(runs[0].experiment).sample.y[ROW])
    last = movie.frames - 1
    for i, run in enumerate(runs):
        [chance] = chances(run, np.array([last]), X)[0]
        bar = still(movie, last)["chances"].data[i]
        np.testing.assert_allclose(bar.y, chance)
        assert sum(bar.y) == pytest.approx(1)
        said, largest, of_label = movie.tables[0].rows[i].cells
        assert said[last] == str(int(np.argmax(chance)))
        assert float(largest[last]) == pytest.approx(chance.max())
        assert float(of_label[last]) == pytest.approx(chance[label])
    assert len({bar.marker.pattern.shape for bar in movie.charts["chances"].figure.data}) == 2


@pytest.mark.parametrize("focus", [0, 1])
@pytest.mark.parametrize("frame", [0, 11, 60])
def test_the_worst_mistakes_are_the_surest_wrong_rows_in_order(runs, focus, frame):
    figure = still(panel(runs, focus=focus), frame)["mistakes"]
    frames = thinned(len(runs[0].steps), 40)
    measured = frames[np.searchsorted(frames, frame, side="right") - 1]
    sample = Task.of(runs[focus].experiment).sample
    [chance] = chances(runs[focus], np.array([measured]), sample.X_test)
    wrong = [
        (-row.max(), k) for k, row in enumerate(chance) if row.argmax() != int(sample.y_test[k])
    ]
    heat, words = figure.data
    z = np.asarray(heat.z)
    shown = sorted(wrong)[: ACROSS * DOWN]
    for place, (sureness, k) in enumerate(shown):
        true, said = int(sample.y_test[k]), int(chance[k].argmax())
        assert (
            words.text[place]
            == f"{true} taken for {said}<br>{-100 * sureness:.0f}\N{NO-BREAK SPACE}%"
        )
        down, across = divmod(place, ACROSS)
        top, left = down * (8 + BELOW), across * (8 + BESIDE)
        expected = inked(sample.X_test[k].reshape(8, 8), 0.0, 1.0)
        np.testing.assert_array_equal(z[top : top + 8, left : left + 8], expected)


def test_where_there_are_fewer_mistakes_the_rest_is_empty():
    [run] = run_all(parse("data=digits&model=mlp&optimizer=adam&lr=0.02&steps=400")[0])
    figure = still(panel([run]), len(run.steps) - 1)["mistakes"]
    heat, words = figure.data
    empty = [place for place, word in enumerate(words.text) if not word.strip()]
    z = np.asarray(heat.z)
    for place in empty:
        down, across = divmod(place, ACROSS)
        top, left = down * (8 + BELOW), across * (8 + BESIDE)
        assert not z[top : top + 8, left : left + 8].any()
    assert words.text[0].strip()


def test_the_matrix_is_that_of_the_chosen_run(runs):
    sample = Task.of(runs[1].experiment).sample
    last = len(runs[1].steps) - 1
    [chance] = chances(runs[1], np.array([last]), sample.X_test)
    expected = confusion_matrix(sample.y_test, chance.argmax(axis=1))
    words = still(panel(runs, focus=1), last)["confusion"].data[1].text
    assert [int(word.strip() or 0) for word in words] == expected.ravel().tolist()


def test_runs_on_other_data_are_left_out_and_rows_without_pictures_refused():
    runs = aligned(run_all(parse("data=digits&data=iris&steps=3")[0]))
    assert len(panel(runs).tables[0].rows) == 1
    with pytest.raises(ValueError, match="iris are no pictures"):
        panel(runs, focus=1)


def test_a_row_beyond_the_last_is_the_last(runs):
    count = len(Task.of(Experiment(data="digits")).sample.y)
    assert f"Training row {count:,}," in panel(runs, row=10**6).charts["picture"].description


def test_the_panel_is_small(movie):
    assert len(payload(movie, run="a")) < 150_000
