"""The hinge for several classes, mean max_j (z_j + 1 - t_j) - z_y: a maximum of straight lines."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from lossviz.analysis.minimum.large import MOST_NEWTON_PARAMETERS, quasi_newton
from lossviz.analysis.minimum.problem import RANK, LossOfZ, Problem, differences
from lossviz.analysis.minimum.search import good_start
from lossviz.analysis.minimum.solvers import PIVOTS, Answer, Pulls
from lossviz.base.arrays import Array
from lossviz.items.losses.multiclass_special import multiclass_hinge

WIDTHS = tuple(10.0 ** (-k / 2) for k in range(1, 11))  # of the rounding, in margins
ROUNDS = 150  # of the quasi-Newton method at each width
ENTRIES = 1_500_000  # of the linear programme's table, at most


def several_hinge(problem: Problem) -> Answer:
    """The minimiser of the hinge for several classes, with any penalty."""
    n, outputs = problem.targets.shape
    if not problem.l2.any() and n * outputs * problem.rank <= ENTRIES:
        answer = _linear_programme(problem)
        if answer.has_converged:
            return answer
    return _rounded(problem)


def _linear_programme(problem: Problem) -> Answer:
    from scipy.optimize import linprog
    from scipy.sparse import bmat, csr_array, eye_array

    # min mean e + c.v  with  e_i >= z_j - z_y + 1 for each rival j,  e >= 0,  v >= |lines gamma|.
    n = len(problem.targets)
    rows, rivals = np.nonzero(problem.targets < 0.5)
    own = problem.targets.argmax(axis=1)[rows]
    terms = differences(problem, rows, rivals, own)
    of_row = csr_array((np.ones(len(rows)), (np.arange(len(rows)), rows)), shape=(len(rows), n))
    lines, ones = csr_array(problem.lines), eye_array(len(problem.lines))
    table = bmat([[csr_array(terms), -of_row, None], [lines, None, -ones], [-lines, None, -ones]])
    cost = np.concatenate([np.zeros(problem.rank), np.full(n, 1 / n), problem.weights])
    free = [(None, None)] * problem.rank + [(0, None)] * (len(cost) - problem.rank)
    found = linprog(
        cost,
        A_ub=table,
        b_ub=np.concatenate([-np.ones(len(terms)), np.zeros(2 * len(problem.lines))]),
        bounds=free,
        method="highs",
        options={"maxiter": PIVOTS * (len(cost) + len(terms))},
    )
    method = "SciPy linprog (HiGHS, linear programme)"
    if found.status != 0:
        return Answer(np.zeros(problem.rank), method, False)
    gamma = found.x[: problem.rank]
    settled = _settled(problem, gamma, 1e-6)
    rivals_pull, above, below = np.split(
        -found.ineqlin.marginals, [len(terms), len(terms) + len(problem.lines)]
    )
    shares = np.zeros(problem.targets.shape)
    shares[rows, rivals] = n * rivals_pull
    shares += problem.targets * (1.0 - shares.sum(axis=1, keepdims=True))
    best = min(gamma, settled, key=problem.value)
    return Answer(best, method, True, Pulls(above - below, shares))


def _rounded(problem: Problem) -> Answer:
    """The maximum is first rounded widely, w log sum exp(./w), then ever less, until it is known
    which classes tie where; with these held level, what is left is a plain quadratic."""
    gamma = good_start(problem)
    method = "L-BFGS-B on a hinge rounded ever less"
    is_large = problem.rank > MOST_NEWTON_PARAMETERS
    best = gamma
    for width in WIDTHS[1:8:2] if is_large else WIDTHS:
        rounded = replace(problem, loss=_rounded_loss(problem.targets, width))
        gamma = quasi_newton(rounded, gamma, ROUNDS).gamma
        if not problem.is_penalised and (margin := float(problem.margins(gamma).min())) > 0:
            # Classes that are apart can be as far apart as the hinge asks for.
            pulls = Pulls(np.empty(0), problem.targets)
            return Answer(gamma / min(margin, 1.0), method, True, pulls)
        nears = () if is_large else (10 * width, width, 0.1 * width)
        points = [gamma, *(_settled(problem, gamma, near) for near in nears)]
        best = min(best, *points, key=problem.value)
        pulls = None if is_large else cancelling(problem, best)
        if pulls is not None:
            return Answer(best, f"{method}, then settled", True, pulls)
    return Answer(best, method, False)


def _rounded_loss(t: Array, width: float) -> LossOfZ:
    def value_and_slope(z: Array) -> tuple[Array, Array]:
        reach = (z + 1.0 - t) / width
        top = reach.max(axis=-1, keepdims=True)
        e = np.exp(reach - top)
        total = e.sum(axis=-1, keepdims=True)
        value = width * (top + np.log(total))[..., 0] - (t * z).sum(axis=-1)
        return value, e / total - t

    return value_and_slope


def _tied(problem: Problem, gamma: Array, near: float) -> Array:
    """Which classes (n, K) come within `near` of the maximum."""
    reach = problem.predict(gamma) + 1.0 - problem.targets
    return reach >= reach.max(axis=1, keepdims=True) - near


def _settled(problem: Problem, gamma: Array, near: float) -> Array:
    """gamma moved to the minimum on the plane where what is nearly level or zero is so."""
    tied = _tied(problem, gamma, near)
    first = tied.argmax(axis=1)
    rows, others = np.nonzero(tied & (np.arange(problem.outputs) != first[:, None]))
    first = first[rows]
    level = differences(problem, rows, others, first)
    wins = problem.targets[rows, others] - problem.targets[rows, first]
    is_zero = np.abs(problem.lines @ gamma - problem.offsets) < near
    held = np.vstack([level, problem.lines[is_zero]])
    aims = np.append(wins, problem.offsets[is_zero])
    gamma = gamma + np.linalg.lstsq(held, aims - held @ gamma, rcond=None)[0]
    if not problem.l2.any():
        return gamma
    _, sizes, turned = np.linalg.svd(held, full_matrices=len(held) < problem.rank)
    free = turned[np.count_nonzero(sizes > RANK * sizes.max(initial=0.0)) :].T
    flat = replace(problem, loss=None, tilt=np.zeros(1))
    hessian = free.T @ flat.bends(gamma, 0.0) @ free
    slope = free.T @ problem.slopes(gamma, 0.0, ~is_zero)[1]
    return gamma - free @ np.linalg.lstsq(hessian, slope, rcond=RANK)[0]


def cancelling(problem: Problem, gamma: Array) -> Pulls | None:
    """Subgradients that add up to 0, if there are any: the classes that tie share a row's pull as
    they like, and a parameter that is zero may be pulled either way up to its weight."""
    from scipy.optimize import lsq_linear

    n, outputs = problem.targets.shape
    tied = _tied(problem, gamma, 1e-9)
    rows, classes = np.nonzero(tied & (tied.sum(axis=1, keepdims=True) > 1))
    is_one = 1.0 * (classes[:, None] == np.arange(outputs))
    pulls = (is_one[:, :, None] * problem.features.T[rows][:, None]).reshape(-1, problem.rank) / n
    at = problem.lines @ gamma - problem.offsets
    is_zero = np.abs(at) <= 1e-9
    value, left = problem.slopes(gamma, 0.0, ~is_zero)
    all_shares = multiclass_hinge(problem.predict(gamma), problem.targets)[1] + problem.targets
    terms = problem.weights * np.sign(at)
    if len(rows) or is_zero.any():
        shares = all_shares[rows, classes]
        lines, reach = problem.lines[is_zero], problem.weights[is_zero]
        # The shares of a row sum to 1; that they do so weighs as much as the rest.
        sums = (np.unique(rows)[:, None] == rows) / n
        table = np.block([[pulls.T, lines.T], [sums, np.zeros((len(sums), len(lines)))]])
        aim = np.append(shares @ pulls - left, np.full(len(sums), 1 / n))
        bounds = np.append(0 * shares, -reach), np.append(shares + 1, reach)
        found = lsq_linear(table, aim, bounds, method="bvls").x
        left = table @ found - aim
        all_shares[rows, classes], terms[is_zero] = found[: len(rows)], found[len(rows) :]
    is_none = np.linalg.norm(left) * problem.spread <= 1e-9 * abs(value) + 1e-12
    return Pulls(terms, all_shares) if is_none else None
