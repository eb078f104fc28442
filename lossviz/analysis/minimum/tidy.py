"""What in an exact minimum is but rounding."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from lossviz.analysis.minimum.problem import Problem
from lossviz.base.arrays import Array
from lossviz.engine.task import Task

ROUNDING = 1e-13  # share of the size of predictions that is only rounding
MOST_UNITS = 100  # parameters whose way to the data's units is looked at one by one


def size_of(problem: Problem, gamma: Array) -> float:
    """The size of predictions and targets that numbers around a minimum come from."""
    sizes = np.abs(problem.predict(gamma)).max(), np.abs(problem.targets).max()
    return float(max(sizes)) or problem.spread


def rounding_of(problem: Problem, gamma: Array) -> Callable[..., float]:
    """How much the objective changes if all predictions move by a share of their size."""
    z, size = problem.predict(gamma), size_of(problem, gamma)

    def change(share: float = ROUNDING) -> float:
        moved = share * size
        # Of several outputs only the differences may count: for the true class and for the rest.
        sides = 1.0 - 2.0 * problem.targets if problem.outputs else 1.0
        change = moved * float(problem.weights.sum() + np.mean(np.abs(problem.tilt)))
        if problem.loss is not None:
            here = problem.loss(z)[0]
            found = (problem.loss(z + side * moved)[0] for side in (sides, -sides))
            found = [np.abs(there - here).mean() for there in found]
            # Scores of classes are of size 1, whatever is left of the loss.
            change += float(max(found)) + (0.0 if problem.is_of_residual else 1e-15)
        return change

    return change


def noise_of(task: Task, size: float) -> Array:
    """What in each of the model's parameters (P,) is but rounding, in the coordinates of the
    descent."""
    typical = np.sqrt(np.mean(task.features**2, axis=1))
    each = np.divide(ROUNDING * size, typical, out=np.zeros(len(typical)), where=typical > 0)
    return np.tile(each, max(task.outputs, 1))


def tidy(parameters: Array, noise: Array) -> Array:
    """The same with 0 for what is but rounding."""
    return np.where(np.abs(parameters) <= noise, 0.0, parameters)


def rounded(ranges: Array, noise: Array) -> Array:
    """Numbers (P, 2) without the digits that are but rounding (P,)."""
    digits = [int(np.floor(-np.log10(each))) if each else 300 for each in noise]
    return np.array(
        [
            [round(end, most) + 0.0 for end in pair]  # not -0.0
            for pair, most in zip(ranges.tolist(), digits, strict=True)
        ]
    )


def in_tidy_units(task: Task, internal: Array, size: float) -> Array:
    """Parameters (P,) of the descent in the data's own units, with 0 for what is but rounding."""
    theta = task.in_units(internal)
    if task.sample.is_scaled and task.weights <= MOST_UNITS:
        weights = task.weights
        noise = noise_of(task, size) + 1e-15 * np.abs(internal[:weights])
        theta = theta.copy()
        theta[:weights] = tidy(theta[:weights], np.abs(units_of(task)) @ noise)
    return theta


def units_of(task: Task) -> Array:
    """The matrix (P, P) that takes the model's parameters from the descent to the data's units."""
    extra = len(task.names) - task.weights
    return task.in_units(np.eye(task.weights, task.weights + extra))[:, : task.weights].T
