import assert from "node:assert/strict";
import test from "node:test";

import { poolOf } from "./plot.mjs";
import "./document.mjs";
import { createLegend, createTables } from "../../lossviz/player/js/table.js";

const pool = poolOf({
  loss: { flat: [4, 2.5, NaN] }, share: { flat: [0.5, 0.25, 1] }, other: { flat: [7, 8, 9] },
});
const numbers = (array) => ({ numbers: { array } });
const row = (label, cells, more = {}) => ({ label, colour: null, dash: null, cells, ...more });
const table = (changes = {}) => ({
  caption: "At this step", columns: ["Run", "loss", "share", "state"], below: false,
  spoken: [0, 1], percent: [1],
  rows: [
    row("Huber", [numbers("loss"), numbers("share"), { words: ["starts", "arrived"], starts: [0, 2] }]),
    row("MAE", [numbers("other"), numbers("share"), "still"]),
  ],
  ...changes,
});

function shown(specs, frame = 0) {
  const tables = createTables();
  tables.update(specs, 3, pool);
  tables.show(frame);
  return tables;
}
const cells = ({ node }) => node.all("td").map((td) => td.textContent);

test("cells are the frame's numbers, shares and words", () => {
  const tables = shown([table()]);
  assert.deepEqual(cells(tables), ["4", "50.0\u00a0%", "starts", "7", "50.0\u00a0%", "still"]);
  tables.show(1);
  assert.deepEqual(cells(tables), ["2.500", "25.0\u00a0%", "starts", "8", "25.0\u00a0%", "still"]);
  tables.show(2);
  assert.deepEqual(cells(tables), ["–", "100.0\u00a0%", "arrived", "9", "100.0\u00a0%", "still"]);
});

test("a table is named, and its heads say what they head", () => {
  const { node } = shown([table()]);
  assert.equal(node.children[0].getAttribute("aria-label"), "At this step");
  assert.equal(node.all("caption")[0].textContent, "At this step");
  const heads = node.all("th").map((th) => [th.getAttribute("scope"), th.textContent]);
  assert.deepEqual(heads, [
    ["col", "Run"], ["col", "loss"], ["col", "share"], ["col", "state"], ["row", "Huber"], ["row", "MAE"],
  ]);
});

test("numbers are set as numbers, in the cells and at their head", () => {
  const kinds = (tag) => shown([table()]).node.all(tag).map((cell) => cell.getAttribute("class"));
  assert.deepEqual(kinds("td").slice(0, 3), ["lv-number", "lv-number", ""]);
  assert.deepEqual(kinds("th").slice(0, 4), ["", "lv-number", "lv-number", ""]);
});

test("sentences stand under their row, across its numbers, without a head", () => {
  const { node } = shown([table({ below: true })]);
  assert.deepEqual(node.all("th").map((th) => th.textContent), ["Run", "loss", "share", "Huber", "MAE"]);
  const lines = node.all("tr").map((tr) => tr.all("td").map((td) => td.textContent));
  assert.deepEqual(lines, [[], ["4", "50.0\u00a0%"], ["starts"], ["7", "50.0\u00a0%"], ["still"]]);
  assert.deepEqual(node.all("td").map((td) => td.colSpan), [undefined, undefined, 2, undefined, undefined, 2]);
  assert.equal(node.all("th")[3].getAttribute("rowspan"), "2");
});

test("the first table is read out: what is spoken, of each row", () => {
  const tables = shown([table(), table({ caption: "another", spoken: [2] })]);
  assert.equal(tables.sentence(1), " Huber: loss 2.500, share 25.0\u00a0%; MAE: loss 8, share 25.0\u00a0%.");
  assert.equal(shown([table({ spoken: [] })]).sentence(0), "");
  assert.equal(shown([]).sentence(0), "");
});

test("tables that come and go: the others stay the elements they were", () => {
  const tables = shown([table(), table({ caption: "second" })]);
  const [first] = tables.node.children;
  const [cell] = tables.node.all("td");
  tables.update([table()], 3, pool);
  assert.deepEqual(tables.node.children, [first]);
  assert.equal(tables.node.all("td")[0], cell); // the same spec is not built again
  tables.update([table({ caption: "new" })], 3, pool);
  assert.equal(tables.node.all("caption")[0].textContent, "new");
});

test("a table that does not change keeps its numbers in the pool", () => {
  const tables = shown([table()]);
  const asked = [];
  tables.update([table()], 3, { decode: ({ array }) => asked.push(array) });
  assert.deepEqual(asked, ["loss", "share", "other", "share"]);
});

test("text that stays is not written again", () => {
  const tables = shown([table()]);
  const writes = () => tables.node.all("td").map((td) => td.writes);
  const before = writes();
  tables.show(0);
  assert.deepEqual(writes(), before);
});

test("the key has the line of each row that has a colour", () => {
  const legend = createLegend();
  legend.update({ rows: [row("a", [], { colour: "#123456", dash: "dot" }), row("b", []), row("c", [], { colour: "red" })] });
  assert.deepEqual(legend.node.all("li").map((li) => li.textContent), ["a", "c"]);
  const [dotted, solid] = legend.node.all("line");
  assert.equal(dotted.getAttribute("stroke"), "#123456");
  assert.equal(dotted.getAttribute("stroke-dasharray"), "3 3");
  assert.equal(solid.getAttribute("stroke-dasharray"), null);
  assert.equal(legend.node.hidden, false);
  legend.update({ rows: [row("b", [])] });
  assert.equal(legend.node.hidden, true);
  legend.update(undefined);
  assert.equal(legend.node.all("li").length, 0);
});
