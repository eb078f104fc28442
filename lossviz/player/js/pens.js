// Fast drawing: while things move, moving traces are drawn on a canvas above Plotly's plot,
// with Plotly's own axes and styles, and Plotly's drawing of them is hidden. Plotly.animate
// computes a whole figure anew for each frame, contours too, and moving Plotly's SVG costs
// twice what a canvas does. At rest Plotly draws, so hover, zoom and export are Plotly's.

import { heatmapPen } from "./heatmap.js";
import { axesOf, boxOf, fullTrace, groupOf, markersOf, pointOf } from "./plotly_private.js";
import { isNumeric, project, scaleOf, within } from "./scales.js";

const FAR = 1e5; // pixels; no dot that far is ever in sight

// A pen for one track: draw(context, frame), in the place of Plotly's groups `hides`; `below` if it
// draws under the plot. Null where Plotly itself must draw. What does not move is as in `fixed`.
export function createPen(gd, track, fixed = gd.data[track.trace]) {
  const trace = fullTrace(gd, track.trace);
  if (trace.visible !== true) return { hides: [], draw() {} };
  const plot = axesOf(gd, trace);
  if (!plot) return null;
  const { xaxis, yaxis } = plot;
  if (![xaxis, yaxis].every(isNumeric)) return null;
  const group = groupOf(gd, track.trace);
  if (!group) return null;
  return trace.type === "heatmap"
    ? heatmapPen(gd, track, trace, plot, group) : scatterPen(track, fixed, trace, plot, group);
}

function scatterPen(track, fixed, trace, { xaxis, yaxis }, group) {
  if (!isPlain(trace)) return null;
  const strokes = trace.mode.includes("lines");
  const dots = trace.mode.includes("markers") ? dotsOf(group) : [];
  if (!dots || (!strokes && !dots.length)) return null;
  const pixels = pixelsOf(track, fixed, xaxis, yaxis);
  if (!pixels) return null;
  return {
    hides: [group],
    draw(context, frame) {
      const { px, py, count } = pixels(frame);
      within(context, xaxis, yaxis, trace.opacity, () => {
        if (strokes) drawLine(context, trace.line, px, py, count, frameAround(xaxis, yaxis));
        if (dots.length) drawDots(context, dots, px, py, count);
      });
    },
  };
}

function isPlain(trace) {
  return trace.type === "scatter" && (trace.fill ?? "none") === "none" && !trace.stackgroup
    && !trace.mode.includes("text") && (trace.line?.shape ?? "linear") === "linear"
    && !trace.connectgaps && !trace.error_x?.visible && !trace.error_y?.visible
    && trace.cliponaxis !== false && !trace.marker?.maxdisplayed;
}

// frame -> pixel coordinates and how many of them show. What grows is computed once.
function pixelsOf(track, fixed, xaxis, yaxis) {
  const read = (name, row) => {
    const nested = track.arrays[name]?.nested;
    if (!nested) return fixed[name];
    if (track.mode === "replace") return nested[row];
    return track.mode === "grow" ? nested : nested.subarray(row, row + 1);
  };
  if (!read("x", 0) || !read("y", 0)) return null;
  let [kept, known] = [null, ""];
  return (frame) => {
    const row = track.rowAt(frame);
    const [sx, sy] = [scaleOf(xaxis), scaleOf(yaxis)];
    const wanted = [track.mode === "grow" ? 0 : row, ...sx, ...sy].join();
    if (wanted !== known) {
      const [x, y] = [read("x", row), read("y", row)];
      const count = Math.min(x.length, y.length);
      kept = { px: project(x, xaxis, sx, count), py: project(y, yaxis, sy, count), count };
      known = wanted;
    }
    return track.mode === "grow" ? { ...kept, count: Math.min(kept.count, row + 1) } : kept;
  };
}

// Lines are cut at a frame around the plot, for far coordinates overflow what renderers can
// hold; what lies inside keeps its direction.
function frameAround(xaxis, yaxis) {
  const [width, height] = [boxOf(xaxis).length, boxOf(yaxis).length];
  return [-width, 2 * width, -height, 2 * height];
}

