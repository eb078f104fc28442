"""Data with classes: counts, rates, geometry, and the rows that scikit-learn ships."""

import math
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
import sklearn.datasets
from scipy.special import ndtr
from sklearn.linear_model import LogisticRegression
from sklearn.preprocessing import PolynomialFeatures, StandardScaler
from suiting import OWN

from lossviz.items.datasets import DATASETS
from lossviz.items.datasets.base import TEST_ROWS
from lossviz.items.datasets.credit import EFFECTS

CLASSES = [name for name, item in DATASETS.items() if item.task != "regression"]
REAL = ["iris", "wine", "breast_cancer", "digits"]
DRAWN = [name for name in CLASSES if name not in REAL and name not in OWN]
BALANCED = ["blobs", "moons", "circles", "xor", "spirals", "overlapping"]


def defaults(name, **changes):
    return {param.name: param.default for param in DATASETS[name].params} | changes


def draw(name, seed: Any = 0, **changes):
    rng, fresh = np.random.default_rng([seed, 0]), np.random.default_rng([seed, 1])
    return DATASETS[name].draw(rng, fresh, defaults(name, **changes))[:4]


def accuracy(X, y, X_test, y_test):
    """The share of the test rows that unpenalised logistic regression gets right."""
    scale = StandardScaler().fit(X)
    fit = LogisticRegression(C=1e4, max_iter=5000).fit(scale.transform(X), y)
    return fit.score(scale.transform(X_test), y_test)


def best_line(X, y):
    """The largest share of rows that a line from a fine grid gets right, two features."""
    angles = np.linspace(0, 2 * np.pi, 120, endpoint=False)
    heights = X @ [np.cos(angles), np.sin(angles)]
    cuts = np.linspace(-3, 3, 121)
    return max(np.mean((heights > cut) == y[:, None], axis=0).max() for cut in cuts)


# --- all class data


@pytest.mark.parametrize("name", CLASSES)
@pytest.mark.parametrize("seed", range(5))
def test_labels_number_the_classes_and_all_of_them_are_there(name, seed):
    used = defaults(name).get("classes", len(DATASETS[name].classes))
    _, y, _, y_test = draw(name, seed)
    np.testing.assert_array_equal(np.unique(y), np.arange(used))
    np.testing.assert_array_equal(np.unique(y_test), np.arange(used))


@pytest.mark.parametrize("name", BALANCED)
@pytest.mark.parametrize("n", [1, 2, 7, 200])
def test_classes_are_as_even_as_the_rows_allow(name, n):
    counts = np.bincount(draw(name, n=n)[1].astype(int))
    assert counts.sum() == n
    if n >= 3:
        assert np.ptp(counts) <= 1


@pytest.mark.parametrize("name", ["moons", "circles", "xor", "spirals"])
def test_noise_moves_the_same_points(name):
    clean, single, double = (draw(name, noise=v)[0] for v in (0.0, 0.5, 1.0))
    np.testing.assert_allclose(double - clean, 2 * (single - clean), rtol=1e-9, atol=1e-12)
    # of m normal deviates the standard deviation varies by 1 / sqrt(2 m) of itself
    assert (single - clean).std() == pytest.approx(0.5, rel=4 / np.sqrt(2 * clean.size))


@pytest.mark.parametrize("name", ["moons", "circles", "xor", "spirals"])
def test_both_features_are_centred_and_of_unit_size(name):
    X, *_ = draw(name, n=2000)
    np.testing.assert_allclose(X.mean(axis=0), 0, atol=0.25)
    assert (X.std(axis=0) > 0.5).all()
    assert (X.std(axis=0) < 1.5).all()


# --- shapes


@pytest.mark.parametrize("classes", [2, 3, 8])
def test_blobs_lie_evenly_on_a_circle(classes):
    X, y, *_ = draw("blobs", n=2000, classes=classes, spread=0.3)
    for k in range(classes):
        angle = 2 * math.pi * k / classes
        m = (y == k).sum()
        centre = 2 * math.cos(angle), 2 * math.sin(angle)
        np.testing.assert_allclose(X[y == k].mean(axis=0), centre, atol=4 * 0.3 / np.sqrt(m))
        np.testing.assert_allclose(X[y == k].std(axis=0), 0.3, rtol=4 / np.sqrt(2 * m))


