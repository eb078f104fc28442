"""Decision regions: the classes, boundaries and planes are the ones that the models define."""

from __future__ import annotations

import numpy as np
import plotly.graph_objects as go
import pytest

from lossviz import Experiment, parse, run_all
from lossviz.analysis.predictions import raw
from lossviz.analysis.regions import _at, code, feature_plane, regions
from lossviz.analysis.replay import replay
from lossviz.engine.looks import CLASS_COLOURS, styles
from lossviz.engine.run import Run
from lossviz.engine.sampling import Sample
from lossviz.engine.task import Task
from lossviz.player import Movie, Row, Table, payload, still
from lossviz.views.charts.regions import class_scale
from lossviz.views.charts.regions import regions as figure_of
from lossviz.views.charts.scene import Scene, movie


def runs_of(query: str) -> list[Run]:
    return run_all(parse(query)[0])


def scores(run: Run, frame: int, X: np.ndarray) -> np.ndarray:
    """A linear model's outputs (n, K) from its parameters in the data's own units."""
    features = np.column_stack([np.ones(len(X)), X])
    return features @ run.theta[frame].reshape(-1, features.shape[1]).T


def points(lines: tuple[np.ndarray, np.ndarray], row: int) -> np.ndarray:
    both = np.column_stack([lines[0][row], lines[1][row]])
    return both[np.isfinite(both).all(axis=1)]


def scene_of(query: str, frames: np.ndarray, x: int = 0, y: int = 0) -> Scene:
    runs = runs_of(query)
    task = Task.of(runs[0].experiment)
    rows, plane = np.arange(min(len(task.y), 120)), feature_plane(task, x, y)
    return figure_of(
        "regions",
        task.sample,
        plane,
        styles([run.experiment for run in runs]),
        [regions(run, frames, plane) for run in runs],
        [replay(run, frames, rows) for run in runs],
        rows,
    )


def alone(scene: Scene, steps: int) -> Movie:
    table = Table("Runs", ("Run", "Loss"), (Row("one", ("1",)),))
    return movie({"regions": scene}, np.arange(steps + 1), [table])


# ------------------------------------------------------------------------------------ planes


def test_two_features_are_drawn_as_they_are():
    task = Task.of(Experiment(data="moons"))
    plane = feature_plane(task)
    assert plane.names == ("x1", "x2")
    assert plane.note == ""
    np.testing.assert_array_equal(plane.project(task.sample.X), task.sample.X)
    np.testing.assert_array_equal(plane.rows(task.sample.X), task.sample.X)


@pytest.mark.parametrize("data", ["iris", "wine", "breast_cancer", "digits"])
def test_of_more_features_the_plane_is_that_of_scikit_learns_principal_components(data):
    from sklearn.decomposition import PCA

    task = Task.of(Experiment(data=data))
    plane = feature_plane(task)
    scaled = (task.sample.X - task.sample.center) / task.sample.scale
    peer = PCA(2).fit(scaled)
    expected = peer.transform(scaled)
    signs = np.sign((plane.project(task.sample.X) * expected).sum(axis=0))
    np.testing.assert_allclose(plane.project(task.sample.X), signs * expected, atol=1e-8)
    for share in peer.explained_variance_ratio_:
        assert f"{share:.0%}".replace("%", "\N{NO-BREAK SPACE}%") in plane.note
    # A row of the plane is where scikit-learn puts it back.
    back = (plane.rows(signs * expected) - task.sample.center) / task.sample.scale
    np.testing.assert_allclose(back, peer.inverse_transform(expected), atol=1e-8)


@pytest.mark.parametrize(
    ("asked", "shown"),
    [((2, 4), (1, 3)), ((3, 0), (2, 0)), ((0, 1), (1, 0)), ((1, 1), (0, 1)), ((9, 2), (0, 1))],
)
def test_chosen_features_are_drawn_and_the_others_held_at_their_mean(asked, shown):
    task = Task.of(Experiment(data="iris"))
    plane = feature_plane(task, *asked)
    X = task.sample.X
    np.testing.assert_allclose(plane.project(X), X[:, shown])
    rows = plane.rows(plane.project(X))
    np.testing.assert_allclose(rows[:, shown], X[:, shown])
    held = [k for k in range(4) if k not in shown]
    np.testing.assert_allclose(rows[:, held], np.tile(X.mean(axis=0)[held], (len(X), 1)))
    assert "held at the mean" in plane.note


