"""Files as people have them, each for a kind of trouble: what is read and what is trained on."""

from pathlib import Path

import numpy as np
import pytest
from own_rows import rows
from sklearn.linear_model import LinearRegression

from lossviz import Experiment, parse, run, run_all
from lossviz.datasets.own import LARGEST, Table, keep
from lossviz.objective import Objective
from lossviz.reference import reference
from lossviz.reference.answer import minimise
from lossviz.tables import choose, left_out, read, suggest
from lossviz.task import Task

CASES = Path(__file__).parent / "cases"


def raw(name, **said):
    return read((CASES / name).read_bytes(), name, **said)


def chosen(name, target, features, **said):
    return choose(raw(name), target, features, **said)


def fitted(table, loss="squared_error"):
    """The exact parameters in the data's units, intercept first."""
    words, _held = keep(table)
    sweep, notes = parse(f"data={table.data}&{table.data}.rows={words}&loss={loss}")
    assert notes == []
    (experiment,) = sweep
    return experiment, reference(experiment).theta


def test_a_first_row_of_years_holds_names():
    found = raw("years_header.csv")
    assert [column.name for column in found.columns] == ["region", "2023", "2024", "2025"]
    assert found.has_names
    assert "Row 1 is taken for names: 2023, 2024 and 2025." in found.notes
    np.testing.assert_array_equal(found["2025"].values, [30, 7, 11])
    switched = raw("years_header.csv", header=False)
    np.testing.assert_array_equal(switched["column 4"].values, [2025, 30, 7, 11])
    assert [column.name for column in raw("years_header.csv", header=True).columns] == [
        column.name for column in found.columns
    ]


@pytest.mark.parametrize(
    ("name", "note", "slope"),
    [
        ("one_bad_value_target.csv",
         "Row 6 of y holds '#NUM!', which is no number: it counts as missing.", 2.0),
        ("one_bad_value_feature.csv",
         "Row 7 of x holds 'Dog', which is no number: it counts as missing.", 2.008),
    ],
)  # fmt: skip
def test_one_unreadable_cell_is_a_missing_cell(name, note, slope):
    found = raw(name)
    assert {column.kind for column in found.columns} == {"number"}
    assert note in found.notes
    table, notes = choose(found, "y", ["x"])
    assert notes[0].startswith("1 of 7 rows is left out for missing values")
    exact = LinearRegression().fit(table.X, table.y)
    assert exact.coef_[0] == pytest.approx(slope, abs=5e-4)
    np.testing.assert_allclose(
        fitted(table)[1], [exact.intercept_, *exact.coef_], rtol=1e-9, atol=1e-9
    )


def test_money_is_numbers():
    found = raw("currency_target.csv")
    np.testing.assert_array_equal(found["price"].values, [1200, 1800, 2400, 2400, 3600])
    assert "In price the sign $ is taken away: $1200 is 1200." in found.notes


def test_few_whole_numbers_are_numbers():
    table, notes = chosen("small_whole_targets.csv", "y", ["x"])
    assert (table.classes, table.data, notes) == ((), "table", ())
    np.testing.assert_allclose(fitted(table)[1], [2.2, 0.6], rtol=1e-9)


def test_two_classes_and_the_rarer_one_is_looked_for():
    table, _ = chosen("two_classes.csv", "cls", ["x"])
    assert (table.data, table.classes) == ("table_binary", ("b", "a"))
    table, notes = chosen("fraud.csv", "label", ["amount", "hour"])
    assert table.classes == ("ok", "fraud")
    np.testing.assert_array_equal(table.y, [0, 0, 0, 1, 0, 1, 0, 0, 0, 1])
    assert notes == ("fraud is the class looked for, unless ok is chosen.",)
    other, notes = chosen("fraud.csv", "label", ["amount", "hour"], positive="ok")
    assert other.classes == ("fraud", "ok")
    np.testing.assert_array_equal(other.y, 1 - table.y)
    assert notes == ()


def test_codes_are_numbers_or_classes():
    assert chosen("iris_codes.csv", "code", ["len", "wid"])[0].classes == ()
    table, _ = chosen("iris_codes.csv", "code", ["len", "wid"], classes=True)
    assert table.classes == ("0", "1", "2")
    found = raw("iris_codes.csv", kinds={"code": "category"})
    assert choose(found, "code", ["len", "wid"])[0].classes == ("0", "1", "2")


def test_columns_that_cost_most_rows_are_left_out_at_first():
    found = raw("sparse_columns.csv")
    assert suggest(found) == ("price", ("area",))
    assert left_out(found) == (
        "pool and fence are left out at first, as most rows would be with them: of 7 values pool "
        "lacks 5 and fence lacks 4.",
    )
    table, _ = choose(found, *suggest(found))
    assert table.X.shape == (7, 1)
    assert suggest(found, "pool") == ("pool", ("area", "price"))


