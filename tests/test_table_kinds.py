"""What the reader of a file is told: whether names come first, what columns are, which class is
looked for."""

import numpy as np
import pytest

from lossviz.tables import FileFault, choose, holds_classes, read

FRAUD = "amount,label\n10,ok\n300,fraud\n12,ok\n9,ok\n280,fraud\n"


@pytest.mark.parametrize(
    ("header", "names", "rows"),
    [(None, ["amount", "label"], 5), (True, ["amount", "label"], 5),
     (False, ["column 1", "column 2"], 6)],
)  # fmt: skip
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