def test_moons_without_noise_lie_on_scikit_learns_half_circles_centred():
    X, y, *_ = draw("moons", noise=0.0)
    theirs, labels = sklearn.datasets.make_moons(4002, shuffle=False)  # 2001 points an arc
    for k in (0, 1):
        gaps = X[y == k][:, None] - (theirs[labels == k] - [0.5, 0.25])
        nearest = np.hypot(*gaps.T).min(axis=0)
        assert nearest.max() < np.pi / 2000
        assert np.ptp(X[y == k][:, 0]) > 1.9


def test_circles_without_noise_have_their_two_radii():
    X, y, *_ = draw("circles", noise=0.0, factor=0.3)
    np.testing.assert_allclose(np.hypot(*X.T), np.where(y == 0, 2.0, 0.6), rtol=1e-12)


def test_xor_without_noise_asks_whether_the_signs_differ():
    X, y, *_ = draw("xor", noise=0.0)
    np.testing.assert_array_equal(y == 1, X[:, 0] * X[:, 1] < 0)
    assert np.abs(X).max() <= 2
    quadrants = np.bincount(((X > 0) @ [1, 2]).astype(int))
    np.testing.assert_array_equal(quadrants, [50, 50, 50, 50])


@pytest.mark.parametrize("turns", [0.5, 1.5, 3.0])
def test_spirals_without_noise_wind_as_often_as_asked(turns):
    X, y, *_ = draw("spirals", noise=0.0, turns=turns, n=2000)
    t = np.hypot(*X.T) / 2
    assert t.min() >= 0.1 - 1e-12
    assert t.max() <= 1 + 1e-12
    angle = 2 * np.pi * turns * t + np.pi * y
    unit = np.column_stack([np.cos(angle), np.sin(angle)])
    np.testing.assert_allclose(X, 2 * t[:, None] * unit, atol=1e-12)


@pytest.mark.parametrize("name", ["circles", "xor"])
def test_no_line_gets_more_than_two_thirds_right_and_a_trained_one_is_near_chance(name):
    X, y, X_test, y_test = draw(name, n=10_000, noise=0.0)
    # circles: the line x1 = 1 gets all of the inner and a third of the outer circle right.
    # xor: x1 + x2 = c gets (1 - c^2 / 8 + 2 (1 - (2 - c)^2 / 8)) / 4, at most 2/3, at c = 4/3.
    assert best_line(X, y) == pytest.approx(2 / 3, abs=4 * np.sqrt(2 / 9 / 10_000))
    assert accuracy(X, y, X_test, y_test) < 0.6
    square = PolynomialFeatures(2, include_bias=False).fit(X)
    assert accuracy(square.transform(X), y, square.transform(X_test), y_test) > 0.98


def test_moons_and_spirals_are_beyond_a_line_and_blobs_are_not():
    assert 0.8 < accuracy(*draw("moons", n=2000)) < 0.95
    assert accuracy(*draw("spirals", n=2000)) < 0.75
    assert accuracy(*draw("blobs", n=2000)) > 0.97


# --- overlap and imbalance


@pytest.mark.parametrize("distance", [0.0, 1.0, 2.0, 4.0])
def test_the_optimal_rule_errs_as_often_as_the_notes_say(distance):
    """Of m rows the error rate e deviates by sqrt(e (1 - e) / m) as a rule."""
    X, y, *_ = draw("overlapping", n=40_000, distance=distance)
    bayes = ndtr(-distance / 2)
    errors = np.mean((X[:, 0] > 0) != y)
    assert abs(errors - bayes) < 4 * np.sqrt(bayes * (1 - bayes) / len(y))


def test_the_bayes_error_at_the_default_distance_is_the_one_in_the_notes():
    assert f"{100 * ndtr(-1.0):.1f} percent at distance 2" in DATASETS["overlapping"].notes


