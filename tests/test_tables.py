"""Files and pasted texts: what is read, what is refused in which words, and what is chosen."""

import csv
import io
import math

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from lossviz.base.words import listed
from lossviz.items.datasets.table import keep, table_of
from lossviz.tables import (
    FileFault,
    as_columns,
    can_be_classes,
    choose,
    from_columns,
    read,
    suggest,
)
from lossviz.tables.cells import is_date, is_missing, is_number, number_of, numbers_of
from lossviz.tables.split import MOST_COLUMNS, MOST_ROWS, SEPARATORS

PLANTS = """species;height;leaves;planted;name;soil
oak;3,5;12;2020-05-01;Ada;clay
elm;2,25;;2020-05-02;Bea;clay
oak;NA;7;2020-06-01;Cid;clay
elm;4;9;2021-05-01;Dan;clay
ash;1,5;8;2021-05-03;Eve;clay
"""


def ones(rows: int, columns: int = 2) -> str:
    return "\n".join([",".join("x" * columns), *[",".join("1" * columns)] * rows])


# ---------------------------------------------------------------- what is refused

REFUSED = {
    "nothing": ("", "The file is empty."),
    "no bytes": (b"", "The file is empty."),
    "blank lines": ("\n  \r\n\n", "The file is empty."),
    "a byte order mark": (b"\xef\xbb\xbf", "The file is empty."),
    "only separators": (",,\n,,\n", "The file is empty."),
    "a header alone": ("\nx,y\n", "There are no rows below the header in row 2."),
    "one column": (
        "x\n1\n2\n",
        "Row 1 has one column only; a feature and a target are needed, with a comma, semicolon or "
        "tab between them.",
    ),
    "a short row": ("x,y\n1,2\n\n3\n", "Row 4 has 1 field, where 2 were expected, as in row 1."),
    "a long row": ("x;y\n1;2\n3;4;5\n", "Row 3 has 3 fields, where 2 were expected, as in row 1."),
    "a short row below a spreadsheet's own word": (
        "sep=;\nx;y\n1;2\n3\n",
        "Row 4 has 1 field, where 2 were expected, as in row 2.",
    ),
    "a title above no names": (
        "Plants of 2020\n5,6\n1,2\n3,4\n",
        "Row 2 has 2 fields, where 1 was expected, as in row 1; lines above the table have to go.",
    ),
    "a row after one of two lines": (
        'x,y\n"1\n2",3\n4\n',
        "Row 4 has 1 field, where 2 were expected, as in row 1.",
    ),
    "lines that end as on an old Mac": (
        "x,y\r1,2\r3\r",
        "Row 3 has 1 field, where 2 were expected, as in row 1.",
    ),
    "an open quotation mark": (
        'x,y\n1,2\n3,"4\n5,6\n',
        "Row 3 opens a quotation mark that is never closed.",
    ),
    "an open quotation mark, early": (
        'x,y\n1,"' + "2\n3,4" * 50_000,
        "Row 2 holds a cell that is far too long; perhaps a quotation mark is never closed.",
    ),
    "words after a quotation": (
        'x,y\n1,2\n"3"4,5\n',
        "Row 3 has no comma after a closing quotation mark.",
    ),
    "a NUL byte": (b"x,y\n1,2\n3,\x004\n", "Row 3 holds a NUL byte: this does not look like text."),
    "UTF-16 without its mark": (
        "x,y\n1,2\n".encode("utf-16-le"),
        "Row 1 holds a NUL byte: this does not look like text.",
    ),
    "a control character": (
        "x,y\n1,\x072\n",
        "Row 2 holds the control character U+0007: this does not look like text.",
    ),
    "half a character": (
        "x,y\n1,\ud800\n",
        "Row 2 holds the control character U+D800: this does not look like text.",
    ),
    "damaged UTF-8": (
        "größe,y\n1,2\nü,\xff\n".encode()[:-3] + b"\xff\n",
        "Row 3 is no UTF-8 text: byte 18 of the file, 0xFF, is out of place; save the file as "
        "UTF-8.",
    ),
    "Cyrillic of Windows": (
        "цена,y\n1,2\n".encode("cp1251"),
        "Row 1 is no UTF-8 text: byte 1 of the file, 0xF6, is out of place; save the file as "
        "UTF-8.",
    ),
    "cut UTF-16": (
        "x,y\n1,2\n".encode("utf-16") + b"\x31",
        "Row 3 is no UTF-16 text: byte 19 of the file, 0x31, is out of place; save the file as "
        "UTF-8.",
    ),
    "a spreadsheet": (
        b"PK\x03\x04\x14\x00[Content_Types].xml",
        "This is a spreadsheet; save it as CSV.",
    ),
    "an old spreadsheet": (b"\xd0\xcf\x11\xe0\xa1\xb1", "This is a spreadsheet; save it as CSV."),
    "a packed file": (
        b"PK\x03\x04\x14\x00cars.csv",
        "This is a packed file (zip); unpack it first.",
    ),
    "a picture": (b"\x89PNG\r\n", "This is a picture; a table in CSV is wanted."),
    "too many rows": (ones(100_003), "The file has 100,003 rows; at most 100,000 are read."),
    "too many columns": (ones(1, 201), "The file has 201 columns; at most 200 are read."),
    "too many bytes": (
        b"1" * (21 * 2**20),
        "The file has 21.0 MB; at most 20 MB are read.",
    ),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_is_no_table_is_refused_in_a_sentence_with_the_row(case):
    given, sentence = REFUSED[case]
    with pytest.raises(FileFault) as refused:
        read(given)
    assert str(refused.value) == sentence


signs = "12.,;|\t \"'\n\rxé−∞NA-$%()#k"
nasty = st.text(st.sampled_from(signs), max_size=60) | st.text(max_size=40)


@given(nasty | st.binary(max_size=60) | nasty.map(lambda text: text.encode("utf-8", "replace")))
@example("x y\n1 2\n")
@example('"",""\n1,2\n')
def test_anything_at_all_is_read_or_refused_in_one_sentence(data):
    try:
        raw = read(data)
        target, features = suggest(raw)
        table, notes = choose(raw, target, features)
    except FileFault as fault:
        sentences, table = [str(fault)], None
    else:
        sentences = [*raw.notes, *notes]
    assert all(sentence.endswith(".") and "\n" not in sentence for sentence in sentences)
    if table is None:
        return
    assert np.isfinite(table.X).all()
    assert np.isfinite(table.y).all()
    _, kept = keep(table)
    assert kept.features == table.features


# ---------------------------------------------------------------- what is found

C, S, T = (f"The columns are separated by {name}." for name in ("commas", "semicolons", "tabs"))
BARE = "Row 1 is no header, so the columns are numbered."
FOUND = {
    "commas": ("x,y\n1,2.5\n3,4\n", {"x": [1, 3], "y": [2.5, 4]}, [C]),
    "a byte order mark": (b"\xef\xbb\xbfx,y\n1,2\n3,4\n", {"x": [1, 3], "y": [2, 4]}, [C]),
    "no header": ("1,2\n3,4\n", {"column 1": [1, 3], "column 2": [2, 4]}, [C, BARE]),
    "decimal commas": (
        "x;y\n1,5;2\n3;4,25\n",
        {"x": [1.5, 3], "y": [2, 4.25]},
        [S, "Commas are before decimals: 1,5 is 1.5."],
    ),
    "decimal commas and no header": (
        "1,5;2,5\n3,5;4,5\n",
        {"column 1": [1.5, 3.5], "column 2": [2.5, 4.5]},
        [S, BARE, "Commas are before decimals: 1,5 is 1.5."],
    ),
    "tabs": ("x\ty\n1\t2\n3\t\n4\t5", {"x": [1, 3, 4], "y": [2, math.nan, 5]}, [T]),
    "bars": ("x|y\n1|2\n3|4\n", {"x": [1, 3]}, ["The columns are separated by bars."]),
    "blanks": (
        "  x   y\n 1   2.5\n10  20\n",
        {"x": [1, 10], "y": [2.5, 20]},
        ["The columns are separated by blanks."],
    ),
    "blanks and decimal commas": (
        "1,5 2,5\n2,5 3,5\n",
        {"column 1": [1.5, 2.5], "column 2": [2.5, 3.5]},
        [
            "The columns are separated by blanks.",
            BARE,
            "Commas are before decimals: 1,5 is 1.5.",
        ],
    ),
    "what a spreadsheet says": ("sep=;\nx;y\n1;2\n3;4\n", {"x": [1, 3]}, [S]),
    "Windows": (
        "größe,y\n1,2\n3,4\n".encode("cp1252"),
        {"größe": [1, 3]},
        ["The text is not UTF-8, so it is read as Windows-1252; look at its accents.", C],
    ),
    "UTF-16": (
        "größe,y\n1,2\n3,4\n".encode("utf-16"),
        {"größe": [1, 3]},
        ["The text is UTF-16.", C],
    ),
    "names that come again or are not there": (
        "x,x,,y\n1,2,3,4\n2,3,4,5\n",
        {"x 2": [2, 3], "column 3": [3, 4]},
        [
            C,
            "1 column had no name of its own and got one.",
            "The second column called x is called x 2.",
        ],
    ),
    "quotation marks": (
        '"a ""b"", c",y\n"1", 2\n 3 ,"4"\n',
        {'a "b", c': [1, 3], "y": [2, 4]},
        [C],
    ),
    "thousands that are sure": (
        'x,y\n"1,234,567.5",1\n"2,000",2\n',
        {"x": [1234567.5, 2000]},
        [C, "In x there are signs between thousands: 1,234,567.5 is 1234567.5."],
    ),
    "thousands that another column tells": (
        "x;y\n1.234;1,5\n2.345;2,25\n",
        {"x": [1234, 2345], "y": [1.5, 2.25]},
        [
            S,
            "Commas are before decimals: 1,5 is 1.5.",
            "In x there are signs between thousands: 1.234 is 1234.",
        ],
    ),
    "decimals that another number tells": ("x,y\n1.234,1\n0.5,2\n", {"x": [1.234, 0.5]}, [C]),
    "points alone are before decimals": ("x,y\n1.234,1\n2.345,2\n", {"x": [1.234, 2.345]}, [C]),
    "blanks between thousands": (
        "x\ty\n1 234\t1\n2\u00a0345\t2\n",
        {"x": [1234, 2345]},
        [T, "In x there are signs between thousands: 1 234 is 1234."],
    ),
    "powers and signs": ("x,y\n−1e3,+2\n.5,-4.\n", {"x": [-1000, 0.5], "y": [2, -4]}, [C]),
    "empty rows": ("x,y\n\n1,2\n,\n  \n3,4\n\n", {"x": [1, 3], "y": [2, 4]}, [C]),
}


@pytest.mark.parametrize("case", FOUND)
def test_what_is_found_is_read_and_said(case):
    given, columns, notes = FOUND[case]
    raw = read(given)
    for name, values in columns.items():
        assert raw[name].kind == "number"
        np.testing.assert_array_equal(raw[name].values, values)
    assert list(raw.notes) == notes


@pytest.mark.parametrize(
    ("numbers", "said"),
    [
        (
            ["1700000000000", "1700000005000", "1700011940000"],
            "1,700,000,000,000 to 1,700,011,940,000",
        ),
        (["-2500000", "1", "3"], "-2,500,000 to 3"),
        (["1", "999999", "1000000"], "1 to 1,000,000"),
        (["1234567.5", "1234567.75", "3"], "3 to 1.23457e+06"),
        (["1e20", "3e20", "2e20"], "1e+20 to 3e+20"),
        (["0.5", "2024", "2025"], "0.5 to 2,025"),
    ],
)
def test_the_ends_of_a_column_are_written_to_be_told_apart(numbers, said):
    column = read("\n".join(["a;b", *(f"{each};{k}" for k, each in enumerate(numbers))]))["a"]
    assert column.why == f"holds numbers from {said}"


def test_columns_say_what_they_hold_or_why_they_cannot_be_used():
    assert {column.name: (column.kind, column.why) for column in read(PLANTS).columns} == {
        "species": ("category", "holds 3 categories: ash, elm and oak"),
        "height": ("number", "holds numbers from 1.5 to 4"),
        "leaves": ("number", "holds numbers from 7 to 12"),
        "planted": ("date", "looks like dates, which cannot be learned from as they stand"),
        "name": ("text", "holds another text in every row"),
        "soil": ("constant", "is 'clay' in every row"),
    }


@pytest.mark.parametrize(
    ("cells", "kind", "why"),
    [
        (["true", "False", "true"], "category", "holds 2 categories: False and true"),
        (["1", "2", "oh", "2"], "category", "holds 3 categories: 1, 2 and oh"),
        (["1,5", "oh", "3,5"], "text", "holds 'oh' in row 3, where most rows hold numbers"),
        (
            [*"abcdefghijklmnopqrstuvwu"],
            "text",
            "holds 23 different texts; categories are at most 20",
        ),
        (["1.5", "2.5", "3,5"], "text", "holds '3,5' in row 4, where most rows hold numbers"),
        (["", "NA", "n/a", "-", "?"], "constant", "is empty"),
        (["7", "7.0", "NA"], "constant", "is 7 wherever it has a value"),
        (
            ["12:30", "13:45"],
            "date",
            "looks like dates, which cannot be learned from as they stand",
        ),
        (
            ["1.234", "1,234"],
            "text",
            "holds numbers such as 1.234, whose sign may be before decimals or after thousands",
        ),
        (["low", "high", "low", "", "none"], "category", "holds 2 categories: high and low"),
    ],
)
def test_a_column_of_a_kind(cells, kind, why):
    raw = read("x|y\n" + "\n".join(f"{cell}|{i}" for i, cell in enumerate(cells)))
    assert (raw["x"].kind, raw["x"].why) == (kind, why)


@pytest.mark.parametrize("text", ["x;y\n1.234;1\n2.345;2\n", "x\ty\n1,234\t1\n2,345\t2\n"])
def test_a_number_that_may_mean_two_things_is_not_guessed(text):
    assert "may be before decimals or after thousands" in read(text)["x"].why


@pytest.mark.parametrize(
    "date",
    [
        "2020-01-31",
        "31.1.2020",
        "1/31/20",
        "2020/01/31 12:00",
        "2020-01-31T12:00:00Z",
        "2020-01",
        "31 Jan 2020",
        "January 31, 2020",
        "Jan 2020",
        "31. März 2020",
        "12:30:05",
        "2:05 pm",
        "2020-01-31T12:00:00.123+02:00",
    ],
)
def test_dates_are_known(date):
    assert is_date(date)
    assert not is_number(date)


@pytest.mark.parametrize(
    "text", ["1.5", "31", "may be", "mark 5 b", "1.2.3", "a-b-c", "marble", "5-10"]
)
def test_other_texts_are_no_dates(text):
    assert not is_date(text)


def test_missing_values_are_known():
    words = ["", "NA", "n/a", "NaN", "NULL", "None", "-", "?", ".", "#N/A"]
    assert all(map(is_missing, words))
    assert not any(map(is_missing, ["0", "no", "unknown", "x", "false"]))


# ---------------------------------------------------------------- what is written is read again

finite = st.floats(-1e12, 1e12, allow_subnormal=False) | st.integers(-(10**9), 10**9).map(float)
words = st.text(st.characters(codec="cp1252", categories=("L", "N", "P", "Zs")), max_size=30)


@given(
    rows=st.lists(st.tuples(finite, finite, finite), min_size=3, max_size=8),
    separator=st.sampled_from(",;\t|"),
    decimal=st.sampled_from(".,"),
    encoding=st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "utf-32"]),
    end=st.sampled_from(["\n", "\r\n", "\r"]),
    quoting=st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL]),
    header=st.none() | st.tuples(words, words, words),
)
def test_numbers_that_were_written_are_read_to_the_last_bit(
    rows, separator, decimal, encoding, end, quoting, header
):
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer, delimiter=separator, quoting=quoting, lineterminator=end)
    if header is not None:
        # The letters before and after keep it from being a number, or from meaning "missing".
        writer.writerow(f"a {' '.join(word.split())} b" for word in header)
    # What another row tells of the decimal sign, whichever it is.
    for row in [(0.5, 0.25, 12.5), *rows]:
        writer.writerow(repr(x).replace(".", decimal) for x in row)
    columns = read(buffer.getvalue().encode(encoding)).columns
    wanted = np.array([(0.5, 0.25, 12.5), *rows]).T
    for column, values in zip(columns, wanted, strict=True):
        if column.kind != "constant":
            np.testing.assert_array_equal(column.values, values)
    if header is not None and len(set(header)) == 3:
        assert [column.name for column in columns] == [
            " ".join(f"a {word} b".split()) for word in header
        ]


