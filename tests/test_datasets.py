"""Every registered dataset keeps the contract; the real ones hold the published rows."""

import itertools
from typing import Any

import numpy as np
import pytest
from sklearn.linear_model import LinearRegression, QuantileRegressor

from lossviz.items.datasets import DATASETS
from lossviz.items.datasets.base import TEST_ROWS


def defaults(name, **changes):
    return {param.name: param.default for param in DATASETS[name].params} | changes


def draw(name, seed: Any = 0, **changes):
    rng, fresh = np.random.default_rng([seed, 0]), np.random.default_rng([seed, 1])
    return DATASETS[name].draw(rng, fresh, defaults(name, **changes))[:4]


def truth(name, X, **changes):
    function = DATASETS[name].truth
    assert function is not None
    return function(X, **defaults(name, **changes))


SYNTHETIC = [name for name, item in DATASETS.items() if item.source == "drawn from the seed"]
REAL = [name for name in DATASETS if name not in SYNTHETIC]
CURVES = [name for name, item in DATASETS.items() if item.truth]
NOISY = [name for name in CURVES if "noise" in defaults(name)]
SHIPPED = [name for name in REAL if defaults(name)["test"] == 0]
TRUTH_IS_THE_MEAN = ["counts"]  # the median of a count is a whole number, a staircase in x


# --- all datasets


@pytest.mark.parametrize("name", DATASETS)
def test_rows_are_finite_float64_of_matching_shapes(name):
    X, y, X_test, y_test = draw(name)
    d = len(DATASETS[name].features)
    assert X.shape == (len(y), d)
    assert X_test.shape == (len(y_test), d)
    assert y.ndim == 1
    assert y_test.ndim == 1
    for part in (X, y, X_test, y_test):
        assert part.dtype == np.float64
        assert np.isfinite(part).all()


@pytest.mark.parametrize("name", DATASETS)
def test_the_same_seed_gives_the_same_rows(name):
    for one, other in zip(draw(name, seed=7), draw(name, seed=7), strict=True):
        np.testing.assert_array_equal(one, other)


@pytest.mark.parametrize("name", DATASETS)
def test_every_dataset_tells_what_it_is(name):
    item = DATASETS[name]
    assert item.label
    assert item.target
    assert item.source
    assert all(item.features)
    assert item.notes.endswith(".")
    assert len(item.notes.split()) >= 20
    assert all(p.label and p.help for p in item.params)


@pytest.mark.parametrize("name", DATASETS)
def test_every_corner_of_the_parameters_gives_finite_rows(name):
    bounded = [p for p in DATASETS[name].params if p.high < np.inf]
    for corner in itertools.product(*({p.low, p.high} for p in bounded)):
        values = dict(zip((p.name for p in bounded), corner, strict=True))
        assert all(np.isfinite(part).all() for part in draw(name, **values))


@pytest.mark.parametrize("name", DATASETS)
def test_only_regression_data_have_no_classes(name):
    item = DATASETS[name]
    assert item.task in ("regression", "binary", "multiclass")
    assert (item.task == "regression") == (item.classes == ())
    assert (item.task == "binary") == (len(item.classes) == 2)
    assert len(set(item.classes)) == len(item.classes)


# --- synthetic data


@pytest.mark.parametrize("name", SYNTHETIC)
def test_another_seed_gives_other_rows(name):
    X, y, *_ = draw(name, seed=1)
    X_other, y_other, *_ = draw(name, seed=2)
    assert not np.isin(X[:, 0], X_other[:, 0]).any()
    assert name not in CURVES or not np.array_equal(y, y_other)


@pytest.mark.parametrize("name", SYNTHETIC)
def test_test_rows_are_fresh_and_of_a_fixed_number(name):
    X, _, X_test, y_test = draw(name, n=7)
    assert len(y_test) == TEST_ROWS
    assert not np.isin(X[:, 0], X_test[:, 0]).any()


