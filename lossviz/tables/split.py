"""From the text of a file to its rows: what separates columns, and whether names come first."""

from __future__ import annotations

import csv
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import chain, islice

import numpy as np

from lossviz.tables.cells import is_date, is_missing, is_number
from lossviz.tables.fault import FileFault, counted

MOST_ROWS = 100_000
MOST_COLUMNS = 200
LONGEST_NAME = 80
GLIMPSE = 200  # rows by which the separator and the header are told
BLOCK = 4096
BLANKS = " "
SEPARATORS = {"\t": "tabs", ";": "semicolons", "|": "bars", ",": "commas", BLANKS: "blanks"}
_LINE = re.compile(r"[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+")
_SAID = re.compile(r"sep=(.)\s*", re.IGNORECASE)
Record = tuple[int, list[str]]  # its row in the file, and its cells


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

    header: whether the first row holds the names of the columns; None: as it looks.
    """
    separator = _said(text) or _best_separator(text)
    records = _records(text, separator)
    glimpse = list(islice(records, GLIMPSE))
    if not glimpse:
        raise FileFault("The file is empty.")
    (first_row, first), *others = glimpse
    if len(first) > MOST_COLUMNS:
        raise FileFault(f"The file has {len(first):,} columns; at most {MOST_COLUMNS} are read.")
    if len(first) == 1 and all(len(cells) == 1 for _, cells in others):
        raise FileFault(
            f"Row {first_row:,} has one column only; a feature and a target are needed, with a "
            "comma, semicolon or tab between them."
        )
    notes = [f"The columns are separated by {SEPARATORS.get(separator, repr(separator))}."]
    has_names = _is_header(first, [cells for _, cells in others]) if header is None else header
    if has_names:
        names, note = _unique(first)
        body = chain(others, records)
    else:
        names = [f"column {i}" for i in range(1, len(first) + 1)]
        note = "" if header is False else (
            f"Row {first_row:,} is no header, so the columns are numbered."
        )  # fmt: skip
        body = chain(glimpse, records)
    columns, rows = _columns(body, names, first_row)
    if not len(rows):
        raise FileFault(f"There are no rows below the header in row {first_row:,}.")
    notes = (*notes, note) if note else tuple(notes)
    return Split(columns, rows, separator, has_names, notes)


def _records(text: str, separator: str) -> Iterator[Record]:
    """All rows that hold something. csv reads the quotation marks."""
    lines: Iterable[str] = (match[0] for match in _LINE.finditer(text))
    skipped = 0
    if _said(text):
        lines, skipped = islice(lines, 1, None), 1
    if separator == BLANKS:
        lines = (" ".join(line.split()) for line in lines)
    reader = csv.reader(lines, delimiter=separator, skipinitialspace=True, strict=True)
    row = 0
    try:
        while True:
            row = skipped + reader.line_num + 1
            cells = next(reader)
            if any(cells) and not (len(cells) == 1 and not cells[0].strip()):
                yield row, cells
    except StopIteration:
        return
    except csv.Error as error:
        raise FileFault(f"Row {row:,} {_reason(str(error), separator)}.") from None


def _reason(error: str, separator: str) -> str:
    if "unexpected end" in error:
        return "opens a quotation mark that is never closed"
    if "limit" in error:
        return "holds a cell that is far too long; perhaps a quotation mark is never closed"
    sign = SEPARATORS.get(separator, separator).removesuffix("s")
    return f"has no {sign} after a closing quotation mark"


def _said(text: str) -> str:
    """The separator that Excel's first line `sep=;` names."""
    first = _LINE.match(text)
    said = _SAID.fullmatch(first[0]) if first else None
    return said[1] if said and said[1] in SEPARATORS else ""


