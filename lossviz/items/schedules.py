"""Learning-rate schedules: the factor on the base rate at each step, known before training."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from lossviz.base.arrays import Array
from lossviz.base.registry import Param, Registry


@dataclass(frozen=True)
class Schedule:
    """A schedule.

    function: `(k (T,), total, **params) -> factors (T,)`: k counts the updates from 0, total
        is the number of steps.
    """

    name: str
    label: str
    params: tuple[Param, ...]
    function: Callable[..., Array]
    formula: str


SCHEDULES: Registry[Schedule] = Registry("schedule")


def schedule(
    name: str, *, label: str, formula: str, params: tuple[Param, ...] = ()
) -> Callable[[Callable[..., Array]], Callable[..., Array]]:
    """Register the decorated function as a schedule."""

    def register(function: Callable[..., Array]) -> Callable[..., Array]:
        SCHEDULES.add(
            Schedule(name=name, label=label, params=params, function=function, formula=formula)
        )
        return function

    return register


@schedule("constant", label="Constant", formula=r"\eta_k = \eta")
def constant(k: Array, total: int) -> Array:
    return np.ones(len(k))


@schedule(
    "step",
    label="Step",
    formula=r"\eta_k = \eta \cdot (\text{factor if } k \ge \text{at else } 1)",
    params=(
        Param("at", 100, 0, 100_000, "From step", "The first update with the new rate."),
        Param("factor", 0.1, 1e-4, 1e4, "Factor", "The rate is multiplied by this.", log=True),
    ),
)
def step(k: Array, total: int, *, at: int, factor: float) -> Array:
    return np.where(k >= at, factor, 1.0)


@schedule(
    "exponential",
    label="Exponential decay",
    formula=r"\eta_k = \eta\, \gamma^k",
    params=(Param("gamma", 0.99, 0.5, 1.0, "Decay per step"),),
)
def exponential(k: Array, total: int, *, gamma: float) -> Array:
    return gamma**k


@schedule(
    "cosine",
    label="Cosine annealing",
    formula=r"\eta_k = \eta \left(f + (1 - f)\, \tfrac12 (1 + \cos(\pi k / T))\right)",
    params=(Param("floor", 0.0, 0.0, 1.0, "Final factor"),),
)
def cosine(k: Array, total: int, *, floor: float) -> Array:
    return floor + (1 - floor) * 0.5 * (1 + np.cos(np.pi * k / total))


@schedule(
    "inverse_time",
    label="Inverse time (1/t)",
    formula=r"\eta_k = \eta / (1 + k / \tau)",
    params=(Param("half_life", 50.0, 1.0, 100_000.0, "Steps to half the rate", log=True),),
)
def inverse_time(k: Array, total: int, *, half_life: float) -> Array:
    return 1 / (1 + k / half_life)


@schedule(
    "warm_up",
    label="Linear warm-up",
    formula=r"\eta_k = \eta\, \min(1, (k + 1) / W)",
    params=(Param("warm_steps", 20, 1, 100_000, "Warm-up steps"),),
)
def warm_up(k: Array, total: int, *, warm_steps: int) -> Array:
    return np.minimum(1.0, (k + 1) / warm_steps)
