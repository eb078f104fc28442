import assert from "node:assert/strict";
import test from "node:test";

import { Element, place } from "./document.mjs";
import { poolOf } from "./plot.mjs";
import { createLinks, elementsOf } from "../../lossviz/player/js/links.js";

const LINKS = {
  traces: [
    { chart: "a", trace: 0, rows: null }, { chart: "a", trace: 2, rows: [5, 1] },
    { chart: "b", trace: 1, rows: [1] },
  ],
  details: [{
    label: "Huber", colour: "red", frames: [0, 2],
    values: [
      { name: "loss", percent: false, numbers: { array: "loss" } },
      { name: "share", percent: true, numbers: { array: "share" } },
      { name: "part", percent: true, share: { of: 0, weights: { array: "weights" }, totals: { array: "totals" } } },
    ],
  }],
  names: ["first"],
};
const pool = poolOf({
  loss: { flat: [1, 2, 3, 4], shape: [2, 2] }, share: { flat: [0.1, 0.2, 0.3, 0.4], shape: [2, 2] },
  weights: { flat: [1, 0.5], shape: [2] }, totals: { flat: [4, 0], shape: [2] },
});

test("a row is found in each trace of the chart that has it", () => {
  assert.deepEqual([...elementsOf(LINKS, "a", 1)], [[0, 1], [2, 1]]);
  assert.deepEqual([...elementsOf(LINKS, "a", 5)], [[0, 5], [2, 0]]);
  assert.deepEqual([...elementsOf(LINKS, "b", 7)], []);
  assert.deepEqual([...elementsOf(null, "a", 0)], []);
});

// A chart whose points are pixels already.
function chartOf(key, points) {
  const figure = place("figure");
  return {
    key, figure, gd: new Element("div"), points: (trace) => points[trace], locator: () => (x, y) => [x, y],
  };
}

function linked() {
  const state = { frame: 0, chosen: [] };
  const root = place("div");
  root.box = { left: 0, top: 0, width: 500, height: 500 };
  const links = createLinks(root, () => state.frame, (row) => state.chosen.push(row));
  const a = chartOf("a", { 0: { x: [10, 100], y: [10, 100] }, 2: { x: [300, 100], y: [300, 104] } });
  const b = chartOf("b", { 1: { x: [50], y: [60] } });
  for (const chart of [a, b]) links.attach(chart);
  links.update(LINKS, new Map([["a", a], ["b", b]]), 4, pool);
  const [card] = root.children;
  const rings = () => [...a.figure.children, ...b.figure.children].filter((ring) => !ring.hidden)
    .map((ring) => ring.style.transform);
  return { links, state, a, b, card, rings };
}
const at = (x, y, more = {}) => ({ clientX: x, clientY: y, button: 0, target: new Element("p"), ...more });

test("the nearest point within reach is found, with its row", () => {
  const { links, a } = linked();
  assert.deepEqual(links.nearest(a, at(101, 103)), { row: 1, trace: 2, x: 100, y: 104, at: [100, 104] });
  assert.equal(links.nearest(a, at(100, 101)).trace, 0);
  assert.equal(links.nearest(a, at(25, 10)).row, 0);
  assert.equal(links.nearest(a, at(26, 10)), null); // 16 pixels away
  assert.equal(links.nearest(a, at(299, 300)).row, 5);
  assert.equal(links.nearest(a, at(100, 101), 16, (trace) => trace === 2).trace, 2);
});

test("the row under the pointer is ringed wherever it is, and its card tells of the frame", () => {
  const { links, state, a, card, rings } = linked();
  a.figure.emit("pointermove", at(100, 100));
  assert.deepEqual(rings(), ["translate(100px,100px)", "translate(100px,104px)", "translate(50px,60px)"]);
  assert.equal(card.hidden, false);
  assert.equal(card.textContent, "Point 2Huberloss 2, share 20.0\u00a0%, part 25.0\u00a0%");
  state.frame = 3;
  links.draw();
  assert.equal(card.textContent, "Point 2Huberloss 4, share 40.0\u00a0%, part 0.0\u00a0%");
});

test("a row with a name is called by it", () => {
  const { a, card } = linked();
  a.figure.emit("pointermove", at(10, 10));
  assert.equal(card.firstChild.textContent, "first");
});

test("rings and card go where there is no point, with the mouse, and by Escape", () => {
  const leave = [
    ({ a }) => a.figure.emit("pointermove", at(200, 10)),
    ({ a }) => a.figure.emit("pointerleave", { pointerType: "mouse" }),
    () => document.emit("keydown", { key: "Escape" }),
  ];
  for (const act of leave) {
    const all = linked();
    all.a.figure.emit("pointermove", at(100, 100));
    act(all);
    assert.deepEqual([all.card.hidden, all.rings()], [true, []]);
  }
});

test("a finger that is lifted leaves the card to be read", () => {
  const { a, card } = linked();
  a.figure.emit("pointermove", at(100, 100));
  a.figure.emit("pointerleave", { pointerType: "touch" });
  document.emit("keydown", { key: "x" });
  assert.equal(card.hidden, false);
});

test("a click chooses the row; a press that moved on, another button and no point do not", () => {
  const { a, state } = linked();
  const click = (press, release = press) => {
    a.figure.emit("pointerdown", press);
    window.emit("pointerup", release);
  };
  click(at(100, 100), at(104, 100));
  click(at(100, 100, { button: 2 }));
  click(at(200, 10));
  assert.deepEqual(state.chosen, []);
  click(at(100, 100), at(103, 100));
  assert.deepEqual(state.chosen, [1]);
  window.emit("pointerup", at(100, 100)); // without a press
  assert.deepEqual(state.chosen, [1]);
});

test("who is removed hears nothing more", () => {
  const { links, a, state } = linked();
  a.figure.emit("pointerdown", at(100, 100));
  links.remove();
  window.emit("pointerup", at(100, 100));
  assert.deepEqual(state.chosen, []);
});