def test_logistic_regression_finds_the_true_log_odds_of_overlapping_classes():
    X, y, *_ = draw("overlapping", n=40_000, distance=2.0)
    fit = LogisticRegression(C=np.inf).fit(X, y)
    # the information of a row is about p (1 - p) x x', no less than 0.1 in each direction
    np.testing.assert_allclose([*fit.intercept_, *fit.coef_[0]], [0, 2, 0], atol=4 / np.sqrt(4e3))


@pytest.mark.parametrize("n", [1, 5, 50, 200, 2000])
@pytest.mark.parametrize("ratio", [0.01, 0.1, 0.3, 0.5])
def test_the_rare_class_has_its_share_of_the_rows(n, ratio):
    y = draw("imbalanced", n=n, ratio=ratio)[1]
    assert abs(y.sum() - ratio * n) <= 0.5 + 1e-9


def test_few_rows_may_leave_the_rare_class_out():
    X, y, *_ = draw("imbalanced", n=20, ratio=0.01)
    assert X.shape == (20, 2)
    assert not y.any()


def test_a_smaller_ratio_moves_rows_to_the_common_class_and_leaves_the_scatter():
    X, y, *_ = draw("imbalanced", ratio=0.5)
    X_few, y_few, *_ = draw("imbalanced", ratio=0.1)
    assert (y_few.sum(), y.sum()) == (20, 100)
    moved = (y_few - y)[:, None] * [2.5, 0.0]
    np.testing.assert_allclose(X_few, X + moved, atol=1e-12)


def test_saying_common_always_is_right_for_nine_rows_of_ten():
    _, y, _, y_test = draw("imbalanced")
    assert np.mean(y == 0) == pytest.approx(0.9)
    assert np.mean(y_test == 0) == pytest.approx(0.9)


# --- credit default


@pytest.mark.parametrize("rate", [0.01, 0.05, 0.2, 0.5])
def test_the_default_rate_is_the_one_asked_for(rate):
    _, y, *_ = draw("credit_default", n=100_000, default_rate=rate)
    # the rows' own chance, and the crowd's by which the intercept was set
    slack = 4 * np.sqrt(rate * (1 - rate) * (1 / 100_000 + 1 / 2**16))
    assert abs(y.mean() - rate) < slack


def test_a_higher_default_rate_only_adds_defaults():
    counts = []
    for low, high in pairwise((0.05, 0.2, 0.5)):
        X, y, *_ = draw("credit_default", default_rate=low)
        X_more, y_more, *_ = draw("credit_default", default_rate=high)
        np.testing.assert_array_equal(X, X_more)
        assert (y_more >= y).all()
        counts += [y.sum(), y_more.sum()]
    assert counts[0] < counts[1] == counts[2] < counts[3]


def test_logistic_regression_recovers_the_effects_that_drew_the_defaults():
    X, y, *_ = draw("credit_default", n=100_000)
    scale = StandardScaler().fit(X)
    Z = scale.transform(X)
    fit = LogisticRegression(C=np.inf, max_iter=1000).fit(Z, y)
    p = fit.predict_proba(Z)[:, 1]
    design = np.column_stack([np.ones(len(y)), Z])
    covariance = np.linalg.inv(design.T @ ((p * (1 - p))[:, None] * design))
    errors = np.sqrt(np.diag(covariance))[1:]
    truth = np.array(list(EFFECTS.values())) * scale.scale_
    assert (np.abs(fit.coef_[0] - truth) < 4 * errors).all()
    assert (np.sign(fit.coef_[0]) == np.sign(truth)).all()


def test_applicants_have_possible_values():
    X, *_ = draw("credit_default", n=20_000)
    age, income, history, debt, used, late, applications = X.T
    assert age.min() >= 21
    assert age.max() <= 70
    assert income.min() > 0
    assert np.median(income) == pytest.approx(32, rel=0.02)
    assert history.min() >= 0
    assert (history <= age - 18).all()
    for percent in (debt, used):
        assert percent.min() > 0
        assert percent.max() < 100
    for count, most in ((late, 24), (applications, np.inf)):
        np.testing.assert_array_equal(count, np.floor(count))
        assert count.min() == 0
        assert count.max() <= most
    assert np.corrcoef(used, late)[0, 1] > 0.2


