"""What a loss is: one function `(z, y, **params) -> (value, slope)` plus declared facts.

`z` is the raw prediction, `y` the target. Value and slope (the derivative with respect to z)
have the broadcast shape of `z` and `y`; parameters may be arrays that broadcast with them, so that
many runs train as one. Every fact is held by a test. Three tasks:

- "regression": the residual is r = z - y.
- "binary": y is 0 or 1, the signed label s = 2y - 1, and the margin m = s z is positive where the
  sign of z is right.
- "multiclass": z (..., K) holds a score for each class, and a target is a row of probabilities
  t (..., K), all on one class where it is a label. The value (...) has no class axis, the slope
  (..., K) has; parameters broadcast with the value. The margin is the score of the true class
  less the highest other.

At a kink the slope is the subgradient of least size: 0 wherever 0 is one, so that a point fitted
exactly pulls neither way.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from inspect import signature
from typing import Any

import numpy as np

from lossviz.base import notebook
from lossviz.base.arrays import Array
from lossviz.base.registry import Param, Registry
from lossviz.items.losses.known import NOTHING_KNOWN, Known

LossFunction = Callable[..., tuple[Array, Array]]
Bound = Callable[..., float] | None  # of the parameters; None: there is no bound
TINY = float(np.finfo(float).tiny)  # stands for 0 where a logarithm is taken


def identity(z: Array) -> Array:
    """The prediction itself."""
    return z


def one_hot(labels: Array, classes: int) -> Array:
    """Labels (...) as rows (..., classes) with a 1 in the label's place and 0 elsewhere; a label
    that is no class is read as the nearest one."""
    nearest = np.clip(np.rint(labels), 0, classes - 1)
    # Class by class in memory, as models give their outputs.
    by_class = (nearest == np.arange(classes).reshape(-1, *[1] * np.ndim(labels))).astype(float)
    return np.moveaxis(by_class, 0, -1)


@dataclass(frozen=True)
class Learned:
    """What a loss learns of its own parameters while the model learns.

    Descent moves latents (..., Q), free numbers of which each stands for one parameter.

    names (Q): of the parameters; each starts at what the experiment says of it. titles (Q): what
        they are called on an axis. limits (Q): between which each lies, and which it only tends to.
    function: `(z, y, **params) -> (value, slope, slopes)`: what the loss gives, to the last bit,
        and Q arrays, the derivatives of the value by these parameters.
    parameters: from latents (..., Q) to the parameters (..., Q), and the derivative (..., Q) of
        each by its own latent.
    latents: from parameters (..., Q) back to latents (..., Q).
    """

    names: tuple[str, ...]
    titles: tuple[str, ...]
    limits: tuple[tuple[float, float], ...]
    function: Callable[..., tuple[Array, Array, Sequence[Array]]]
    parameters: Callable[[Array], tuple[Array, Array]]
    latents: Callable[[Array], Array]

    def at(self, theta: Array) -> dict[str, Array]:
        """The parameters (..., 1), by name, where they are the last of theta (..., P)."""
        parameters, _ = self.parameters(theta[..., -len(self.names) :])
        return {name: parameters[..., k, None] for k, name in enumerate(self.names)}


def no_kinks(**_: Any) -> tuple[float, ...]:
    """A smooth loss."""
    return ()


@dataclass(frozen=True, kw_only=True)
class Loss:
    """A loss and its facts.

    formula: LaTeX of the value, in z, y, r, m, t and the parameters; the one that runs.
    notes: when to use it, what it estimates, what outliers do to it (prose, shown to the user).
    reference: author, year, title, DOI or page.
    convex: whether it is convex in z for every parameter value, or a function of the parameters
        that says for which.
    kinks: residuals, or for classes margins, at which the slope jumps, as a function of the
        parameters.
    slope_bound: the largest |slope|, as a function of the parameters; None if there is none, inf
        where only some parameter values have one. For several classes the largest Euclidean
        length of the slope (K,), whatever K is.
    curvature: the largest second derivative, likewise; None if unbounded or not smooth. For
        several classes the largest eigenvalue of the Hessian (K, K) in z.
    redescending: whether the slope tends to 0 as the target moves away or, for classes, as the
        margin falls, for every parameter value.
    constant: the best constant prediction for targets `y (n,)`, in z, as a closed form or
        library call, independent of this loss's code; None where the field has none. For several
        classes it takes rows `t (n, K)` and gives (K,).
    estimates: what that constant is called ("mean", "log-odds", ...); "" if it has no name.
    domain: closed interval of valid targets; targets outside are read as its nearest end.
    outside: one sentence: what happens to predictions or targets outside the domain.
    inverse_link: from z to the units of the target; the identity but for log links. For "binary"
        it rises from 0 to 1, with 1/2 at z = 0; for "multiclass" its rows (..., K) sum to 1.
    link: its inverse, for starting values.
    of_residual: whether value and slope depend on z and y through r alone.
    probabilistic: whether `inverse_link` is the loss's own estimate of a probability: the true one
        where the expected loss is least (with class weights 1 and no label smoothing). Else it is
        only a score squeezed between 0 and 1.
    calibrated_at: of the parameters that shift that estimate, the values at which they do not.
    costs: for two classes, the parameters that weigh the rows of class 0 and of class 1: what a
        false alarm and a miss cost. None where mistakes cost the same.
    learned: what of the parameters is learned along with the model; None where all stay as set.
        Whatever else is declared holds for each value of the parameters.
    quadratic: whether it is a parabola in z, so that least squares find its minimum.
    leads_by_one: for several classes, whether it is max_j (z_j + 1 - t_j) - sum_j t_j z_j, whose
        minimum is that of a linear programme.
    counts: whether targets are counts.
    usual: whether it is taken for its task where none is named; one for each task is.
    look: the family whose colour it has, by its place in `engine/looks.COLOURS`; dash and marker
        tell members apart. None: the smallest family. shown_first: whether the gallery begins with
        it.
    known: what is known of it besides; all of that may be missing.
    """

    name: str
    label: str
    function: LossFunction
    formula: str
    convex: bool | Callable[..., bool]
    task: str = "regression"
    params: tuple[Param, ...] = ()
    notes: str = ""
    reference: str = ""
    kinks: Callable[..., Sequence[float]] = no_kinks
    slope_bound: Bound = None
    curvature: Bound = None
    redescending: bool = False
    constant: Callable[..., Any] | None = None
    estimates: str = ""
    domain: tuple[float, float] = (-np.inf, np.inf)
    outside: str = ""
    inverse_link: Callable[[Array], Array] = identity
    link: Callable[[Array], Array] = identity
    of_residual: bool = True
    probabilistic: bool = False
    calibrated_at: Mapping[str, float] = field(default_factory=dict, hash=False)
    costs: tuple[str, str] | None = None
    learned: Learned | None = None
    quadratic: bool = False
    leads_by_one: bool = False
    counts: bool = False
    usual: bool = False
    look: int | None = None
    shown_first: bool = False
    known: Known = NOTHING_KNOWN

    def is_convex(self, **params: Any) -> bool:
        """Whether it is convex in z with these parameters."""
        return self.convex(**params) if callable(self.convex) else self.convex

    def __call__(self, z: Any, y: Any, **params: Any) -> tuple[Array, Array]:
        """Value and slope at predictions z for targets y, both of their broadcast shape.

        For several classes z is (..., K) and y holds labels (...), or rows of probabilities with
        as many axes as z; the value is (...), the slope (..., K). Parameters that are left out
        take their defaults; an unknown one raises TypeError, one outside its range ValueError.
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
        if self.task == "multiclass" and y.ndim == z.ndim:
            return self.function(z, y, **full)
        return self.function(z, self.targets(y, z.shape[-1] if z.ndim else 1), **full)

    def targets(self, y: Array, outputs: int) -> Array:
        """What `function` takes for targets y (...): the same cut to the domain, or for several
        classes one-hot rows (..., outputs)."""
        return one_hot(y, outputs) if self.task == "multiclass" else np.clip(y, *self.domain)

    def _repr_html_(self) -> str:
        facts = {param.label or param.name: param.help for param in self.params}
        words = {"For": self.task, "Name": self.name, **facts, "Reference": self.reference}
        parts = notebook.formula(self.formula), notebook.paragraph(self.notes)
        return notebook.card(self.label, words, *parts)


