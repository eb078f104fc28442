"""Where the minimisers of losses lie, as parts of sentences."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from lossviz.analysis.minimum import Range, Reference
from lossviz.engine.experiment import OBJECTIVE, Experiment
from lossviz.engine.numbers import number
from lossviz.engine.run import Run
from lossviz.engine.task import Task
from lossviz.views.sentences.names import short_names


def objectives(runs: Sequence[Run]) -> list[Experiment]:
    """What is minimised, once for all runs that differ only in how they descend."""
    return list(dict.fromkeys(run.experiment.only(OBJECTIVE) for run in runs))


def tasks_of(runs: Sequence[Run]) -> list[Task]:
    """The tasks of what is minimised, in the same order."""
    return list({run.experiment.only(OBJECTIVE): run.task for run in runs}.values())


def is_place(span: Range | None) -> bool:
    """Whether a parameter is the same at all minimisers."""
    return span is not None and span[0] == span[1]


def is_anything(span: Range | None) -> bool:
    """Whether a parameter may be anything at all."""
    return span is not None and bool(np.isinf(span).all())


def spanned(place: float, span: Range | None) -> str:
    """What a parameter is at all minimisers, of which one is at that place, as the end of a
    sentence."""
    if span is None:
        return f"is {number(place, 3)} at one of several minimisers"
    if span[0] == span[1]:
        return f"is {number(place, 3)}"
    return f"may be {'anything from ' * bool(np.isfinite(span).all())}{interval(span)}"


def interval(span: Range) -> str:
    """A range in words, or a number where it is but that."""
    low, high = (number(end, 3) if np.isfinite(end) else "" for end in span)
    if span[0] == span[1]:
        return low
    if low and high:
        return f"{low} to {high}"
    return f"{low} or more" if low else f"{high} or less" if high else "any number"


def ranges_in_words(names: Sequence[str], exact: Reference) -> str:
    """A sentence on between what the parameters lie over all minimisers; "" where they are not
    known, or where there is but one."""
    if exact.ranges is None:
        return ""
    short = short_names(names)
    spans = [exact.range_of(k) for k in range(len(exact.ranges))]
    parts = [
        f"{short[name]} {interval(span)}"
        for name, span in zip(names, spans, strict=False)
        if span is not None and not is_place(span)
    ]
    return f"Over all of them: {', '.join(parts)}."
