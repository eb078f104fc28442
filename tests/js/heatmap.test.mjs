import assert from "node:assert/strict";
import test from "node:test";

import { Element } from "./document.mjs";
import { axisOf, recorder } from "./plot.mjs";
import { heatmapPen } from "../../lossviz/player/js/heatmap.js";

const CLEAR = "rgba(0,0,0,0)";
const OPAQUE = 0xff000000;

// A canvas whose gradient of n pixels has the colours 0, 1, 2, ..., so that a colour tells its shade.
Element.prototype.getContext = function getContext() {
  const canvas = this;
  return {
    createLinearGradient: () => ({ addColorStop: (...stop) => (canvas.stops ??= []).push(stop) }),
    fillRect() {},
    getImageData: (x, y, width) =>
      ({ data: Uint32Array.from({ length: width }, (_, k) => (OPAQUE + k) >>> 0) }),
    createImageData: (width, height) => ({ data: new Uint8ClampedArray(4 * width * height) }),
    putImageData(image) {
      canvas.painted = (canvas.painted ?? 0) + 1;
      canvas.cells = [...new Uint32Array(image.data.buffer)];
    },
  };
};

function penOf(z, { trace = {}, edges = [0, 1, 2], group = {}, layout = {}, arrays = {} } = {}) {
  const [xaxis, yaxis] = [axisOf("x", [0, 2], 200), axisOf("y", [0, 1], 100)];
  const layer = (name) => ({ node: () => name });
  return heatmapPen(
    { _fullLayout: { plot_bgcolor: CLEAR, paper_bgcolor: CLEAR, ...layout } },
    { rowAt: (frame) => frame, arrays: { z: { flat: z }, ...arrays } },
    { zauto: false, zmin: 0, zmax: 255, opacity: 1, colorscale: [[0, "black"], [1, "white"]], ...trace },
    { xaxis, yaxis, minorGridlayer: layer("minor"), gridlayer: layer("grid"), zerolinelayer: layer("zero") },
    { __data__: [{ x: edges, y: [0, 1] }], previousElementSibling: null, ...group });
}

function paint(pen, frame = 0) {
  const context = recorder();
  pen.draw(context, frame);
  return context.calls;
}
const imageOf = (calls) => calls.find(([name]) => name === "drawImage")[1];
const shades = (pen, frame) =>
  imageOf(paint(pen, frame)).cells.map((cell) => (cell ? (cell - OPAQUE) >>> 0 : null));

test("bytes are scaled by the limits to shades, of the frame's own row", () => {
  const pen = penOf(Uint8Array.of(0, 255, 128, 64));
  assert.deepEqual(shades(pen, 0), [0, 1023]);
  assert.deepEqual(shades(pen, 1), [514, 257]);
});

test("what is beyond the limits has their colours, and what is no number has none", () => {
  const limits = { trace: { zmin: -1, zmax: 1 } };
  assert.deepEqual(shades(penOf(Float32Array.of(-1e9, 1e9), limits)), [0, 1023]);
  assert.deepEqual(shades(penOf(Float32Array.of(0, NaN), limits)), [512, null]);
  assert.deepEqual(shades(penOf(Float32Array.of(-Infinity, Infinity), limits)), [0, 1023]);
});

test("a frame is painted once, however often it is drawn", () => {
  const pen = penOf(Uint8Array.of(0, 1, 2, 3));
  const image = imageOf(paint(pen, 1));
  paint(pen, 1);
  assert.equal(image.painted, 1);
  paint(pen, 0);
  assert.equal(image.painted, 2);
});

test("cells are scaled to their place on the axes, the first row at the bottom", () => {
  const calls = paint(penOf(Uint8Array.of(0, 1)));
  assert.deepEqual(calls.filter(([name]) => name === "translate").at(-1), ["translate", 0, 100]);
  assert.deepEqual(calls.find(([name]) => name === "scale"), ["scale", 100, -100]);
});

test("the grid is hidden under a heatmap that is solid and fills the plot", () => {
  const z = Uint8Array.of(0, 1);
  assert.deepEqual(penOf(z).hides.slice(1), ["minor", "grid", "zero"]);
  assert.equal(penOf(z, { trace: { opacity: 0.5 } }).hides.length, 1);
  assert.equal(penOf(z, { edges: [0, 0.5, 1] }).hides.length, 1);
});

test("Plotly draws what a canvas under its plot cannot", () => {
  const z = Uint8Array.of(0, 1);
  const odd = [
    { trace: { transpose: true } }, { trace: { texttemplate: "%{z}" } }, { trace: { xgap: 1 } },
    { trace: { ygap: 1 } }, { trace: { zauto: true } }, { arrays: { x: {} } }, { arrays: { z: undefined } },
    { edges: [0, 1, 3] }, { group: { previousElementSibling: {} } }, { layout: { plot_bgcolor: "white" } },
  ];
  for (const changes of odd) assert.equal(penOf(z, changes), null, JSON.stringify(changes));
  assert.equal(penOf(z).below, true);
});
