"""Every registered kind of outliers spoils what it says, and nothing else."""

import itertools

import numpy as np
import pytest

from lossviz.items.outliers import OUTLIERS

SPOILING = [name for name, item in OUTLIERS.items() if item.task == "regression"]
SIZED = [name for name in SPOILING if any(p.name == "size" for p in OUTLIERS[name].params)]
LABELS = [name for name, item in OUTLIERS.items() if item.task == "multiclass"]


def defaults(name, **changes):
    return {param.name: param.default for param in OUTLIERS[name].params} | changes


def spoil(name, X, y, seed=0, **changes):
    rng = np.random.default_rng(seed)
    return OUTLIERS[name].function(rng, X, y, **defaults(name, **changes))


def clean(n=60, d=1, seed=5):
    rng = np.random.default_rng(seed)
    X = rng.uniform(-2, 2, (n, d))
    return X, 1 + X @ np.arange(2.0, 2.0 + d) + 0.5 * rng.standard_normal(n)


def words(name):
    """Every combination of the kind's choices."""
    options = [[(p.name, c) for c in p.choices] for p in OUTLIERS[name].params if p.choices]
    return [dict(combination) for combination in itertools.product(*options)]


CASES = [(name, choice) for name in SPOILING for choice in words(name)]
EDGES = {
    "one row": (np.array([[3.0]]), np.array([2.0])),
    "two rows": (np.array([[0.0], [1.0]]), np.array([1.0, 2.0])),
    "all x equal": (np.full((9, 2), 0.1), np.arange(9.0)),
    "constant y": (np.linspace(-1, 1, 9)[:, None], np.full(9, 0.1)),
    "all the same": (np.full((9, 1), 0.1), np.full(9, 0.1)),
    "more features than rows": clean(3, 7),
    "whole numbers": (np.arange(6)[:, None], np.arange(6)),
}


@pytest.mark.parametrize("name", OUTLIERS)
@pytest.mark.parametrize(("n", "d"), [(1, 1), (2, 1), (60, 1), (61, 4)])
def test_shapes_and_types_stay_and_the_clean_rows_are_untouched(name, n, d):
    X, y = clean(n, d)
    before = X.copy(), y.copy()
    X.flags.writeable = y.flags.writeable = False
    X_new, y_new, mask = spoil(name, X, y)
    np.testing.assert_array_equal(X, before[0])
    np.testing.assert_array_equal(y, before[1])
    assert not np.shares_memory(X, X_new)
    assert not np.shares_memory(y, y_new)
    assert (X_new.shape, y_new.shape, mask.shape) == ((n, d), (n,), (n,))
    assert (X_new.dtype, y_new.dtype, mask.dtype) == (np.float64, np.float64, np.bool_)


@pytest.mark.parametrize("name", OUTLIERS)
def test_every_kind_tells_what_it_is(name):
    item = OUTLIERS[name]
    assert item.label
    assert item.notes.endswith((".", ".)"))
    assert item.function.__doc__
    assert all(p.label and p.help for p in item.params)


@pytest.mark.parametrize("d", [1, 3])
@pytest.mark.parametrize(("name", "choice"), CASES)
def test_the_mask_marks_exactly_the_changed_rows(name, choice, d):
    X, y = clean(d=d)
    X_new, y_new, mask = spoil(name, X, y, share=0.3, **choice)
    changed = (X_new != X).any(axis=1) | (y_new != y)
    np.testing.assert_array_equal(mask, changed)
    assert mask.sum() == 18  # 0.3 * 60


@pytest.mark.parametrize("name", OUTLIERS)
def test_the_same_seed_spoils_the_same_rows_and_another_seed_others(name):
    X, y = clean()
    one, same, other = (spoil(name, X, y, seed=s) for s in (1, 1, 2))
    for a, b in zip(one, same, strict=True):
        np.testing.assert_array_equal(a, b)
    assert name == "none" or not np.array_equal(one[2], other[2])


