"""What the playground shows of some runs: panels of charts and tables.

The order of registration is that in which the page offers them, so these imports are not sorted by
name.
"""

# isort: off
from lossviz.views.panels import overview  # noqa: F401
from lossviz.views.panels import metrics  # noqa: F401
from lossviz.views.panels import network  # noqa: F401
from lossviz.views.panels import images  # noqa: F401

# isort: on
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