@given(
    levels=st.lists(words.map(lambda word: f"<{word}>"), min_size=2, max_size=6, unique=True),
    separator=st.sampled_from(",;\t|"),
    encoding=st.sampled_from(["utf-8", "utf-16"]),
)
def test_categories_that_were_written_are_read_again(levels, separator, encoding):
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer, delimiter=separator)
    writer.writerows([["kind", "size"], *([level, i] for i, level in enumerate(levels * 2))])
    column = read(buffer.getvalue().encode(encoding))["kind"]
    assert [column.levels[code] for code in column.values] == levels * 2


@pytest.mark.parametrize("decimal", [".", ","])
@given(st.lists(st.text(st.sampled_from("0123456789.,-+eE\n"), min_size=1, max_size=8), max_size=4))
@example(["1,234,567", "1.234.567"])
@example(["1\n2", "3"])
def test_many_plain_numbers_are_read_as_one_by_one(decimal, cells):
    assert numbers_of(cells, decimal) == [number_of(cell, decimal) for cell in cells]


def test_every_row_of_the_largest_file_is_read():
    rng = np.random.default_rng(0)
    values = rng.normal(size=(MOST_ROWS, 3))
    lines = (",".join(map(repr, row)) for row in values.tolist())
    raw = read("a,b,c\n" + "\n".join(lines) + "\n")
    np.testing.assert_array_equal([column.values for column in raw.columns], values.T)
    assert raw.rows[0] == 2
    assert raw.rows[-1] == MOST_ROWS + 1


