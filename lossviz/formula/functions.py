"""What may stand in a formula: each function with its arity, its value and its slope.

A built-in loss is a function of the residual (or the margin) and of its parameters; its value and
its slope are the registry's own.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache, partial
from typing import Any

import numpy as np

from lossviz.base.arrays import Array
from lossviz.base.registry import Param
from lossviz.formula.tree import (
    ONE,
    TWO,
    ZERO,
    Node,
    Number,
    call,
    divide,
    minus,
    power,
    subtract,
    times,
)
from lossviz.items.losses import LOSSES, Loss
from lossviz.items.losses.scores import sigmoid, softplus

Compute = Callable[..., Any]
TASKS = {"r": "regression", "m": "binary"}


@dataclass(frozen=True)
class Smooth:
    """A function of one argument: its value, and its derivative as a tree."""

    compute: Compute
    slope: Callable[[Node], Node]


def one_less_square(u: Node) -> Node:
    """1 - tanh(u)²."""
    return subtract(ONE, power(call("tanh", u), TWO))


SMOOTH = {
    "abs": Smooth(np.abs, lambda u: call("sign", u)),
    "sqrt": Smooth(np.sqrt, lambda u: divide(Number(0.5), call("sqrt", u))),
    "exp": Smooth(np.exp, lambda u: call("exp", u)),
    "log": Smooth(np.log, lambda u: divide(ONE, u)),
    "log1p": Smooth(np.log1p, lambda u: divide(ONE, call("+", ONE, u))),
    "expm1": Smooth(np.expm1, lambda u: call("exp", u)),
    "tanh": Smooth(np.tanh, one_less_square),
    "sinh": Smooth(np.sinh, lambda u: call("cosh", u)),
    "cosh": Smooth(np.cosh, lambda u: call("sinh", u)),
    "sin": Smooth(np.sin, lambda u: call("cos", u)),
    "cos": Smooth(np.cos, lambda u: minus(call("sin", u))),
    "arctan": Smooth(np.arctan, lambda u: divide(ONE, call("+", ONE, power(u, TWO)))),
    "sign": Smooth(np.sign, lambda u: ZERO),
    "sigmoid": Smooth(sigmoid, lambda u: times(call("sigmoid", u), call("sigmoid", minus(u)))),
    "softplus": Smooth(softplus, lambda u: call("sigmoid", u)),
}


def clip(x: Array, low: Array, high: Array) -> Array:
    """x cut to low..high; high where low lies above it."""
    return np.minimum(np.maximum(x, low), high)


def least(a: Array, b: Array) -> Array:
    """The number of least size between a and b: 0 where their signs differ."""
    return np.where(a * b <= 0.0, 0.0, np.where(np.abs(a) < np.abs(b), a, b))


def slope_of_min(a: Array, b: Array, da: Array, db: Array) -> Array:
    """The slope of min(a, b); where both are the same, the one of least size between theirs."""
    return np.where(a < b, da, np.where(b < a, db, least(da, db)))


def slope_of_max(a: Array, b: Array, da: Array, db: Array) -> Array:
    """The slope of max(a, b), likewise."""
    return slope_of_min(b, a, da, db)


def raised(base: Array, exponent: Array) -> Array:
    """base ** exponent. NumPy takes another way where an exponent is the same for all that it goes
    through at a time, so exponents are spread out: a run's bits must not depend on those of
    others."""
    base, exponent = np.broadcast_arrays(base, exponent)
    return np.power(base, exponent.copy())


def chain(inner: Array, outer: Array) -> Array:
    """inner * outer, and 0 where the inner slope is 0, even if the outer one is infinite: a corner
    of sqrt(abs(r)) pulls neither way."""
    return np.where(inner == 0.0, 0.0, inner * outer)


# `square` and `fixed_power` are powers with a number as exponent, where trees are run;
# `slope_of_...` and `chain` are in slopes only.
COMPUTE: dict[str, Compute] = {
    "+": np.add,
    "-": np.subtract,
    "*": np.multiply,
    "/": np.divide,
    "**": raised,
    "fixed_power": np.power,
    "square": np.square,
    "neg": np.negative,
    "<": np.less,
    "<=": np.less_equal,
    ">": np.greater,
    ">=": np.greater_equal,
    "and": np.logical_and,
    "or": np.logical_or,
    "not": np.logical_not,
    "where": np.where,
    "min": np.minimum,
    "max": np.maximum,
    "clip": clip,
    "slope_of_min": slope_of_min,
    "slope_of_max": slope_of_max,
    "chain": chain,
    **{name: function.compute for name, function in SMOOTH.items()},
}
ARITY = {**dict.fromkeys(SMOOTH, 1), "min": 2, "max": 2, "clip": 3, "where": 3}


def losses_of(variable: str) -> dict[str, Loss]:
    """The losses that are functions of the residual, or of the margin, by name; not those that
    are themselves given in words, or that learn, which a formula does not."""
    return {
        loss.name: loss
        for loss in LOSSES.values()
        if loss.task == TASKS[variable]
        and (loss.of_residual or variable == "m")
        and not any(isinstance(param.default, str) for param in loss.params)
        and loss.learned is None
    }


def loss_params(loss: Loss) -> tuple[Param, ...]:
    """What may be given after the argument. Class weights may not: they depend on the class."""
    return tuple(param for param in loss.params if not param.plain)


@cache
def value_and_slope(name: str) -> Callable[..., tuple[Array, Array]]:
    """A loss as a function of its argument and parameters (those left out take their defaults).

    A parameter outside its range gives NaN.
    """
    loss = LOSSES[name]
    # The residual z - 0 is z, and so is the margin for the label 1.
    return partial(_value_and_slope, loss, np.float64(0.0 if loss.task == "regression" else 1.0))


def _value_and_slope(
    loss: Loss, target: Any, argument: Array, *given: Array
) -> tuple[Array, Array]:
    full: dict[str, Any] = {param.name: np.float64(param.default) for param in loss.params}
    senseless = np.False_
    for param, number in zip(loss_params(loss), given, strict=False):
        full[param.name] = number
        senseless = senseless | ~((number >= param.low) & (number <= param.high))
    value, slope = loss.function(np.asarray(argument), target, **full)
    if np.any(senseless):
        value, slope = (np.where(senseless, np.nan, part) for part in (value, slope))
    return value, slope
