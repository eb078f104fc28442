"""Files that would cost far more than they say: cells, lines and rows are counted first."""

import csv
import importlib
import pkgutil
import re
import time
import tomllib
import tracemalloc
from itertools import takewhile
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

import lossviz.tables
from lossviz.base.limits import MEGABYTES, ROWS
from lossviz.tables import FileFault, lines, read
from lossviz.tables.above import SEPARATORS
from lossviz.tables.cells import LONGEST, is_date, is_number, number_of, numbers_of
from lossviz.tables.lines import MOST_LINES, START, WIDEST, Lines, cut
from lossviz.tables.split import _records
from lossviz.tables.units import quantity

# ---------------------------------------------------------------- cells

MODULES = [
    importlib.import_module(f"lossviz.tables.{module.name}")
    for module in pkgutil.iter_modules(lossviz.tables.__path__)
]
PATTERNS = {
    f"{module.__name__}.{name} {i}": pattern
    for module in MODULES
    for name, value in vars(module).items()
    for i, pattern in enumerate(value.values() if isinstance(value, dict) else [value])
    if isinstance(pattern, re.Pattern)
}
BEGINNINGS = (
    "",
    "(",
    "1",
    "-",
    "$",
    "1,",
    "1 kg",
    "1 jan",
    "mon",
    "1 /",
    "sep=",
    "#",
    "10:00:00.",
    '"',
)
REPEATED = (
    " ",
    "\u00a0",
    "0",
    "1 ",
    "1,",
    ".",
    ",",
    "a",
    "t",
    "T ",
    "kg ",
    "\n",
    "#A",
    "'",
    "(",
    '"',
)


