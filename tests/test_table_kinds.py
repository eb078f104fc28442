"""What the reader of a file is told: whether names come first, what columns are, which class is
looked for."""

import numpy as np
import pytest

from lossviz.base.registry import shortened
from lossviz.tables import FileFault, choose, holds_classes, read
from lossviz.tables.cells import is_date
from lossviz.tables.units import quantity

FRAUD = "amount,label\n10,ok\n300,fraud\n12,ok\n9,ok\n280,fraud\n"


@pytest.mark.parametrize(
    ("header", "names", "rows"),
    [
        (None, ["amount", "label"], 5),
        (True, ["amount", "label"], 5),
        (False, ["column 1", "column 2"], 6),
    ],
)
def test_the_first_row_holds_names_or_not_as_is_said(header, names, rows):
    raw = read(FRAUD, header=header)
    assert [column.name for column in raw.columns] == names
    assert len(raw.rows) == rows
    assert raw.has_names == (header is not False)


def test_a_preview_shows_the_first_rows_as_they_are_written():
    raw = read("x;y\n 1,50;a\n2;NA\n3;c\n")
    assert raw.preview(2) == [{"x": "1,50", "y": "a"}, {"x": "2", "y": "NA"}]


@pytest.mark.parametrize(
    ("positive", "classes", "second"),
    [("", ("ok", "fraud"), 1), ("fraud", ("ok", "fraud"), 1), ("ok", ("fraud", "ok"), 0)],
)
def test_the_class_looked_for_is_the_last_of_two(positive, classes, second):
    table, _ = choose(read(FRAUD), "label", ["amount"], positive=positive)
    assert table.classes == classes
    assert table.y[1] == second


def test_of_two_classes_as_frequent_the_later_is_looked_for():
    raw = read("x,y\n1,b\n2,a\n3,a\n4,b\n")
    assert choose(raw, "y", ["x"])[0].classes == ("a", "b")


def test_an_unknown_class_is_a_sentence():
    with pytest.raises(FileFault, match=r"^label has no class 'Fraud'; it has fraud and ok\.$"):
        choose(read(FRAUD), "label", ["amount"], positive="Fraud")


@pytest.mark.parametrize(
    ("cells", "are"), [("0 1 1", True), ("0 1 2", False), ("0.5 1 1", False), ("a b c", True)]
)
def test_categories_and_two_whole_numbers_are_classes_unless_chosen(cells, are):
    column = read("x|y\n" + "\n".join(f"{c}|{i}" for i, c in enumerate(cells.split() * 2)))["x"]
    assert holds_classes(column) == are


def test_a_column_is_what_is_said():
    text = "code,wid,y\n1,2,a\n2,3,b\n1,5,a\n"
    raw = read(text, kinds={"code": "category", "wid": "out"})
    assert (raw["code"].kind, raw["wid"].kind, raw["y"].kind) == ("category", "out", "category")
    assert raw["code"].levels == ("1", "2")
    np.testing.assert_array_equal(raw["code"].values, [0, 1, 0])


@pytest.mark.parametrize(
    ("kinds", "sentence"),
    [
        ({"z": "out"}, "There is no column 'z'."),
        ({"amount": "date"}, "A column is number, category or out, not 'date'."),
    ],
)
def test_a_kind_that_cannot_be_is_refused_in_a_sentence(kinds, sentence):
    with pytest.raises(FileFault) as refused:
        read(FRAUD, kinds=kinds)
    assert str(refused.value) == sentence


def column(cells, **said):
    return read("i|x\n" + "\n".join(f"{i}|{c}" for i, c in enumerate(cells)), **said)["x"]


# ---------------------------------------------------------------- units


