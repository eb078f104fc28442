"""A formula as a tree: numbers, names and calls, and the small algebra that keeps slopes readable.

Operators are calls too: `r**2` is `Call("**", (Name("r"), Number(2.0)))`. Conditions (comparisons,
`and`, `or`, `not`) stand only where `where` asks for one; the grammar sees to that.

The algebra (`add`, `times`, ...) is for trees that are derived, not for those that were typed: it
puts numbers together and drops zeros and ones.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Number:
    """A finite constant."""

    value: float


@dataclass(frozen=True, slots=True)
class Name:
    """A variable or a parameter."""

    name: str


@dataclass(frozen=True, slots=True)
class Call:
    """A function or an operator, applied."""

    function: str
    args: tuple[Node, ...]


Node = Number | Name | Call
ZERO, ONE, TWO = Number(0.0), Number(1.0), Number(2.0)
COMPARISONS = ("<", "<=", ">", ">=")
CONDITIONS = (*COMPARISONS, "and", "or", "not")


def names_in(node: Node) -> Iterator[str]:
    """The names in a tree, from left to right, as often as they stand there."""
    match node:
        case Name(name):
            yield name
        case Call(_, args):
            for arg in args:
                yield from names_in(arg)


def call(function: str, *args: Node) -> Call:
    """The function of these arguments."""
    return Call(function, args)


def factors(node: Node) -> tuple[float, tuple[Node, ...]]:
    """A product as a number and the rest, in order."""
    match node:
        case Number(value):
            return value, ()
        case Call("neg", (inner,)):
            number, rest = factors(inner)
            return -number, rest
        case Call("*", (left, right)):
            (a, first), (b, second) = factors(left), factors(right)
            if math.isfinite(a * b):
                return a * b, first + second
    return 1.0, (node,)


def product(number: float, parts: tuple[Node, ...]) -> Node:
    """A number times the parts, written from left to right."""
    if number == 0.0 or not parts:
        return Number(number + 0.0)
    sign, size = (number < 0.0), abs(number)
    first, *rest = parts if size == 1.0 else (Number(number), *parts)
    if sign and size == 1.0:
        first = call("neg", first)
    for part in rest:
        first = call("*", first, part)
    return first


def times(left: Node, right: Node) -> Node:
    """The product."""
    (a, first), (b, second) = factors(left), factors(right)
    if not math.isfinite(a * b):
        return call("*", left, right)
    if not first or not second:  # a number times a quotient: keep the number above the line
        number, parts = a * b, first + second
        if number not in (0.0, 1.0) and len(parts) == 1:
            match parts[0]:
                case Call("/", (above, below)):
                    return call("/", times(Number(number), above), below)
    match second:
        case (Call("/", (Number(), below)) as quotient,):
            return divide(times(times(left, Number(b)), quotient.args[0]), below)
    if first == second and len(first) == 1:
        return product(a * b, (power(first[0], TWO),))
    return product(a * b, first + second)


def minus(node: Node) -> Node:
    """The negative."""
    return times(Number(-1.0), node)


def add(left: Node, right: Node) -> Node:
    """The sum."""
    if left == ZERO:
        return right
    if right == ZERO:
        return left
    match left, right:
        case Number(a), Number(b) if math.isfinite(a + b):
            return Number(a + b)
    if left == right:
        return times(TWO, left)
    if _is_negative(right):
        return call("-", left, minus(right))
    return call("+", left, right)


def subtract(left: Node, right: Node) -> Node:
    """The difference."""
    return ZERO if left == right else add(left, minus(right))


def divide(above: Node, below: Node) -> Node:
    """The quotient."""
    if above == ZERO or below == ONE:
        return above
    number, parts = factors(above)
    if number == 2.0 and below == TWO:  # exact, as no other number would be
        return product(1.0, parts)
    return call("/", above, below)


def power(base: Node, exponent: Node) -> Node:
    """The power."""
    if exponent == ONE:
        return base
    return ONE if exponent == ZERO else call("**", base, exponent)


def either(condition: Node, first: Node, second: Node) -> Node:
    """`where`, unless both branches are the same."""
    return first if first == second else call("where", condition, first, second)


def _is_negative(node: Node) -> bool:
    match node:
        case Call("/", (above, _)):
            return _is_negative(above)
    return factors(node)[0] < 0.0
