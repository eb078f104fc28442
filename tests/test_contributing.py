"""The recipes of CONTRIBUTING.md are the canaries: what they say is what tests register."""

import re
from pathlib import Path

import pytest

TESTS = Path(__file__).parent
CANARIES = ("canary_losses.py", "test_canary_items.py", "test_canary_panel.py")
TEXT = (TESTS.parent / "CONTRIBUTING.md").read_text(encoding="utf-8")
RECIPES = re.findall(r"```python\n(.*?)```", TEXT, re.DOTALL)


def flat(code: str) -> str:
    return "\n".join(line.strip() for line in code.strip().splitlines())


@pytest.mark.parametrize("recipe", RECIPES, ids=lambda code: code.split("\n")[1].strip(' ",'))
def test_a_recipe_is_a_canary(recipe):
    assert any(flat(recipe) in flat((TESTS / name).read_text("utf-8")) for name in CANARIES)


def test_there_is_a_recipe_for_each_kind_of_item():
    kinds = {re.match(r"@?\w+", each.split("\n\n")[-1])[0] for each in RECIPES}
    assert kinds == {
        "@loss",
        "@synthetic",
        "@outliers",
        "@optimizer",
        "@schedule",
        "MODELS",
        "@panel",
    }
