"""The exact minimiser, to hold what descent finds against.

`exact.reference` says whether there is one, and `problem.py` puts the objective into a shape that
solvers like. Who finds it: of many tasks at once, where it is plain, `together.py`. Of one task:
least squares, linear programmes and Newton's method in `solvers.py` (so Huber's minimum is
Newton's); the hinge for several classes in `several.py`; many parameters in `large.py`; a loss that
is not convex from many starts in `search.py`; one that learns in `joint.py`. `face.py` and
`ranges.py` say which others there are.
"""

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
