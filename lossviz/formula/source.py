"""A formula as code that stands alone: a NumPy function of value and slope, and a PyTorch one.

Both are the formula itself, with a helper for each function that the library lacks. The built-in
losses are spelled out as they declare; a test holds each spelling against the loss.
"""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Mapping
from functools import cache

from lossviz.base.registry import text as words
from lossviz.formula.derivative import derivative
from lossviz.formula.functions import SMOOTH, loss_params
from lossviz.formula.grammar import read
from lossviz.formula.infix import Style, as_text
from lossviz.formula.program import constant
from lossviz.formula.tree import CONDITIONS, ONE, Call, Name, Node, Number, call, names_in
from lossviz.items.losses import LOSSES


class NoSpelling(ValueError):
    """Why a formula cannot be written as code: one sentence."""


NUMPY = Style(
    {name: f"np.{name}" for name in SMOOTH if name not in ("sigmoid", "softplus")}
    | {"min": "np.minimum", "max": "np.maximum", "where": "np.where", "clip": "np.clip"}
    | {"and": "np.logical_and", "or": "np.logical_or", "not": "np.logical_not"}
    | {"chain": "chain"}
)
NUMPY_HELPERS = {
    "sigmoid": """
        def sigmoid(u):
            e = np.exp(-np.abs(u))
            return np.where(u >= 0, 1, e) / (1 + e)
    """,
    "softplus": """
        def softplus(u):
            return np.log1p(np.exp(-np.abs(u))) + np.maximum(u, 0)
    """,
    "slope_of_min": """
        def slope_of_min(a, b, da, db):  # where both are the same, the slope of least size
            least = np.where(da * db <= 0, 0, np.where(np.abs(da) < np.abs(db), da, db))
            return np.where(a < b, da, np.where(b < a, db, least))
    """,
    "slope_of_max": """
        def slope_of_max(a, b, da, db):
            return slope_of_min(b, a, da, db)
    """,
    "chain": """
        def chain(inner, outer):  # a corner pulls neither way
            return np.where(inner == 0, 0, inner * outer)
    """,
}
TORCH = Style(
    {name: f"torch.{name}" for name in SMOOTH}
    | {"softplus": "torch.nn.functional.softplus", "arctan": "torch.atan"}
    | {"min": "minimum", "max": "maximum", "where": "where", "clip": "clip"}
    | {"and": "torch.logical_and", "or": "torch.logical_or", "not": "torch.logical_not"}
)
TORCH_HELPERS = {
    "tensor": """
        def tensor(u):
            return u if torch.is_tensor(u) else torch.tensor(u, dtype=torch.float64)
    """,
    "min": """
        def minimum(a, b):
            return torch.minimum(tensor(a), tensor(b))
    """,
    "max": """
        def maximum(a, b):
            return torch.maximum(tensor(a), tensor(b))
    """,
    "clip": """
        def clip(x, low, high):
            return minimum(maximum(x, low), high)
    """,
    "where": """
        def where(condition, this, that):
            return torch.where(condition, tensor(this), tensor(that))
    """,
}
NEEDS = {
    "slope_of_max": ("slope_of_min",),
    "min": ("tensor",),
    "max": ("tensor",),
    "clip": ("tensor", "min", "max"),
    "where": ("tensor",),
}
ARGUMENTS = {"r": "r = z - y", "m": "m = (2 * y - 1) * z", "p": "p = z"}


def numpy_source(tree: Node, slope: Node, variable: str, parameters: tuple[str, ...]) -> str:
    """The code of `loss(z, y, *, ...)`, which gives value and slope; it needs `np`."""
    tree, slope = _without_faults(tree, "np"), _without_faults(slope, "np")
    helpers = [*_helpers((tree, slope), NUMPY_HELPERS, NUMPY)]
    lines = [f"def loss({_signature(parameters)}):", '    with np.errstate(all="ignore"):']
    lines += [f"        {name} = np.asarray({name}, float)" for name in parameters]
    lines += [f"        {line}" for line in _arguments((tree, slope), variable)]
    lines += [f"        value = {as_text(tree, NUMPY)}", f"        slope = {as_text(slope, NUMPY)}"]
    lines.append("    return value, slope")
    return "\n\n\n".join([*helpers, "\n".join(lines)]) + "\n"


def torch_source(tree: Node, variable: str, parameters: tuple[str, ...]) -> str:
    """The code of `loss(z, y, *, ...)`, which gives the values for autograd; it needs `torch`.

    Where `where` leaves out a branch whose slope is infinite or undefined, autograd gives NaN.
    """
    tree = _folded(_without_faults(tree, "torch"))
    lines = [f"def loss({_signature(parameters)}):"]
    lines += [f"    {name} = torch.as_tensor({name}, dtype=z.dtype)" for name in parameters]
    lines += [f"    {line}" for line in _arguments((tree,), variable)]
    helpers = [*_helpers((tree,), TORCH_HELPERS, TORCH)]
    lines.append(f"    return {as_text(tree, TORCH)}")
    return "\n\n\n".join([*helpers, "\n".join(lines)]) + "\n"


