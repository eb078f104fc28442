import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import test from "node:test";

import { createPool, revive, rowsOf } from "../../lossviz/player/js/arrays.js";

// What `pack` in Python makes of these values; tests/test_javascript.py holds it to the file.
const CASE = JSON.parse(readFileSync(new URL("../cases/packed.json", import.meta.url), "utf-8"));
const bytesOf = (text) => new Uint8Array(Buffer.from(text, "base64"));
const special = (value) => ({ nan: NaN, inf: Infinity, "-inf": -Infinity }[value] ?? value);
const plain = (rows) => (rows.length === undefined ? special(rows) : Array.from(rows, (row) =>
  (typeof row === "string" ? special(row) : typeof row === "number" ? row : plain(row))));

function opened() {
  const pool = createPool();
  return { pool, data: pool.open(bytesOf(CASE.packed)) };
}

test("arrays are what Python packed, by kind and by rows", () => {
  const { pool, data } = opened();
  for (const [name, { kind, values, shape }] of Object.entries(CASE.arrays)) {
    const array = pool.decode(data[name]);
    assert.equal(array.flat.constructor.name, kind, name);
    assert.deepEqual(array.shape, shape, name);
    assert.deepEqual(plain(array.nested), plain(values), name);
  }
  assert.deepEqual(data.words, CASE.words);
});

test("bytes that begin anywhere in a buffer are read alike", () => {
  const packed = bytesOf(CASE.packed);
  const shifted = new Uint8Array(packed.length + 3);
  shifted.set(packed, 3);
  const pool = createPool();
  const data = pool.open(shifted.subarray(3));
  assert.deepEqual([...pool.decode(data.bytes).flat], CASE.arrays.bytes.values.flat(2));
});

test("the same data are the same object, and other data are not", () => {
  const { pool, data } = opened();
  assert.equal(pool.open(bytesOf(CASE.packed)), data);
  assert.notEqual(pool.open(bytesOf(CASE.other)), data);
});

test("an array that comes again is the identical one; what new data did not use is let go", () => {
  const { pool, data } = opened();
  const first = pool.decode(data.floats);
  assert.equal(pool.decode(data.floats), first);
  pool.sweep();
  const other = pool.open(bytesOf(CASE.other));
  assert.equal(pool.decode(other.floats), first);
  pool.sweep();
  pool.sweep(); // after data without it
  pool.open(bytesOf(CASE.packed));
  assert.notEqual(pool.decode(data.floats), first);
});

test("a figure has its arrays in place, in rows, and all else as it was", () => {
  const { pool, data } = opened();
  const figure = { data: [{ z: data.bytes, name: "a", x: null }], flag: true };
  const { nested } = pool.decode(data.bytes);
  const revived = revive(figure, pool);
  assert.equal(revived.data[0].z, nested);
  assert.deepEqual(revived, { data: [{ z: nested, name: "a", x: null }], flag: true });
});

test("a row stays on show until the frame of the next", () => {
  assert.deepEqual([...rowsOf([0, 2, 5], 7)], [0, 0, 1, 1, 1, 2, 2]);
  assert.deepEqual([...rowsOf([0], 3)], [0, 0, 0]);
  assert.deepEqual([...rowsOf([0, 1, 2, 9], 4)], [0, 1, 2, 2]);
  assert.deepEqual([...rowsOf([0, 0, 0, 2], 3)], [2, 2, 3]);
  assert.equal(rowsOf(null, 3), null);
});
