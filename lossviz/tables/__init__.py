"""Data of the user's own: a file is read, columns are chosen, rows are edited.

    raw = read(data, "cars.csv")
    table, notes = choose(raw, "price", ["weight", "colour"])
    text, table = keep(moved(table, 3, 1.5, 2.0))

What is wrong with a file is one sentence, a FileFault, with the row.
"""

from lossviz.tables.choose import choose
from lossviz.tables.columns import Column
from lossviz.tables.edit import (
    added,
    as_columns,
    from_columns,
    from_sample,
    is_drawable,
    moved,
    removed,
    toggled,
)
from lossviz.tables.fault import FileFault
from lossviz.tables.pick import Picked, columns_for, pick, read_as, said_of_other
from lossviz.tables.read import KINDS, Raw, read
from lossviz.tables.suggest import can_be_classes, holds_classes, left_out, suggest

__all__ = [
    "KINDS",
    "Column",
    "FileFault",
    "Picked",
    "Raw",
    "added",
    "as_columns",
    "can_be_classes",
    "choose",
    "columns_for",
    "from_columns",
    "from_sample",
    "holds_classes",
    "is_drawable",
    "left_out",
    "moved",
    "pick",
    "read",
    "read_as",
    "removed",
    "said_of_other",
    "suggest",
    "toggled",
]
