import assert from "node:assert/strict";
import test from "node:test";

import { place } from "./document.mjs";
import { keyAction } from "../../lossviz/player/js/keys.js";

const root = place("div");
const inside = (tag, attributes) => place(tag, attributes, root);
const press = (key, target, own = false, more = {}) => keyAction({ key, target, ...more }, root, own);
const ALL = { " ": "toggle", ArrowLeft: "back", ArrowRight: "forward", Home: "first", End: "last" };

test("each key has its action, in the player and where nothing else wants it", () => {
  for (const target of [inside("p"), place("p"), document.body]) {
    for (const [key, action] of Object.entries(ALL)) assert.equal(press(key, target), action);
  }
});

test("a press that no element had is the page's", () => {
  assert.equal(press(" ", document), "toggle");
});

test("other keys are none of the player's", () => {
  for (const key of ["a", "Enter", "Tab", "ArrowUp", "ArrowDown", "PageUp", "PageDown"]) {
    assert.equal(press(key, inside("p")), null, key);
  }
});

test("the slider's own keys are frames too, and leaps", () => {
  const leaps = {
    ArrowDown: "back", ArrowUp: "forward", PageDown: "farBack", PageUp: "farForward",
  };
  const slider = inside("input");
  for (const [key, action] of Object.entries({ ...ALL, ...leaps })) {
    assert.equal(press(key, slider, true), action, key);
  }
  assert.equal(press("a", slider, true), null);
});

test("keys that belong to the browser, or that another has taken, are left alone", () => {
  for (const name of ["ctrlKey", "altKey", "metaKey", "defaultPrevented"]) {
    for (const own of [false, true]) assert.equal(press(" ", root, own, { [name]: true }), null, name);
  }
});

test("who types in a field keeps all keys, in the player and outside", () => {
  const fields = [
    ["input"], ["select"], ["textarea"], ["div", { contenteditable: "" }],
    ["div", { contenteditable: "true" }],
  ];
  for (const [tag, attributes] of fields) {
    for (const field of [inside(tag, attributes), place(tag, attributes)]) {
      for (const key of Object.keys(ALL)) assert.equal(press(key, field), null, `${tag} ${key}`);
    }
  }
});

test("within the player a button keeps the space bar and nothing else", () => {
  for (const tag of ["button", "a"]) {
    const word = place("span", {}, inside(tag));
    assert.equal(press(" ", word), null);
    assert.equal(press("ArrowLeft", word), "back");
  }
});

test("outside whatever has keys of its own keeps them", () => {
  const others = [
    ["button"], ["a", { href: "#" }], ["summary"], ["iframe"], ["video"], ["div", { role: "slider" }],
    ["div", { role: "tab" }], ["div", { role: "dialog" }], ["ul", { role: "listbox" }],
  ];
  for (const [tag, attributes] of others) {
    assert.equal(press("ArrowLeft", place("span", {}, place(tag, attributes))), null, tag);
  }
  assert.equal(press("ArrowLeft", place("a")), "back"); // no link
});
