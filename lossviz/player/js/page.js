// Small helpers for making elements and writing numbers.

const SVG = "http://www.w3.org/2000/svg";

export function h(tag, attributes = {}, ...children) {
  return fill(document.createElement(tag), attributes, children);
}

export function svg(tag, attributes = {}, ...children) {
  return fill(document.createElementNS(SVG, tag), attributes, children);
}

function fill(node, attributes, children) {
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else if (value === true) node.setAttribute(name, "");
    else if (value !== false && value !== null && value !== undefined) node.setAttribute(name, value);
  }
  node.append(...children);
  return node;
}

// Writing the same text again would cost a layout.
export function setText(node, text) {
  if (node.firstChild?.data !== text) node.textContent = text;
}

export function setAttribute(node, name, value) {
  if (node.getAttribute(name) !== String(value)) node.setAttribute(name, value);
}

// Four significant digits, with a true minus; whole numbers as they are.
export function number(value) {
  if (!Number.isFinite(value)) return "–";
  const size = Math.abs(value);
  if (value === 0 || (Number.isInteger(value) && size < 1e6)) return minus(String(value));
  if (size < 1e-4 || size >= 1e6) {
    const [digits, exponent] = value.toExponential(3).split("e");
    return minus(`${digits}e${Number(exponent)}`);
  }
  return minus(value.toFixed(Math.max(0, 3 - Math.floor(Math.log10(size)))));
}

export function percent(value) {
  return Number.isFinite(value) ? minus(`${(100 * value).toFixed(1)} %`) : "–";
}

function minus(text) {
  return text.replaceAll("-", "\u2212");
}