def test_as_many_columns_are_read_as_is_said():
    assert len(read(ones(2, MOST_COLUMNS)).columns) == MOST_COLUMNS


def test_every_separator_has_a_name():
    assert all(name.endswith("s") for name in SEPARATORS.values())


# ---------------------------------------------------------------- what is chosen


def test_rows_without_a_value_are_left_out_and_counted():
    table, notes = choose(read(PLANTS, "plants.csv"), "height", ["leaves", "species"])
    assert notes == (
        "2 of 5 rows are left out for missing values: 1 in height and 1 in leaves.",
        "species becomes columns of 0 and 1, one for each category but the first.",
    )
    assert table.features == ("leaves", "species = elm", "species = oak")
    np.testing.assert_array_equal(table.X, [[12, 0, 1], [9, 1, 0], [8, 0, 0]])
    np.testing.assert_array_equal(table.y, [3.5, 4, 1.5])
    assert (table.target, table.classes, table.name) == ("height", (), "plants.csv")
    assert table.data == "table"


def test_categories_are_classes_in_order():
    table, _ = choose(read(PLANTS), "species", ["height"])
    assert table.classes == ("ash", "elm", "oak")
    np.testing.assert_array_equal(table.y, [2, 1, 1, 0])
    assert table.data == "table_classes"


