// The player: one state for each place it is mounted in, kept over all reruns of the page.

import { createPool } from "./arrays.js";
import { createChart } from "./chart.js";
import { createEditing } from "./editing.js";
import { createLinks } from "./links.js";
import { h, setText } from "./page.js";
import { advance, arrive, frameAt, rateOf, stepIn, withStep } from "./playback.js";
import { createLegend, createTables } from "./table.js";
import { lookOf, resolve } from "./theme.js";
import { createToolbar } from "./toolbar.js";
import { keyAction } from "./keys.js";

const players = new WeakMap();
const REST = 120; // ms without a new position after which Plotly is told of it
const TABLE_RATE = 12; // times a second that figures in a table can still be read

// For measuring: how often all charts were redrawn, and how often they showed new data; each chart
// of the first data leaves a mark, "lossviz chart".
export const counts = (window.lossvizPlayer = { redraws: 0, shown: 0 });

export function mount(component, plotlyUrl) {
  const place = component.parentElement;
  if (!players.has(place)) players.set(place, createPlayer(place, plotlyUrl));
  players.get(place).receive(component);
}

export function unmount(place) {
  players.get(place)?.remove();
  players.delete(place);
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

function createPlayer(place, plotlyUrl) {
  const pool = createPool();
  const charts = new Map();
  const state = {
    run: null, steps: [0], frame: 0, at: 0, playing: false, loop: false, speed: 1, total: 0,
    complete: true, key: "view.step",
  };
  let [component, data, Plotly, look] = [null, null, null, null];
  let [request, clock, tableClock, rest, gone] = [0, 0, 0, 0, false];
  const path = location.pathname;

  const problem = h("p", { class: "lv-problem", role: "alert", hidden: true });
  const voice = h("p", { class: "lv-voice", "aria-live": "polite" });
  const grid = h("div", { class: "lv-grid" });
  const tables = createTables();
  const legend = createLegend();
  const probe = h("span", { class: "lv-probe" });
  const toolbar = createToolbar({
    toggle, loop: (on) => { state.loop = on; }, speed: (value) => { state.speed = value; },
    back: () => seek(state.frame - 1), forward: () => seek(state.frame + 1), reset: () => seek(0),
    scrub: (step) => seek(frameAt(state.steps, step)), key: onKey,
    action: (name) => component.setTriggerValue("action", name), copy: copyAddress, fail,
  });
  toolbar.node.append(legend.node);
  const root = h("div", { class: "lv-player" }, probe, toolbar.node, problem, grid, tables.node, voice);
  const links = createLinks(root, () => state.frame, (row) => {
    if (data.choosable) component.setTriggerValue("action", `row ${row}`);
  });
  const editing = createEditing({
    links, frameNow: () => state.frame, send: (edit) => component.setTriggerValue("edit", edit),
    begin() {
      links.hide();
      seek(last()); // an edit shows in what the runs come to
    },
  });
  place.append(root);
  document.addEventListener("keydown", onKey);
  document.addEventListener("visibilitychange", wake);
  window.addEventListener("popstate", onBack);
  window.navigation?.addEventListener?.("currententrychange", guard(restoreAddress));
  probe.addEventListener("transitionend", guard(dress));

  function fail(error) {
    pause();
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

  const last = () => state.steps.length - 1;
  const atEnd = () => state.frame === last();

  async function receive(next) {
    component = next;
    const fresh = pool.open(next.data);
    if (fresh === data) return dress();
    data = fresh;
    try {
      Plotly ??= await loadPlotly(plotlyUrl);
      if (!gone && fresh === data) apply(fresh);
    } catch (error) {
      fail(error);
    }
    return undefined;
  }

  function apply(next) {
    const before = state.run === null ? null
      : { run: state.run, step: state.steps[state.frame], playing: state.playing, atEnd: atEnd() };
    const { frame, playing } = arrive(before, next);
    Object.assign(state, {
      run: next.run, steps: next.steps, frame, at: frame, playing, key: next.stepKey,
      complete: !next.progress, total: next.progress?.total ?? next.steps.at(-1),
    });
    problem.hidden = true;
    root.classList.toggle("lv-presentation", next.size === "presentation");
    look = currentLook();
    root.classList.toggle("lv-choosable", next.choosable);
    const { progress, actions, marks } = next;
    toolbar.update({ first: next.steps[0], total: state.total, progress, actions, marks });
    tables.update(next.tables, next.steps.length, pool);
    legend.update(next.tables[0]);
    editing.receive(next);
    showCharts(next, before === null);
    links.update(next.links, charts, next.steps.length, pool);
    editing.update(charts);
    pool.sweep();
    showPosition();
    links.draw();
    if (playing) return wake();
    return restSoon(before !== null && before.run !== next.run);
  }

  // At first one after the other, so that the first is seen while the others are drawn; and so
  // while a point is held, its own chart before the others.
  function showCharts(next, first) {
    const names = next.charts.map((spec) => spec.key);
    for (const [name, chart] of charts) {
      if (names.includes(name)) continue;
      chart.remove();
      charts.delete(name);
    }
    next.charts.forEach((spec, k) => {
      const chart = charts.get(spec.key) ?? createChart(spec.key, Plotly, fail);
      if (grid.children[k] !== chart.node) grid.insertBefore(chart.node, grid.children[k] ?? null);
      if (!charts.has(spec.key)) links.attach(chart);
      charts.set(spec.key, chart);
    });
    const linked = (key) => (next.links?.traces ?? [])
      .filter((link) => link.chart === key).map((link) => link.trace);
    const show = (spec) => charts.get(spec.key)
      .show(spec, next.steps.length, state.frame, pool, look, linked(spec.key));
    const held = editing.held();
    if (!first && !held) {
      Promise.all(next.charts.map(show)).then(() => { root.dataset.shown = ++counts.shown; });
      return;
    }
    const inTurn = [...next.charts].sort((a, b) => (b.key === held) - (a.key === held));
    inTurn.forEach((spec, k) => setTimeout(guard(() => {
      if (data !== next || gone) return;
      Promise.resolve(show(spec)).then(() => {
        if (first) performance.mark("lossviz chart");
        else if (spec.key === held) root.dataset.shown = ++counts.shown;
      });
    }), k));
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
    if (look !== before) for (const chart of charts.values()) chart.dress(look, state.frame);
  }

  // --- position ---------------------------------------------------------------------------

  function showPosition() {
    const { steps, frame, total, playing } = state;
    toolbar.show({ step: steps[frame], total, playing });
    if (!playing || performance.now() - tableClock > 1000 / TABLE_RATE) {
      tableClock = performance.now();
      tables.show(frame);
    }
    root.classList.toggle("lv-playing", playing);
  }

  function draw() {
    let moved = charts.size > 0;
    for (const chart of charts.values()) moved = chart.draw(state.frame) && moved;
    if (moved) counts.redraws++;
    links.draw();
  }

  function seek(frame) {
    state.playing = false;
    state.frame = Math.min(Math.max(frame, 0), last());
    state.at = state.frame;
    showPosition();
    draw();
    restSoon();
  }

  function restSoon(aloud = true) {
    clearTimeout(rest);
    rest = setTimeout(guard(() => state.playing || editing.held() || settle(aloud)), REST);
  }

  // Playback has come to rest: Plotly, the address bar and the screen reader learn where.
  function settle(aloud = true) {
    for (const chart of charts.values()) chart.settle(state.frame);
    restoreAddress();
    if (!aloud) return;
    const { steps, frame, total } = state;
    setText(voice, `Step ${steps[frame]} of ${total}.${tables.sentence(frame)}`);
  }

  function toggle() {
    if (state.playing) return pause();
    if (atEnd() && state.complete) state.frame = 0;
    Object.assign(state, { playing: true, at: state.frame });
    showPosition();
    return wake();
  }

  function pause() {
    if (!state.playing) return;
    state.playing = false;
    showPosition();
    settle();
  }

  // --- the clock ----------------------------------------------------------------------------

  function wake() {
    if (request || !state.playing || document.hidden || gone) return;
    clock = 0;
    request = requestAnimationFrame(guard(tick));
  }

  function tick(now) {
    request = 0;
    if (!state.playing || document.hidden || gone) return;
    const seconds = clock ? Math.min((now - clock) / 1000, 0.25) : 0;
    clock = now;
    const frames = seconds * rateOf(state.steps.length) * state.speed;
    const { at, playing } = advance(state.at, frames, {
      last: last(), loop: state.loop, complete: state.complete,
    });
    state.at = at;
    state.frame = Math.min(Math.floor(at + 0.25), last()); // a quarter against jitter of the clock
    draw();
    if (!playing) return pause();
    showPosition();
    request = requestAnimationFrame(guard(tick));
  }

  // --- the address bar and the keyboard -------------------------------------------------------

  function restoreAddress() {
    if (state.playing || state.run === null || gone || location.pathname !== path) return;
    const step = atEnd() ? null : state.steps[state.frame];
    const search = withStep(location.search, state.key, step);
    if (search === location.search) return;
    history.replaceState(history.state, "", `${location.pathname}${search}${location.hash}`);
  }

  // Resolves once the address, step included, is in the clipboard.
  async function copyAddress() {
    restoreAddress();
    if (navigator.clipboard) return navigator.clipboard.writeText(location.href);
    // A page served without TLS to another machine has no clipboard of its own.
    const field = root.appendChild(h("textarea", { readonly: true }));
    field.value = location.href;
    field.select();
    const copied = document.execCommand("copy");
    field.remove();
    if (!copied) throw new Error("The browser did not let the link be copied; it is in the address bar.");
    return undefined;
  }

  function onBack() {
    if (state.run === null || location.pathname !== path) return;
    const step = stepIn(location.search, state.key);
    seek(step === null ? last() : frameAt(state.steps, step));
  }

  function onKey(event, own = false) {
    const action = keyAction(event, root, own);
    if (!action) return;
    event.preventDefault();
    if (own) event.stopPropagation();
    const leap = Math.max(1, Math.round(last() / 10));
    guard({
      toggle, back: () => seek(state.frame - 1), forward: () => seek(state.frame + 1),
      first: () => seek(0), last: () => seek(last()),
      farBack: () => seek(state.frame - leap), farForward: () => seek(state.frame + leap),
    }[action])();
  }

  function remove() {
    gone = true;
    cancelAnimationFrame(request);
    clearTimeout(rest);
    document.removeEventListener("keydown", onKey);
    document.removeEventListener("visibilitychange", wake);
    window.removeEventListener("popstate", onBack);
    links.remove();
    editing.remove();
    for (const chart of charts.values()) chart.remove();
    root.remove();
  }

  return { receive: guard(receive), remove };
}
