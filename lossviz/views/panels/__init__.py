"""What the playground shows of some runs: panels of charts and tables.

The order of registration is that in which the page offers them.
"""

from lossviz.views.panels import overview, metrics, network, images
from lossviz.views.panels.base import (
    FIRST,
    PANELS,
    Content,
    Control,
    Panel,
    View,
    panel,
    panels,
)
from lossviz.views.panels.linked import linked_rows
from lossviz.views.panels.movie import marks, playground
from lossviz.views.panels.settings import LOOKS, ROW, unfit

__all__ = [
    "FIRST",
    "LOOKS",
    "PANELS",
    "ROW",
    "Content",
    "Control",
    "Panel",
    "View",
    "linked_rows",
    "marks",
    "panel",
    "panels",
    "playground",
    "unfit",
]
