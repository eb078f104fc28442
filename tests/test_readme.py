"""What the README counts is counted in the registries."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

import pytest

from lossviz import DATASETS, LOSSES, MODELS, OPTIMIZERS, SCHEDULES
from lossviz.formula.item import VARIABLES
from lossviz.items.datasets.packing import MOST_ROWS
from lossviz.views.examples import PRESETS

README = (Path(__file__).parents[1] / "README.md").read_text("utf-8")
WORDS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
KINDS = Counter(loss.task for name, loss in LOSSES.items() if name not in VARIABLES)
# What a phrase of the README counts.
COUNTS = {
    r"model: (\w+), all trainable": KINDS["regression"],
    r"two classes \((\w+)\): binary": KINDS["binary"],
    r"several \((\w+)\): cross-entropy": KINDS["multiclass"],
    r"(\w+) learning-rate schedules": len(SCHEDULES),
    r"(\w+) optimizers: gradient": len(OPTIMIZERS),
    r"(\w+) presets": len(PRESETS),
    r"Anscombe's (\w+)": sum(name.startswith("anscombe") for name in DATASETS),
    r"up to degree (\w+)": int(MODELS["polynomial"].params[0].high),
    r"Up to (\w+) rows travel": MOST_ROWS,
}


@pytest.mark.shipped
@pytest.mark.parametrize("phrase", COUNTS)
def test_a_count_in_the_readme_is_that_of_the_registries(phrase):
    [found] = re.findall(phrase, README)
    count = WORDS.index(found.lower()) if found.lower() in WORDS else int(found)
    assert count == COUNTS[phrase]
