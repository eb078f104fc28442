"""Files as people have them, each for a kind of trouble: what is read and what is trained on."""

from pathlib import Path

import numpy as np
import pytest
from own_rows import rows
from sklearn.linear_model import LinearRegression

from lossviz import Experiment, parse, run, run_all
from lossviz.analysis.minimum import reference
from lossviz.analysis.minimum.exact import minimise
from lossviz.engine.objective import Objective
from lossviz.engine.task import Task
from lossviz.items.datasets.choice import Choice
from lossviz.items.datasets.table import LARGEST_NUMBER, Table, keep
from lossviz.tables import choose, left_out, pick, read, suggest
from lossviz.views.sentences.names import short_names

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
        (
            "one_bad_value_target.csv",
            "Row 6 of y holds '#NUM!', which is no number: it counts as missing.",
            2.0,
        ),
        (
            "one_bad_value_feature.csv",
            "Row 7 of x holds 'Dog', which is no number: it counts as missing.",
            2.008,
        ),
    ],
)
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


def test_what_is_left_out_at_first_is_told_for_the_chosen_target():
    text = "id,pool,area,price\n" + "\n".join(
        f"{100 + 7 * k},{k % 3 if k < 4 else ''},{20 + k % 5},{300 - k * k}" for k in range(10)
    )
    found = read(text)
    assert left_out(found) == (
        "id looks like an identifier and is left out at first.",
        "pool is left out at first, as most rows would be with it: of 10 values pool lacks 6.",
    )
    picked = pick(found, Choice("id"))
    assert (picked.choice.target, picked.choice.features) == ("id", ("area", "price"))
    assert not [note for note in picked.notes if note.startswith("id ")]
    assert left_out(found, "pool") == ("id looks like an identifier and is left out at first.",)
    assert pick(found, Choice("pool")).choice.features == ("area", "price")


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
@pytest.mark.parametrize(
    ("x", "y"), [(LARGEST_NUMBER, 1.0), (1.0, LARGEST_NUMBER), (LARGEST_NUMBER, LARGEST_NUMBER)]
)
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
        (
            "r_write_table.txt",
            {"x": [1.5, 2.5, 3.5], "y": [2.5, 3.5, 5.5]},
            "The first field of each row has no name: it names the row and is left out.",
        ),
        (
            "savetxt_header.txt",
            {"x": [1, 2, 3], "y": [2, 3.9, 6.1]},
            "The names are those in row 1.",
        ),
        (
            "trailing_comma_rows.csv",
            {"a": [1, 2, 3], "b": [2, 3, 5]},
            "The last field of each row is empty and is left out.",
        ),
    ],
)
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
        ("absolute_error", {}),
        ("quantile", {"quantile.tau": 0.9}),
        ("epsilon_insensitive", {}),
        ("quantile", {"quantile.tau": 0.25}),
        ("huber", {"huber.delta": 0.01}),
    ],
)
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


# ---------------------------------------------------------------- tables as people keep them


def noted(found, part):
    return [note for note in found.notes if part in note]


@pytest.mark.parametrize(
    ("text", "names", "note", "target"),
    [
        (
            "Price,Price,Sales\n1,2,3\n2,1,5\n3,5,8\n",
            ["Price", "Price 2", "Sales"],
            "The second column called Price is called Price 2.",
            "Sales",
        ),
        (
            "Price,Price,weight\n1,2,3\n2,1,5\n3,5,8\n",
            ["Price", "Price 2", "weight"],
            "The second column called Price is called Price 2.",
            "weight",
        ),
        (
            "x,x,x 2,x\n1,2,3,9\n2,1,5,9.5\n3,5,8,7\n",
            ["x", "x 3", "x 2", "x 4"],
            "The second column called x is called x 3 and the third column called x is called x 4.",
            "x 4",
        ),
    ],
)
def test_names_that_come_again_stay_apart_wherever_they_are_shown(text, names, note, target):
    found = read(text)
    assert [column.name for column in found.columns] == names
    assert list(short_names(names).values()) == names
    assert note in found.notes
    assert suggest(found)[0] == target


def test_a_price_that_comes_once_is_still_the_target():
    assert suggest(read("Price,weight\n1,2\n2,1\n3,5\n"))[0] == "Price"


