"""The joint minimum over a model and what its loss learns of its own parameters.

Such an objective is not convex, so it is the lowest of several descents. For residuals that are as
likely to be above as below zero, the fit hardly depends on the loss's parameters, nor they on it:
so the end is polished by taking the two in turns.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from lossviz.analysis.minimum.problem import Problem
from lossviz.analysis.minimum.search import lowest, near_minima, newton_again, residual_starts
from lossviz.analysis.minimum.solvers import Answer
from lossviz.base.arrays import Array
from lossviz.engine.experiment import loss_of
from lossviz.engine.objective import Objective
from lossviz.engine.task import Task
from lossviz.items.losses.base import Learned

SHARES = 0.02, 0.5, 0.95  # of the way between finite limits at which a parameter starts
SIZES = 0.3, 1.0  # of the typical residual, for a parameter without an upper limit
END = 30.0  # a latent this far out is at the end of its parameter's range, to 13 digits
DESCENTS, ROUNDS = 3, 20
ROUNDING = 1e-13
NORMAL = 0.6745  # the median size of a normal error with deviation 1


def joint_minimum(task: Task, problem: Problem, learned: Learned) -> tuple[Answer, Problem, Array]:
    """gamma (G,) and the latents (Q,) at the lowest minimum found, and between them the problem
    that is left where the loss's parameters are held there."""
    objective = Objective.of([task])
    starts = _starts(task, problem, learned)
    ends = [_together(objective, problem, learned, start) for start in starts[1][:DESCENTS]]
    values = [_value(objective, problem, *end) for end in ends]
    gamma, latents = ends[int(np.argmin(values))]
    answer, latents = _in_turns(task, objective, problem, learned, gamma, latents)
    method = f"L-BFGS-B over model and loss together, best of {starts[0]} starts"
    return replace(answer, method=method), _held(task, problem, learned, latents), latents


def at_an_end(learned: Learned, latents: Array) -> list[tuple[str, float]]:
    """The parameters that stand at an end of their range, which descent only comes nearer to."""
    parameters, _ = learned.parameters(latents)
    return [
        (name, end)
        for name, value, limits in zip(learned.names, parameters, learned.limits, strict=True)
        for end in limits
        if abs(value - end) <= 1e-6
    ]


def _held(task: Task, problem: Problem, learned: Learned, latents: Array) -> Problem:
    """The problem with the loss's parameters held at latents (..., Q)."""
    function, options = loss_of(task.experiment).function, task.experiment.params_of("loss")
    parameters, _ = learned.parameters(latents)
    held: dict[str, Any] = {name: parameters[..., k, None] for k, name in enumerate(learned.names)}

    def whole(z: Array) -> tuple[Array, Array]:
        return function(z, task.y, **options | held)

    return replace(problem, loss=whole)


def _starts(
    task: Task, problem: Problem, learned: Learned
) -> tuple[int, list[tuple[Array, Array]]]:
    """How many pairs of gamma and latents were tried, and the best few."""
    gammas = residual_starts(problem)
    sizes = np.median(np.abs(problem.predict(gammas) - problem.targets), axis=1) / NORMAL
    sizes = np.maximum(sizes, 1e-3 * problem.spread)
    grid = np.array(np.meshgrid(*(_candidates(*limits) for limits in learned.limits)))
    found, count = [], 0
    for shares in grid.reshape(len(learned.names), -1).T:
        parameters = np.array(
            [
                np.full_like(sizes, low + share * (high - low))
                if np.isfinite(high)
                else np.maximum(low + share * sizes, 2 * low)
                for share, (low, high) in zip(shares, learned.limits, strict=True)
            ]
        )
        latents = learned.latents(parameters.T)
        nearer = near_minima(_held(task, problem, learned, latents), gammas)
        values = _held(task, problem, learned, latents).values(nearer)
        found += list(zip(values, nearer, latents, strict=True))
        count += len(gammas)
    values = np.array([value for value, _, _ in found])
    return count, [found[k][1:] for k in lowest(values)]


def _candidates(low: float, high: float) -> tuple[float, ...]:
    return SHARES if np.isfinite(high) else SIZES


def _value(objective: Objective, problem: Problem, gamma: Array, latents: Array) -> float:
    theta = np.concatenate([problem.theta(gamma), latents])
    return float(objective.values(theta[None])[0])


def _together(
    objective: Objective, problem: Problem, learned: Learned, start: tuple[Array, Array]
) -> tuple[Array, Array]:
    """A minimum downhill from gamma and latents at once; kinks of an L1 penalty are left as they
    are, so it is but near then."""
    from scipy.optimize import minimize

    size = len(start[0])

    def value_and_gradient(x: Array) -> tuple[float, Array]:
        theta = np.concatenate([problem.theta(x[:size]), x[size:]])
        values, [gradient] = objective(theta[None])
        weights = len(theta) - len(x[size:])
        back = problem.to_theta.T @ gradient[:weights]
        return float(values[0]), np.concatenate([back, gradient[weights:]])

    found = minimize(
        value_and_gradient,
        np.concatenate(start),
        jac=True,
        method="L-BFGS-B",
        bounds=[(None, None)] * size + _bounds(learned),
        options={"maxiter": 500, "maxcor": 30, "gtol": 1e-10, "ftol": 0.0},
    )
    return found.x[:size], found.x[size:]


def _bounds(learned: Learned) -> list[tuple[float, float | None]]:
    return [(-END, END if np.isfinite(high) else None) for _, high in learned.limits]


def _in_turns(
    task: Task,
    objective: Objective,
    problem: Problem,
    learned: Learned,
    gamma: Array,
    latents: Array,
) -> tuple[Answer, Array]:
    """The end polished: Newton's method for the fit, L-BFGS-B for the loss, until neither helps."""
    from scipy.optimize import minimize

    answer, value = Answer(gamma, "", False), _value(objective, problem, gamma, latents)
    for _ in range(ROUNDS):
        found = newton_again(_held(task, problem, learned, latents), answer.gamma)
        theta = problem.theta(found.gamma)
        moved = minimize(
            _of_latents,
            latents,
            (objective, theta),
            jac=True,
            method="L-BFGS-B",
            bounds=_bounds(learned),
            options={"gtol": 1e-12, "ftol": 0.0},
        ).x
        ends = _ends(learned, moved)
        values = [_of_latents(each, objective, theta)[0] for each in ends]
        moved, there = ends[int(np.argmin(values))], min(values)
        fall, value = value - there, there
        if fall < -ROUNDING * abs(value):
            break
        answer, latents = found, moved
        if fall <= 1e-15 * abs(value):
            break
    return answer, latents


def _of_latents(latents: Array, objective: Objective, theta: Array) -> tuple[float, Array]:
    """The objective and its gradient (Q,) in the latents, at the model's parameters theta."""
    values, [gradient] = objective(np.concatenate([theta, latents])[None])
    return float(values[0]), gradient[len(theta) :]


def _ends(learned: Learned, latents: Array) -> list[Array]:
    """These latents, and with each in turn at an end of its range."""
    found = [latents]
    for k, (low, high) in enumerate(_bounds(learned)):
        for end in (low, high):
            if end is not None:
                found.append(np.where(np.arange(len(latents)) == k, end, latents))
    return found
