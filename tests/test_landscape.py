"""Loss surfaces: each point is a run of no steps."""

from typing import Any

import numpy as np
import pytest
from suiting import BUILT_IN as LOSSES
from suiting import NUMBER_LOSSES, spoiled

from lossviz import Experiment, parse, run, run_all
from lossviz.analysis.landscape import landscape, relief
from lossviz.analysis.minimum import reference
from lossviz.analysis.planes import frame_for, plane_of_runs
from lossviz.engine.objective import Objective
from lossviz.engine.task import Task

BOX: dict[str, Any] = {"x_range": (-3.0, 4.0), "y_range": (-5.0, 6.0)}


@pytest.mark.parametrize("l1", [0.0, 0.3])
@pytest.mark.parametrize("name", NUMBER_LOSSES)
def test_every_point_is_a_run_before_its_first_step(name, l1):
    e = Experiment(loss=name, outliers="vertical", l1=l1, steps=1)
    # What a loss learns is held at its start too.
    plane = landscape(e, n=6, base=Task.of(e).start, **BOX)
    for row, column in [(0, 0), (2, 3), (5, 1)]:
        start = f"{float(plane.y[row])!r},{float(plane.x[column])!r}"
        assert plane.values[row, column] == run(e.replace(init=start)).loss[0]


@pytest.mark.parametrize("memory", [1, 5_000, 123_456, 10**9])
def test_pieces_are_invisible(memory):
    e = Experiment(loss="barron", outliers="leverage", l2=0.1)
    whole = landscape(e, n=17, **BOX, memory=10**8)
    np.testing.assert_array_equal(landscape(e, n=17, **BOX, memory=memory).values, whole.values)


@pytest.mark.parametrize("name", NUMBER_LOSSES)
def test_the_lowest_point_lies_beside_the_minimiser(name):
    e = Experiment(loss=name, outliers="vertical")
    exact = reference(e)
    slope, intercept = exact.internal[1], exact.internal[0]
    plane = landscape(
        e,
        n=41,
        x_range=(slope - 1, slope + 1.1),
        y_range=(intercept - 1, intercept + 1.1),
    )
    assert plane.values.min() >= exact.value
    row, column = np.unravel_index(plane.values.argmin(), plane.values.shape)
    # The valley may be oblique, so the lowest grid point is near in value, not only in place.
    step = np.where(np.arange(len(exact.internal)) < 2, 0.06, 0.0)
    beside = Objective.of([Task.of(e)]).values((exact.internal + step)[None])[0]
    assert plane.values.min() <= max(beside, exact.value + 0.05)
    assert abs(plane.x[column] - slope) < 0.5
    assert abs(plane.y[row] - intercept) < 0.5


def test_two_parameters_are_slope_across_and_intercept_up():
    plane = landscape(Experiment(), n=3)
    assert (plane.x_name, plane.y_name, plane.plane.axes) == ("slope", "intercept", (1, 0))
    assert plane.fixed == {}
    assert plane.coordinates == "data units"


def test_more_parameters_are_held_at_the_minimiser_or_where_one_says():
    e = Experiment(data="stack_loss", loss="huber")
    exact, names = reference(e), Task.of(e).names
    plane = landscape(e, n=3)
    assert (plane.x_name, plane.y_name) == names[1:3]
    assert plane.coordinates == "scaled features"
    assert plane.fixed == {names[0]: exact.internal[0], names[3]: exact.internal[3]}
    base = np.array([1.0, 2.0, 3.0, 4.0])
    moved = landscape(e, n=3, base=base, x_range=(2.0, 5.0), y_range=(3.0, 7.0))
    assert moved.fixed == {names[0]: 1.0, names[3]: 4.0}
    assert moved.values[0, 0] == Objective.of([Task.of(e)]).values(base[None])[0]


def test_axes_may_be_chosen_by_name():
    e = Experiment(data="stack_loss")
    names = Task.of(e).names
    plane = landscape(e, n=3, x="intercept", y=names[3])
    assert plane.plane.axes == (0, 3)
    assert landscape(e, n=3, y=names[1]).plane.axes == (2, 1)
    with pytest.raises(KeyError, match="'nothing'; there are intercept"):
        landscape(e, x="nothing")
    with pytest.raises(ValueError, match="both axes"):
        landscape(e, x="intercept", y="intercept")


NETS = "data=moons&model=mlp&optimizer=adam&lr=0.05&steps=120&loss=log_loss&loss=hinge"


