import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import test from "node:test";

import { count, number, percent } from "../../lossviz/player/js/numbers.js";

const CASES = JSON.parse(readFileSync(new URL("../cases/numbers.json", import.meta.url), "utf-8"));

for (const [value, words] of CASES.numbers) {
  test(`${value} is written as Python writes it`, () => {
    assert.equal(number(Number(value.replace("inf", "Infinity"))), words);
  });
}

test("counts are written in full, as Python writes them", () => {
  for (const [value, words] of CASES.counts) assert.equal(count(Number(value)), words);
});

test("shares are per cent with one place and a true minus", () => {
  const cases = [[0, "0.0\u00a0%"], [0.1234, "12.3\u00a0%"], [1, "100.0\u00a0%"], [-0.5, "\u221250.0\u00a0%"]];
  for (const [value, words] of cases) assert.equal(percent(value), words);
  for (const value of [NaN, Infinity, -Infinity]) assert.equal(percent(value), "\u2013");
});