def test_millisecond_stamps_are_numbers_like_others():
    table, _ = chosen("millisecond_stamps.csv", "y", ["t"])
    t, y = table.X[:, 0], table.y
    slope, middle = np.polyfit(t - t.mean(), y, 1)
    experiment, theta = fitted(table)
    np.testing.assert_allclose(theta[1], slope, rtol=1e-12)
    np.testing.assert_allclose(theta[0] + theta[1] * t.mean(), middle, atol=1e-5)
    ran = run(experiment)
    # What descent sees: the stamps less their mean, by their spread.
    z = ran.path[-1] @ np.stack([np.ones(4), (t - t.mean()) / t.std()])
    np.testing.assert_allclose(z, middle + slope * (t - t.mean()), atol=1e-6)
    np.testing.assert_allclose(ran.theta[-1, 1], slope, rtol=1e-6)


@pytest.mark.parametrize("scaling", ["auto", "none"])
@pytest.mark.parametrize("model", ["linear", "polynomial", "mlp"])
@pytest.mark.parametrize(("x", "y"), [(LARGEST, 1.0), (1.0, LARGEST), (LARGEST, LARGEST)])
def test_the_largest_numbers_train_or_diverge_in_a_sentence(x, y, model, scaling):
    rng = np.random.default_rng(0)
    u = rng.uniform(-1, 1, 12)
    table = Table(x * u[:, None], y * (0.5 * u + 0.1 * rng.uniform(-1, 1, 12)), np.zeros(12, bool))
    words, _held = keep(table)
    ask = f"data=table&table.rows={words}&model={model}&scaling={scaling}&steps=20"
    sweep, notes = parse(f"{ask}&loss=squared_error&loss=huber&loss=log_cosh")
    assert notes == []
    for ran in run_all(sweep):
        assert all(np.isfinite(part).all() for part in (ran.loss, ran.theta, ran.path))
        assert ran.status


def test_an_infinite_cell_is_a_missing_cell():
    found = raw("inf_in_unused_column.csv")
    assert "Row 3 of z holds 'inf', which is infinite: it counts as missing." in found.notes
    np.testing.assert_array_equal(found["z"].values, [0.5, np.nan, 2])
    table, notes = choose(found, "y", ["x"])
    assert (len(table.y), notes) == (3, ())


@pytest.mark.parametrize(
    ("name", "columns", "note"),
    [
        ("r_write_table.txt", {"x": [1.5, 2.5, 3.5], "y": [2.5, 3.5, 5.5]},
         "The first field of each row has no name: it names the row and is left out."),
        ("savetxt_header.txt", {"x": [1, 2, 3], "y": [2, 3.9, 6.1]},
         "The names are those in row 1."),
        ("trailing_comma_rows.csv", {"a": [1, 2, 3], "b": [2, 3, 5]},
         "The last field of each row is empty and is left out."),
    ],
)  # fmt: skip
def test_tables_as_other_programs_write_them(name, columns, note):
    found = raw(name)
    assert note in found.notes
    assert {column.name: column.values.tolist() for column in found.columns} == columns


def test_days_beside_decimal_commas_are_no_numbers():
    found = raw("day_month.csv")
    assert found["d"].kind == "date"
    np.testing.assert_array_equal(found["y"].values, [1.5, 2.5, 3.5, 4.25])


@pytest.mark.parametrize(("l1", "l2"), [(0.0, 0.0), (0.01, 0.0), (0.0, 0.01), (0.01, 0.01)])
@pytest.mark.parametrize("far", [1e6, 1e9])
@pytest.mark.parametrize(
    ("loss", "params"),
    [
        ("absolute_error", {}), ("quantile", {"quantile.tau": 0.9}), ("epsilon_insensitive", {}),
        ("quantile", {"quantile.tau": 0.25}), ("huber", {"huber.delta": 0.01}),
    ],
)  # fmt: skip
def test_how_far_a_sentinel_is_does_not_move_a_robust_minimum(loss, params, far, l1, l2):
    found = raw("rounding_300.csv")
    X, y = np.column_stack([found["x"].values, found["u"].values]), found["y"].values
    data = rows(X, np.where(y > 1e5, far, y), X.mean(0), X.std(0))
    near = rows(X, np.where(y > 1e5, 50.0, y), X.mean(0), X.std(0))
    e = Experiment(loss=loss, params=params, l1=l1, l2=l2)
    task, best = Task.on(e, data), minimise(Task.on(e, near))
    assert best is not None
    # A row on the straight part of such a loss pulls the same, however far it is.
    exact, objective = minimise(task), Objective.of([task])
    assert exact is not None
    [there] = objective.values(best.internal[None, None])[0]
    assert exact.value <= there + 1e-12 * abs(there)
    if far == 1e6:  # beside 1e9, what moves the others is lost in the mean's last digits
        np.testing.assert_allclose(exact.internal, best.internal, atol=1e-7)
        assert exact.is_unique
