"""Writing a tree as text: the formula's own way, which reads back as the same tree, and as code."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from lossviz.base.registry import text as words
from lossviz.formula.tree import COMPARISONS, Call, Name, Node, Number

# How tightly each operator binds; what binds less tightly than its place asks for gets brackets.
BINDS = {
    "or": 1,
    "and": 2,
    "not": 3,
    **dict.fromkeys(COMPARISONS, 4),
    "+": 5,
    "-": 5,
    "*": 6,
    "/": 6,
    "chain": 6,
    "neg": 7,
    "**": 8,
}
TIGHT = 9
SPACED = {"+", "-", "or", "and", *COMPARISONS}

Spelling = Callable[..., str]  # of the arguments, written


@dataclass(frozen=True)
class Style:
    """How functions are spelled; an operator that is spelled is written as a function too."""

    functions: Mapping[str, Spelling | str] = field(default_factory=dict)


# A slope in the formula's own words: corners are not told apart from what is beside them.
PLAIN = Style(
    {
        "slope_of_min": lambda a, b, da, db: f"where({a} < {b}, {da}, {db})",
        "slope_of_max": lambda a, b, da, db: f"where({a} > {b}, {da}, {db})",
    }
)


def as_text(node: Node, style: Style = PLAIN, around: int = 0) -> str:
    """The tree as text, in brackets where it binds less tightly than `around`."""
    match node:
        case Number(value):
            text, binds = words(value), 7 if value < 0.0 else TIGHT
        case Name(name):
            text, binds = name, TIGHT
        case Call(function, args) if function in BINDS and function not in style.functions:
            text, binds = _operator(function, args, style), BINDS[function]
        case Call(function, args):
            spelling = style.functions.get(function, function)
            # Spelled by hand, arguments may meet operators; between commas they meet none.
            if isinstance(spelling, str):
                text = f"{spelling}({', '.join(as_text(arg, style) for arg in args)})"
            else:
                text = spelling(*(as_text(arg, style, 5) for arg in args))
            binds = TIGHT
    return text if binds >= around else f"({text})"


def _operator(function: str, args: tuple[Node, ...], style: Style) -> str:
    binds = BINDS[function]
    if len(args) == 1:
        sign = "-" if function == "neg" else "not "
        return sign + as_text(args[0], style, binds)
    left, right = args
    if function == "chain":  # inner, outer
        function, left, right = "*", right, left
    if function == "**":
        return f"{as_text(left, style, TIGHT)}**{as_text(right, style, 7)}"
    # A chain of equals reads from the left, so only what stands right of it needs brackets; a
    # comparison is no operand of another.
    first = as_text(left, style, binds + (function in COMPARISONS))
    second = as_text(right, style, binds + 1)
    return f"{first} {function} {second}" if function in SPACED else f"{first}{function}{second}"
