import assert from "node:assert/strict";
import test from "node:test";

import { Element } from "./document.mjs";
import { h, marked, setAttribute, setText, svg } from "../../lossviz/player/js/dom.js";

test("an element has its attributes, listeners and children", () => {
  let clicks = 0;
  const node = h("button", {
    class: "a", disabled: true, hidden: false, title: null, lang: undefined, min: 0,
    onclick: () => clicks++,
  }, "Go", h("b"));
  node.emit("click");
  assert.equal(clicks, 1);
  assert.deepEqual(node.attributes, { class: "a", disabled: "", min: "0" });
  assert.equal(node.textContent, "Go");
  assert.deepEqual(node.children.map(({ tag }) => tag), ["b"]);
  assert.equal(svg("line", { x1: 1 }).getAttribute("x1"), "1");
});

test("what is the same is not written again", () => {
  const node = new Element("p");
  for (const text of ["a", "a", "b"]) setText(node, text);
  assert.deepEqual([node.textContent, node.writes], ["b", 2]);
  for (const value of [5, "5", 6]) setAttribute(node, "max", value);
  assert.deepEqual([node.getAttribute("max"), node.writes], ["6", 4]);
});

test("text is marked so that Plotly shows it as it is", () => {
  assert.equal(marked("<b>a & b</b> <i>"), "&lt;b&gt;a &amp; b&lt;/b&gt; &lt;i&gt;");
  assert.equal(marked("&lt;"), "&amp;lt;");
});
