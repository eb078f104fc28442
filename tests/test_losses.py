"""What every loss of one output promises, over the registry: a new loss is tested once it is
registered."""

import numpy as np
import pytest
from loss_contract import (
    cases,
    central_difference,
    corners,
    each,
    ever_further_off,
    has_kinks,
    is_regression,
    jumps,
    kinks,
    points,
    sweep,
    targets,
)
from scipy.optimize import minimize_scalar
from suiting import BUILT_IN as LOSSES

from lossviz.base.registry import Param
from lossviz.items.losses import loss as register_loss

ALL = list(LOSSES.values())
GALLERY = (
    "squared_error absolute_error huber pseudo_huber log_cosh quantile expectile "
    "squared_log_error epsilon_insensitive squared_epsilon_insensitive poisson linex "
    "cauchy geman_mcclure welsch tukey barron "
    "log_loss hinge squared_hinge smoothed_hinge modified_huber "
    "exponential_loss perceptron focal brier savage least_squares "
    "cross_entropy kl_divergence multiclass_hinge multiclass_focal multiclass_brier "
    "multiclass_squared_error"
).split()


def test_the_gallery_keeps_its_order():
    assert [name for name in LOSSES if name in GALLERY] == GALLERY


@pytest.mark.parametrize(("loss", "params"), cases())
def test_the_slope_is_the_derivative(loss, params):
    z, y = points(loss)
    _, slope = loss(z, y, **params)
    error = np.full(z.shape, np.inf)
    # The best step differs from point to point; a wrong slope is wrong at every step.
    for h in 10.0 ** -np.arange(1.0, 7.0):
        found = central_difference(lambda at: loss(at, y, **params)[0], z, h)
        clear = np.ones(z.shape, bool)
        for kink in kinks(loss, y, params):
            clear &= np.abs(z - kink) > 3.0 * h
        error = np.where(clear, np.fmin(error, np.abs(found - slope)), error)
    tested = np.isfinite(error)
    assert tested.mean() > 0.95
    wrong = tested & (error > 1e-7 * np.abs(slope) + 1e-10)
    assert not wrong.any(), _wrong_slope(loss, params, z, y, slope, wrong)


def _wrong_slope(loss, params, z, y, slope, wrong) -> str:
    """Where the slope is wrong, and what it should be."""
    i = np.flatnonzero(wrong)[0]
    quotient = central_difference(lambda at: loss(at, y[i], **params)[0], z[i], 1e-4)
    return (
        f"at z = {z[i]:g}, y = {y[i]:g} (and {wrong.sum() - 1} other points) the slope is said to "
        f"be {slope[i]:.9g}, and the difference quotient is {quotient:.9g}"
    )


@pytest.mark.parametrize(("loss", "params"), cases())
def test_the_slope_jumps_at_the_declared_kinks_and_nowhere_else(loss, params):
    edges = np.linspace(-150.3, 150.2, 3001)
    for y in (0.0, 1.0):
        found = jumps(lambda z, y=y: loss(z, y, **params)[1], edges)
        np.testing.assert_allclose(found, kinks(loss, y, params), rtol=0, atol=1e-12)


@pytest.mark.parametrize(("loss", "params"), cases(has_kinks))
def test_the_slope_at_a_kink_is_the_least_subgradient(loss, params):
    for kink in kinks(loss, 0.0, params):
        (left, at, right) = loss(kink + np.array([-1e-9, 0.0, 1e-9]), 0.0, **params)[1]
        assert left < right
        assert at == np.clip(0.0, left, right)


@pytest.mark.parametrize(("loss", "params"), cases(is_regression))
def test_a_perfect_prediction_is_best_and_does_not_pull(loss, params):
    y = targets(loss, np.random.default_rng(3), 50)
    least, slope = loss(loss.link(y), y, **params)
    np.testing.assert_allclose(slope, 0.0, atol=1e-13)
    z, _ = sweep(loss)
    assert np.all(loss(z, y, **params)[0] >= least - 1e-12)