@pytest.mark.parametrize("name", SYNTHETIC)
@pytest.mark.parametrize(("n", "more"), [(1, 2), (60, 61), (60, 2000)])
def test_more_rows_keep_the_earlier_ones(name, n, more):
    X, y, *test = draw(name, n=n)
    X_more, y_more, *test_more = draw(name, n=more)
    d = len(DATASETS[name].features)
    assert X.shape == (n, d)
    assert X_more.shape == (more, d)
    np.testing.assert_array_equal(X_more[:n], X)
    np.testing.assert_array_equal(y_more[:n], y)
    for one, other in zip(test, test_more, strict=True):
        np.testing.assert_array_equal(one, other)


@pytest.mark.parametrize("name", CURVES)
def test_positions_are_uniform_on_minus_two_to_two(name):
    X = np.sort(draw(name, n=2000)[0][:, 0])
    assert X[0] >= -2
    assert X[-1] <= 2
    # Kolmogorov-Smirnov: the distance exceeds 1.95 / sqrt(n) with probability 0.001
    ranks = (np.arange(2000) + 0.5) / 2000
    assert np.abs((X + 2) / 4 - ranks).max() < 1.95 / np.sqrt(2000)


@pytest.mark.parametrize("name", CURVES)
def test_no_setting_but_n_moves_the_positions(name):
    X, *_ = draw(name)
    for p in DATASETS[name].params:
        if p.name != "n":
            np.testing.assert_array_equal(draw(name, **{p.name: p.high})[0], X)


@pytest.mark.parametrize("name", NOISY)
def test_without_noise_the_rows_lie_on_the_truth(name):
    X, y, X_test, y_test = draw(name, noise=0.0)
    np.testing.assert_array_equal(y, truth(name, X))
    np.testing.assert_array_equal(y_test, truth(name, X_test))


@pytest.mark.parametrize("name", NOISY)
def test_noise_scales_the_same_deviates(name):
    scale = np.log if name == "exponential_growth" else np.asarray
    clean, single, double = (scale(draw(name, noise=v)[1]) for v in (0.0, 0.5, 1.0))
    np.testing.assert_allclose(double - clean, 2 * (single - clean), rtol=1e-9, atol=1e-12)
    assert np.ptp(single - clean) > 0


@pytest.mark.parametrize("name", [name for name in CURVES if name not in TRUTH_IS_THE_MEAN])
def test_truth_is_the_median_given_x(name):
    """Of m independent rows, the share below the median deviates by sqrt(1/4m) as a rule."""
    X, y, *_ = draw(name, n=40_000)
    median = truth(name, X)
    for low in (-2, -1, 0, 1):
        here = (X[:, 0] >= low) & (X[:, 0] < low + 1)
        below = np.mean(y[here] < median[here])
        assert abs(below - 0.5) < 4 * np.sqrt(0.25 / here.sum())


def test_the_truth_of_counts_is_their_mean_and_variance():
    X, y, *_ = draw("counts", n=40_000)
    rate = np.exp(1.0 + 0.8 * X[:, 0])
    np.testing.assert_allclose(truth("counts", X), rate)
    np.testing.assert_array_equal(y, np.round(y))
    assert y.min() == 0
    # of a Poisson count: mean = variance = rate; (y - rate)^2 has variance rate + 2 rate^2
    m = len(y)
    assert abs(np.mean(y - rate)) < 4 * np.sqrt(rate.mean() / m)
    excess = (y - rate) ** 2 - rate
    assert abs(excess.mean()) < 4 * np.sqrt(np.mean(rate + 2 * rate**2) / m)


def test_the_highest_rate_of_counts_is_not_cut_off():
    X, y, *_ = draw("counts", n=2000, slope=1.0, intercept=2.0)
    far = X[:, 0] > 1.8
    rate = np.exp(2.0 + X[far, 0])
    assert abs(np.mean(y[far] - rate)) < 4 * np.sqrt(rate.mean() / far.sum())


def test_counts_rise_with_the_rate_row_by_row():
    low, high = draw("counts", intercept=1.0)[1], draw("counts", intercept=1.5)[1]
    assert (high >= low).all()
    assert (high > low).any()