@pytest.mark.parametrize(
    ("cell", "number", "unit"),
    [
        ("$1,200", "1,200", "$"),
        ("1.200 €", "1.200", "€"),
        ("€3", "3", "€"),
        ("5%", "5", "%"),
        ("USD 5", "5", "usd"),
        ("5 USD", "5", "usd"),
        ("-$5", "-5", "$"),
        ("$-5", "-5", "$"),
        ("US$ 5", "5", "us$"),
        ("2 kg", "2", "kg"),
        ("2kg", "2", "kg"),
        ("5 km/h", "5", "km/h"),
        ("1 year", "1", "year"),
        ("3 years", "3", "year"),
        ("3 rooms", "3", "room"),
        ("(1,200)", "-1,200", ""),
        ("($5)", "-5", "$"),
        ("$(5)", "-5", "$"),
        ("1,5 %", "1,5", "%"),
        ("− 5 °C", "-5", "°c"),
        ("€ 3.50 / kg", "3.50", "€ / kg"),
        ("7", "7", ""),
    ],
)
def test_what_is_beside_a_number_is_its_unit(cell, number, unit):
    found = quantity(cell)
    assert found is not None
    assert (found.number, found.unit) == (number, unit)


@pytest.mark.parametrize(
    "cell",
    [
        "3+",
        "1st",
        "A1",
        "Room 5",
        "(5",
        "5)",
        "((5))",
        "$(-5)",
        "--5",
        "$",
        "%",
        "1-2",
        "#5",
        "12 Jan",
        "10 am",
        "5 (3)",
        "12a34",
        "<5",
        "10-20 kg",
        "",
    ],
)
def test_other_texts_are_no_quantities(cell):
    assert quantity(cell) is None


@pytest.mark.parametrize(
    ("cells", "values", "note"),
    [
        (["5%", "7.5%", "0"], [5, 7.5, 0], "In x the sign % is taken away: 5% is 5."),
        (["2 kg", "3.5 kg", "10 KG"], [2, 3.5, 10], "In x the unit kg is taken away: 2 kg is 2."),
        (["€3", "4", "€1,5"], [3, 4, 1.5], "In x the sign € is taken away: €3 is 3."),
        (["1.200 €", "1.800 €"], [1200, 1800], "In x the sign € is taken away: 1.200 € is 1200."),
        (["$1,200", "$1,800"], [1200, 1800], "In x the sign $ is taken away: $1,200 is 1200."),
        (
            ["1,200.5", "(1,200.5)"],
            [1200.5, -1200.5],
            "In x brackets are minus signs: (1,200.5) is -1200.5.",
        ),
        (["5.5 €", "1,234.5 €"], [5.5, 1234.5], "In x the sign € is taken away: 5.5 € is 5.5."),
        (["USD 5", "USD 1,000"], [5, 1000], "In x the unit USD is taken away: USD 5 is 5."),
    ],
)
def test_units_are_taken_away_and_said(cells, values, note):
    raw = read("i|x\n" + "\n".join(f"{i}|{c}" for i, c in enumerate(cells)))
    assert raw["x"].kind == "number"
    np.testing.assert_array_equal(raw["x"].values, values)
    assert note in raw.notes


@pytest.mark.parametrize(
    ("cells", "kind", "why"),
    [
        (
            ["2 kg", "300 g", "1 kg", "500 g"],
            "text",
            "holds numbers of different units: 2 kg and 300 g",
        ),
        (["5%", "3", "5%", "7"], "text", "holds numbers of different units: 5% and 3"),
        (["$1.2M", "$300k"], "text", "holds numbers of different units: $1.2M and $300k"),
        (["1st", "2nd", "3rd", "1st"], "category", "holds 3 categories: 1st, 2nd and 3rd"),
        (["1A", "1B", "1A", "2A"], "category", "holds 3 categories: 1A, 1B and 2A"),
        (["(1)", "(2)", "(1)"], "category", "holds 2 categories: (1) and (2)"),
    ],
)
def test_different_units_are_never_one_number(cells, kind, why):
    found = column(cells)
    assert (found.kind, found.why) == (kind, why)


def test_a_number_of_another_unit_is_a_slip():
    found = column([*(f"{i} kg" for i in range(1, 12)), "300 g"])
    assert found.kind == "number"
    assert np.isnan(found.values[-1])
    assert found.notes == (
        "Row 13 of x holds '300 g', which is no number with kg: it counts as missing.",
    )


