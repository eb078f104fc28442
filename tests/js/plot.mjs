// What Plotly and a canvas would say, as far as the player asks.

// One of Plotly's axes; the range of a logarithmic one is of exponents.
export function axisOf(id, range, length, type = "linear") {
  const c2l = (value) => (type === "log" ? Math.log10(value) : value);
  const [low, high] = range;
  const part = (value) => (c2l(value) - low) / (high - low);
  return {
    _id: id, type, range, _length: length, _offset: 0, r2l: Number, c2l,
    c2p: (value) => length * (id[0] === "y" ? 1 - part(value) : part(value)),
    p2d(pixel) {
      const value = low + (high - low) * (id[0] === "y" ? 1 - pixel / length : pixel / length);
      return type === "log" ? 10 ** value : value;
    },
  };
}

// A 2D context that writes down what is called and what is set.
export function recorder() {
  const calls = [];
  const kept = { globalAlpha: 1, calls };
  return new Proxy(kept, {
    get: (_, name) => (name in kept ? kept[name] : (...args) => { calls.push([name, ...args]); }),
    set(_, name, value) {
      kept[name] = value;
      calls.push([name, value]);
      return true;
    },
  });
}

// A figure that Plotly has drawn: groups of path.point nodes, a trace each.
export function drawn(traces, axes, dots = []) {
  const plot = { xaxis: axes[0], yaxis: axes[1] };
  const groups = traces.map((trace, index) => ({
    __data__: [{ trace: { index } }],
    querySelectorAll: () => dots[index] ?? [],
  }));
  return {
    data: traces,
    _fullData: traces.map((trace) => ({ visible: true, xaxis: "x", yaxis: "y", ...trace })),
    _fullLayout: { _plots: { xy: plot } },
    querySelectorAll: () => groups,
  };
}

// A pool in which each name stands for its array.
export const poolOf = (arrays) => ({ decode: ({ array }) => arrays[array] });
