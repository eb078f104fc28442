import assert from "node:assert/strict";
import test from "node:test";

import { Element, place } from "./document.mjs";
import { axisOf } from "./plot.mjs";
import { createEditing } from "../../lossviz/player/js/editing.js";

const LINKS = { traces: [{ chart: "a", trace: 0, rows: null }] };
const POINT = { row: 3, trace: 0, x: Math.fround(0.2), y: 8, at: [2, 20] };

// A chart of 100 by 100 pixels, x and y from 0 to 10, in which there is what `point` says.
function edited(t, mode, { point = POINT, axes = [axisOf("x", [0, 10], 100), axisOf("y", [0, 10], 100)] } = {}) {
  t.mock.timers.enable({ apis: ["setTimeout", "Date"], now: 1000 });
  const all = { point, sent: [], drags: [], begun: 0, frames: [] };
  globalThis.requestAnimationFrame = (act) => all.frames.push(act);
  const [xaxis, yaxis] = axes;
  const figure = place("figure");
  const gd = Object.assign(new Element("div"), { _fullLayout: { _plots: { xy: { xaxis, yaxis } } } });
  const chart = {
    key: "a", figure, gd, axes: () => ({ xaxis, yaxis }), isStill: () => true,
    drag: (...to) => all.drags.push(to),
  };
  const editing = createEditing({
    links: { nearest: () => all.point }, frameNow: () => 7, begin: () => all.begun++,
    send: (edit) => all.sent.push(edit),
  });
  const data = (answered, other = mode) =>
    ({ editing: other && { mode: other, charts: ["a"], answered }, links: LINKS });
  editing.receive(data(0));
  editing.update(new Map([["a", chart]]));
  const emit = (type, x, y, more = {}) => figure.emit(type, {
    pointerId: 1, button: 0, buttons: 1, pointerType: "mouse", clientX: x, clientY: y, target: figure,
    preventDefault() {}, stopImmediatePropagation() {}, ...more,
  });
  return Object.assign(all, {
    chart, editing, emit, data,
    draw: () => all.frames.splice(0).forEach((act) => act()),
    drag(x, y) {
      emit("pointermove", x, y);
      all.draw();
    },
    answer: () => editing.receive(data(all.sent.at(-1).n)),
    click(x, y) {
      emit("pointerdown", x, y);
      emit("pointerup", x, y);
    },
  });
}
const told = ({ sent }) => sent.map(({ kind, row, x, y }) => [kind, row, x, y]);

test("a drag begins after a few pixels, and moves the point by as much as the pointer", (t) => {
  const all = edited(t, "drag");
  all.emit("pointerdown", 3, 20); // one pixel beside the point
  all.drag(6, 20);
  assert.deepEqual([all.begun, all.drags, all.editing.held()], [0, [], null]);
  all.drag(53, 30);
  all.drag(53, 30);
  assert.deepEqual([all.begun, all.editing.held()], [1, "a"]);
  assert.deepEqual(all.drags[0], [{ elements: new Map([[0, 3]]), x: 5.2, y: 7 }]);
  assert.deepEqual(all.sent, [{ kind: "drag", chart: "a", row: 3, x: 5.2, y: 7, n: 1000 }]);
});

test("while a report waits for its answer only the newest place is kept", (t) => {
  const all = edited(t, "drag");
  all.emit("pointerdown", 2, 20);
  for (const x of [10, 20, 30]) all.drag(x, 20);
  assert.deepEqual(told(all), [["drag", 3, 1, 8]]);
  all.answer();
  assert.deepEqual(told(all).slice(1), [["drag", 3, 3, 8]]);
});

test("an answer to another report is none, and without any the next goes after 3 seconds", (t) => {
  const all = edited(t, "drag");
  all.emit("pointerdown", 2, 20);
  for (const x of [10, 20]) all.drag(x, 20);
  all.editing.receive(all.data(999));
  t.mock.timers.tick(2999);
  assert.equal(all.sent.length, 1);
  t.mock.timers.tick(1);
  assert.deepEqual(told(all)[1], ["drag", 3, 2, 8]);
});