export function drawLine(context, { color, width, dash }, px, py, count, box) {
  context.beginPath();
  let drawn = false; // whether any of the segment before is
  for (let i = 1; i < count; i++) {
    const cut = clip(px[i - 1], py[i - 1], px[i], py[i], box);
    if (cut) {
      if (!drawn || cut.t0 > 0) context.moveTo(cut.ax, cut.ay);
      context.lineTo(cut.bx, cut.by);
    }
    drawn = cut !== null;
  }
  context.strokeStyle = color;
  context.lineWidth = width;
  context.miterLimit = 2;
  context.setLineDash(dashes(dash, width));
  if (width > 0) context.stroke();
}

// Liang and Barsky (1984): the part of the segment a-b inside the box, and the share before it; or
// null.
function clip(ax, ay, bx, by, [left, right, top, bottom]) {
  const [dx, dy] = [bx - ax, by - ay];
  if (!Number.isFinite(dx) || !Number.isFinite(dy)) return null;
  let [t0, t1] = [0, 1];
  for (const [step, room] of [[-dx, ax - left], [dx, right - ax], [-dy, ay - top], [dy, bottom - ay]]) {
    if (step === 0 && room < 0) return null;
    if (step < 0) t0 = Math.max(t0, room / step);
    if (step > 0) t1 = Math.min(t1, room / step);
  }
  if (t0 > t1) return null;
  return { t0, ax: ax + t0 * dx, ay: ay + t0 * dy, bx: ax + t1 * dx, by: ay + t1 * dy };
}

// Plotly's dash patterns, in pixels.
export function dashes(dash, width) {
  const unit = Math.max(width || 1, 3);
  const lengths = {
    solid: [], dot: [1, 1], dash: [3, 3], longdash: [5, 5],
    dashdot: [3, 1, 1, 1], longdashdot: [5, 2, 1, 2],
  }[dash || "solid"];
  return lengths ? lengths.map((length) => length * unit) : dash.split(/[\s,]+/).map(parseFloat);
}

// How each dot looks, read off Plotly's own; null where there is none to read.
function dotsOf(group) {
  const looks = new Map();
  const dots = [];
  for (const node of markersOf(group)) {
    const { fill, fillOpacity, stroke, strokeWidth, strokeOpacity, opacity } = node.style;
    const d = node.getAttribute("d");
    const key = [d, fill, fillOpacity, stroke, strokeWidth, strokeOpacity, opacity].join();
    if (!looks.has(key)) {
      looks.set(key, {
        shape: new Path2D(d), fill, stroke, width: parseFloat(strokeWidth) || 0,
        fillAlpha: alpha(opacity) * alpha(fillOpacity),
        strokeAlpha: alpha(opacity) * alpha(strokeOpacity),
      });
    }
    dots[pointOf(node)] = looks.get(key);
  }
  return dots.length ? dots : null;
}

const alpha = (text) => (text === "" ? 1 : Number(text));

function drawDots(context, dots, px, py, count) {
  const other = dots.find(Boolean); // for a dot that was not on the plot when it was drawn
  const base = context.globalAlpha;
  for (let i = 0; i < count; i++) {
    if (!(Math.abs(px[i]) < FAR && Math.abs(py[i]) < FAR)) continue; // NaN too
    const { shape, fill, stroke, width, fillAlpha, strokeAlpha } = dots[i] ?? other;
    context.translate(px[i], py[i]);
    if (fill && fill !== "none") {
      context.globalAlpha = base * fillAlpha;
      context.fillStyle = fill;
      context.fill(shape);
    }
    if (width && stroke) {
      context.globalAlpha = base * strokeAlpha;
      context.strokeStyle = stroke;
      context.lineWidth = width;
      context.setLineDash([]);
      context.stroke(shape);
    }
    context.translate(-px[i], -py[i]);
  }
}
