"""Between what the parameters lie over all minimisers, and which of these to show."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from lossviz.analysis.minimum.face import Face
from lossviz.analysis.minimum.problem import Problem
from lossviz.analysis.minimum.solvers import Answer
from lossviz.analysis.minimum.tidy import (
    ROUNDING,
    noise_of,
    rounded,
    rounding_of,
    size_of,
    units_of,
)
from lossviz.base.arrays import Array
from lossviz.engine.task import Task

MOST_PARAMETERS = 10  # parameters whose ranges are looked for
ENTRIES = 20_000  # of the table of each linear programme for them, at most
MANY = 400_000  # and of the two that ask whether there is more than one minimiser
SAME = 1e-9  # share of it, or of a value, that counts as none
ACTIVE = 1e-7  # what HiGHS may miss an end by


@dataclass(frozen=True, eq=False)
class Ends:
    """What is known of all minimisers: whether there is but one, the range of each parameter in the
    data's units (P, 2), and the one to show (P,), in the coordinates of the descent."""

    is_unique: bool | None
    ranges: Array | None
    shown: Array | None


NOTHING = Ends(None, None, None)
Values = Callable[[Array], Array]


def ends_of(
    task: Task,
    problem: Problem,
    answer: Answer,
    around: Face | None,
    values: Values,
    *,
    is_global: bool,
) -> Ends:
    """What is known of all minimisers, from one of them and, if it is known, the face around it;
    values: the objective (S,) at points (S, P).

    Shown is the minimiser nearest to the middle of the ranges of the slopes and of the mean
    prediction. Where a range has no end, 0 stands for its middle; without any end, that gives the
    shortest."""
    found = NOTHING if around is None else _on(task, problem, answer, around, values)
    if found.is_unique is None and _is_seen_loose(task, problem, answer.gamma):
        return Ends(False, None, None)
    if not is_global:  # there may be others elsewhere
        return Ends(None if found.is_unique else found.is_unique, None, found.shown)
    return found


def _is_seen_loose(task: Task, problem: Problem, gamma: Array) -> bool:
    """Whether some parameters tell nothing, or a classifier may be as sure as it likes."""
    if len(problem.features) < len(task.features):
        return True
    is_of_margin = problem.has_corners or (problem.loss is None and not problem.is_of_residual)
    return is_of_margin and not problem.is_penalised and float(problem.margins(gamma).min()) > 0


def _on(task: Task, problem: Problem, answer: Answer, face: Face, values: Values) -> Ends:
    def is_minimum(points: Array) -> bool:
        here, *found = values(np.vstack([face.base, points]))
        slack = [rounding_of(problem, problem.gamma(point))(SAME) for point in points]
        return bool(np.all(found <= here + SAME * abs(here) + np.array(slack)))

    if not face.directions.size:
        return Ends(True if face.is_sure else None, None, None)
    if task.weights > MOST_PARAMETERS or face.rows.size > ENTRIES or task.learned is not None:
        return Ends(_is_point(face, is_minimum), None, None)
    units, size = units_of(task), size_of(problem, answer.gamma)
    ranges, points = _ranges(face, units)
    noise = np.abs(units) @ noise_of(task, size)
    ranges = rounded(ranges, noise)
    if points and not is_minimum(np.array(points)):
        return NOTHING
    if np.all(np.diff(ranges)[:, 0] <= SAME / ROUNDING * noise):
        return Ends(True if face.is_sure else None, None, None)
    return Ends(False, ranges, _nearest(face, _middle(task, face, units, ranges)))


def _ranges(face: Face, aims: Array) -> tuple[Array, list[Array]]:
    """Between what aims theta lie (A, 2) on a face, for aims (A, P); points (P,) at the ends."""
    near, lines = aims @ face.base, aims @ face.directions
    ranges, points = np.column_stack([near, near]), []
    for k, line in enumerate(lines):
        if np.abs(line).max() <= SAME * np.abs(lines).max():
            continue
        for side, sign in enumerate((-1.0, 1.0)):
            t = _furthest(face, sign * line)
            ranges[k, side] = sign * np.inf if t is None else near[k] + line @ t
            points += [] if t is None else [face.base + face.directions @ t]
    return np.sort(ranges, axis=1), points


