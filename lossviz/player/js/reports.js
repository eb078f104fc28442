// Reports to Python, one at a time: the next waits for the data that answer the last, and of those
// that are passing only the newest counts.

const PATIENCE = 3000; // ms for an answer

// `done` is called when the last of all has been answered, with whether that was by nothing.
export function createReports({ send, isPassing, done = () => {} }) {
  let [queue, waiting, sent, timer] = [[], 0, 0, 0];

  function next() {
    if (waiting || !queue.length) return;
    waiting = sent = Math.max(sent + 1, Date.now()); // rises over visits too
    send({ ...queue.shift(), n: waiting });
    clearTimeout(timer);
    timer = setTimeout(answer, PATIENCE, true);
  }

  function answer(isLate = false) {
    waiting = 0;
    next();
    if (!waiting) done(isLate);
  }

  return {
    add(report) {
      if (queue.length && isPassing(queue.at(-1))) queue.pop();
      queue.push(report);
      next();
    },
    // New data say which report they know of.
    receive(answered) {
      if (waiting && answered === waiting) answer();
    },
    isIdle: () => !waiting && !queue.length,
    remove: () => clearTimeout(timer),
  };
}
