"""Exact minimisers on a `Problem`. Each gives gamma (G,), and says what it was.

Work is bounded by counts (starts, rounds, steps), never by the clock, so answers do not depend on
the machine.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from lossviz.analysis.minimum.problem import RANK, Problem
from lossviz.analysis.minimum.tidy import rounding_of
from lossviz.base.arrays import Array

STEPS = 60, 500  # of Newton's method in all, fewest and most
STEP_WORK = 1_200_000_000  # between these, (rows + parameters) times parameters squared times steps
PIVOTS = 10  # of the simplex method, for each of its unknowns
SCALINGS = 3  # of a linear programme, at most, while residuals are FAR below its unit
FAR = 1e-2
EXACT = 1e-11  # share of a typical size that counts as rounding
WIDTHS = tuple(10.0**-k for k in range(13))  # of the rounded kinks, in typical residuals
SETTLING = 4  # Newton steps on the plane where the held terms are zero


@dataclass(frozen=True, eq=False)
class Pulls:
    """Subgradients that cancel at a minimum: of the absolute terms (M,), and of a maximum over
    classes the share (n, K) that each class has in it."""

    terms: Array
    shares: Array | None = None


@dataclass(frozen=True, eq=False)
class Answer:
    """gamma (G,), the solver in words, and whether it met its own test of being at a minimum.

    pulls: by which the kinks show that it is one; None where it has none, or where they are not
    known to cancel."""

    gamma: Array
    method: str
    has_converged: bool
    pulls: Pulls | None = None


def least_squares(problem: Problem) -> Answer:
    """The minimiser for squared error, with or without an L2 penalty."""
    from scipy.linalg import lstsq

    n = len(problem.targets)
    # mean (z - y)² + sum l2 theta²  =  |A gamma - b|² with the penalty as further rows.
    penalty = (np.sqrt(problem.l2)[:, None] * problem.to_theta)[problem.l2 > 0]
    rows = np.vstack([problem.features.T / np.sqrt(n), penalty])
    none = np.zeros((len(penalty), *problem.targets.shape[1:]))
    aim = np.concatenate([problem.targets / np.sqrt(n), none])
    gamma = lstsq(rows, aim)[0].T.ravel()  # pyright: ignore[reportOptionalSubscript]
    kind = "ridge regression" if problem.l2.any() else "least squares"
    return Answer(gamma, f"SciPy lstsq ({kind})", True)


def linear_programme(problem: Problem) -> Answer:
    """The minimiser of mean tilt * residual + sum c |A gamma - b|, from the dual programme."""
    from scipy.optimize import linprog

    # max -b.d over |d| <= c with A'd = -g; gamma are the multipliers of the equations. It has k
    # equations where the programme itself has one for each row.
    slope = problem.features @ problem.tilt / problem.tilt.size
    unit, size = problem.weights.max(), problem.spread
    bounds = np.column_stack([-problem.weights, problem.weights]) / unit
    best, pulls = constant(problem), None
    method = "SciPy linprog (HiGHS, linear programme)"
    for _ in range(SCALINGS):
        away = problem.lines @ best - problem.offsets
        found = linprog(
            -away / size,
            A_eq=problem.lines.T,
            b_eq=-slope / unit,
            bounds=bounds,
            method="highs",
            options={"maxiter": PIVOTS * len(bounds)},
        )
        if found.status != 0:
            break
        gamma, pulls = best + size * found.eqlin.marginals, Pulls(found.x * unit)
        # HiGHS is exact to 1e-7 or so; the terms that are zero at the minimum fix it to the last
        # bit.
        held = np.abs(found.x) < bounds[:, 1] * (1 - 1e-6)
        best = min(gamma, _settle(problem, gamma, held), key=problem.value)
        # It is exact to a share of the farthest rows, which may be more than the others are apart:
        # then from here once more, in units of the typical distance.
        near = np.abs(problem.lines @ best - problem.offsets)
        near = near[near > EXACT * problem.spread]
        if not near.size or (typical := float(np.median(near))) > FAR * size:
            break
        size = typical
    return Answer(best, method, pulls is not None, pulls)


def newton(problem: Problem, start: Array, widths: Sequence[float] = WIDTHS) -> Answer:
    """A minimum downhill from `start`: Newton's method within a trust region.

    Kinks are first rounded widely, then ever less, until the terms that come to zero are known:
    held there, they give a point that passes the test for a minimum exactly."""
    has_kinks = problem.weights.size > 0
    method = f"Newton's method in a trust region{', kinks rounded first' * has_kinks}"
    gamma, best, left = start, start, most_steps(problem)
    for share in widths if has_kinks else (0.0,):
        width = share * problem.spread
        gamma, used = _downhill(problem, gamma, width, left)
        left -= used
        held = np.abs(problem.lines @ gamma - problem.offsets) < width
        settled = _settle(problem, gamma, held)
        best = min(best, gamma, settled, key=problem.value)
        lowest = problem.value(best)
        if problem.value(settled) - lowest <= EXACT * abs(lowest) + rounding_of(problem, best)():
            pulls = cancelling(problem, settled)
            if pulls is not None:
                is_smooth = not has_kinks
                return (
                    _confirmed(problem, settled)
                    if is_smooth
                    else Answer(settled, method, True, pulls)
                )
        if not left:
            break
    return Answer(best, method, False)


def _confirmed(problem: Problem, gamma: Array) -> Answer:
    """SciPy's word on a smooth minimum: its own method starts there and has nowhere to go."""
    from scipy.optimize import minimize

    found = minimize(
        lambda at: problem.slopes(at, 0.0),
        gamma,
        jac=True,
        hess=lambda at: problem.bends(at, 0.0),
        method="trust-exact",
        options={"gtol": 1e-8 * steepness(problem, gamma), "maxiter": SETTLING},
    )
    best = min(gamma, found.x, key=problem.value)
    return Answer(best, "Newton's method, confirmed by SciPy trust-exact", bool(found.success))


