"""What one cell of a table may be: missing, a number, a date."""

from __future__ import annotations

import re
from collections.abc import Sequence

MISSING = frozenset(
    {
        "",
        "na",
        "n/a",
        "n.a.",
        "#n/a",
        "<na>",
        "nan",
        "#nan",
        "null",
        "#null!",
        "none",
        "nil",
        "\\n",
        "missing",
        "#div/0!",
        "#value!",
        "#ref!",
        "-",
        "--",
        "–",
        "—",
        "?",
        ".",
        "..",
        "...",
    }
)
LONGEST = 100  # characters of a number or a date, with whatever is beside it
BETWEEN = " '’\u00a0\u202f"  # may stand between thousands, and nowhere else in a number
MINUS = "\N{MINUS SIGN}"
INFINITE = re.compile(r"[+-]?(?:inf|infinity|∞)", re.IGNORECASE)
_MONTH = r"(?:jan|feb|mar|apr|mär|mrz|may|mai|jun|jul|aug|sep|oct|okt|nov|dec|dez)[a-zä]{0,9}\.?"
_WEEKDAY = r"(?:(?:mon|tue|wed|thu|fri|sat|sun)[a-z]{0,6},? )?"
_TIME = (
    r"[0-9]{1,2}:[0-9]{2}(?::[0-9]{2}(?:[.,][0-9]+)?)?(?: ?[ap]\.?m\.?)?"
    r"(?: ?(?:Z|UTC|GMT|[+-][0-9]{2}:?(?:[0-9]{2})?))?"
)
_YEAR = r"(?:1[5-9]|20|21)[0-9]{2}"
DATE = re.compile(
    rf"(?:{_WEEKDAY}(?:[0-9]{{4}}([-/.])[0-9]{{1,2}}\1[0-9]{{1,2}}"
    rf"|[0-9]{{1,2}}([-/.])[0-9]{{1,2}}\2[0-9]{{2,4}}"
    rf"|[0-9]{{4}}[-/][0-9]{{1,2}}|[0-9]{{1,2}}/[0-9]{{4}}"
    rf"|[0-9]{{1,2}}\.?[ -]?{_MONTH}(?:[ ,-]{{1,4}}[0-9]{{2,4}})?"
    rf"|{_YEAR}[ -]{_MONTH}(?:[ -][0-9]{{1,2}})?"
    rf"|{_MONTH}[ -][0-9]{{1,4}}(?:(?:,? |-)[0-9]{{4}})?"
    rf"|{_MONTH} [0-9]{{1,2}} {_TIME} [0-9]{{4}})"
    rf"(?:[T ,]{{1,4}}{_TIME})?|{_TIME}"
    # quarters, months and weeks
    rf"|{_YEAR}(?::1?[0-9]|M1?[0-9]|M0[1-9])|{_YEAR}[ -]?(?:Q[1-4]|W[0-5]?[0-9](?:-?[1-7])?)"
    rf"|(?:Q[1-4]|W[0-5]?[0-9]|KW ?[0-5]?[0-9])[ /-]?(?:{_YEAR}|'[0-9]{{2}}))",
    re.IGNORECASE,
)
_DAY_MONTH = re.compile(r"(?:0?[1-9]|[12][0-9]|3[01])\.(?:0?[1-9]|1[0-2])\.?")
_PADDED = re.compile(r"0[0-9]\.[0-9]+")


def _number(decimal: str, thousands: str) -> str:
    between = rf"[{re.escape(thousands)}{BETWEEN}]"
    name = {".": "p", ",": "c"}[decimal]
    grouped = rf"[1-9][0-9]{{0,2}}(?P<{name}>{between})[0-9]{{3}}(?:(?P={name})[0-9]{{3}})*"
    dot = re.escape(decimal)
    return rf"[+-]?(?:(?:[0-9]+|{grouped})(?:{dot}[0-9]*)?|{dot}[0-9]+)(?:[eE][+-]?[0-9]+)?"


# By the sign before the decimals: what a number looks like, and how it becomes Python's.
NUMBER = {
    ".": re.compile(_number(".", ",")),
    ",": re.compile(_number(",", ".")),
}
TO_PYTHON = {
    ".": str.maketrans("", "", "," + BETWEEN),
    ",": str.maketrans(",", ".", "." + BETWEEN),
}
_EITHER = re.compile(f"{NUMBER['.'].pattern}|{NUMBER[','].pattern}")
_PLAIN = {".": re.compile(r"[-+0-9.eE\n]*"), ",": re.compile(r"[-+0-9,eE\n]*")}
_THOUSANDS = re.compile(r"[+-]?[1-9][0-9]{0,2}[.,][0-9]{3}")


def is_missing(cell: str) -> bool:
    return cell.casefold() in MISSING


def written_as(pattern: re.Pattern[str], cell: str) -> re.Match[str] | None:
    """What a pattern finds in the whole of a cell. Longer ones are not looked into: they are text
    whatever they say, and a pattern may take long over them."""
    return pattern.fullmatch(cell) if len(cell) <= LONGEST else None


def is_number(cell: str) -> bool:
    """Whether it reads as a number with one decimal sign or the other."""
    cell = cell.replace(MINUS, "-")
    return bool(written_as(_EITHER, cell) or written_as(INFINITE, cell))


def is_date(cell: str) -> bool:
    return written_as(DATE, cell) is not None


def is_day_and_month(cell: str) -> bool:
    """Whether it may be like 28.10, the 28th of October."""
    return written_as(_DAY_MONTH, cell) is not None


def is_padded(cell: str) -> bool:
    """Whether it is like 01.02, as days are written and numbers are not."""
    return written_as(_PADDED, cell) is not None


def has_unclear_mark(number: str) -> bool:
    """Whether it is like 1,234 or 1.234, which is near one or above a thousand."""
    return written_as(_THOUSANDS, number) is not None


def decimal_sign(number: str) -> str:
    """The sign that must be before the decimals, "." or ","; "" where either or none may be."""
    points, commas = number.count("."), number.count(",")
    if points and commas:
        return "." if number.rindex(".") > number.rindex(",") else ","
    if points + commas == 0 or has_unclear_mark(number):
        return ""
    # A sign that stands there twice is between thousands.
    return "." if (points == 1 or commas > 1) else ","


def are_plain(cells: Sequence[str]) -> bool:
    """Whether all are numbers as Python writes them, or so with a comma before the decimals."""
    return any(_plain(cells, decimal) is not None for decimal in ".,")


def numbers_of(cells: Sequence[str], decimal: str) -> list[float | None]:
    """Each cell as `number_of` reads it."""
    plain = _plain(cells, decimal)
    return [number_of(cell, decimal) for cell in cells] if plain is None else plain


def _plain(cells: Sequence[str], decimal: str) -> list[float | None] | None:
    """The numbers where all are plain: of these characters Python reads just the same ones, and
    many times faster."""
    if max(map(len, cells), default=0) > LONGEST:
        return None
    together = "\n".join(cells)
    parts = together.replace(",", ".").split("\n") if _PLAIN[decimal].fullmatch(together) else []
    if len(parts) != len(cells):
        return None
    try:
        return list(map(float, parts))
    except ValueError:
        return None


def number_of(cell: str, decimal: str) -> float | None:
    """The number, infinite ones too, as written with this decimal sign; None for other cells."""
    cell = cell.replace(MINUS, "-")
    if written_as(NUMBER[decimal], cell):
        return float(cell.translate(TO_PYTHON[decimal]))
    if written_as(INFINITE, cell):
        return float(cell.replace("∞", "inf"))
    return None
