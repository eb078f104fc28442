"""The recipes of CONTRIBUTING.md are the canaries: what they say is what tests register."""

import ast
import re
from pathlib import Path

import pytest

TESTS = Path(__file__).parent
CANARIES = ("canary_losses.py", "test_canary_items.py", "test_canary_panel.py")
TEXT = (TESTS.parent / "CONTRIBUTING.md").read_text(encoding="utf-8")
RECIPES = re.findall(r"```python\n(.*?)```", TEXT, re.DOTALL)
REGISTERED = {
    ast.dump(node)
    for name in CANARIES
    for node in ast.walk(ast.parse((TESTS / name).read_text(encoding="utf-8")))
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
