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
from lossviz.views.panels.settings import PANEL_VIEWS, ROW, read_view, unfit, view_of

__all__ = [
    "FIRST",
    "PANELS",
    "PANEL_VIEWS",
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
    "read_view",
    "unfit",
    "view_of",
]
