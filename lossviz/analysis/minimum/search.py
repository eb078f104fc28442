"""Where solvers start, and the search from many starts for a loss that is not convex."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from lossviz.analysis.minimum.budget import ENTRIES
from lossviz.analysis.minimum.large import MOST_NEWTON_PARAMETERS, quasi_newton
from lossviz.analysis.minimum.problem import LossOfZ, Problem
from lossviz.analysis.minimum.solvers import WIDTHS, Answer, constant, linear_programme, newton
from lossviz.base.arrays import Array
from lossviz.engine.sampling import generator
from lossviz.items.losses import LOSSES, usual_loss

STARTS = 20, 150  # random starts of a search, fewest and most
START_WORK = 4_000_000  # between these, rows times parameters squared times starts
ROUNDS = 5, 30  # of reweighting: for all starts, then for the best of them
BEST = 8  # how many these are
DESCENTS, DESCENT = 3, 50  # for classes: how many of them are walked down from, and how far
NARROW = 7  # the place in WIDTHS where a start that is nearly there is taken up
SCALES = (0.3, 1.0, 3.0, 10.0)  # how sure of itself a classifier may start


def search(problem: Problem) -> Answer:
    """The lowest minimum found from several starts, for a loss that is not convex."""
    if not problem.is_of_residual:
        return _search_classes(problem)
    starts = residual_starts(problem)
    gammas = _lowest(problem, starts, near_minima(problem, starts))
    gammas = _lowest(problem, gammas, _reweighted(problem, gammas, ROUNDS[1]))
    answer = newton_again(problem, gammas[0])
    return replace(answer, method=f"{answer.method}, best of {len(starts)} starts")


def residual_starts(problem: Problem) -> Array:
    """Fits (S, G) from which a loss of the residual may be walked down."""
    return np.vstack([_fits(problem), _subset_fits(problem)])


def near_minima(problem: Problem, starts: Array) -> Array:
    """The starts (S, G), brought nearer their minima."""
    return _reweighted(problem, starts, ROUNDS[0])


def newton_again(problem: Problem, near: Array) -> Answer:
    """A minimum of a loss of the residual, from a point near it."""
    return newton(problem, near, WIDTHS[3:])


def smooth_minimum(problem: Problem, start: Array) -> Answer:
    """A minimum downhill from `start` of a loss without kinks of its own, by the method that suits
    the problem."""
    if problem.rank > MOST_NEWTON_PARAMETERS:
        return quasi_newton(problem, start)
    if problem.is_of_residual or not problem.weights.size:
        return newton(problem, start)
    near = quasi_newton(problem, start)  # which tells what L1 sets to zero
    return newton(problem, near.gamma, WIDTHS[NARROW:])


def good_start(problem: Problem) -> Array:
    """The best of a constant and one or two fits (G,)."""
    starts = [constant(problem), _least_squares_fit(problem)]
    if problem.is_of_residual and problem.loss is None:  # a smooth loss is not worth a programme
        starts += _least_absolute_fit(problem)
    return min(starts, key=problem.value)


def _search_classes(problem: Problem) -> Answer:
    # The likeliest place is where the convex loss has its minimum, more sure of itself or less.
    convex = replace(problem, loss=_convex_loss(problem))
    likely = smooth_minimum(convex, good_start(convex)).gamma
    fits = np.vstack([likely, _least_squares_fit(problem), _subset_fits(problem)])
    starts = np.vstack([np.zeros(problem.rank), *(scale * fits for scale in SCALES)])
    chosen = _lowest(problem, starts)[: 1 if problem.rank > MOST_NEWTON_PARAMETERS else DESCENTS]
    nearest = min((scale * likely for scale in SCALES), key=problem.value)
    ends = [quasi_newton(problem, start).gamma for start in (nearest, *chosen)]
    best = smooth_minimum(problem, min(ends, key=problem.value))
    return replace(best, method=f"{best.method}, best of {len(starts)} starts")


def _convex_loss(problem: Problem) -> LossOfZ:
    name = usual_loss("multiclass" if problem.outputs else "binary")
    params = {param.name: param.default for param in LOSSES[name].params}
    # The targets of two classes are -1 and 1 here.
    y = problem.targets if problem.outputs else (problem.targets + 1) / 2

    def value_and_slope(z: Array) -> tuple[Array, Array]:
        return LOSSES[name].function(z, y, **params)

    return value_and_slope


def _lowest(problem: Problem, *gammas: Array) -> Array:
    """The best few of many points (S, G), the lowest first."""
    every = np.vstack(gammas)
    return every[lowest(problem.values(every))]


def lowest(values: Array) -> Array:
    """The places of the best few of many values (S,), the lowest first."""
    # Values that agree to seven digits are one minimum found twice.
    return np.unique(values.astype(np.float32), return_index=True)[1][:BEST]


def _least_squares_fit(problem: Problem) -> Array:
    return np.linalg.lstsq(problem.features.T, problem.targets, rcond=None)[0].T.ravel()


def _least_absolute_fit(problem: Problem) -> list[Array]:
    """One fit, or of very many rows none: it is but a start."""
    n = problem.targets.size
    if problem.features.size > ENTRIES:
        return []
    found = linear_programme(
        replace(
            problem,
            loss=None,
            tilt=np.zeros(n),
            l2=np.zeros_like(problem.l2),
            lines=problem.features.T,
            offsets=problem.targets,
            weights=np.full(n, 1 / n),
        )
    )
    return [found.gamma]


def _fits(problem: Problem) -> list[Array]:
    return [np.zeros(problem.rank), _least_squares_fit(problem), *_least_absolute_fit(problem)]


def _subset_fits(problem: Problem) -> Array:
    """Fits through random subsets of k rows (S, G)."""
    k, n = problem.features.shape
    rng = generator(0, "starts")
    count = int(np.clip(START_WORK // (n * k * k), *STARTS))
    subsets = rng.permuted(np.tile(np.arange(n), (count, 1)), axis=1)[:, :k]
    rows = problem.features.T[subsets]
    # A ridge of rounding size, since equal rows may meet in a subset.
    squares = rows.mT @ rows + 1e-9 * np.eye(k)
    sides = rows.mT @ problem.targets.reshape(n, -1)[subsets]
    return np.linalg.solve(squares, sides).mT.reshape(count, -1)


def _reweighted(problem: Problem, gammas: Array, rounds: int) -> Array:
    """Many starts (S, k) brought nearer their minima, by rounds of weighted least squares.

    A row's weight is its slope over its residual, an L1 term's 1 over its size, which makes the
    fits one and the same equation: (mean w phi phi' + 2 L2 + sum v a a') gamma = mean w y phi."""
    if problem.loss is None:
        return gammas
    phi, y, lines = problem.features, problem.targets, problem.lines
    k, n = phi.shape
    outer = (phi[:, None] * phi).reshape(k * k, n).T
    kinks = (lines[:, :, None] * lines[:, None]).reshape(-1, k * k)
    penalty = 2 * (problem.to_theta.T * problem.l2) @ problem.to_theta
    tiny = 1e-9 * problem.spread
    for _ in range(rounds):
        r = gammas @ phi - y
        r = np.where(np.abs(r) < tiny, tiny, r)
        weights = problem.loss(y + r)[1] / r / n
        sizes = np.maximum(np.abs(gammas @ lines.T), WIDTHS[3] * problem.spread)
        systems = (weights @ outer + (problem.weights / sizes) @ kinks).reshape(-1, k, k) + penalty
        ridge = 1e-9 * np.trace(systems, axis1=1, axis2=2) + 1e-300
        systems = systems + ridge[:, None, None] * np.eye(k)
        gammas = np.linalg.solve(systems, ((weights * y) @ phi.T)[..., None])[..., 0]
    return gammas
