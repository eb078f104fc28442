"""Numbers that stand for something else: 999999 in place of what is missing, a row of sums."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from lossviz.base.registry import quote, shortened
from lossviz.base.words import counted
from lossviz.tables.cells import is_missing
from lossviz.tables.columns import Column
from lossviz.tables.split import Cells, Split

TOTALS = frozenset(
    {
        "total",
        "totals",
        "grand total",
        "overall total",
        "sum",
        "sums",
        "summe",
        "gesamt",
        "gesamtsumme",
        "insgesamt",
        "totale",
        "totale generale",
        "somme",
        "total général",
        "total general",
        "suma",
        "totaal",
    }
)
FAR = 10.0  # times the range of the others
FEW_ABOVE = 5  # rows without a word for it hardly add up by chance where there are as many


def far_note(column: Column) -> tuple[str, ...]:
    """A sentence on each value that several rows hold far beyond all others."""
    if column.kind != "number":
        return ()
    values = column.values[~column.is_missing]
    ends = [
        end
        for end in (float(values.min()), float(values.max()))
        if np.count_nonzero(values == end) > 1
    ]
    for far in [[end] for end in ends] + [ends] * (len(ends) == 2):
        others = values[~np.isin(values, far)]
        if len(others) < 3 or np.ptp(others) == 0:
            continue
        away = [max(others.min() - end, end - others.max()) for end in far]
        if min(away) > FAR * np.ptp(others):
            return tuple(_far(column.name, end, values) for end in far)
    return ()


def _far(name: str, value: float, values: np.ndarray) -> str:
    return (
        f"{counted(int(np.count_nonzero(values == value)), 'row')} of {name} hold {value:.12g}, "
        "far beyond the others: a mark for missing? Replace it or leave those rows out."
    )


def total_at_end(table: Split, columns: Sequence[Column]) -> tuple[bool, tuple[str, ...]]:
    """Whether the last row holds the sums of those above, with a sentence; a sentence too where
    only a word says so. Without any word or gap, all of at least two columns have to add up."""
    if len(table.rows) < 3:
        return False, ()
    last = [cells.texts[cells.codes[-1]].strip() for cells in table.columns]
    filled = [text for text in last if not is_missing(text)]
    said = bool(filled) and filled[0].rstrip(" :").casefold() in TOTALS
    has_gap = not said and any(
        is_missing(text) and _is_only_gap(cells)
        for text, cells in zip(last, table.columns, strict=True)
    )
    if not said and len(table.rows) <= FEW_ABOVE:
        return False, ()
    numbers = [
        column for column in columns if column.kind == "number" and not column.is_missing[-1]
    ]
    are_sums = (_is_sum(column.values) for column in numbers)
    if said or has_gap:
        is_total = any(are_sums)
    else:
        is_total = len(numbers) == len(columns) > 1 and all(are_sums)
    if not is_total and not (said and _comes_once(table, filled[0])):
        return False, ()
    row = f"Row {table.rows[-1]:,} ({shortened(', '.join(filled))})"
    if is_total:
        return True, (f"{row} holds sums of the rows above and is left out.",)
    return False, (
        f"{row} is called {quote(filled[0])} but holds no sums of the rows above: it stays a row.",
    )


def _is_sum(values: np.ndarray) -> bool:
    """Whether the last number is the sum of the others, which it exceeds, to their rounding."""
    above, total = values[:-1], values[-1]
    if abs(total) <= np.nanmax(np.abs(above)):
        return False
    off = abs(float(np.nansum(above)) - total)
    digits = next((d for d in range(7) if round(float(total), d) == total), 7)
    return bool(off <= 0.51 * 10.0**-digits + 1e-12 * float(np.nansum(np.abs(above))))


def _comes_once(table: Split, word: str) -> bool:
    rows = (
        np.count_nonzero(cells.codes == i)
        for cells in table.columns
        for i, text in enumerate(cells.texts)
        if text.strip() == word
    )
    return sum(rows) == 1


def _is_only_gap(cells: Cells) -> bool:
    """Whether the last row alone lacks a value."""
    gaps = [i for i, text in enumerate(cells.texts) if is_missing(text.strip())]
    return len(gaps) == 1 and int(np.count_nonzero(cells.codes == gaps[0])) == 1


def without_last(table: Split) -> Split:
    """All rows but the last, without the texts that only that one has."""

    def shorter(cells: Cells) -> Cells:
        codes = cells.codes[:-1]
        return replace(cells, texts=cells.texts[: int(codes.max()) + 1], codes=codes)

    return replace(table, columns=tuple(map(shorter, table.columns)), rows=table.rows[:-1])
