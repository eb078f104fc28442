import assert from "node:assert/strict";
import test from "node:test";

import "./document.mjs";
import { createAddress, stepIn, withStep } from "../../lossviz/player/js/address.js";

test("the step goes into the address, takes its place there, and leaves at the end", () => {
  const cases = [
    ["", 7, "?view.step=7"],
    ["?loss=huber", 7, "?loss=huber&view.step=7"],
    ["?view.step=3&loss=huber", 7, "?view.step=7&loss=huber"],
    ["?a=1&view.step=3&b=%20&view.step=4", 0, "?a=1&view.step=0&b=%20"],
    ["?view.step=3", null, ""],
    ["?a=1&view.step=3&b=2", null, "?a=1&b=2"],
    ["?view.steps=3", null, "?view.steps=3"],
  ];
  for (const [search, step, expected] of cases) {
    assert.equal(withStep(search, "view.step", step), expected, `${search} ${step}`);
  }
});

test("a step in the address is a whole number or none", () => {
  for (const [text, step] of [["0", 0], ["12", 12], ["-1", null], ["1.5", null], ["x", null], ["", null]]) {
    assert.equal(stepIn(`?a=1&view.step=${text}`, "view.step"), step, text);
  }
  assert.equal(stepIn("?a=1", "view.step"), null);
});

// A player's address on the page /app, and what is written, heard and copied.
function visit(search, pathname = "/app") {
  const told = { written: [], back: 0, changed: 0, copied: [] };
  const at = { pathname, search, hash: "#a", href: `http://host${pathname}${search}` };
  const replaceState = (state, _, url) => told.written.push([state, url]);
  Object.assign(globalThis, { location: at, history: { state: 7, replaceState } });
  const clipboard = { writeText: async (text) => told.copied.push(text) };
  Object.defineProperty(globalThis, "navigator", { value: { clipboard }, configurable: true });
  const address = createAddress(document.body, { back: () => told.back++, changed: () => told.changed++ });
  return { address, at, told };
}

test("a step is read from the address and written into it, where it is another", () => {
  const { address, told } = visit("?loss=huber&view.step=3");
  assert.equal(address.read("view.step"), 3);
  address.write("view.step", 3);
  assert.deepEqual(told.written, []);
  address.write("view.step", 9);
  address.write("view.step", null);
  const urls = ["/app?loss=huber&view.step=9#a", "/app?loss=huber#a"];
  assert.deepEqual(told.written, urls.map((url) => [7, url]));
});

test("Back is heard, and neither it nor a step counts on another page of the app", () => {
  const { address, at, told } = visit("");
  window.emit("popstate");
  at.pathname = "/gallery";
  window.emit("popstate");
  address.write("view.step", 9);
  assert.deepEqual([told.back, told.written], [1, []]);
  at.pathname = "/app";
  address.remove();
  window.emit("popstate");
  assert.equal(told.back, 1);
});

test("the link is copied as it stands in the address bar", async () => {
  const { address, told } = visit("?loss=huber");
  await address.copy();
  assert.deepEqual(told.copied, ["http://host/app?loss=huber"]);
});
