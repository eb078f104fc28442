"""A minimum of a smooth loss with hundreds of parameters, whose Hessian would cost too much."""

from __future__ import annotations

import numpy as np

from lossviz.analysis.minimum.problem import Problem
from lossviz.analysis.minimum.solvers import EXACT, Answer, steepness
from lossviz.base.arrays import Array

MOST_NEWTON_PARAMETERS = 300  # parameters beyond which second derivatives are left alone
ROUNDS = 1000  # of the quasi-Newton method
MEMORY = 30  # steps from which it learns the curvature
FLAT_SHARE = 1e-6  # share of the pull at the start that counts as none


def quasi_newton(problem: Problem, start: Array, rounds: int = ROUNDS) -> Answer:
    """A minimum downhill from `start` (G,): SciPy's L-BFGS-B."""
    tight = 1e-8 * steepness(problem, start)
    options = {
        "maxiter": rounds,
        "maxfun": 2 * rounds,
        "maxcor": MEMORY,
        "gtol": tight,
        "ftol": 0.0,
    }
    gamma = (_with_l1 if problem.weights.size else _plain)(problem, start, options)
    left = _slope_left(problem, gamma)
    return Answer(gamma, "SciPy L-BFGS-B", left <= FLAT_SHARE * steepness(problem, gamma))


def _plain(problem: Problem, start: Array, options: dict[str, float]) -> Array:
    from scipy.optimize import minimize

    return minimize(problem.smooth, start, jac=True, method="L-BFGS-B", options=options).x


def _with_l1(problem: Problem, start: Array, options: dict[str, float]) -> Array:
    from scipy.optimize import minimize

    # Each penalised parameter is a difference u - v with u, v >= 0, and |u - v| becomes u + v. The
    # lines are the penalised parameters; with the rest of theta they are coordinates like gamma.
    lines, weights = problem.lines, problem.weights
    others = np.linalg.svd(lines)[2][len(lines) :]
    back = np.linalg.inv(np.vstack([lines, others]))
    m = len(lines)

    def objective(uvw: Array) -> tuple[float, Array]:
        u, v, w = uvw[:m], uvw[m : 2 * m], uvw[2 * m :]
        value, gradient = problem.smooth(back @ np.concatenate([u - v, w]))
        pulls = gradient @ back
        value += float(weights @ (u + v))
        return value, np.concatenate([pulls[:m] + weights, weights - pulls[:m], pulls[m:]])

    x, free = lines @ start, others @ start
    bounds = [(0.0, None)] * (2 * m) + [(None, None)] * len(free)
    uvw = minimize(
        objective,
        np.concatenate([np.maximum(x, 0.0), np.maximum(-x, 0.0), free]),
        jac=True,
        method="L-BFGS-B",
        bounds=bounds,
        options=options,
    ).x
    return back @ np.concatenate([uvw[:m] - uvw[m : 2 * m], uvw[2 * m :]])


def _slope_left(problem: Problem, gamma: Array) -> float:
    """The length of the shortest subgradient, judged parameter by parameter."""
    _, gradient = problem.smooth(gamma)
    if not problem.weights.size:
        return float(np.linalg.norm(gradient))
    pulls = np.linalg.lstsq(problem.lines.T, gradient, rcond=None)[0]
    others = gradient - problem.lines.T @ pulls
    at = problem.lines @ gamma
    is_zero = np.abs(at) <= EXACT * np.abs(at).max(initial=0.0)
    held = np.maximum(np.abs(pulls) - problem.weights, 0.0)
    left = np.where(is_zero, held, np.abs(pulls + problem.weights * np.sign(at)))
    return float(np.hypot(np.linalg.norm(left), np.linalg.norm(others)))
