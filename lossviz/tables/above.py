"""What stands above the rows of a table: the separator that Excel names, and remarks."""

from __future__ import annotations

import csv
import re
from itertools import takewhile

from lossviz.base.registry import quote
from lossviz.base.words import counted, listed
from lossviz.tables.fault import FileFault
from lossviz.tables.header import MOSTLY, is_number, names_numbers, on_counting
from lossviz.tables.lines import BLANKS, LINE, START, Lines, Place, cut

SEPARATORS = {"\t": "tabs", ";": "semicolons", "|": "bars", ",": "commas", BLANKS: "blanks"}
MOST_COMMENTS = 10_000
NUMBER = re.compile(r"[-+0-9.,:/ ]+")  # or a date
_SAID = re.compile(r"sep=(.)\s*", re.IGNORECASE)
Line = tuple[int, str]  # its row in the file, and its text
Record = tuple[int, list[str]]  # its row in the file, and its cells


def said(text: str) -> tuple[str, Place]:
    """The separator that Excel's first line `sep=;` names, and where the lines below it begin."""
    first = LINE.match(text)
    said = _SAID.fullmatch(first[0]) if first else None
    if first and said and said[1] in SEPARATORS:
        return said[1], Place(1, first.end())
    return "", START


def comments_of(text: str, start: Place) -> tuple[list[Line], Place]:
    """The lines above the table that begin with # or %, and where the next line begins. A column
    may be called #, though."""
    found: list[Line] = []
    lines, end = Lines(text, start=start), start
    for line in map(str.strip, lines):
        lines.begin()
        if line and (line[0] not in "#%" or line[1:2] in tuple(",;|")):
            break
        if line and len(found) == MOST_COMMENTS:
            most = f"more than {MOST_COMMENTS:,} lines above the table that begin with {line[:1]}"
            raise FileFault(f"The file has {most}; they have to go.")
        if line:
            found.append((lines.begun, line))
            end = lines.next
    return found, end


def is_row(line: str, width: int, separator: str) -> bool:
    """Whether a line that begins with # is of the table, such as #ff0000,5."""
    cells = _cells(line, separator)
    is_tight = len(line) > 1 and line[1] not in "#% \t"
    return is_tight and len(cells) == width and any(map(is_number, cells))


def names_above(comments: list[Line], glimpse: list[list[str]], separator: str) -> list[str]:
    """The names in the last line above the table, if it holds as many as there are columns and no
    names stand below it; else none."""
    if not comments:
        return []
    first, *below = glimpse
    mark, line = comments[-1][1][0], comments[-1][1].lstrip("#%")
    for each in (line, line.strip()):
        cells = [cell.strip() for cell in _cells(each, separator)]
        if len(cells) == len(first) > 1 and not any(map(is_number, cells)):
            return [] if names_numbers(first, below) else [cells[0] or mark, *cells[1:]]
    return []


def on_comments(comments: list[Line]) -> list[str]:
    if not comments:
        return []
    lines = counted(len(comments), "line")
    begin, are = ("begins", "is") if len(comments) == 1 else ("begin", "are")
    mark = comments[0][1][0]
    return [f"{lines} above the table {begin} with {mark} and {are} passed over."]


def titles_of(glimpse: list[Record]) -> list[Record]:
    """The rows above the names that hold one filled field, such as a report's title; none where
    what follows is not plainly a row of several names above numbers."""
    count = sum(1 for _ in takewhile(lambda row: _filled(row[1]) <= 1, glimpse))
    titles, rest = glimpse[:count], [cells for _, cells in glimpse[count:]]
    words = _words(titles)
    if not words or len(rest) < 2 or all(NUMBER.fullmatch(word) for word in words):
        return []
    names, below = rest[0], [cells for cells in rest[1:] if len(cells) >= len(rest[0])]
    are_full = sum(_filled(cells) > 1 for cells in rest) >= MOSTLY * len(rest)
    are_narrow = all(len(cells) in (1, len(names)) for _, cells in titles)
    if not are_full or not are_narrow:
        return []
    if any(map(is_number, map(str.strip, names))):
        return titles if on_counting(names, below, 0) else []
    return titles if names_numbers(names, below) else []


def on_titles(titles: list[Record]) -> list[str]:
    """A sentence that gives the words of the rows passed over."""
    words = _words(titles)
    lines, are = counted(len(words), "line"), "is" if len(words) == 1 else "are"
    said = f"{lines} above the table {are} passed over: {listed(list(map(quote, words)))}."
    return [said][: len(words)]


def _words(titles: list[Record]) -> list[str]:
    """What stands in those that are not blank."""
    return [word for _, cells in titles for word in map(str.strip, cells) if word]


def _filled(cells: list[str]) -> int:
    return sum(bool(cell.strip()) for cell in cells)


def _cells(line: str, separator: str) -> list[str]:
    reader = csv.reader([cut(line, separator)], delimiter=separator, skipinitialspace=True)
    try:
        return next(reader, [])
    except csv.Error:
        return []
