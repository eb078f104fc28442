import assert from "node:assert/strict";
import test from "node:test";

import { fitted, placesOf, roleAt } from "../../lossviz/player/js/arrange.js";

test("the chart that is asked for changes places with the first", () => {
  assert.deepEqual(placesOf(["a", "b", "c"], "c"), ["c", "b", "a"]);
  for (const asked of ["", "a", "unknown", undefined]) {
    assert.deepEqual(placesOf(["a", "b", "c"], asked), ["a", "b", "c"]);
  }
});

test("one is large, one beside it, three are small, the rest below", () => {
  const roles = [0, 1, 2, 3, 4, 5].map((place) => roleAt(place, false));
  assert.deepEqual(roles, ["hero", "companion", "small", "small", "small", "more"]);
  assert.deepEqual([0, 1, 5].map((place) => roleAt(place, true)), ["hero", "small", "small"]);
});

test("a small picture has no words at its axes, and its layout is another's no more", () => {
  const layout = {
    font: { size: 13 }, margin: { l: 60, b: 50 }, xaxis: { title: { text: "x" }, range: [0, 1] },
    coloraxis: { showscale: true }, annotations: [{ text: "here" }],
  };
  const before = structuredClone(layout);
  const small = fitted(layout, "small");
  assert.equal(small.xaxis.title, undefined);
  assert.deepEqual(small.xaxis.range, [0, 1]);
  assert.equal(small.coloraxis.showscale, false);
  assert.deepEqual(small.annotations, []);
  const beside = fitted(layout, "companion");
  assert.equal(beside.xaxis.title.text, "x");
  assert.equal(beside.font.size, 11);
  assert.deepEqual(layout, before);
  assert.equal(fitted(layout, "hero"), layout);
});
