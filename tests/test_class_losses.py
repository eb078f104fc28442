"""What every loss over K classes promises, over the registry."""

from itertools import product

import numpy as np
import pytest
from loss_contract import (
    BINARY,
    ENDS,
    MULTICLASS,
    cases,
    central_difference,
    class_rows,
    corners,
    each,
    jumps,
)
from scipy.optimize import minimize


def _softmaxed(loss):
    """Whether only the differences of the scores count."""
    return loss.name != "multiclass_squared_error"


def _duel(margins, classes=3):
    """Scores (m, K): class 0 leads class 1 by each margin, and the others are out of the running;
    with the label 0."""
    z = np.full((len(margins), classes), -1e3)
    z[:, 0], z[:, 1] = margins, 0.0
    return z, 0


@pytest.mark.parametrize(("loss", "params"), cases(losses=MULTICLASS))
@pytest.mark.parametrize("classes", [2, 3, 7])
def test_the_slope_is_the_derivative_in_each_score(loss, params, classes):
    z, t = class_rows(200, classes)
    _, slope = loss(z, t, **params)
    highest = np.sort(z + 1.0 - t, axis=-1)
    for k in range(classes):
        error = np.full(len(z), np.inf)
        for h in 10.0 ** -np.arange(1.0, 6.0):
            found = central_difference(
                lambda at, k=k: loss(z + at * (np.arange(classes) == k), t, **params)[0],
                np.zeros((1, 1)),
                h,
            )
            # Where rivals tie, a loss with kinks has one.
            clear = (highest[:, -1] - highest[:, -2] > 6.0 * h) | (not loss.kinks(**params))
            error = np.where(clear, np.fmin(error, np.abs(found - slope[:, k])), error)
        tested = np.isfinite(error)
        assert tested.mean() > 0.95
        assert np.all(error[tested] <= 1e-7 * np.abs(slope[tested, k]) + 1e-9)


@pytest.mark.parametrize(("loss", "params"), cases(losses=MULTICLASS))
def test_the_slope_jumps_at_the_declared_margins_and_nowhere_else(loss, params):
    edges = np.linspace(-50.3, 50.2, 1001)
    found = jumps(lambda m: loss(*_duel(m), **params)[1][:, 0], edges)
    np.testing.assert_allclose(found, loss.kinks(**params), rtol=0, atol=1e-12)


@pytest.mark.parametrize("tied", [(0, 1), (1, 2), (0, 1, 2), (1, 2, 3)])
def test_where_rivals_tie_the_hinge_takes_the_shortest_subgradient(tied):
    rng = np.random.default_rng(1)
    hinge = next(loss for loss in MULTICLASS if loss.kinks())
    for t in (np.eye(4)[0], np.array([0.5, 0.25, 0.25, 0.0])):
        # Quarters are exact, so the chosen classes tie to the last bit.
        z = t - np.where(np.isin(np.arange(4), tied), 0.0, 3.0)
        value, slope = hinge(z, t)
        nearby = z + rng.normal(0.0, 1e-2, (500, 4))
        assert np.all(
            hinge(nearby, np.tile(t, (500, 1)))[0] >= value + (nearby - z) @ slope - 1e-12
        )
        others = rng.dirichlet(np.ones(len(tied)), 2000) @ np.eye(4)[list(tied)] - t
        assert np.all(np.linalg.norm(others, axis=1) >= np.linalg.norm(slope) - 1e-12)


def _rises_above_its_chords(loss, params):
    ends, t = np.stack([class_rows(3000, 3, seed)[0] for seed in (2, 3)]), class_rows(3000, 3)[1]
    middle, ends = loss(ends.mean(axis=0), t, **params)[0], loss(ends, t[None], **params)[0]
    return bool(np.any(middle > ends.mean(axis=0) + 1e-12 * np.abs(ends).max(axis=0)))


@pytest.mark.parametrize(("loss", "params"), cases(lambda loss: loss.convex, MULTICLASS))
def test_a_convex_loss_lies_below_its_chords(loss, params):
    assert not (loss.is_convex(**params) and _rises_above_its_chords(loss, params))


@pytest.mark.parametrize("loss", each(lambda loss: loss.convex is not True, MULTICLASS))
def test_a_loss_not_declared_convex_somewhere_rises_above_a_chord(loss):
    rest = [params for params in corners(loss) if not loss.is_convex(**params)]
    assert any(_rises_above_its_chords(loss, params) for params in rest)