@pytest.mark.parametrize(
    ("cells", "classes", "names"),
    [
        ("10 9 10 9", None, ("9", "10")),
        ("10 9 10 9", False, ()),
        ("10 9 8 9", None, ()),
        ("10 9 8 9", True, ("8", "9", "10")),
        ("1.5 2 1.5 2", None, ()),
        ("yes no yes no", None, ("no", "yes")),
        ("true FALSE true FALSE", True, ("FALSE", "true")),
    ],
)
def test_few_whole_numbers_and_categories_can_be_classes(cells, classes, names):
    raw = read("x,y\n" + "\n".join(f"{i},{cell}" for i, cell in enumerate(cells.split())))
    table, _ = choose(raw, "y", ["x"], classes=classes)
    assert table.classes == names
    if names:
        assert [names[int(k)] for k in table.y] == cells.split()
        assert can_be_classes(raw["y"])


def test_a_feature_that_is_the_same_in_the_rows_that_are_left_is_left_out():
    raw = read("a,b,y\n1,1,1\n1,2,2\n1,3,4\n2,4,\n")
    table, notes = choose(raw, "y", ["a", "b"])
    assert table.features == ("b",)
    assert notes == (
        "1 of 4 rows is left out for missing values: 1 in y.",
        "a is left out, being the same in every row.",
    )


