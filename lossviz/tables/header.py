"""Whether the first row of a table holds the names of its columns, and how those are made to do."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import pairwise

from lossviz.registry import shortened
from lossviz.tables.cells import is_date, is_missing
from lossviz.tables.fault import counted, listed
from lossviz.tables.units import quantity

MOSTLY = 0.8  # of the cells below a name, where they tell by being numbers
YEARS = range(1700, 2201)


def is_number(cell: str) -> bool:
    return quantity(cell) is not None


def is_header(first: list[str], others: list[list[str]]) -> bool:
    """Whether the first row holds names: as `names_numbers` tells, or else words that come once."""
    if names_numbers(first, others):
        return True
    cells, below = _stripped(first, others)
    if any(is_number(cell) or is_date(cell) for cell in cells):
        return False
    repeats = any(cell in column for cell, column in zip(cells, below, strict=False) if cell)
    return not all(map(is_missing, cells)) and not repeats


def names_numbers(first: list[str], others: list[list[str]]) -> bool:
    """Whether the first row has words above numbers, or counts the columns or the years."""
    cells, below = _stripped(first, others)
    for cell, column in zip(cells, below, strict=False):
        if is_missing(cell) or is_number(cell) or is_date(cell):
            continue
        numbers = [is_number(each) for each in column if not is_missing(each)]
        if numbers and sum(numbers) >= MOSTLY * len(numbers):
            return True
    return bool(counting(cells, below))


def _stripped(first: list[str], others: list[list[str]]) -> tuple[list[str], list[list[str]]]:
    """The cells of the first row, and those of the columns below them."""
    columns = zip(*others, strict=False)
    return [cell.strip() for cell in first], [[cell.strip() for cell in each] for each in columns]


def counting(cells: list[str], below: list[list[str]]) -> list[str]:
    """The first row's numbers, where they count the years, or the columns from 0 or 1, as
    none of the rows below goes on to do; else none."""
    pairs = [
        (int(cell), column)
        for cell, column in zip(cells, below, strict=False)
        if cell.isdecimal() and cell.isascii() and len(cell) <= 4
    ]
    numbers = [number for number, _ in pairs]
    steps = {b - a for a, b in pairwise(numbers)}
    rest = [cell for cell in cells if not cell.isdecimal()]
    if len(steps) != 1 or steps == {0} or any(is_number(cell) or is_date(cell) for cell in rest):
        return []
    values = [cell for _, column in pairs for cell in column if not is_missing(cell)]
    found = [str(number) for number in numbers]
    if all(number in YEARS for number in numbers):
        years = sum(cell.isdecimal() and int(cell[:5]) in YEARS for cell in values)
        return found if values and years < 0.5 * len(values) else []
    # Columns that are counted stand above fractions, or beside a column of row numbers.
    is_count = steps == {1} and numbers[0] in (0, 1) and len(numbers) >= 3
    is_index = cells[0] == "" and len(rest) == 1
    has_fractions = any(not cell.lstrip("+-").isdecimal() for cell in values)
    return found if is_count and values and (is_index or (not rest and has_fractions)) else []


def names_of(cells: list[str]) -> tuple[list[str], list[str]]:
    """Names that are there, short and different, and a sentence where that took some doing."""
    given = [shortened(cell) for cell in cells]
    names = unique([name or f"column {i}" for i, name in enumerate(given, 1)])
    changed = sum(name != old for name, old in zip(names, given, strict=True))
    note = f"{counted(changed, 'column')} had no name of its own and got one."
    return names, [note if changed == 1 else note.replace("its", "their")][: changed > 0]


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


def on_counting(first: list[str], others: list[list[str]], row: int) -> list[str]:
    """A sentence where names are numbers."""
    found = counting(*_stripped(first, others))
    return [f"Row {row:,} is taken for names: {listed(found)}."][: len(found)]
