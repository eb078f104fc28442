"""The exact minimiser, to hold what descent finds against."""

from lossviz.analysis.minimum.exact import (
    Range,
    Reference,
    Shift,
    gap,
    is_solved,
    moved_by_outliers,
    reference,
    steps_to,
)

__all__ = [
    "Range",
    "Reference",
    "Shift",
    "gap",
    "is_solved",
    "moved_by_outliers",
    "reference",
    "steps_to",
]
