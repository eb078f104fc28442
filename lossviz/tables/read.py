"""Reading a file: its columns, and in words what was found and done."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from lossviz.registry import quote
from lossviz.tables.columns import Column, column_of, decimal_signs, sign_notes, texts_of
from lossviz.tables.decode import decode
from lossviz.tables.fault import FileFault
from lossviz.tables.split import LONGEST_NAME, split


@dataclass(frozen=True, eq=False)
class Raw:
    """A file that was read.

    columns: of one length. rows (n,): the row of the file in which each of their rows begins.
    notes: sentences on what was found and done.
    """

    name: str
    columns: tuple[Column, ...]
    rows: np.ndarray
    notes: tuple[str, ...]

    def __getitem__(self, name: str) -> Column:
        for column in self.columns:
            if column.name == name:
                return column
        raise FileFault(f"There is no column {quote(name)}.")


def read(given: bytes | str, name: str = "pasted") -> Raw:
    """The table in a file or a pasted text, whatever its encoding, separator and decimal sign.

    FileFault says what is wrong, with the row; at most 20 MB, 100,000 rows and 200 columns are
    read.
    """
    text, notes = decode(given)
    table = split(text)
    columns = [texts_of(cells) for cells in table.columns]
    decimals = decimal_signs(columns, table.separator)
    found = [
        column_of(column, decimal, table.rows)
        for column, decimal in zip(columns, decimals, strict=True)
    ]
    notes = (*notes, *table.notes, *sign_notes(columns, decimals, found))
    return Raw(" ".join(name.split())[:LONGEST_NAME] or "own data", tuple(found), table.rows, notes)
