import assert from "node:assert/strict";
import test from "node:test";

import { Element } from "./document.mjs";
import { axisOf, drawn, recorder } from "./plot.mjs";
import { createPen, dashes, drawLine } from "../../lossviz/player/js/pens.js";
import { groupOf } from "../../lossviz/player/js/plotly_private.js";

globalThis.Path2D = class {
  constructor(d) {
    this.d = d;
  }
};

const BOX = [-100, 200, -100, 200]; // the frame of a plot of 100 by 100
const PATH = ["moveTo", "lineTo"];

function path(points, line = { color: "red", width: 2 }) {
  const context = recorder();
  const [px, py] = [points.map(([x]) => x), points.map(([, y]) => y)];
  drawLine(context, line, px, py, points.length, BOX);
  return context.calls.filter(([name]) => PATH.includes(name));
}

test("a line is one path from its first point to its last, so that dashes run on", () => {
  assert.deepEqual(path([[0, 0], [10, 20], [30, 40], [50, 0]]),
    [["moveTo", 0, 0], ["lineTo", 10, 20], ["lineTo", 30, 40], ["lineTo", 50, 0]]);
  assert.deepEqual(path([[0, 0]]), []);
});

test("a point without a place is a gap", () => {
  assert.deepEqual(path([[0, 0], [10, 0], [NaN, 0], [30, 0], [40, 0]]),
    [["moveTo", 0, 0], ["lineTo", 10, 0], ["moveTo", 30, 0], ["lineTo", 40, 0]]);
  assert.deepEqual(path([[0, 0], [Infinity, 0]]), []);
});

test("a line is cut where it leaves the frame, and begins anew where it comes back", () => {
  assert.deepEqual(path([[0, 0], [400, 0], [400, 50], [0, 50]]),
    [["moveTo", 0, 0], ["lineTo", 200, 0], ["moveTo", 200, 50], ["lineTo", 0, 50]]);
});

test("a line that only crosses the frame is drawn within it, at its own slope", () => {
  assert.deepEqual(path([[-300, -150], [500, 250]]), [["moveTo", -100, -50], ["lineTo", 200, 100]]);
  assert.deepEqual(path([[-300, 100], [0, 400], [0, 500]]), []); // past a corner, and outside
});

test("what comes from so far that pixels are rounded begins anew where it enters", () => {
  const [moved, drawn] = path([[-1e20, 0], [250, 0], [100, 60]]).slice(-2);
  assert.deepEqual([moved, drawn], [["moveTo", 200, 20], ["lineTo", 100, 60]]);
});

test("lines that stand upright or lie are cut like others", () => {
  assert.deepEqual(path([[50, -900], [50, 900]]), [["moveTo", 50, -100], ["lineTo", 50, 200]]);
  assert.deepEqual(path([[300, -900], [300, 900]]), []);
});

test("only so many points are drawn, in the line's colour, width and dashes", () => {
  const context = recorder();
  drawLine(context, { color: "red", width: 4, dash: "dot" }, [0, 1, 2], [0, 0, 0], 2, BOX);
  assert.deepEqual(context.calls.filter(([name]) => name === "lineTo"), [["lineTo", 1, 0]]);
  assert.equal(context.strokeStyle, "red");
  assert.equal(context.lineWidth, 4);
  assert.deepEqual(context.calls.slice(-2), [["setLineDash", [4, 4]], ["stroke"]]);
});

test("a line without width is not drawn", () => {
  const context = recorder();
  drawLine(context, { color: "red", width: 0 }, [0, 1], [0, 0], 2, BOX);
  assert.equal(context.calls.some(([name]) => name === "stroke"), false);
});

test("dashes are Plotly's, in units of the width but of 3 pixels at least", () => {
  const cases = [
    ["solid", 2, []], [undefined, 2, []], ["dot", 2, [3, 3]], ["dash", 4, [12, 12]],
    ["longdash", 2, [15, 15]], ["dashdot", 2, [9, 3, 3, 3]], ["longdashdot", 5, [25, 10, 5, 10]],
    ["5px, 10px", 2, [5, 10]], ["dot", undefined, [3, 3]],
  ];
  for (const [dash, width, lengths] of cases) assert.deepEqual(dashes(dash, width), lengths, dash);
});

// --- pens of traces ---------------------------------------------------------------------------

const AXES = () => [axisOf("x", [0, 10], 100), axisOf("y", [0, 10], 100)];
const LINE = { type: "scatter", mode: "lines", line: { color: "red", width: 2 } };
const DOTS = { type: "scatter", mode: "markers", marker: {} };

function dot(i, { d = "M0", fill = "blue", opacity = "" } = {}) {
  const node = Object.assign(new Element("path"), { __data__: { i } });
  node.setAttribute("d", d);
  node.style = { fill, fillOpacity: "0.5", stroke: "", strokeWidth: "0px", strokeOpacity: "", opacity };
  return node;
}

