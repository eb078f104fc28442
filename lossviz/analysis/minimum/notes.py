"""What the reader of an exact minimum should know besides."""

from __future__ import annotations

import numpy as np

from lossviz.analysis.minimum.ranges import Ends
from lossviz.formula.item import VARIABLES

APPROXIMATE = "The solver stopped before it was done: take the numbers as approximate."
IDLE = "All predictions are 0 here, which costs nothing: the loss asks no margin."
OTHERS = "The minimiser is not unique: other parameters do as well as these"
MIDDLE = "which are in the middle of all that do"
SMALL = "which are the smallest that do"
BOTH = "which are in the middle of all that do, or near 0 where these have no end"


def about(loss: str, *, is_global: bool) -> list[str]:
    """On what is known of a minimum of the loss."""
    if is_global:
        return []
    what = "is not known to be" if loss in VARIABLES else "is not"
    return [f"The loss {what} convex, so a better minimum may exist."]


def about_minimiser(ends: Ends, *, is_sure: bool, is_idle: bool) -> list[str]:
    """On a minimiser that exists. is_sure: whether it is known to be a minimum; is_idle: whether a
    classifier that says nothing costs nothing."""
    said = [] if is_sure else [APPROXIMATE]
    if is_idle:
        said.append(IDLE)
    if ends.is_unique is False:
        said.append(f"{OTHERS}{_which(ends)}.")
    return said


def _which(ends: Ends) -> str:
    if ends.shown is None or ends.ranges is None:
        return ""
    has_ends = np.isfinite(ends.ranges).all(axis=1)
    return f", {MIDDLE if has_ends.all() else BOTH if has_ends.any() else SMALL}"


def at_an_end(name: str, end: float) -> str:
    """On a parameter that the loss learns, at the end of its range."""
    said = f"The loss's {name} is at the end of its range, {end:g}, to which descent only tends."
    if name == "scale":
        said += " Rows that are fitted exactly would have it fall without end."
    return said
