// The player: charts that move with the step, and all that says and sets the step.

import { createAddress } from "./address.js";
import { createEditing } from "./editing.js";
import { createKnobs } from "./knobs.js";
import { createLinks } from "./links.js";
import { h, setText } from "./dom.js";
import { advance, arrive, frameAt, rateOf } from "./playback.js";
import { counts, createStage, mounting } from "./stage.js";
import { createLegend, createTables } from "./table.js";
import { createToolbar, stepOf } from "./toolbar.js";
import { keyAction } from "./keys.js";

const REST = 120; // ms without a new position after which Plotly is told of it
const TABLE_RATE = 12; // times a second that figures in a table can still be read

export const { mount, unmount } = mounting(createPlayer);

function createPlayer(place, plotlyUrl) {
  const state = {
    run: null, steps: [0], frame: 0, at: 0, playing: false, loop: false, speed: 1, total: 0,
    complete: true, key: "view.step", heroKey: "", hero: "", first: "",
  };
  let [component, choosable] = [null, false];
  let [request, clock, tableClock, rest, gone] = [0, 0, 0, 0, false];

  const stage = createStage(place, plotlyUrl, {
    apply, attach: (chart) => links.attach(chart), frame: () => state.frame, stop: pause,
    swap(key) {
      enlarge(key);
      writeAddress();
    },
  });
  const { root, charts, fail, guard } = stage;
  const voice = h("p", { class: "lv-voice", "aria-live": "polite" });
  const tables = createTables();
  const legend = createLegend();
  const toolbar = createToolbar({
    toggle, loop: (on) => { state.loop = on; }, speed: (value) => { state.speed = value; },
    back: () => seek(state.frame - 1), forward: () => seek(state.frame + 1), reset: () => seek(0),
    // A step is shown from what is here and written into the address; nothing is sent.
    scrub: (step) => seek(frameAt(state.steps, step)), key: onKey,
    action: (name) => component.setTriggerValue("action", name), copy: copyLink, fail,
  });
  const knobs = createKnobs({
    send: (turn) => component.setTriggerValue("turn", turn),
    begin() {
      links.hide();
      seek(state.frame || last()); // where all runs begin alike nothing would be seen
    },
  });
  root.prepend(toolbar.node);
  root.append(tables.node, voice);
  const links = createLinks(root, () => state.frame, (row) => {
    if (choosable) component.setTriggerValue("action", `row ${row}`);
  });
  const editing = createEditing({
    links, frameNow: () => state.frame, send: (edit) => component.setTriggerValue("edit", edit),
    begin() {
      links.hide();
      seek(last()); // an edit shows in what the runs come to
    },
  });
  document.addEventListener("keydown", onKey);
  document.addEventListener("visibilitychange", wake);
  const address = createAddress(root, { back: goToAddress, changed: guard(writeAddress) });

  const last = () => state.steps.length - 1;
  const atEnd = () => state.frame === last();

  function apply(next, pool) {
    const before = state.run === null ? null
      : { run: state.run, step: state.steps[state.frame], playing: state.playing, atEnd: atEnd() };
    const { frame, playing } = arrive(before, next);
    Object.assign(state, {
      run: next.run, steps: next.steps, frame, at: frame, playing, key: next.stepKey,
      complete: !next.progress, total: next.progress?.total ?? next.steps.at(-1),
    });
    ({ choosable } = next);
    root.classList.toggle("lv-choosable", choosable);
    knobs.receive(next.knobs);
    const { actions, marks } = next;
    const progress = knobs.held() ? null : next.progress; // which would move the knob
    toolbar.update({ first: next.steps[0], total: state.total, progress, actions, marks });
    tables.update(next.tables, next.steps.length, pool);
    legend.update(next.tables[0]);
    editing.receive(next);
    if (next.hero !== null) state.hero = next.hero;
    Object.assign(state, { heroKey: next.heroKey, first: next.charts[0]?.key });
    const front = state.hero || state.first;
    stage.show(next, before === null, editing.held() ?? (knobs.held() ? front : null), state.hero);
    if (next.heroKey) {
      // Below what it moves, with the key to the lines at the large chart.
      if (stage.grid.nextSibling !== toolbar.node) stage.grid.after(toolbar.node, knobs.node);
      noteHero();
    } else {
      if (root.firstChild !== toolbar.node) root.prepend(toolbar.node);
      toolbar.node.append(knobs.node, legend.node);
    }
    links.update(next.links, charts, next.steps.length, pool);
    editing.update(charts);
    showPosition();
    links.draw();
    if (playing) return wake();
    return restSoon(before !== null && before.run !== next.run);
  }

  // Has a chart be the large one.
  function enlarge(key) {
    stage.appoint(key);
    noteHero();
    links.draw();
  }

  // The large chart has the key to the lines; none is named where it is the first.
  function noteHero() {
    const key = stage.hero();
    const { head } = charts.get(key);
    if (legend.node.parentNode !== head) head.append(legend.node);
    state.hero = key === state.first ? "" : key;
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
    rest = setTimeout(guard(() => state.playing || editing.held() || knobs.held() || settle(aloud)), REST);
  }

  // Playback has come to rest: Plotly, the address bar and the screen reader learn where.
  function settle(aloud = true) {
    for (const chart of charts.values()) chart.settle(state.frame);
    writeAddress();
    if (!aloud) return;
    const { steps, frame, total } = state;
    setText(voice, `${stepOf(steps[frame], total)}.${tables.sentence(frame)}`);
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

  function writeAddress() {
    if (state.playing || state.run === null || gone) return;
    address.write(state.key, atEnd() ? null : state.steps[state.frame]);
    if (state.heroKey) address.write(state.heroKey, state.hero || null);
  }

  async function copyLink() {
    writeAddress();
    return address.copy();
  }

  function goToAddress() {
    if (state.run === null) return;
    if (state.heroKey) enlarge(address.readWord(state.heroKey));
    const step = address.read(state.key);
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
    address.remove();
    links.remove();
    editing.remove();
    knobs.remove();
    stage.remove();
  }

  return {
    receive(next) {
      component = next;
      stage.receive(next.data);
    },
    remove,
  };
}
