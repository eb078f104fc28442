"""Whether the first row of a table holds the names of its columns, and how those are made to do."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable

import numpy as np

from lossviz.base.registry import shortened
from lossviz.base.words import counted, listed
from lossviz.tables.cells import is_date, is_missing, written_as
from lossviz.tables.units import quantity

MOSTLY = 0.8  # of the cells below a name, where they tell by being numbers
YEARS = range(1700, 2201)
_PLAIN = re.compile(r"[0-9]{1,9}(?:\.[0-9]{1,9})?")


def is_number(cell: str) -> bool:
    return quantity(cell) is not None


def is_header(first: list[str], others: list[list[str]]) -> bool:
    """Whether the first row holds names: words above numbers, or else words that come once, or
    numbers that count the columns or the years."""
    cells, below = _stripped(first, others)
    if names_numbers(first, others) or counting(cells, below):
        return True
    if any(is_number(cell) or is_date(cell) for cell in cells):
        return False
    repeats = any(cell in column for cell, column in zip(cells, below, strict=False) if cell)
    return not all(map(is_missing, cells)) and not repeats


def names_numbers(first: list[str], others: list[list[str]]) -> bool:
    """Whether the first row has words above numbers."""
    cells, below = _stripped(first, others)
    for cell, column in zip(cells, below, strict=False):
        if is_missing(cell) or is_number(cell) or is_date(cell):
            continue
        numbers = [is_number(each) for each in column if not is_missing(each)]
        if numbers and sum(numbers) >= MOSTLY * len(numbers):
            return True
    return False


def _stripped(first: list[str], others: list[list[str]]) -> tuple[list[str], list[list[str]]]:
    """The cells of the first row, and those of the columns below them."""
    columns = zip(*others, strict=False)
    return [cell.strip() for cell in first], [[cell.strip() for cell in each] for each in columns]


def counting(cells: list[str], below: list[list[str]]) -> list[str]:
    """The first row's numbers, where they name columns: years, or what goes on evenly beside
    an empty first cell, or the columns counted from 0 above fractions; else none."""
    pairs = [(cell, column) for cell, column in zip(cells, below, strict=False) if _is_plain(cell)]
    numbers = [float(cell) for cell, _ in pairs]
    rest = [cell for cell in cells if not _is_plain(cell)]
    steps = np.diff(numbers)
    if len(steps) == 0 or steps[0] == 0 or not np.allclose(steps, steps[0], rtol=1e-6, atol=0):
        return []
    values = [cell for _, column in pairs for cell in column if not is_missing(cell)]
    if not values or any(is_number(cell) or is_date(cell) for cell in rest):
        return []
    found = [cell for cell, _ in pairs]
    if all(number in YEARS for number in numbers):
        years = sum(_is_plain(cell) and float(cell) in YEARS for cell in values)
        return found if years < 0.5 * len(values) else []
    # Other numbers that go on evenly stand above numbers of rows, or count columns of fractions.
    if len(numbers) < 3:
        return []
    is_count = found == [str(i) for i in range(len(found))] and not rest
    has_fractions = any(not cell.lstrip("+-").isdecimal() for cell in values)
    return found if rest == [""] == cells[:1] or (is_count and has_fractions) else []


def _is_plain(cell: str) -> bool:
    return written_as(_PLAIN, cell) is not None


def names_of(cells: list[str]) -> tuple[list[str], list[str]]:
    """Names that are there, short and different, and a sentence where that took some doing."""
    given = [shortened(cell) for cell in cells]
    names = unique([name or f"column {i}" for i, name in enumerate(given, 1)])
    empty = given.count("")
    note = f"{counted(empty, 'column')} had no name of its own and got one."
    notes = [note if empty == 1 else note.replace("its", "their")][: empty > 0]
    seen: Counter[str] = Counter()
    again = []
    for name, old in zip(names, given, strict=True):
        seen[old] += 1
        if old and name != old:
            again.append(f"the {_nth(seen[old])} column called {old} is called {name}")
    said = listed(again)
    return names, [*notes, *[f"{said[:1].upper()}{said[1:]}."][: bool(again)]]


def _nth(count: int) -> str:
    words = ["first", "second", "third", "fourth", "fifth", "sixth"]
    return words[count - 1] if count <= len(words) else f"{count}th"


def unique(names: Iterable[str]) -> list[str]:
    """The names, where one comes again with a number behind it that makes no other's name. No
    brackets: what stands in them is read as a unit."""
    names = list(names)
    given = set(names)
    found: dict[str, None] = {}
    for name in names:
        candidate, count = name, 1
        while candidate in found or (count > 1 and candidate in given):
            count += 1
            candidate = f"{name} {count}"
        found[candidate] = None
    return list(found)


def on_counting(first: list[str], others: list[list[str]], row: int) -> list[str]:
    """A sentence where names are numbers."""
    found = counting(*_stripped(first, others))
    return [f"Row {row:,} is taken for names: {listed(found)}."][: len(found)]