def _best_separator(text: str) -> str:
    """The one that gives most rows the same number of cells, and most cells that are numbers."""
    start = "".join(match[0] for match in islice(_LINE.finditer(text), GLIMPSE))
    marks = {}
    for separator in SEPARATORS:
        records = _glimpse(start, separator)
        counts = Counter(map(len, records))
        width, often = counts.most_common(1)[0] if counts else (1, 0)
        if width == 1 or len(records[0]) == 1:
            continue
        cells = [cell.strip() for cells in records[1:] or records for cell in cells]
        numbers = sum(is_number(cell) or is_missing(cell) for cell in cells) / len(cells)
        if separator == BLANKS and marks and numbers < 1:
            continue
        marks[separator] = (often / len(records), numbers)
    return max(marks, key=marks.__getitem__, default=",")


def _glimpse(text: str, separator: str) -> list[list[str]]:
    """The first rows, as far as they can be read at all."""
    found = []
    try:
        for _, cells in _records(text, separator):
            found.append(cells)
    except FileFault:
        pass
    return found


def _is_header(first: list[str], others: list[list[str]]) -> bool:
    """Whether the first row holds names: words above numbers, or else words that come once."""
    cells = [cell.strip() for cell in first]
    below = [[cell.strip() for cell in column] for column in zip(*others, strict=False)]
    words = [not is_missing(cell) and not is_number(cell) and not is_date(cell) for cell in cells]
    for is_word, column in zip(words, below, strict=False):
        numbers = [is_number(cell) for cell in column if not is_missing(cell)]
        if is_word and numbers and all(numbers):
            return True
    if any(is_number(cell) or is_date(cell) for cell in cells):
        return False
    repeats = any(cell in column for cell, column in zip(cells, below, strict=False) if cell)
    return any(words) and not repeats


def _unique(cells: list[str]) -> tuple[list[str], str]:
    """Names that are there, short and different, and a sentence where that took some doing."""
    given = [" ".join(cell.split())[:LONGEST_NAME] for cell in cells]
    names = unique([name or f"column {i}" for i, name in enumerate(given, 1)])
    changed = sum(name != old for name, old in zip(names, given, strict=True))
    note = f"{counted(changed, 'column')} had no name of its own and got one."
    return names, note.replace("its own", "their own") if changed else ""


def unique(names: Iterable[str]) -> list[str]:
    """The names, where one comes again with a number behind it."""
    found: dict[str, None] = {}
    for name in names:
        candidate, count = name, 1
        while candidate in found:
            count += 1
            candidate = f"{name} ({count})"
        found[candidate] = None
    return list(found)


def _columns(
    records: Iterator[Record], names: list[str], header: int
) -> tuple[tuple[Cells, ...], np.ndarray]:
    # A text that comes again is held once: files are full of them, and of text rather than memory.
    known: list[dict[str, int]] = [{} for _ in names]
    codes: list[list[np.ndarray]] = [[] for _ in names]
    rows: list[int] = []
    while block := list(islice(records, BLOCK)):
        for row, cells in block:
            if len(cells) != len(names):
                raise FileFault(_ragged(row, len(cells), header, len(names)))
        rows += [row for row, _ in block]
        if len(rows) > MOST_ROWS:
            total = len(rows) + sum(1 for _ in records)
            raise FileFault(f"The file has {total:,} rows; at most {MOST_ROWS:,} are read.")
        columns = zip(*(cells for _, cells in block), strict=True)
        for cells, seen, parts in zip(columns, known, codes, strict=True):
            parts.append(np.array([seen.setdefault(cell, len(seen)) for cell in cells], np.int32))
    none = np.zeros(0, np.int32)
    return tuple(
        Cells(name, list(seen), np.concatenate([none, *parts]))
        for name, seen, parts in zip(names, known, codes, strict=True)
    ), np.array(rows, np.int32)


def _ragged(row: int, found: int, header: int, expected: int) -> str:
    hint = "; lines above the table have to go" if expected == 1 else ""
    return (
        f"Row {row:,} has {counted(found, 'field')}, where {expected} "
        f"{'was' if expected == 1 else 'were'} expected, as in row {header:,}{hint}."
    )
