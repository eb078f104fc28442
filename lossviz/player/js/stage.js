// Charts side by side, or one large with others around it: made when data first name them, dressed as
// the page is, kept over new data.

import { placesOf, roleAt } from "./arrange.js";
import { createPool } from "./arrays.js";
import { createChart } from "./chart.js";
import { h } from "./dom.js";
import { lookOf, resolve } from "./theme.js";

const NARROW = 700; // pixels below which charts stand in one column

// For measuring: how often all charts were redrawn, and how often they showed new data; each chart
// of the first data leaves a mark, "lossviz chart".
export const counts = (window.lossvizPlayer = { redraws: 0, shown: 0 });

// What the page calls: one player for each place it is mounted in, kept over all reruns.
export function mounting(create) {
  const players = new WeakMap();
  return {
    mount(component, plotlyUrl) {
      const place = component.parentElement;
      if (!players.has(place)) players.set(place, create(place, plotlyUrl));
      players.get(place).receive(component);
    },
    unmount(place) {
      players.get(place)?.remove();
      players.delete(place);
    },
  };
}

// The page's script tag has usually fetched Plotly by now, or is about to; a tag that failed
// takes itself away. Then it is asked for here.
let plotly = null;
function loadPlotly(url) {
  plotly ??= new Promise((resolve, reject) => {
    if (window.Plotly) return resolve(window.Plotly);
    const early = [...document.scripts].find((script) => script.src === url);
    const script = early ?? document.head.appendChild(h("script", { src: url }));
    script.addEventListener("load", () => resolve(window.Plotly));
    script.addEventListener("error", () => reject(new Error(`${url} could not be loaded`)));
    return undefined;
  });
  return plotly;
}

// `apply` is called with new data that can be shown now, `attach` with each new chart, `frame` for
// the frame that is on show, `stop` when something fails, `swap` with a chart's key when it is to be
// the large one.
export function createStage(place, plotlyUrl, { apply, attach, frame, stop, swap = () => {} }) {
  const pool = createPool();
  const charts = new Map();
  let [data, Plotly, look, gone] = [null, null, null, false];
  const problem = h("p", { class: "lv-problem", role: "alert", hidden: true });
  const grid = h("div", { class: "lv-grid" });
  const rest = h("div", { class: "lv-rest" }); // what has no room beside the large chart
  const probe = h("span", { class: "lv-probe" });
  const root = h("div", { class: "lv-player" }, probe, problem, grid, rest);
  place.append(root);
  let [hero, isNarrow] = [null, false];
  const observer = new ResizeObserver(() => {
    if (hero !== null && isNarrow !== root.clientWidth < NARROW) appoint(hero);
  });
  observer.observe(root);
  probe.addEventListener("transitionend", guard(dress));

  function fail(error) {
    stop();
    problem.textContent = `The player met a problem: ${error?.message ?? error}`;
    problem.hidden = false;
    console.error(error);
  }

  function guard(action) {
    return (...args) => {
      try {
        return action(...args);
      } catch (error) {
        return fail(error);
      }
    };
  }

  async function receive(bytes) {
    const fresh = pool.open(bytes);
    if (fresh === data) return dress();
    data = fresh;
    try {
      Plotly ??= await loadPlotly(plotlyUrl);
      if (gone || fresh !== data) return undefined;
      problem.hidden = true;
      root.classList.toggle("lv-presentation", data.size === "presentation");
      look = currentLook();
      apply(data, pool);
      pool.sweep();
    } catch (error) {
      fail(error);
    }
    return undefined;
  }

  // At first one after the other, so that the first is seen while the others are drawn; and so
  // while a point of a chart is held, `held`, that one before the others.
  function show(next, first, held = null, large = "") {
    const names = next.charts.map((spec) => spec.key);
    for (const [name, chart] of charts) {
      if (names.includes(name)) continue;
      chart.remove();
      charts.delete(name);
    }
    next.charts.forEach((spec, k) => {
      const chart = charts.get(spec.key) ?? createChart(spec.key, Plotly, fail);
      if (!next.heroKey && grid.children[k] !== chart.node) {
        grid.insertBefore(chart.node, grid.children[k] ?? null);
      }
      if (!charts.has(spec.key)) attach(chart);
      charts.set(spec.key, chart);
      chart.announce(spec, look); // of all before any is drawn, so that nothing moves by the next
    });
    root.classList.toggle("lv-staged", Boolean(next.heroKey));
    if (next.heroKey) appoint(large);
    else hero = null;
    const linked = (key) => (next.links?.traces ?? [])
      .filter((link) => link.chart === key).map((link) => link.trace);
    const put = (spec) => charts.get(spec.key)
      .show(spec, next.steps.length, frame(), pool, look, linked(spec.key));
    if (!first && !held) {
      Promise.all(next.charts.map(put)).then(() => { root.dataset.shown = ++counts.shown; });
      return;
    }
    const inTurn = [...next.charts].sort((a, b) => (b.key === held) - (a.key === held));
    inTurn.forEach((spec, k) => setTimeout(guard(() => {
      if (data !== next || gone) return;
      Promise.resolve(put(spec)).then(() => {
        if (first) performance.mark("lossviz chart");
        else if (spec.key === held) root.dataset.shown = ++counts.shown;
      });
    }), k));
  }

  // Gives each chart its place, that with this key the large one, or the first where there is none.
  function appoint(key) {
    isNarrow = root.clientWidth < NARROW;
    const order = placesOf(data.charts.map((spec) => spec.key), key);
    [hero] = order;
    order.forEach((name, at) => {
      const chart = charts.get(name);
      const role = roleAt(at, isNarrow);
      const home = role === "more" || (isNarrow && at) ? rest : grid;
      if (chart.node.parentNode !== home) home.append(chart.node);
      chart.node.style.order = at;
      chart.appoint(role, () => swap(name), frame());
    });
    grid.dataset.small = grid.querySelectorAll("[data-role=small]").length;
    grid.dataset.charts = grid.children.length;
  }

  // The same object for the same look, so that charts see whether it changed.
  function currentLook() {
    const now = resolve(lookOf(root, data?.size), root);
    return JSON.stringify(now) === JSON.stringify(look) ? look : now;
  }

  function dress() {
    if (!look || gone) return;
    const before = look;
    look = currentLook();
    if (look !== before) for (const chart of charts.values()) chart.dress(look, frame());
  }

  function remove() {
    gone = true;
    observer.disconnect();
    for (const chart of charts.values()) chart.remove();
    root.remove();
  }

  return { root, grid, charts, fail, appoint, hero: () => hero, guard, receive: guard(receive), show, remove };
}
