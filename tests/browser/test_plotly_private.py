"""What the player reads of Plotly's insides, asked of the true Plotly, so that an upgrade that
breaks one of them names it here."""

from base64 import b64encode

import pytest
from playwright.sync_api import Page

from lossviz.ui import assets

MODULE = assets.MODULES["plotly_private.js"]
# Points on a logarithmic axis, and beside them a heatmap of 2 by 3 cells.
DRAW = """async () => {
  const clear = "rgba(0,0,0,0)";
  window.gd = document.body.appendChild(document.createElement("div"));
  await Plotly.newPlot(gd, [
    { type: "scatter", mode: "markers", x: [1, 2, 5], y: [1, 10, 100] },
    { type: "heatmap", x: [0, 1], y: [0, 1, 2], z: [[1, 2], [3, 4], [5, 6]], coloraxis: "coloraxis",
      xaxis: "x2", yaxis: "y2" },
  ], {
    width: 400, height: 300, margin: { l: 50, r: 20, t: 30, b: 40 }, showlegend: false,
    plot_bgcolor: clear, paper_bgcolor: clear,
    xaxis: { range: [0, 10], domain: [0, 0.5] }, yaxis: { type: "log", range: [0, 2] },
    xaxis2: { range: [-1, 2], domain: [0.5, 1] }, yaxis2: { range: [-1, 3], anchor: "x2" },
    coloraxis: { cmin: 0, cmax: 6, showscale: false },
  });
  window.m = await import("MODULE");
  window.same = (a, b) => JSON.stringify(a) === JSON.stringify(b);
  window.near = (a, b) => Math.abs(a - b) < 1e-9;
  window.axes = () => m.axesOf(gd, m.fullTrace(gd, 0));
  window.colours = () => m.colourAxis(gd, 'coloraxis');
  window.TYPES = 'linear,log,linear,linear';
  window.cells = () => m.groupOf(gd, 1);
}"""
# What each function must say of that figure.
HOLDS = {
    "plotArea": "same(m.plotArea(gd), { left: 50, top: 30, width: 330, height: 230 })",
    "sizeOf": "same(m.sizeOf(gd), { width: 400, height: 300 })",
    "groundsOf": "same(m.groundsOf(gd), ['rgba(0,0,0,0)', 'rgba(0,0,0,0)'])",
    "shownRange": "same(m.shownRange(gd, 'xaxis'), [0, 10])",
    "colourAxis": "same([colours().cauto, colours().cmax], [false, 6])",
    "fullTrace": "m.fullTrace(gd, 0).visible === true && m.fullTrace(gd, 1).type === 'heatmap'",
    "axesOf": "axes().xaxis.type === 'linear' && axes().yaxis.type === 'log'",
    "allAxes": "m.allAxes(gd).map(({ xaxis, yaxis }) => [xaxis.type, yaxis.type]) == TYPES",
    "boxOf": "same(m.boxOf(axes().xaxis), { offset: 50, length: 165 })",
    "isVertical": "m.isVertical(axes().yaxis) && !m.isVertical(axes().xaxis)",
    "linear": "m.linear(axes().yaxis, 100) === 2 && m.linear(axes().xaxis, 5) === 5",
    "linearEnd": "m.linearEnd(axes().yaxis, 2) === 2 && m.linearEnd(axes().xaxis, 10) === 10",
    "pixelAt": "near(m.pixelAt(axes().xaxis, 5), 82.5) && near(m.pixelAt(axes().yaxis, 10), 115)",
    "valueAt": "near(m.valueAt(axes().xaxis, 82.5), 5) && near(m.valueAt(axes().yaxis, 115), 10)",
    "drawingOf": "m.drawingOf(gd).querySelectorAll('.cartesianlayer .subplot').length === 2",
    "groupOf": "m.groupOf(gd, 0).querySelector('path') && cells().querySelector('image')",
    "markersOf": "m.markersOf(m.groupOf(gd, 0)).length === 3",
    "pointOf": "same(m.markersOf(m.groupOf(gd, 0)).map(m.pointOf), [0, 1, 2])",
    "edgesOf": "[m.edgesOf(cells()).x, m.edgesOf(cells()).y.length] == '-0.5,0.5,1.5,4'",
    "gridOf": "m.gridOf(axes()).length === 3 && m.gridOf(axes())[1].querySelector('path')",
}
ASK = """(holds) => {
  const wrong = Plotly.version === m.CHECKED ? [] : [`Plotly.js is ${Plotly.version} now, not `
    + `${m.CHECKED}: if nothing else is wrong here, say so in CHECKED of plotly_private.js.`];
  const asked = Object.keys(m).filter((name) => name !== "CHECKED");
  for (const name of new Set([...asked, ...Object.keys(holds)])) {
    let is = false;
    try { is = eval(holds[name]); } catch { }
    if (!is) wrong.push(`${name} of plotly_private.js does not find in Plotly.js ${Plotly.version} `
      + "what it reads there.");
  }
  return wrong;
}"""


@pytest.fixture
def figure(page: Page) -> Page:
    """A page with a figure that Plotly has drawn, `gd`, and the module, `m`."""
    page.set_content("<!doctype html>")
    page.add_script_tag(path=assets.PLOTLY)
    url = f"data:text/javascript;base64,{b64encode(MODULE.read_bytes()).decode()}"
    page.evaluate(DRAW.replace("MODULE", url))
    return page


def test_plotly_still_has_inside_what_the_player_reads(figure: Page) -> None:
    assert figure.evaluate(ASK, HOLDS) == []


@pytest.mark.parametrize(
    ("change", "name"),
    [
        ("Plotly.version = '9.0.0'", "Plotly.js is 9.0.0 now"),
        ("delete gd._fullLayout._size", "plotArea of plotly_private.js does not find"),
    ],
)
def test_an_upgrade_that_breaks_something_is_said(figure: Page, change: str, name: str) -> None:
    figure.evaluate(f"() => {{ {change}; }}")
    (sentence,) = figure.evaluate(ASK, HOLDS)
    assert sentence.startswith(name)
