import assert from "node:assert/strict";
import test from "node:test";

import "./document.mjs";
import { createKnobs } from "../../lossviz/player/js/knobs.js";

const SHARE = { key: "vertical.share", label: "Outliers", values: [0, 0.1, 0.2, 0.3], words: ["none", "1", "2", "3"], at: 1, note: "" };
const RATE = { key: "lr", label: "Rate", values: [0.01, 0.1, 1], words: ["0.01", "0.1", "1"], at: 2, note: "beside 2" };

function turned(t, list = [SHARE, RATE]) {
  t.mock.timers.enable({ apis: ["setTimeout", "Date"], now: 1000 });
  const all = { sent: [], begun: 0 };
  const knobs = createKnobs({ begin: () => all.begun++, send: (turn) => all.sent.push(turn) });
  const data = (answered, specs = list) => knobs.receive({ list: specs, answered });
  data(0);
  const slider = (k = 0) => knobs.node.all("input")[k];
  return Object.assign(all, {
    knobs, data, slider,
    input(at, k = 0) {
      slider(k).value = String(at);
      slider(k).emit("input");
    },
    answer: (specs) => data(all.sent.at(-1).n, specs),
    words: (k = 0) => knobs.node.children[k].all("span").map((one) => one.textContent),
  });
}
const told = ({ sent }) => sent.map(({ kind, key, value }) => [kind, key, value]);
const at = (spec, place) => ({ ...spec, at: place });

test("a knob has a name, a number in words for all, and what else there is to say", (t) => {
  const { slider, words, knobs } = turned(t);
  assert.deepEqual(words(), ["Outliers", "1", ""]);
  assert.deepEqual(words(1), ["Rate", "1", "beside 2"]);
  const said = ["aria-label", "aria-valuetext", "aria-description", "max"];
  assert.deepEqual(said.map((name) => slider(1).getAttribute(name)), ["Rate", "1", "beside 2", "2"]);
  assert.equal(slider().getAttribute("style"), `--lv-part:${100 / 3}%`);
  assert.equal(knobs.node.hidden, false);
});

test("without knobs there is nothing", (t) => {
  const { knobs, data } = turned(t);
  data(0, []);
  assert.deepEqual([knobs.node.hidden, knobs.node.children.length], [true, 0]);
});

test("while it moves the newest value is told, one at a time, and the last when it is let go", (t) => {
  const all = turned(t);
  all.slider().emit("pointerdown");
  for (const place of [2, 3, 0]) all.input(place);
  assert.deepEqual([all.begun, all.knobs.held(), all.words()[1]], [1, true, "none"]);
  assert.deepEqual(told(all), [["move", "vertical.share", 0.2]]);
  all.answer();
  assert.deepEqual(told(all).slice(1), [["move", "vertical.share", 0]]);
  all.input(3);
  window.emit("pointerup");
  assert.equal(all.knobs.held(), false);
  all.answer();
  assert.deepEqual(told(all).slice(2), [["drop", "vertical.share", 0.3]]);
  assert.ok(all.sent[2].n > all.sent[1].n);
});

test("data that are behind never move it back, and what is refused does once all is answered", (t) => {
  const all = turned(t);
  all.slider().emit("pointerdown");
  all.input(2);
  all.input(3);
  all.answer([at(SHARE, 2), RATE]);
  assert.deepEqual([all.slider().value, all.words()[1]], ["3", "3"]);
  window.emit("pointerup");
  all.answer([at(SHARE, 3), RATE]); // to the move: the drop is yet to be known
  assert.equal(all.slider().value, "3");
  all.answer([at(SHARE, 2), RATE]);
  assert.deepEqual([all.slider().value, all.words()[1]], ["2", "2"]);
});

test("the others follow the data meanwhile", (t) => {
  const all = turned(t);
  all.slider().emit("pointerdown");
  all.input(2);
  all.answer([at(SHARE, 2), { ...RATE, at: 0, words: ["a", "b", "c"] }]);
  assert.equal(all.words(1)[1], "a");
});

test("presses of keys are one move, until none has come for a while or the knob is left", (t) => {
  const all = turned(t);
  all.input(2);
  t.mock.timers.tick(399);
  all.input(3);
  t.mock.timers.tick(399);
  assert.equal(all.knobs.held(), true);
  t.mock.timers.tick(1);
  assert.equal(all.knobs.held(), false);
  all.answer();
  assert.deepEqual(told(all).at(-1), ["drop", "vertical.share", 0.3]);
  all.answer([at(SHARE, 3), RATE]);
  all.input(2);
  all.slider().emit("blur");
  assert.deepEqual([all.knobs.held(), all.begun], [false, 2]);
});

test("another knob begins a move of its own", (t) => {
  const all = turned(t);
  all.input(2);
  all.input(0, 1);
  assert.equal(all.begun, 2);
  all.answer();
  assert.deepEqual(told(all), [["move", "vertical.share", 0.2], ["drop", "vertical.share", 0.2]]);
  all.answer();
  assert.deepEqual(told(all)[2], ["move", "lr", 0.01]);
});

test("Escape puts it back where it was taken up", (t) => {
  const all = turned(t);
  all.slider().emit("pointerdown");
  all.input(3);
  all.slider().emit("keydown", { key: "Escape" });
  all.answer();
  assert.deepEqual(told(all).at(-1), ["drop", "vertical.share", 0.1]);
  assert.equal(all.words()[1], "1");
  all.input(2);
  window.emit("pointerup");
  all.input(0); // before any data know of the last
  all.slider().emit("keydown", { key: "Escape" });
  assert.equal(all.words()[1], "2");
});

test("a press that changes nothing is nothing", (t) => {
  const all = turned(t);
  all.slider().emit("pointerdown");
  window.emit("pointerup");
  all.slider().emit("blur");
  t.mock.timers.tick(1000);
  assert.deepEqual([all.sent, all.begun], [[], 0]);
});

test("a knob stays the same node over new data, and goes with its setting even while it is held", (t) => {
  const all = turned(t);
  const nodes = [all.slider(), all.slider(1)];
  all.data(0, [at(RATE, 0), at(SHARE, 3)]);
  assert.deepEqual([all.slider(1), all.slider()], nodes);
  all.input(0, 1);
  all.data(0, [RATE]);
  assert.deepEqual([all.knobs.held(), all.knobs.node.children.length], [false, 1]);
});
