"""Changes to rows, on a chart and in a table editor."""

import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lossviz import Experiment, sample
from lossviz.items.datasets import DATASETS
from lossviz.items.datasets.table import MOST_CLASSES, Table, keep, table_of
from lossviz.tables import (
    FileFault,
    added,
    as_columns,
    from_columns,
    from_sample,
    is_drawable,
    moved,
    removed,
    toggled,
)

NUMBERS = toggled(table_of(str(DATASETS["table"].params[0].default)), 7)
TWO, SEVERAL = (
    table_of(str(DATASETS[name].params[0].default)) for name in ("table_binary", "table_classes")
)
TABLES = {"numbers": NUMBERS, "two classes": TWO, "several classes": SEVERAL}
wide = Table(np.arange(12.0).reshape(6, 2), np.arange(6.0), np.zeros(6, bool), ("a", "b"))


def same(one: Table, other: Table) -> bool:
    arrays = all(np.array_equal(getattr(one, k), getattr(other, k)) for k in ("X", "y", "marked"))
    names = ("features", "target", "classes", "name")
    return arrays and all(getattr(one, k) == getattr(other, k) for k in names)


@pytest.fixture(params=TABLES)
def table(request):
    return TABLES[request.param]


# ---------------------------------------------------------------- on the chart


def test_a_moved_row_is_where_it_was_put_and_the_others_stay(table):
    other = moved(table, 3, 2.25, -1.5)
    up = other.X[:, 1] if table.classes else other.y
    assert (other.X[3, 0], up[3]) == (2.25, -1.5)
    still = np.arange(len(table.y)) != 3
    np.testing.assert_array_equal(other.X[still], table.X[still])
    np.testing.assert_array_equal(other.y[still], table.y[still])
    assert not table.classes or other.y[3] == table.y[3]


def test_no_change_touches_the_table_that_it_starts_from(table):
    before = as_columns(table)
    moved(table, 0, 9, 9), added(table, 9, 9), removed(table, 0), toggled(table, 0)
    assert as_columns(table) == before


@given(st.floats(-1e12, 1e12), st.floats(1e-6, 1e9))
def test_a_place_is_rounded_to_a_thousandth_of_its_axis(x, spread):
    line = Table(np.array([[0.0], [spread]]), np.array([0.0, 1.0]), np.zeros(2, bool))
    there = float(moved(line, 0, x, 0.5).X[0, 0])
    # Half a unit of the fourth digit, which is a thousandth of the spread at most; and a float's
    # own rounding where x is far away.
    assert abs(there - x) <= 0.0005 * spread + abs(x) * 2.3e-16


def test_a_dragged_point_costs_a_link_few_characters():
    rng = np.random.default_rng(0)
    table = NUMBERS
    for x, y in rng.normal(3.0, 1.0, (100, 2)):
        table = added(table, x, y)
    assert len(keep(table)[0]) < 100 * 9


def test_an_added_row_is_last_unmarked_and_of_the_class_that_was_asked_for(table):
    label = max(0, len(table.classes) - 1)
    other = added(table, 2.5, 3.5, label)
    assert len(other.y) == len(table.y) + 1
    assert not other.marked[-1]
    place = [*other.X[-1], other.y[-1]]
    assert place == ([2.5, 3.5, label] if table.classes else [2.5, 3.5])
    assert same(removed(other, len(table.y)), table)


def test_a_mark_comes_and_goes(table):
    once = toggled(table, 2)
    assert once.marked[2] != table.marked[2]
    assert same(toggled(once, 2), table)


def test_two_rows_stay(table):
    while len(table.y) > 2:
        table = removed(table, 0)
    with pytest.raises(ValueError, match=r"^Two rows have to stay\.$"):
        removed(table, 0)


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (lambda t: moved(t, 99, 0, 0), "There is no row 99."),
        (lambda t: removed(t, -1), "There is no row -1."),
        (lambda t: toggled(t, 99), "There is no row 99."),
        (lambda t: moved(t, 0, np.nan, 0), "A point may be at most 1e+24 from 0."),
        (lambda t: added(t, 0, np.inf), "A point may be at most 1e+24 from 0."),
        (lambda t: added(t, 0, 2e24), "A point may be at most 1e+24 from 0."),
    ],
)
def test_a_change_that_cannot_be_is_refused(table, change, sentence):
    with pytest.raises(ValueError, match=f"^{re.escape(sentence)}$"):
        change(table)


def test_a_class_that_is_not_there_is_refused():
    with pytest.raises(ValueError, match=r"^There is no class 2\.$"):
        added(TWO, 0, 0, 2)


def test_rows_of_more_columns_than_a_chart_has_are_left_to_the_table():
    assert all(map(is_drawable, TABLES.values()))
    assert not is_drawable(wide)
    with pytest.raises(ValueError, match=r"more columns than a chart shows"):
        moved(wide, 0, 1, 1)
    assert toggled(wide, 0).marked[0]


