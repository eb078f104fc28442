// The canvases that moving traces are drawn on: one above Plotly's plot, below its legend and
// labels, and one under it.

import { h } from "./dom.js";
import { drawingOf, plotArea } from "./plotly_private.js";

export function createOverlay(gd) {
  const above = createSheet(gd, "after");
  const below = createSheet(gd, "before");
  let turn = 0; // counts who has the plot: only the last to leave uncovers it

  return {
    // New pens: the canvases take the place of what they draw.
    take(pens) {
      turn++;
      above.place(pens.filter((pen) => pen && !pen.below));
      below.place(pens.filter((pen) => pen?.below));
    },
    draw(frame) {
      above.draw(frame);
      below.draw(frame);
    },
    // Plotly has drawn: its own picture is the true one. Its heatmaps are images, which browsers
    // decode a frame or two later; until then the lower canvas stays and they do not show, for
    // colours that one can see through would add up.
    leave() {
      const mine = ++turn;
      above.leave();
      const images = below.covered().flatMap((group) => [...group.querySelectorAll("image")]);
      Promise.allSettled(images.map((image) => image.decode?.())).then(() => {
        if (mine === turn) below.leave();
      });
    },
  };
}

function createSheet(gd, side) {
  const canvas = h("canvas", { class: "lv-canvas", "aria-hidden": "true", hidden: true });
  const context = canvas.getContext("2d");
  let pens = [];
  let hidden = []; // Plotly's groups that the canvas stands in for

  function hide(groups) {
    for (const group of hidden) group.style.visibility = "";
    hidden = [...new Set(groups)];
    for (const group of hidden) group.style.visibility = "hidden";
  }

  return {
    covered: () => hidden,
    place(mine) {
      pens = mine;
      hide(pens.flatMap((pen) => pen.hides));
      canvas.hidden = !pens.length;
      const { left, top, width: across, height: down } = plotArea(gd);
      const plot = drawingOf(gd);
      const beside = side === "after" ? plot.nextElementSibling : plot.previousElementSibling;
      if (canvas !== beside) plot[side](canvas);
      const ratio = window.devicePixelRatio || 1;
      const [width, height] = [Math.round(across * ratio), Math.round(down * ratio)];
      if (canvas.width !== width || canvas.height !== height) {
        Object.assign(canvas, { width, height });
        Object.assign(canvas.style, { width: `${across}px`, height: `${down}px` });
      }
      Object.assign(canvas.style, { left: `${left}px`, top: `${top}px` });
      context.setTransform(ratio, 0, 0, ratio, -left * ratio, -top * ratio);
    },
    draw(frame) {
      if (!pens.length) return;
      const { left, top, width, height } = plotArea(gd);
      context.clearRect(left, top, width, height);
      for (const pen of pens) pen.draw(context, frame);
    },
    leave() {
      hide([]);
      canvas.hidden = true;
    },
  };
}
