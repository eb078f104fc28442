// Data as they travel (lossviz/player/packing.py): JSON, and each distinct array once behind it.

const TYPES = {
  f8: Float64Array, f4: Float32Array, i1: Int8Array, u1: Uint8Array,
};
const PREFIX = 4; // bytes that hold the length of the JSON

// Equal content has the same name and gives the identical array, by which both the player and
// Plotly.react see that nothing changed.
export function createPool() {
  let kept = new Map();
  let used = new Map();
  let [text, header, bytes, first] = ["", null, null, 0];

  function read({ dtype, shape, start, size }) {
    const flat = new TYPES[dtype](bytes.slice(first + start, first + start + size).buffer);
    let rows = null;
    return { flat, shape, get nested() { return (rows ??= nest(flat, shape)); } };
  }

  return {
    // What is in new data; the same object as before where nothing changed.
    open(packed) {
      const end = PREFIX + new DataView(packed.buffer, packed.byteOffset).getUint32(0, true);
      const words = new TextDecoder().decode(packed.subarray(PREFIX, end));
      if (words !== text) [text, header, bytes, first] = [words, JSON.parse(words), packed, end];
      return header.data;
    },
    decode({ array: name }) {
      const array = used.get(name) ?? kept.get(name) ?? read(header.arrays[name]);
      used.set(name, array);
      return array;
    },
    // Called after each new payload: what it did not use is let go.
    sweep() {
      kept = used;
      used = new Map();
    },
  };
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
  if (typeof value.array === "string") return pool.decode(value).nested;
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