# --- real data


@pytest.mark.parametrize(
    ("name", "counts"),
    [
        ("iris", [50, 50, 50]),
        ("wine", [59, 71, 48]),
        ("breast_cancer", [357, 212]),
        ("digits", [178, 182, 177, 183, 181, 182, 181, 179, 174, 180]),
    ],
)
def test_real_rows_are_scikit_learns_with_the_published_class_sizes(name, counts):
    X, y, *_ = draw(name, test=0.0)
    theirs, labels = getattr(sklearn.datasets, f"load_{name}")(return_X_y=True)
    np.testing.assert_array_equal(X, theirs / 16 if name == "digits" else theirs)
    np.testing.assert_array_equal(y, 1 - labels if name == "breast_cancer" else labels)
    np.testing.assert_array_equal(np.bincount(y.astype(int)), counts)


@pytest.mark.parametrize("name", REAL)
def test_a_quarter_is_held_out(name):
    _, y, _, y_test = draw(name)
    assert len(y_test) == round(0.25 * (len(y) + len(y_test)))


def test_names_are_scikit_learns_in_its_order():
    iris, cancer = sklearn.datasets.load_iris(), sklearn.datasets.load_breast_cancer()
    assert DATASETS["iris"].features == tuple(iris.feature_names)
    assert DATASETS["iris"].classes == tuple(iris.target_names)
    assert DATASETS["breast_cancer"].features == tuple(cancer.feature_names)
    assert DATASETS["breast_cancer"].classes == tuple(cancer.target_names[::-1])
    wine = [name.split()[0] for name in DATASETS["wine"].features]
    assert wine[:5] == ["alcohol", "malic", "ash", "alcalinity", "magnesium"]
    assert wine[-3:] == ["hue", "OD280/OD315", "proline"]
    assert len(wine) == 13


def test_only_digits_are_pictures_row_by_row_with_ink_from_0_to_1():
    assert [name for name, item in DATASETS.items() if item.image] == ["digits"]
    item = DATASETS["digits"]
    X, *_ = draw("digits", test=0.0)
    assert item.image == (8, 8)
    assert item.features.index("pixel 2,3") == 2 * 8 + 3
    assert (X.min(), X.max()) == (0, 1)
    pictures = sklearn.datasets.load_digits().images / 16
    np.testing.assert_array_equal(X.reshape(-1, *item.image), pictures)


def test_only_digits_and_drawn_planes_are_trained_on_unscaled():
    scaled = [name for name in CLASSES if DATASETS[name].standardise and name not in OWN]
    assert scaled == ["credit_default", "iris", "wine", "breast_cancer"]


def test_the_notes_on_the_real_data_are_true():
    def separable(X, y):
        Z = StandardScaler().fit_transform(X)
        return LogisticRegression(C=1e8, max_iter=10_000).fit(Z, y).score(Z, y) == 1

    X, y, *_ = draw("iris", test=0.0)
    assert separable(X[:, 2:], y == 0), "petals tell setosa apart"
    assert not separable(X[y > 0], y[y > 0]), "the other two overlap"
    X, y, *_ = draw("wine", test=0.0)
    assert separable(X, y)
    assert (X[:, 12].max(), round(X[:, 10].max(), 1)) == (1680, 1.7)
    X, y, X_test, y_test = draw("digits")
    fit = LogisticRegression(max_iter=2000).fit(X, y)
    assert fit.score(X_test, y_test) == pytest.approx(0.955, abs=0.025)


@pytest.mark.parametrize("name", DRAWN)
def test_test_rows_follow_the_same_shares(name):
    *_, y_test = draw(name, n=1)
    assert len(y_test) == TEST_ROWS
    counts = np.bincount(y_test.astype(int)) / TEST_ROWS
    rate = {"imbalanced": 0.1, "credit_default": 0.2}.get(name, 1 / len(counts))
    assert counts[-1] == pytest.approx(rate, abs=4 * np.sqrt(0.25 / TEST_ROWS))
