import assert from "node:assert/strict";
import test from "node:test";

import { dressLayout, dressTrace } from "../../lossviz/player/js/theme.js";

const LOOK = { text: "#111", background: "#fff", grid: "rgba(0,0,0,0.1)", font: "Sans", scale: 1 };
const LARGE = { ...LOOK, scale: 1.5 };

test("a figure takes the page's colours where it does not say", () => {
  const layout = { xaxis: { gridcolor: "red" }, yaxis3: {}, font: { size: 9 }, plot_bgcolor: "blue" };
  const dressed = dressLayout(layout, LOOK);
  assert.equal(dressed.xaxis.gridcolor, "red");
  for (const name of ["yaxis", "yaxis3"]) assert.equal(dressed[name].gridcolor, LOOK.grid);
  assert.deepEqual(dressed.font, { family: "Sans", size: 9, color: "#111" });
  assert.deepEqual([dressed.plot_bgcolor, dressed.paper_bgcolor], ["blue", "rgba(0,0,0,0)"]);
  assert.deepEqual(layout, {
    xaxis: { gridcolor: "red" }, yaxis3: {}, font: { size: 9 }, plot_bgcolor: "blue",
  });
});

test("for a hall fonts, margins, lines and markers grow, and nothing else", () => {
  const layout = {
    margin: { l: 40 }, font: { size: 10 }, xaxis: { title: { font: { size: 12 } }, range: [0, 4] },
  };
  const dressed = dressLayout(layout, LARGE);
  assert.equal(dressed.margin.l, 60);
  assert.equal(dressed.font.size, 15);
  assert.equal(dressed.xaxis.title.font.size, 18);
  assert.deepEqual(dressed.xaxis.range, [0, 4]);
  const trace = { line: { width: 2 }, marker: { size: 10 }, name: "a" };
  assert.deepEqual(dressTrace(trace, LARGE), { line: { width: 3 }, marker: { size: 13 }, name: "a" });
  assert.equal(dressTrace(trace, LOOK), trace);
  assert.deepEqual(dressTrace({ marker: { size: [1, 2] } }, LARGE), { marker: { size: [1, 2] } });
});

test("on a dark page a trace takes what it has for one, and only there", () => {
  const trace = {
    colorscale: [[0, "white"]], line: { width: 2, color: "black" },
    meta: { dark: { colorscale: [[0, "black"]], line: { color: "white" } } },
  };
  assert.equal(dressTrace(trace, LOOK), trace);
  const dressed = dressTrace(trace, { ...LOOK, dark: true });
  assert.deepEqual(dressed.colorscale, [[0, "black"]]);
  assert.deepEqual(dressed.line, { width: 2, color: "white" });
  assert.deepEqual(dressTrace(trace, { ...LARGE, dark: true }).line, { width: 3, color: "white" });
  assert.deepEqual(trace.line, { width: 2, color: "black" });
  const plain = { line: { width: 2 }, meta: {} };
  assert.equal(dressTrace(plain, { ...LOOK, dark: true }), plain);
});
