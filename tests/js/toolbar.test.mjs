import assert from "node:assert/strict";
import test from "node:test";

import "./document.mjs";
import { createToolbar } from "../../lossviz/player/js/toolbar.js";

function toolbar() {
  const heard = [];
  const names = ["toggle", "loop", "speed", "back", "forward", "reset", "scrub", "key", "action", "fail"];
  const on = Object.fromEntries(names.map((name) => [name, (...args) => heard.push([name, ...args])]));
  const bar = createToolbar({ ...on, copy: () => Promise.resolve() });
  const button = (words) => bar.node.all("button")
    .find((one) => [one.getAttribute("aria-label"), one.textContent].includes(words));
  const working = () => bar.node.children.find((one) => one.getAttribute("class") === "lv-working");
  return { bar, heard, button, working, slider: bar.node.all("input")[0] };
}
const data = (changes = {}) => ({ first: 0, total: 40, progress: null, actions: [], marks: [], ...changes });

test("the step is in the slider, in words and for who hears", () => {
  const { bar, slider } = toolbar();
  bar.show({ step: 10, total: 40, playing: false });
  assert.deepEqual([slider.value, slider.getAttribute("max")], ["10", "40"]);
  assert.equal(slider.getAttribute("aria-valuetext"), "Step 10 of 40");
  assert.equal(slider.getAttribute("style"), "--lv-part:25%");
  assert.ok(bar.node.all("span").some((one) => one.textContent === "Step 10 of 40"));
  bar.show({ step: 1250, total: 20000, playing: false });
  assert.equal(slider.getAttribute("aria-valuetext"), "Step 1,250 of 20,000");
  bar.show({ step: 0, total: 0, playing: false });
  assert.equal(slider.getAttribute("style"), "--lv-part:0%");
});

test("the button says what it would do", () => {
  const { bar, button } = toolbar();
  bar.show({ step: 1, total: 4, playing: true });
  assert.equal(button("Pause").getAttribute("title"), "Pause (space)");
  bar.show({ step: 1, total: 4, playing: false });
  assert.equal(button("Play").getAttribute("title"), "Play (space)");
});

test("each press is told", () => {
  const { button, heard } = toolbar();
  for (const name of ["Play", "Step back", "Step forward", "Reset", "Loop", "Loop"]) button(name).emit("click");
  const expected = [["loop", true], ["loop", false]];
  assert.deepEqual(heard.map(([name]) => name), ["toggle", "back", "forward", "reset", "loop", "loop"]);
  assert.deepEqual(heard.slice(-2), expected);
});

test("progress is shown while there is any, and Stop takes it away at once and till the end", () => {
  const { bar, button, heard, working } = toolbar();
  bar.update(data());
  assert.equal(working().hidden, true);
  const going = data({ progress: { done: 10, total: 40 } });
  bar.update(going);
  assert.equal(working().hidden, false);
  assert.equal(working().all("span")[0].textContent, "10 of 40 steps computed");
  bar.update(data({ progress: { done: 1500, total: 20000 } }));
  assert.equal(working().all("span")[0].textContent, "1,500 of 20,000 steps computed");
  button("Stop").emit("click");
  assert.deepEqual(heard, [["action", "stop"]]);
  bar.update(going); // was on its way already
  assert.equal(working().hidden, true);
  bar.update(data());
  bar.update(going); // of another run
  assert.equal(working().hidden, false);
});

test("marks have a button that goes there and a tick at their part of the way", () => {
  const { bar, button, heard } = toolbar();
  bar.update(data({ first: 10, total: 50, marks: [{ label: "Lowest", step: 20, colour: "red" }] }));
  button("Lowest").emit("click");
  assert.deepEqual(heard, [["scrub", 20]]);
  const styles = bar.node.all("i").map((one) => one.getAttribute("style"));
  assert.ok(styles.includes("--lv-mark:red;--lv-at:0.25"), String(styles));
});

test("actions are buttons by their names, which stay while their list does", () => {
  const { bar, button, heard } = toolbar();
  const actions = [{ name: "new_rows", label: "New rows" }];
  bar.update(data({ actions }));
  const made = button("New rows");
  bar.update(data({ actions: structuredClone(actions) }));
  assert.equal(button("New rows"), made);
  made.emit("click");
  assert.deepEqual(heard, [["action", "new_rows"]]);
  bar.update(data());
  assert.equal(button("New rows"), undefined);
});