@pytest.mark.parametrize(("loss", "params"), cases(lambda loss: loss.of_residual))
def test_a_loss_of_the_residual_sees_nothing_else(loss, params):
    # Quarters and integers: z - y is exact, so the answers are the same to the last bit.
    r = np.arange(-40.0, 41.0) / 4.0
    for y in (-7.0, 3.0):
        np.testing.assert_array_equal(loss(r + y, y, **params), loss(r, 0.0, **params))
    least, slope = loss(0.0, 0.0, **params)
    assert slope == 0.0
    assert least == 0.0 or loss.learned  # the logarithm of a density starts where it may
    assert np.all(loss(r, 0.0, **params)[0] >= least)


@pytest.mark.parametrize("loss", each(lambda loss: not loss.of_residual))
def test_a_loss_of_more_than_the_residual_is_one(loss):
    assert loss(1.0, 0.0) != loss(2.0, 1.0)


def _rises_above_its_chords(loss, params) -> bool:
    rng = np.random.default_rng(4)
    away = 10 ** rng.uniform(-3.0, 3.0, (2, 2000)) * rng.choice([-1.0, 1.0], (2, 2000))
    y = targets(loss, rng, 2000)
    middle, ends = loss(away.mean(axis=0), y, **params)[0], loss(away, y, **params)[0]
    chord = ends.mean(axis=0)
    return bool(np.any(middle > chord + 1e-12 * np.abs(ends).max(axis=0)))


@pytest.mark.parametrize(("loss", "params"), cases(lambda loss: loss.convex))
def test_a_convex_loss_lies_below_its_chords(loss, params):
    assert not (loss.is_convex(**params) and _rises_above_its_chords(loss, params))


@pytest.mark.parametrize("loss", each(lambda loss: loss.convex is not True))
def test_a_loss_not_declared_convex_somewhere_rises_above_a_chord(loss):
    rest = [params for params in corners(loss) if not loss.is_convex(**params)]
    assert any(_rises_above_its_chords(loss, params) for params in rest)


@pytest.mark.parametrize(("loss", "params"), cases(lambda loss: loss.slope_bound))
def test_the_slope_bound_is_reached_and_not_passed(loss, params):
    bound = loss.slope_bound(**params)
    steepest = np.abs(loss(*sweep(loss, reach=8.0), **params)[1]).max()
    if np.isinf(bound):
        assert steepest > 2.0 * np.abs(loss(*sweep(loss, reach=2.0), **params)[1]).max(), (
            f"slope_bound is inf, and the steepest slope that is found is {steepest:.9g}"
        )
    else:
        assert 0.9999 * bound <= steepest <= bound * (1.0 + 1e-12), (
            f"slope_bound is {bound:.9g}, and the steepest slope that is found is {steepest:.9g}"
        )


@pytest.mark.parametrize("loss", each(lambda loss: not loss.slope_bound))
def test_without_a_slope_bound_some_point_pulls_beyond_measure(loss):
    far = np.array([10.0, 1e150])
    pulls = np.maximum(np.abs(loss(far, 0.0)[1]), np.abs(loss(0.0, far)[1]))
    assert pulls[1] > max(100.0, 10.0 * pulls[0]), (
        f"slope_bound is not declared, and the slope goes from {pulls[0]:.3g} at a residual of 10 "
        f"to {pulls[1]:.3g} at 1e150: declare the bound"
    )


def _second_differences(loss, params):
    z, y = sweep(loss)
    # A step in proportion to z, and all of it on one side of the seams at 0.
    ahead = np.where(z == 0.0, 1e-7, z * (1.0 + 1e-5))
    return (loss(ahead, y, **params)[1] - loss(z, y, **params)[1]) / (ahead - z)


@pytest.mark.parametrize(("loss", "params"), cases(lambda loss: loss.curvature))
def test_the_curvature_bound_is_reached_and_not_passed(loss, params):
    bound = loss.curvature(**params)
    most = np.abs(_second_differences(loss, params)).max()
    assert 0.99 * bound <= most <= bound * (1.0 + 1e-6), (
        f"curvature is {bound:.9g}, and the largest second difference is {most:.9g}"
    )


@pytest.mark.parametrize("loss", each(lambda loss: not loss.curvature))
def test_without_a_curvature_bound_the_slope_has_kinks_or_bends_beyond_measure(loss):
    assert has_kinks(loss) or _second_differences(loss, {}).max() > 40.0


