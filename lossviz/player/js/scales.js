// From an axis's values to pixels in its box.

import { boxOf, isVertical, linear, linearEnd } from "./plotly_private.js";

export const isNumeric = ({ type }) => type === "linear" || type === "log";

// Slope and offset from an axis's linear (or logarithmic) values to pixels. Read off the range,
// not Plotly's own scale, which lags behind while the user pans.
export function scaleOf(axis) {
  const [low, high] = axis.range.map((end) => linearEnd(axis, end));
  const up = isVertical(axis);
  const slope = (up ? -1 : 1) * boxOf(axis).length / (high - low);
  return [slope, -slope * (up ? high : low)];
}

export function project(values, axis, [slope, offset], count = values.length) {
  const pixels = new Float64Array(count);
  for (let i = 0; i < count; i++) {
    pixels[i] = values[i] === null ? NaN : offset + slope * linear(axis, values[i]);
  }
  return pixels;
}

// Draws in the box of two axes, from its top left corner, and nothing outside.
export function within(context, xaxis, yaxis, opacity, draw) {
  const [across, down] = [boxOf(xaxis), boxOf(yaxis)];
  context.save();
  context.beginPath();
  context.rect(across.offset, down.offset, across.length, down.length);
  context.clip();
  context.translate(across.offset, down.offset);
  context.globalAlpha = opacity ?? 1;
  draw();
  context.restore();
}
