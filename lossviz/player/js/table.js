// The tables of the current step, the key to the lines, and the sentence that is read out when
// playback stops: both from the first table.

import { rowsOf } from "./arrays.js";
import { dashes } from "./pens.js";
import { h, setText, svg } from "./dom.js";
import { number, percent } from "./numbers.js";

// The key to the lines, from the same rows as the table.
export function createLegend() {
  const node = h("ul", { class: "lv-legend", "aria-label": "Lines" });
  let source = "";
  return {
    node,
    update(spec) {
      const text = JSON.stringify(spec?.rows.map(({ label, colour, dash }) => [label, colour, dash]));
      if (text === source) return;
      source = text;
      const rows = spec?.rows.filter((row) => row.colour) ?? [];
      node.hidden = !rows.length;
      node.replaceChildren(...rows.map((row) => h("li", {}, ...key(row), row.label)));
    },
  };
}

export function createTables() {
  const node = h("div", { class: "lv-tables" });
  let tables = [];
  return {
    node,
    update(specs, count, pool) {
      tables = specs.map((_, k) => tables[k] ?? createTable());
      specs.forEach((spec, k) => {
        tables[k].update(spec, count, pool);
        if (node.children[k] !== tables[k].node) node.append(tables[k].node);
      });
      while (node.children.length > specs.length) node.lastChild.remove();
    },
    show(frame) {
      for (const table of tables) table.show(frame);
    },
    sentence: (frame) => tables[0]?.sentence(frame) ?? "",
  };
}

function createTable() {
  const node = h("div", { class: "lv-table", role: "region", tabindex: 0 });
  let moving = []; // [element, frame -> text]
  let [spoken, source] = [[], ""];

  return {
    node,
    update(spec, count, pool) {
      const text = JSON.stringify(spec);
      for (const cell of spec.rows.flatMap((row) => row.cells)) {
        if (cell.numbers) pool.decode(cell.numbers); // keeps it in the pool
      }
      if (text === source) return;
      source = text;
      moving = [];
      node.setAttribute("aria-label", spec.caption);
      // Sentences take a line of their own, under the numbers of their row.
      const across = spec.columns.length - (spec.below ? 1 : 0);
      const readerOf = (cell, i) =>
        reader(cell, count, pool, spec.percent.includes(i) ? percent : number);
      const body = spec.rows.flatMap((row) => {
        const cells = row.cells.map(cellOf);
        const last = spec.below ? cells.splice(across - 1) : [];
        const head = h("th", { scope: "row", rowspan: 1 + last.length }, ...key(row), row.label);
        for (const cell of last) cell.colSpan = across - 1;
        return [h("tr", {}, head, ...cells), ...last.map((cell) => h("tr", { class: "lv-below" }, cell))];
      });
      function cellOf(cell, i) {
        const read = readerOf(cell, i);
        const td = h("td", { class: typeof cell === "object" && cell.numbers ? "lv-number" : "" });
        moving.push([td, read]);
        return td;
      }
      node.replaceChildren(h("table", {},
        h("caption", {}, spec.caption),
        h("thead", {}, h("tr", {}, ...spec.columns.slice(0, across).map((name, i) => h("th", {
          scope: "col", class: spec.rows[0]?.cells[i - 1]?.numbers ? "lv-number" : "",
        }, name)))),
        h("tbody", {}, ...body)));
      spoken = spec.rows.map((row) => ({
        label: row.label,
        parts: spec.spoken.map((i) => [spec.columns[i + 1], readerOf(row.cells[i], i)]),
      }));
    },
    show(frame) {
      for (const [td, read] of moving) setText(td, read(frame));
    },
    // "MSE: training loss 1.23, slope 0.4; MAE: …"
    sentence(frame) {
      const rows = spoken.filter((row) => row.parts.length).map(({ label, parts }) =>
        `${label}: ${parts.map(([name, read]) => `${name} ${read(frame)}`).join(", ")}`);
      return rows.length ? ` ${rows.join("; ")}.` : "";
    },
  };
}

// frame -> text.
function reader(cell, count, pool, write) {
  if (typeof cell === "string") return () => cell;
  if (cell.numbers) {
    const { flat } = pool.decode(cell.numbers);
    return (frame) => write(flat[frame]);
  }
  const rows = rowsOf(cell.starts, count);
  return (frame) => cell.words[rows[frame]];
}

// The legend key: a line in the row's colour and dashes.
function key({ colour, dash }) {
  if (!colour) return [];
  const line = svg("line", {
    x1: 1, x2: 27, y1: 6, y2: 6, stroke: colour, "stroke-width": 3,
    "stroke-dasharray": dashes(dash, 2).join(" ") || null,
  });
  return [svg("svg", { class: "lv-key", viewBox: "0 0 28 12", "aria-hidden": "true" }, line)];
}
