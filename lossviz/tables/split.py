"""From the text of a file to its rows: what separates columns, and whether names come first."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import chain, islice
from typing import Literal

import numpy as np

from lossviz.base.limits import ROWS as MOST_ROWS
from lossviz.base.words import counted
from lossviz.tables.above import (
    BLANKS,
    SEPARATORS,
    Line,
    Record,
    comments_of,
    is_row,
    names_above,
    on_comments,
    on_titles,
    said,
    titles_of,
)
from lossviz.tables.cells import is_missing
from lossviz.tables.fault import FileFault
from lossviz.tables.header import is_header, is_number, names_of, on_counting
from lossviz.tables.lines import START, Lines, Place, fields, glance

MOST_COLUMNS = 200
GLIMPSE = 200  # rows by which the separator and the header are told
BLOCK = 4096


@dataclass(frozen=True, eq=False)
class Cells:
    """A column as it is written: its different texts, and which of them each row has (n,)."""

    name: str
    texts: list[str]
    codes: np.ndarray


@dataclass(frozen=True, eq=False)
class Split:
    """Columns of one length; rows (n,) says where in the file each of their rows begins."""

    columns: tuple[Cells, ...]
    rows: np.ndarray
    separator: str
    has_names: bool
    notes: tuple[str, ...]


def split(text: str, header: bool | None = None) -> Split:
    """The columns of a text; FileFault where it holds no proper table.

    header: whether the first row holds the names of the columns; None: as it looks. Names may be
    in a line that begins with # just above the table. Rows may have one field more than the names:
    an empty last one, or a first one that names the row, as R writes it.
    """
    table = _opened(text)
    (first_row, first), *others = table.glimpse
    if len(first) > MOST_COLUMNS:
        columns = fields(len(first), "column")
        raise FileFault(f"The file has {columns}; at most {MOST_COLUMNS} are read.")
    below = [cells for _, cells in others]
    if len(first) == 1 and all(len(cells) == 1 for cells in below):
        raise FileFault(
            f"Row {first_row:,} has one column only; a feature and a target are needed, with a "
            "comma, semicolon or tab between them."
        )
    notes = [f"The columns are separated by {SEPARATORS.get(table.separator, table.separator)}."]
    named, comments = names_above(table.comments, [first, *below], table.separator), table.comments
    given, body = first, chain(others, table.records)
    if header is not False and named:
        given, comments = named, comments[:-1]
        notes.append(f"The names are those in row {table.comments[-1][0]:,}.")
        body = chain(table.glimpse, table.records)
    notes += [*on_comments(comments), *on_titles(table.titles)]
    more = "" if named else _one_more(first, below)
    has_names = bool(named or more or is_header(first, below)) if header is None else header
    width_row = first_row
    if not has_names:
        given, body, more = [""] * len(first), chain(table.glimpse, table.records), ""
        if header is None:
            notes.append(f"Row {first_row:,} is no header, so the columns are numbered.")
    elif more:
        given, width_row = (["", *first] if more == "first" else [*first, ""]), others[0][0]
    elif header is None and not named:
        notes += on_counting(first, below, first_row)
    remarks: list[int] = []
    columns, rows = _columns(_without(body, len(given), width_row, remarks), len(given))
    if remarks:
        notes.append(
            f"{counted(len(remarks), 'line')} between the rows, beginning with #, "
            f"{'is' if len(remarks) == 1 else 'are'} passed over."
        )
    if not len(rows):
        raise FileFault(f"There are no rows below the header in row {first_row:,}.")
    if more == "first":
        given, columns = given[1:], columns[1:]
        notes.append("The first field of each row has no name: it names the row and is left out.")
    if not given[-1].strip() and len(given) > 1 and not any(map(str.strip, columns[-1][0])):
        given, columns = given[:-1], columns[:-1]
        notes.append("The last field of each row is empty and is left out.")
    if has_names:
        names, note = names_of(given)
        notes += note
    else:
        names = [f"column {i}" for i in range(1, len(given) + 1)]
    cells = (Cells(name, *each) for name, each in zip(names, columns, strict=True))
    return Split(
        columns=tuple(cells),
        rows=rows,
        separator=table.separator,
        has_names=has_names,
        notes=tuple(notes),
    )


@dataclass(frozen=True, eq=False)
class _Opened:
    """glimpse: the first rows; records: those after them. comments: lines above, with their row;
    titles: rows above the names, such as a report's title."""

    separator: str
    comments: list[Line]
    titles: list[Record]
    glimpse: list[Record]
    records: Iterator[Record]