def _pull_far_away(loss, params):
    """The pull of targets at growing distances on either side, against the hardest pull."""
    near = ever_further_off(loss, 10 ** np.linspace(-4.0, 4.0, 801))
    far = ever_further_off(loss, np.array([1e6, 1e9, 1e12]))
    hardest = np.abs(loss(*near, **params)[1]).max()
    return np.abs(loss(*far, **params)[1]).max(axis=0) / hardest


@pytest.mark.parametrize(("loss", "params"), cases(lambda loss: loss.redescending))
def test_a_redescending_loss_forgets_what_is_far_away(loss, params):
    pull = _pull_far_away(loss, params)
    assert np.all(np.diff(pull) <= 0.0)
    assert pull[-1] < 1e-9


@pytest.mark.parametrize("loss", each(lambda loss: not loss.redescending))
def test_a_loss_not_declared_redescending_does_not_forget(loss):
    assert any(_pull_far_away(loss, params)[-1] > 1e-9 for params in corners(loss)), (
        "what is far away does not pull, for any parameters: declare redescending=True"
    )


@pytest.mark.parametrize(("loss", "params"), cases(lambda loss: loss.constant))
@pytest.mark.parametrize("n", [1, 2, 41])
def test_the_best_constant_is_the_declared_one(loss, params, n):
    y = targets(loss, np.random.default_rng(n), n)

    def cost(z):
        return float(loss(z, y, **params)[0].mean())

    ends = (loss.link(y).min() - 1.0, loss.link(y).max() + 1.0)
    best = minimize_scalar(cost, bounds=ends, method="bounded", options={"xatol": 1e-10})
    assert cost(loss.constant(y, **params)) <= best.fun + 1e-12 * max(1.0, abs(best.fun))


@pytest.mark.parametrize("loss", each(losses=ALL))
def test_a_named_estimate_has_a_formula(loss):
    assert bool(loss.estimates) == (loss.constant is not None)


@pytest.mark.parametrize(("loss", "params"), cases())
def test_everything_is_finite_and_quiet_at_the_ends_of_the_numbers(loss, params):
    ends = np.array([0.0, 5e-324, 1e-160, 1e-8, 1.0, 49.0, 51.0, 710.0, 1e8, 1e140, 1e150])
    ends = np.concatenate([-ends, ends])
    # Tiny numbers may fade to 0, as they do by default in NumPy; nothing else may happen.
    with np.errstate(over="raise", divide="raise", invalid="raise", under="ignore"):
        value, slope = loss(ends[:, None], ends, **params)
    assert np.isfinite(value).all()
    assert np.isfinite(slope).all()


@pytest.mark.parametrize("loss", each())
def test_array_parameters_are_many_scalar_ones(loss):
    chosen = corners(loss)
    z, y = points(loss, 33)
    stacked = {p.name: np.array([[c[p.name]] for c in chosen], float) for p in loss.params}
    rows = z + np.zeros((len(chosen), 1))
    batched = np.stack(loss(rows, y, **stacked), axis=1)
    for params, pair in zip(chosen, batched, strict=True):
        for i in range(33):
            one = loss(z[i], y[i], **params)
            np.testing.assert_allclose(pair[:, i], one, rtol=1e-13, atol=1e-300)


@pytest.mark.parametrize("loss", each())
def test_value_and_slope_have_the_broadcast_shape_and_are_floats(loss):
    for z, y, shape in [
        (np.zeros((4, 1), int), np.ones(3, int), (4, 3)),
        (0, np.ones((2, 1, 3)), (2, 1, 3)),
        ([1, 2], 1, (2,)),
        (0, 1, ()),
        (np.zeros((0, 3)), np.ones(3), (0, 3)),
    ]:
        for part in loss(z, y):
            assert np.shape(part) == shape
            assert np.asarray(part).dtype == np.float64


@pytest.mark.parametrize("loss", each())
def test_the_inputs_are_left_alone(loss):
    z, y = points(loss, 10)
    before = z.copy(), y.copy()
    loss(z, y)
    np.testing.assert_array_equal((z, y), before)


