"""All the minimisers, from one of them.

At the minimum of a convex objective the pulls of its terms, a subgradient of each, add up to zero.
With pulls that do, a point is a minimiser if and only if each pull is a subgradient of its term
there too (Mangasarian 1988, Operations Research Letters 7(1), 21-26): a term that could pull
otherwise stays where it is, one that is straight stays on its straight part. So the minimisers are
a polyhedron, around any of them.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from lossviz.analysis.minimum.infinity import knows_differences
from lossviz.analysis.minimum.large import MOST_NEWTON_PARAMETERS
from lossviz.analysis.minimum.problem import RANK, Problem, differences
from lossviz.analysis.minimum.solvers import EXACT, Answer, Pulls
from lossviz.base.arrays import Array
from lossviz.engine.task import Task

ENTRIES = 300_000  # of the table of the terms that hold, at most
STRICT = 1e-6  # share of the strongest pull that tells a held term from one at its end
HELD = 1e-9  # share of the most that is held, below which a direction counts as free
STEP = 1e-7  # beside a row's place, where its slope is asked for
WIDE = 1e-3  # beside the end of a straight part, where a loss has bent
ENDLESS = 1e9  # how far a straight part goes at least if it has no end
HALVINGS = 60
SIDES = -1.0, 1.0


@dataclass(frozen=True, eq=False)
class Face:
    """The minimisers theta = base + directions t, for all t with low <= rows t <= high.

    base (P,): one of them, in the coordinates of the descent; directions (P, F).
    rows (M, F), low and high (M,): low <= 0 <= high, both may be infinite.
    loose: how many of the directions, the last ones, no row and no penalty tells of.
    is_sure: whether what holds the other directions fast does so by more than rounding.
    """

    base: Array
    directions: Array
    rows: Array
    low: Array
    high: Array
    loose: int
    is_sure: bool


def face(task: Task, problem: Problem, answer: Answer) -> Face | None:
    """The minimisers around a minimum; those beyond a ridge are left out where the loss is not
    convex. None where it would take long or no pulls are known that cancel.

    What may be added to all classes alike is left out of account, where only their differences
    count."""
    if problem.targets.size * problem.rank > ENTRIES:
        return None
    gamma = answer.gamma
    terms = [_absolute_terms(problem, gamma, answer.pulls)]
    if problem.has_corners:
        terms.append(_ties(problem, gamma, answer.pulls))
    elif problem.loss is not None:
        whole = _outputs if problem.outputs else _straight_parts
        terms.append(whole(problem, gamma))
    known = [term for term in terms if term is not None]
    if len(known) < len(terms):
        return None
    is_shared = problem.has_corners or knows_differences(problem, gamma)
    penalties = _penalties(problem, is_shared=is_shared)
    fixed = [term.rows[term.is_fixed] for term in known]
    certain = [term.rows[term.is_fixed & ~term.is_doubtful] for term in known]
    free = _null(problem.rank, penalties + fixed)
    is_sure = not any(term.is_doubtful.any() for term in known)
    is_sure = is_sure or free.shape == _null(problem.rank, penalties + certain).shape
    rest = [(t.rows[~t.is_fixed] @ free, t.low[~t.is_fixed], t.high[~t.is_fixed]) for t in known]
    rows, low, high = (np.concatenate(each) for each in zip(*rest, strict=True))
    bounds = (np.isfinite(low) | np.isfinite(high)) & (np.linalg.norm(rows, axis=1) > EXACT)
    base, unseen = problem.theta(gamma), _unseen(task, problem)
    base = _centred(problem, base) if is_shared else base
    told = problem.theta(free.T).T if free.size else np.empty((len(base), 0))
    return Face(
        base=base,
        directions=np.column_stack([told, unseen]),
        rows=np.pad(rows[bounds], [(0, 0), (0, unseen.shape[1])]),
        low=np.minimum(low[bounds], 0.0),
        high=np.maximum(high[bounds], 0.0),
        loose=unseen.shape[1],
        is_sure=is_sure,
    )


@dataclass(frozen=True, eq=False)
class _Terms:
    """How far terms may move: rows (M, G) times the change of gamma from low to high (M,); not at
    all where is_fixed (M,), and is_doubtful (M,) where that is by no more than rounding."""

    rows: Array
    low: Array
    high: Array
    is_fixed: Array
    is_doubtful: Array


def _absolute_terms(problem: Problem, gamma: Array, pulls: Pulls | None) -> _Terms | None:
    """c |t| stays on its side of 0, or at 0 where it pulls with less than c."""
    if not problem.weights.size:
        none = np.empty(0)
        return _Terms(
            rows=problem.lines, low=none, high=none, is_fixed=none > 0, is_doubtful=none > 0
        )
    if pulls is None:
        return None
    at = problem.lines @ gamma - problem.offsets
    is_zero = np.abs(at) <= EXACT * problem.spread
    is_fixed = is_zero & (np.abs(pulls.terms) < (1 - STRICT) * problem.weights)
    is_above = np.where(is_zero, pulls.terms, at) > 0
    low, high = np.where(is_above, -at, -np.inf), np.where(is_above, np.inf, -at)
    return _Terms(
        rows=problem.lines,
        low=low,
        high=high,
        is_fixed=is_fixed,
        is_doubtful=np.zeros(len(at), bool),
    )


def _ties(problem: Problem, gamma: Array, pulls: Pulls | None) -> _Terms | None:
    """max_j (z_j + 1 - t_j): classes that pull stay level, and no other comes above them."""
    if pulls is None or pulls.shares is None:
        return None
    reach = problem.predict(gamma) + 1.0 - problem.targets
    pulling = pulls.shares > STRICT
    first = pulls.shares.argmax(axis=1)
    rows, others = np.nonzero(np.arange(problem.outputs) != first[:, None])
    lead = reach[rows, first[rows]] - reach[rows, others]
    is_fixed = pulling[rows, others]
    lines = differences(problem, rows, first[rows], others)
    none = np.zeros(len(rows), bool)
    return _Terms(
        rows=lines, low=-lead, high=np.full(len(rows), np.inf), is_fixed=is_fixed, is_doubtful=none
    )


def _outputs(problem: Problem, gamma: Array) -> _Terms | None:
    """A smooth loss of several outputs has no straight parts; it may know differences alone."""
    k, n = problem.features.shape
    middle, told = np.eye(problem.outputs), problem.outputs
    if knows_differences(problem, gamma):
        middle, told = middle - 1 / told, told - 1
    # All of what the rows tell apart, by as many lines as it takes.
    seen = np.linalg.qr(problem.features.T, mode="r") if n > k else problem.features.T
    lines = np.kron(middle, seen)
    none, fixed = np.zeros(len(lines)), np.ones(len(lines), bool)
    is_doubtful = problem.rank > MOST_NEWTON_PARAMETERS
    if not is_doubtful:
        curvatures = np.linalg.eigvalsh(problem.bends(gamma, 0.0))
        least = curvatures[-told * np.linalg.matrix_rank(seen)]
        is_doubtful = bool(least <= 1e-8 * curvatures[-1])
    return _Terms(rows=lines, low=none, high=none, is_fixed=fixed, is_doubtful=fixed & is_doubtful)


def _straight_parts(problem: Problem, gamma: Array) -> _Terms | None:
    """A row stays on the straight part of its loss, or at its place where the loss bends."""
    loss, z = problem.loss, problem.predict(gamma)
    assert loss is not None
    size = min(1.0, problem.spread)
    step = STEP * size + 1e-10 * np.abs(z)
    here = loss(z)[1]
    goes_on, slopes = np.zeros((2, len(z)), bool), np.zeros((2, len(z)))
    bend = np.full(len(z), np.inf)
    for k, side in enumerate(SIDES):
        near, far = loss(z + side * step)[1], loss(z + 2 * side * step)[1]
        goes_on[k] = np.abs(far - near) <= 1e-14 * (np.abs(far) + np.abs(near))
        # A solver comes to the end of a straight part, not quite onto it.
        goes_on[k] &= np.abs(near - here) <= 1e-6 * (1.0 + np.abs(here))
        slopes[k] = near
        bend = np.minimum(bend, np.abs(near - here) / step)
    is_straight, lines = goes_on[0] | goes_on[1], problem.features.T
    is_doubtful = bend <= 1e-8 * bend.max(initial=0.0, where=~is_straight)
    sure = lines[~is_straight & ~is_doubtful]
    if not _null(problem.rank, [sure]).size:
        return _Terms(
            rows=lines, low=0.0 * z, high=0.0 * z, is_fixed=~is_straight, is_doubtful=is_doubtful
        )
    ends = [_end(problem, z, side * step, slopes[k], goes_on[k]) for k, side in enumerate(SIDES)]
    # Where a loss only comes ever nearer to a straight line, that has no end where it turns.
    for side, end in zip(SIDES, ends, strict=True):
        beyond = np.where(np.isfinite(end), end, 0.0) + side * WIDE * size
        turned = np.abs(loss(z + beyond)[1] - here)
        is_straight &= ~np.isfinite(end) | (turned > max(1e-6 * WIDE * size, 1e-11))
    return _Terms(
        rows=lines, low=ends[0], high=ends[1], is_fixed=~is_straight, is_doubtful=is_doubtful
    )


def _end(problem: Problem, z: Array, step: Array, slope: Array, goes_on: Array) -> Array:
    """How far from z (n,) the slope stays what it is, in the direction of the step; 0 where it
    does not go on."""
    loss = problem.loss
    assert loss is not None
    if not goes_on.any():
        return np.zeros(len(z))

    def is_same(distance: Array) -> Array:
        same = np.abs(loss(z + distance)[1] - slope) <= 1e-15 * np.maximum(np.abs(slope), 1.0)
        return same & goes_on

    low, high = np.where(goes_on, step, 0.0), step.copy()
    endless = ENDLESS * max(1.0, problem.spread)
    while True:
        grows = is_same(high) & (np.abs(high) < endless)
        if not grows.any():
            break
        low, high = np.where(grows, high, low), np.where(grows, 4 * high, high)
    has_no_end = is_same(high)
    for _ in range(HALVINGS):
        middle = (low + high) / 2
        same = is_same(middle)
        low, high = np.where(same, middle, low), np.where(same, high, middle)
    return np.where(has_no_end, np.sign(step) * np.inf, np.where(goes_on, low, 0.0))


def _penalties(problem: Problem, *, is_shared: bool) -> list[Array]:
    """Lines (M, G) that stay as they are: what L2 weighs, and what classes share."""
    held = problem.to_theta[problem.l2 > 0]
    sizes = np.linalg.norm(held, axis=1, keepdims=True)
    eye = np.eye(max(problem.outputs, 1))
    fixed = [np.kron(eye, held / np.where(sizes > 0, sizes, 1.0))]
    if is_shared:
        common = problem.to_theta[:1] if problem.is_penalised else np.eye(len(problem.features))
        fixed.append(np.kron(np.ones(problem.outputs), common))
    return fixed


def _centred(problem: Problem, theta: Array) -> Array:
    """The same classifier, where what may be added to all classes alike sums to zero."""
    rows = theta.reshape(problem.outputs, -1)
    is_shared = np.zeros(rows.shape[1], bool)
    is_shared[: 1 if problem.is_penalised else None] = True
    return (rows - np.where(is_shared, rows.mean(axis=0), 0.0)).ravel()


def _null(size: int, lines: list[Array]) -> Array:
    """Orthonormal directions (G, F) of `size` numbers along which none of the lines moves."""
    table = np.vstack([np.empty((0, size)), *lines])
    if len(table) > size:
        table = np.linalg.qr(table, mode="r")
    _, sizes, turned = np.linalg.svd(table, full_matrices=True)
    return turned[np.count_nonzero(sizes > HELD * sizes.max(initial=0.0)) :].T


def _unseen(task: Task, problem: Problem) -> Array:
    """Directions (P, U) of theta that change no prediction and no penalty."""
    outputs, size = max(task.outputs, 1), len(task.features)
    if len(problem.features) == size:
        return np.empty((size * outputs, 0))
    ridge = np.diag(1.0 * (problem.l2 > 0))
    rows = np.vstack([task.features.T, ridge * np.abs(task.features).max()])
    scale = np.linalg.norm(rows, axis=0)
    scale = np.where(scale > 0, scale, 1.0)
    _, sizes, turned = np.linalg.svd(rows / scale, full_matrices=False)
    null = turned[sizes <= RANK * sizes[0]].T / scale[:, None]
    return np.kron(np.eye(outputs), np.linalg.qr(null)[0])
