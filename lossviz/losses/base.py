"""What a loss is: one function `(z, y, **params) -> (value, slope)` plus declared facts.

`z` is the raw prediction, `y` the target, the residual is r = z - y. Value and slope (the
derivative with respect to z) have the broadcast shape of `z` and `y`; parameters may be arrays
that broadcast with them, so that many runs train as one. Every fact is held by a test.

At a kink the slope is the subgradient of least size: 0 wherever 0 is one, so that a point fitted
exactly pulls neither way.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from lossviz.registry import Param, Registry

Array = np.ndarray
LossFunction = Callable[..., tuple[Array, Array]]
Bound = Callable[..., float] | None  # of the parameters; None: there is no bound


def identity(z: Array) -> Array:
    """The prediction itself."""
    return z


@dataclass(frozen=True)
class Loss:
    """A loss and its facts.

    formula: LaTeX of the value, in z, y or r and the parameters; the one that runs.
    notes: when to use it, what it estimates, what outliers do to it (prose, shown to the user).
    reference: author, year, title, DOI or page.
    convex: whether it is convex in z for every parameter value.
    kinks: residuals at which the slope jumps, as a function of the parameters.
    slope_bound: the largest |slope|, as a function of the parameters; None if there is none, inf
        where only some parameter values have one.
    curvature: the largest second derivative, likewise; None if unbounded or not smooth.
    redescending: whether the slope tends to 0 as the target moves away, for every parameter value.
    constant: the best constant prediction for targets `y (n,)`, in z, as a closed form or
        library call, independent of this loss's code; None where the field has none.
    estimates: what that constant is called ("mean", "median", ...); "" if it has no name.
    domain: closed interval of valid targets; targets outside are read as its nearest end.
    outside: one sentence: what happens to predictions or targets outside the domain.
    inverse_link: from z to the units of the target; the identity but for log links.
    link: its inverse, for starting values.
    of_residual: whether value and slope depend on z and y through r alone.
    """

    name: str
    label: str
    task: str
    params: tuple[Param, ...]
    function: LossFunction
    formula: str
    notes: str
    reference: str
    convex: bool
    kinks: Callable[..., Sequence[float]]
    slope_bound: Bound
    curvature: Bound
    redescending: bool
    constant: Callable[..., float] | None
    estimates: str
    domain: tuple[float, float]
    outside: str
    inverse_link: Callable[[Array], Array]
    link: Callable[[Array], Array]
    of_residual: bool

    def __call__(self, z: Any, y: Any, **params: Any) -> tuple[Array, Array]:
        """Value and slope at predictions z for targets y, both of their broadcast shape.

        Parameters that are left out take their defaults; an unknown one raises TypeError, one
        outside its range ValueError.
        """
        known = {param.name: param for param in self.params}
        for key, value in params.items():
            if key not in known:
                allowed = ", ".join(known) or "none"
                raise TypeError(f"{self.name} has no parameter {key!r}; its parameters: {allowed}")
            for number in np.ravel(value):
                known[key].check(number)
        full = {name: params.get(name, param.default) for name, param in known.items()}
        z, y = np.asarray(z, float), np.asarray(y, float)
        return self.function(z, np.clip(y, *self.domain), **full)


LOSSES: Registry[Loss] = Registry("loss")


def no_kinks(**_: Any) -> tuple[float, ...]:
    """A smooth loss."""
    return ()


def loss(
    name: str,
    *,
    label: str,
    formula: str,
    notes: str,
    reference: str,
    task: str = "regression",
    params: tuple[Param, ...] = (),
    convex: bool,
    kinks: Callable[..., Sequence[float]] = no_kinks,
    slope_bound: Bound = None,
    curvature: Bound = None,
    redescending: bool = False,
    constant: Callable[..., float] | None = None,
    estimates: str = "",
    domain: tuple[float, float] = (-np.inf, np.inf),
    outside: str = "",
    inverse_link: Callable[[Array], Array] = identity,
    link: Callable[[Array], Array] = identity,
    of_residual: bool = True,
) -> Callable[[LossFunction], LossFunction]:
    """Register the decorated function as a loss; see `Loss` for the facts."""

    def register(function: LossFunction) -> LossFunction:
        LOSSES.add(
            Loss(
                name, label, task, params, function, formula, notes, reference, convex, kinks,
                slope_bound, curvature, redescending, constant, estimates, domain, outside,
                inverse_link, link, of_residual,
            )
        )  # fmt: skip
        return function

    return register