@pytest.mark.parametrize(
    ("n", "share", "count"),
    [
        (60, 0.0, 0),
        (60, 0.001, 1),  # at least one
        (60, 0.15, 9),
        (60, 0.49, 29),
        (5, 0.49, 2),
        (3, 0.49, 1),  # never more than half
        (2, 0.1, 1),
        (1, 0.49, 0),  # a single row stays clean
    ],
)
@pytest.mark.parametrize("name", SPOILING)
def test_the_share_fixes_the_count(name, n, share, count):
    assert spoil(name, *clean(n), share=share)[2].sum() == count


@pytest.mark.parametrize("d", [1, 3])
@pytest.mark.parametrize(("name", "choice"), CASES)
def test_a_larger_share_keeps_the_spoiled_rows_where_they_were(name, choice, d):
    X, y = clean(d=d)
    X_few, y_few, few = spoil(name, X, y, share=0.1, **choice)
    for share in (0.12, 0.3, 0.49):
        X_many, y_many, many = spoil(name, X, y, share=share, **choice)
        assert (many & few).sum() == few.sum() < many.sum()
        np.testing.assert_array_equal(X_many[few], X_few[few])
        np.testing.assert_array_equal(y_many[few], y_few[few])


@pytest.mark.parametrize("case", EDGES)
@pytest.mark.parametrize(("name", "choice"), CASES)
def test_odd_data_gives_finite_rows_and_a_true_mask(name, choice, case):
    X, y = EDGES[case]
    X_new, y_new, mask = spoil(name, X, y, share=0.4, **choice)
    assert np.isfinite(X_new).all()
    assert np.isfinite(y_new).all()
    np.testing.assert_array_equal(mask, (X_new != X).any(axis=1) | (y_new != y))
    assert mask.any() == (len(y) > 1)


# --- no outliers


def test_none_changes_nothing():
    X, y = clean()
    X_new, y_new, mask = spoil("none", X, y)
    np.testing.assert_array_equal(X_new, X)
    np.testing.assert_array_equal(y_new, y)
    assert not mask.any()


# --- sizes, by hand: y = 0, 2, 4, 6 has mean 3, variance (9 + 1 + 1 + 9) / 4 = 5;
# x = 0, 1, 2, 3 has mean 1.5, variance 1.25 = (sqrt(5) / 2)^2; y rises with x
SMALL = np.array([[0.0], [1.0], [2.0], [3.0]]), np.array([0.0, 2.0, 4.0, 6.0])
ROOT5 = np.sqrt(5.0)


@pytest.mark.parametrize(("direction", "moves"), [("up", [3, 3]), ("down", [-3, -3])])
def test_vertical_moves_y_by_size_standard_deviations(direction, moves):
    X_new, y_new, mask = spoil("vertical", *SMALL, size=3.0, share=0.49, direction=direction)
    np.testing.assert_array_equal(X_new, SMALL[0])
    np.testing.assert_allclose(y_new[mask] - SMALL[1][mask], np.array(moves) * ROOT5)


def test_vertical_in_both_directions_is_balanced():
    X, y = clean()
    _, y_new, mask = spoil("vertical", X, y, direction="both", share=0.3)
    moved = y_new[mask] - y[mask]
    assert (moved > 0).sum() == (moved < 0).sum() == 9


def test_vertical_uses_the_unit_of_y_where_y_is_constant():
    _, y_new, mask = spoil("vertical", *EDGES["constant y"], size=2.0)
    np.testing.assert_allclose(y_new[mask], 0.1 + 2.0)


@pytest.mark.parametrize(("where", "sign"), [("left", 1), ("right", -1)])
def test_vertical_at_one_end_stays_in_its_outer_third(where, sign):
    X, y = clean(60, 2)
    first = set()
    for seed in range(20):
        mask = spoil("vertical", X, y, seed=seed, where=where, share=0.1)[2]
        assert (np.argsort(np.argsort(sign * X[:, 0]))[mask] < 20).all()
        first.add(tuple(np.flatnonzero(mask)))
    assert len(first) > 1, "which rows of the third is left to chance"


