// Fast drawing: moves the SVG that Plotly made, with Plotly's own axes, and nothing else.
// Plotly.animate computes a whole figure anew, contours too, for each frame; a pen writes one
// attribute. What a pen leaves on the screen is what Plotly would have drawn (a test compares),
// but Plotly does not know of it, so the chart settles through Plotly when playback stops.

const CELL = 100; // rounding to hundredths of a pixel, as Plotly does
const FAR = 1e5; // pixels; nothing that far is ever in sight

// A pen for one track, or null where Plotly must draw: draw(frame) moves the trace.
export function createPen(gd, track) {
  const trace = gd._fullData[track.trace];
  if (trace.visible !== true) return { draw() {} };
  const plot = gd._fullLayout._plots?.[`${trace.xaxis ?? ""}${trace.yaxis ?? ""}`];
  if (!plot || !isPlain(trace)) return null;
  const { xaxis, yaxis } = plot;
  if (![xaxis, yaxis].every((axis) => axis.type === "linear" || axis.type === "log")) return null;
  const group = [...gd.querySelectorAll("[class*=scatterlayer] > .trace")]
    .find((node) => node.__data__?.[0]?.trace?.index === track.trace);
  if (!group) return null;
  const fixed = { x: gd.data[track.trace].x, y: gd.data[track.trace].y };
  const pens = [];
  if (trace.mode.includes("lines")) pens.push(linePen(group, trace, track, fixed, xaxis, yaxis));
  if (trace.mode.includes("markers")) pens.push(dotPen(group, track, fixed, xaxis, yaxis));
  if (!pens.length || pens.includes(null)) return null;
  return { draw: (frame) => pens.forEach((pen) => pen.draw(frame)) };
}

function isPlain(trace) {
  return trace.type === "scatter" && (trace.fill ?? "none") === "none" && !trace.stackgroup
    && !trace.mode.includes("text") && (trace.line?.shape ?? "linear") === "linear"
    && !trace.connectgaps && !trace.error_x?.visible && !trace.error_y?.visible
    && trace.cliponaxis !== false && !trace.marker?.maxdisplayed;
}

// The numbers of an axis at a row, whether it moves or not.
function reader(track, fixed, name) {
  const array = track.arrays[name];
  if (!array) return () => fixed[name];
  const { nested } = array;
  if (track.mode === "replace") return (row) => nested[row];
  return (row) => nested.subarray(row, row + 1);
}

function linePen(group, trace, track, fixed, xaxis, yaxis) {
  const lines = group.querySelector(".lines") ?? group;
  const whole = track.mode === "grow" && growth(track, fixed, xaxis, yaxis);
  if (track.mode === "grow" && !whole) return null;
  const [xs, ys] = [reader(track, fixed, "x"), reader(track, fixed, "y")];
  let last = -1;
  return {
    draw(frame) {
      const row = track.rowAt(frame);
      if (row === last) return;
      last = row;
      const path = whole
        ? whole.text.slice(0, whole.ends[row])
        : pathOf(xs(row), ys(row), xaxis, yaxis).text;
      const [first, ...others] = lines.querySelectorAll(":scope > path.js-line");
      (first ?? addLine(lines, trace)).setAttribute("d", path || "M0,0");
      for (const other of others) other.setAttribute("d", "M0,0"); // pieces between gaps
    },
  };
}

// A growing path is a longer and longer part of one text, so it is written once.
function growth(track, fixed, xaxis, yaxis) {
  const x = track.arrays.x?.nested ?? fixed.x;
  const y = track.arrays.y?.nested ?? fixed.y;
  return x && y ? pathOf(x, y, xaxis, yaxis) : null;
}

// Path text, and its length after each point. Lines are cut at a frame around the plot, for
// far coordinates overflow what renderers can hold; what lies inside keeps its direction.
export function pathOf(x, y, xaxis, yaxis) {
  const count = Math.min(x.length, y.length);
  const ends = new Int32Array(count);
  const box = [-xaxis._length, 2 * xaxis._length, -yaxis._length, 2 * yaxis._length];
  let text = "";
  let [px, py, known, drawn] = [0, 0, false, false];
  for (let i = 0; i < count; i++) {
    const [qx, qy] = [xaxis.c2p(x[i]), yaxis.c2p(y[i])];
    const finite = Number.isFinite(qx) && Number.isFinite(qy) && x[i] !== null && y[i] !== null;
    const cut = finite && known ? clip(px, py, qx, qy, box) : null;
    if (cut) {
      if (!drawn || cut.t0 > 0) text += `M${round(cut.ax)},${round(cut.ay)}`;
      text += `L${round(cut.bx)},${round(cut.by)}`;
    }
    drawn = cut !== null && cut.t1 === 1;
    [px, py, known] = [qx, qy, finite];
    ends[i] = text.length;
  }
  return { text, ends };
}

const round = (value) => Math.round(value * CELL) / CELL;

// Liang and Barsky (1984): the part of the segment a-b inside the box, or null.
function clip(ax, ay, bx, by, [left, right, top, bottom]) {
  const [dx, dy] = [bx - ax, by - ay];
  let [t0, t1] = [0, 1];
  for (const [step, room] of [[-dx, ax - left], [dx, right - ax], [-dy, ay - top], [dy, bottom - ay]]) {
    if (step === 0 && room < 0) return null;
    if (step < 0) t0 = Math.max(t0, room / step);
    if (step > 0) t1 = Math.min(t1, room / step);
  }
  if (t0 > t1) return null;
  return { t0, t1, ax: ax + t0 * dx, ay: ay + t0 * dy, bx: ax + t1 * dx, by: ay + t1 * dy };
}

// Plotly makes no path for a line of one point: make the one it would have made.
function addLine(lines, trace) {
  const { color, width, dash } = trace.line;
  const path = document.createElementNS("http://www.w3.org/2000/svg", "path");
  path.setAttribute("class", "js-line");
  path.style.cssText = "vector-effect:none;fill:none;stroke-opacity:1";
  path.style.stroke = color;
  path.style.strokeWidth = `${width}px`;
  path.style.strokeDasharray = dashes(dash, width);
  return lines.appendChild(path);
}

export function dashes(dash, width) {
  const unit = Math.max(width || 1, 3);
  const lengths = {
    dot: [1, 1], dash: [3, 3], longdash: [5, 5], dashdot: [3, 1, 1, 1], longdashdot: [5, 2, 1, 2],
  }[dash];
  if (lengths) return lengths.map((length) => `${length * unit}px`).join(",");
  return !dash || dash === "solid" ? "" : dash;
}

// Dots are moved, never made: all must be there.
function dotPen(group, track, fixed, xaxis, yaxis) {
  if (track.mode === "grow") return null;
  const [xs, ys] = [reader(track, fixed, "x"), reader(track, fixed, "y")];
  const dots = [...group.querySelectorAll("path.point")];
  if (dots.length !== Math.min(xs(0)?.length, ys(0)?.length)) return null;
  let last = -1;
  return {
    draw(frame) {
      const row = track.rowAt(frame);
      if (row === last) return;
      last = row;
      const [x, y] = [xs(row), ys(row)];
      for (const dot of dots) {
        const i = dot.__data__.i;
        const [px, py] = [xaxis.c2p(x[i]), yaxis.c2p(y[i])];
        const near = Math.abs(px) < FAR && Math.abs(py) < FAR; // false for NaN and undefined too
        dot.setAttribute("transform", near ? `translate(${round(px)},${round(py)})` : `translate(${-FAR},0)`);
      }
    },
  };
}
