// From an axis's values to pixels in its box.

export const isNumeric = ({ type }) => type === "linear" || type === "log";

// Slope and offset from an axis's linear (or logarithmic) values to pixels. Read off the range,
// not Plotly's own scale, which lags behind while the user pans.
export function scaleOf(axis) {
  const [low, high] = axis.range.map((end) => axis.r2l(end));
  const up = axis._id[0] === "y";
  const slope = (up ? -1 : 1) * axis._length / (high - low);
  return [slope, -slope * (up ? high : low)];
}

export function project(values, axis, [slope, offset], count = values.length) {
  const pixels = new Float64Array(count);
  for (let i = 0; i < count; i++) {
    pixels[i] = values[i] === null ? NaN : offset + slope * axis.c2l(values[i]);
  }
  return pixels;
}

// Draws in the box of two axes, from its top left corner, and nothing outside.
export function within(context, xaxis, yaxis, opacity, draw) {
  context.save();
  context.beginPath();
  context.rect(xaxis._offset, yaxis._offset, xaxis._length, yaxis._length);
  context.clip();
  context.translate(xaxis._offset, yaxis._offset);
  context.globalAlpha = opacity ?? 1;
  draw();
  context.restore();
}