@pytest.mark.parametrize("kinds", [{}, {"z": "category"}])
def test_levels_that_differ_in_case_or_blanks_are_one(kinds):
    found = read("x,z\n1,Yes\n2,yes\n3,No \n4,no\n5,no\n6,yes\n7,n o\n", kinds=kinds)
    assert found["z"].levels == ("no", "yes")
    np.testing.assert_array_equal(found["z"].values, [1, 1, 0, 0, 0, 1, 0])
    assert noted(found, "one category") == [
        "In z 'Yes' and 'yes' are one category, called 'yes'; 'No', 'no' and 'n o' are one "
        "category, called 'no'."
    ]


def test_levels_that_only_case_tells_apart_stay():
    found = read("x,z\n1,AA\n2,Aa\n3,aa\n4,Aa\n")
    assert found["z"].levels == ("AA", "Aa", "aa")
    assert not noted(found, "one category")


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("title_with_commas.csv", "'Quarterly report - Warehouse throughput'"),
        ("title_alone.csv", "'Quarterly report: Warehouse throughput'"),
    ],
)
@pytest.mark.parametrize("header", [None, True])
def test_a_title_above_the_table_is_passed_over(name, words, header):
    found = raw(name, header=header)
    assert [column.name for column in found.columns] == ["Shift hours", "Staff", "Pallets"]
    assert f"1 line above the table is passed over: {words}." in found.notes
    np.testing.assert_array_equal(found.rows, np.arange(5, 40))
    without = raw(name, header=False)
    assert without.rows[0] == 4
    assert without.first[0] == ("Shift hours", "Staff", "Pallets")


@pytest.mark.parametrize(
    "text",
    [
        "x,\n1,2\n3,4\n5,6\n",  # a header whose second name is lacking
        "Fruit,,\nApple,1,2\nPear,3,4\nPlum,5,6\n",  # a heading of a group
        ",price\nid,\n1,2\n3,4\n",  # two rows of names
        "id,\nA,5\n7,6\n8,7\n9,8\n4,3\n7,7\n",  # a slip in the first row
        "7,\nx,y\n1,2\n3,4\n",  # a number is no title
    ],
)
def test_a_first_row_that_may_belong_to_the_table_is_not_passed_over(text):
    assert not noted(read(text), "passed over")


def test_several_lines_of_titles_below_remarks():
    found = read("# by hand\nPlants, 2 beds\n2024;\nsize;height\n1,5;2\n2,5;4\n3,5;5\n")
    assert "2 lines above the table are passed over: 'Plants, 2 beds' and '2024'." in found.notes
    assert "1 line above the table begins with # and is passed over." in found.notes
    np.testing.assert_array_equal(found["size"].values, [1.5, 2.5, 3.5])
    np.testing.assert_array_equal(found.rows, [5, 6, 7])


@pytest.mark.parametrize(
    ("names", "rows", "features", "note"),
    [
        (
            "customer_id,zip,age,y",
            ["0007,01067,3,1", "0009,80331,5,2", "0004,01067,4,4"],
            ("age",),
            "customer_id and zip look like identifiers and are left out at first.",
        ),
        (
            "CustomerID,age,y",
            ["31,3,1", "17,5,2", "23,4,4"],
            ("age",),
            "CustomerID looks like an identifier and is left out at first.",
        ),
        ("customer_id,age,y", ["31,3,1", "31,5,2", "23,4,4"], ("customer_id", "age"), ""),
        ("humid,age,y", ["31,3,1", "17,5,2", "23,4,4"], ("humid", "age"), ""),
        ("month,age,y", ["01,3,1", "02,5,2", "12,4,4"], ("month", "age"), ""),
        (
            "id,age,y",
            ["1,3,1", "2,5,2", "3,4,4"],
            ("age",),
            "id is left out at first: it numbers the rows.",
        ),
    ],
)
def test_identifiers_are_left_out_at_first(names, rows, features, note):
    found = read("\n".join([names, *rows]))
    assert suggest(found) == ("y", features)
    assert left_out(found) == ((note,) if note else ())
    table, _ = choose(found, "y", [names.split(",")[0]])  # but may be chosen
    assert table.X.shape == (3, 1)


UP = "1,2.5 2,1.25 4,3 5,7 3,2.5".split()


