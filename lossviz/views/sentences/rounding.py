"""Numbers of a run without what is but rounding, as the page and a terminal show them."""

from __future__ import annotations

import numpy as np

from lossviz.analysis.minimum import Reference, gap
from lossviz.analysis.minimum.tidy import noise_of, tidy, units_of
from lossviz.base.arrays import Array
from lossviz.engine.run import Run

ROUNDING = 1e-12  # share of a size that is only rounding
MOST_TIDIED = 1_000  # parameters whose way to the data's units is looked at one by one


def rounding(exact: Reference) -> float:
    """A difference from the minimum that is nothing but rounding."""
    return ROUNDING * max(1.0, abs(exact.value))


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