OF_PARAMS = ("convex", "kinks", "slope_bound", "curvature")  # facts that may depend on them
OF_FUNCTIONS = ("slope_bound", "curvature")  # those of them that no plain value may be
TASKS = ("regression", "binary", "multiclass")
LOSSES: Registry[Loss] = Registry("loss")


def usual_loss(task: str) -> str:
    """The name of the loss that is taken for a task where none is named."""
    return next(loss.name for loss in LOSSES.values() if loss.usual and loss.task == task)


def loss(name: str, **facts: Any) -> Callable[[LossFunction], LossFunction]:
    """Register the decorated function as a loss; see `Loss` for the facts. One that is missing or
    that no loss has raises TypeError with the name."""

    def register(function: LossFunction) -> LossFunction:
        try:
            found = Loss(name=name, function=function, **facts)
        except TypeError as error:
            raise TypeError(f"loss {name!r}: {error}") from None
        if found.task not in TASKS:
            raise TypeError(f"loss {name!r}: task {found.task!r} is none of {', '.join(TASKS)}")
        if not isinstance(found.params, tuple):
            raise TypeError(f"loss {name!r}: params is no tuple (a comma after the only one?)")
        for fact in OF_FUNCTIONS:
            if not callable(declared := getattr(found, fact)) and declared is not None:
                raise TypeError(f"loss {name!r}: {fact} is a function of the parameters, or None")
        for fact in OF_PARAMS:
            if callable(declared := getattr(found, fact)):
                try:
                    signature(declared).bind(
                        **{param.name: param.default for param in found.params}
                    )
                except TypeError as error:
                    names = ", ".join(param.name for param in found.params) or "none"
                    words = f"loss {name!r}: {fact} takes the parameters, {names}: {error}"
                    raise TypeError(words) from None
        LOSSES.add(found)
        return function

    return register