def test_names_of_categories_stay_short_and_on_one_line():
    long, longer = "k" * 90, "k" * 95
    cells = [long, longer, '"two\nlines"'] * 2
    table, _ = choose(
        read("x,y\n" + "\n".join(f"{i},{c}" for i, c in enumerate(cells))), "y", ["x"]
    )
    cut = "k" * 77 + "..."
    assert table.classes == (cut, f"{cut} 2", "two lines")
    assert keep(table)[1].classes == table.classes
    assert from_columns(as_columns(table), table)[0].classes == table.classes


def test_no_two_columns_are_called_the_same():
    raw = read("k,k = b,y\na,1,2\nb,2,3\na,3,5\nb,4,1\n")
    assert choose(raw, "y", ["k", "k = b"])[0].features == ("k = b", "k = b 2")
    assert choose(raw, "k = b", ["k"])[0].features == ("k = b 2",)


def many(values) -> str:
    return "x,y\n" + "\n".join(f"{i},{value}" for i, value in enumerate(values))


WIDE = "\n".join(
    [",".join([*(f"k{i}" for i in range(6)), "y"])]
    + [",".join([f"{'abcdefghijklmnopqrst'[i % 20]}"] * 6 + [str(i)]) for i in range(40)]
)
NOT_CHOSEN = {
    "no feature": (PLANTS, "height", [], None, "No feature is chosen yet."),
    "no such column": (PLANTS, "height", ["width"], None, "There is no column 'width'."),
    "itself": (
        PLANTS,
        "height",
        ["leaves", "height"],
        None,
        "height is the target, so it cannot be a feature too.",
    ),
    "dates": (
        PLANTS,
        "planted",
        ["height"],
        None,
        "The column planted looks like dates, which cannot be learned from as they stand.",
    ),
    "one text": (
        PLANTS,
        "height",
        ["soil"],
        None,
        "The column soil is 'clay' in every row.",
    ),
    "categories as numbers": (
        PLANTS,
        "species",
        ["height"],
        False,
        "species holds categories, which are no numbers.",
    ),
    "decimals as classes": (
        PLANTS,
        "height",
        ["species"],
        True,
        "height holds decimals, which name no classes.",
    ),
    "too many classes": (
        many("abcdefghijk" * 2),
        "y",
        ["x"],
        None,
        "y has 11 different values; classes are at most 10.",
    ),
    "too many numbers for classes": (
        many(range(12)),
        "y",
        ["x"],
        True,
        "y has 12 different values; classes are at most 10.",
    ),
    "no complete rows": (
        "x,y,z\n1,,2\n2,1,\n3,2,5\n",
        "x",
        ["y", "z"],
        None,
        "Only 1 row has a value in every chosen column; at least 2 are needed.",
    ),
    "a target that stays the same": (
        "x,y\n1,5\n2,5\n,6\n",
        "y",
        ["x"],
        None,
        "y is the same in all rows that are left.",
    ),
    "features that stay the same": (
        "a,b,y\n1,2,5\n1,2,6\n3,4,\n",
        "y",
        ["a", "b"],
        None,
        "a and b are the same in every row, so there is nothing to learn from.",
    ),
    "a large number": (
        "x,y\n\n1,5\n2e24,6\n",
        "x",
        ["y"],
        None,
        "Row 4 holds 2e+24 in column x; numbers may be 1e+24 at most in size.",
    ),
    "many categories": (
        WIDE,
        "y",
        [f"k{i}" for i in range(6)],
        None,
        "The features make 114 columns, with one for each category but the first; at most 100 are "
        "possible.",
    ),
}


