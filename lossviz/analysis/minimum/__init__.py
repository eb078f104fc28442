"""The exact minimiser, to hold what descent finds against."""

from lossviz.analysis.minimum.exact import (
    Shift,
    gap,
    is_solved,
    moved_by_outliers,
    reference,
    references,
    steps_to,
    with_and_without_outliers,
)
from lossviz.analysis.minimum.result import Range, Reference

__all__ = [
    "Range",
    "Reference",
    "Shift",
    "gap",
    "is_solved",
    "moved_by_outliers",
    "reference",
    "references",
    "steps_to",
    "with_and_without_outliers",
]