@cache
def spelled_out(name: str) -> tuple[str, tuple[str, ...], Node]:
    """The variable, the parameters and the tree of a built-in loss."""
    loss = LOSSES[name]
    variable = "m" if loss.task == "binary" else "r"
    names = tuple(param.name for param in loss_params(loss))
    return variable, names, read(loss.known.spelling or "", variable, names)


def spelled(node: Node) -> Node:
    """The tree with each built-in loss spelled out, but for those that declare no spelling, and
    those of which one contains another, whose text could be of any length."""
    if not isinstance(node, Call):
        return node
    args = tuple(spelled(arg) for arg in node.args)
    if not _is_spelled(node.function) or any(map(_is_spelled, _functions(node.args[0]))):
        return Call(node.function, args)
    variable, names, body = spelled_out(node.function)
    defaults = [Number(float(param.default)) for param in loss_params(LOSSES[node.function])]
    values = (*args, *defaults[len(args) - 1 :])
    return _replaced(body, dict(zip((variable, *names), values, strict=True)))


def _is_spelled(function: str) -> bool:
    return function in LOSSES and bool(LOSSES[function].known.spelling)


def _replaced(node: Node, names: Mapping[str, Node]) -> Node:
    match node:
        case Name(name):
            return names.get(name, node)
        case Call(function, args):
            return Call(function, tuple(_replaced(arg, names) for arg in args))
    return node


def _signature(parameters: tuple[str, ...]) -> str:
    return ", ".join(("z", "y", *(("*", *parameters) if parameters else ())))


def _arguments(trees: tuple[Node, ...], variable: str) -> Iterator[str]:
    used = {name for tree in trees for name in names_in(tree)}
    yield from (line for name, line in ARGUMENTS.items() if name in used)


def _helpers(trees: tuple[Node, ...], known: Mapping[str, str], style: Style) -> Iterator[str]:
    """The definitions that the trees need, each once, and before it is used."""
    seen: set[str] = set()

    def define(function: str) -> Iterator[str]:
        if function in seen:
            return
        seen.add(function)
        for other in NEEDS.get(function, ()):
            if other in known:
                yield from define(other)
        if function in known:
            yield textwrap.dedent(known[function]).strip()
        elif _is_spelled(function.removeprefix("slope_of_")):
            body, names, signature = _definition(function)
            for other in (*_functions(body), *(("tensor",) if names else ())):
                yield from define(other)
            lines = [f"def {function}({signature}):"]
            # Python's own numbers refuse to be divided by 0, and PyTorch's functions to take them.
            array = "tensor({})" if style is TORCH else "np.asarray({}, float)"
            lines += [f"    {name} = {array.format(name)}" for name in names]
            yield "\n".join([*lines, f"    return {as_text(_folded(body), style)}"])
        elif function.removeprefix("slope_of_") in LOSSES:
            label = LOSSES[function.removeprefix("slope_of_")].label
            raise NoSpelling(f"{label} has no spelling, so a formula with it has no code.")

    for tree in trees:
        for function in _functions(tree):
            yield from define(function)


def _definition(function: str) -> tuple[Node, tuple[str, ...], str]:
    """The tree of a built-in loss or of its slope, its parameters, and its function's arguments."""
    name = function.removeprefix("slope_of_")
    variable, names, body = spelled_out(name)
    defaults = (words(param.default) for param in loss_params(LOSSES[name]))
    pairs = zip(names, defaults, strict=True)
    signature = ", ".join((variable, *(f"{name}={default}" for name, default in pairs)))
    return body if name == function else derivative(body, {variable: ONE}), names, signature


def _functions(node: Node) -> Iterator[str]:
    if isinstance(node, Call):
        yield node.function
        for arg in node.args:
            yield from _functions(arg)


def _folded(node: Node) -> Node:
    """The tree with one number for each part without names: PyTorch's functions take no numbers."""
    match node:
        case Call(function, args):
            folded = Call(function, tuple(_folded(arg) for arg in args))
            value = _constant(folded)
            return folded if value is None or not _is_finite(value) else Number(value)
    return node


def _without_faults(node: Node, library: str) -> Node:
    """The tree with infinity or NaN spelled where Python would refuse to divide numbers by 0."""
    match node:
        case Call(function, args):
            safe = Call(function, tuple(_without_faults(arg, library) for arg in args))
            value = _constant(safe)
            if value is None or _is_finite(value):
                return safe
            size = Name(f"{library}.{'nan' if value != value else 'inf'}")
            return call("neg", size) if value < 0.0 else size
    return node


def _constant(node: Call) -> float | None:
    """The number that a part without names stands for."""
    has_names = node.function in CONDITIONS or any(True for _ in names_in(node))
    return None if has_names else constant(node)


def _is_finite(value: float) -> bool:
    return value - value == 0.0
