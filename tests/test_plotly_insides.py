"""What we rely on inside Plotly is there, or a sentence says where to look."""

from __future__ import annotations

import re
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path

import plotly
import plotly.graph_objects as go
import pytest

from lossviz.views.charts import plotly_insides as insides
from lossviz.views.charts.style import axis, figure

ROOT = Path(__file__).resolve().parents[1]
SCRIPT = (files("plotly") / "package_data" / "plotly.min.js").read_text("utf-8")
HERE = "lossviz/views/charts/plotly_insides.py"


def lacking(script: str = SCRIPT) -> Iterator[str]:
    """What this version of Plotly lacks of what we rely on, as sentences."""
    for words in insides.READS:
        if words not in script:
            yield f"Plotly {plotly.__version__} no longer reads markup by {words}: see {HERE}."
    drawn = figure([{"type": "scatter", "x": [0, 1], "y": [1.0, 2.0]}], xaxis=axis("step"))
    read = go.Figure(drawn).to_dict()
    read["layout"].pop("template", None)
    if read != drawn:
        yield f"Plotly {plotly.__version__} reads plain data as other than they are: see {HERE}."


def test_plotly_has_what_we_rely_on():
    assert "\n".join(lacking()) == ""


def test_the_version_that_was_checked_is_the_one_that_is_pinned():
    [pinned] = re.findall(r"^plotly==(\S+)$", (ROOT / "requirements.txt").read_text(), re.M)
    assert insides.CHECKED == pinned, f"Look through {HERE}, then write {pinned} there."


@pytest.mark.parametrize("words", insides.READS)
def test_what_an_upgrade_takes_away_is_named(words):
    [said] = lacking(SCRIPT.replace(words, "gone"))
    assert said.endswith(f"no longer reads markup by {words}: see {HERE}.")
