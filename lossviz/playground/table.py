"""The table of the current step: the text alternative to the charts."""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np

from lossviz.figures.numbers import number
from lossviz.figures.style import Style
from lossviz.objective import Task
from lossviz.player import Row, Table
from lossviz.playground.words import ROUNDING, name_of, rounding, status
from lossviz.reference import Reference, gap, reference, steps_to
from lossviz.training import Run

Array = np.ndarray
MAX_COLUMNS = 4  # parameters in the table
NEAR = "1\N{NO-BREAK SPACE}%"


def table(runs: Sequence[Run], looks: Sequence[Style]) -> Table:
    """A row for each run, with its status in words on a line of its own."""
    every = list(dict.fromkeys(name for run in runs for name in run.names))
    names = every[:MAX_COLUMNS]
    is_scaled = any(Task.of(run.experiment).sample.is_scaled for run in runs)
    scaled = names if is_scaled and len(names) <= 2 else []
    columns = (
        "Loss", *map(_heading, names), *(f"{name}, scaled" for name in scaled), "Training loss",
        "Clean test loss", "Exact minimiser", "Gap to it", f"Steps to within {NEAR}", "Status",
    )  # fmt: skip
    rows = []
    for run, look in zip(runs, looks, strict=True):
        exact = reference(run.experiment)
        steps = steps_to(run, exact)
        cells = (
            *(_parameter(run, run.theta, exact.theta, name) for name in names),
            *(_parameter(run, run.path, exact.internal, name) for name in scaled),
            run.loss[run.steps], run.test_loss[run.steps], _minimiser(run, exact, names),
            _gap(run, exact), "not reached" if steps is None else f"{steps:,}",
            status(run, exact),
        )  # fmt: skip
        rows.append(Row(look.label, cells, look.colour, look.dash))
    caption = "The current step"
    if len(names) < len(every):
        caption += f": the first {len(names)} of {len(every)} parameters"
    return Table(
        caption, columns, tuple(rows), ("Training loss", "Clean test loss"), below="Status"
    )


def _heading(name: str) -> str:
    return re.sub("^coefficient of ", "", name_of(name))


def _parameter(run: Run, values: Array, exact: Array, name: str) -> Array | str:
    """One parameter (F,) of (F, P); what is nothing beside the others but rounding is 0."""
    if name not in run.names:
        return "–"
    one = values[:, run.names.index(name)]
    size = np.maximum(np.abs(values).max(axis=1), np.abs(exact).max())
    return np.where(np.abs(one) <= ROUNDING * size, 0.0, one)


def _minimiser(run: Run, exact: Reference, names: Sequence[str]) -> str:
    shown = [_parameter(run, exact.theta[None], exact.theta, name) for name in names]
    return "; ".join(number(float(one[0]), 3) for one in shown if not isinstance(one, str))


def _gap(run: Run, exact: Reference) -> Array:
    above = gap(run, exact)
    return np.where(np.abs(above) <= rounding(exact), 0.0, above)
