import assert from "node:assert/strict";
import test from "node:test";

import { isNumeric, project, scaleOf, within } from "../../lossviz/player/js/scales.js";
import { axisOf, recorder } from "./plot.mjs";

const pixels = (values, axis, ...rest) => [...project(values, axis, scaleOf(axis), ...rest)];

test("only linear and logarithmic axes are numeric", () => {
  const found = ["linear", "log", "date", "category", "-"].filter((type) => isNumeric({ type }));
  assert.deepEqual(found, ["linear", "log"]);
});

test("x runs from left to right, y from the bottom up", () => {
  assert.deepEqual(pixels([-1, 0, 3], axisOf("x", [-1, 3], 400)), [0, 100, 400]);
  assert.deepEqual(pixels([-1, 0, 3], axisOf("y", [-1, 3], 400)), [400, 300, 0]);
  assert.deepEqual(pixels([-1, 3], axisOf("y2", [-1, 3], 400)), [400, 0]);
});

test("a reversed axis runs the other way", () => {
  assert.deepEqual(pixels([-1, 0, 3], axisOf("x", [3, -1], 400)), [400, 300, 0]);
});

test("on a logarithmic axis a decade is as long as another, and what is not positive has no place", () => {
  const axis = axisOf("y", [-2, 2], 400, "log"); // ranges of such axes are exponents
  const found = pixels([0.01, 0.1, 1, 100, 0, -1], axis);
  for (const [i, expected] of [400, 300, 200, 0].entries()) {
    assert.ok(Math.abs(found[i] - expected) < 1e-9, `${found[i]} ${expected}`);
  }
  assert.ok(found.slice(4).every((pixel) => !Number.isFinite(pixel)));
});

test("what is missing has no place, and only so many are asked for", () => {
  const axis = axisOf("x", [0, 10], 100);
  assert.deepEqual(pixels([null, 1, NaN, 3], axis), [NaN, 10, NaN, 30]);
  assert.deepEqual(pixels([1, 2, 3], axis, 2), [10, 20]);
});

test("drawing is clipped to the box of its axes and measured from its corner", () => {
  const context = recorder();
  const [x, y] = [axisOf("x", [0, 1], 300), axisOf("y", [0, 1], 200)];
  within(context, Object.assign(x, { _offset: 50 }), Object.assign(y, { _offset: 20 }), 0.5, () => {
    context.fill("it");
  });
  assert.deepEqual(context.calls, [
    ["save"], ["beginPath"], ["rect", 50, 20, 300, 200], ["clip"], ["translate", 50, 20],
    ["globalAlpha", 0.5], ["fill", "it"], ["restore"],
  ]);
});

test("a trace without an opacity is opaque, and one of 0 is clear", () => {
  for (const [opacity, alpha] of [[undefined, 1], [0, 0]]) {
    const context = recorder();
    within(context, axisOf("x", [0, 1], 1), axisOf("y", [0, 1], 1), opacity, () => {});
    assert.deepEqual(context.calls.find(([name]) => name === "globalAlpha"), ["globalAlpha", alpha]);
  }
});