const trackOf = (mode, arrays, rows = (frame) => frame) => ({
  trace: 0, mode, rowAt: rows,
  arrays: Object.fromEntries(Object.entries(arrays).map(([name, nested]) => [name, { nested }])),
});
const GROW = trackOf("grow", { x: Float32Array.of(1, 2, 3), y: Float32Array.of(1, 2, 3) });

function draws(pen, frame) {
  const context = recorder();
  pen.draw(context, frame);
  return context.calls;
}
const points = (calls) => calls.filter(([name]) => PATH.includes(name)).map(([, ...at]) => at);

test("a pen draws as far as its trace has grown, in the place of Plotly's own", () => {
  const gd = drawn([LINE], AXES());
  const pen = createPen(gd, GROW);
  assert.deepEqual(points(draws(pen, 0)), []);
  assert.deepEqual(points(draws(pen, 1)), [[10, 90], [20, 80]]);
  assert.deepEqual(points(draws(pen, 2)), [[10, 90], [20, 80], [30, 70]]);
  assert.deepEqual(pen.hides, [groupOf(gd, 0)]);
});

test("a pen follows the axes as they are dragged", () => {
  const axes = AXES();
  const pen = createPen(drawn([LINE], axes), GROW);
  draws(pen, 1);
  axes[0].range = [1, 11];
  assert.deepEqual(points(draws(pen, 1)), [[0, 90], [10, 80]]);
});

test("what is replaced is the frame's row, beside what does not move", () => {
  const track = trackOf("replace", { y: [Float32Array.of(1, 2), Float32Array.of(3, 4)] });
  const pen = createPen(drawn([LINE], AXES()), track, { x: [5, 6, 7] });
  assert.deepEqual(points(draws(pen, 0)), [[50, 90], [60, 80]]);
  assert.deepEqual(points(draws(pen, 1)), [[50, 70], [60, 60]]);
  assert.equal(createPen(drawn([LINE], AXES()), track, {}), null); // no x at all
});

test("dots stand at their points in their own look, and none far out or without a place", () => {
  const gd = drawn([DOTS], AXES(), [[dot(0), dot(2, { fill: "green", opacity: "0.5" })]]);
  const row = Float32Array.of(1, NaN, 3, 4, 1e7);
  const calls = draws(createPen(gd, trackOf("replace", { x: [row], y: [row] })), 0);
  const moves = calls.filter(([name, , y]) => name === "translate" && y > 0).map(([, ...at]) => at);
  assert.deepEqual(moves, [[10, 90], [30, 70], [40, 60]]);
  const fills = calls.filter(([name]) => name === "fillStyle").map(([, colour]) => colour);
  assert.deepEqual(fills, ["blue", "green", "blue"]); // one that was not drawn looks as another
  const alphas = calls.filter(([name]) => name === "globalAlpha").map(([, alpha]) => alpha);
  assert.deepEqual(alphas, [1, 0.5, 0.25, 0.5]);
  assert.equal(calls.filter(([name]) => name === "stroke").length, 0);
});

test("a point is one dot, which moves", () => {
  const gd = drawn([DOTS], AXES(), [[dot(0)]]);
  const pen = createPen(gd, trackOf("point", { x: Float32Array.of(1, 2), y: Float32Array.of(1, 2) }));
  const to = (frame) => draws(pen, frame).filter(([name, , y]) => name === "translate" && y > 0);
  assert.deepEqual([to(0), to(1)], [[["translate", 10, 90]], [["translate", 20, 80]]]);
});

test("Plotly draws what pens cannot", () => {
  const odd = {
    fill: "tozeroy", stackgroup: "a", mode: "lines+text", line: { shape: "spline" }, connectgaps: true,
    error_x: { visible: true }, error_y: { visible: true }, cliponaxis: false, type: "bar",
    marker: { maxdisplayed: 5 },
  };
  assert.notEqual(createPen(drawn([LINE], AXES()), GROW), null);
  for (const [name, value] of Object.entries(odd)) {
    assert.equal(createPen(drawn([{ ...LINE, [name]: value }], AXES()), GROW), null, name);
  }
  const dates = [axisOf("x", [0, 1], 100, "date"), axisOf("y", [0, 1], 100)];
  assert.equal(createPen(drawn([LINE], dates), GROW), null);
  assert.equal(createPen(drawn([DOTS], AXES(), [[]]), GROW), null); // no dot to read a look off
});

test("a trace that is hidden needs no drawing, and hides nothing", () => {
  const pen = createPen(drawn([{ ...LINE, visible: "legendonly" }], AXES()), GROW);
  assert.deepEqual([pen.hides, draws(pen, 2)], [[], []]);
});
