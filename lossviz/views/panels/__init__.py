"""What the playground shows of some runs: panels of charts and tables."""

from lossviz.views.panels.movie import linked_rows, marks, playground
from lossviz.views.panels.view import PANELS, View, panels, unfit

__all__ = [
    "PANELS",
    "View",
    "linked_rows",
    "marks",
    "panels",
    "playground",
    "unfit",
]
