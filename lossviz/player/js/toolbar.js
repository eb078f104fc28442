// The controls. They know nothing of charts: each calls back.

import { SPEEDS } from "./playback.js";
import { h, setAttribute, setText, svg } from "./dom.js";
import { count } from "./numbers.js";

const ICONS = {
  play: "M8 5v14l11-7z",
  pause: "M6 5h4v14H6zM14 5h4v14h-4z",
  back: "M6 5h2.5v14H6zM19 5v14L9.5 12z",
  forward: "M15.5 5H18v14h-2.5zM5 5v14l9.5-7z",
  reset: "M12 5V1.5L6.5 6 12 10.5V7a5 5 0 1 1-5 5H5a7 7 0 1 0 7-7z",
  more: "M6 10a2 2 0 1 0 0 4 2 2 0 0 0 0-4zM12 10a2 2 0 1 0 0 4 2 2 0 0 0 0-4zM18 10a2 2 0 1 0 0 4 2 2 0 0 0 0-4z",
  loop: "M7 7h10v3l4-4-4-4v3H5v6h2zM17 17H7v-3l-4 4 4 4v-3h12v-6h-2z",
};

const COPY = "Copy link";

// Where playback is, in words.
export const stepOf = (step, total) => `Step ${count(step)} of ${count(total)}`;

export function createToolbar(on) {
  const button = (name, icon, click, extra = {}) => h("button", {
    type: "button", class: "lv-button", "aria-label": name, title: name, onclick: click, ...extra,
  }, drawing(icon));
  const play = button("Play", "play", on.toggle, { class: "lv-button lv-primary" });
  const playText = h("span", { "aria-hidden": "true" }, "Play");
  play.append(playText);
  const loop = button("Loop", "loop", () => {
    loop.setAttribute("aria-pressed", String(loop.getAttribute("aria-pressed") !== "true"));
    on.loop(loop.getAttribute("aria-pressed") === "true");
  }, { "aria-pressed": "false" });
  const slider = h("input", {
    type: "range", class: "lv-slider", "aria-label": "Step", min: 0, step: 1,
    oninput: () => on.scrub(Number(slider.value)),
    onkeydown: (event) => on.key(event, true),
  });
  const ticks = h("span", { class: "lv-ticks", "aria-hidden": "true" });
  const marks = h("span", { class: "lv-marks" });
  const label = h("span", { class: "lv-step" });
  const speed = h("select", {
    class: "lv-speed", "aria-label": "Speed", title: "Speed",
    onchange: () => on.speed(Number(speed.value)),
  }, ...SPEEDS.map((value) => h("option", { value, selected: value === 1 }, `${value}x`)));
  const actions = h("span", { class: "lv-actions" });
  const copy = h("button", { type: "button", class: "lv-button lv-text", onclick: copyLink }, COPY);
  function copyLink() {
    on.copy().then(() => {
      setText(copy, "Link copied");
      setTimeout(() => setText(copy, COPY), 2000);
    }, on.fail);
  }
  let stopping = false;
  const bar = h("div", { class: "lv-bar-fill" });
  const progress = h("div", {
    class: "lv-bar", role: "progressbar", "aria-label": "Computing", "aria-valuemin": 0,
  }, bar);
  const done = h("span", { class: "lv-done" });
  const stop = h("button", {
    type: "button", class: "lv-button lv-text", onclick: () => {
      on.action("stop");
      stopping = working.hidden = true; // at once, though data on their way may still say otherwise
    },
  }, "Stop");
  const working = h("div", { class: "lv-working", hidden: true }, progress, done, stop);
  const extras = h("div", { class: "lv-extras" },
    button("Reset", "reset", on.reset), loop, speed, actions, copy, marks);
  // Where there is little room, what is wanted less often waits behind a button.
  const more = button("More controls", "more", () => {
    const isOpen = node.classList.toggle("lv-opened");
    more.setAttribute("aria-expanded", String(isOpen));
  }, { class: "lv-button lv-more", "aria-expanded": "false" });
  const buttons = h("div", { class: "lv-buttons", role: "group", "aria-label": "Playback" },
    play, button("Step back", "back", on.back), button("Step forward", "forward", on.forward));
  const node = h("div", { class: "lv-toolbar" }, buttons,
    h("div", { class: "lv-scrub" }, h("span", { class: "lv-rail" }, slider, ticks), label), more,
    extras, working);

  let named = "";
  let marked = "";

  // Steps worth a visit: a tick at the slider and a button each.
  function mark(list, first, total) {
    const text = JSON.stringify([list, first, total]);
    if (text === marked) return;
    marked = text;
    const bit = ({ colour }, at) => h("i", { style: `--lv-mark:${colour};--lv-at:${at}` });
    const part = ({ step }) => (step - first) / Math.max(total - first, 1);
    ticks.replaceChildren(...list.map((one) => bit(one, part(one))));
    marks.replaceChildren(...list.map((one) => h("button", {
      type: "button", class: "lv-button lv-text", title: `${one.label}: go to step ${count(one.step)}`,
      onclick: () => on.scrub(one.step),
    }, bit(one, 0), h("span", {}, one.label))));
    marks.hidden = !list.length;
    marks.style.setProperty("--lv-count", list.length);
  }

  return {
    node,
    // Called in each animation frame: writes only what differs.
    show({ step, total, playing }) {
      setAttribute(slider, "max", total);
      if (Number(slider.value) !== step) slider.value = String(step);
      const words = stepOf(step, total);
      setText(label, words);
      setAttribute(slider, "aria-valuetext", words);
      setAttribute(slider, "style", `--lv-part:${total ? (100 * step) / total : 0}%`);
      const name = playing ? "Pause" : "Play";
      if (name === named) return;
      named = name;
      setAttribute(play, "aria-label", name);
      setAttribute(play, "title", `${name} (space)`);
      setText(playText, name);
      play.replaceChild(drawing(name.toLowerCase()), play.firstChild);
    },
    update({ first, total, progress: state, actions: list, marks: places }) {
      setAttribute(slider, "min", first);
      mark(places, first, total);
      const names = JSON.stringify(list);
      if (actions.dataset.names !== names) {
        actions.dataset.names = names;
        actions.replaceChildren(...list.map(({ name, label: text }) => h("button", {
          type: "button", class: "lv-button lv-text", onclick: () => on.action(name),
        }, text)));
      }
      stopping &&= Boolean(state);
      working.hidden = !state || stopping;
      if (!state) return;
      setAttribute(progress, "aria-valuemax", state.total);
      setAttribute(progress, "aria-valuenow", state.done);
      bar.style.width = `${(100 * state.done) / Math.max(state.total, 1)}%`;
      setText(done, `${count(state.done)} of ${count(state.total)} steps computed`);
    },
  };
}

function drawing(name) {
  return svg("svg", { viewBox: "0 0 24 24", "aria-hidden": "true", focusable: "false" },
    svg("path", { d: ICONS[name] }));
}
