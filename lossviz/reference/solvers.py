"""Exact minimisers by SciPy, on a `Problem`. Each gives gamma (k,), and says what it was."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from lossviz.reference.problem import Problem
from lossviz.sampling import generator

Array = np.ndarray
CANDIDATES = 300  # starts that a non-convex search looks at; the best of them are descended
ROUNDS = 200  # Newton steps for one descent
WIDTHS = tuple(10.0**-k for k in range(10))  # of the rounded kinks, in typical residuals


@dataclass(frozen=True, eq=False)
class Answer:
    """gamma (k,), the solver in words, and whether it met its own test of being at a minimum."""

    gamma: Array
    method: str
    has_converged: bool


def least_squares(problem: Problem) -> Answer:
    """The minimiser for squared error, with or without an L2 penalty."""
    from scipy.linalg import lstsq

    n = problem.targets.size
    # mean (z - y)² + sum l2 theta²  =  |A gamma - b|² with the penalty as further rows.
    penalty = np.sqrt(problem.l2)[:, None] * problem.to_theta
    rows = np.vstack([problem.features.T / np.sqrt(n), penalty[problem.l2 > 0]])
    aim = np.append(problem.targets / np.sqrt(n), np.zeros(len(rows) - n))
    gamma = lstsq(rows, aim)[0]  # pyright: ignore[reportOptionalSubscript]
    kind = "ridge regression" if problem.l2.any() else "least squares"
    return Answer(gamma, f"SciPy lstsq ({kind})", True)


def linear_programme(problem: Problem) -> Answer:
    """The minimiser of tilt * mean residual + sum c |A gamma - b|, from the dual programme."""
    from scipy.optimize import linprog

    # max -b.d over |d| <= c with A'd = -g; gamma are the multipliers of the equations. It has k
    # equations where the programme itself has one for each row.
    slope = problem.tilt * problem.features.mean(axis=1)
    unit, size = problem.weights.max(), problem.spread
    bounds = np.column_stack([-problem.weights, problem.weights]) / unit
    base = _constant(problem)
    away = problem.lines @ base - problem.offsets
    found = linprog(
        -away / size, A_eq=problem.lines.T, b_eq=-slope / unit, bounds=bounds, method="highs"
    )
    method = "SciPy linprog (HiGHS, linear programme)"
    if found.status != 0:
        return Answer(base, method, False)
    gamma = base + size * found.eqlin.marginals
    # HiGHS is exact to 1e-7 or so; the terms that are zero at the minimum fix it to the last bit.
    held = np.abs(found.x) < bounds[:, 1] * (1 - 1e-6)
    return Answer(_hold(problem, gamma, held), method, True)


def newton(problem: Problem, start: Array, widths: Sequence[float] = WIDTHS) -> Answer:
    """A minimum downhill from `start`: Newton's method within a trust region.

    Kinks are first rounded widely, then ever less; at last the terms that have come to zero are
    held there exactly."""
    from scipy.optimize import minimize

    has_kinks = problem.weights.size > 0
    gamma, steepness, width = start, _steepness(problem), 0.0
    for share in widths if has_kinks else (0.0,):
        width = share * problem.spread
        gamma = minimize(
            problem.slopes,
            gamma,
            args=(width,),
            jac=True,
            hess=problem.bends,
            method="trust-exact",
            options={
                "gtol": 1e-10 * steepness,
                "maxiter": ROUNDS,
                "initial_trust_radius": problem.spread,
                "max_trust_radius": 1e6 * problem.spread,
            },
        ).x
    has_converged = bool(np.linalg.norm(problem.slopes(gamma, width)[1]) <= 1e-6 * steepness)
    if not has_kinks:
        return Answer(gamma, "SciPy trust-exact (Newton's method)", has_converged)
    method = "SciPy trust-exact (Newton's method, kinks rounded ever less)"
    held = np.abs(problem.lines @ gamma - problem.offsets) < width
    return Answer(_hold(problem, gamma, held), method, has_converged)


def search(problem: Problem) -> Answer:
    """The lowest minimum found from several starts, for a loss that is not convex."""
    starts = _starts(problem)
    order = np.argsort(_values(problem, starts[FIXED:]), kind="stable")[:DESCENTS]
    chosen = [*starts[:FIXED], *starts[FIXED:][order]]
    answers = [newton(problem, start, WIDTHS[3:]) for start in chosen]
    best = min(answers, key=lambda answer: problem.slopes(answer.gamma, 0.0)[0])
    return replace(best, method=f"{best.method}, best of {len(chosen)} starts")


def good_start(problem: Problem) -> Array:
    """The best of a constant and two fits (k,)."""
    starts = _constant(problem), _least_squares_fit(problem), _least_absolute_fit(problem)
    return min(starts, key=lambda gamma: problem.slopes(gamma, 0.0)[0])


def _constant(problem: Problem) -> Array:
    flat = np.full(problem.targets.size, problem.middle)
    return np.linalg.lstsq(problem.features.T, flat, rcond=None)[0]


def _least_squares_fit(problem: Problem) -> Array:
    return np.linalg.lstsq(problem.features.T, problem.targets, rcond=None)[0]


def _least_absolute_fit(problem: Problem) -> Array:
    n = problem.targets.size
    return linear_programme(
        replace(
            problem, loss=None, tilt=0.0, l2=np.zeros_like(problem.l2), lines=problem.features.T,
            offsets=problem.targets, weights=np.full(n, 1 / n),
        )
    ).gamma  # fmt: skip


FIXED = 3  # the first starts, which are always descended
DESCENTS = 6  # of the others, those with the lowest values are


def _starts(problem: Problem) -> Array:
    """(FIXED + CANDIDATES, k): all zero, two fits, and fits through random subsets of k rows."""
    k, n = problem.features.shape
    rng = generator(0, "starts")
    subsets = rng.permuted(np.tile(np.arange(n), (CANDIDATES, 1)), axis=1)[:, :k]
    # A ridge of rounding size, since equal rows may meet in a subset.
    rows = problem.features.T[subsets]
    squares = rows.swapaxes(1, 2) @ rows + 1e-9 * np.eye(k)
    sides = np.einsum("sik,si->sk", rows, problem.targets[subsets])
    elemental = np.linalg.solve(squares, sides[..., None])[..., 0]
    fixed = np.zeros(k), _least_squares_fit(problem), _least_absolute_fit(problem)
    return np.vstack([*fixed, elemental])


def _values(problem: Problem, gammas: Array) -> Array:
    return np.array([problem.slopes(gamma, 0.0)[0] for gamma in gammas])


def _steepness(problem: Problem) -> float:
    """A size that gradients have where nothing is fitted, to judge by when one is zero."""
    pulls = 0.0
    if problem.loss is not None:
        pulls = float(np.mean(np.abs(problem.loss(_constant(problem) @ problem.features)[1])))
    return pulls + abs(problem.tilt) + float(problem.weights.sum()) + 1e-300


def _hold(problem: Problem, gamma: Array, held: Array) -> Array:
    """gamma moved to the minimum on the plane where the held terms are zero, if that is lower."""
    best, lowest = gamma, problem.slopes(gamma, 0.0)[0]
    lines, offsets = problem.lines[held], problem.offsets[held]
    k, m = gamma.size, len(lines)
    system = np.zeros((k + m, k + m))
    system[:k, k:], system[k:, :k] = lines.T, lines
    for _ in range(5):
        # Newton's step for the Lagrangian: [H A'; A 0] (step, multipliers) = (-g, -residuals).
        system[:k, :k] = problem.bends(gamma, 0.0)
        gradient = problem.slopes(gamma, 0.0)[1]
        right = np.concatenate([-gradient, offsets - lines @ gamma])
        gamma = gamma + np.linalg.lstsq(system, right, rcond=None)[0][:k]
        value = problem.slopes(gamma, 0.0)[0]
        if value <= lowest:
            best, lowest = gamma, value
    return best
