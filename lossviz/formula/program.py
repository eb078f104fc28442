"""Running trees on arrays: each different part once, in order, and forgotten after its last use.

Value and slope of a formula share most of their parts, so they run as one program whose length
grows with that of the formula and no faster.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from lossviz.base.arrays import Array
from lossviz.formula.functions import COMPUTE, Compute, value_and_slope
from lossviz.formula.tree import TWO, Call, Name, Node, Number


@dataclass(frozen=True)
class Step:
    """Put what `compute` makes of these places into the next one, then clear those in `done`."""

    compute: Compute
    places: tuple[int, ...]
    done: tuple[int, ...]


@dataclass(frozen=True)
class Program:
    """Places hold the names, then the constants, then what the steps make, one place each."""

    names: tuple[str, ...]
    constants: tuple[np.float64, ...]
    steps: tuple[Step, ...]
    outputs: tuple[int, ...]

    def __call__(self, values: Mapping[str, Array]) -> tuple[Array, ...]:
        """The trees at these values, which broadcast; quiet, NaN where undefined."""
        places: list = [values[name] for name in self.names]
        places += self.constants
        with np.errstate(all="ignore"):
            for step in self.steps:
                places.append(step.compute(*(places[place] for place in step.places)))
                for place in step.done:
                    places[place] = None
        return tuple(places[place] for place in self.outputs)


def compiled(*trees: Node) -> Program:
    """The program that gives the values of these trees."""
    # By identity: slopes share whole parts with the formula, which need no second look.
    nodes = {id(node): node for tree in trees for node in _parts(tree, set())}
    names = dict.fromkeys(node.name for node in nodes.values() if isinstance(node, Name))
    constants = dict.fromkeys(node.value for node in nodes.values() if isinstance(node, Number))
    places: dict[object, int] = {}
    known: dict[int, int] = {}
    for key in (*names, *constants):
        places[key] = len(places)
    made: list[tuple[Compute, tuple[int, ...]]] = []

    def step(key: object, compute: Compute, args: tuple[int, ...]) -> int:
        if key not in places:
            places[key] = len(names) + len(constants) + len(made)
            made.append((compute, args))
        return places[key]

    def visit(node: Node) -> int:
        if id(node) not in known:
            known[id(node)] = place_of(node)
        return known[id(node)]

    def place_of(node: Node) -> int:
        match node:
            case Name(name):
                return places[name]
            case Number(value):
                return places[value]
            case Call("**", (base, exponent)) if exponent == TWO:
                place = visit(base)
                return step(("square", place), COMPUTE["square"], (place,))
            case Call("**", (base, Number() as exponent)):
                found = (visit(base), visit(exponent))
                return step(("fixed_power", found), COMPUTE["fixed_power"], found)
            case Call(function, args):
                found = tuple(visit(arg) for arg in args)
                if function in COMPUTE:
                    return step((function, found), COMPUTE[function], found)
                # A loss gives value and slope at once; each takes its half.
                name = function.removeprefix("slope_of_")
                both = step((name, found), value_and_slope(name), found)
                half = second if name != function else first
                return step((half, both), half, (both,))

    outputs = tuple(visit(tree) for tree in trees)
    return Program(
        tuple(names),
        tuple(np.float64(value) for value in constants),
        _with_ends(made, len(names) + len(constants), outputs),
        outputs,
    )


def first(both: tuple[Array, Array]) -> Array:
    """The value of a loss."""
    return both[0]


def second(both: tuple[Array, Array]) -> Array:
    """The slope of a loss."""
    return both[1]


def constant(tree: Node) -> float | None:
    """The value of a tree without names, None for any other."""
    program = compiled(tree)
    return None if program.names else float(program({})[0])


def _parts(node: Node, seen: set[int]) -> Iterator[Node]:
    if id(node) in seen:
        return
    seen.add(id(node))
    if isinstance(node, Call):
        for arg in node.args:
            yield from _parts(arg, seen)
    yield node


def _with_ends(
    made: list[tuple[Compute, tuple[int, ...]]], before: int, outputs: tuple[int, ...]
) -> tuple[Step, ...]:
    last: dict[int, int] = {}
    for index, (_, args) in enumerate(made):
        last.update(dict.fromkeys(args, index))
    ends: dict[int, list[int]] = {}
    for place, index in last.items():
        if place >= before and place not in outputs:
            ends.setdefault(index, []).append(place)
    return tuple(
        Step(compute, args, tuple(ends.get(index, ())))
        for index, (compute, args) in enumerate(made)
    )
