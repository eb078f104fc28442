"""The exact minimisers of many tasks at once, where they are plain to find and to prove.

Plain is a convex loss of one number a row, whose minimum is finite, unique, and either at a vertex
of kinks or where rows that bend fix every parameter. What is not proved to be so is left to the
solvers that take one task at a time. Neither answer depends on what is asked beside it.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence

import numpy as np

from lossviz.analysis.minimum.face import ENTRIES
from lossviz.analysis.minimum.infinity import SUSPECT
from lossviz.analysis.minimum.problem import Problem, is_straight, problem_of
from lossviz.analysis.minimum.result import Reference
from lossviz.analysis.minimum.solvers import EXACT
from lossviz.analysis.minimum.stack import Stack, solved
from lossviz.analysis.minimum.tidy import ROUNDING, in_tidy_units, noise_of
from lossviz.analysis.minimum.vertices import MOST, vertices
from lossviz.base.arrays import Array
from lossviz.engine.experiment import loss_of
from lossviz.engine.task import Task

STEPS = 40  # of Newton's method at most
POLISHING = 2  # steps after the last that shows in the value
DAMPING = 1e-2, 1e-6  # shares of the curvature: the first, and what is none
STEP = 1e-7  # beside a row's place, where its slope is asked for
NOISE = 1e-12  # share of a slope that is only rounding
BENT = 1e-3  # share of the largest curvature of a row that counts as some for sure
TOLD = 1e-6  # the least share of all rows' curvature that such rows must have in any direction
SQUARES = "singular values (least squares)", "singular values (ridge regression)"
NEWTON = "Newton's method"
EDGES = "weighted medians along edges (Barrodale and Roberts)"


def plain_minimisers(tasks: Sequence[Task]) -> list[Reference | None]:
    """The exact minimiser of each task, or None where it is not plain."""
    found: list[Reference | None] = [None] * len(tasks)
    groups: dict[Hashable, list[int]] = {}
    problems: dict[int, Problem] = {}
    with np.errstate(all="ignore"):
        for place, task in enumerate(tasks):
            if _may_be_plain(task):
                problem = problem_of(task)
                if len(problem.features) == len(task.features) and not _is_at_zero(problem):
                    problems[place] = problem
                    groups.setdefault(_kind(task, problem), []).append(place)
        for places in groups.values():
            answers = _found([tasks[k] for k in places], [problems[k] for k in places])
            for place, answer in zip(places, answers, strict=True):
                found[place] = answer
    return found


def _may_be_plain(task: Task) -> bool:
    e, loss = task.experiment, loss_of(task.experiment)
    options = e.params_of("loss")
    if not task.is_linear or task.outputs or task.learned or task.sample.weight is not None:
        return False
    if not loss.is_convex(**options) or len(task.y) * len(task.features) > ENTRIES:
        return False
    if loss.task == "regression" and not loss.of_residual:  # may have no finite minimum
        return False
    if loss.kinks(**options):
        few = len(task.features) <= MOST
        return few and not e.l2 and is_straight(loss, options)
    return not e.l1


def _is_at_zero(problem: Problem) -> bool:
    """Whether all kinks meet where every prediction is 0: no vertex is told from others there."""
    return problem.loss is None and not problem.offsets.any()


def _kind(task: Task, problem: Problem) -> Hashable:
    e = task.experiment
    words = tuple(word for word in e.params_of("loss").values() if isinstance(word, str))
    shapes = problem.features.shape, task.features_test.shape, problem.lines.shape
    return e.loss, words, e.model, *e.params_of("model").values(), shapes


def _found(tasks: Sequence[Task], problems: Sequence[Problem]) -> list[Reference | None]:
    stack, loss = Stack.of(tasks, problems), loss_of(tasks[0].experiment)
    start = stack.least_squares()
    if not stack.is_whole:
        gammas, is_plain = vertices(stack, start)
        method = EDGES
    else:
        gammas, is_plain = _downhill(stack, start)
        is_plain &= _is_told(stack, gammas)
        method = NEWTON
    z = stack.predict(gammas)
    if loss.task == "binary" and stack.is_whole:
        is_plain &= ~_may_be_endless(stack, z)
    size = np.maximum(np.abs(z).max(axis=-1), np.abs(stack.targets).max(axis=-1))
    size = np.where(size > 0, size, stack.spread)
    weights = np.matvec(stack.to_theta, gammas)
    values = stack.objective.values(weights)
    is_plain &= np.abs(values) > stack.rounding(z, size, ROUNDING)
    is_plain &= np.isfinite(weights).all(axis=-1)
    return [
        _reference(task, weights[k], float(values[k]), float(size[k]), _method(task, method))
        if is_plain[k]
        else None
        for k, task in enumerate(tasks)
    ]


def _method(task: Task, method: str) -> str:
    is_quadratic = loss_of(task.experiment).quadratic
    return SQUARES[task.experiment.l2 > 0] if is_quadratic else method


def _reference(
    task: Task, weights: Array, value: float, size: float, method: str
) -> Reference | None:
    if np.any(np.abs(weights) <= noise_of(task, size)):
        return None  # a parameter that may be none
    return Reference(
        theta=in_tidy_units(task, weights, size),
        internal=weights.copy(),
        value=value,
        method=method,
        is_global=True,
        note="",
        is_attained=True,
        is_unique=True,
        ranges=None,
    )


def _downhill(stack: Stack, start: Array) -> tuple[Array, Array]:
    """The minima (S, k) of smooth objectives by Newton's method, damped where a step does not lead
    down, and whether each was reached (S,)."""
    ends, is_there = start.copy(), np.zeros(len(start), bool)
    here, gamma = np.arange(len(start)), start
    value, slope, z = stack.smooth(gamma)
    bends = stack.bends(z)
    damping, left = np.zeros(len(start)), np.full(len(start), POLISHING)
    eye = np.eye(start.shape[1])
    for _ in range(STEPS):
        scale = np.trace(bends, axis1=1, axis2=2)[:, None, None] / len(eye)
        tables = bends + (np.maximum(damping[:, None, None], 1e-15) * scale + 1e-300) * eye
        step = solved(tables, slope)
        there = gamma - step
        value_there, slope_there, z_there = stack.smooth(there)
        flat = np.linalg.norm(slope, axis=1)
        promised = np.vecdot(slope, step) / 2
        is_small = promised <= 1e-13 * np.abs(value)  # too little to show in the value
        is_better = np.where(
            is_small, np.linalg.norm(slope_there, axis=1) < flat, value_there < value
        )
        left = left - is_small
        is_done = is_small & (~is_better | (left <= 0))
        gamma = np.where(is_better[:, None], there, gamma)
        value = np.where(is_better, value_there, value)
        slope = np.where(is_better[:, None], slope_there, slope)
        z = np.where(is_better[:, None], z_there, z)
        worse = np.maximum(4 * damping, DAMPING[0])
        damping = np.where(is_better, damping / 8, worse)
        damping = np.where(damping < DAMPING[1], 0.0, damping)
        if is_done.any():
            left_over = np.linalg.norm(slope, axis=1)
            is_flat = left_over * stack.spread <= 1e-9 * np.abs(value) + 1e-12
            is_flat &= left_over <= EXACT * stack.steepness(z)
            ends[here[is_done]], is_there[here[is_done]] = gamma[is_done], is_flat[is_done]
            going = np.flatnonzero(~is_done)
            if not going.size:
                break
            stack, here, gamma, value = stack.take(going), here[going], gamma[going], value[going]
            slope, z, damping, left = slope[going], z[going], damping[going], left[going]
        bends = stack.bends(z)
    return ends, is_there


def _is_told(stack: Stack, gammas: Array) -> Array:
    """Whether rows that bend for sure, to either side, fix all parameters (S,)."""
    z = stack.predict(gammas)
    step = STEP * np.minimum(1.0, stack.spread)[:, None] + 1e-10 * np.abs(z)
    slopes = np.stack([stack.losses(z + k * step)[1] for k in (-2, -1, 0, 1, 2)])
    rises = np.diff(slopes, axis=0).min(axis=0)
    bends = rises / step
    is_bent = rises > NOISE * np.abs(slopes).max(axis=0)
    is_bent &= bends >= BENT * bends.max(axis=-1, keepdims=True)
    rows = np.where(is_bent[:, None], stack.features, 0.0)
    table = rows @ rows.mT / z.shape[-1]
    return np.linalg.eigvalsh(table)[:, 0] > TOLD


def _may_be_endless(stack: Stack, z: Array) -> Array:
    """Whether the loss of two classes may fall for ever as weights grow (S,)."""
    margins = z * stack.targets
    is_one = np.ptp(stack.targets, axis=-1) == 0
    middle = z.mean(axis=-1, keepdims=True)
    is_far = np.abs(z - middle).max(axis=-1) > SUSPECT
    return is_one | is_far | (margins.min(axis=-1) > 0)
