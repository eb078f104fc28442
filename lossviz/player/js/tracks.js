// How one trace moves with the frame; the same rules as `still` in Python.

import { rowsOf } from "./arrays.js";

const AXES = ["x", "y", "z"];
const BLANK = "\u00a0";

export function createTrack(spec, count, pool) {
  const rows = rowsOf(spec.frames, count);
  const arrays = {};
  for (const axis of AXES) if (spec[axis]) arrays[axis] = pool.decode(spec[axis]);
  const text = spec.text && speller(spec.text, pool);
  const rowAt = (frame) => (rows ? rows[frame] : frame);
  return {
    trace: spec.trace,
    mode: spec.mode,
    arrays,
    rowAt,
    // What Plotly is to be given at a frame: {x?, y?, z?, text?}.
    at(frame) {
      const row = rowAt(frame);
      const shown = Object.fromEntries(
        Object.entries(arrays).map(([axis, array]) => [axis, show(spec.mode, array.nested, row)]));
      return text ? { ...shown, text: text(row) } : shown;
    },
  };
}

// row -> its words; the same array for the same row again, so that Plotly sees that it is. Plotly
// drops a text that is empty, and for good: a blank stands for it.
function speller({ words: given, places }, pool) {
  const { nested } = pool.decode(places);
  const words = given.map((word) => word || BLANK);
  const spell = (place) => (typeof place === "number" ? words[place] : Array.from(place, spell));
  let [known, spelt] = [-1, null];
  return (row) => {
    if (row !== known) [known, spelt] = [row, spell(nested[row])];
    return spelt;
  };
}

function show(mode, nested, row) {
  if (mode === "grow") return nested.subarray(0, row + 1);
  return mode === "replace" ? nested[row] : nested.subarray(row, row + 1);
}
