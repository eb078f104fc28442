import assert from "node:assert/strict";
import test from "node:test";

import { Element } from "./document.mjs";
import { axisOf, drawn } from "./plot.mjs";
import {
  aroundPoints, keepRanges, placeMarkers, rangesOf, withDragged,
} from "../../lossviz/player/js/dragged.js";

test("a held point is where it is held, in its trace alone, and the data stay as they are", () => {
  const data = { x: Float32Array.of(1, 2, 3), y: Float32Array.of(4, 5, 6) };
  const dragged = { elements: new Map([[2, 1]]), x: 0.1, y: 9 };
  assert.deepEqual(withDragged(dragged, 2, data), { x: [1, 0.1, 3], y: [4, 9, 6] });
  assert.deepEqual([...data.x, ...data.y], [1, 2, 3, 4, 5, 6]);
  assert.equal(withDragged(dragged, 0, data).x, data.x);
  assert.equal(withDragged(null, 2, data).y, data.y);
  assert.deepEqual(withDragged({ ...dragged, elements: new Map([[2, 0]]) }, 2, data).x, [0.1, 2, 3]);
});

test("a figure around its points: neither where markers are nor ranges count, how many do", () => {
  const markers = { type: "scatter", mode: "markers", x: [1], y: [2], name: "a" };
  const line = { type: "scatter", mode: "lines", x: [1], y: [2] };
  const around = (x, range, other = line) => JSON.stringify(aroundPoints(
    { data: [markers, other], layout: { xaxis: { range, title: "t" }, xaxis2: { range }, title: "T" } },
    [{ x, y: x }, { x, y: x }]));
  assert.equal(around([1, 2], [0, 1]), around([8, 9], [5, 6]));
  assert.notEqual(around([1, 2], [0, 1]), around([1, 2, 3], [0, 1]));
  assert.notEqual(around([1], [0, 1]), around([1], [0, 1], { ...line, x: [7] }));
});

// Markers at 1, 2 and 3 on axes of 100 pixels for 10 units.
function figure({ mode = "markers", y = [1, 2, 3], type = "linear" } = {}) {
  const nodes = y.map((_, i) => Object.assign(new Element("path"), { __data__: { i } }));
  const axes = [axisOf("x", [0, 10], 100), axisOf("y", type === "log" ? [0, 1] : [0, 10], 100, type)];
  const gd = drawn([{ type: "scatter", mode }], axes, [nodes]);
  const chart = {
    axes: () => ({ xaxis: axes[0], yaxis: axes[1] }), points: () => ({ x: [1, 2, 3], y }),
  };
  return { gd, chart, nodes, places: () => nodes.map((node) => node.getAttribute("transform")) };
}

test("markers are put where their points are", () => {
  const { gd, chart, places } = figure();
  placeMarkers(gd, chart, 0);
  assert.deepEqual(places(), ["translate(10,90)", "translate(20,80)", "translate(30,70)"]);
});

test("a marker that is in its place is not written again", () => {
  const { gd, chart, nodes } = figure();
  placeMarkers(gd, chart, 0);
  placeMarkers(gd, chart, 0);
  assert.deepEqual(nodes.map((node) => node.writes), [1, 1, 1]);
});

test("a marker whose place is no number stays where it was", () => {
  const { gd, chart, nodes, places } = figure({ y: [1, -2, NaN], type: "log" });
  nodes[1].attributes.transform = "translate(5,5)";
  placeMarkers(gd, chart, 0);
  assert.deepEqual(places(), ["translate(10,100)", "translate(5,5)", null]);
});

test("lines have no markers to be put, nor has a chart without axes", () => {
  const lines = figure({ mode: "lines" });
  placeMarkers(lines.gd, lines.chart, 0);
  const bare = figure();
  placeMarkers(bare.gd, { ...bare.chart, axes: () => null }, 0);
  assert.deepEqual([...lines.places(), ...bare.places()], Array(6).fill(null));
});

test("the ranges of a layout are those of its axes, copied", () => {
  const layout = { xaxis: { range: [0, 1] }, yaxis12: { range: [2, 3] }, yaxis: {}, legend: { range: [4, 5] } };
  const ranges = rangesOf(layout);
  assert.deepEqual(ranges, { xaxis: [0, 1], yaxis12: [2, 3] });
  assert.notEqual(ranges.xaxis, layout.xaxis.range);
});

function kept(shown, isHeld) {
  const layout = { xaxis: { range: [0, 99] } };
  keepRanges(layout, { xaxis: [0, 1], yaxis: [0, 1] }, { _fullLayout: shown && { xaxis: { range: shown } } }, isHeld);
  return layout.xaxis.range;
}

test("axes keep the ranges they were given while a point is held, and where the user has zoomed", () => {
  assert.deepEqual(kept([0, 1], true), [0, 1]);
  assert.deepEqual(kept([0.2, 0.4], false), [0, 1]);
});

test("axes take new ranges where nobody holds or has zoomed, and at first", () => {
  assert.deepEqual(kept([0, 1], false), [0, 99]);
  assert.deepEqual(kept(undefined, true), [0, 99]);
});
