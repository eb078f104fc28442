"""Imports run one way, in no circle, and heavy libraries stay where they belong.

    base, player <- items <- formula, tables <- engine <- analysis, estimators
      <- the package's face, views <- export <- ui, cli <- pages, app, __main__

A part may import parts below it and itself, never its neighbours in a row; the player
moves any Plotly figure and imports none at all. The rules are read off the source, so they hold
for imports inside functions too.
"""

import ast
import json
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
PACKAGE = ROOT / "lossviz"
FACE = "__init__"
LONG = 300  # lines

LAYERS = (
    {"base", "player"},
    {"items"},
    {"formula", "tables"},
    {"engine"},
    {"analysis", "estimators"},
    {FACE, "views"},
    {"export"},
    {"ui", "cli"},
    {"pages", "app", "__main__"},
)
RANK = {part: rank for rank, layer in enumerate(LAYERS) for part in layer}
ALONE = {"base", "player"}

MAY_IMPORT = {
    "streamlit": {"ui", "cli", "pages", "app"},
    "plotly": {"views", "player", "export", "ui", "pages", "app"},
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
        (
            "items/losses/huber.py",
            "from lossviz.engine.training import run",
            "items imports engine",
        ),
        ("items/losses/huber.py", "from lossviz import engine", "items imports engine"),
        ("items/losses/huber.py", "from ... import engine", "items imports engine"),
        ("items/losses/huber.py", "from ...engine import run", "items imports engine"),
        ("items/losses/huber.py", "from lossviz import LOSSES", "items imports __init__"),
        ("items/losses/huber.py", "import lossviz", "items imports __init__"),
        ("formula/typed.py", "from lossviz.tables import read", "formula imports tables"),
        ("engine/training.py", "def f():\n    import streamlit as st", "engine imports streamlit"),
        ("analysis/metrics.py", "import plotly.graph_objects as go", "analysis imports plotly"),
        ("player/__init__.py", "import streamlit", "player imports streamlit"),
        ("player/movie.py", "from lossviz.items.losses import LOSSES", "player imports items"),
        ("views/charts/fit.py", "from lossviz.ui import controls", "views imports ui"),
        ("analysis/regions.py", "from scipy.optimize import minimize", "analysis imports scipy"),
        ("analysis/regions.py", "class A:\n    import sklearn", "analysis imports sklearn"),
        ("surprise.py", "", "surprise has no place"),
    ],
)
def test_a_planted_fault_is_found(path, source, expected):
    found = faults(source, PACKAGE / path)
    assert [fault for fault in found if fault.startswith(expected)] == found != []


@pytest.mark.parametrize(
    ("path", "source"),
    [
        ("items/losses/huber.py", "from lossviz.items.losses.base import loss"),
        ("items/losses/huber.py", "from lossviz.base.registry import Param"),
        ("items/losses/huber.py", "from .base import loss\nfrom ...base.registry import Param"),
        ("analysis/regions.py", "def f():\n    from scipy.optimize import minimize"),
        ("cli/serve.py", "from streamlit.web import cli"),
        ("ui/controls.py", "import streamlit as st\nfrom lossviz import LOSSES"),
    ],
)
def test_a_proper_import_is_no_fault(path, source):
    assert faults(source, PACKAGE / path) == []


def _circle(arrows: Mapping[str, set[str]]) -> list[str]:
    """Files each of which imports the next, and the last the first; none if there is no circle."""
    left = {name: set(others) for name, others in arrows.items()}
    while ends := {name for name, others in left.items() if not others & left.keys()}:
        left = {name: others for name, others in left.items() if name not in ends}
    path = list(left)[:1]
    while path and path[-1] not in path[:-1]:
        path.append(min(left[path[-1]] & left.keys()))
    return path[path.index(path[-1]) :] if path else []


def _arrows() -> dict[str, set[str]]:
    """Which files of the package import which, but for what only a type checker reads."""
    files = {".".join(path.relative_to(ROOT).with_suffix("").parts): path for path in _sources()}
    files = {name.removesuffix(f".{FACE}"): path for name, path in files.items()}
    found = {}
    for name, path in files.items():
        tree = ast.parse(path.read_text(encoding="utf-8"))
        wanted = {
            module
            for node in _nodes(tree)
            for each in _modules(node, path)
            for module in (each, each.rpartition(".")[0])[: 1 if each in files else 2]
        }
        found[name] = (wanted & files.keys()) - {name}
    return found


def _nodes(node: ast.AST) -> Iterator[ast.AST]:
    for child in ast.iter_child_nodes(node):
        if not (isinstance(child, ast.If) and "TYPE_CHECKING" in ast.dump(child.test)):
            yield child
            yield from _nodes(child)


def test_no_circle_among_files():
    assert _circle(_arrows()) == []


@pytest.mark.parametrize(
    ("arrows", "circle"),
    [
        ({"a": {"b"}, "b": {"c"}, "c": set()}, []),
        ({"a": {"b"}, "b": {"c"}, "c": {"b"}}, ["b", "c", "b"]),
    ],
)
def test_a_planted_circle_is_found(arrows, circle):
    assert _circle(arrows) == circle


