"""What the playground shows of some runs: the movie, its table, and the sentences around it."""

from lossviz.views.panels.movie import linked_rows, marks, playground
from lossviz.views.panels.remarks import faults, remarks
from lossviz.views.panels.status import status
from lossviz.views.panels.view import PANELS, View, panels, unfit
from lossviz.views.panels.words import headline

__all__ = [
    "PANELS",
    "View",
    "faults",
    "headline",
    "linked_rows",
    "marks",
    "panels",
    "playground",
    "remarks",
    "status",
    "unfit",
]