@pytest.mark.parametrize(
    "query", [NETS, "data=iris&lr=0.5&loss=cross_entropy&loss=multiclass_hinge"]
)
def test_the_plane_of_runs_is_that_of_their_largest_movements(query):
    runs = run_all(parse(query)[0])
    plane = plane_of_runs(runs)
    np.testing.assert_allclose(plane.directions @ plane.directions.T, np.eye(2), atol=1e-12)
    np.testing.assert_array_equal(plane.origin, runs[0].path[0])
    moves = np.vstack(
        [one.path[np.linspace(0, len(one.path) - 1, 60).astype(int)] - plane.origin for one in runs]
    )
    # No plane holds more of the squared distances than that of the largest singular values.
    sizes = np.linalg.svd(moves, compute_uv=False)
    held = np.sum(plane.coordinates(moves + plane.origin) ** 2)
    assert held == pytest.approx(np.sum(sizes[:2] ** 2), rel=1e-9)
    assert f"holds {100 * held / np.sum(sizes**2):.0f}\N{NO-BREAK SPACE}%" in plane.note
    # Its points are parameters, and its surface their objective.
    there = plane.points(np.array([[0.3, -0.2], [0.0, 0.0]]))
    np.testing.assert_allclose(plane.coordinates(there), [[0.3, -0.2], [0.0, 0.0]], atol=1e-12)
    e = runs[0].experiment
    ground = landscape(e, plane=plane, n=3, x_range=(-1.0, 1.0), y_range=(-1.0, 1.0))
    assert ground.values[1, 1] == pytest.approx(runs[0].loss[0], rel=1e-12)


def test_runs_that_stand_still_have_a_plane_all_the_same():
    [still] = run_all([Experiment(data="moons", loss="perceptron", init="zeros", steps=5)])
    assert np.ptp(still.path) == 0
    plane = plane_of_runs([still])
    np.testing.assert_allclose(plane.directions @ plane.directions.T, np.eye(2), atol=1e-12)


def test_outliers_change_the_surface():
    clean = landscape(Experiment(), n=5, **BOX)
    spoiled = landscape(Experiment(outliers="vertical"), n=5, **BOX)
    assert (clean.values != spoiled.values).all()


def test_a_frame_holds_starts_paths_and_minimisers():
    rng = np.random.default_rng(0)
    paths = [np.cumsum(rng.normal(scale=0.05, size=(30, 2)), axis=0) for _ in range(4)]
    minimisers = [np.array([-2.0, 1.0]), np.array([2.0, 0.0])]
    (left, right), (bottom, top) = frame_for(paths, minimisers)
    for points in [*paths, *minimisers]:
        xs, ys = np.atleast_2d(points).T
        assert left < xs.min() <= xs.max() < right
        assert bottom < ys.min() <= ys.max() < top


def test_a_diverged_path_does_not_blow_up_the_frame():
    calm, minimiser = np.array([[0.0, 0.0], [1.0, 1.0]]), np.array([2.0, 1.0])
    wild = np.array([[0.0, 0.0], [1e90, -1e80], [np.inf, np.nan]])
    for paths in ([calm, wild], [wild]):
        (left, right), (bottom, top) = frame_for(paths, [minimiser])
        assert right - left < 2.0 * 3 * 1.4
        assert top - bottom < 1.0 * 3 * 1.4
        assert left < 0
        assert right > 2


def test_a_frame_is_never_flat():
    here = np.array([2.0, 2.0])
    (left, right), (bottom, top) = frame_for([here[None]], [here])
    assert left < 2 < right
    assert bottom < 2 < top


def test_no_side_of_a_frame_is_less_than_half_of_the_other():
    start, minimiser = np.array([0.0, 0.0]), np.array([10.0, 0.01])
    (left, right), (bottom, top) = frame_for([start[None]], [minimiser])
    assert top - bottom == pytest.approx((right - left) / 2)


@pytest.mark.parametrize("name", LOSSES)
def test_a_relief_keeps_the_order_and_labels_true_losses(name):
    plane = landscape(spoiled(name), n=21)
    drawing = relief(plane.values)
    heights = drawing.heights(plane.values)
    order = plane.values.ravel().argsort()
    assert (np.diff(heights.ravel()[order]) >= 0).all()
    assert heights.min() == 0
    assert np.isfinite(heights).all()
    assert (np.diff(drawing.ticks) > 0).all()
    assert drawing.ticks[-1] == pytest.approx(plane.values.max(), rel=0.01)


def test_a_flat_surface_has_a_relief():
    drawing = relief(np.full((3, 3), 2.5))
    assert drawing.ticks == (2.5,)
    np.testing.assert_array_equal(drawing.heights(np.array([2.5, 2.4])), [0, 0])
