// What a chart does with a point that is held elsewhere than its data say.
//
// While it is held Plotly draws as little as can be: markers are moved where they are, and lines by
// their pens. Axes stand still, or the point would slip away from the finger.

import { fullTrace, groupOf, markersOf, pixelAt, pointOf, shownRange } from "./plotly_private.js";
import { isAxis } from "./theme.js";

// x and y of a trace with the held point in its place.
export function withDragged(dragged, index, { x, y }) {
  const i = dragged?.elements?.get(index);
  if (i === undefined) return { x, y };
  const [across, up] = [Array.from(x), Array.from(y)];
  [across[i], up[i]] = [dragged.x, dragged.y];
  return { x: across, y: up };
}

const areMarkers = ({ type, mode }) => type === "scatter" && mode === "markers";

// What a figure is but for its points and ranges; `data` are its traces with their arrays.
export function aroundPoints({ data: traces, layout }, data) {
  const axes = Object.entries(layout).filter(([name]) => isAxis(name));
  return {
    data: traces.map((trace, k) =>
      (areMarkers(trace) ? { ...trace, x: data[k].x?.length, y: data[k].y?.length } : trace)),
    layout: { ...layout, ...Object.fromEntries(axes.map(([name, axis]) => [name, { ...axis, range: null }])) },
  };
}

// Moves the markers that Plotly has drawn; until it draws again they stay so.
export function placeMarkers(gd, chart, index) {
  const axes = chart.axes(index);
  if (!axes || !areMarkers(fullTrace(gd, index))) return;
  const { x, y } = chart.points(index);
  for (const node of markersOf(groupOf(gd, index))) {
    const i = pointOf(node);
    const at = [pixelAt(axes.xaxis, x[i]), pixelAt(axes.yaxis, y[i])];
    const text = `translate(${at})`;
    if (at.every(Number.isFinite) && node.getAttribute("transform") !== text) {
      node.setAttribute("transform", text);
    }
  }
}

// The ranges of a layout's axes, by name.
export function rangesOf(layout) {
  return Object.fromEntries(Object.entries(layout)
    .filter(([name, axis]) => isAxis(name) && axis.range)
    .map(([name, { range }]) => [name, [...range]]));
}

// While a point is held all axes keep the ranges that they were given, and always those where the
// user has zoomed: Plotly would take another range for a wish to undo that.
export function keepRanges(layout, given, gd, isHeld) {
  for (const [name, range] of Object.entries(given)) {
    const shown = shownRange(gd, name);
    if (!layout[name] || !shown) continue;
    if (isHeld || String(shown) !== String(range)) layout[name].range = [...range];
  }
}
