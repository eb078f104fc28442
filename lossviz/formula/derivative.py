"""The slope of a formula, as a formula.

    (f + g)' = f' + g'      (f g)' = f' g + f g'      (f / g)' = (f' - (f / g) g') / g
    f(u)' = f'(u) u'        where(c, f, g)' = where(c, f', g')

At a corner of abs, sign, min, max, clip and the built-in losses the slope is the subgradient of
least size; `where` takes the branch that it takes for the value. Exponents and the parameters of
losses do not depend on the variable (the grammar refuses that), so they have no slope.
"""

from __future__ import annotations

from collections.abc import Mapping

from lossviz.formula.functions import SMOOTH
from lossviz.formula.tree import (
    ONE,
    TWO,
    ZERO,
    Call,
    Name,
    Node,
    Number,
    add,
    call,
    divide,
    either,
    minus,
    power,
    subtract,
    times,
)


def derivative(node: Node, by: Mapping[str, Node]) -> Node:
    """The derivative of a tree with respect to something of which the names in `by` have the
    given derivatives."""
    match node:
        case Number():
            return ZERO
        case Name(name):
            return by.get(name, ZERO)
        case Call(function, args):
            slopes = tuple(derivative(arg, by) for arg in args if not _is_condition(node, arg))
            return _of_call(function, args, slopes)


def _is_condition(node: Call, arg: Node) -> bool:
    return node.function == "where" and arg is node.args[0]


def _of_call(function: str, args: tuple[Node, ...], slopes: tuple[Node, ...]) -> Node:
    if all(slope == ZERO for slope in slopes):
        return ZERO
    match function, args, slopes:
        case "+", _, (df, dg):
            return add(df, dg)
        case "-", _, (df, dg):
            return subtract(df, dg)
        case "neg", _, (df,):
            return minus(df)
        case "*", (f, g), (df, dg):
            return times(TWO, times(f, df)) if f == g else add(times(df, g), times(f, dg))
        case "/", (f, g), (df, dg):
            return _of_quotient(f, g, df, dg)
        case "**", (u, exponent), (du, _):
            return _of_power(u, exponent, du)
        case "where", (condition, *_), (df, dg):
            return either(condition, df, dg)
        case (("min" | "max"), (f, g), (df, dg)):
            return _of_choice(function, f, g, df, dg)
        case "clip", (x, low, high), (dx, dlow, dhigh):
            raised = _of_choice("max", x, low, dx, dlow)
            return _of_choice("min", call("max", x, low), high, raised, dhigh)
        case "sqrt", (u,), (du,):
            return _chain(du, SMOOTH["sqrt"].slope(u))
        case name, (u,), (du,) if name in SMOOTH:
            return _unfold(SMOOTH[name].slope(u), du)
        case name, _, (du, *_):
            return times(call(f"slope_of_{name}", *args), du)
        case _:
            raise ValueError(f"{function} has no slope")


def _of_quotient(f: Node, g: Node, df: Node, dg: Node) -> Node:
    if dg == ZERO:
        return _unfold(divide(ONE, g), df)
    if df == ZERO:
        return divide(times(minus(f), dg), power(g, TWO))
    # No g², which would overflow where the quotient does not.
    return divide(subtract(df, times(call("/", f, g), dg)), g)


def _of_power(u: Node, exponent: Node, du: Node) -> Node:
    match exponent:
        case Number(e):
            outer = times(exponent, power(u, Number(e - 1.0)))
            return times(outer, du) if e >= 1.0 or e == 0.0 else _chain(du, outer)
    return _chain(du, times(exponent, power(u, subtract(exponent, ONE))))


def _of_choice(function: str, f: Node, g: Node, df: Node, dg: Node) -> Node:
    return df if df == dg else call(f"slope_of_{function}", f, g, df, dg)


def _chain(inner: Node, outer: Node) -> Node:
    """The product for an outer slope that may be infinite: see `functions.chain`."""
    return times(outer, inner) if isinstance(inner, Number) else call("chain", inner, outer)


def _unfold(outer: Node, inner: Node) -> Node:
    """outer * inner, written as one fraction where the outer slope is one."""
    match outer:
        case Call("/", (above, below)):
            return divide(times(above, inner), below)
    return times(outer, inner)