# ---------------------------------------------------------------- numbers with slips, or codes

COUNTS = [str(i) for i in range(1, 13)] * 8


@pytest.mark.parametrize(
    ("cells", "kind"),
    [
        (["1", "2", "3", "oh", "5"], "number"),
        ([*COUNTS, "unknown", "unknown"], "number"),
        ([*COUNTS, "#NUM!", "#NUM!"], "number"),
        (["1", "2", "3", "4", "5", "6"] * 5 + ["2024-01-31 "], "category"),
        ([f"{i / 8}" for i in range(50)] + ["1.2.3", "12o"], "number"),
        ([f"{i}" for i in range(100, 150)] + ["1o2"], "number"),
        ([f"{i}" for i in range(100, 150)] + ["136A", "207a"], "text"),
        (["1", "2", "3+"] * 4, "category"),
        (["1", "2", "3", "4", "5", "6+"] * 4, "category"),
        (["1", "2", "3", "4", "5"] * 20 + ["6+"] * 3, "category"),
        ([*"123456789X"] * 9, "category"),
        (["yes", "no", "9", "yes"] * 5, "category"),
        (["0", "1", "x"] * 5, "category"),
        ([*COUNTS, *["word"] * 20], "category"),
        (["SW1A 1AA", "12345", "12346", "12347"], "text"),
    ],
)
def test_a_column_of_numbers_may_have_slips_and_a_code_has_none(cells, kind):
    assert column(cells).kind == kind


def test_slips_are_named_with_their_rows():
    found = read("x,y\n" + "\n".join(f"{i},{i / 4}" for i in range(40)) + "\nDog,1\n#NUM!,inf\n")
    assert found.notes[-2:] == (
        "Rows 42 and 43 of x hold no finite numbers but 'Dog' and '#NUM!': they count as missing.",
        "Row 43 of y holds 'inf', which is infinite: it counts as missing.",
    )


def test_a_column_of_numbers_is_what_is_said():
    cells = ["1", "2", "low", "low", "5"]
    assert column(cells).kind == "category"
    found = column(cells, kinds={"x": "number"})
    np.testing.assert_array_equal(found.values, [1, 2, np.nan, np.nan, 5])
    assert found.notes[0].startswith("Rows 4 and 5 of x hold no finite numbers but 'low'")
    levels = column(["10", "2", "2", "10"], kinds={"x": "category"}).levels
    assert levels == ("2", "10")


@pytest.mark.parametrize(
    ("cells", "kind", "sentence"),
    [
        (["a", "b"], "number", "x cannot be taken for numbers: it holds 'a'."),
        (["2024Q1", "2024Q2"], "number", "x cannot be taken for numbers: it holds '2024Q1'."),
        (["1", "a"], "number", "x cannot be taken for numbers: it is 1 wherever it has a value."),
        (range(21), "category", "x has 21 different values; categories are at most 20."),
    ],
)
def test_a_kind_that_a_column_cannot_be_is_refused_in_a_sentence(cells, kind, sentence):
    with pytest.raises(FileFault) as refused:
        column(cells, kinds={"x": kind})
    assert str(refused.value) == sentence


@pytest.mark.parametrize("mark", [",", "."])
def test_a_mark_that_stands_twice_is_between_thousands(mark):
    found = column([f"1{mark}234{mark}567", f"2{mark}345{mark}678", "12"])
    np.testing.assert_array_equal(found.values, [1234567, 2345678, 12])


# ---------------------------------------------------------------- days


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("d;y\n01.02;1,5\n15.02;2,5\n", "date"),
        ("d;y\n1.2;1,5\n15.12;2,5\n", "date"),
        ("d;y\n01.02;1\n15.02;2\n", "date"),
        ("d,y\n10.10,1.5\n12.05,2.5\n", "number"),
        ("d;y\n01.50;1,5\n15.12;2,5\n", "text"),
        ("d;y\n0.125;1,5\n15.75;2,5\n", "number"),
    ],
)
def test_days_and_months_are_no_numbers(text, kind):
    assert read(text)["d"].kind == kind


