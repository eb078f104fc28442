// Knobs: settings that are turned while the charts follow.
//
// A knob shows at once what the finger says; Python hears of the newest value, one at a time, and
// of the last one when it is let go. Until the data know that one, they do not move the knob.

import { h, setAttribute, setText } from "./dom.js";
import { createReports } from "./reports.js";

const REST = 400; // ms without a key after which it is let go

// `send` takes a turn to Python, `begin` is called before the first change of each move.
export function createKnobs({ begin, send }) {
  const node = h("div", { class: "lv-knobs", role: "group", "aria-label": "Knobs", hidden: true });
  const knobs = new Map(); // key -> the knob
  const moving = new Set(); // those that the data do not move
  let hand = null; // the one that is on its way
  let [isDown, from, timer] = [false, 0, 0];
  const reports = createReports({ send, isPassing: ({ kind }) => kind === "move" });
  window.addEventListener("pointerup", lift);
  window.addEventListener("pointercancel", lift);

  function tell(kind) {
    reports.add({ kind, key: hand.spec.key, value: hand.spec.values[hand.at()] });
  }

  function turn(knob) {
    if (hand !== knob) {
      letGo();
      begin();
      [hand, from] = [knob, knob.shown];
      moving.add(knob);
    }
    knob.show();
    tell("move");
    if (!isDown) letGoSoon();
  }

  // A key may be pressed again, and who has no pointer says no end.
  function letGoSoon() {
    clearTimeout(timer);
    timer = setTimeout(letGo, REST);
  }

  function lift() {
    isDown = false;
    letGo();
  }

  function letGo() {
    clearTimeout(timer);
    if (hand) tell("drop");
    hand = null;
  }

  function putBack() {
    if (!hand) return;
    hand.place(from);
    letGo();
  }

  function createKnob() {
    const [name, number, note] = ["name", "number", "note"].map((part) =>
      h("span", { class: `lv-knob-${part}`, "aria-hidden": "true" }));
    const slider = h("input", {
      type: "range", class: "lv-slider", min: 0, step: 1,
      oninput: () => turn(knob),
      onpointerdown: () => { isDown = true; },
      onblur: () => isDown || letGo(),
      onkeydown: (event) => event.key === "Escape" && putBack(),
    });
    const knob = {
      node: h("label", { class: "lv-knob" }, name, number, slider, note),
      spec: null,
      shown: 0, // the place that is in words
      at: () => Number(slider.value),
      place(at) {
        slider.value = String(at);
        knob.show();
      },
      // The place that the slider has, in words.
      show() {
        const [at, last] = [knob.at(), knob.spec.values.length - 1];
        const words = knob.spec.words[at];
        knob.shown = at;
        setText(number, words);
        setAttribute(slider, "aria-valuetext", words);
        setAttribute(slider, "style", `--lv-part:${last ? (100 * at) / last : 0}%`);
      },
      dress(spec) {
        knob.spec = spec;
        setText(name, spec.label);
        setText(note, spec.note);
        setAttribute(slider, "aria-label", spec.label);
        setAttribute(slider, "aria-description", spec.note);
        setAttribute(slider, "max", spec.values.length - 1);
        knob.place(spec.at);
      },
    };
    return knob;
  }

  return {
    node,
    // Whether a knob is on its way.
    held: () => hand !== null,
    receive({ list, answered }) {
      reports.receive(answered);
      if (!hand && reports.isIdle()) moving.clear();
      const keys = list.map(({ key }) => key);
      for (const [key, knob] of knobs) {
        if (keys.includes(key)) continue;
        if (hand === knob) hand = null;
        knob.node.remove();
        knobs.delete(key);
      }
      list.forEach((spec, k) => {
        const knob = knobs.get(spec.key) ?? createKnob();
        knobs.set(spec.key, knob);
        if (!moving.has(knob)) knob.dress(spec);
        if (node.children[k] !== knob.node) node.insertBefore(knob.node, node.children[k] ?? null);
      });
      node.hidden = !list.length;
    },
    remove() {
      reports.remove();
      clearTimeout(timer);
      window.removeEventListener("pointerup", lift);
      window.removeEventListener("pointercancel", lift);
    },
  };
}
