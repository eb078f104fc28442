"""Where no finite minimiser exists, and what the objective tends to there.

Some losses for classes never come to rest: the surer a right row is of itself, the less it costs.
If weights may grow, along a direction that no row pulls back from, they do so for ever.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from lossviz.analysis.minimum.problem import Problem, differences
from lossviz.analysis.minimum.solvers import PIVOTS
from lossviz.base.arrays import Array
from lossviz.engine.experiment import loss_of
from lossviz.engine.objective import Objective
from lossviz.engine.task import Task

PROBES = 20.0, 30.0, 1e12  # margins at which a loss is asked whether it still falls
FAR_OUT = 1e3  # times as far out, or as low an intercept, is as good as infinity
CLEAR = 50.0  # a margin at which what is left to fall is less than rounding
SUSPECT = 12.0  # a score beyond which weights may be on their way to infinity
ENTRIES = 600_000  # of the linear programme's table, at most
APART = "The classes can be separated"
NO_POINT = "no finite minimiser exists"
DOWN_WITHOUT_END = (
    "No finite minimiser exists: rows with a {} pull their prediction down without end. "
    "This is a point where hardly anything is left to gain."
)


@dataclass(frozen=True)
class Limit:
    """What the objective tends to as the parameters grow, and why, in a sentence. is_bound: whether
    nothing can be lower, be the loss convex or not."""

    value: float
    note: str
    is_bound: bool


def limit(task: Task, problem: Problem, gamma: Array, internal: Array) -> Limit | None:
    """What the objective tends to if it has no finite minimiser; None if it has one, or none was
    seen to be missing. gamma (G,) and internal (P,) are where the solver ended."""
    loss, objective = loss_of(task.experiment), Objective.of([task])
    if _falls_without_end(task) and (
        (task.y <= loss.domain[0]).all() or (not problem.weights.size and is_flat(problem, gamma))
    ):
        value = float(objective.values(internal[None])[0])
        least = "count of zero" if loss.counts else f"target of {loss.domain[0]:g}"
        return Limit(value, DOWN_WITHOUT_END.format(least), False)
    if loss.task == "regression" or not _never_rests(task):
        return None
    y = task.y.argmax(axis=1) if problem.outputs else (task.y > 0.5).astype(int)
    present = np.unique(y)
    if len(present) == 1:
        note = "All rows are of one class: the loss goes to 0 as the intercept grows"
        return Limit(0.0, f"{note}, and {NO_POINT}.", True)
    if not problem.is_penalised and problem.margins(gamma).min() > 0:
        note = f"{APART}: the loss goes to 0 as the weights grow"
        return Limit(0.0, f"{note}, and {NO_POINT}.", True)
    absent = np.setdiff1d(np.arange(max(problem.outputs, 2)), present)
    if absent.size:
        far = internal.reshape(problem.outputs, -1).copy()
        far[absent, 0] -= FAR_OUT
        names = ", ".join(task.sample.classes[c] for c in absent)
        note = f"No row is of class {names}: its intercept falls without end, and {NO_POINT}."
        return Limit(float(objective.values(far.reshape(1, -1))[0]), note, False)
    if problem.is_penalised:
        return None
    z = problem.predict(gamma)
    if loss.convex is not True:
        here, there = problem.values(np.stack([gamma, FAR_OUT * gamma]))
        if there <= here:
            note = "The loss goes on falling as the weights grow: no finite minimiser was found."
            return Limit(float(there), note, False)
    elif np.abs(z - z.mean()).max() > SUSPECT:
        direction = _direction(problem, y)
        here = problem.value(gamma)
        lowest = np.inf if direction is None else problem.value(gamma + CLEAR * direction)
        if lowest <= here + 1e-9 * abs(here):
            note = (
                "Some rows can be separated from the rest: the loss falls for ever as the weights "
                f"that do so grow, and {NO_POINT}."
            )
            return Limit(min(here, lowest), note, False)
    return None


def is_flat(problem: Problem, gamma: Array) -> bool:
    """Whether curvature is zero in some direction, so that the minimum is not a point. What may be
    added to all classes alike, where only their differences count, is left out of account."""
    bends = problem.bends(gamma, 0.0)
    if problem.l2.any():  # which leaves but the intercept in doubt
        one = np.linalg.lstsq(problem.features.T, np.ones(problem.features.shape[1]), rcond=None)[0]
        return not problem.outputs and bool(one @ bends @ one <= 1e-8 * np.abs(bends).max())
    shared = len(problem.features) if knows_differences(problem, gamma) else 0
    curvatures = np.linalg.eigvalsh(bends)
    return bool(curvatures[shared] <= 1e-8 * max(curvatures[-1], 1e-300))


def knows_differences(problem: Problem, gamma: Array) -> bool:
    """Whether only the differences between outputs count."""
    if not problem.outputs or problem.loss is None:
        return False
    z = problem.predict(gamma)
    return np.allclose(problem.loss(z)[0], problem.loss(z + 1.0)[0], rtol=1e-9, atol=1e-12)


def _falls_without_end(task: Task) -> bool:
    """Whether the least target there may be asks for a prediction of minus infinity."""
    e, loss = task.experiment, loss_of(task.experiment)
    if loss.task != "regression" or not np.isfinite(loss.domain[0]):
        return False
    y = np.full(len(PROBES), loss.domain[0])
    near, far, end = loss.function(-np.array(PROBES), y, **e.params_of("loss"))[0]
    return bool(near > far >= end)


def _never_rests(task: Task) -> bool:
    """Whether the loss falls for ever as the margin grows."""
    e, loss = task.experiment, loss_of(task.experiment)
    z, y = np.array(PROBES), np.ones(len(PROBES))
    if task.outputs:
        is_first = np.arange(task.outputs) == 0
        z, y = np.where(is_first, z[:, None], 0.0), 1.0 * (is_first & (z[:, None] > 0))
    near, far, end = loss.function(z, y, **e.params_of("loss"))[0]
    return bool(near > far >= end)


def _direction(problem: Problem, y: Array) -> Array | None:
    """A direction (G,) that lowers no row's margin to any rival and raises some; None if there is
    none, or the search would take too long (Albert and Anderson 1984)."""
    from scipy.optimize import linprog
    from scipy.sparse import bmat, csr_array, eye_array

    if not problem.outputs:
        leads = (2 * y - 1)[:, None] * problem.features.T
    else:
        rows, rivals = np.nonzero(y[:, None] != np.arange(problem.outputs))
        leads = differences(problem, rows, y[rows], rivals)
    if leads.size > ENTRIES:
        return None
    # max sum u  with  0 <= u <= 1,  u <= leads d: such directions add up, so at the maximum every
    # lead that can be raised is, and has u = 1.
    count, size = leads.shape
    found = linprog(
        np.append(np.zeros(size), -np.ones(count)),
        A_ub=bmat([[csr_array(-leads), eye_array(count)]]),
        b_ub=np.zeros(count),
        bounds=[(None, None)] * size + [(0, 1)] * count,
        method="highs",
        options={"maxiter": PIVOTS * (count + size)},
    )
    if found.status != 0 or -found.fun < 0.5:
        return None
    return found.x[:size]
