"""Numbers of a run and names of its parameters as they are shown, on the page and in a terminal."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable

import numpy as np

from lossviz.analysis.minimum import Reference, gap
from lossviz.analysis.minimum.tidy import noise_of, tidy, units_of
from lossviz.base.arrays import Array
from lossviz.engine.training import Run
from lossviz.tables.header import unique
from lossviz.views.panels.status import ROUNDING, rounding

MOST_TIDIED = 1_000  # parameters whose way to the data's units is looked at one by one


def tidied(run: Run, exact: Reference | None) -> tuple[Array, Array]:
    """The run's theta and path (F, P) with 0 for what is but rounding: what adds nothing to the
    predictions beside what the others add, also at the exact minimum where it is known. As they are
    for networks, whose parameters do not add, and where there are very many."""
    task = run.task
    if not task.is_linear or task.weights > MOST_TIDIED:
        return run.theta, run.path
    unit = noise_of(task, 1.0)
    found = run.path if exact is None else np.vstack([run.path, exact.internal])
    # What each adds to the predictions, on average over the rows.
    adds = np.divide(
        np.abs(found[:, : task.weights]),
        unit,
        out=np.zeros((len(found), len(unit))),
        where=unit > 0,
    ).max(axis=1)
    size = ROUNDING * np.maximum(adds[: len(run.path)], 0.0 if exact is None else adds[-1])
    in_units = np.abs(units_of(task)) @ unit if task.sample.is_scaled else unit
    # What the loss learns is on scales of its own.
    own = np.zeros(run.path.shape[1] - task.weights)
    theta, path = (np.append(noise, own) for noise in (in_units, unit))
    return tidy(run.theta, np.outer(size, theta)), tidy(run.path, np.outer(size, path))


def gap_of(run: Run, exact: Reference) -> Array:
    """How far the training objective is above the minimum, at each kept frame (F,); 0 where that is
    but rounding."""
    above = gap(run, exact)
    return np.where(np.abs(above) <= rounding(exact), 0.0, above)


def short_names(parameters: Iterable[str], leave_out: str = "") -> dict[str, str]:
    """For each parameter its name without units, and without what else is left out at its start.
    Where that would call two of them alike, they keep theirs."""
    full = dict.fromkeys(parameters)
    bare = {name: name.removeprefix(leave_out) for name in full}
    short = {name: re.sub(r" \([^()]*\)", "", bare[name]) for name in full}
    for fuller in (bare, {name: name for name in full}):
        counts = Counter(short.values())
        short = {name: fuller[name] if counts[word] > 1 else word for name, word in short.items()}
    return dict(zip(full, unique(short.values()), strict=True))
