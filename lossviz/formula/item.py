"""Losses that the user writes: two items whose parameter is a formula.

    written_loss("own", {"text": "abs(r)**a", "a": 1.5})      the loss that the formula says

As items of the registry they are chosen, put in links and trained like any other. What reads
formulas is imported when there is one to be read: few who import the package write any.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from lossviz.base.arrays import Array
from lossviz.base.limits import SETTINGS
from lossviz.base.registry import Param
from lossviz.items.losses import LOSSES, Loss
from lossviz.items.losses.base import LossFunction, loss
from lossviz.items.losses.known import Known
from lossviz.items.losses.scores import logit, sigmoid

if TYPE_CHECKING:
    from lossviz.formula.findings import Findings
    from lossviz.formula.typed import Formula

VARIABLES = {"own": "r", "own_margin": "m"}
LETTERS = ("a", "b", "c", "d", "k", "s", "t")
MOST = 3  # parameters of one's own


@lru_cache(maxsize=256)
def formula(text: str, variable: str) -> Formula:
    """The formula in a text that has been read before."""
    from lossviz.formula.typed import parse

    return parse(text, variable)


def _reader(variable: str, default: str) -> Callable[[str], str]:
    def read(text: str) -> str:
        if text == default:  # in its canonical form
            return text
        from lossviz.formula.tokens import FormulaError
        from lossviz.formula.typed import parse

        try:
            found = parse(text, variable)
            strangers = [name for name in found.parameters if name not in LETTERS]
            if strangers:
                at = text.index(strangers[0])
                raise FormulaError(
                    f"{strangers[0]} is none of the letters {', '.join(LETTERS)}", at
                )
            return found.text
        except FormulaError as error:
            raise ValueError(f"at character {error.at + 1}: {error.message.rstrip('.')}") from None

    return lru_cache(maxsize=4 * SETTINGS)(read)  # each run of a page reads its whole link again


def _params(variable: str, text: str) -> tuple[Param, ...]:
    words = (
        f"The loss as a formula in the {'residual r' if variable == 'r' else 'margin m'}, the "
        f"target y, the prediction p and up to {MOST} of the letters {', '.join(LETTERS)}. "
        "The other losses are functions in it."
    )
    return (
        Param("text", text, label="Formula", help=words, reader=_reader(variable, text)),
        *(
            Param(name, 1.0, 0.0, 10.0, name, f"The letter {name} in the formula.")
            for name in LETTERS
        ),
    )


def _function(variable: str) -> LossFunction:
    def function(
        z: Array,
        y: Array,
        *,
        text: str,
        a: Array,
        b: Array,
        c: Array,
        d: Array,
        k: Array,
        s: Array,
        t: Array,
    ) -> tuple[Array, Array]:
        given = {"a": a, "b": b, "c": c, "d": d, "k": k, "s": s, "t": t}
        found = formula(text, variable)
        return found.evaluate(z, y, **{name: given[name] for name in found.parameters})

    return function


NOTES = (
    "Any formula: its slope is derived exactly, and what it is good for is yours to find out. "
    "Nothing proves that it has but one minimum."
)
ITS_WRITERS = Known(use="", avoid="", peers=(), spelling="")
REFERENCE = "R. E. Wengert (1964), A simple automatic derivative evaluation program, Comm. ACM 7(8)"
loss(
    "own",
    label="Your own (a formula in r)",
    params=_params("r", "where(abs(r) < d, r**2, 2*d*abs(r) - d**2)"),
    formula=r"L(r)",
    notes=NOTES,
    reference=REFERENCE,
    convex=False,
    look=5,
    known=ITS_WRITERS,
    of_residual=False,
)(_function("r"))
loss(
    "own_margin",
    label="Your own (a formula in m)",
    task="binary",
    params=_params("m", "max(0, s - m)"),
    formula=r"L(m)",
    notes=NOTES,
    reference=REFERENCE,
    convex=False,
    look=5,
    known=ITS_WRITERS,
    domain=(0.0, 1.0),
    of_residual=False,
    inverse_link=sigmoid,
    link=logit,
)(_function("m"))


def written_loss(name: str, params: Mapping[str, Any]) -> Loss:
    """The loss of a name; of a written one that which its formula says, with the facts that are
    known of it and those of its parameters that it uses."""
    if name not in VARIABLES:
        return LOSSES[name]
    return _written(name, tuple(sorted(params.items())))


@lru_cache(maxsize=256)
def _written(name: str, params: tuple[tuple[str, Any], ...]) -> Loss:
    found, item = formula_of(name, dict(params)), LOSSES[name]
    used = ("text", *found.parameters)
    return replace(
        item,
        params=tuple(param for param in item.params if param.name in used),
        formula=found.latex(),
        of_residual=found.uses == ("r",),
    )


def findings(name: str, params: Mapping[str, Any]) -> Findings:
    """What there is to say of a written loss at these parameters."""
    found = formula_of(name, params)
    return _findings(found, tuple(float(params[letter]) for letter in found.parameters))


@lru_cache(maxsize=64)  # 30 ms, asked for whenever the page is drawn
def _findings(found: Formula, numbers: tuple[float, ...]) -> Findings:
    from lossviz.formula.findings import analyse

    return analyse(found, dict(zip(found.parameters, numbers, strict=True)))


def formula_of(name: str, params: Mapping[str, Any]) -> Formula:
    """The formula of a written loss."""
    return formula(str(params["text"]), VARIABLES[name])
