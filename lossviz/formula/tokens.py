"""The pieces of a formula: numbers, names and signs, and sentences on all that is none of them."""

from __future__ import annotations

import re
from dataclasses import dataclass

TOKEN = re.compile(
    r"(?P<space>[ \t]+)|(?P<number>(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?)"
    r"|(?P<name>[A-Za-z_][A-Za-z0-9_]*)|(?P<sign>\*\*|<=|>=|==|!=|//|&&|\|\||[-+*/(),<>])"
)
HINTS = {
    "^": "write ** for a power",
    "=": "parameters of a loss are given by their place, as in huber(r, 1)",
    "==": "use <, <=, > or >=",
    "!=": "use <, <=, > or >=",
    "//": "write / to divide",
    "&": "write and",
    "&&": "write and",
    "|": "write or, and abs(r) for |r|",
    "||": "write or",
    "!": "write not",
    "~": "write not",
    "%": "write 0.01 for 1 %",
    "[": "use round brackets",
    "]": "use round brackets",
    "{": "use round brackets",
    "}": "use round brackets",
    "\n": "write the formula on one line",
    "\r": "write the formula on one line",
    "−": "write - for minus",
    "–": "write - for minus",
    "×": "write * to multiply",
    "·": "write * to multiply",
    "÷": "write / to divide",
    "²": "write **2",
    "³": "write **3",
    "√": "write sqrt(...)",
    "≤": "write <=",
    "≥": "write >=",
    "\u00a0": "that is no ordinary space",
}
NAME_HINTS = {
    "z": "write p for the prediction",
    "if": "write where(condition, this, that)",
    "else": "write where(condition, this, that)",
    "ln": "write log",
    "atan": "write arctan",
    "pow": "write ** for a power",
}


class FormulaError(ValueError):
    """What is wrong with a formula, in one sentence, and where: at character `at`, from 0."""

    def __init__(self, message: str, at: int):
        super().__init__(message)
        self.message, self.at = message, at


@dataclass(frozen=True)
class Token:
    """A piece of the text: "number", "name", "sign" or "end"."""

    kind: str
    text: str
    at: int


def tokens_of(text: str) -> list[Token]:
    """The pieces in order, and an "end"; FormulaError at the first character that is in none."""
    found, at = [], 0
    while at < len(text):
        match = TOKEN.match(text, at)
        kind = match.lastgroup if match else None
        piece = match.group() if match else text[at]
        if kind is None or piece in HINTS:
            raise FormulaError(no_meaning(piece), at)
        if kind != "space":
            found.append(Token(kind, piece, at))
        at += len(piece)
    return [*found, Token("end", "", len(text))]


def no_meaning(sign: str, hints: dict[str, str] = HINTS) -> str:
    """The sentence on a piece of text that is not part of the grammar."""
    # Characters that do not print, or look like others, are told by their number.
    is_plain = sign.isascii() and sign.isprintable()
    shown = repr(sign[:40]) if is_plain else f"U+{ord(sign):04X}"
    if not is_plain and sign in hints and sign.isprintable():
        shown = repr(sign)
    hint = f"; {hints[sign]}" if sign in hints else ""
    return f"{shown} has no meaning in a formula{hint}."
