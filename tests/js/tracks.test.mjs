import assert from "node:assert/strict";
import test from "node:test";

import { createTrack } from "../../lossviz/player/js/tracks.js";
import { poolOf } from "./plot.mjs";

const FLAT = Float32Array.of(1, 2, 3, 4);
const ROWS = [Float32Array.of(1, 2), Float32Array.of(3, 4), Float32Array.of(5, 6)];
const pool = poolOf({
  flat: { nested: FLAT }, rows: { nested: ROWS },
  places: { nested: [Uint8Array.of(0, 1), Uint8Array.of(1, 2)] },
  cells: { nested: [[Uint8Array.of(0, 1)], [Uint8Array.of(1, 1)]] },
});
const track = (spec, count = 4) => createTrack({ trace: 3, frames: null, ...spec }, count, pool);
const name = (array) => ({ array });

test("what grows shows all up to the frame", () => {
  const { at, trace, mode } = track({ mode: "grow", x: name("flat"), y: name("flat") });
  assert.deepEqual(at(0), { x: FLAT.slice(0, 1), y: FLAT.slice(0, 1) });
  assert.deepEqual(at(2), { x: FLAT.slice(0, 3), y: FLAT.slice(0, 3) });
  assert.deepEqual(at(3).x, FLAT);
  assert.deepEqual([trace, mode], [3, "grow"]);
});

test("what is replaced shows the frame's row itself", () => {
  const { at } = track({ mode: "replace", y: name("rows") }, 3);
  assert.equal(at(1).y, ROWS[1]);
  assert.deepEqual(Object.keys(at(1)), ["y"]);
});

test("a point is the frame's element alone", () => {
  const { at } = track({ mode: "point", x: name("flat") });
  assert.deepEqual(at(0), { x: Float32Array.of(1) });
  assert.deepEqual(at(3), { x: Float32Array.of(4) });
});

test("with frames of its own the latest row at or before the frame is shown", () => {
  const { at, rowAt } = track({ mode: "replace", z: name("rows"), frames: [0, 2, 5] }, 7);
  assert.deepEqual([0, 1, 2, 4, 5, 6].map(rowAt), [0, 0, 1, 1, 2, 2]);
  assert.equal(at(4).z, ROWS[1]);
  const growing = track({ mode: "grow", x: name("flat"), frames: [0, 2] });
  assert.deepEqual(growing.at(1).x, FLAT.slice(0, 1));
});

const spec = { mode: "replace", text: { words: ["one", "", "three"], places: name("places") } };

test("words are spelt by their places, and an empty one is a blank", () => {
  const { at } = track(spec, 2);
  assert.deepEqual(at(0), { text: ["one", "\u00a0"] });
  assert.deepEqual(at(1), { text: ["\u00a0", "three"] });
  assert.deepEqual(at(0).text, ["one", "\u00a0"]);
});

test("words in cells keep their rows", () => {
  const { at } = track({ mode: "replace", text: { words: ["a", "b"], places: name("cells") } }, 2);
  assert.deepEqual(at(0).text, [["a", "b"]]);
});

test("the words of the same row are the identical array", () => {
  const { at } = track({ ...spec, frames: [0, 3] }, 5);
  assert.equal(at(2).text, at(0).text);
  assert.notEqual(at(3).text, at(0).text);
});
