"""Taking runs away: as a table, as a script, as a page that plays offline."""

from lossviz.export.page import page
from lossviz.export.script import FLAVOURS, script, why_not
from lossviz.export.summary import summary
from lossviz.export.table import TooLarge, csv, csv_within, too_large
from lossviz.export.text import NoScript

__all__ = [
    "FLAVOURS",
    "NoScript",
    "TooLarge",
    "csv",
    "csv_within",
    "page",
    "script",
    "summary",
    "too_large",
    "why_not",
]
