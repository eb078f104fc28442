"""Imports run one way, and heavy libraries stay where they belong.

    registry <- losses, datasets, outliers, models, optimizers, schedules <- choices <- experiment
      <- cost <- link, sampling <- objective <- training
      <- reference, replay, estimators, presets, gallery <- landscape, guide <- the package's face
      <- player <- figures <- playground <- ui <- command line <- pages, app

A part may import parts below it and itself, never its neighbours in a row; the player
moves any Plotly figure and imports none at all. The rules are read off the source, so they hold
for imports inside functions too.
"""

import ast
import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
PACKAGE = ROOT / "lossviz"
FACE = "__init__"

LAYERS = (
    {"registry", "notebook", "cache", "limits"},
    {"losses", "datasets", "outliers", "models", "optimizers", "schedules"},
    {"formula", "tables"},
    {"written"},
    {"choices"},
    {"experiment"},
    {"cost"},
    {"link", "sampling"},
    {"task"},
    {"objective"},
    {"training"},
    {"reference", "replay", "estimators", "presets", "gallery"},
    {"landscape", "regions", "metrics", "passes", "guide"},
    {FACE},
    {"player"},
    {"figures"},
    {"playground"},
    {"export"},
    {"ui", "command_file"},
    {"__main__"},
    {"pages", "app"},
)
RANK = {part: rank for rank, layer in enumerate(LAYERS) for part in layer}
ALONE = {"registry", "player", "limits"}

MAY_IMPORT = {
    "streamlit": {"ui", "__main__", "pages", "app"},
    "plotly": {"figures", "player", "export", "ui", "pages", "app"},
}
# Slow to import, so imported in the functions that use them. An estimator has to be declared as a
# subclass of scikit-learn's, so that module is itself imported only when it is asked for.
LAZY = {"sklearn", "scipy", "contourpy"}
MAY_IMPORT_LAZY_AT_TOP = {"estimators"}
NOT_WITH_THE_PACKAGE = {"streamlit", "plotly", "sklearn", "scipy", "contourpy", "pandas"}


def _part(path: Path) -> str:
    """The part that a source file belongs to: the first name below the package or the root."""
    base = PACKAGE if path.is_relative_to(PACKAGE) else ROOT
    return path.relative_to(base).with_suffix("").parts[0]


def _sources() -> list[Path]:
    return sorted([*PACKAGE.rglob("*.py"), *(ROOT / "pages").rglob("*.py"), *ROOT.glob("app.py")])


def _modules(node: ast.AST, path: Path) -> Iterator[str]:
    """Dotted names that one import statement may load; relative ones are made absolute."""
    match node:
        case ast.Import(names=names):
            yield from (alias.name for alias in names)
        case ast.ImportFrom(module=module, names=names, level=level):
            folder = path.parent.relative_to(ROOT).parts
            base = list(folder[: len(folder) - level + 1]) if level else []
            base += module.split(".") if module else []
            # Of `from lossviz import x`, only x says whether a part or the face is meant.
            yield from (".".join([*base, alias.name]) for alias in names)


def _own_parts(node: ast.AST, path: Path) -> Iterator[str]:
    for module in _modules(node, path):
        top, *rest = module.split(".")
        if top == "lossviz":
            yield rest[0] if rest and _is_part(rest[0]) else FACE


def _is_part(name: str) -> bool:
    return name in RANK or (PACKAGE / name).is_dir() or (PACKAGE / f"{name}.py").exists()


def _run_at_import(node: ast.AST) -> Iterator[ast.AST]:
    """The nodes that importing the module executes."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
            continue
        if isinstance(child, ast.If) and "TYPE_CHECKING" in ast.dump(child.test):
            continue
        yield child
        yield from _run_at_import(child)


def faults(source: str, path: Path) -> list[str]:
    """What is wrong with the imports of one file, as sentences."""
    part = _part(path)
    if part not in RANK:
        return [f"{part} has no place in LAYERS yet"]
    tree = ast.parse(source)
    found: list[str] = []
    for node in ast.walk(tree):
        for module in _modules(node, path):
            library = module.split(".")[0]
            if part not in MAY_IMPORT.get(library, {part}):
                found.append(f"{part} imports {library}")
        for other in _own_parts(node, path):
            if other == part:
                continue
            if part in ALONE:
                found.append(f"{part} imports {other}, and should know no other part")
            elif RANK.get(other, len(LAYERS)) >= RANK[part]:
                found.append(f"{part} imports {other}, which is not below it")
    if part not in MAY_IMPORT_LAZY_AT_TOP:
        modules = (module for node in _run_at_import(tree) for module in _modules(node, path))
        loaded = {module.split(".")[0] for module in modules}
        found += [f"{part} imports {library} at its top" for library in sorted(loaded & LAZY)]
    return found


@pytest.mark.parametrize("path", _sources(), ids=lambda path: str(path.relative_to(ROOT)))
def test_imports_run_one_way(path):
    assert faults(path.read_text(encoding="utf-8"), path) == []


@pytest.mark.parametrize(
    ("path", "source", "expected"),
    [
        ("losses/huber.py", "from lossviz.training import run", "losses imports training"),
        ("losses/huber.py", "from lossviz import training", "losses imports training"),
        ("losses/huber.py", "from .. import training", "losses imports training"),
        ("losses/huber.py", "from ..training import run", "losses imports training"),
        ("losses/huber.py", "from lossviz import LOSSES", "losses imports __init__"),
        ("losses/huber.py", "import lossviz", "losses imports __init__"),
        ("losses/huber.py", "from lossviz.datasets import base", "losses imports datasets"),
        ("training.py", "def f():\n    import streamlit as st", "training imports streamlit"),
        ("reference.py", "import plotly.graph_objects as go", "reference imports plotly"),
        ("player/__init__.py", "import streamlit", "player imports streamlit"),
        ("player/movie.py", "from lossviz.losses import LOSSES", "player imports losses"),
        ("figures/fit.py", "from lossviz.ui import controls", "figures imports ui"),
        ("reference.py", "from scipy.optimize import minimize", "reference imports scipy"),
        ("reference.py", "class A:\n    import sklearn", "reference imports sklearn"),
        ("surprise.py", "", "surprise has no place"),
    ],
)
def test_a_planted_fault_is_found(path, source, expected):
    found = faults(source, PACKAGE / path)
    assert [fault for fault in found if fault.startswith(expected)] == found != []


@pytest.mark.parametrize(
    ("path", "source"),
    [
        ("losses/huber.py", "from lossviz.losses.base import loss"),
        ("losses/huber.py", "from lossviz.registry import Param"),
        ("losses/huber.py", "from .base import loss\nfrom ..registry import Param"),
        ("reference.py", "def f():\n    from scipy.optimize import minimize"),
        ("__main__.py", "from streamlit.web import cli"),
        ("ui/controls.py", "import streamlit as st\nfrom lossviz import LOSSES"),
    ],
)
def test_a_proper_import_is_no_fault(path, source):
    assert faults(source, PACKAGE / path) == []


@pytest.mark.parametrize("statement", ["import lossviz", "import lossviz.__main__"])
def test_the_package_brings_in_nothing_heavy(statement):
    code = f"{statement}, json, sys; print(json.dumps(sorted(sys.modules)))"
    answer = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert NOT_WITH_THE_PACKAGE.isdisjoint(json.loads(answer.stdout))
