"""Code as text: the package's own functions with all that they use, and arrays as literals."""

from __future__ import annotations

import ast
import inspect
import json
from collections.abc import Callable, Iterable, Mapping
from textwrap import dedent, indent, wrap
from types import FunctionType
from typing import Any

import numpy as np

from lossviz.base.arrays import Array
from lossviz.base.registry import printable

WIDTH = 96


class NoScript(ValueError):
    """Why an experiment cannot be said in a flavour: one sentence."""


def definitions(functions: Iterable[Callable[..., Any]]) -> list[str]:
    """The source of each function, without decorators and annotations, and before it the
    functions and numbers of its module that it uses; each once. NoScript where there is none."""
    found: dict[str, str] = {}
    for function in functions:
        _define(function, found)
    return list(found.values())


def _define(function: Callable[..., Any], found: dict[str, str]) -> None:
    name = getattr(function, "__name__", "")
    if name in found:
        return
    if not isinstance(function, FunctionType) or function.__closure__ or not name.isidentifier():
        raise NoScript(f"{name or function!r} has no source that stands by itself.")
    source = dedent(inspect.getsource(function))
    tree = ast.parse(source).body[0]
    if not isinstance(tree, ast.FunctionDef):
        raise NoScript(f"{name} is not defined by a function of its own.")
    for used in _names(tree):
        value = function.__globals__.get(used)
        if isinstance(value, FunctionType):
            _define(value, found)
        elif isinstance(value, int | float):
            found[used] = f"{used} = {value!r}"
    found[name] = _plain(tree, source.splitlines())


def _names(tree: ast.FunctionDef) -> list[str]:
    """The names that the body reads, but not those behind a dot."""
    nodes = (node for statement in tree.body for node in ast.walk(statement))
    return [node.id for node in nodes if isinstance(node, ast.Name)]


def _plain(tree: ast.FunctionDef, lines: list[str]) -> str:
    # The body is taken as it is written, comments included; only the signature is made anew.
    arguments = tree.args
    for each in (*arguments.args, *arguments.kwonlyargs):
        each.annotation = None
    first = next(i for i in range(tree.lineno - 1, len(lines)) if lines[i].endswith(":"))
    return "\n".join([f"def {tree.name}({ast.unparse(arguments)}):", *lines[first + 1 :]])


def quoted(text: str) -> str:
    """A string in double quotes, on one line: what cannot be seen is written as its number."""
    return "".join(
        each
        if each.isprintable()
        else f"\\U{ord(each):08x}"
        if ord(each) > 0xFFFF
        else f"\\u{ord(each):04x}"
        for each in json.dumps(text, ensure_ascii=False)
    )


def call(function: str, *positional: str, **keywords: str) -> str:
    """A call on one line where it fits, else with one argument a line."""
    arguments = [*positional, *(f"{name}={value}" for name, value in keywords.items())]
    line = f"{function}({', '.join(arguments)})"
    if len(line) <= WIDTH and "\n" not in line:
        return line
    inner = "\n".join(f"{argument}," for argument in arguments)
    return f"{function}(\n{indent(inner, '    ')}\n)"


def bound(function: str, options: Mapping[str, Any]) -> str:
    """The function with its options fixed: its name alone where there are none."""
    pairs = ", ".join(f"{name}={value!r}" for name, value in options.items())
    return f"partial({function}, {pairs})" if pairs else function


def literal(values: Array) -> str:
    """An array (n,) or (n, d) as code that gives back every bit of it; whole numbers of one
    column are written as such."""
    values = np.asarray(values)
    if values.ndim == 2 and values.shape[1] == 1:
        return f"{literal(values[:, 0])}[:, None]"
    if values.ndim == 1:
        body = ", ".join(repr(value) for value in values.tolist())
    else:
        body = ",\n".join(f"[{', '.join(map(repr, row))}]" for row in values.tolist())
    if len(body) + len("np.array([])") <= WIDTH and "\n" not in body:
        return f"np.array([{body}])"
    lines = [part for line in body.splitlines() for part in wrapped(line)]
    return f"np.array([\n{indent(chr(10).join(lines), '    ')},\n])"


def comment(words: str) -> list[str]:
    """The lines of a comment, which no name in it ends."""
    return [f"# {line}" for line in wrapped(printable(words))]


def wrapped(line: str) -> list[str]:
    """The line cut between words so that it fits beside an indent."""
    return wrap(line, WIDTH - 4, break_long_words=False, break_on_hyphens=False)
