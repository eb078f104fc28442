// The pen for heatmaps: one pixel a cell on a small canvas of its own, scaled to the axes' box,
// under the plot, so that points, lines and labels stay above it.

import { h } from "./dom.js";
import { boxOf, colourAxis, edgesOf, gridOf, groundsOf } from "./plotly_private.js";
import { project, scaleOf, within } from "./scales.js";

const SHADES = 1024; // colours in the table: more than a screen's channel can tell apart
const ALPHA = 24; // bits before a pixel's opacity
const CLEAR = "rgba(0,0,0,0)"; // a plot must be so to show what is under it

// Null where Plotly must draw: words in the cells, gaps, uneven cells, limits that move with z.
export function heatmapPen(gd, track, trace, plot, group) {
  const { xaxis, yaxis } = plot;
  const clear = groundsOf(gd).every((colour) => colour === CLEAR);
  // Of several heatmaps in one place only the lowest can be under the plot.
  if (!clear || group.previousElementSibling || !isPlain(trace, track)) return null;
  const colours = coloursOf(gd, trace);
  const { x, y } = edgesOf(group);
  const even = [[x, xaxis], [y, yaxis]].every(([edges, axis]) => isEven(project(edges, axis, [1, 0])));
  if (!colours || !even) return null;
  const shape = [x.length - 1, y.length - 1];
  const paint = painter(shape, colours, track);
  const solid = trace.opacity === 1 && colours.table.every((colour) => colour >>> ALPHA === 255);
  return {
    below: true,
    // The grid too, where Plotly has it under the heatmap and out of sight.
    hides: [group, ...(solid && covers(x, y, xaxis, yaxis) ? gridOf(plot) : [])],
    draw(context, frame) {
      const image = paint(track.rowAt(frame));
      const [px, py] = [[x, xaxis], [y, yaxis]].map(([edges, axis]) =>
        project([edges[0], edges.at(-1)], axis, scaleOf(axis)));
      within(context, xaxis, yaxis, trace.opacity, () => {
        context.imageSmoothingEnabled = Boolean(trace.zsmooth);
        context.translate(px[0], py[0]);
        context.scale((px[1] - px[0]) / shape[0], (py[1] - py[0]) / shape[1]);
        context.drawImage(image, 0, 0);
      });
    },
  };
}

function isPlain({ transpose, texttemplate, xgap, ygap }, { arrays }) {
  return arrays.z && !arrays.x && !arrays.y && !transpose && !texttemplate && !xgap && !ygap;
}

function isEven(pixels) {
  const size = (pixels.at(-1) - pixels[0]) / (pixels.length - 1);
  const room = 1e-3 * Math.abs(size);
  return pixels.every((pixel, i) => Math.abs(pixel - pixels[0] - i * size) < room);
}

function covers(x, y, xaxis, yaxis) {
  return [[x, xaxis], [y, yaxis]].every(([edges, axis]) => {
    const ends = [...project([edges[0], edges.at(-1)], axis, scaleOf(axis))];
    return Math.min(...ends) < 1 && Math.max(...ends) > boxOf(axis).length - 1;
  });
}

// A table of colours from zmin to zmax, as pixels; null where these follow the data.
function coloursOf(gd, trace) {
  const axis = trace.coloraxis ? colourAxis(gd, trace.coloraxis) : trace;
  const letter = trace.coloraxis ? "c" : "z";
  if (axis[`${letter}auto`] !== false) return null;
  const context = h("canvas", { width: SHADES, height: 1 })
    .getContext("2d", { willReadFrequently: true });
  const gradient = context.createLinearGradient(0, 0, SHADES, 0);
  const stops = axis.colorscale.map(([at, colour]) => [axis.reversescale ? 1 - at : at, colour]);
  if (axis.reversescale) stops.reverse(); // where two stops are in one place their order counts
  for (const [at, colour] of stops) gradient.addColorStop(at, colour);
  context.fillStyle = gradient;
  context.fillRect(0, 0, SHADES, 1);
  const table = new Uint32Array(context.getImageData(0, 0, SHADES, 1).data.buffer);
  return { table, low: axis[`${letter}min`], high: axis[`${letter}max`] };
}

// row of the track -> a canvas with its cells; painted only when the row is another.
function painter([width, height], { table, low, high }, { arrays: { z } }) {
  const canvas = h("canvas", { width, height });
  const context = canvas.getContext("2d");
  const image = context.createImageData(width, height);
  const cells = new Uint32Array(image.data.buffer);
  const slope = SHADES / (high - low);
  let painted = -1;
  return (row) => {
    if (row === painted) return canvas;
    painted = row;
    const first = row * cells.length;
    for (let i = 0; i < cells.length; i++) {
      const shade = Math.floor(slope * (z.flat[first + i] - low));
      // Not a number: no colour, as Plotly does.
      cells[i] = Number.isNaN(shade) ? 0 : table[Math.min(Math.max(shade, 0), SHADES - 1)];
    }
    context.putImageData(image, 0, 0);
    return canvas;
  };
}
