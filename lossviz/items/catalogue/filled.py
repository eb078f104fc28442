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
# Where the formula divides 0 by 0, its limit.
LIMITS: Mapping[tuple[str, str, Value], str] = {
    ("barron", "alpha", 0.0): r"\log\Bigl(\tfrac12 (r/c)^2 + 1\Bigr)",
    ("barron", "alpha", 2.0): r"\tfrac12 (r/c)^2",
}


def filled(loss: Loss, params: Mapping[str, Value]) -> str:
    """The loss's LaTeX formula with these values for its parameters."""
    limits = (LIMITS.get((loss.name, name, value)) for name, value in params.items())
    words = next(filter(None, limits), loss.formula)
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
