"""A formula with the current numbers in the place of its parameters."""

from __future__ import annotations

import re
from collections.abc import Mapping

from lossviz.base.registry import Value, text
from lossviz.items.losses import Loss

LETTERS: Mapping[str, str] = {
    "α": r"\alpha",
    "γ": r"\gamma",
    "δ": r"\delta",
    "ε": r"\varepsilon",
    "τ": r"\tau",
    "w₀": "w_0",
    "w₁": "w_1",
}


def filled(loss: Loss, params: Mapping[str, Value]) -> str:
    """The loss's LaTeX formula with these values for its parameters."""
    limits = (limit for limit in loss.known.limits if params[limit.param] == limit.value)
    words = next((limit.formula for limit in limits), loss.formula)
    for param in loss.params:
        if isinstance(param.default, str):
            continue
        number = text(params[param.name])
        number = f"({number})" if number.startswith("-") else number
        words = _put(words, LETTERS.get(param.label, param.label), number)
    return words


def _put(formula: str, letter: str, number: str) -> str:
    symbol = rf"(?<![A-Za-z\\]){re.escape(letter)}(?![A-Za-z])"
    # A number right after a fraction would read as a mixed number.
    formula = re.sub(rf"(\\tfrac\d\d) ?{symbol}", rf"\1 \\cdot {number}", formula)
    return re.sub(symbol, number, formula)