@pytest.mark.parametrize(
    "date",
    [
        "2024Q1",
        "2024-Q1",
        "Q1 2024",
        "2024W05",
        "2024-W05-1",
        "KW 5 2024",
        "2024M01",
        "1950:1",
        "2024-01-31T12:00:00.000Z",
        "2024-01-31 12:00:00+00:00",
        "Wed, 31 Jan 2024 12:00:00 GMT",
        "Jan-1-1995",
        "2024 Jan",
        "1/31/2024 12:00:00 AM",
    ],
)
def test_more_dates_are_known(date):
    assert is_date(date)
    assert quantity(date) is None


# ---------------------------------------------------------------- names and what stands above


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("2023,2024\n10,20\n5,6\n", ["2023", "2024"]),
        ("Obama,2009,2017\nTrump,2017,2021\n", ["column 1", "column 2", "column 3"]),
        ("Rome,2020,5\nOslo,2021,6\n", ["column 1", "column 2", "column 3"]),
        ("0,1,2\n0.5,1.5,2.5\n3,4,5\n", ["0", "1", "2"]),
        ("# x,y,z\n0,1,2\n2.5,3.5,5\n", ["x", "y", "z"]),
        ("1,2,3\n1.5,2,4\n2,3,5\n", ["column 1", "column 2", "column 3"]),
        ("0,1,2\n1,2,3\n2,3,4\n", ["column 1", "column 2", "column 3"]),
        (",0,1,2\n0,5,6,7\n1,6,7,9\n", ["column 1", "0", "1", "2"]),
        ("# made by hand\n# 2024-01-31\nx,y\n1,2\n3,4\n", ["x", "y"]),
        ("% a,b\n1,2\n3,4\n", ["a", "b"]),
        ("# two words\nx y\n1 2\n3 4\n", ["x", "y"]),
        ("#,a\n1,5\n2,6\n", ["#", "a"]),
        ("sep=;\n# note\nx;y\n1;2\n3;4\n", ["x", "y"]),
        ("#ff0000,1\n#00ff00,2\nred,3\n", ["column 1", "column 2"]),
        ("#a,1\n#b,2\n#c,3\n", ["column 1", "column 2"]),
        ("a,b,\n1,2,\n3,4,\n", ["a", "b"]),
        ("a,b,\n1,2,\n3,4,5\n", ["a", "b", "column 3"]),
        ("1,2,\n3,4,\n", ["column 1", "column 2"]),
        ("a,b\n1,2,\n3,4,5\n", ["a", "b"]),
    ],
)
def test_names_of_columns(text, names):
    assert [column.name for column in read(text).columns] == names


def test_remarks_between_rows_are_passed_over_and_said():
    raw = read("# one\nx,y\n1,2\n# two\n3,4\n")
    assert "1 line above the table begins with # and is passed over." in raw.notes
    assert "1 line between the rows, beginning with #, is passed over." in raw.notes
    np.testing.assert_array_equal(raw["y"].values, [2, 4])
    assert raw.rows.tolist() == [3, 5]


@pytest.mark.parametrize(
    ("given", "name"),
    [
        ("a\x00b\x1bc", "a\ufffdb\ufffdc"),
        ("half \ud800", "half \ufffd"),
        ("\u202eevil\u2066", "evil"),
        ("two\n\u2028lines", "two lines"),
        ("\u200b", ""),
        ("e\u0301 نام‌ها", "e\u0301 نام‌ها"),
        ("k" * 90, "k" * 77 + "..."),
        ("\x85a", "a"),
    ],
)
def test_names_do_no_harm(given, name):
    assert shortened(given) == name


def test_names_and_levels_of_a_file_do_no_harm():
    raw = read("\u202ex,\u200b,y\n1,\u202ea,1\n2,b,2\n3,b,3\n", "\x00file\u202e.csv")
    assert [column.name for column in raw.columns] == ["x", "column 2", "y"]
    assert raw.name == "\ufffdfile.csv"
    table, notes = choose(raw, "column 2", ["x"])
    assert table.classes == ("b", "a")
    assert all(note.isprintable() for note in notes)