@pytest.mark.parametrize(("loss", "params"), cases(lambda loss: loss.slope_bound, MULTICLASS))
def test_the_slope_bound_is_reached_and_not_passed(loss, params):
    bound = loss.slope_bound(**params)
    for classes in (2, 3, 10):
        _, slope = loss(*class_rows(3000, classes), **params)
        assert np.linalg.norm(slope, axis=-1).max() <= bound * (1.0 + 1e-12)
    # With smoothing the bound is that of ever more classes.
    _, slope = loss(*_duel(np.linspace(-20.0, 20.0, 401), classes=1000), **params)
    assert 0.999 * bound <= np.linalg.norm(slope, axis=-1).max() <= bound * (1.0 + 1e-12)


@pytest.mark.parametrize("loss", each(lambda loss: not loss.slope_bound, MULTICLASS))
def test_without_a_slope_bound_some_row_pulls_beyond_measure(loss):
    _, slope = loss(*_duel(np.array([-1e150])))
    assert np.abs(slope).max() > 1e149


def _curvatures(loss, params, z, t):
    """The size of the Hessian's largest eigenvalue at each row."""
    h = 1e-5 * np.eye(z.shape[-1])[:, None]
    hessians = (loss(z + h, t, **params)[1] - loss(z - h, t, **params)[1]) / 2e-5
    return np.abs(np.linalg.eigvalsh(np.moveaxis(hessians, 0, -1))).max(axis=-1)


@pytest.mark.parametrize(("loss", "params"), cases(lambda loss: loss.curvature, MULTICLASS))
def test_the_curvature_bound_is_reached_and_not_passed(loss, params):
    bound = loss.curvature(**params)
    for classes in (2, 3, 5):
        z, t = class_rows(3000, classes)
        assert _curvatures(loss, params, z, t[None]).max() <= bound * (1.0 + 1e-6)
    z, label = _duel(np.linspace(-8.0, 8.0, 1601))
    assert 0.999 * bound <= _curvatures(loss, params, z, label).max() <= bound * (1.0 + 1e-6)


@pytest.mark.parametrize("loss", each(lambda loss: not loss.curvature, MULTICLASS))
def test_without_a_curvature_bound_the_slope_has_kinks(loss):
    assert loss.kinks(**corners(loss)[0])


@pytest.mark.parametrize("loss", each(losses=MULTICLASS))
def test_only_a_redescending_loss_forgets_a_row_that_is_far_off(loss):
    for params in corners(loss):
        _, slope = loss(*_duel(-np.array([2.0, 20.0, 200.0])), **params)
        pull = np.abs(slope).max(axis=-1)
        assert (pull[2] < 1e-9 * pull[0]) == loss.redescending


@pytest.mark.parametrize(("loss", "params"), cases(lambda loss: loss.constant, MULTICLASS))
def test_the_best_constant_is_the_declared_one(loss, params):
    _, t = class_rows(41, 3)

    def cost(z):
        return float(loss(np.tile(z, (41, 1)), t, **params)[0].mean())

    best = minimize(cost, np.zeros(3), tol=1e-10)
    assert cost(loss.constant(t, **params)) <= best.fun + 1e-12
    assert np.isfinite(loss.constant(np.eye(3)[[0, 0]], **params)).all()


@pytest.mark.parametrize(("loss", "params"), cases(losses=MULTICLASS))
def test_everything_is_finite_and_quiet_at_the_ends_of_the_numbers(loss, params):
    z = np.array(list(product(ENDS, repeat=3)))
    for t in (*np.eye(3), np.array([0.0, 0.25, 0.75])):
        with np.errstate(over="raise", divide="raise", invalid="raise", under="ignore"):
            value, slope = loss(z, np.broadcast_to(t, z.shape), **params)
        assert np.isfinite(value).all()
        assert np.isfinite(slope).all()
        assert np.all(value >= 0.0)


@pytest.mark.parametrize("loss", each(losses=MULTICLASS))
def test_array_parameters_are_many_scalar_ones(loss):
    chosen = corners(loss)
    z, t = class_rows(33, 4)
    stacked = {p.name: np.array([[c[p.name]] for c in chosen], float) for p in loss.params}
    value, slope = loss(np.stack([z] * len(chosen)), t[None], **stacked)
    for params, *pair in zip(chosen, value, slope, strict=True):
        for ours, one in zip(pair, loss(z, t, **params), strict=True):
            np.testing.assert_array_equal(ours, one)