def long_cells(size):
    return [begin + part * (size // len(part)) + "x!" for begin in BEGINNINGS for part in REPEATED]


def seconds(pattern, cells):
    def once():
        begun = time.thread_time()
        for cell in cells:
            pattern.fullmatch(cell)
            pattern.match(cell)
        return time.thread_time() - begun

    return min(once() for _ in range(3))


def growth(pattern, size):
    """How much longer cells take that are four times as long: 4, or 16 where it goes by squares."""
    return seconds(pattern, long_cells(4 * size)) / max(seconds(pattern, long_cells(size)), 2e-4)


@pytest.mark.parametrize("name", PATTERNS)
def test_no_pattern_takes_longer_than_the_length_of_a_cell(name):
    assert growth(PATTERNS[name], 500) < 9


def test_the_test_of_patterns_knows_one_that_goes_by_squares():
    assert len(PATTERNS) > 15
    assert growth(re.compile(r"\(? *[+-]? *(?:[0-9]+)"), 500) > 9


@pytest.mark.parametrize("cell", ["1" * (LONGEST + 1), "1" + " " * LONGEST + "kg", "$" + "0" * 200])
def test_a_long_cell_is_text_whatever_it_says(cell):
    assert not any((is_number(cell), is_date(cell), quantity(cell), number_of(cell, ".")))
    assert numbers_of(["1", cell], ".") == [1.0, None]


def test_a_long_number_is_still_a_number():
    assert number_of("0." + "1" * (LONGEST - 2), ".") == pytest.approx(1 / 9)
    assert read("x,y\n0." + "3" * 60 + ",1\n2,5\n3,7\n").columns[0].kind == "number"


def test_a_long_cell_costs_a_file_nothing():
    cell = "(" + " " * 100_000 + "x"
    kinds = [each.kind for each in read(f"x,y,z\n{cell},1,2\nb,2,3\nc,3,5\n").columns]
    assert kinds == ["text", "number", "number"]


# ---------------------------------------------------------------- lines

WIDE = f"more than {WIDEST:,} fields, where 2 were expected, as in row 1."
SIZE = 2_000_000
HOSTILE = {
    "a wide row between blanks": (b"a b\n" + b"1 " * (SIZE // 2), f"Row 2 has {WIDE}"),
    "a wide row in quotation marks": (b"a,b\n" + b'"1",' * (SIZE // 4), f"Row 2 has {WIDE}"),
    "a wide row below a line in quotation": (
        b'a,b\n1,"2\n3"' + b',"4"' * (SIZE // 4),
        f"Row 2 has {WIDE}",
    ),
    **{
        f"a first line with U+{ord(sign):04X}, which ends no line": (
            f"a,b{sign}".encode() * (SIZE // 4),
            f"The file has more than {WIDEST:,} columns; at most 200 are read.",
        )
        for sign in "\x0b\x85\u2028"
    },
    "sep= and commas": (
        b"sep=" + b"," * SIZE,
        f"The file has more than {WIDEST:,} columns; at most 200 are read.",
    ),
    "comments": (
        b"#a\n" * (SIZE // 3),
        "The file has more than 10,000 lines above the table that begin with #; they have to go.",
    ),
    "blank lines": (b"\n" * SIZE, "The file is empty."),
    "blanks": (b" " * SIZE, "The file is empty."),
    "empty rows": (b"\t\r\n,\n" * (SIZE // 5), "The file is empty."),
    "blank lines and a NUL byte": (
        b"\r\n" * (SIZE // 2) + b"\0",
        f"Row {SIZE // 2 + 1:,} holds a NUL byte: this does not look like text.",
    ),
    "blank lines in a quotation": (
        b'a,b\n1,"' + b"\n" * SIZE,
        "Row 2 holds a cell that is far too long; perhaps a quotation mark is never closed.",
    ),
}


@pytest.mark.parametrize("case", HOSTILE)
def test_a_hostile_file_is_refused_in_a_few_times_its_size(case):
    given, sentence = HOSTILE[case]
    tracemalloc.start()
    try:
        with pytest.raises(FileFault) as refused:
            read(given)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert str(refused.value) == sentence
    assert peak < 5 * len(given) + 2**20  # lists of its fields or lines would be 50 times as large


def test_no_more_lines_are_looked_at_than_a_table_may_have(monkeypatch):
    read_lines = []
    monkeypatch.setattr(lines, "LINE", Counted(lines.LINE, read_lines))
    with pytest.raises(FileFault) as refused:
        read(b"1,2\n" * (2 * MOST_LINES))
    words = f"{MOST_LINES:,} lines; at most {ROWS:,} rows are read."
    assert str(refused.value) == f"The file has more than {words}"
    assert len(read_lines) < MOST_LINES + 2_000


def test_blank_lines_are_passed_over_at_once_and_counted(monkeypatch):
    read_lines = []
    monkeypatch.setattr(lines, "LINE", Counted(lines.LINE, read_lines))
    raw = read("\n" * 1000 + "#\n" + " \r\n" * 1000 + "x,y\n" + "\t\r\n" * 1000 + "1,2\n\n3,4")
    assert raw.rows.tolist() == [3003, 3005]
    assert len(read_lines) < 50


class Counted:
    def __init__(self, pattern, found):
        self.pattern, self.found = pattern, found

    def match(self, text, at=0):
        self.found.append(at)
        return self.pattern.match(text, at)


# ---------------------------------------------------------------- the lines are what they were


def plainly(text, separator):
    """All rows as csv reads them line by line, with the row in which each begins."""
    given = re.findall(r"[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+", text)
    if separator == " ":
        given = [" ".join(line.split()) for line in given]
    reader = csv.reader(given, delimiter=separator, skipinitialspace=True, strict=True)
    row = 1
    try:
        for cells in reader:
            if any(cells) and not (len(cells) == 1 and not cells[0].strip()):
                yield row, cells
            row = reader.line_num + 1
    except csv.Error:
        yield row, "a fault"


def as_read(text, separator):
    try:
        yield from _records(text, separator, START)
    except FileFault as fault:
        yield int(re.findall(r"Row ([0-9,]+)", str(fault))[0].replace(",", "")), "a fault"


nasty = st.text(st.sampled_from("12,;|\t \"'\n\n\r\x0b\x85\u2028a#"), max_size=60)


@given(nasty, st.sampled_from(list(SEPARATORS)))
@example('1,"\n\n2"\n\n,\n3', ",")
def test_rows_are_those_that_csv_reads_line_by_line(text, separator):
    assert list(as_read(text, separator)) == list(plainly(text, separator))


@given(nasty, st.sampled_from(list(SEPARATORS)))
@example('1,"2\n",3\n4,5,6,7,8,9', ",")
@example('"a""b, c",","x,2,3,4', ",")
def test_a_wide_row_is_cut_and_stays_wide(text, separator):
    def narrow(record):
        return len(record[1]) <= most and record[1] != "a fault"

    most = 3
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(lines, "WIDEST", most)
        got = list(as_read(text, separator))
    expected = list(plainly(text, separator))
    same = list(takewhile(narrow, expected))
    assert list(takewhile(narrow, got)) == same
    if len(same) < len(expected) and expected[len(same)][1] != "a fault":
        assert got[len(same)][0] == expected[len(same)][0]
        assert len(got[len(same)][1]) > most


@pytest.mark.parametrize("separator", SEPARATORS)
def test_a_line_is_cut_behind_its_widest(separator):
    line = separator.join("1" * (5 * WIDEST)) + "\n"
    assert len(next(csv.reader([cut(line, separator)], delimiter=separator))) == WIDEST + 1
    whole = separator.join("1" * WIDEST) + "\n"
    assert cut(whole, separator).strip() == whole.strip()


def test_lines_say_where_they_are():
    found = Lines("\n\na\r\n\rb")
    assert [(found.begun, line, found.next) for line in found if not found.begin()] == [
        (3, "a\r\n", (3, 5)),
        (5, "b", (5, 7)),
    ]


def test_the_server_takes_no_larger_file_than_the_dialog():
    settings = Path(__file__).resolve().parents[1] / ".streamlit/config.toml"
    server = tomllib.loads(settings.read_text(encoding="utf-8"))["server"]
    assert server["maxUploadSize"] == MEGABYTES
