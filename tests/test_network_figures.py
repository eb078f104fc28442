"""The network panel: valid figures that say what the passes say, and not too many bytes."""

from __future__ import annotations

import re

import numpy as np
import plotly.graph_objects as go
import pytest

from lossviz import parse, run_all
from lossviz.analysis.predictions import raw
from lossviz.analysis.propagation import forward_backward, layer_gradients
from lossviz.analysis.regions import feature_plane
from lossviz.engine.frames import aligned
from lossviz.engine.looks import styles
from lossviz.engine.run import Run
from lossviz.engine.task import Task
from lossviz.player import Movie, payload, still
from lossviz.views.charts.network import LINES, SIGNS, drawing, short
from lossviz.views.charts.scene import movie
from lossviz.views.charts.units import SIDE, maps
from lossviz.views.panels import PANELS, View

TWO = "data=moons&model=mlp&mlp.width=4&loss=log_loss&loss=brier&steps=60&lr=0.3"
QUERIES = [
    TWO,
    "data=circles&model=mlp&mlp.depth=8&mlp.width=20&mlp.activation=sigmoid&steps=10",
    "data=iris&model=mlp&mlp.activation=gelu&loss=cross_entropy&steps=30",
    "data=digits&loss=cross_entropy&steps=5",
    "data=line&model=mlp&mlp.depth=2&mlp.activation=relu&steps=30&outliers=vertical",
    "data=sine&model=polynomial&steps=20&lr=0.01",
    "data=diabetes&model=mlp&steps=20",
    "data=xor&steps=20&init=zeros",
    "data=line&model=polynomial&polynomial.degree=9&lr=10&steps=100",
]

# "s = 0.5·-2 + 0.1 = -0.9", and so for z and dL/dh.
SUM = re.compile(r"(?<![\w/(])(?:s|z|dL/dh) = ([^=;,]*\d) = (-?[\d.e-]+)")


def runs_of(query: str) -> list[Run]:
    return aligned(run_all(parse(query)[0]))


def panel_of(query: str, *, focus: int = 0, row: int = 3) -> Movie:
    runs = runs_of(query)
    looks = styles([run.experiment for run in runs])
    shown = PANELS["network"].build(runs, looks, View(focus=focus, options={"row": row + 1}))
    return movie(shown.scenes, runs[0].steps, shown.tables)


@pytest.fixture(scope="module")
def panel() -> Movie:
    return panel_of(TWO)


@pytest.mark.parametrize("query", QUERIES)
def test_every_panel_is_valid_named_and_explained(query):
    panel = panel_of(query)
    assert list(panel.charts) == ["network", "gradients", "units"]
    for frame in (0, panel.frames - 1):
        for name, figure in still(panel, frame).items():
            layout = go.Figure(figure.to_dict()).layout.to_plotly_json()
            assert all(layout[key]["title"]["text"] for key in layout if "axis" in key), name
    assert all(chart.title and chart.description for chart in panel.charts.values())
    assert payload(panel, run="x")