def _middle(task: Task, face: Face, units: Array, ranges: Array) -> Array:
    """The parameters (P,), of the descent, in the middle of their ranges."""
    has_ends = np.isfinite(ranges[:, 0] - ranges[:, 1])
    aims, is_intercept = units.copy(), task.penalised[: task.weights] == 0
    # An intercept is a prediction at 0, far from all rows perhaps: instead the mean prediction.
    means = np.kron(np.eye(max(task.outputs, 1)), task.features.mean(axis=1))
    aims[is_intercept] = np.where(has_ends[is_intercept, None], means, aims[is_intercept])
    middles, _ = _ranges(face, aims)
    return np.linalg.solve(aims, np.where(has_ends[:, None], middles, 0.0).mean(axis=1))


def _is_point(face: Face, is_minimum: Callable[[Array], bool]) -> bool | None:
    if face.loose:
        return False
    if face.rows.size > MANY:
        return None
    # Of a cone with more than one point, a direction at random leaves that point.
    count = face.directions.shape[1]
    aim = np.cos(np.arange(1.0, count + 1.0))
    for sign in (-1.0, 1.0):
        t = _furthest(face, sign * aim, reach=1.0)
        if t is not None and np.abs(t).max() > 10 * ACTIVE:
            is_other = is_minimum((face.base + face.directions @ t)[None])
            return False if is_other else None
    return True if face.is_sure else None


def _furthest(face: Face, aim: Array, reach: float | None = None) -> Array | None:
    """The t (F,) of the face with the largest aim . t, if need be among those not far off; None if
    there is no end to it, or it is not found."""
    inner = len(aim) - face.loose
    if reach is None and np.abs(aim[inner:]).max(initial=0.0) > SAME * np.abs(aim).max():
        return None
    along = _along if inner == 1 else _programme
    t = along(face.rows[:, :inner], face.low, face.high, aim[:inner], reach) if inner else aim[:0]
    return None if t is None else np.pad(t, (0, face.loose))


def _along(rows: Array, low: Array, high: Array, aim: Array, reach: float | None) -> Array | None:
    """The same in one direction."""
    forward = np.sign(aim[0]) * rows[:, 0]
    ahead = np.where(forward > 0, high, -low) / np.abs(forward)
    end = min(ahead.min(initial=np.inf), np.inf if reach is None else reach)
    return np.sign(aim) * end if np.isfinite(end) else None


def _programme(
    rows: Array, low: Array, high: Array, aim: Array, reach: float | None
) -> Array | None:
    from scipy.optimize import linprog

    table, limits = _one_sided(rows, low, high)
    unit = float(np.median(limits[limits > 0])) if (limits > 0).any() else 1.0
    for presolve in (True, False):  # which may not know whether there is no end or no answer
        found = linprog(
            -aim / np.abs(aim).max(),
            A_ub=table,
            b_ub=limits / unit,
            bounds=(reach and -reach, reach),
            method="highs",
            options={"presolve": presolve},
        )
        if found.status != 4:
            break
    if found.status != 0:
        return None
    t = unit * found.x
    # HiGHS is exact to 1e-7 or so; the limits that it comes to fix the rest.
    at_end = np.abs(table @ t - limits) <= ACTIVE * unit
    missing = limits[at_end] - table[at_end] @ t
    return t + np.linalg.lstsq(table[at_end], missing, rcond=None)[0]


def _one_sided(rows: Array, low: Array, high: Array) -> tuple[Array, Array]:
    """The same limits as table t <= limits, with rows of length 1."""
    table, limits = np.vstack([rows, -rows]), np.concatenate([high, -low])
    sizes = np.linalg.norm(table, axis=1)
    is_limit = np.isfinite(limits) & (sizes > 0)
    return table[is_limit] / sizes[is_limit, None], limits[is_limit] / sizes[is_limit]


def _nearest(face: Face, aim: Array) -> Array | None:
    """The point (P,) of the face that is nearest to another; None if it is not found."""
    from scipy.optimize import nnls

    # min |u| with G u >= h, where u = R t - q: least distance programming (Lawson and Hanson 1974,
    # chapter 23).
    turn, triangle = np.linalg.qr(face.directions)
    q = turn.T @ (aim - face.base)
    table, limits = _one_sided(face.rows, face.low, face.high)
    table = -np.linalg.solve(triangle.T, table.T).T
    limits = -limits - table @ q
    u = np.zeros(len(q))
    if limits.max(initial=0.0) > 0:
        unit = float(np.abs(limits).max())
        system = np.vstack([table.T, limits / unit])
        try:
            weights, _ = nnls(system, np.append(u, 1.0))
        except RuntimeError:  # too many steps
            return None
        pulling = weights > 0
        u = np.linalg.lstsq(table[pulling], limits[pulling], rcond=None)[0]
        if np.any(table @ u < limits - SAME * unit):
            return None
    return face.base + face.directions @ np.linalg.solve(triangle, u + q)
