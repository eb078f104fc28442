// Linked points: the row under the pointer is ringed in every chart that shows it, and a card
// says what it is worth to each run at the current frame. The player's own arrays are asked,
// not Plotly's hover, so it is as true while playing as when paused.

import { rowsOf } from "./arrays.js";
import { h, setText } from "./dom.js";
import { number, percent } from "./numbers.js";

const REACH = 16; // pixels from the pointer
export const STILL = 4; // pixels that a hand may move in a click
export const OTHERS = ".modebar, .legend"; // what has clicks of its own

// Where a row is in a trace; -1 where it is not.
const elementOf = ({ rows }, row) => (rows ? rows.indexOf(row) : row);

// Where a row is in a chart: trace -> element.
export function elementsOf(links, chart, row) {
  const mine = (links?.traces ?? []).filter((link) => link.chart === chart);
  const found = mine.map((link) => [link.trace, elementOf(link, row)]);
  return new Map(found.filter(([, i]) => i >= 0));
}

export function createLinks(root, frameNow, choose) {
  const card = h("div", { class: "lv-card", role: "tooltip", hidden: true });
  const rings = [];
  let [links, charts, current] = [null, new Map(), null];
  let [details, source] = [[], ""];
  root.append(card);
  let pressed = null; // row and place, where a press may become a choice
  document.addEventListener("keydown", escape);
  window.addEventListener("pointerup", release);

  function escape(event) {
    if (event.key === "Escape") hide();
  }

  function hide() {
    current = null;
    card.hidden = true;
    for (const ring of rings) ring.hidden = true;
  }

  // Plotly swallows clicks; a press that moved on was a drag.
  function release(event) {
    if (pressed && Math.hypot(event.clientX - pressed.x, event.clientY - pressed.y) < STILL) {
      choose(pressed.row);
    }
    pressed = null;
  }

  // Called once for each new chart.
  function attach(chart) {
    const { figure } = chart;
    const seek = (event) => {
      const row = nearest(chart, event)?.row ?? null;
      if (row === null) hide();
      else if (current?.row !== row || current.chart !== chart) {
        current = { row, chart };
        draw();
      }
    };
    figure.addEventListener("pointermove", seek);
    figure.addEventListener("pointerdown", (event) => {
      seek(event);
      const mine = event.button === 0 && current && !event.target.closest(OTHERS);
      pressed = mine ? { row: current.row, x: event.clientX, y: event.clientY } : null;
    });
    figure.addEventListener("pointerleave", (event) => event.pointerType === "mouse" && hide());
  }

  // The point next to the pointer and within reach: its row and trace, x and y, and their pixels.
  function nearest(chart, event, within = REACH, suits = () => true) {
    const box = chart.gd.getBoundingClientRect();
    const [mx, my] = [event.clientX - box.left, event.clientY - box.top];
    let [best, reach] = [null, within];
    for (const link of links?.traces ?? []) {
      const mine = link.chart === chart.key && suits(link.trace);
      const place = mine ? chart.locator(link.trace) : null;
      if (!place) continue;
      const { x, y } = chart.points(link.trace, frameNow());
      for (let i = 0; i < Math.min(x.length, y.length); i++) {
        const at = place(x[i], y[i]);
        const distance = at ? Math.hypot(at[0] - mx, at[1] - my) : Infinity;
        if (distance >= reach) continue;
        reach = distance;
        best = { row: link.rows ? link.rows[i] : i, trace: link.trace, x: x[i], y: y[i], at };
      }
    }
    return best;
  }

  // Where the current row is in a linked trace: pixels, or null.
  function spot(link, frame) {
    const chart = charts.get(link.chart);
    const i = elementOf(link, current.row);
    const place = i < 0 ? null : chart?.locator(link.trace);
    if (!place) return null;
    const { x, y } = chart.points(link.trace, frame);
    return i < Math.min(x.length, y.length) ? place(x[i], y[i]) : null;
  }

  function draw() {
    if (!current) return;
    const frame = frameNow();
    let used = 0;
    let anchor = null;
    for (const link of links.traces) {
      const place = spot(link, frame);
      if (!place) continue;
      const ring = rings[used] ?? rings[rings.push(h("div", { class: "lv-ring" })) - 1];
      used++;
      const chart = charts.get(link.chart);
      const home = chart.figure;
      if (ring.parentElement !== home) home.append(ring);
      ring.hidden = false;
      ring.style.transform = `translate(${place[0]}px,${place[1]}px)`;
      if (chart === current.chart) anchor ??= { home, place };
    }
    for (const ring of rings.slice(used)) ring.hidden = true;
    if (anchor) write(frame, anchor);
  }

  function write(frame, { home, place }) {
    const name = links.names[current.row] ?? `Point ${current.row + 1}`;
    const lines = details.map(({ label, colour, read }) => ({ label, colour, texts: read(frame, current.row) }));
    if (card.childElementCount !== 1 + lines.length) {
      card.replaceChildren(h("strong"), ...lines.map(() =>
        h("div", { class: "lv-line" }, h("i"), h("b"), h("span"))));
    }
    setText(card.firstChild, name);
    lines.forEach(({ label, colour, texts }, k) => {
      const [swatch, head, body] = card.children[k + 1].children;
      swatch.style.background = colour;
      setText(head, label);
      setText(body, texts.join(", "));
    });
    card.hidden = false;
    const [outer, inner] = [root.getBoundingClientRect(), home.getBoundingClientRect()];
    const x = inner.left - outer.left + place[0];
    const y = inner.top - outer.top + place[1];
    const left = x + 18 + card.offsetWidth > outer.width ? x - 18 - card.offsetWidth : x + 18;
    card.style.transform = `translate(${Math.max(0, left)}px,${Math.max(0, y - card.offsetHeight / 2)}px)`;
  }

  return {
    attach,
    nearest,
    update(next, byKey, count, pool) {
      const decoded = (next?.details ?? []).map((detail) => ({
        ...detail,
        values: detail.values.map(({ numbers, share, ...value }) => ({
          ...value,
          array: numbers && pool.decode(numbers),
          share: share && { of: share.of, weights: pool.decode(share.weights).flat, totals: pool.decode(share.totals).flat },
        })),
      }));
      const text = JSON.stringify(next);
      [links, charts] = [next, byKey];
      if (text === source) return;
      source = text;
      hide();
      details = decoded.map(({ label, colour, frames, values }) => {
        const rows = rowsOf(frames, count);
        return {
          label,
          colour,
          read: (frame, row) => values.map(({ name, percent: isShare, array, share }) => {
            const at = rows ? rows[frame] : frame;
            const value = array ? entry(array, at, row) : partOf(share, values[share.of].array, at, row);
            return `${name} ${isShare ? percent(value) : number(value)}`;
          }),
        };
      });
    },
    draw,
    hide,
    remove() {
      document.removeEventListener("keydown", escape);
      window.removeEventListener("pointerup", release);
    },
  };
}

function entry({ flat, shape }, at, row) {
  return flat[at * shape[1] + row];
}

// A row's part of the whole, 0 of nothing.
function partOf({ weights, totals }, array, at, row) {
  return totals[at] ? (Math.abs(entry(array, at, row)) * weights[row]) / totals[at] : 0;
}
