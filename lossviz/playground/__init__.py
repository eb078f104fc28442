"""What the playground shows of some runs: the movie, its table, and the sentences around it."""

from lossviz.playground.movie import linked_rows, marks, playground
from lossviz.playground.remarks import faults, remarks
from lossviz.playground.status import status
from lossviz.playground.view import PANELS, View, panels, unfit
from lossviz.playground.words import headline

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
