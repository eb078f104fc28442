// Arrays as they travel: Plotly's {dtype, bdata, shape}, decoded once for each distinct content.

const TYPES = {
  f8: Float64Array, f4: Float32Array, i1: Int8Array, u1: Uint8Array,
  i2: Int16Array, u2: Uint16Array, i4: Int32Array, u4: Uint32Array,
};

// Equal content gives the identical array, by which Plotly.react sees that nothing changed.
export function createPool() {
  let kept = new Map();
  let used = new Map();
  return {
    decode(spec) {
      const key = `${spec.dtype}|${spec.shape ?? ""}|${spec.bdata}`;
      const array = used.get(key) ?? kept.get(key) ?? decode(spec);
      used.set(key, array);
      return array;
    },
    // Called after each new payload: what it did not use is let go.
    sweep() {
      kept = used;
      used = new Map();
    },
  };
}

export function decode(spec) {
  const text = atob(spec.bdata);
  const bytes = new Uint8Array(text.length);
  for (let i = 0; i < text.length; i++) bytes[i] = text.charCodeAt(i);
  const flat = new TYPES[spec.dtype](bytes.buffer);
  const shape = spec.shape ? String(spec.shape).split(",").map(Number) : [flat.length];
  return { flat, shape, nested: nest(flat, shape) };
}

function nest(flat, shape) {
  if (shape.length < 2) return flat;
  const size = flat.length / (shape[0] || 1);
  return Array.from({ length: shape[0] }, (_, k) =>
    nest(flat.subarray(k * size, (k + 1) * size), shape.slice(1)));
}

// A figure's JSON with its arrays in place, as Plotly wants it.
export function revive(value, pool) {
  if (Array.isArray(value)) return value.map((item) => revive(item, pool));
  if (value === null || typeof value !== "object") return value;
  if (typeof value.bdata === "string") return pool.decode(value).nested;
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [key, revive(item, pool)]));
}

// For things that move less often than each frame: the row on show at each frame.
export function rowsOf(frames, count) {
  if (!frames) return null;
  const rows = new Int32Array(count);
  for (let frame = 0, row = 0; frame < count; frame++) {
    while (row + 1 < frames.length && frames[row + 1] <= frame) row++;
    rows[frame] = row;
  }
  return rows;
}
