// Points that can be dragged, added, removed or marked, in the charts that the data name for it.
//
// A dragged point is moved here and at once; Python hears of the newest place, one at a time.

import { elementsOf, OTHERS, STILL } from "./links.js";
import { allAxes, boxOf, valueAt } from "./plotly_private.js";
import { createReports } from "./reports.js";
import { isNumeric } from "./scales.js";

const REACH = { mouse: 12, touch: 22 }; // pixels from the pointer
const TAKEN = 6; // pixels: nearer to a point nothing is added
const CURSORS = { drag: "grab", add: "copy", remove: "pointer", mark: "pointer" };

// `send` takes an edit to Python, `begin` is called before the first change of a press.
export function createEditing({ links, frameNow, begin, send }) {
  const attached = new Map(); // chart -> what takes its listeners away
  let [spec, linked] = [null, null];
  let hand = null; // the press that goes on
  let resting = null; // the chart whose point was let go, until the data have it there too
  let request = 0;
  const reports = createReports({
    send, isPassing: ({ kind }) => kind === "drag", done: (isLate) => goBack(isLate ? frameNow() : -1),
  });

  function report(kind, { chart, row }, { x, y }) {
    reports.add({ kind, chart: chart.key, row, x, y });
  }

  // The point that was let go is where the data have it.
  function goBack(frame) {
    resting?.drag(null, frame);
    resting = null;
  }

  // --- presses ----------------------------------------------------------------------------

  const reachOf = (event) => (event.pointerType === "mouse" ? REACH.mouse : REACH.touch);
  const pointAt = (chart, event) => links.nearest(
    chart, event, spec.mode === "add" ? TAKEN : reachOf(event), chart.isStill);

  function press(chart, event) {
    if (hand) return swallow(event);
    if (event.button !== 0 || event.target.closest(OTHERS)) return undefined;
    const point = pointAt(chart, event);
    const axes = point ? chart.axes(point.trace) : axesAt(chart.gd, event);
    if (!axes || (!point && spec.mode !== "add")) return undefined;
    if (!isNumeric(axes.xaxis) || !isNumeric(axes.yaxis)) return undefined;
    swallow(event); // Plotly would begin to zoom
    if (point && spec.mode === "add") return undefined;
    const [px, py] = pixelsOf(chart.gd, event);
    hand = {
      chart, axes, mode: spec.mode, pointer: event.pointerId,
      row: point?.row ?? null,
      from: point && { x: plain(point.x), y: plain(point.y) },
      elements: point && elementsOf(linked, chart.key, point.row),
      off: point ? [point.at[0] - px, point.at[1] - py] : [0, 0],
      start: [event.clientX, event.clientY], now: event, moved: false,
    };
    chart.figure.setPointerCapture(event.pointerId);
    document.addEventListener("keydown", escape, true);
    return undefined;
  }

  function move(chart, event) {
    if (!hand) return point(chart, event);
    swallow(event);
    if (event.pointerId !== hand.pointer) return undefined;
    hand.now = event;
    const distance = Math.hypot(event.clientX - hand.start[0], event.clientY - hand.start[1]);
    if (!hand.moved && distance < STILL) return undefined;
    if (!hand.moved && hand.mode === "drag") {
      resting = null;
      begin();
      show(hand.chart, "grabbing");
    }
    hand.moved = true;
    if (hand.mode === "drag") request ||= requestAnimationFrame(follow);
    return undefined;
  }

  function follow() {
    request = 0;
    if (!hand) return;
    const place = placeOf(hand);
    hold(place);
    report("drag", hand, place);
  }

  function hold(place) {
    hand.chart.drag({ elements: hand.elements, ...place });
  }

  function release(event) {
    if (event.pointerId !== hand?.pointer) return;
    swallow(event);
    hand.now = event;
    const { mode, moved, from } = hand;
    if (mode === "drag" && moved) drop(placeOf(hand));
    if (mode !== "drag" && !moved) {
      begin();
      report(mode, hand, mode === "add" ? placeOf(hand) : from);
    }
    letGo();
  }

  function drop(place) {
    hold(place);
    resting = hand.chart;
    report("drop", hand, place);
  }

  // Escape, or the browser has taken the finger away.
  function putBack() {
    if (hand?.mode === "drag" && hand.moved) drop(hand.from);
    letGo();
  }

  function letGo() {
    if (!hand) return;
    show(hand.chart, "");
    hand = null;
    document.removeEventListener("keydown", escape, true);
  }

  function escape(event) {
    if (event.key === "Escape") putBack();
  }

  // What a press would do here.
  function point(chart, event) {
    if (event.buttons || event.target.closest(OTHERS)) return;
    const isFree = spec.mode === "add" && axesAt(chart.gd, event);
    const isThere = Boolean(pointAt(chart, event));
    show(chart, (spec.mode === "add" ? isFree && !isThere : isThere) ? CURSORS[spec.mode] : "");
  }

  function show(chart, cursor) {
    chart.figure.dataset.cursor = cursor;
  }

  // --- charts -----------------------------------------------------------------------------

  function attach(chart) {
    const end = new AbortController();
    const options = { capture: true, passive: false, signal: end.signal };
    const on = (type, act) => chart.figure.addEventListener(type, act, options);
    on("pointerdown", (event) => press(chart, event));
    on("pointermove", (event) => move(chart, event));
    on("pointerup", release);
    on("pointercancel", (event) => event.pointerId === hand?.pointer && putBack());
    // Touches come beside the pointer's events, mouse events in their place.
    on("touchstart", (event) => hand && swallow(event));
    chart.keepsRanges = true;
    attached.set(chart, () => {
      end.abort();
      delete chart.figure.dataset.editing;
      delete chart.figure.dataset.cursor;
      chart.keepsRanges = false;
    });
  }

  return {
    // New data, before they are shown.
    receive(next) {
      const { mode, charts = [] } = next.editing ?? {};
      if (hand && !(mode === hand.mode && charts.includes(hand.chart.key))) {
        hand.chart.drag(null);
        letGo();
      }
      [spec, linked] = [next.editing, next.links];
      if (hand?.elements) hand.elements = elementsOf(linked, hand.chart.key, hand.row);
      reports.receive(spec?.answered);
    },
    // The charts that there are now.
    update(charts) {
      const wanted = (spec?.charts ?? []).map((key) => charts.get(key)).filter(Boolean);
      for (const [chart, detach] of attached) {
        if (wanted.includes(chart)) continue;
        detach();
        attached.delete(chart);
      }
      for (const chart of wanted) {
        if (!attached.has(chart)) attach(chart);
        chart.figure.dataset.editing = spec.mode;
      }
    },
    // The key of the chart whose point is on its way.
    held: () => (hand?.mode === "drag" && hand.moved ? hand.chart.key : null),
    remove() {
      reports.remove();
      letGo();
    },
  };
}

