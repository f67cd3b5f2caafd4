import { expect, test } from "bun:test";
import { Throttle, throttledLog } from "./throttle.ts";

test("a log of what anybody can cause has a line a minute, with how many were left out", () => {
  let now = 0;
  const lines: string[] = [];
  const log = throttledLog(
    (line) => void lines.push(line),
    () => new Date(now),
  );
  for (now of [0, 1_000, 59_999, 60_000, 61_000, 200_000]) log("not believed");
  expect(lines).toEqual([
    "not believed",
    "not believed (and 2 more since the last line)",
    "not believed (and 1 more since the last line)",
  ]);
});

test("each key counts for itself", () => {
  const throttle = new Throttle();
  const passed = (key: string, at: number) => throttle.pass(key, new Date(at));
  expect([passed("a", 0), passed("b", 1), passed("a", 2), passed("b", 60_000), passed("a", 60_000)]).toEqual([
    0,
    0,
    null,
    null,
    1,
  ]);
});
