// Where playback is and where it goes: pure functions, no page.

export const SPEEDS = [0.1, 0.25, 0.5, 1, 2, 5, 10, 50];

// The last frame at or before a step.
export function frameAt(steps, step) {
  let low = 0;
  let high = steps.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (steps[middle] <= step) low = middle;
    else high = middle - 1;
  }
  return low;
}

// Frames a second at 1x: the display's usual 60, but short runs take 3 s and none more than 12.
export function rateOf(count) {
  return Math.max(Math.min(count / 3, 60), 10, count / 12);
}

// New data: the frame to show and whether playback goes on.
// `before` is {run, step, playing, atEnd} or null on the first mount.
export function arrive(before, { run, steps, start }) {
  const last = steps.length - 1;
  if (!before) return { frame: start === null ? last : frameAt(steps, start), playing: false };
  const { step, playing, atEnd } = before;
  if (playing) return { frame: run === before.run ? frameAt(steps, step) : 0, playing };
  return { frame: atEnd ? last : frameAt(steps, step), playing };
}

// One tick of playback from a fractional frame: where it is and whether it plays on.
// Where more is to come it waits at the end of what is there.
export function advance(at, frames, { last, loop, complete }) {
  const next = at + frames;
  if (next < last + 1) return { at: next, playing: true };
  if (!complete) return { at: last, playing: true };
  return loop ? { at: 0, playing: true } : { at: last, playing: false };
}