@pytest.mark.parametrize("loss", each(losses=BINARY + MULTICLASS))
@pytest.mark.parametrize("n", [1, 33])
def test_a_run_does_not_see_the_runs_beside_it(loss, n):
    chosen = corners(loss)
    rng = np.random.default_rng(6)
    for classes in (2, 3, 10):
        tail = () if loss.task == "binary" else (classes,)
        z = rng.normal(0.0, 3.0, (len(chosen), n, *tail))
        t = loss.targets(rng.integers(0, 2, (1, n)).astype(float), classes)
        params = {p.name: np.array([[c[p.name]] for c in chosen], float) for p in loss.params}
        batched = loss.function(z, t, **params)
        for r in range(len(chosen)):
            alone = loss.function(z[r : r + 1], t, **{k: v[r : r + 1] for k, v in params.items()})
            for ours, one in zip(batched, alone, strict=True):
                np.testing.assert_array_equal(ours[r], one[0])


@pytest.mark.parametrize("loss", each(losses=MULTICLASS))
def test_leading_axes_broadcast_and_answers_are_floats(loss):
    for z, y, shape in [
        (np.zeros((4, 1, 3), int), np.ones(5, int), (4, 5)),
        (np.zeros((4, 1, 3)), np.full((1, 5, 3), 1 / 3), (4, 5)),
        (np.zeros((1, 3)), np.array([0, 2]), (2,)),
        ([1, 2, 0], 1, ()),
        (np.zeros((0, 3)), np.ones(0), (0,)),
    ]:
        value, slope = loss(z, y)
        assert np.shape(value) == shape
        assert np.shape(slope) == (*shape, 3)
        assert np.asarray(value).dtype == slope.dtype == np.float64


@pytest.mark.parametrize("loss", each(losses=MULTICLASS))
def test_the_function_takes_rows_that_broadcast_either_way(loss):
    z, t = class_rows(6, 3)
    defaults = {param.name: param.default for param in loss.params}
    for scores, rows in [(z[0], t), (z, t[0]), (z[:, None], t)]:
        wide = np.broadcast_shapes(scores.shape, rows.shape)
        expected = loss(np.broadcast_to(scores, wide), np.broadcast_to(rows, wide))
        for ours, part in zip(loss.function(scores, rows, **defaults), expected, strict=True):
            np.testing.assert_array_equal(ours, part)


@pytest.mark.parametrize("loss", each(losses=MULTICLASS))
def test_labels_are_rows_with_a_one(loss):
    z, _ = class_rows(6, 3)
    labels, nearest = np.array([0.0, 1.0, 2.0, 2.0, 0.0, 1.0]), np.array([-4, 1.2, 2, 9, 0, 0.8])
    for y in (labels, nearest, loss.targets(labels, 3)):
        for ours, part in zip(loss(z, y), loss(z, np.eye(3)[labels.astype(int)]), strict=True):
            np.testing.assert_array_equal(ours, part)


@pytest.mark.parametrize("loss", each(losses=BINARY))
def test_targets_of_two_classes_are_the_labels_themselves(loss):
    np.testing.assert_array_equal(loss.targets(np.array([0.0, 1.0, 3.0]), 1), [0.0, 1.0, 1.0])


@pytest.mark.parametrize(("loss", "params"), cases(_softmaxed, MULTICLASS))
def test_only_differences_of_scores_count(loss, params):
    z, t = class_rows(200, 4)
    value, slope = loss(z, t, **params)
    shifted, moved = loss(z + 64.0, t, **params)
    np.testing.assert_allclose(shifted, value, rtol=1e-12, atol=1e-11)
    np.testing.assert_allclose(moved, slope, rtol=1e-10, atol=1e-11)
    np.testing.assert_allclose(slope.sum(axis=-1), 0.0, atol=1e-14)


@pytest.mark.parametrize(("loss", "params"), cases(losses=MULTICLASS))
def test_the_order_of_the_classes_does_not_matter(loss, params):
    z, t = class_rows(200, 4)
    order = np.array([2, 0, 3, 1])
    value, slope = loss(z, t, **params)
    other, turned = loss(z[:, order], t[:, order], **params)
    np.testing.assert_allclose(other, value, rtol=1e-13, atol=1e-14)
    np.testing.assert_allclose(turned, slope[:, order], rtol=1e-12, atol=1e-14)


@pytest.mark.parametrize("loss", each(losses=MULTICLASS))
def test_the_inputs_are_left_alone(loss):
    z, t = class_rows(10, 3)
    before = z.copy(), t.copy()
    loss(z, t)
    loss.inverse_link(z)
    loss.link(t)
    np.testing.assert_array_equal((z, t), before)
