"""The lines of a text one by one, and what in them would cost far more than it says."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import count, islice
from typing import NamedTuple

from lossviz.base.limits import ROWS
from lossviz.base.words import counted
from lossviz.tables.fault import FileFault

BLANKS = " "
WIDEST = 1_000  # fields of a line that are looked at
GLANCE = 2**20  # characters of the first lines, by which the separator is told
MOST_LINES = 5 * ROWS  # that hold something; a cell may have several
LINE = re.compile(r"[^\r\n]*+(?:\r\n?|\n)?")
_WORD = re.compile(r"\S++")


class Place(NamedTuple):
    """Where a line begins: the rows above it, and the characters."""

    rows: int = 0
    at: int = 0


START = Place()


class Lines:
    """The lines from a place on, but for those that hold nothing, such as `,,`, and each with no
    more than WIDEST + 1 fields where a separator is named. FileFault where there are too many.

    `csv.reader` asks for further lines where a quotation goes on, and gets every one: who reads
    calls `begin` before each record.

    next: where the line begins that comes next. begun: the row in which the record begins.
    """

    def __init__(self, text: str, separator: str = "", start: Place = START) -> None:
        self.text, self.separator, self.begun = text, separator, start.rows + 1
        self._rows, self._at = start
        self._is_quoted = False
        # Whether each is blank is asked in one match: there may be millions of them.
        sign = re.escape(separator)
        self._empty = re.compile(rf"(?:[ \t]*+[\r\n]++|[ {sign}]*+[\r\n]++)*+")
        self._begins_empty = set(" \t\r\n" + separator)

    @property
    def next(self) -> Place:
        return Place(self._rows, self._at)

    def begin(self) -> None:
        self._is_quoted = False

    def __iter__(self) -> Iterator[str]:
        text, separator, size = self.text, self.separator, len(self.text)
        for number in count():
            if not self._is_quoted:
                if self._at < size and text[self._at] in self._begins_empty:
                    end = _end(self._empty, text, self._at)
                    self._rows, self._at = self._rows + ends(text, self._at, end), end
                self.begun = self._rows + 1
            if self._at == size:
                return
            if number == MOST_LINES:
                lines, most = f"{MOST_LINES:,} lines", f"{ROWS:,} rows"
                raise FileFault(f"The file has more than {lines}; at most {most} are read.")
            begin, self._at = self._at, _end(LINE, text, self._at)
            self._rows += 1
            is_quoted, self._is_quoted = self._is_quoted, True
            line = text[begin : self._at]
            is_short = len(line) <= WIDEST and separator != BLANKS
            yield line if is_short else cut(line, separator, is_quoted=is_quoted)


def glance(text: str, start: Place, most: int) -> str:
    """Some lines from a place on, as they are."""
    lines, size = Lines(text, start=start), 0
    for number, line in enumerate(lines, 1):
        lines.begin()
        size += len(line)
        if number == most or size > GLANCE:
            break
    return text[start.at : lines.next.at]


def cut(line: str, separator: str, *, is_quoted: bool = False) -> str:
    """The line up to its field WIDEST + 1, which is enough to refuse it; with one blank between
    the fields where blanks separate them. is_quoted: whether it begins within a quotation."""
    if separator == BLANKS:
        words = islice(_WORD.finditer(line), WIDEST + 1) if len(line) > WIDEST else None
        return " ".join(line.split() if words is None else (word[0] for word in words))
    if not separator or len(line) <= WIDEST or line.count(separator) <= WIDEST:
        return line
    sign, quotation = re.escape(separator), r'(?:[^"]++|"")*+"?+'
    field = re.compile(rf'(?: *+"{quotation})?+[^{sign}]*+(?:{sign}|$)')
    begin = _end(re.compile(quotation), line, 0) if is_quoted else 0
    *_, last = islice(field.finditer(line, begin), WIDEST + 1)
    return line if last.end() == len(line) else line[: last.end()].removesuffix(separator) + "\n"


def fields(number: int, thing: str = "field") -> str:
    """How many fields a line has, as far as it was looked at."""
    return f"more than {WIDEST:,} {thing}s" if number > WIDEST else counted(number, thing)


def ends(text: str, begin: int, end: int) -> int:
    """How many lines end in a part of the text."""
    pairs = text.count("\r\n", begin, end)
    return text.count("\n", begin, end) + text.count("\r", begin, end) - pairs


def _end(pattern: re.Pattern[str], text: str, at: int) -> int:
    found = pattern.match(text, at)
    return found.end() if found else at
