"""Taking runs away: as a table, as a script, as a page that plays offline."""

from lossviz.export.csv_table import TooLarge, csv, csv_within, too_large
from lossviz.export.offline_page import page, page_of
from lossviz.export.scripts import FLAVOURS, NoScript, script, why_not
from lossviz.export.terminal_table import summary

__all__ = [
    "FLAVOURS",
    "NoScript",
    "TooLarge",
    "csv",
    "csv_within",
    "page",
    "page_of",
    "script",
    "summary",
    "too_large",
    "why_not",
]