test("a point that is let go is dropped there, and stays until the data have it", (t) => {
  const all = edited(t, "drag");
  all.emit("pointerdown", 2, 20);
  all.drag(10, 20);
  all.emit("pointerup", 40, 20);
  assert.equal(all.editing.held(), null);
  all.answer(); // to the drag: the drop is yet to be known
  assert.deepEqual(told(all)[1], ["drop", 3, 4, 8]);
  assert.ok(all.sent[1].n > all.sent[0].n);
  assert.notEqual(all.drags.at(-1)[0], null);
  all.answer();
  assert.deepEqual(all.drags.at(-1), [null, -1]);
});

test("Escape puts the point back where it was, as the shortest number that it is", (t) => {
  const all = edited(t, "drag");
  all.emit("pointerdown", 2, 20);
  all.drag(50, 50);
  document.emit("keydown", { key: "Escape" });
  all.answer();
  assert.deepEqual(told(all).at(-1), ["drop", 3, 0.2, 8]);
});

test("no point leaves the axes, and none has more digits than the screen", (t) => {
  const axes = [axisOf("x", [0, 1], 300), axisOf("y", [-1, 5], 100, "log")];
  const all = edited(t, "drag", { axes });
  all.emit("pointerdown", 2, 20);
  all.drag(100, 999);
  assert.deepEqual(told(all)[0].slice(2), [0.333, 0.1]);
  all.drag(-50, 50);
  all.answer();
  assert.deepEqual(told(all)[1].slice(2), [0, 100]);
});

test("a click adds a point where there is none, and never on another", (t) => {
  const all = edited(t, "add", { point: null });
  all.click(50, 60);
  assert.deepEqual(told(all), [["add", null, 5, 4]]);
  all.answer();
  all.click(150, 60); // beside the axes
  all.point = POINT;
  all.click(2, 20);
  assert.equal(all.sent.length, 1);
});

test("a click removes or marks the point at its own place; a press that moved on does not", (t) => {
  for (const mode of ["remove", "mark"]) {
    const all = edited(t, mode);
    all.click(4, 22);
    assert.deepEqual(told(all), [[mode, 3, 0.2, 8]]);
    all.answer();
    all.emit("pointerdown", 4, 22);
    all.emit("pointermove", 20, 22);
    all.emit("pointerup", 20, 22);
    all.point = null;
    all.click(50, 50);
    assert.equal(all.sent.length, 1);
    t.mock.timers.reset();
  }
});

test("another button, another finger and axes without numbers change nothing", (t) => {
  const all = edited(t, "drag");
  all.emit("pointerdown", 2, 20, { button: 2 });
  all.drag(50, 50);
  assert.deepEqual(all.drags, []);
  all.emit("pointerdown", 2, 20);
  all.emit("pointermove", 50, 50, { pointerId: 2 });
  all.draw();
  assert.deepEqual([all.drags, all.sent], [[], []]);
  t.mock.timers.reset();
  const dates = edited(t, "remove", { axes: [axisOf("x", [0, 1], 100, "date"), axisOf("y", [0, 1], 100)] });
  dates.click(2, 20);
  assert.deepEqual(dates.sent, []);
});

test("data without editing let the held point go, and the chart hears no more presses", (t) => {
  const all = edited(t, "drag");
  all.emit("pointerdown", 2, 20);
  all.drag(50, 50);
  all.editing.receive(all.data(0, null));
  all.editing.update(new Map([["a", all.chart]]));
  assert.deepEqual([all.drags.at(-1), all.editing.held()], [[null], null]);
  all.emit("pointerdown", 2, 20);
  all.drag(10, 10);
  assert.equal(all.drags.length, 2);
  assert.equal(all.chart.keepsRanges, false);
});
