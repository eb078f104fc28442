// How one trace moves with the frame; the same rules as `still` in Python.

import { rowsOf } from "./arrays.js";

const AXES = ["x", "y", "z"];

export function createTrack(spec, count, pool) {
  const rows = rowsOf(spec.frames, count);
  const arrays = {};
  for (const axis of AXES) if (spec[axis]) arrays[axis] = pool.decode(spec[axis]);
  const rowAt = (frame) => (rows ? rows[frame] : frame);
  return {
    trace: spec.trace,
    mode: spec.mode,
    arrays,
    rowAt,
    // What Plotly is to be given at a frame: {x?, y?, z?}.
    at(frame) {
      const row = rowAt(frame);
      return Object.fromEntries(
        Object.entries(arrays).map(([axis, array]) => [axis, show(spec.mode, array.nested, row)]));
    },
  };
}

function show(mode, nested, row) {
  if (mode === "grow") return nested.subarray(0, row + 1);
  return mode === "replace" ? nested[row] : nested.subarray(row, row + 1);
}
