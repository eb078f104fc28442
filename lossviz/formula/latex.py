"""Writing a tree as LaTeX."""

from __future__ import annotations

from collections.abc import Mapping

from lossviz.base.registry import text as words
from lossviz.formula.infix import BINDS, TIGHT
from lossviz.formula.tree import COMPARISONS, Call, Name, Node, Number

OWN = {"exp", "log", "tanh", "sinh", "cosh", "sin", "cos", "arctan", "min", "max"}  # LaTeX's own
SIGNS = {
    "<": "<",
    "<=": r"\le",
    ">": ">",
    ">=": r"\ge",
    "and": r"\text{ and }",
    "or": r"\text{ or }",
    "+": "+",
    "-": "-",
    "*": r"\,",
}


def latex(node: Node, numbers: Mapping[str, float], around: int = 0) -> str:
    """The tree in LaTeX, with numbers in place of the names that have one; in brackets where it
    binds less tightly than `around`."""
    text, binds = _latex(node, numbers)
    return text if binds >= around else rf"\left({text}\right)"


def _latex(node: Node, numbers: Mapping[str, float]) -> tuple[str, int]:
    def of(arg: Node, around: int = 0) -> str:
        return latex(arg, numbers, around)

    match node:
        case Number(value):
            return _number(value)
        case Name(name):
            return _number(numbers[name]) if name in numbers else (name, TIGHT)
        case Call("/", (above, below)):
            return rf"\frac{{{of(above)}}}{{{of(below)}}}", BINDS["*"]
        case Call("**", (base, exponent)):
            return f"{of(base, TIGHT)}^{{{of(exponent)}}}", BINDS["**"]
        case Call("neg", (inner,)):
            return f"-{of(inner, BINDS['*'])}", BINDS["neg"]
        case Call("not", (inner,)):
            return rf"\text{{not }} {of(inner, BINDS['not'])}", BINDS["not"]
        case Call("abs", (inner,)):
            return rf"\left|{of(inner)}\right|", TIGHT
        case Call("sqrt", (inner,)):
            return rf"\sqrt{{{of(inner)}}}", TIGHT
        case Call("where", _):
            return _cases(node, numbers), TIGHT
        case Call("slope_of_min" | "slope_of_max" as function, (a, b, da, db)):
            sign = "<" if function == "slope_of_min" else ">"
            return _cases(Call("where", (Call(sign, (a, b)), da, db)), numbers), TIGHT
        case Call("chain", (inner, outer)):
            return _latex(Call("*", (outer, inner)), numbers)
        case Call(function, (left, right)) if function in SIGNS:
            binds = BINDS[function]
            first = of(left, binds + (function in COMPARISONS))
            sign = SIGNS[function]
            second = of(right, binds + 1)
            if function == "*" and second[:1] in "-0123456789.":
                sign = r"\cdot"
            return f"{first} {sign} {second}", binds
        case Call(function, args):
            listing = ",\\, ".join(of(arg) for arg in args)
            return rf"{_function(function)}\left({listing}\right)", TIGHT
    raise ValueError(f"{node} has no LaTeX")


def _number(value: float) -> tuple[str, int]:
    digits, _, exponent = words(float(f"{value:.6g}")).partition("e")
    if not exponent:
        return digits, BINDS["neg"] if value < 0.0 else TIGHT
    return rf"{digits} \cdot 10^{{{int(exponent)}}}", BINDS["*"]


def _function(function: str) -> str:
    if function in OWN:
        return rf"\{function}"
    name = function.removeprefix("slope_of_")
    prime = "'" if name != function else ""
    escaped = name.replace("_", r"\_")
    return rf"\operatorname{{{escaped}}}{prime}"


def _cases(node: Node, numbers: Mapping[str, float]) -> str:
    """A `where`, and those in its last branch, as one list of cases."""
    rows = []
    while isinstance(node, Call) and node.function == "where":
        condition, this, node = node.args
        rows.append(rf"{latex(this, numbers)} & {latex(condition, numbers)}")
    rows.append(rf"{latex(node, numbers)} & \text{{else}}")
    listing = r" \\ ".join(rows)
    return rf"\begin{{cases}} {listing} \end{{cases}}"