function swallow(event) {
  if (event.cancelable) event.preventDefault();
  event.stopImmediatePropagation();
}

function pixelsOf(gd, event) {
  const box = gd.getBoundingClientRect();
  return [event.clientX - box.left, event.clientY - box.top];
}

// The axes whose box the pointer is in.
function axesAt(gd, event) {
  const [px, py] = pixelsOf(gd, event);
  const within = ({ offset, length }, at) => at >= offset && at <= offset + length;
  return allAxes(gd).find(({ xaxis, yaxis }) => within(boxOf(xaxis), px) && within(boxOf(yaxis), py));
}

// Where a press is now, in the units of its axes and not outside them.
function placeOf({ chart, axes, off, now }) {
  const [x, y] = pixelsOf(chart.gd, now).map((pixel, k) => {
    const axis = k ? axes.yaxis : axes.xaxis;
    const { offset, length } = boxOf(axis);
    return rounded(axis, Math.min(Math.max(pixel + off[k] - offset, 0), length));
  });
  return { x, y };
}

// The value at a pixel, with no more digits than the screen has: they would only make what is kept of it longer.
function rounded(axis, pixel) {
  const value = valueAt(axis, pixel);
  const step = Math.abs(valueAt(axis, pixel + 0.5) - valueAt(axis, pixel - 0.5));
  const places = Math.ceil(-Math.log10(step));
  return places > 0 ? Number(value.toFixed(Math.min(places, 100)))
    : Math.round(value / 10 ** -places) * 10 ** -places;
}

// Numbers travel as float32: the shortest decimal that is this number there.
function plain(value) {
  if (Math.fround(value) !== value) return value;
  const texts = [6, 7, 8, 9].map((digits) => Number(value.toPrecision(digits)));
  return texts.find((short) => Math.fround(short) === value) ?? value;
}