# ---------------------------------------------------------------- from built-in data


@pytest.mark.parametrize("data", [name for name in DATASETS if not name.startswith("table")])
def test_rows_of_all_data_can_be_taken_over(data):
    drawn = sample(Experiment(data=data))
    table = from_sample(drawn, "a copy")
    assert same(from_columns(as_columns(table), table)[0], table)
    words, held = keep(table)
    again = sample(Experiment(data=held.data, params={f"{held.data}.rows": words}))
    assert (again.features, again.target, again.classes) == (
        drawn.features,
        drawn.target,
        drawn.classes,
    )
    np.testing.assert_array_equal(again.is_outlier, drawn.is_outlier)
    np.testing.assert_allclose(again.X, drawn.X, atol=1e-4 * np.ptp(drawn.X))


def test_outliers_are_taken_over_as_marked():
    drawn = sample(Experiment(data="line", outliers="vertical"))
    table = from_sample(drawn, "line")
    assert table.marked.sum() == drawn.is_outlier.sum() > 0


# ---------------------------------------------------------------- in a table editor


def test_columns_become_the_same_table_again(table):
    again, notes = from_columns(as_columns(table), table)
    assert same(again, table)
    assert notes == ()


def test_columns_hold_what_a_reader_would_write():
    assert as_columns(removed(TWO, 0))["class"] == ["a"] * 4 + ["b"] * 5
    assert as_columns(NUMBERS)["outlier"] == [False] * 7 + [True]
    assert list(as_columns(SEVERAL)) == ["x1", "x2", "class", "outlier"]


def test_columns_that_are_called_the_same_stay_apart():
    table = Table(wide.X, wide.y, wide.marked, ("outlier", "y"), "y")
    columns = as_columns(table)
    assert list(columns) == ["outlier", "y", "y 2", "outlier 2"]
    assert same(from_columns(columns, table)[0], table)


@pytest.mark.parametrize("hole", [None, "", "twelve", np.nan, np.inf, [1]])
def test_incomplete_rows_are_left_out_and_named(hole):
    columns = as_columns(NUMBERS)
    columns["x"][1] = columns["y"][4] = hole
    table, notes = from_columns(columns, NUMBERS)
    assert notes == ("2 incomplete rows are left out: rows 2 and 5.",)
    np.testing.assert_array_equal(table.y, np.delete(NUMBERS.y, [1, 4]))
    np.testing.assert_array_equal(table.marked, np.delete(NUMBERS.marked, [1, 4]))


def test_a_new_row_is_no_outlier_until_it_is_marked():
    columns = as_columns(NUMBERS)
    columns = {name: [*column, 5.0] for name, column in columns.items()}
    columns["outlier"][-1] = None
    assert not from_columns(columns, NUMBERS)[0].marked[-1]


def test_new_names_are_new_classes():
    columns = as_columns(TWO)
    columns["class"][4] = " c "
    table, notes = from_columns(columns, TWO)
    assert notes == ()
    assert (table.classes, table.data) == (("a", "b", "c"), "table_classes")
    np.testing.assert_array_equal(table.y, [0, 0, 0, 0, 2, 1, 1, 1, 1, 1])


def test_a_class_that_is_renamed_is_one_class_and_not_two():
    columns = as_columns(TWO)
    columns["class"] = [name.replace("b", "c") for name in columns["class"]]
    assert from_columns(columns, TWO)[0].classes == ("a", "c")


def test_one_class_is_never_left_alone():
    columns = as_columns(TWO)
    columns["class"] = ["a"] * len(TWO.y)
    table, _ = from_columns(columns, TWO)
    assert table.classes == ("a", "b")
    assert not table.y.any()
    assert from_columns(as_columns(table), table)[0].classes == ("a", "b")


def _with(table, **columns):
    return {**as_columns(table), **columns}


@pytest.mark.parametrize(
    ("columns", "like", "sentence"),
    [
        (_with(NUMBERS, x=[1.0, *[None] * 7]), NUMBERS, "At least two complete rows are needed."),
        (_with(NUMBERS, y=[0.0, 2e24, *[0.0] * 6]), NUMBERS, "Row 2 holds a number beyond 1e+24."),
        ({name: [] for name in as_columns(TWO)}, TWO, "At least two complete rows are needed."),
        (
            {"x1": range(11), "x2": range(11), "class": "abcdefghijk", "outlier": [False] * 11},
            TWO,
            f"Classes are at most {MOST_CLASSES}; 'k' would be one more.",
        ),
    ],
)
def test_an_edited_table_that_cannot_be_is_refused_in_a_sentence(columns, like, sentence):
    with pytest.raises(FileFault) as refused:
        from_columns(columns, like)
    assert str(refused.value) == sentence
