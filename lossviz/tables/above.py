"""What stands above the rows of a table: the separator that Excel names, and remarks."""

from __future__ import annotations

import csv
import re

from lossviz.tables.fault import counted
from lossviz.tables.header import is_number, names_numbers

BLANKS = " "
SEPARATORS = {"\t": "tabs", ";": "semicolons", "|": "bars", ",": "commas", BLANKS: "blanks"}
LINE = re.compile(r"[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+")
_SAID = re.compile(r"sep=(.)\s*", re.IGNORECASE)
Line = tuple[int, str]  # its row in the file, and its text


def said(text: str) -> str:
    """The separator that Excel's first line `sep=;` names."""
    first = LINE.match(text)
    said = _SAID.fullmatch(first[0]) if first else None
    return said[1] if said and said[1] in SEPARATORS else ""


def comments_of(text: str, is_said: bool) -> tuple[list[Line], int]:
    """The lines above the table that begin with # or %, and how many lines they take. A column may
    be called #, though."""
    found, skipped = [], 0
    for row, match in enumerate(LINE.finditer(text), 1):
        line = match[0].strip()
        if row == 1 and is_said:
            skipped = 1
        elif line and (line[0] not in "#%" or line[1:2] in tuple(",;|")):
            break
        elif line:
            found.append((row, line))
            skipped = row
    return found, skipped


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


def _cells(line: str, separator: str) -> list[str]:
    if separator == BLANKS:
        line = " ".join(line.split())
    try:
        return next(csv.reader([line], delimiter=separator, skipinitialspace=True), [])
    except csv.Error:
        return []