def most_steps(problem: Problem) -> int:
    """How many Newton steps may be tried: the fewer, the larger the problem."""
    k, n = problem.features.shape
    return int(np.clip(STEP_WORK // (k * k * (n + k)), *STEPS))


def _downhill(problem: Problem, gamma: Array, width: float, most: int) -> tuple[Array, int]:
    """A minimum (G,) with kinks rounded over `width`, and how many steps, up to `most`, it took."""
    radius = problem.spread
    value, gradient = problem.slopes(gamma, width)
    slope = np.linalg.norm(gradient)
    curvatures, turn = np.linalg.eigh(problem.bends(gamma, width))
    used = 0
    while used < most and slope > 1e-10 * steepness(problem, gamma):
        used += 1
        slopes = turn.T @ gradient
        # Curvature down is taken as up, which leads away from saddles; no step may be endless.
        bends = np.abs(curvatures)
        bends = np.maximum(bends, 1e-14 * bends.max() + 1e-300)
        bends = np.maximum(bends, 1e-9 * np.abs(slopes) / problem.spread)
        step = _step(slopes, bends, radius)
        size = float(np.linalg.norm(step))
        there = gamma - turn @ step
        value_there, gradient_there = problem.slopes(there, width)
        slope_there = np.linalg.norm(gradient_there)
        promised = float(slopes @ step - bends @ (step * step) / 2)
        if promised <= 1e-15 * abs(value):  # too little to show in the value
            is_better = slope_there < slope
            if not is_better:
                break
        else:
            kept = (value - value_there) / promised
            is_better = kept > 0
            if not kept > 0.25:  # or NaN
                radius = size / 4
            elif kept > 0.75 and size > 0.8 * radius:
                radius *= 2
        if is_better:
            gamma, value, gradient, slope = there, value_there, gradient_there, slope_there
            curvatures, turn = np.linalg.eigh(problem.bends(gamma, width))
    return gamma, used


def _step(slopes: Array, bends: Array, radius: float) -> Array:
    """Newton's step (G,) in the axes of the curvatures `bends` > 0, damped to about the radius."""
    damping = 0.0
    for _ in range(50):
        step = slopes / (bends + damping)
        size = np.linalg.norm(step)
        if size <= 1.1 * radius:
            break
        # Newton's method on 1/size = 1/radius, which comes from below (Moré and Sorensen 1983).
        damping += (size / radius - 1) * size**2 / ((step * step) @ (1 / (bends + damping)))
    return step


def constant(problem: Problem) -> Array:
    """The point (G,) whose prediction is the problem's middle."""
    flat = np.full(problem.targets.shape, problem.middle)
    return np.linalg.lstsq(problem.features.T, flat, rcond=None)[0].T.ravel()


def steepness(problem: Problem, gamma: Array) -> float:
    """A size to judge gradients by: what they would be if all rows pulled the same way. Where
    classes can be separated every pull dies away in the end; there it is the pull at z = 0."""
    pulls = 0.0
    if problem.loss is not None:
        z = problem.predict(gamma if problem.is_of_residual else np.zeros_like(gamma))
        pulls = float(np.mean(np.abs(problem.loss(z)[1])))
    return pulls + float(np.mean(np.abs(problem.tilt))) + float(problem.weights.sum()) + 1e-300


def _settle(problem: Problem, gamma: Array, held: Array) -> Array:
    """gamma moved to the minimum on the plane where the held terms are zero."""
    lines, offsets = problem.lines[held], problem.offsets[held]
    _, sizes, turned = np.linalg.svd(np.linalg.qr(lines, mode="r"))
    free = turned[np.count_nonzero(sizes > RANK * sizes.max(initial=0.0)) :].T
    gamma = gamma + np.linalg.lstsq(lines, offsets - lines @ gamma, rcond=None)[0]
    flat = EXACT * steepness(problem, gamma) / problem.spread
    for _ in range(SETTLING):
        curvatures, turn = np.linalg.eigh(free.T @ problem.bends(gamma, 0.0) @ free)
        slopes = turn.T @ (free.T @ problem.slopes(gamma, 0.0, ~held)[1])
        # Along a flat direction there is no Newton step to take.
        steps = np.where(np.abs(curvatures) > flat, slopes / curvatures, 0.0)
        gamma = gamma - free @ (turn @ steps)
    return gamma


def cancelling(problem: Problem, gamma: Array) -> Pulls | None:
    """Subgradients at gamma that add up to zero, which make it a minimum; None if there are none.

    What is left of them, times a distance, bounds what a convex objective could still fall."""
    from scipy.optimize import lsq_linear

    at = problem.lines @ gamma - problem.offsets
    zero = np.abs(at) <= EXACT * problem.spread
    value, left = problem.slopes(gamma, 0.0, ~zero)
    pulls = problem.weights * np.sign(at)
    if zero.any():
        # The term c |t| may pull with any force from -c to c where t = 0.
        lines, reach = problem.lines[zero].T, problem.weights[zero]
        pulls[zero] = lsq_linear(lines, -left, (-reach, reach), method="bvls").x
        left = left + lines @ pulls[zero]
    is_none = np.linalg.norm(left) * problem.spread <= 1e-9 * abs(value) + 1e-12
    return Pulls(pulls) if is_none else None