@pytest.mark.parametrize(("where", "sign"), [("left", 1), ("right", -1)])
def test_vertical_beyond_a_third_takes_the_rows_nearest_to_that_end(where, sign):
    X, y = clean(60)
    mask = spoil("vertical", X, y, where=where, share=0.49)[2]
    assert set(np.flatnonzero(mask)) == set(np.argsort(sign * X[:, 0])[:29])


@pytest.mark.parametrize("rising", [1.0, -1.0])
def test_leverage_moves_x_out_and_y_against_the_trend(rising):
    X, y = SMALL[0], rising * SMALL[1]
    X_new, y_new, mask = spoil("leverage", X, y, size=3.0, share=0.49)
    np.testing.assert_allclose(X_new[mask] - X[mask], 3 * ROOT5 / 2)
    np.testing.assert_allclose(y_new[mask] - y[mask], -rising * 3 * ROOT5)


def test_leverage_moves_only_the_first_feature():
    X, y = clean(d=3)
    X_new, *_ = spoil("leverage", X, y)
    np.testing.assert_array_equal(X_new[:, 1:], X[:, 1:])


def test_leverage_goes_against_the_effect_of_the_first_feature_not_its_correlation():
    # x2 = 2 x1 + small and y = -x1 + 3 x2: y rises with x1, yet its effect at fixed x2 is -1
    rng = np.random.default_rng(3)
    x1 = rng.uniform(-2, 2, 40)
    x2 = 2 * x1 + 0.1 * rng.standard_normal(40)
    X, y = np.column_stack([x1, x2]), -x1 + 3 * x2
    _, y_new, mask = spoil("leverage", X, y)
    assert (y_new[mask] > y[mask]).all()


@pytest.mark.parametrize("rising", [1.0, -1.0])
def test_a_cluster_lies_size_standard_deviations_off_the_mean(rising):
    X, y = np.tile(SMALL[0], (500, 1)), rising * np.tile(SMALL[1], 500)
    X_new, y_new, mask = spoil("cluster", X, y, size=2.0, share=0.49)
    # centre x = 1.5 + 2 sqrt(5) / 2, y = 3 - 2 sqrt(5) (times the trend), width 0.1 sd; 980 rows
    slack = 4 * 0.1 / np.sqrt(980)
    assert X_new[mask].mean() == pytest.approx(1.5 + ROOT5, abs=slack * ROOT5 / 2)
    assert y_new[mask].mean() == pytest.approx(rising * (3 - 2 * ROOT5), abs=slack * ROOT5)
    # the standard deviation of m normal deviates varies by 1 / sqrt(2 m) of itself
    wide = 4 / np.sqrt(2 * 980)
    assert X_new[mask].std() == pytest.approx(0.1 * ROOT5 / 2, rel=wide)
    assert y_new[mask].std() == pytest.approx(0.1 * ROOT5, rel=wide)


def test_a_cluster_is_tight_in_every_feature():
    X, y = clean(200, 3)
    X_new, _, mask = spoil("cluster", X, y)
    assert (X_new[mask].std(axis=0) < 0.2 * X.std(axis=0)).all()
    np.testing.assert_allclose(X_new[mask][:, 1:].mean(axis=0), X[:, 1:].mean(axis=0), atol=0.1)


@pytest.mark.parametrize("name", SIZED)
def test_spoiled_rows_lie_off_the_clean_least_squares_plane(name):
    X, y = clean(60, 3)
    design = np.column_stack([np.ones(60), X])
    theta = np.linalg.lstsq(design, y, rcond=None)[0]
    X_new, y_new, mask = spoil(name, X, y)
    residual = np.abs(y_new - np.column_stack([np.ones(60), X_new]) @ theta)
    assert residual[mask].min() > residual[~mask].max()