def test_a_row_of_sums_at_the_end_is_left_out():
    found = raw("total_at_end.csv")
    assert len(found.rows) == 30
    assert "Row 32 (Total, 3144, 14549.93) holds sums of the rows above and is left out." in (
        found.notes
    )
    assert found["Units"].values.max() < 3144
    table, _ = choose(found, "Cost", ["Units"])
    assert len(table.y) == 30


@pytest.mark.parametrize(
    ("names", "rows", "last", "is_out"),
    [
        ("shop,n,y", [f"s{i},{row}" for i, row in enumerate(UP)], "Grand total:,15,16.25", True),
        ("shop,n,y", [f"s{i},{row}" for i, row in enumerate(UP)], "Summe,3,16.4", False),
        ("shop,n,y", [f"s{i},{row}" for i, row in enumerate(UP)], "Summe,3,16.3", True),
        ("shop,n,y", [f"s{i},{row}" for i, row in enumerate(UP)], ",15,3.25", True),
        ("shop,n,y", [f"s{i},{row}" for i, row in enumerate(UP)], ",14,3.25", False),
        ("shop,n,y", [f"s{i},{row}" for i, row in enumerate(UP)], "s9,15,16.25", False),
        ("n,y", UP, "15,16.25", True),
        ("n,y", UP, "15,16.26", False),
        ("n,y", ["1,1", "2,2"], "3,3", False),
    ],
)
def test_sums_tell_a_row_of_totals(names, rows, last, is_out):
    found = read("\n".join([names, *rows, last]))
    assert len(found.rows) == len(rows) + (not is_out)
    row = f"Row {len(rows) + 2} ({last.strip(',').replace(',', ', ')})"
    assert noted(found, "sums of the rows above") == {
        True: [f"{row} holds sums of the rows above and is left out."],
        False: [],
    }[is_out] + [
        f"{row} is called 'Summe' but holds no sums of the rows above: it stays a row."
    ] * (last.startswith("Summe") and not is_out)


def test_a_category_is_chosen_of_as_many_levels_as_are_left_without_the_total():
    lines = [f"s{i % 20},{i}" for i in range(40)]
    found = read("\n".join(["shop,n", *lines, "Total,780"]), kinds={"shop": "category"})
    assert len(found["shop"].levels) == 20


@pytest.mark.parametrize(
    ("cells", "notes"),
    [
        (
            [3.5, 999999, 4, 7, 999999, 5],
            [
                "2 rows of y hold 999999, far beyond the others: a mark for missing? Replace it or "
                "leave those rows out."
            ],
        ),
        (
            [3.5, -999, 4, 7, -999, 5, 9999, 9999],
            [
                f"2 rows of y hold {mark}, far beyond the others: a mark for missing? Replace it "
                "or leave those rows out."
                for mark in (-999, 9999)
            ],
        ),
        ([3.5, 4, 7, 999999, 5], []),
        ([3.5, 38, 4, 7, 38, 5], []),
        ([5, 5, 5, 99, 99], []),
    ],
)
def test_a_value_far_beyond_the_others_in_several_rows_is_said(cells, notes):
    found = read("x,y\n" + "\n".join(f"{i},{cell}" for i, cell in enumerate(cells)))
    assert noted(found, "far beyond") == notes
    np.testing.assert_array_equal(found["y"].values, cells)


@pytest.mark.parametrize(
    ("names", "row", "target"),
    [
        ("Miete,m,n", "{i},{j},{k}", "Miete"),
        ("prezzo,m,n", "{i},{j},{k}", "prezzo"),
        ("ventas,m,n", "{i},{j},{k}", "ventas"),
        ("Mietern,m,n", "{i},{j},{k}", "n"),
        ("m,n,colour", "{i},{j},{c}", "n"),
        ("m,n,plant type", "{i},{j},{c}", "plant type"),
        ("m,plant type,n", "{i},{c},{j}", "n"),
        ("m,n,renewed", "{i},{j},{d}", "renewed"),
    ],
)
def test_a_target_is_told_by_its_name_or_is_a_number(names, row, target):
    rows = [row.format(i=i, j=i * i, k=7 - i, c="abc"[i % 3], d="ab"[i % 2]) for i in range(6)]
    assert suggest(read("\n".join([names, *rows])))[0] == target
