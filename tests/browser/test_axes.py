"""What Plotly labels on the axes of the examples' charts, as narrow as a phone draws them."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page

from lossviz import parse, run_all
from lossviz.engine.frames import aligned
from lossviz.ui import assets
from lossviz.views.examples import PRESETS
from lossviz.views.panels import View, panels, playground

SIZE = {"width": 330, "height": 360}
LABELS = """async ([json, size]) => {
  const { data, layout } = JSON.parse(json);
  const gd = document.body.appendChild(document.createElement("div"));
  await Plotly.newPlot(gd, data, { ...layout, ...size, autosize: false }, { staticPlot: true });
  const found = {};
  for (const [key, axis] of Object.entries(gd._fullLayout)) {
    if (!/^[xy]axis\\d*$/.test(key) || !axis.visible || axis.showticklabels === false) continue;
    const name = key.replace("axis", "");
    const texts = [...gd.querySelectorAll(`.${name}tick text`)].map((each) => each.textContent);
    found[key] = [axis.title.text, [...new Set(texts.filter(Boolean))]];
  }
  gd.remove();
  return found;
}"""


@pytest.fixture
def bare(page: Page) -> Page:
    """A page with Plotly and nothing else."""
    page.set_content("<!doctype html>")
    page.add_script_tag(path=assets.PLOTLY)
    return page


def test_every_axis_of_the_examples_is_named_and_has_two_labels(bare: Page) -> None:
    faults, seen = [], 0
    for preset in PRESETS:
        runs = aligned(run_all(parse(preset.query)[0]))
        for name in panels([run.experiment for run in runs]):
            for chart, content in playground(runs, View(panel=name)).charts.items():
                if chart == "network":
                    continue  # a diagram: what stands there are names
                axes = bare.evaluate(LABELS, [content.figure.to_json(), SIZE])
                seen += len(axes)
                for axis, (title, labels) in axes.items():
                    if not title or len(labels) < 2:
                        faults.append((preset.title, name, chart, axis, title, labels))
    assert faults == []
    assert seen > 10 * len(PRESETS)