def test_the_kinds_that_move_rows_far_off_have_a_size():
    assert SIZED[:3] == ["vertical", "leverage", "cluster"]


# --- classes


def classes(n=60, d=2, K=3, seed=5):
    """Clouds around (k, 2 k, 0, ...), labels in turn, in features of quite different units."""
    rng = np.random.default_rng(seed)
    y = np.arange(n) % K * 1.0
    X = rng.standard_normal((n, d)) + np.outer(y, [1.0, 2.0, *[0.0] * d][:d])
    return X * np.logspace(0, 2, d), y


LABEL_EDGES = {
    "a class of one": (np.arange(9.0)[:, None], np.array([1.0] + [0.0] * 8)),
    "two rows": (np.array([[0.0], [1.0]]), np.array([0.0, 1.0])),
    "all x equal": (np.full((9, 2), 0.1), np.arange(9) % 3 * 1.0),
    "a constant feature": (np.column_stack([np.full(9, 0.1), np.arange(9)]), np.arange(9) % 2),
    "equal means": (np.array([[-1.0], [1.0], [-2.0], [2.0]]), np.array([0.0, 0.0, 1.0, 1.0])),
    "a class is missing": (classes(9)[0], np.array([0.0, 2.0, 5.0] * 3)),
    "more features than rows": classes(3, 7),
}


@pytest.mark.parametrize("name", LABELS)
@pytest.mark.parametrize("K", [2, 3, 8])
@pytest.mark.parametrize("d", [1, 2, 30])
def test_the_share_of_class_rows_is_spoiled_and_marked(name, K, d):
    X, y = classes(60, d, K)
    X_new, y_new, mask = spoil(name, X, y, share=0.3)
    np.testing.assert_array_equal(mask, (X_new != X).any(axis=1) | (y_new != y))
    assert mask.sum() == 18  # 0.3 * 60
    assert np.isin(y_new, y).all()


@pytest.mark.parametrize("name", LABELS)
@pytest.mark.parametrize(
    ("n", "share", "count"), [(60, 0.0, 0), (60, 0.001, 1), (60, 0.49, 29), (5, 0.49, 2)]
)
def test_the_share_fixes_the_count_of_class_rows(name, n, share, count):
    assert spoil(name, *classes(n), share=share)[2].sum() == count


@pytest.mark.parametrize("name", LABELS)
@pytest.mark.parametrize("K", [2, 3])
def test_a_larger_share_keeps_the_spoiled_class_rows_as_they_were(name, K):
    X, y = classes(K=K)
    X_few, y_few, few = spoil(name, X, y, share=0.1)
    for share in (0.12, 0.3, 0.49):
        X_many, y_many, many = spoil(name, X, y, share=share)
        assert (many & few).sum() == few.sum() < many.sum()
        np.testing.assert_array_equal(X_many[few], X_few[few])
        np.testing.assert_array_equal(y_many[few], y_few[few])


@pytest.mark.parametrize("name", LABELS)
def test_one_class_only_is_left_as_it_is(name):
    X = classes()[0]
    X_new, y_new, mask = spoil(name, X, np.zeros(60))
    np.testing.assert_array_equal(X_new, X)
    np.testing.assert_array_equal(y_new, 0)
    assert not mask.any()
    assert not np.shares_memory(X, X_new)


@pytest.mark.parametrize("case", LABEL_EDGES)
@pytest.mark.parametrize("name", LABELS)
@pytest.mark.parametrize("seed", range(5))
def test_odd_class_data_gives_finite_rows_and_a_true_mask(name, case, seed):
    X, y = LABEL_EDGES[case]
    X_new, y_new, mask = spoil(name, X, y, seed, share=0.4)
    assert np.isfinite(X_new).all()
    assert np.isin(y_new, y).all()
    assert (X_new.dtype, y_new.dtype) == (np.float64, np.float64)
    np.testing.assert_array_equal(mask, (X_new != X).any(axis=1) | (y_new != y))
    assert mask.any()