def _opened(text: str) -> _Opened:
    """The rows of the text, after what stands above them."""
    known, begin = said(text)
    for comments, start in (comments_of(text, begin), ([], begin)):
        separator = known or _best_separator(text, start)
        records = _records(text, separator, start)
        glimpse = list(islice(records, GLIMPSE))
        titles = titles_of(glimpse)
        glimpse = glimpse[len(titles) :]
        if glimpse and not any(is_row(line, len(glimpse[0][1]), separator) for _, line in comments):
            return _Opened(separator, comments, titles, glimpse, records)
    raise FileFault("The file is empty.")


def _one_more(first: list[str], below: list[list[str]]) -> Literal["", "first", "last"]:
    """Which field the rows have more than the first row has."""
    if len(first) < 2 or not below or any(len(cells) != len(first) + 1 for cells in below):
        return ""
    if not any(cells[-1].strip() for cells in below):
        return "last"
    return "" if is_header(below[0], below[1:]) else "first"


def _records(text: str, separator: str, start: Place) -> Iterator[Record]:
    """All rows that hold something. csv reads the quotation marks."""
    lines = Lines(text, separator, start)
    reader = csv.reader(lines, delimiter=separator, skipinitialspace=True, strict=True)
    try:
        while True:
            lines.begin()
            cells = next(reader)
            if any(cells) and not (len(cells) == 1 and not cells[0].strip()):
                yield lines.begun, cells
    except StopIteration:
        return
    except csv.Error as error:
        raise FileFault(f"Row {lines.begun:,} {_reason(str(error), separator)}.") from None


def _reason(error: str, separator: str) -> str:
    if "unexpected end" in error:
        return "opens a quotation mark that is never closed"
    if "limit" in error:
        return "holds a cell that is far too long; perhaps a quotation mark is never closed"
    sign = SEPARATORS.get(separator, separator).removesuffix("s")
    return f"has no {sign} after a closing quotation mark"


def _best_separator(text: str, begin: Place) -> str:
    """The one that gives most rows the same number of cells, and most cells that are numbers."""
    start = glance(text, begin, GLIMPSE)
    marks = {}
    for separator in SEPARATORS:
        records = _glimpse(start, separator)
        records = records[len(titles_of(list(enumerate(records)))) :]
        counts = Counter(map(len, records))
        width, often = counts.most_common(1)[0] if counts else (1, 0)
        if width == 1 or len(records[0]) == 1:
            continue
        cells = [cell.strip() for row in records[1:] or records for cell in row[:MOST_COLUMNS]]
        numbers = sum(is_number(cell) or is_missing(cell) for cell in cells) / len(cells)
        if separator == BLANKS and marks and numbers < 1:
            continue
        marks[separator] = (often / len(records), numbers)
    return max(marks, key=marks.__getitem__, default=",")


def _glimpse(text: str, separator: str) -> list[list[str]]:
    """The first rows, as far as they can be read at all."""
    found = []
    try:
        for _, cells in _records(text, separator, START):
            found.append(cells)
    except FileFault:
        pass
    return found


def _without(
    records: Iterable[Record], width: int, header: int, remarks: list[int]
) -> Iterator[Record]:
    """The records but for remarks, which begin with # and are no row; these are noted. FileFault
    where another one is of another width than the header."""
    for row, cells in records:
        if len(cells) != width and cells[0].lstrip().startswith("#"):
            remarks.append(row)
        elif len(cells) != width:
            raise FileFault(_ragged(row, len(cells), header, width))
        else:
            yield row, cells


def _columns(
    records: Iterator[Record], width: int
) -> tuple[list[tuple[list[str], np.ndarray]], np.ndarray]:
    """The different texts of each column, which of them each row has (n,), and the rows (n,)."""
    # A text that comes again is held once: files are full of them, and of text rather than memory.
    known: list[dict[str, int]] = [{} for _ in range(width)]
    codes: list[list[np.ndarray]] = [[] for _ in range(width)]
    rows: list[int] = []
    while block := list(islice(records, BLOCK)):
        rows += [row for row, _ in block]
        if len(rows) > MOST_ROWS:
            total = len(rows) + sum(1 for _ in records)
            raise FileFault(f"The file has {total:,} rows; at most {MOST_ROWS:,} are read.")
        columns = zip(*(cells for _, cells in block), strict=True)
        for cells, seen, parts in zip(columns, known, codes, strict=True):
            parts.append(np.array([seen.setdefault(cell, len(seen)) for cell in cells], np.int32))
    none = np.zeros(0, np.int32)
    found = [
        (list(seen), np.concatenate([none, *parts]))
        for seen, parts in zip(known, codes, strict=True)
    ]
    return found, np.array(rows, np.int32)


def _ragged(row: int, found: int, header: int, expected: int) -> str:
    hint = "; lines above the table have to go" if expected == 1 else ""
    return (
        f"Row {row:,} has {fields(found)}, where {expected} "
        f"{'was' if expected == 1 else 'were'} expected, as in row {header:,}{hint}."
    )
