"""The recipes of CONTRIBUTING.md are the canaries, and what it says they pass they pass."""

import ast
import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

TESTS = Path(__file__).parent
PLUGINS = ("canary_losses", "canary_items")
TEXT = (TESTS.parent / "CONTRIBUTING.md").read_text(encoding="utf-8")
RECIPES = re.findall(r"```python\n(.*?)```", TEXT, re.DOTALL)
REGISTERED = {
    ast.dump(node)
    for name in PLUGINS
    for node in ast.walk(ast.parse((TESTS / f"{name}.py").read_text(encoding="utf-8")))
    if isinstance(node, ast.stmt)
}


@pytest.mark.parametrize("recipe", RECIPES, ids=lambda code: code.split("\n")[1].strip(' ",'))
def test_a_recipe_is_a_canary(recipe):
    assert {ast.dump(node) for node in ast.parse(recipe).body} <= REGISTERED


def test_there_is_a_recipe_for_each_kind_of_item():
    kinds = {re.match(r"@?\w+", each.split("\n\n")[-1].lstrip())[0] for each in RECIPES}
    assert kinds == {
        "@loss",
        "@synthetic",
        "@outliers",
        "@optimizer",
        "@schedule",
        "MODELS",
        "@panel",
    }


def test_the_recipes_pass_the_contract_as_it_is_run_there():
    """In a process of its own, with the recipes among the items: all but what asks for more of an
    item that ships."""
    names = [re.search(r"^ +(?:name=)?\"(\w+)\",$", each, re.MULTILINE)[1] for each in RECIPES]
    [line] = re.findall(r"^python -m (pytest tests .* \"NAME or shipped\")$", TEXT, re.MULTILINE)
    command, chosen = line.split(" -k ")
    [chosen] = shlex.split(chosen.replace("NAME", f"({' or '.join(names)})"))
    options = ["-v", "-x", "-k", chosen.replace("or shipped", "and not shipped")]
    options += [word for name in PLUGINS for word in ("-p", name)]
    options += ["--ignore-glob=*/test_canary_*", "--ignore-glob=*/test_contributing.py"]
    done = subprocess.run(
        [sys.executable, "-m", *shlex.split(command), *options],
        cwd=TESTS.parent,
        env={**os.environ, "PYTHONPATH": str(TESTS)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-3000:]
    for name in names:  # each was asked something
        assert re.search(rf"[\[-]{name}\b.*PASSED", done.stdout)
    assert int(done.stdout.split(" passed")[0].split()[-1]) > 400
