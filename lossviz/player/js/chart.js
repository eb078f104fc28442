// One chart: a Plotly figure that survives new data, and whose traces move.
//
// draw(frame) is fast, on a canvas, and runs in each animation frame; settle(frame) has Plotly
// draw, so that hover, zoom and legend work on what is seen. Traces that no pen can draw go
// through Plotly during playback too, less often.

import { revive } from "./arrays.js";
import { fitted } from "./arrange.js";
import { h, marked, setAttribute } from "./dom.js";
import { aroundPoints, keepRanges, placeMarkers, rangesOf, withDragged } from "./dragged.js";
import { createOverlay } from "./overlay.js";
import { createPen } from "./pens.js";
import { axesOf, boxOf, fullTrace, pixelAt, plotArea, sizeOf } from "./plotly_private.js";
import { dressLayout, dressTrace, isAxis } from "./theme.js";
import { createTrack } from "./tracks.js";

const CONFIG = {
  displaylogo: false, displayModeBar: "hover", responsive: false,
  doubleClick: false, // Plotly's goes to the ranges of the first data
  // Nothing leaves the page, nothing is selected, and only the player has a button Reset. Plotly's
  // own picture would lack what the page says around it: its ground and its title.
  modeBarButtonsToRemove: [
    "toImage", "sendChartToCloud", "select2d", "lasso2d", "autoScale2d", "resetScale2d",
    "resetCameraDefault3d", "resetCameraLastSave3d",
  ],
};
const VECTOR = { width: 24, height: 24, path: "M11 3h2v9h4l-5 5-5-5h4zM4 19h16v2H4z" };
const HEAD = 36; // pixels above a picture for its title
const TURN = 6; // animation frames between two turns of Plotly's during playback

