// All that the player reads of Plotly that Plotly does not promise to keep. Everything else is its
// public interface. `tests/browser/test_plotly_private.py` asks each of these of the true Plotly.

export const CHECKED = "4.1.1"; // the version of Plotly.js that all of it was checked against

// --- the figure, as Plotly has worked it out: gd._fullLayout and gd._fullData -------------------

// The box that all axes lie in, in pixels from the chart's corner.
export function plotArea(gd) {
  const { l, t, w, h } = gd._fullLayout._size;
  return { left: l, top: t, width: w, height: h };
}

// The chart's size in pixels, which the layout need not say.
export const sizeOf = (gd) => ({ width: gd._fullLayout.width, height: gd._fullLayout.height });

// The colours behind the axes and around them, with their defaults.
export const groundsOf = (gd) => [gd._fullLayout.plot_bgcolor, gd._fullLayout.paper_bgcolor];

// The range that an axis shows now, by the layout's name of it; undefined before it is drawn.
export const shownRange = (gd, name) => gd._fullLayout?.[name]?.range;

// A colour axis with its defaults, by the layout's name of it.
export const colourAxis = (gd, name) => gd._fullLayout[name];

// A trace with its defaults; undefined before it is drawn.
export const fullTrace = (gd, index) => gd._fullData?.[index];

// The two axes of a trace; undefined where it has none, as in 3D.
export const axesOf = (gd, trace) =>
  gd._fullLayout?._plots?.[`${trace?.xaxis ?? ""}${trace?.yaxis ?? ""}`];

// The pairs of axes of all panels.
export const allAxes = (gd) => Object.values(gd._fullLayout?._plots ?? {});

// --- an axis ------------------------------------------------------------------------------------

// Pixels from the chart's corner to where the axis begins, and how many it is long.
export const boxOf = (axis) => ({ offset: axis._offset, length: axis._length });

export const isVertical = (axis) => axis._id[0] === "y";

// A value as it is along the axis: of a logarithmic one, its exponent.
export const linear = (axis, value) => axis.c2l(value);

// The same of an end of the axis's range.
export const linearEnd = (axis, end) => axis.r2l(end);

// A value's place in pixels from where the axis begins, and the way back.
export const pixelAt = (axis, value) => axis.c2p(value);
export const valueAt = (axis, pixel) => axis.p2d(pixel);

// --- what Plotly has drawn, in the page -----------------------------------------------------------

// The drawing that the axes are in, without legend and labels.
export const drawingOf = (gd) => gd.querySelector(".main-svg");

// The group of nodes of one trace, of points, lines or a heatmap, whose data D3 keeps with it.
export function groupOf(gd, index) {
  return [...gd.querySelectorAll("[class*=scatterlayer] > .trace, [class*=heatmaplayer] > .hm")]
    .find((node) => node.__data__?.[0]?.trace?.index === index);
}

// The markers of a group, and which point of the trace each is.
export const markersOf = (group) => [...group?.querySelectorAll("path.point") ?? []];
export const pointOf = (marker) => marker.__data__.i;

// The edges of a heatmap's cells, {x, y}.
export const edgesOf = (group) => group.__data__[0];

// The grid of two axes, which lies under their heatmaps.
export const gridOf = ({ minorGridlayer, gridlayer, zerolinelayer }) =>
  [minorGridlayer, gridlayer, zerolinelayer].map((layer) => layer.node());
