// One chart: a Plotly figure that survives new data, and whose traces move.
//
// draw(frame) is fast and runs in each animation frame; settle(frame) tells Plotly where the
// traces are, so that hover, zoom and legend work on what is seen. Traces that no pen can
// move go through Plotly during playback too, less often.

import { revive } from "./arrays.js";
import { createPen } from "./pens.js";
import { dressLayout, dressTrace } from "./theme.js";
import { createTrack } from "./tracks.js";
import { h } from "./page.js";

const CONFIG = { displaylogo: false, displayModeBar: "hover", responsive: false };
const AT_ONCE = { mode: "immediate", transition: { duration: 0 } };
const SLOW = { flat: 3, deep: 6 }; // animation frames between two turns of Plotly's

export function createChart(spec, Plotly, fail) {
  const gd = h("div", { class: "lv-plot" });
  const title = h("h3", { class: "lv-title" });
  const figure = h("div", { class: "lv-figure", role: "img" }, gd);
  const node = h("section", { class: "lv-chart" }, title, figure);
  const chart = { key: spec.key, node, gd, tracks: [], drawn: -1, ready: false };
  let [source, look, layout] = ["", null, null];
  let pens = null; // null: Plotly has drawn since they were made
  let deep = false;
  let held = false; // no drawing while the pointer is down: it would pull the chart away
  let [busy, wanted] = [false, null];
  let [ticks, count] = [0, 0];
  let size = "";

  chart.show = (next, frames, frame, pool, dress) => {
    title.textContent = next.title;
    figure.setAttribute("aria-label", [next.title, next.description].filter(Boolean).join(". "));
    node.style.setProperty("--lv-height", `${next.height * (dress.scale > 1 ? 1.2 : 1)}px`);
    node.classList.toggle("lv-wide", next.span > 1);
    count = frames;
    chart.tracks = next.tracks.map((track) => createTrack(track, count, pool));
    chart.figure = revive(next.figure, pool);
    deep = next.figure.data.some((trace) => /3d|surface|mesh|cone|volume/.test(trace.type ?? ""));
    const text = JSON.stringify(next.figure);
    const same = text === source && look === dress && chart.ready;
    [source, look] = [text, dress];
    pens = null;
    chart.drawn = -1;
    if (same) return chart.settle(frame);
    layout = dressLayout(chart.figure.layout, dress);
    return react(frame);
  };

  chart.dress = (dress, frame) => {
    look = dress;
    layout = dressLayout(chart.figure.layout, dress);
    return react(frame);
  };

  function react(frame) {
    const data = chart.figure.data.map((trace) => ({ ...dressTrace(trace, look) }));
    for (const track of chart.tracks) Object.assign(data[track.trace], track.at(frame));
    for (const index of chart.linked ?? []) {
      if (!data[index].hovertemplate) data[index].hoverinfo ??= "none";
    }
    wanted = null;
    const done = Plotly.react(gd, data, structuredClone(layout), CONFIG).then(() => {
      chart.settled = frame;
      if (!chart.ready) listen();
      chart.ready = true;
      pens = null;
    });
    return done.catch(fail);
  }

  function listen() {
    size = sizeOf();
    gd.on("plotly_afterplot", () => {
      pens = null; // new nodes, new scales
      const frame = chart.drawn;
      chart.drawn = -1;
      if (frame >= 0 && frame !== chart.settled) chart.draw(frame, true);
    });
    gd.addEventListener("pointerdown", () => { held = true; }, true);
    for (const end of ["pointerup", "pointercancel"]) window.addEventListener(end, release, true);
    observer.observe(figure);
  }

  function release() {
    held = false;
  }

  const sizeOf = () => `${figure.clientWidth}x${figure.clientHeight}`;
  const observer = new ResizeObserver(() => {
    if (sizeOf() === size || !figure.clientWidth) return;
    size = sizeOf();
    Promise.resolve(Plotly.Plots.resize(gd)).catch(fail);
  });

  // Moves the chart to a frame; false where it is there already or had to be left.
  chart.draw = (frame, force = false) => {
    if (!chart.ready || (held && !force) || frame === chart.drawn) return false;
    pens ??= chart.tracks.map((track) => (count && !deep ? createPen(gd, track) : null));
    for (const pen of pens) pen?.draw(frame);
    chart.drawn = frame;
    if (pens.includes(null) && !force && ticks++ % (deep ? SLOW.deep : SLOW.flat) === 0) {
      plot(frame, chart.tracks.filter((_, i) => pens[i] === null));
    }
    return true;
  };

  // Plotly's turn: every moving trace at a frame, once it has finished the turn before.
  chart.settle = (frame) => {
    chart.draw(frame);
    return plot(frame, chart.tracks);
  };

  async function plot(frame, tracks) {
    wanted = { frame, tracks };
    if (busy || !tracks.length) return;
    busy = true;
    try {
      while (wanted && !held) {
        const turn = wanted;
        wanted = null;
        await animate(turn);
      }
    } catch (error) {
      fail(error);
    } finally {
      busy = false;
    }
  }

  async function animate({ frame, tracks }) {
    const redraw = tracks.some(({ trace }) => gd._fullData[trace]?.type !== "scatter");
    const moved = new Map(tracks.map((track) => [track.trace, track.at(frame)]));
    // Plotly.animate wipes contours and the like that it is not told of: name those too.
    gd._fullData.forEach(({ type }, i) => type !== "scatter" && !moved.has(i) && moved.set(i, {}));
    await Plotly.animate(gd, { data: [...moved.values()], traces: [...moved.keys()] },
      { ...AT_ONCE, frame: { duration: 0, redraw } });
    if (tracks.length === chart.tracks.length) chart.settled = frame;
    pens = null;
    const now = chart.drawn;
    chart.drawn = -1;
    if (now >= 0 && now !== frame) chart.draw(now, true);
  }

  // Where row elements of a trace are on the screen, relative to the figure: [x, y] or null.
  chart.locate = (index, frame) => {
    const trace = gd._fullData?.[index];
    const plot = gd._fullLayout?._plots?.[`${trace?.xaxis ?? ""}${trace?.yaxis ?? ""}`];
    if (!plot || trace.visible !== true) return null;
    const track = chart.tracks.find((one) => one.trace === index);
    const { x, y } = { ...gd.data[index], ...track?.at(frame) };
    const { xaxis, yaxis } = plot;
    return (i) => {
      const [px, py] = [xaxis.c2p(x[i]), yaxis.c2p(y[i])];
      const inside = px >= -1 && py >= -1 && px <= xaxis._length + 1 && py <= yaxis._length + 1;
      return inside ? [px + xaxis._offset, py + yaxis._offset] : null;
    };
  };

  chart.remove = () => {
    observer.disconnect();
    for (const end of ["pointerup", "pointercancel"]) window.removeEventListener(end, release, true);
    Plotly.purge(gd);
    node.remove();
  };
  return chart;
}