export function createChart(key, Plotly, fail) {
  const gd = h("div", { class: "lv-plot" });
  const title = h("h3", { class: "lv-title" });
  const note = h("p", { class: "lv-note" });
  const head = h("div", { class: "lv-head" }, title, note);
  const figure = h("div", { class: "lv-figure", role: "group" }, gd);
  const node = h("section", { class: "lv-chart" }, head, figure);
  const chart = { key, node, gd, figure, head, tracks: [] };
  let [enlarge, role] = [null, ""];
  let [source, content, layout, look, linked] = ["", null, null, null, []];
  let [dragged, ranges] = [null, {}]; // a point held elsewhere than the data say; as Plotly was told
  const overlay = createOverlay(gd);
  let pens = null; // null: Plotly has drawn since they were made
  let [drawn, settled, ready] = [-1, -1, false];
  let held = false; // Plotly does not draw while the pointer is down, or a drag would end
  let [busy, wanted] = [null, -1]; // what Plotly is at, and the frame that it is to draw next
  let [ticks, size, gone] = [0, "", false];
  const config = {
    ...CONFIG,
    modeBarButtonsToAdd: [
      [
        { name: "showAll", title: "Show all", icon: Plotly.Icons.home, click: () => showAll().catch(fail) },
      ],
      [
        { name: "png", title: "Download as PNG", icon: Plotly.Icons.camera, click: () => save("png").catch(fail) },
        { name: "svg", title: "Download as SVG", icon: VECTOR, click: () => save("svg").catch(fail) },
      ],
    ],
  };

  // What stands around the chart, and its size.
  chart.announce = (spec, dress) => {
    title.textContent = spec.title;
    note.textContent = spec.description;
    note.title = spec.description;
    figure.setAttribute("aria-label", spec.title);
    node.style.setProperty("--lv-height", `${spec.height * (dress.scale > 1 ? 1.2 : 1)}px`);
    node.classList.toggle("lv-wide", spec.span > 1);
  };

  // Gives the chart its place on a stage; `ask` is called where it is to be the large one.
  chart.appoint = (given, ask, frame) => {
    enlarge ??= node.appendChild(h("button", { type: "button", class: "lv-enlarge", onclick: ask }));
    setAttribute(enlarge, "aria-label", `Enlarge: ${title.textContent}`);
    setAttribute(enlarge, "title", "Show this large");
    enlarge.hidden = given === "hero";
    const before = role;
    node.dataset.role = role = given;
    return role !== before && ready ? chart.dress(look, frame) : null;
  };

  // Done when the new data are to be seen.
  chart.show = (spec, count, frame, pool, dress, links) => {
    chart.tracks = spec.tracks.map((track) => createTrack(track, count, pool));
    content = revive(spec.figure, pool);
    linked = links;
    [pens, drawn, settled] = [null, -1, -1];
    const text = JSON.stringify(dragged ? aroundPoints(spec.figure, content.data) : spec.figure);
    const same = text === source && look === dress && ready;
    source = text;
    if (!same) return chart.dress(dress, frame);
    if (dragged) content.data.forEach((_, k) => chart.isStill(k) && placeMarkers(gd, chart, k));
    chart.draw(frame); // only tracks are new: fast now, and settled at rest
    return null;
  };

  chart.dress = (dress, frame) => {
    look = dress;
    layout = fitted(dressLayout(content.layout, dress), role);
    return replot(frame);
  };

  // Moves the chart to a frame; false where it is there already or not yet made.
  chart.draw = (frame, force = false) => {
    if (!ready || frame === drawn) return false;
    if (!pens) {
      pens = chart.tracks.map((track) => createPen(gd, track, content.data[track.trace]));
      overlay.take(pens);
    }
    overlay.draw(frame);
    drawn = frame;
    if (pens.includes(null) && !force && ticks++ % TURN === 0) replot(frame);
    return true;
  };

  // Has Plotly draw a frame, and be seen.
  chart.settle = (frame) => {
    chart.draw(frame);
    if (settled !== frame || busy) replot(frame);
    else rest();
  };

  function rest() {
    overlay.leave();
    [pens, drawn] = [null, settled];
  }

  // One at a time; of several wishes the last.
  function replot(frame) {
    wanted = frame;
    if (!held) busy ??= work().finally(() => { busy = null; });
    return busy;
  }

  async function work() {
    try {
      while (wanted >= 0 && !held && !gone) {
        const now = wanted;
        wanted = -1;
        settled = now;
        const shape = structuredClone(layout);
        if (chart.keepsRanges && shape.uirevision === gd.layout?.uirevision) keepRanges(shape, ranges, gd, dragged !== null);
        ranges = rangesOf(shape);
        await Plotly.react(gd, dataAt(now), shape, config);
        if (!ready && !gone) listen();
      }
    } catch (error) {
      if (!gone) fail(error);
    }
  }

  function dataAt(frame) {
    const data = content.data.map((trace) => ({ ...dressTrace(trace, look) }));
    if (role === "small") for (const trace of data) if ("z" in trace) trace.showscale = false;
    for (const track of chart.tracks) Object.assign(data[track.trace], track.at(frame));
    for (const index of linked) {
      if (dragged) Object.assign(data[index], withDragged(dragged, index, data[index]));
      if (!data[index].hovertemplate) data[index].hoverinfo ??= "none"; // the card says it
    }
    return data;
  }

  function listen() {
    ready = true;
    size = place();
    // New nodes and scales, of the frame that Plotly knows: go on from there at once.
    gd.on("plotly_afterplot", () => {
      const frame = drawn;
      rest();
      if (frame >= 0 && frame !== settled) chart.draw(frame, true);
    });
    gd.on("plotly_doubleclick", () => showAll().catch(fail));
    gd.addEventListener("pointerdown", hold, true);
    for (const end of ["pointerup", "pointercancel"]) window.addEventListener(end, release);
    observer.observe(figure);
  }

  function hold() {
    held = true;
  }

  function release() {
    held = false;
    if (wanted >= 0) replot(wanted);
  }

  // Back to the ranges and cameras of the figure.
  async function showAll() {
    const changes = {};
    for (const [name, part] of Object.entries(layout)) {
      if (isAxis(name)) {
        if (part.range) changes[`${name}.range`] = [...part.range];
        else changes[`${name}.autorange`] = true;
      }
      if (part?.camera) changes[`${name}.camera`] = structuredClone(part.camera);
    }
    ranges = rangesOf(layout);
    await Plotly.relayout(gd, changes);
  }

  // The frame that is seen, as a file; drawn apart, so that nothing moves on the page.
  async function save(format) {
    const { width, height } = sizeOf(gd);
    const picture = {
      data: dataAt(drawn < 0 ? settled : drawn),
      layout: {
        ...gd.layout, // with the ranges and cameras as they are now
        paper_bgcolor: look.background,
        title: { text: marked(title.textContent), x: 0.5, y: 1, yref: "container", yanchor: "top", pad: { t: 10 } },
        margin: { ...gd.layout.margin, t: plotArea(gd).top + HEAD },
      },
      config,
    };
    await Plotly.downloadImage(picture, {
      format, width, height: height + HEAD, scale: format === "png" ? 2 : 1, filename: `lossviz-${key}`,
    });
  }

  const place = () => `${figure.clientWidth}x${figure.clientHeight}`;
  const observer = new ResizeObserver(() => {
    if (place() === size || !figure.clientWidth) return;
    size = place();
    Promise.resolve(Plotly.Plots.resize(gd)).catch(fail);
  });

  // Whether no track moves a trace.
  chart.isStill = (index) => !chart.tracks.some((track) => track.trace === index);

  // A trace's x and y at a frame, whether they move or not.
  chart.points = (index, frame) => {
    const track = chart.tracks.find((one) => one.trace === index);
    const { x, y } = { ...content.data[index], ...track?.at(frame) };
    return withDragged(dragged, index, { x, y });
  };

  // Holds a point, `elements` (trace -> element) at x and y, wherever the data have it; null lets it
  // go, which the next data show, or the frame.
  chart.drag = (point, frame = -1) => {
    if (!dragged) Plotly.Fx.unhover(gd);
    dragged = point;
    if (dragged) for (const index of dragged.elements.keys()) placeMarkers(gd, chart, index);
    else source = "";
    if (!dragged && frame >= 0) replot(frame);
  };

  // The axes of a trace; null where it is hidden.
  chart.axes = (index) => {
    const trace = fullTrace(gd, index);
    const plot = axesOf(gd, trace);
    return plot && trace.visible === true ? plot : null;
  };

  // A function from x and y to pixels in the figure, or to null outside; null for hidden traces.
  chart.locator = (index) => {
    const plot = chart.axes(index);
    if (!plot) return null;
    const { xaxis, yaxis } = plot;
    const [across, down] = [boxOf(xaxis), boxOf(yaxis)];
    return (x, y) => {
      const [px, py] = [pixelAt(xaxis, x), pixelAt(yaxis, y)];
      const inside = px >= -1 && py >= -1 && px <= across.length + 1 && py <= down.length + 1;
      return inside ? [px + across.offset, py + down.offset] : null;
    };
  };

  chart.remove = () => {
    gone = true;
    observer.disconnect();
    for (const end of ["pointerup", "pointercancel"]) window.removeEventListener(end, release);
    node.remove();
    // Plotly may be at work on it still, and would miss what is purged.
    Promise.resolve(busy).then(() => Plotly.purge(gd));
  };
  return chart;
}
