import assert from "node:assert/strict";
import test from "node:test";

import "./document.mjs";
import { createReports } from "../../lossviz/player/js/reports.js";

function reported(t) {
  t.mock.timers.enable({ apis: ["setTimeout", "Date"], now: 1000 });
  const [sent, done] = [[], []];
  const reports = createReports({
    send: (report) => sent.push(report), isPassing: ({ kind }) => kind === "move", done: (late) => done.push(late),
  });
  return { reports, sent, done, add: (kind, x) => reports.add({ kind, x }) };
}

test("one goes at a time, and of those that wait and pass the newest", (t) => {
  const { reports, sent, done, add } = reported(t);
  for (const x of [1, 2, 3]) add("move", x);
  add("end", 4);
  add("end", 5);
  assert.deepEqual(sent, [{ kind: "move", x: 1, n: 1000 }]);
  reports.receive(999);
  assert.equal(sent.length, 1);
  for (const n of [1000, 1001]) reports.receive(n);
  assert.deepEqual(sent.slice(1), [{ kind: "end", x: 4, n: 1001 }, { kind: "end", x: 5, n: 1002 }]);
  assert.deepEqual([done, reports.isIdle()], [[], false]);
  reports.receive(1002);
  assert.deepEqual([done, reports.isIdle()], [[false], true]);
});

test("what nothing answers holds up the next for 3 seconds", (t) => {
  const { reports, sent, done, add } = reported(t);
  add("move", 1);
  add("move", 2);
  t.mock.timers.tick(2999);
  assert.equal(sent.length, 1);
  t.mock.timers.tick(1);
  assert.equal(sent.length, 2);
  t.mock.timers.tick(3000);
  assert.deepEqual([done, reports.isIdle()], [[true], true]);
});

test("what is taken away waits for nothing", (t) => {
  const { reports, sent, add } = reported(t);
  add("move", 1);
  add("move", 2);
  reports.remove();
  t.mock.timers.tick(9000);
  assert.equal(sent.length, 1);
});
