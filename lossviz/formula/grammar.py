"""Reading a formula: the text becomes a tree, or an error with one sentence and the place.

    formula    = sum
    condition  = comparisons joined by `and`, `or`, `not`, inside `where` alone
    sum        = products joined by + and -         product = factors joined by * and /
    factor     = - factor | power                   power   = part | part ** factor
    part       = number | name | name ( ... , ... ) | ( ... )

The operators mean and bind what they do in Python. The text is never given to Python, though: what
is not in this grammar does not exist, and the limits below bound all work before it begins.
"""

from __future__ import annotations

import math

from lossviz.base.registry import text as words
from lossviz.base.words import counted
from lossviz.formula.functions import ARITY, loss_params, losses_of
from lossviz.formula.infix import BINDS
from lossviz.formula.program import constant
from lossviz.formula.tokens import NAME_HINTS, FormulaError, Token, no_meaning, tokens_of
from lossviz.formula.tree import COMPARISONS, CONDITIONS, Call, Name, Node, Number, call, names_in

MAX_LENGTH = 500  # characters
MAX_DEPTH = 30  # brackets, signs and powers inside one another
MAX_PARTS = 100  # numbers, names and operators
MAX_PARAMETERS = 3
MAX_EXPONENT = 10.0
VARIABLES = {"r": "the residual", "m": "the margin"}
GIVEN = ("y", "p")  # target and prediction
BINARY = frozenset(BINDS) - {"neg", "not", "**", "chain"}


def read(text: str, variable: str, parameters: tuple[str, ...] = ()) -> Node:
    """The tree of a formula in the residual "r" or the margin "m", and in parameters of whatever
    name besides single letters; FormulaError if it is none."""
    if variable not in VARIABLES:
        raise ValueError(f"the variable is r or m, not {variable!r}")
    if len(text) > MAX_LENGTH:
        raise FormulaError(
            f"The formula is {len(text):,} characters long; at most {MAX_LENGTH} are read.",
            MAX_LENGTH,
        )
    tokens = tokens_of(text)
    if len(tokens) == 1:
        raise FormulaError("There is no formula yet.", 0)
    return _Reader(tokens, variable, parameters).formula()