def test_no_file_is_long():
    sources = {path.relative_to(ROOT).as_posix(): path.read_text("utf-8") for path in _sources()}
    long = {name: text.count("\n") for name, text in sources.items() if text.count("\n") > LONG}
    assert not long, (
        f"{long}: a file has {LONG} lines at most. An item that would make it longer goes into a "
        "new file, which the room's __init__.py imports"
    )


def _loaded_by(statements: str) -> set[str]:
    """The modules of a fresh process after these statements."""
    code = f"{statements}; import json, sys; print(json.dumps(sorted(sys.modules)))"
    answer = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )
    return set(json.loads(answer.stdout))


EVERY_NAME = (
    "import lossviz; "
    "[getattr(lossviz, name) for name in lossviz.__all__ if not name.startswith('GradientDescent')]"
)


@pytest.mark.parametrize("statements", [EVERY_NAME, "import lossviz.cli"])
def test_the_package_brings_in_nothing_heavy(statements):
    assert NOT_WITH_THE_PACKAGE.isdisjoint(_loaded_by(statements))


def _rooms(modules: set[str]) -> set[str]:
    return {name.split(".")[1] for name in modules if name.startswith("lossviz.")}


def test_the_package_brings_in_no_room_before_its_names_are_asked_for():
    loaded = _loaded_by("import lossviz")
    assert _rooms(loaded) == set()
    assert loaded.isdisjoint({"numpy", "dataclasses", "inspect", "html", "zlib", "threading"})


def test_training_brings_in_no_more_rooms_than_it_needs():
    loaded = _loaded_by("import lossviz; lossviz.run(lossviz.Experiment())")
    assert _rooms(loaded) == {"base", "items", "formula", "engine", "analysis"}
    measuring = {name for name in loaded if name.startswith("lossviz.analysis")}
    assert measuring == {"lossviz.analysis", "lossviz.analysis.training"}


def test_every_public_name_comes_from_its_room():
    import lossviz

    listed = {name: room for room, names in lossviz._ROOMS.items() for name in names}
    assert set(lossviz.__all__) == set(listed) <= set(dir(lossviz))
    tree = ast.parse((PACKAGE / "__init__.py").read_text(encoding="utf-8"))
    seen_by_checkers = {
        alias.name: str(node.module).removeprefix("lossviz.")
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and str(node.module).startswith("lossviz.")
        for alias in node.names
    }
    assert seen_by_checkers == listed
    with pytest.raises(AttributeError, match="has no attribute 'nothing'"):
        _ = lossviz.nothing


# Words that are also a loss's name and stand for something else, and the one default of the kind.
FALSE_FRIENDS = {
    "lossviz/analysis/guide/prove.py": {"log_loss", "brier"},  # scores of a proof
    "lossviz/analysis/guide/traits.py": {"quantile", "expectile"},  # what a loss estimates
    "lossviz/estimators/regressor.py": {"huber"},  # the default of a public argument
    "lossviz/export/scripts/sklearn_script.py": {"quantile"},  # an argument of an estimator
    "lossviz/formula/item.py": {"own", "own_margin"},  # which are registered there
    "lossviz/views/charts/measures.py": {"own"},  # units of an axis: of each run its own
}
# Registrations, and links.
NAME_LOSSES = {"lossviz/items/losses", "lossviz/views/examples.py"}


def _losses_named(source: str, names: frozenset[str]) -> set[str]:
    nodes = (node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Constant))
    return {node.value for node in nodes if isinstance(node.value, str) and node.value in names}


def test_no_file_asks_a_loss_by_name():
    from lossviz.formula.item import LOSSES  # with those that users write

    found = {}
    for path in _sources():
        place = path.relative_to(ROOT)
        if not NAME_LOSSES & {part.as_posix() for part in (place, *place.parents)}:
            named = _losses_named(path.read_text(encoding="utf-8"), frozenset(LOSSES))
            found |= {place.as_posix(): named} if named else {}
    assert found == FALSE_FRIENDS


def test_a_planted_name_of_a_loss_is_found():
    source = 'def f(e):\n    """huber"""\n    return e.loss == "tukey"'
    assert "tukey" in _losses_named(source, frozenset({"tukey", "squared_error"}))


def test_the_list_of_rooms_is_the_folders():
    text = (ROOT / "ARCHITECTURE.md").read_text(encoding="utf-8")
    lines = text.split("```\nlossviz/\n")[1].split("```")[0].splitlines()
    told: list[str] = []
    for line in lines:
        name, depth = line.split()[0].rstrip("/"), (len(line) - len(line.lstrip())) // 2
        parent = told[-1].split("/")[: depth - 1] if depth > 1 else []
        told.append("/".join([*parent, name]))
    folders = [
        path.relative_to(PACKAGE).as_posix()
        for path in PACKAGE.rglob("*")
        if path.is_dir() and (any(path.glob("*.py")) or any(path.glob("*.js")))
    ]
    assert sorted(told) == sorted(folders)
    ranks = [RANK[name] for name in told if "/" not in name]
    assert ranks == sorted(ranks)
