// Numbers in words.

// Four significant digits, but all of the whole part, its thousands set apart, with a true minus;
// the same as `number` in lossviz/engine/numbers.py.
export function number(value) {
  if (!Number.isFinite(value)) return "–";
  return minus(`${value < 0 ? "-" : ""}${written(Math.abs(value))}`);
}

function written(size) {
  if (Number.isInteger(size) && size < 1e6) return thousands(String(size));
  const places = 3 - Math.floor(Math.log10(size));
  if (size < 1e-4 || size >= 1e6) {
    const [digits, exponent] = evenly(size, places, (one) => one.toExponential(3)).split("e");
    return `${digits}e${Number(exponent)}`;
  }
  const shown = Math.max(0, places);
  return thousands(evenly(size, shown, (one) => one.toFixed(shown)));
}

// What lies halfway goes to the even digit, as in Python; by itself JavaScript rounds it up. At p
// places n + 1/2 units are halfway: as 10^p = 2^p 5^p, just the odd multiples of 1 / 2^(p + 1).
function evenly(size, places, write) {
  const unit = Number(`1e${-places}`);
  const halfway = places < 0
    ? size % unit === unit / 2 : (size * 2 ** (places + 1)) % 2 === 1;
  const text = write(size);
  const isOdd = Number(text.split("e")[0].at(-1)) % 2 === 1;
  return halfway && isOdd ? write(size * (1 - Number.EPSILON)) : text;
}

function thousands(text) {
  const [whole, ...rest] = text.split(".");
  return [whole.replace(/\B(?=(\d{3})+$)/g, ","), ...rest].join(".");
}

// A count in full: that of steps, of which a power of ten would tell nothing.
export const count = (value) => thousands(String(value));

export function percent(value) {
  return Number.isFinite(value) ? minus(`${(100 * value).toFixed(1)}\u00a0%`) : "–";
}

function minus(text) {
  return text.replaceAll("-", "\u2212");
}
