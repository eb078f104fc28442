"""What is known of a loss besides its facts: when to use it, and its names and code elsewhere.

All of it may be left out of a registration, and then reads "not known" wherever it is shown.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Peer:
    """One name of a loss in a library.

    call: gives its mean over the rows, in the names of `catalogue.code.DEFINITIONS` and the loss's
        parameters; "" for an estimator, which has the loss inside.
    factor: theirs is this times ours: "1", "2", or "1 / x", with x a number, a parameter, or the
        number of classes K.
    plain: whether it is the same loss only while all parameters are at their defaults.
    """

    library: str
    name: str
    call: str = ""
    factor: str = "1"
    plain: bool = False


def in_sklearn(name: str, call: str = "", factor: str = "1", *, plain: bool = False) -> Peer:
    """A metric of scikit-learn with its call, or an estimator."""
    return Peer(library="sklearn", name=name, call=call, factor=factor, plain=plain)


def in_torch(name: str, arguments: str, factor: str = "1", *, plain: bool = False) -> Peer:
    """A function of torch.nn.functional."""
    call = f"F.{name}({arguments})"
    return Peer(
        library="torch", name=f"torch.nn.functional.{name}", call=call, factor=factor, plain=plain
    )


def in_keras(
    name: str, arguments: str, factor: str = "1", *, rows: bool = False, weighted: str = ""
) -> Peer:
    """A function of keras.losses, which itself takes the mean over the last axis alone: that of the
    rows or, where it gives `rows`, of the classes."""
    call = f"{weighted}keras.losses.{name}({arguments})"
    return Peer("keras", f"keras.losses.{name}", f"ops.mean({call})" if rows else call, factor)


def in_optax(name: str, arguments: str, factor: str = "1", *, weighted: str = "") -> Peer:
    """A function of Optax, which gives a value for each row."""
    call = f"jnp.mean({weighted}optax.{name}({arguments}))"
    return Peer("optax", f"optax.{name}", call, factor)


@dataclass(frozen=True)
class Limit:
    """What stands for a formula that divides 0 by 0 where a parameter has a certain value: as
    `Known.code` and as LaTeX."""

    param: str
    value: float
    code: str
    formula: str


@dataclass(frozen=True)
class Known:
    """What is known of a loss. None: nobody said; "" or (): there is nothing to say.

    use, avoid: when to take it and when not, a sentence each.
    peers: its names in other libraries.
    spelling: the loss in the formula language, as a function of r or m and of its parameters (not
        of weights); formulas that hold it are differentiated and written as code by this text, and
        other libraries' code is made of it. Exact to 1e-12, as a test sees.
    code: its arithmetic for other libraries where the formula language does not reach or spells
        more than they need: of z, y or of `catalogue.code.DEFINITIONS`.
    definitions: names that `code` uses besides; limits: where it divides 0 by 0.
    estimator: scikit-learn's estimator that finds its exact minimum, given the loss's parameters
        tau, epsilon and class weights; no_estimator: why the nearest one does not.
    torch: its mean over the rows of z and t as a function in PyTorch, or how that depends on the
        parameters; no_torch: why what PyTorch calls so is not it.
    """

    use: str | None = None
    avoid: str | None = None
    peers: tuple[Peer, ...] | None = None
    spelling: str | None = None
    code: str | None = None
    definitions: Mapping[str, str] = field(default_factory=dict, hash=False)
    limits: tuple[Limit, ...] = ()
    estimator: str = ""
    no_estimator: str = ""
    torch: str | Callable[..., str] = ""
    no_torch: str = ""


NOTHING_KNOWN = Known()