def test_the_line_follows_its_slope_and_intercept():
    # hand-computed: -1 + 3 * (0, 1, -2) = -1, 2, -7
    X = np.array([[0.0], [1.0], [-2.0]])
    y = truth("line", X, slope=3.0, intercept=-1.0)
    np.testing.assert_array_equal(y, [-1.0, 2.0, -7.0])


@pytest.mark.parametrize(
    ("name", "at_minus_two", "at_zero", "at_one"),
    [
        ("line", -3, 1, 3),
        ("sine", 0, 0, 2),  # 2 sin(pi / 2)
        ("cubic", -4, 0, -1),  # -8 + 4; 1 - 2
        ("step_function", -1, 1, 1),
        ("heteroscedastic", -3, 1, 3),
        ("exponential_growth", 0.10011980, 3, 16.4218417),  # 3 / e^3.4; 3 e^1.7
        ("counts", 0.54881164, 2.71828183, 6.04964746),  # e^-0.6; e; e^1.8
        ("skewed", -3, 1, 3),
    ],
)
def test_truths_at_points_computed_by_hand(name, at_minus_two, at_zero, at_one):
    y = truth(name, np.array([[-2.0], [0.0], [1.0]]))
    np.testing.assert_allclose(y, [at_minus_two, at_zero, at_one], rtol=1e-7, atol=1e-12)


def test_heteroscedastic_noise_grows_with_x():
    X, y, *_ = draw("heteroscedastic", n=40_000)
    deviate = (y - 1 - 2 * X[:, 0]) / (1 + 0.4 * X[:, 0])
    for low in (-2, -1, 0, 1):
        here = deviate[(X[:, 0] >= low) & (X[:, 0] < low + 1)]
        assert abs(here.std() - 1) < 4 * np.sqrt(0.5 / len(here))


def test_skewed_noise_has_the_mean_and_the_quantile_that_its_notes_state():
    X, y, *_ = draw("skewed", n=40_000)
    residual = y - 1 - 2 * X[:, 0]
    assert residual.min() >= -np.log(2)
    assert abs(residual.mean() - 0.31) < 4 / np.sqrt(40_000) + 0.005
    assert abs(np.mean(residual < 1.61) - 0.9) < 4 * np.sqrt(0.09 / 40_000)


def test_exponential_growth_spans_decades_and_stays_positive():
    _, y, *_ = draw("exponential_growth", n=2000)
    assert y.min() > 0
    assert np.log10(y.max() / y.min()) > 3


# --- real data


@pytest.mark.parametrize("name", REAL)
def test_real_rows_cannot_be_changed_by_accident(name):
    X, y, *_ = draw(name, test=0.0)
    with pytest.raises(ValueError, match="read-only"):
        X[0] = 0.0
    with pytest.raises(ValueError, match="read-only"):
        y[0] = 0.0


@pytest.mark.parametrize("name", SHIPPED)
def test_the_small_classics_train_and_test_on_all_rows(name):
    X, y, X_test, y_test = draw(name)
    np.testing.assert_array_equal(X, X_test)
    np.testing.assert_array_equal(y, y_test)


@pytest.mark.parametrize("name", REAL)
def test_held_out_rows_and_training_rows_are_all_rows_once(name):
    X, y, X_test, y_test = draw(name, test=0.3)
    X_all, y_all, *_ = draw(name, test=0.0)
    assert len(y_test) == round(0.3 * len(y_all))
    parts = np.column_stack([np.vstack([X, X_test]), np.concatenate([y, y_test])])
    every = np.column_stack([X_all, y_all])
    np.testing.assert_array_equal(parts[np.lexsort(parts.T)], every[np.lexsort(every.T)])


def test_diabetes_holds_out_a_quarter_of_442_patients():
    X, _, _, y_test = draw("diabetes")
    assert X.shape == (332, 10)
    assert len(y_test) == 110
    everyone = draw("diabetes", test=0.0)[1]
    # mean 152.13; "25 through 346", says scikit-learn's description of the data
    assert everyone.mean() == pytest.approx(152.13, abs=0.005)
    assert (everyone.min(), everyone.max()) == (25, 346)