class _Reader:
    """Goes through the tokens once, from left to right."""

    def __init__(self, tokens: list[Token], variable: str, parameters: tuple[str, ...]):
        self.tokens, self.variable = tokens, variable
        self.losses = losses_of(variable)
        self.next = self.depth = self.parts = 0
        self.parameters = list(parameters)

    def formula(self) -> Node:
        tree = self._expression()
        self._demand(tree, 0, is_condition=False)
        if self._peek.kind != "end":
            raise self._unexpected()
        return tree

    # Tokens

    @property
    def _peek(self) -> Token:
        return self.tokens[self.next]

    def _take(self, *signs: str) -> Token | None:
        """The next token, if it is one of these."""
        token = self._peek
        if token.kind == "end" or token.kind == "number" or token.text not in signs:
            return None
        self.next += 1
        return token

    def _unexpected(self) -> FormulaError:
        token, before = self._peek, self.tokens[self.next - 1] if self.next else None
        starts = token.kind in ("number", "name") or token.text == "("
        if token.kind == "end":
            message = "The formula ends too early."
        elif token.text == ")":
            message = "This bracket closes nothing."
        elif token.text == ",":
            message = "A comma has no meaning outside the brackets of a function."
        elif token.text in COMPARISONS:
            message = "Comparisons stand one at a time, inside where(condition, this, that)."
        elif token.text in NAME_HINTS or token.text in CONDITIONS:
            message = no_meaning(token.text, NAME_HINTS)
        elif starts and before and (before.kind in ("number", "name") or before.text == ")"):
            message = f"An operator, such as *, is missing before {token.text[:40]!r}."
        else:
            message = f"A number, a name or a bracket is missing before {token.text!r}."
        return FormulaError(message, token.at)

    def _deeper(self, at: int) -> None:
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise FormulaError(f"The formula is nested more than {MAX_DEPTH} deep.", at)

    def _count(self, at: int) -> None:
        self.parts += 1
        if self.parts > MAX_PARTS:
            raise FormulaError(f"The formula has more than {MAX_PARTS} parts.", at)

    # From the loosest binding to the tightest

    def _expression(self, least: int = 0) -> Node:
        """What stands here, as far as its operators bind no less tightly than `least`."""
        start, left = self._peek.at, self._factor()
        while (token := self._peek).text in BINARY and BINDS[token.text] >= least:
            self.next += 1
            joins = token.text in ("and", "or")
            self._demand(left, start, joins)
            at, right = self._peek.at, self._expression(BINDS[token.text] + 1)
            self._demand(right, at, joins)
            if token.text in COMPARISONS and self._peek.text in COMPARISONS:
                raise FormulaError("Write two comparisons with `and` between them.", self._peek.at)
            left = self._call(token.text, (left, right), token.at)
        return left

    def _factor(self) -> Node:
        token = self._take("-", "+", "not")
        if token is None:
            return self._power()
        self._deeper(token.at)
        negates = token.text == "not"
        at = self._peek.at
        inner = self._expression(BINDS["not"]) if negates else self._factor()
        self._demand(inner, at, is_condition=negates)
        self.depth -= 1
        if token.text == "+":
            return inner
        match inner:
            case Number(value):
                return Number(0.0 - value)
        return self._call("not" if negates else "neg", (inner,), token.at)

    def _power(self) -> Node:
        start, base = self._peek.at, self._part()
        token = self._take("**")
        if token is None:
            return base
        self._demand(base, start, is_condition=False)
        self._deeper(token.at)
        at = self._peek.at
        exponent = self._factor()
        self._demand(exponent, at, is_condition=False)
        self.depth -= 1
        self._free(exponent, at, "An exponent")
        fixed = constant(exponent)
        if fixed is not None and not abs(fixed) <= MAX_EXPONENT:
            raise FormulaError(f"An exponent may be at most {MAX_EXPONENT:g} in size.", at)
        return self._call("**", (base, exponent), token.at)

    def _part(self) -> Node:
        token = self._peek
        if token.kind == "number":
            self.next += 1
            return self._constant(token)
        if token.kind == "name" and token.text not in CONDITIONS:
            self.next += 1
            return self._function(token) if self._peek.text == "(" else self._name(token)
        if self._take("("):
            self._deeper(token.at)
            inner = self._expression()
            self._close(token.at)
            return inner
        raise self._unexpected()

    def _close(self, opened: int) -> None:
        self.depth -= 1
        if self._take(")"):
            return
        if self._peek.kind == "end":
            raise FormulaError("This bracket is never closed.", opened)
        raise self._unexpected()

    # Leaves and calls

    def _constant(self, token: Token) -> Node:
        self._count(token.at)
        value = float(token.text)
        if not math.isfinite(value):
            raise FormulaError("This number is too large.", token.at)
        return Number(value)

    def _name(self, token: Token) -> Node:
        self._count(token.at)
        name = token.text
        if name == self.variable or name in GIVEN or name in self.parameters:
            return Name(name)
        if name in ARITY or name in self.losses:
            raise FormulaError(f"{name} is a function; write {name}(...).", token.at)
        if name in VARIABLES:
            own = f"{self.variable}, {VARIABLES[self.variable]}"
            raise FormulaError(f"{name} is {VARIABLES[name]}; this formula is of {own}.", token.at)
        if name in NAME_HINTS or len(name) > 1 or not name.islower():
            raise FormulaError(self._unknown(name), token.at)
        if len(self.parameters) == MAX_PARAMETERS:
            known = ", ".join(self.parameters)
            raise FormulaError(
                f"At most {MAX_PARAMETERS} parameters are possible; {known} are there already.",
                token.at,
            )
        self.parameters.append(name)
        return Name(name)

    def _unknown(self, name: str) -> str:
        if name in NAME_HINTS:
            return no_meaning(name, NAME_HINTS)
        if len(name) == 1:
            return f"Names are lower-case letters, and {name!r} is none."
        import difflib  # takes longer to load than all the rest, and is for mistakes alone

        near = difflib.get_close_matches(name[:40].lower(), [*ARITY, *self.losses], 1)
        return f"{name[:40]!r} is unknown" + (f"; is {near[0]} meant?" if near else ".")

    def _function(self, token: Token) -> Node:
        self._count(token.at)
        name = token.text
        if name not in ARITY and name not in self.losses:
            if len(name) == 1 and name not in NAME_HINTS:
                raise FormulaError(f"{name} is no function; write {name}*(...).", token.at)
            raise FormulaError(self._unknown(name), token.at)
        opened = self._peek.at
        self.next += 1
        self._deeper(opened)
        args: list[Node] = []
        places: list[int] = []
        while not args or self._take(","):
            places.append(self._peek.at)
            args.append(self._expression())
            self._demand(args[-1], places[-1], is_condition=name == "where" and len(args) == 1)
        self._close(opened)
        if name in self.losses:
            self._check_loss(name, args, places, token.at)
        elif len(args) != ARITY[name]:
            wanted = counted(ARITY[name], "argument")
            raise FormulaError(f"{name} takes {wanted}, not {len(args)}.", token.at)
        return Call(name, tuple(args))

    def _check_loss(self, name: str, args: list[Node], places: list[int], at: int) -> None:
        params = loss_params(self.losses[name])
        if len(args) > 1 + len(params):
            listing = " and ".join(param.name for param in params)
            takes = f"{self.variable} and then {listing}" if params else f"{self.variable} alone"
            raise FormulaError(f"{name} takes {takes}.", at)
        for param, arg, place in zip(params, args[1:], places[1:], strict=False):
            self._free(arg, place, f"{param.name} of {name}")
            fixed = constant(arg)
            if fixed is not None and not param.low <= fixed <= param.high:
                reach = f"{words(param.low)} to {words(param.high)}"
                raise FormulaError(f"{param.name} of {name} goes from {reach}.", place)

    # What fits where

    def _call(self, function: str, args: tuple[Node, ...], at: int) -> Node:
        self._count(at)
        return call(function, *args)

    def _demand(self, node: Node, at: int, is_condition: bool) -> None:
        if _is_condition(node) == is_condition:
            return
        if is_condition:
            raise FormulaError("A comparison is wanted here, such as abs(r) < 1.", at)
        raise FormulaError("Comparisons stand only inside where(condition, this, that).", at)

    def _free(self, node: Node, at: int, what: str) -> None:
        """Whether the slope knows what to do: only with what is the same for all predictions."""
        for name in names_in(node):
            if name in (self.variable, "p"):
                raise FormulaError(f"{what} may not depend on {name}.", at)


def _is_condition(node: Node) -> bool:
    return isinstance(node, Call) and node.function in CONDITIONS
