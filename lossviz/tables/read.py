"""Reading a file: its columns, and in words what was found and done."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np

from lossviz.base.registry import quote, shortened
from lossviz.tables.columns import Column, column_of
from lossviz.tables.decimals import decimal_signs, sign_notes
from lossviz.tables.decode import decode
from lossviz.tables.fault import FileFault
from lossviz.tables.marks import far_note, total_at_end, without_last
from lossviz.tables.split import Split, split
from lossviz.tables.texts import texts_of

KINDS = ("number", "category", "out")
MOST_SLIPS = 6  # columns whose unreadable cells are named
FIRST = 20  # rows that a preview may show
NOTHING_SAID: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True, eq=False)
class Raw:
    """A file that was read.

    columns: of one length. rows (n,): the row of the file in which each of their rows begins.
    notes: sentences on what was found and done. has_names: whether the first row holds names.
    first: the first rows as they are written in the file.
    """

    name: str
    columns: tuple[Column, ...]
    rows: np.ndarray
    notes: tuple[str, ...]
    has_names: bool = True
    first: tuple[tuple[str, ...], ...] = ()

    @property
    def slips(self) -> tuple[str, ...]:
        """Those of the notes on cells that were to be numbers, and count as missing."""
        numbers = (column for column in self.columns if column.kind == "number")
        said = {note for column in numbers for note in column.notes}
        return tuple(note for note in self.notes if note in said)

    def preview(self, count: int = 5) -> list[dict[str, str]]:
        """The first rows as they are written, by the names of their columns; at most 20."""
        names = [column.name for column in self.columns]
        return [dict(zip(names, cells, strict=True)) for cells in self.first[:count]]

    def __getitem__(self, name: str) -> Column:
        for column in self.columns:
            if column.name == name:
                return column
        raise FileFault(f"There is no column {quote(name)}.")


def read(
    given: bytes | str,
    name: str = "pasted",
    *,
    header: bool | None = None,
    kinds: Mapping[str, str] = NOTHING_SAID,
) -> Raw:
    """The table in a file or a pasted text, whatever its encoding, separator and decimal sign.

    header: whether the first row holds the names of the columns; None: as it looks.
    kinds: what columns are, by name, where that is not to be told by their cells: "number",
        "category" or "out" (not used).
    FileFault says what is wrong, with the row; at most 20 MB, 100,000 rows and 200 columns are
    read.
    """
    text, notes = decode(given)
    table = split(text, header)
    _check_kinds(kinds, table)
    # What is a category when the row of sums is gone may have one too many before.
    loose = {name: kind for name, kind in kinds.items() if kind != "category"}
    found, on_signs = _columns(table, loose)
    is_total, on_total = total_at_end(table, found)
    if is_total:
        table = without_last(table)
    if is_total or loose != kinds:
        found, on_signs = _columns(table, kinds)
    slips = [note for column in found for note in column.notes]
    more = f"In {len(slips) - MOST_SLIPS} more columns cells count as missing or are one category."
    slips = [*slips[:MOST_SLIPS], *[more][: len(slips) > MOST_SLIPS]]
    far = [note for column in found for note in far_note(column)][:MOST_SLIPS]
    notes = (*notes, *table.notes, *on_total, *on_signs, *slips, *far)
    first = tuple(
        tuple(cells.texts[cells.codes[i]] for cells in table.columns)
        for i in range(min(FIRST, len(table.rows)))
    )
    name = shortened(name) or "own data"
    return Raw(
        name=name,
        columns=tuple(found),
        rows=table.rows,
        notes=notes,
        has_names=table.has_names,
        first=first,
    )


def _columns(table: Split, kinds: Mapping[str, str]) -> tuple[list[Column], list[str]]:
    """The columns with their kinds, and sentences on the signs in their numbers."""
    columns = [
        texts_of(cells, are_numbers=kinds.get(cells.name) == "number") for cells in table.columns
    ]
    decimals = decimal_signs(columns, table.separator)
    found = [
        column_of(column, decimal, table.rows, kinds.get(column.name, ""))
        for column, decimal in zip(columns, decimals, strict=True)
    ]
    numeric = [i for i, column in enumerate(found) if column.kind == "number"]
    return found, sign_notes([columns[i] for i in numeric], [decimals[i] for i in numeric])


def _check_kinds(kinds: Mapping[str, str], table: Split) -> None:
    names = {column.name for column in table.columns}
    for name, kind in kinds.items():
        if name not in names:
            raise FileFault(f"There is no column {quote(name)}.")
        if kind not in KINDS:
            raise FileFault(f"A column is number, category or out, not {quote(kind)}.")