def test_label_flips_change_labels_alone_and_reach_every_other_class_alike():
    X, y = classes(3000)
    X_new, y_new, mask = spoil("label_flips", X, y, share=0.4)
    np.testing.assert_array_equal(X_new, X)
    assert (y_new[mask] != y[mask]).all()
    # each of the 6 ways from class to class has 1200 / 6 rows, give or take sqrt(200)
    ways = np.bincount((3 * y[mask] + y_new[mask]).astype(int), minlength=9)
    np.testing.assert_array_equal(ways[[0, 4, 8]], 0)
    np.testing.assert_allclose(ways[[1, 2, 3, 5, 6, 7]], 200, atol=4 * np.sqrt(200))


def test_mislabelled_rows_lie_beyond_the_other_class_by_hand():
    # x = 0, 2, 6, 8 in classes 0, 0, 1, 1: means 1 and 7, mean 4, variance (16 + 4 + 4 + 16) / 4
    X, y = np.array([[0.0], [2.0], [6.0], [8.0]]), np.array([0.0, 0.0, 1.0, 1.0])
    X_new, y_new, mask = spoil("mislabelled", X, y, size=3.0, share=0.49)
    step = 6 + 3 * np.sqrt(10)
    expected = X[:, 0] + np.where(y == 0, step, -step)
    np.testing.assert_allclose(X_new[mask, 0], expected[mask])
    np.testing.assert_array_equal(y_new, y)


def test_mislabelled_rows_move_along_the_line_between_the_means_in_units_of_the_features():
    X, y = classes(2000, K=2)
    X_new, _, mask = spoil("mislabelled", X, y, size=3.0, share=0.1)
    Z, moved = X / X.std(axis=0), (X_new - X)[mask] / X.std(axis=0)
    line = Z[y == 1].mean(axis=0) - Z[y == 0].mean(axis=0)
    apart = np.linalg.norm(line)
    sign = np.where(y[mask] == 0, 1.0, -1.0)
    expected = (1 + 3.0 * np.std(Z @ line) / apart**2) * np.outer(sign, line)
    np.testing.assert_allclose(moved, expected)


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("size", [0.5, 4.0])
def test_a_wrong_cluster_is_a_tight_blob_of_one_class_behind_another(seed, size):
    X, y = classes(2000)
    X_new, y_new, mask = spoil("wrong_cluster", X, y, seed, share=0.4, size=size)
    [label] = np.unique(y_new[mask])
    spread = X.std(axis=0)
    blob = X_new[mask] / spread
    # of 800 normal deviates the standard deviation varies by 1 / sqrt(1600) of itself
    np.testing.assert_allclose(blob.std(axis=0), 0.1, rtol=4 / np.sqrt(1600))
    means = np.array([X[y == k].mean(axis=0) / spread for k in range(3)])
    nearest = np.linalg.norm(means - blob.mean(axis=0), axis=1)
    candidates = []
    for place in {0, 1, 2} - {int(label)}:
        line = means[place] - means[int(label)]
        unit = line / np.linalg.norm(line)
        candidates.append(means[place] + size * np.std(X / spread @ unit) * unit)
    gaps = np.linalg.norm(np.array(candidates) - blob.mean(axis=0), axis=1)
    assert gaps.min() < 4 * 0.1 * np.sqrt(2 / 800)
    assert nearest.argmin() != label


def test_another_seed_chooses_other_classes_for_the_wrong_cluster():
    X, y = classes()
    spoiled = [spoil("wrong_cluster", X, y, seed) for seed in range(20)]
    assert {y_new[mask][0] for _, y_new, mask in spoiled} == {0.0, 1.0, 2.0}
