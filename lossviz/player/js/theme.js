// Streamlit's colours and fonts, and how a figure takes them on.

export function lookOf(element, size) {
  const style = getComputedStyle(element);
  const read = (name, otherwise) => style.getPropertyValue(name).trim() || otherwise;
  const text = read("--st-text-color", "#31333f");
  return {
    text,
    background: read("--st-background-color", "#ffffff"),
    grid: `color-mix(in srgb, ${text} 14%, transparent)`,
    font: read("--st-font", "sans-serif"),
    scale: size === "presentation" ? 1.5 : 1,
  };
}

export function resolve(look, element) {
  // Plotly parses colours itself and knows no color-mix: let the browser work it out.
  const probe = element.appendChild(document.createElement("span"));
  const channels = (colour) => {
    probe.style.color = colour;
    const [, ...found] = /color\(srgb ([\d.e-]+) ([\d.e-]+) ([\d.e-]+)(?: \/ ([\d.e-]+))?/
      .exec(getComputedStyle(probe).color) ?? [null, 0.5, 0.5, 0.5, 0.2];
    return found.map((value, k) => (k < 3 ? Math.round(255 * value) : value ?? 1));
  };
  const grid = `rgba(${channels(look.grid)})`;
  // Three dimensions know no alpha.
  const [r, g, b] = channels(`color-mix(in srgb, ${look.text} 20%, ${look.background})`);
  probe.style.color = look.background;
  const dark = isDark(getComputedStyle(probe).color);
  probe.remove();
  return { ...look, dark, grid, wire: `rgb(${r},${g},${b})` };
}

// Whether "rgb(r, g, b)" is nearer to black than to white.
function isDark(colour) {
  const [r, g, b] = colour.match(/[\d.]+/g)?.map(Number) ?? [255, 255, 255];
  return 0.3 * r + 0.59 * g + 0.11 * b < 128;
}

// A figure's layout with the page's colours wherever the figure does not say.
export function dressLayout(layout, look) {
  const dressed = look.scale === 1 ? structuredClone(layout) : enlarge(layout, look.scale);
  const { text, background, grid, wire = grid } = look;
  const axis = { gridcolor: grid, zerolinecolor: grid, linecolor: grid, tickcolor: grid };
  const names = new Set(["xaxis", "yaxis", ...Object.keys(dressed).filter(isAxis)]);
  for (const name of names) {
    dressed[name] = { ...axis, ...dressed[name] };
  }
  for (const name of Object.keys(dressed).filter((key) => /^scene\d*$/.test(key))) {
    const space = { ...axis, gridcolor: wire, zerolinecolor: wire, color: text, showbackground: false };
    for (const side of ["xaxis", "yaxis", "zaxis"]) {
      dressed[name][side] = { ...space, ...dressed[name][side] };
    }
    dressed[name].camera ??= { eye: { x: 1.4, y: 1.4, z: 0.9 } };
    dressed[name].uirevision ??= "kept";
  }
  dressed.font = { family: look.font, size: 13 * look.scale, color: text, ...dressed.font };
  dressed.hoverlabel = {
    bgcolor: background, bordercolor: text, ...dressed.hoverlabel,
    font: { family: look.font, color: text, ...dressed.hoverlabel?.font },
  };
  dressed.paper_bgcolor ??= "rgba(0,0,0,0)";
  dressed.plot_bgcolor ??= "rgba(0,0,0,0)";
  dressed.uirevision ??= "kept";
  dressed.modebar = { bgcolor: "rgba(0,0,0,0)", color: text, activecolor: text, ...dressed.modebar };
  return { ...dressed, autosize: true, width: undefined, height: undefined };
}

// A trace may say in `meta.dark` what is otherwise on a dark page.
export function dressTrace(given, look) {
  const trace = look.dark && given.meta?.dark ? merged(given, given.meta.dark) : given;
  if (look.scale === 1) return trace;
  const dressed = { ...trace };
  if (trace.line) dressed.line = { ...trace.line, width: (trace.line.width ?? 2) * look.scale };
  if (trace.marker && !Array.isArray(trace.marker.size)) {
    dressed.marker = { ...trace.marker, size: (trace.marker.size ?? 6) * 1.3 };
  }
  return dressed;
}

function merged(into, changes) {
  const result = { ...into };
  for (const [key, value] of Object.entries(changes)) {
    const isPart = value !== null && typeof value === "object" && !Array.isArray(value);
    result[key] = isPart ? merged(into[key] ?? {}, value) : value;
  }
  return result;
}

// A layout's names of its axes.
export const isAxis = (name) => /^[xy]axis\d*$/.test(name);

// Explicit font sizes and margins grow; everything else is copied.
function enlarge(value, scale, parent = "") {
  if (Array.isArray(value)) return value.map((item) => enlarge(item, scale, parent));
  if (value === null || typeof value !== "object") return value;
  const grows = (key, item) =>
    typeof item === "number" && ((/font$/.test(parent) && key === "size") || parent === "margin");
  return Object.fromEntries(Object.entries(value).map(([key, item]) =>
    [key, grows(key, item) ? item * scale : enlarge(item, scale, key)]));
}