@pytest.mark.parametrize("case", NOT_CHOSEN)
def test_what_cannot_be_trained_on_is_refused_in_a_sentence(case):
    text, target, features, classes, sentence = NOT_CHOSEN[case]
    raw = read(text)
    with pytest.raises(FileFault) as refused:
        choose(raw, target, features, classes=classes)
    assert str(refused.value) == sentence


@pytest.mark.parametrize(
    ("text", "target", "features"),
    [
        (PLANTS, "species", ("height", "leaves")),
        ("y,x\n1,2\n3,4\n", "y", ("x",)),
        ("a,b\n1,2\n3,4\n", "b", ("a",)),
        ("id,a,b\n1,5,2\n2,7,4\n3,1,1\n", "b", ("a",)),
        (",a,b\n0,5,2\n1,7,4\n", "b", ("a",)),
        ("id,b\n1,2\n2,4\n", "b", ("id",)),
        ("Price,name\n1,a\n3,b\n4,b\n", "Price", ("name",)),
        ("label,y\na,2\nb,4\na,3\n", "y", ("label",)),
    ],
)
def test_a_choice_is_suggested_by_name_and_place(text, target, features):
    assert suggest(read(text)) == (target, features)


def test_no_more_columns_are_suggested_than_can_be_looked_at():
    rng = np.random.default_rng(0)
    lines = [",".join(f"c{i}" for i in range(60))]
    lines += [",".join(f"{x:.3f}" for x in row) for row in rng.normal(size=(5, 60))]
    assert suggest(read("\n".join(lines)))[1] == tuple(f"c{i}" for i in range(30))


def test_where_nothing_can_be_chosen_it_is_said_why():
    with pytest.raises(FileFault) as refused:
        suggest(read("name,y\nAda,1\nBob,2\nCid,3\n"))
    assert str(refused.value) == (
        "A feature and a target are needed: name holds another text in every row."
    )


def test_a_chosen_table_travels_in_a_link():
    table, _ = choose(read(PLANTS), "species", ["height", "leaves"])
    text, kept = keep(table)
    assert table_of(text) is kept
    for name in ("X", "y", "marked"):
        np.testing.assert_array_equal(getattr(kept, name), getattr(table, name))
    assert (kept.features, kept.target, kept.classes) == (
        table.features,
        table.target,
        table.classes,
    )


@pytest.mark.parametrize(
    ("count", "words"),
    [
        (1, "a"),
        (2, "a and b"),
        (3, "a, b and c"),
        (6, "a, b, c, d, e and f"),
        (7, "a, b, c, d, e and 2 more"),
        (9, "a, b, c, d, e and 4 more"),
    ],
)
def test_many_words_are_listed_in_part(count, words):
    assert listed(list("abcdefghi"[:count])) == words
