"""Taking runs away: as a table, as a script, as a page that plays offline."""

from lossviz.export.page import page
from lossviz.export.script import FLAVOURS, script, why_not
from lossviz.export.summary import summary
from lossviz.export.table import csv
from lossviz.export.text import NoScript

__all__ = ["FLAVOURS", "NoScript", "csv", "page", "script", "summary", "why_not"]