@pytest.mark.parametrize(
    ("name", "rows", "feature_sums", "target_sum"),
    [
        ("stars_cyg", 47, [202.57], 235.57),
        ("phones", 24, [1476], 1199.8),
        ("anscombe_1", 11, [99], 82.51),
        ("anscombe_2", 11, [99], 82.51),
        ("anscombe_3", 11, [99], 82.50),
        ("anscombe_4", 11, [99], 82.51),
        ("engel", 235, [230881.17], 146675.28),
        ("stack_loss", 21, [1269, 443, 1812], 368),
    ],
)
def test_shipped_columns_add_up(name, rows, feature_sums, target_sum):
    X, y, *_ = draw(name)
    assert X.shape == (rows, len(feature_sums))
    np.testing.assert_allclose(X.sum(axis=0), feature_sums, atol=0.006)
    assert y.sum() == pytest.approx(target_sum, abs=0.006)


@pytest.mark.parametrize(
    ("name", "intercept", "slopes", "digits"),
    [
        # Rousseeuw & Leroy (1987), pp. 27-28: y = -0.413 x + 6.793
        ("stars_cyg", 6.793, [-0.4133], (3, 4)),
        # Rousseeuw & Leroy (1987), pp. 25-26: y = 0.504 x - 26.01, there in tens of millions
        ("phones", -260.06, [5.04], (2, 2)),
        # Koenker & Bassett (1982); Koenker (2005), Quantile Regression, and R's quantreg
        ("engel", 147.4754, [0.4852], (4, 4)),
        # Brownlee (1965); R's help page of stackloss
        ("stack_loss", -39.9197, [0.7156, 1.2953, -0.1521], (4, 4)),
    ],
)
def test_least_squares_gives_the_published_fit(name, intercept, slopes, digits):
    X, y, *_ = draw(name)
    fit = LinearRegression().fit(X, y)
    assert round(fit.intercept_, digits[0]) == intercept
    np.testing.assert_array_equal(np.round(fit.coef_, digits[1]), slopes)


@pytest.mark.parametrize("k", [1, 2, 3, 4])
def test_anscombe_sets_share_their_published_summary(k):
    """Anscombe (1973), p. 19: means 9.0 and 7.5, y = 3 + 0.5 x, sum of squares of x 110."""
    X, y, *_ = draw(f"anscombe_{k}")
    fit = LinearRegression().fit(X, y)
    assert X.mean() == 9
    assert X.var(ddof=1) == pytest.approx(11)
    assert y.mean() == pytest.approx(7.50, abs=0.005)
    assert fit.coef_[0] == pytest.approx(0.500, abs=0.0005)
    assert fit.intercept_ == pytest.approx(3.00, abs=0.005)
    assert np.corrcoef(X[:, 0], y)[0, 1] == pytest.approx(0.816, abs=0.001)


def median_line(name, quantile=0.5):
    X, y, *_ = draw(name)
    fit = QuantileRegressor(quantile=quantile, alpha=0.0, solver="highs").fit(X, y)
    return fit.intercept_, fit.coef_[0]


def test_engel_median_regression_is_the_published_one():
    """Koenker & Bassett (1982); quantreg's rq(foodexp ~ income): 81.48225, 0.56018."""
    assert median_line("engel") == pytest.approx((81.4822, 0.5602), abs=6e-5)


def test_the_notes_on_the_real_data_are_true():
    stars, phones, third = map(median_line, ("stars_cyg", "phones", "anscombe_3"))
    assert stars[1] < 0, "absolute error is turned by the giants too"
    assert 1 < phones[1] < 2, "absolute error stays near the growth of the good years"
    assert third == pytest.approx((4.01, 0.345), abs=1e-6)
    assert median_line("engel", 0.9)[1] > 1.5 * median_line("engel", 0.1)[1]
