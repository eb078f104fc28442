// The canvas that moving traces are drawn on: above Plotly's plot, below its legend and labels.

import { h } from "./page.js";

export function createOverlay(gd) {
  const canvas = h("canvas", { class: "lv-canvas", "aria-hidden": "true", hidden: true });
  const context = canvas.getContext("2d");
  let hidden = []; // Plotly's groups that the canvas stands in for

  function place() {
    const { l, t, w, h: height } = gd._fullLayout._size;
    const plot = gd.querySelector(".main-svg");
    if (canvas.previousElementSibling !== plot) plot.after(canvas);
    const ratio = window.devicePixelRatio || 1;
    const [width, depth] = [Math.round(w * ratio), Math.round(height * ratio)];
    if (canvas.width !== width || canvas.height !== depth) {
      Object.assign(canvas, { width, height: depth });
      Object.assign(canvas.style, { width: `${w}px`, height: `${height}px` });
    }
    Object.assign(canvas.style, { left: `${l}px`, top: `${t}px` });
    context.setTransform(ratio, 0, 0, ratio, -l * ratio, -t * ratio);
  }

  return {
    // New pens: the canvas takes the place of what they draw.
    take(pens) {
      show(hidden);
      place();
      canvas.hidden = false;
      hidden = pens.map((pen) => pen?.group).filter(Boolean);
      for (const group of hidden) group.style.visibility = "hidden";
    },
    draw(pens, frame) {
      const { l, t, w, h: height } = gd._fullLayout._size;
      context.clearRect(l, t, w, height);
      for (const pen of pens) pen?.draw(context, frame);
    },
    // Plotly has drawn: its own picture is the true one.
    leave() {
      show(hidden);
      hidden = [];
      canvas.hidden = true;
    },
  };
}

function show(groups) {
  for (const group of groups) group.style.visibility = "";
}
