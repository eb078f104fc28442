import assert from "node:assert/strict";
import test from "node:test";

import { SPEEDS, advance, arrive, frameAt, rateOf } from "../../lossviz/player/js/playback.js";

const STEPS = [0, 10, 20, 30, 40]; // frames 0 to 4

test("the frame of a step is the last at or before it", () => {
  const cases = [[0, 0], [9, 0], [10, 1], [11, 1], [39, 3], [40, 4], [1e9, 4], [-1, 0]];
  for (const [step, frame] of cases) assert.equal(frameAt(STEPS, step), frame, `step ${step}`);
  assert.equal(frameAt([7], 3), 0);
});

test("the rate is 60 frames a second, and runs take from 3 to 12 s as far as these go", () => {
  for (const [count, rate] of [[1, 10], [30, 10], [90, 30], [180, 60], [720, 60], [1200, 100]]) {
    assert.equal(rateOf(count), rate, `${count} frames`);
  }
});

test("speeds rise, and 1x is one of them", () => {
  assert.deepEqual(SPEEDS, [...SPEEDS].sort((a, b) => a - b));
  assert.ok(SPEEDS.includes(1));
});

const arrival = (before, changes = {}) => arrive(before, { run: "a", steps: STEPS, start: null, ...changes });
const at = (changes) => ({ run: "a", step: 20, playing: false, atEnd: false, ...changes });

test("the first data are shown at their end, paused", () => {
  assert.deepEqual(arrival(null), { frame: 4, playing: false });
});

test("the first data are shown at the step that a link gives, 0 too, paused", () => {
  for (const [start, frame] of [[0, 0], [10, 1], [25, 2], [40, 4], [99, 4]]) {
    assert.deepEqual(arrival(null, { start }), { frame, playing: false }, `start ${start}`);
  }
});

test("a start step counts on the first mount alone", () => {
  assert.deepEqual(arrival(at({ step: 30 }), { start: 10 }), { frame: 3, playing: false });
});

test("who is paused at the end stays at the end, where that is now", () => {
  assert.deepEqual(arrival(at({ step: 20, atEnd: true })), { frame: 4, playing: false });
  assert.deepEqual(arrival(at({ run: "b", step: 90, atEnd: true })), { frame: 4, playing: false });
});

test("who is paused elsewhere stays at the step, also of another run, as far as it goes", () => {
  assert.deepEqual(arrival(at({ step: 20 })), { frame: 2, playing: false });
  assert.deepEqual(arrival(at({ run: "b", step: 25 })), { frame: 2, playing: false });
  assert.deepEqual(arrival(at({ run: "b", step: 90 })), { frame: 4, playing: false });
});

test("who plays plays on where it is, and from the start in another run", () => {
  assert.deepEqual(arrival(at({ playing: true })), { frame: 2, playing: true });
  assert.deepEqual(arrival(at({ playing: true, atEnd: true })), { frame: 2, playing: true });
  assert.deepEqual(arrival(at({ run: "b", playing: true })), { frame: 0, playing: true });
});

const tick = (from, frames, changes = {}) =>
  advance(from, frames, { last: 4, loop: false, complete: true, ...changes });

test("a tick goes on by its part of a frame", () => {
  assert.deepEqual(tick(1.25, 0.5), { at: 1.75, playing: true });
  assert.deepEqual(tick(1.25, 0), { at: 1.25, playing: true });
});

test("the last frame is shown as long as any other before playback ends on it", () => {
  assert.deepEqual(tick(4, 0.75), { at: 4.75, playing: true });
  assert.deepEqual(tick(4, 1), { at: 4, playing: false });
  assert.deepEqual(tick(2, 100), { at: 4, playing: false });
});

test("a loop begins again after the last frame", () => {
  assert.deepEqual(tick(4.75, 0.5, { loop: true }), { at: 0, playing: true });
  assert.deepEqual(tick(3, 0.5, { loop: true }), { at: 3.5, playing: true });
});

test("where more is to come playback waits at the end of what is there, looped or not", () => {
  for (const loop of [false, true]) {
    assert.deepEqual(tick(4.75, 0.5, { loop, complete: false }), { at: 4, playing: true });
  }
});