def test_every_row_is_inside_the_limits_even_of_a_feature_that_does_not_vary():
    for experiment in (Experiment(data="wine"), Experiment(data="moons", params={"moons.n": 1})):
        task = Task.of(experiment)
        plane = feature_plane(task)
        low, high = np.array(plane.limits).T
        places = plane.project(task.sample.X)
        assert (low < places).all()
        assert (places < high).all()


def test_of_one_feature_the_upright_axis_means_nothing():
    # No data set of classes has one feature, so this plane is of numbers.
    task = Task.of(Experiment(data="line"))
    plane = feature_plane(task)
    places = np.array([[0.5, -1.0], [0.5, 1.0]])
    assert plane.names == ("x", "no second feature")
    assert "means nothing" in plane.note
    np.testing.assert_array_equal(plane.rows(places), [[0.5], [0.5]])


# ----------------------------------------------------------------------------------- regions

LINEAR = [
    "data=moons&loss=log_loss",
    "data=breast_cancer&loss=hinge",
    "data=iris&loss=cross_entropy",
    "data=moons&loss=cross_entropy",
]


@pytest.mark.parametrize("query", LINEAR)
def test_the_picture_shows_the_class_that_the_parameters_give_at_each_cell(query):
    [run] = runs_of(f"{query}&steps=30")
    plane = feature_plane(Task.of(run.experiment))
    view = regions(run, np.array([0, 5, 30]), plane, size=20)
    assert view.picture.dtype == np.uint8
    grid = np.column_stack([np.tile(view.x, 20), np.repeat(view.y, 20)])
    for row, frame in enumerate((0, 5, 30)):
        z = scores(run, frame, plane.rows(grid))
        classes = z.argmax(axis=1) if z.shape[1] > 1 else (z[:, 0] > 0).astype(int)
        shades = 256 // max(2, z.shape[1])
        np.testing.assert_array_equal(view.picture[row].ravel() // shades, classes)


def test_shades_grow_with_the_chance_of_the_winner():
    chances = np.array([[0.5, 0.5], [0.75, 0.25], [1.0, 0.0], [0.0, 1.0], [0.5, 0.5]])
    assert list(code(chances, np.array([0, 0, 0, 1, 1]))) == [0, 64, 127, 255, 128]
    third = np.full((1, 3), 1 / 3)
    assert list(code(third, np.array([2]))) == [170]
    assert list(code(np.eye(3), np.arange(3))) == [84, 169, 254]


@pytest.mark.parametrize("classes", [2, 3, 10])
def test_every_byte_has_the_hue_of_its_class(classes):
    scale = class_scale(classes)
    places = [place for place, _ in scale]
    assert places[0] == 0
    assert places[-1] == 1
    assert places == sorted(places)
    shades = 256 // classes
    for byte in range(shades * classes):
        after = next(i for i, place in enumerate(places) if place >= byte / 255 and i)
        hues = {words.rpartition(",")[0] for _, words in scale[after - 1 : after + 1]}
        code = CLASS_COLOURS[byte // shades]
        red, green, blue = (int(code[i : i + 2], 16) for i in (1, 3, 5))
        assert hues == {f"rgba({red},{green},{blue}"}


@pytest.mark.parametrize("query", LINEAR)
def test_the_boundary_of_a_linear_model_is_where_its_two_highest_scores_are_equal(query):
    [run] = runs_of(f"{query}&steps=30")
    plane = feature_plane(Task.of(run.experiment))
    frames = np.array([0, 4, 30])
    view = regions(run, frames, plane)
    for row, frame in enumerate(frames):
        line = points(view.boundary, row)
        z = scores(run, frame, plane.rows(line))
        assert len(z) >= (2 if frame else 0)
        if z.shape[1] == 1:
            z = np.column_stack([0 * z, z])
        second, first = np.sort(z, axis=1)[:, -2:].T
        # Where three classes meet, the grid cuts the corner.
        assert (first - second > 1e-6).sum() <= 3 * (z.shape[1] > 2)


def test_the_boundary_of_a_linear_model_is_straight_and_ends_at_the_limits():
    [run] = runs_of("data=moons&loss=log_loss&steps=30")
    plane = feature_plane(Task.of(run.experiment))
    view = regions(run, np.array([0, 30]), plane)
    ends = points(view.boundary, 1)
    assert len(ends) == 2  # all between were spared
    bias, w1, w2 = run.theta[30]
    np.testing.assert_allclose(ends @ [w1, w2] + bias, 0.0, atol=1e-6)
    low, high = np.array(plane.limits).T
    on_limit = np.isclose(ends, low) | np.isclose(ends, high)
    assert on_limit.any(axis=1).all()


def test_margins_are_drawn_where_the_loss_of_a_row_ends():
    [run] = runs_of("data=moons&loss=squared_hinge&steps=60")
    view = regions(run, np.array([0, 60]), feature_plane(Task.of(run.experiment)))
    assert view.margins is not None
    heights = scores(run, 60, points(view.margins, 1))[:, 0]
    np.testing.assert_allclose(np.abs(heights), 1.0, atol=1e-6)
    assert {-1.0, 1.0} == set(np.sign(heights))


def test_margins_of_several_classes_are_where_the_winner_is_ahead_by_one():
    [run] = runs_of("data=blobs&loss=multiclass_hinge&steps=60")
    plane = feature_plane(Task.of(run.experiment))
    view = regions(run, np.array([0, 60]), plane, size=120)
    assert view.margins is not None
    second, first = np.sort(scores(run, 60, points(view.margins, 1)), axis=1)[:, -2:].T
    assert np.mean(np.abs(first - second - 1.0) < 1e-6) > 0.5  # but where the grid cuts corners
    np.testing.assert_allclose(first - second, 1.0, atol=0.1)


@pytest.mark.parametrize("loss", ["log_loss", "exponential_loss", "perceptron", "least_squares"])
def test_a_loss_that_does_not_end_at_a_margin_of_one_has_no_margins(loss):
    [run] = runs_of(f"data=moons&loss={loss}&steps=2")
    assert regions(run, np.array([0]), feature_plane(Task.of(run.experiment))).margins is None


def test_a_bent_boundary_follows_the_network_to_a_part_of_a_cell():
    [run] = runs_of("data=circles&loss=log_loss&model=mlp&optimizer=adam&lr=0.05&steps=200")
    view = regions(run, np.array([0, 200]), feature_plane(Task.of(run.experiment)))
    line = points(view.boundary, 1)
    z = raw(run, np.array([200]), line)[0]
    cell = np.array([view.x[1] - view.x[0], view.y[1] - view.y[0]])
    nearby = raw(run, np.array([200]), line + cell)[0]
    assert 8 < len(line) < 200
    assert np.median(np.abs(z)) < 0.1 * np.median(np.abs(nearby))


def test_between_many_classes_each_boundary_is_drawn_once_and_none_inside_a_region():
    [run] = runs_of("data=blobs&blobs.classes=8&loss=cross_entropy&steps=100")
    task = Task.of(run.experiment)
    view = regions(run, np.array([0, 100]), feature_plane(task), size=96)
    x, y = view.boundary[0][1], view.boundary[1][1]
    # The middle of each stroke has another class on either side.
    middles = np.column_stack([(x[1:] + x[:-1]) / 2, (y[1:] + y[:-1]) / 2])
    strokes = np.column_stack([np.diff(x), np.diff(y)])
    shown = np.isfinite(middles).all(axis=1) & (np.hypot(*strokes.T) > 0.1)
    middles, strokes = middles[shown], strokes[shown]
    across = 0.05 * np.column_stack([-strokes[:, 1], strokes[:, 0]])
    across /= np.hypot(*strokes.T)[:, None]
    sides = [scores(run, 100, middles + side * across).argmax(axis=1) for side in (-1, 1)]
    assert len(middles) >= 8
    assert (sides[0] != sides[1]).all()
    pairs = [tuple(sorted(pair)) for pair in zip(*sides, strict=True)]
    assert len(set(pairs)) == len(pairs)


def test_a_field_between_its_points_is_linear_along_each_axis():
    rng = np.random.default_rng(0)
    field = np.full((9, 6), np.nan)  # two frames of four rows, a gap after each
    field[:4], field[5:] = rng.normal(size=(4, 6)), rng.normal(size=(4, 6))
    places = np.vstack([rng.uniform(0, [5, 3], (40, 2)), rng.uniform([0, 5], [5, 8], (40, 2))])
    places = np.vstack([places, [[2.5, 3.0], [5.0, 8.0], [0.0, 0.0]]])
    corner = np.minimum(places.astype(int), [4, 7])
    (s, t), (i, j) = (places - corner).T, corner.T
    expected = np.zeros(len(places))
    for across, up, weight in (
        (0, 0, (1 - s) * (1 - t)),
        (1, 0, s * (1 - t)),
        (0, 1, (1 - s) * t),
        (1, 1, s * t),
    ):
        expected += np.where(weight > 0, weight * np.nan_to_num(field[j + up, i + across]), 0.0)
    np.testing.assert_allclose(_at(places, field), expected, atol=1e-12)
    assert np.isnan(_at(np.full((1, 2), np.nan), field)).all()


def test_a_start_at_zero_has_no_boundary():
    [run] = runs_of("data=moons&loss=log_loss&init=zeros&steps=3")
    view = regions(run, np.array([0, 3]), feature_plane(Task.of(run.experiment)))
    assert len(points(view.boundary, 0)) == 0
    assert len(points(view.boundary, 1)) > 0


@pytest.mark.parametrize(
    "query",
    [
        "data=moons&loss=exponential_loss&lr=10000",
        "data=wine&loss=multiclass_squared_error&lr=10000",
        "data=moons&moons.n=1",
    ],
)
def test_runs_that_went_astray_have_pictures_all_the_same(query):
    for run in runs_of(f"{query}&steps=20"):
        view = regions(run, np.arange(len(run.steps)), feature_plane(Task.of(run.experiment)))
        for array in (*view.boundary, *(view.margins or ())):
            assert not np.isinf(array).any()


# ---------------------------------------------------------------------------------- figures

FIGURES = {
    1: "data=xor&loss=log_loss&model=mlp",
    2: "data=moons&loss=hinge&loss=log_loss&outliers=mislabelled",
    3: "data=digits&loss=cross_entropy&lr=0.1&lr=0.2&lr=0.3",
    5: "data=iris&loss=cross_entropy&lr=0.1&lr=0.2&lr=0.3&lr=0.4&lr=0.5",
    8: "data=wine&loss=cross_entropy&loss=multiclass_hinge&lr=0.1&lr=0.2&lr=0.3&lr=0.4",
}


@pytest.mark.parametrize("panels", FIGURES)
def test_small_multiples_are_valid_with_equal_panels_and_named_axes(panels):
    scene = scene_of(FIGURES[panels] + "&steps=5", np.array([0, 5]))
    figure = go.Figure(scene.chart.figure.to_dict())
    layout = figure.layout.to_plotly_json()
    axes = {key: value for key, value in layout.items() if "axis" in key}
    assert all(axis["title"]["text"] for axis in axes.values())
    for letter in "xy":
        sizes = [np.ptp(axis["domain"]) for key, axis in axes.items() if key.startswith(letter)]
        np.testing.assert_allclose(sizes, sizes[0])
    pictures = [trace for trace in figure.data if trace.type == "heatmap"]
    places = {(trace.xaxis, trace.yaxis) for trace in pictures}
    assert len(pictures) == len(places) == len(layout["annotations"]) == panels
    assert len(scene.links) == panels
    named = {trace.name for trace in figure.data if trace.showlegend is not False}
    assert "mistake" in named
    assert scene.chart.description


def test_rings_are_round_the_rows_that_the_model_puts_into_a_wrong_class():
    query = "data=moons&loss=hinge&moons.n=80&steps=20"
    [run] = runs_of(query)
    sample: Sample = Task.of(run.experiment).sample
    shown = alone(scene_of(query, np.array([0, 6, 20])), 20)
    for frame, latest in ((0, 0), (10, 6), (20, 20)):
        data = still(shown, frame)["regions"].data
        [ring] = [trace for trace in data if trace.name.startswith("mistakes")]
        wrong = (scores(run, latest, sample.X)[:, 0] > 0) != sample.y
        np.testing.assert_array_equal(np.isfinite(ring.y[:-1]), wrong)
        np.testing.assert_array_equal(np.asarray(ring.x[:-1]), sample.X[:, 0])


def test_a_run_without_mistakes_still_has_a_ring_out_of_sight():
    scene = scene_of("data=blobs&blobs.spread=0.1&loss=cross_entropy&steps=50", np.array([0, 50]))
    [ring] = [t for t in scene.chart.figure.data if t.name.startswith("mistakes")]
    assert np.isfinite(ring.y).sum() == 1
    assert ring.y[-1] < scene.chart.figure.layout.yaxis.range[0]


def test_three_runs_of_500_steps_fit_into_half_of_what_a_page_may_send():
    query = "data=moons&loss=log_loss&loss=hinge&loss=brier&model=mlp&steps=500"
    kept = len(runs_of(query)[0].steps) - 1
    frames = np.unique((kept * np.linspace(0, 1, 30) ** 2).round().astype(int))
    packed = payload(alone(scene_of(query, frames), kept), run="a")
    assert len(packed) < 750_000