@pytest.mark.parametrize("loss", each(lambda loss: loss.domain != (-np.inf, np.inf)))
def test_a_target_outside_the_domain_is_read_as_its_end(loss):
    z = np.linspace(-3.0, 3.0, 7)
    low, high = loss.domain
    np.testing.assert_array_equal(loss(z, low - 2.5), loss(z, low))
    if np.isfinite(high):
        np.testing.assert_array_equal(loss(z, high + 2.5), loss(z, high))
    else:
        assert loss(0.0, 1e9) != loss(0.0, 1e8)


@pytest.mark.parametrize("loss", each(is_regression))
def test_a_bounded_domain_is_explained(loss):
    assert bool(loss.outside) == (loss.domain != (-np.inf, np.inf))


@pytest.mark.parametrize("loss", each(is_regression))
def test_descent_comes_back_from_far_away(loss):
    y = 2.0
    for z in (-1e3, 1e3):
        _, slope = loss(z, y)
        assert np.sign(slope) == np.sign(z - loss.link(y)) or loss.redescending


@pytest.mark.parametrize("loss", each(is_regression))
def test_the_link_and_its_inverse_cancel(loss):
    y = np.array([1e-300, 0.1, 1.0, 7.0, 1e21, 1e22, 1e23, 1e150])
    np.testing.assert_allclose(loss.inverse_link(loss.link(y)), y, rtol=1e-12)
    with np.errstate(all="raise"):
        assert np.isfinite(loss.inverse_link(np.array([-700.0, 0.0, 49.0, 51.0, 1e150]))).all()
    assert np.isfinite(loss.link(np.array([0.0, 1e300]))).all()


@pytest.mark.shipped
@pytest.mark.parametrize("loss", each(losses=ALL))
def test_the_words_for_the_user_are_there(loss):
    assert loss.formula.count("{") == loss.formula.count("}")
    assert "_" not in loss.label
    sentences = loss.notes.count(". ") + 1 if loss.notes else 0
    assert 2 <= sentences <= 5, f"the notes have {sentences} sentences, and two to five are asked"
    assert loss.notes.endswith(".")
    assert any(f"({year})" in loss.reference for year in range(1750, 2100))
    for param in loss.params:
        assert param.label
        assert param.help


@pytest.mark.parametrize("loss", each(losses=ALL))
def test_an_unknown_parameter_is_refused_with_the_known_ones(loss):
    known = ", ".join(param.name for param in loss.params) or "none"
    with pytest.raises(TypeError, match=f"{loss.name} has no parameter 'gain'.*: {known}$"):
        loss(0.0, 0.0, gain=1.0)


@pytest.mark.parametrize("loss", each(lambda loss: loss.params, ALL))
def test_a_parameter_out_of_range_is_refused(loss):
    for param in loss.params:
        if np.isfinite(param.high):
            with pytest.raises(ValueError, match="lies outside"):
                loss(0.0, 0.0, **{param.name: np.array([param.low, param.high + 1.0])})
        with pytest.raises(ValueError, match="not a finite number"):
            loss(0.0, 0.0, **{param.name: float("nan")})


@pytest.mark.parametrize(
    ("facts", "words"),
    [
        ({"slope_bound": 1.5}, "slope_bound is a function of the parameters, or None"),
        ({"task": "regresion"}, "task 'regresion' is none of regression, binary, multiclass"),
        ({"params": Param("c", 1.0, 0.1, 9.0)}, "params is no tuple"),
    ],
)
def test_a_fact_of_the_wrong_kind_is_refused_with_its_name(facts, words):
    with pytest.raises(TypeError, match=f"loss 'wrong_canary': {words}"):
        register_loss("wrong_canary", label="Wrong", formula="r", convex=True, **facts)(
            lambda z, y: (z, z)
        )


@pytest.mark.parametrize("fact", ["convex", "kinks", "slope_bound", "curvature"])
def test_a_fact_that_is_no_function_of_the_parameters_is_refused_with_its_name(fact):
    words = f"loss 'wrong_canary': {fact} takes the parameters, c: missing a required argument: 'd'"
    with pytest.raises(TypeError, match=words):
        register_loss(
            "wrong_canary",
            label="Wrong",
            formula="r",
            params=(Param("c", 1.0, 0.1, 9.0),),
            **{"convex": True, fact: lambda d: 1.0},
        )(lambda z, y, *, c: (z, y))
    assert "wrong_canary" not in LOSSES
