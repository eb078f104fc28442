"""A loss as somebody typed it: `parse` reads it, `Formula` runs it and writes it down."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np

from lossviz.base.arrays import Array
from lossviz.formula import source
from lossviz.formula.derivative import derivative
from lossviz.formula.grammar import GIVEN, read
from lossviz.formula.infix import as_text
from lossviz.formula.latex import latex
from lossviz.formula.program import Program, compiled
from lossviz.formula.tree import ONE, TWO, Name, Node, call, names_in, times

SIGN = call("-", times(TWO, Name("y")), ONE)  # 2y - 1


@dataclass(frozen=True)
class Formula:
    """A loss given as a formula, and its exact slope.

    text: the formula in its canonical form; `parse(text)` gives an equal Formula.
    variable: "r", the residual z - y, or "m", the margin (2y - 1) z.
    parameters: names of the free parameters, in the order in which they appear.
    uses: which of the variable, "y" (the target) and "p" (the prediction z) appear.
    tree, slope: value, and derivative with respect to z.
    """

    text: str
    variable: str
    parameters: tuple[str, ...]
    uses: tuple[str, ...]
    tree: Node = field(repr=False, compare=False)
    slope: Node = field(repr=False, compare=False)
    program: Program = field(repr=False, compare=False)

    def evaluate(self, z: Any, y: Any, **params: Any) -> tuple[Array, Array]:
        """Value and slope at predictions z for targets y, of the shape that all of these make.

        Parameters are numbers or arrays that broadcast. Never warns. Where the formula is undefined
        both are NaN, where it overflows they are infinite; training takes either for divergence.
        At a corner the slope is the subgradient of least size, but for `where`, which takes the
        slope of the branch that it is in. A missing or unknown parameter raises TypeError.
        """
        if set(params) != set(self.parameters):
            wanted = ", ".join(self.parameters) or "none"
            raise TypeError(f"parameters: {wanted}; given: {', '.join(params) or 'none'}")
        z, y = np.asarray(z, float), np.asarray(y, float)
        values = {name: np.asarray(number, float) for name, number in params.items()}
        shape = np.broadcast_shapes(z.shape, y.shape, *(each.shape for each in values.values()))
        with np.errstate(all="ignore"):
            argument = z - y if self.variable == "r" else (2.0 * y - 1.0) * z
            value, slope = self.program({self.variable: argument, "y": y, "p": z, **values})
            slope = np.where(np.isnan(value), np.nan, slope)
        return np.broadcast_to(value, shape).copy(), np.broadcast_to(slope, shape).copy()

    def latex(self, **numbers: float) -> str:
        """The formula in LaTeX; the parameters that are given appear as these numbers."""
        return latex(self.tree, numbers)

    def derivative_text(self) -> str:
        """The slope as a formula, corners aside and built-in losses spelled out; with respect to
        the residual or the margin, or to the prediction where that appears."""
        return as_text(self._readable)

    def derivative_latex(self, **numbers: float) -> str:
        """The same in LaTeX."""
        return latex(self._readable, numbers)

    def numpy_source(self) -> str:
        """Python code of `loss(z, y, *, ...)`, which gives value and slope and needs only `np`."""
        return source.numpy_source(self.tree, self.slope, self.variable, self.parameters)

    def torch_source(self) -> str:
        """Python code of `loss(z, y, *, ...)`, which gives the values for autograd; it needs only
        `torch`. Where `where` leaves out a branch whose slope is undefined, autograd gives NaN."""
        return source.torch_source(self.tree, self.variable, self.parameters)

    @property
    def _readable(self) -> Node:
        return _slope(source.spelled(self.tree), self.variable, is_signed="p" in self.uses)


def parse(text: str, variable: str, parameters: tuple[str, ...] = ()) -> Formula:
    """The loss that a formula in the residual "r" or the margin "m" describes; `parameters` may be
    called as they like, others are single letters.

    Raises FormulaError, a ValueError with one sentence and the place, if the text is no formula.
    Nothing in it is ever executed, and reading it takes milliseconds, whatever it is.
    """
    tree = read(text, variable, parameters)
    names = tuple(dict.fromkeys(names_in(tree)))
    given = (variable, *GIVEN)
    slope = _slope(tree, variable, is_signed="p" in names)
    if variable == "m" and "p" not in names:
        slope = times(SIGN, slope)
    return Formula(
        text=as_text(tree),
        variable=variable,
        parameters=tuple(name for name in names if name not in given),
        uses=tuple(name for name in given if name in names),
        tree=tree,
        slope=slope,
        program=compiled(tree, slope),
    )


def _slope(tree: Node, variable: str, is_signed: bool) -> Node:
    """The derivative with respect to the prediction; to the margin m unless `is_signed`, which puts
    dm/dz = 2y - 1 wherever m stands."""
    own = SIGN if variable == "m" and is_signed else ONE
    return derivative(tree, {variable: own, "p": ONE})
