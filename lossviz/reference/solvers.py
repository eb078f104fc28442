"""Exact minimisers by SciPy, on a `Problem`. Each gives gamma (k,), and says what it was."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from lossviz.reference.problem import RANK, LossOfZ, Problem
from lossviz.sampling import generator

Array = np.ndarray
CANDIDATES = 20, 500  # random starts that a non-convex search looks at, fewest and most
WORK = 1_000_000  # between these, rows times parameters squared times starts
DESCENTS = 6  # how many of these, the best, are descended
REWEIGHTINGS = 10  # rounds that bring random starts near a minimum
SMALL = 12  # parameters beyond which only two starts are descended in all
EXACT = 1e-11  # share of a typical size that counts as rounding
ROUNDS = 100  # Newton steps at one width
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
    settled = _settle(problem, gamma, held)
    return Answer(min(gamma, settled, key=problem.value), method, True)


def newton(problem: Problem, start: Array, widths: Sequence[float] = WIDTHS) -> Answer:
    """A minimum downhill from `start`: Newton's method within a trust region.

    Kinks are first rounded widely, then ever less, until the terms that come to zero are known:
    held there, they give a point that passes the test for a minimum exactly."""
    from scipy.optimize import minimize

    has_kinks = problem.weights.size > 0
    method = f"SciPy trust-exact (Newton's method{', kinks rounded first' * has_kinks})"
    gamma, best = start, start
    for share in widths if has_kinks else (0.0,) * 4:
        width = share * problem.spread
        gamma = minimize(
            problem.slopes,
            gamma,
            args=(width,),
            jac=True,
            hess=problem.bends,
            method="trust-exact",
            options={
                "gtol": 1e-10 * _steepness(problem, gamma),
                "maxiter": ROUNDS,
                "initial_trust_radius": problem.spread,
                "max_trust_radius": 1e6 * problem.spread,
            },
        ).x
        held = np.abs(problem.lines @ gamma - problem.offsets) < width
        settled = _settle(problem, gamma, held)
        best = min(best, gamma, settled, key=problem.value)
        lowest = problem.value(best)
        if problem.value(settled) - lowest <= EXACT * abs(lowest) and _is_minimum(problem, settled):
            return Answer(settled, method, True)
    return Answer(best, method, False)


def search(problem: Problem) -> Answer:
    """The lowest minimum found from several starts, for a loss that is not convex."""
    fixed, subsets = _fits(problem), _subset_fits(problem)
    others = _reweighted(problem, subsets, problem.loss) if problem.loss else subsets
    values = np.array([problem.value(gamma) for gamma in others])
    # The lowest first; values that agree to seven digits are one minimum found twice.
    _, lowest = np.unique(values.astype(np.float32), return_index=True)
    starts = [*fixed, *others[lowest[:DESCENTS]]]
    if problem.rank > SMALL:
        starts = sorted(starts, key=problem.value)[:2]
    answers = sorted(
        (newton(problem, start, WIDTHS[3:4]) for start in starts),
        key=lambda answer: problem.value(answer.gamma),
    )
    best = next((answer for answer in answers[:1] if answer.has_converged), None)
    if best is None:
        best = newton(problem, answers[0].gamma, WIDTHS[4:])
    return replace(best, method=f"{best.method}, best of {len(starts)} starts")


def good_start(problem: Problem) -> Array:
    """The best of a constant and two fits (k,)."""
    starts = _constant(problem), _least_squares_fit(problem), _least_absolute_fit(problem)
    return min(starts, key=problem.value)


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


def _fits(problem: Problem) -> list[Array]:
    fits = _least_squares_fit(problem), _least_absolute_fit(problem)
    return [np.zeros(problem.rank), *fits]


def _subset_fits(problem: Problem) -> Array:
    """Fits through random subsets of k rows (S, k)."""
    k, n = problem.features.shape
    rng = generator(0, "starts")
    count = int(np.clip(WORK // (n * k * k), *CANDIDATES))
    subsets = rng.permuted(np.tile(np.arange(n), (count, 1)), axis=1)[:, :k]
    rows = problem.features.T[subsets]
    # A ridge of rounding size, since equal rows may meet in a subset.
    squares = rows.swapaxes(1, 2) @ rows + 1e-9 * np.eye(k)
    sides = np.einsum("sik,si->sk", rows, problem.targets[subsets])
    return np.linalg.solve(squares, sides[..., None])[..., 0]


def _reweighted(problem: Problem, gammas: Array, loss: LossOfZ) -> Array:
    """Many starts (S, k) brought near their minima, by rounds of weighted least squares.

    A row's weight is its slope over its residual, which makes the fits one and the same equation:
    mean(w phi phi') gamma + 2 L2 gamma = mean(w y phi)."""
    phi, y = problem.features, problem.targets
    k, n = phi.shape
    products = (phi[:, None] * phi).reshape(k * k, n)
    penalty = 2 * (problem.to_theta.T * problem.l2) @ problem.to_theta
    tiny = 1e-9 * problem.spread
    for _ in range(REWEIGHTINGS):
        r = gammas @ phi - y
        r = np.where(np.abs(r) < tiny, tiny, r)
        weights = loss(y + r)[1] / r / n
        systems = (weights @ products.T).reshape(-1, k, k) + penalty
        ridge = 1e-9 * np.trace(systems, axis1=1, axis2=2) + 1e-300
        systems = systems + ridge[:, None, None] * np.eye(k)
        gammas = np.linalg.solve(systems, ((weights * y) @ phi.T)[..., None])[..., 0]
    return gammas


def _steepness(problem: Problem, gamma: Array) -> float:
    """A size to judge gradients by: what they would be if all rows pulled the same way."""
    pulls = 0.0
    if problem.loss is not None:
        pulls = float(np.mean(np.abs(problem.loss(gamma @ problem.features)[1])))
    return pulls + abs(problem.tilt) + float(problem.weights.sum()) + 1e-300


def _settle(problem: Problem, gamma: Array, held: Array) -> Array:
    """gamma moved to the minimum on the plane where the held terms are zero."""
    lines, offsets = problem.lines[held], problem.offsets[held]
    _, sizes, turned = np.linalg.svd(np.linalg.qr(lines, mode="r"))
    free = turned[np.count_nonzero(sizes > RANK * sizes.max(initial=0.0)) :].T
    gamma = gamma + np.linalg.lstsq(lines, offsets - lines @ gamma, rcond=None)[0]
    flat = EXACT * _steepness(problem, gamma) / problem.spread
    for _ in range(4):
        curvatures, turn = np.linalg.eigh(free.T @ problem.bends(gamma, 0.0) @ free)
        slopes = turn.T @ (free.T @ problem.slopes(gamma, 0.0, ~held)[1])
        # Along a flat direction there is no Newton step to take.
        steps = np.where(np.abs(curvatures) > flat, slopes / curvatures, 0.0)
        gamma = gamma - free @ (turn @ steps)
    return gamma


def _is_minimum(problem: Problem, gamma: Array) -> bool:
    """Whether 0 is a subgradient at gamma.

    What is left of it, times a distance, bounds what a convex objective could still fall."""
    from scipy.optimize import lsq_linear

    zero = np.abs(problem.lines @ gamma - problem.offsets) <= EXACT * problem.spread
    value, left = problem.slopes(gamma, 0.0, ~zero)
    if zero.any():
        # The term c |t| may pull with any force from -c to c where t = 0.
        lines, reach = problem.lines[zero].T, problem.weights[zero]
        left = left + lines @ lsq_linear(lines, -left, (-reach, reach), method="bvls").x
    return bool(np.linalg.norm(left) * problem.spread <= 1e-9 * abs(value) + 1e-12)