def test_every_weight_is_drawn_once_with_its_sign_and_more_width_for_more_size(panel):
    run = runs_of(TWO)[0]
    for frame in (0, 60):
        lines = [t for t in still(panel, frame)["network"].data if t.mode == "lines"]
        shown = [
            (sign * trace.line.width, np.isfinite(np.asarray(trace.y, float)).sum() // 2)
            for (sign, *_), traces in zip(SIGNS, (lines[:4], lines[4:]), strict=True)
            for trace in traces
        ]
        widths = np.repeat(*np.array(shown, dtype=object).T.tolist())
        weights = run.path[frame][run.path[frame] != 0]
        assert len(widths) == len(weights)
        assert (widths > 0).sum() == (weights > 0).sum()
        assert np.all(np.diff(np.abs(widths)[np.argsort(np.abs(widths))]) >= 0)
        quarters = np.ceil(4 * np.abs(weights) / np.abs(run.path).max())
        np.testing.assert_array_equal(
            np.unique(np.abs(widths), return_counts=True)[1],
            np.unique(quarters, return_counts=True)[1],
        )


def test_lines_end_at_the_units_that_they_join(panel):
    figure = still(panel, 60)["network"]
    nodes = next(t for t in figure.data if t.name == "units")
    places = set(zip(nodes.x, np.round(nodes.y, 9), strict=True))
    for trace in figure.data[:8]:
        x, y = np.asarray(trace.x, float), np.asarray(trace.y, float)
        for k in np.flatnonzero(np.isfinite(y)):
            assert (round(x[k]), round(y[k], 9)) in places


def test_circles_hold_the_values_of_the_row(panel):
    run = runs_of(TWO)[0]
    for frame in (0, 31, 60):
        passes = forward_backward(run, np.array([frame]), 3)
        nodes = next(t for t in still(panel, frame)["network"].data if t.name == "units")
        first, last = passes.layers
        values = [*first.inputs[0], *first.post[0], *last.post[0]]
        circles = [
            text
            for text, symbol in zip(nodes.text, nodes.marker.symbol, strict=True)
            if symbol == "circle"
        ]
        assert circles == [short(value) for value in values]


def test_of_a_large_network_the_heaviest_weights_are_drawn_and_the_rest_is_said():
    [run] = runs_of("data=digits&loss=cross_entropy&steps=5")
    passes = forward_backward(run, np.arange(6), 0)
    look = styles([run.experiment])[0]
    scene = drawing("n", look, passes, np.arange(6), ["x"] * 64, ["c"] * 10)
    drawn = sum(
        np.isfinite(np.asarray(t["y"], float)).sum() for t in scene.chart.drawing["data"][:8]
    )
    assert drawn == 2 * LINES
    assert f"Only the {LINES} heaviest of 650 weights" in scene.chart.description


def test_gradient_lines_are_the_layers_gradients(panel):
    runs = runs_of(TWO)
    figure = still(panel, 60)["gradients"]
    lines = [t for t in figure.data if t.mode == "lines"]
    sizes = [layer_gradients(run, np.arange(61)) for run in runs]
    expected = [size[:, layer] for size in sizes for layer in range(2)]
    for trace, values in zip(lines, expected, strict=True):
        np.testing.assert_allclose(np.asarray(trace.y, float), values)
    assert len({(t.line.color, t.line.dash) for t in lines}) == 4
    low, high = figure.layout.yaxis.range
    assert low <= np.log10(np.min(sizes))
    assert np.log10(np.max(sizes)) <= high


def test_maps_show_each_units_values_over_the_plane():
    values = np.zeros((2, SIDE, SIDE, 3))
    values[1, :, :, 0], values[1, :, :, 1] = 2.0, -2.0
    values[1, 0, -1, 2] = 2.0  # lowest, at the right
    look = styles([runs_of(TWO)[0].experiment])[0]
    scene = maps(
        "m",
        look,
        ["a", "b", "c"],
        values,
        np.array([0, 1]),
        2,
        np.zeros((1, 2)),
        np.array([True]),
        names=("u", "v"),
        limits=((-1.0, 1.0), (-1.0, 1.0)),
    )
    [track] = scene.tracks
    first, last = np.asarray(track.z)
    assert set(np.unique(first)) == {0, 128}
    assert [last[-7, 0], last[-7, -1], last[0, SIDE - 1], last[1, 0]] == [255, 1, 255, 128]
    assert (last != 0).sum() == 3 * SIDE**2


def test_a_plane_of_a_linear_model_shows_its_output():
    panel = panel_of("data=moons&steps=30")
    [run] = runs_of("data=moons&steps=30")
    plane = feature_plane(Task.of(run.experiment))
    places = np.stack(np.meshgrid(*plane.grid(SIDE)), axis=-1).reshape(-1, 2)
    z = raw(run, np.array([30]), plane.rows(places)).reshape(SIDE, SIDE)
    heatmap = still(panel, 30)["units"].data[0]
    codes = np.asarray(heatmap.z, float)[:SIDE, :SIDE] - 128
    assert np.corrcoef(codes.ravel(), z.ravel())[0, 1] > 0.98
    assert np.all((codes > 0) <= (z > 0))
    assert np.all((codes < 0) <= (z < 0))
    assert "no hidden units" in panel.charts["units"].description


def test_the_table_holds_the_passes_and_its_formulas_add_up(panel):
    run, table = runs_of(TWO)[0], panel.tables[0]
    passes = forward_backward(run, np.arange(61), 3)
    assert len(table.rows) == 4 + 1 + 1
    for k, row in enumerate(table.rows[:4]):
        layer = passes.layers[0]
        for cell, part in zip(
            row.cells[:4], (layer.pre, layer.post, layer.to_post, layer.to_pre), strict=True
        ):
            np.testing.assert_array_equal(cell, part[:, k])
    for row in table.rows[:5]:
        for words in row.cells[4][::20]:
            found = SUM.findall(words.replace("−", "-"))
            assert len(found) == (1 if row is table.rows[4] else 2)
            for terms, result in found:
                assert sum_of(terms) == pytest.approx(float(result), rel=0.03, abs=0.01)
    np.testing.assert_array_equal(table.rows[-1].cells[1], passes.loss)


def sum_of(terms: str) -> float:
    """The value of "2·-3 + 4 - 5·6"."""
    parts = re.split(r" ([+-]) ", terms)
    signs = [1, *(1 if sign == "+" else -1 for sign in parts[1::2])]
    products = [np.prod([float(factor) for factor in part.split("·")]) for part in parts[::2]]
    return float(np.dot(signs, products))


def test_the_chosen_run_and_row_are_shown():
    panel = panel_of(TWO, focus=1, row=10**6)
    rows = len(Task.of(runs_of(TWO)[1].experiment).y)
    look = styles([run.experiment for run in runs_of(TWO)])[1]
    assert panel.charts["network"].title == f"Network: {look.label}"
    assert panel.tables[0].caption.startswith(f"Forward and backward for row {rows}, {look.label}")


def test_a_number_takes_little_room():
    assert [short(v) for v in (0.534, -0.5, 12.3, -512.2, 12345.0, 1e-9, -1e120)] == [
        "0.53",
        "−0.50",
        "12",
        "−512",
        "1e4",
        "0.00",
        "−1e120",
    ]


def test_three_long_runs_fit_into_a_message():
    query = "data=moons&model=mlp&loss=log_loss&loss=brier&loss=hinge&steps=500"
    assert len(payload(panel_of(query), run="x")) < 600_000


def test_a_long_sum_is_named_and_says_whether_a_bias_is_in_it():
    panel = panel_of("data=diabetes&model=mlp&mlp.width=12&mlp.depth=2&steps=2")
    words = panel.tables[0].rows[0].cells[-1][0]
    assert "s = Σ w·x + b over 10 inputs = " in words
    assert "dL/dh = Σ w·dL/ds over 12 units above = " in words
