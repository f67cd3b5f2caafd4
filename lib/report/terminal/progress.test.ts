import { describe, expect, test } from "bun:test";
import { RecordedOutput } from "../../../test/support/stage/recorded-output.ts";
import { describe as describeLine, duration, terminalProgress } from "./progress.ts";

describe("duration", () => {
  test.each([
    [0, "0.0 s"],
    [0.44, "0.4 s"],
    [9.9, "9.9 s"],
    [9.96, "10 s"],
    [12.4, "12 s"],
    [59.4, "59 s"],
    [59.6, "1 min 0 s"],
    [60, "1 min 0 s"],
    [200, "3 min 20 s"],
    [239.7, "4 min 0 s"],
    [3600, "60 min 0 s"],
  ])("%p seconds are %p", (seconds, said) => {
    expect(duration(seconds)).toBe(said);
  });
});

describe("describe: one line of progress", () => {
  const line = { what: "global: updates", total: 1200, done: 300, begun: 0 };

  test("how many of how many, how fast, how long still", () => {
    expect(describeLine(line, 2000)).toBe("global: updates  300 of 1,200  150/s  6.0 s left");
  });

  test("without a total, nobody knows how long", () => {
    expect(describeLine({ ...line, total: null }, 2000)).toBe("global: updates  300  150/s");
  });

  test("at the begin and at the end, no estimate", () => {
    expect(describeLine({ ...line, done: 0 }, 2000)).toBe("global: updates  0 of 1,200");
    expect(describeLine({ ...line, done: 1200 }, 2000)).toBe("global: updates  1,200 of 1,200  600/s");
    expect(describeLine({ ...line, done: 0 }, 0)).toBe("global: updates  0 of 1,200");
  });

  test("within the first second no speed is told", () => {
    expect(describeLine({ ...line, total: null }, 500)).toBe("global: updates  300");
  });
});

test("A4: on a terminal what is done, stopped and failed has its mark", () => {
  const output = new RecordedOutput();
  const shown: (readonly string[])[] = [];
  const progress = terminalProgress({ ...output, live: { show: (lines) => void shown.push(lines) } }, () => 0);
  progress.begin("accounts").end("2 accounts");
  progress.begin("marks", 75).end();
  progress.begin("creates", 1).add(1);
  progress.begin("organizations").breakOff("failed");
  progress.close();
  expect(output.said).toEqual([
    "  ✓ accounts: 2 accounts (0.0 s)",
    "  – marks: not started, 75 left (0.0 s)",
    "  ✗ organizations: failed (0.0 s)",
  ]);
  expect(shown.slice(-2)).toEqual([["  … creates  1 of 1"], []]);
});

describe("progress in a log", () => {
  function inLog() {
    const output = new RecordedOutput();
    const clock = { now: 0 };
    return { output, clock, progress: terminalProgress(output, () => clock.now) };
  }

  test("a line when something ends, with its outcome or its count", () => {
    const { output, clock, progress } = inLog();
    const counted = progress.begin("accounts");
    const told = progress.begin("organizations", 10);
    counted.add(1500);
    counted.add(500);
    clock.now = 12_000;
    counted.end();
    told.end("9 of 10 read");
    expect(output.said).toEqual(["accounts: 2,000 (12 s)", "organizations: 9 of 10 read (12 s)"]);
    expect(output.results).toEqual([]);
  });

  test("in between, a line every 15 seconds at most", () => {
    const { output, clock, progress } = inLog();
    const line = progress.begin("accounts");
    line.total(4000);
    for (const now of [1000, 14_999, 15_000, 15_001, 29_999, 30_000]) {
      clock.now = now;
      line.add(100);
    }
    expect(output.said).toEqual([
      "accounts  300 of 4,000  20/s  3 min 5 s left",
      "accounts  600 of 4,000  20/s  2 min 50 s left",
    ]);
  });

  test("work that turned out to be none is not worth a line, unless there is an outcome to tell", () => {
    const { output, progress } = inLog();
    progress.begin("marks", 0).end();
    progress.begin("updates", 0).end("nothing to do");
    expect(output.said).toEqual(["updates: nothing to do (0.0 s)"]);
  });

  test("A4: work that was stopped, never begun, or failed does not look done", () => {
    const { output, progress } = inLog();
    const begun = progress.begin("updates", 300);
    begun.add(100);
    begun.end();
    progress.begin("marks", 75).end();
    const failing = progress.begin("creates", 300);
    failing.add(100, 1);
    failing.add(200);
    failing.end();
    const failed = progress.begin("users", 300);
    failed.add(100, 100);
    failed.end();
    progress.begin("accounts").breakOff("stopped");
    progress.begin("organizations").breakOff("failed");
    expect(output.said).toEqual([
      "updates: stopped after 100 of 300 (0.0 s)",
      "marks: not started, 75 left (0.0 s)",
      "creates: 300, 1 failed (0.0 s)",
      "users: 100 of 300, 100 failed (0.0 s)",
      "accounts: stopped (0.0 s)",
      "organizations: failed (0.0 s)",
    ]);
  });

  test("what is said in between is said as it is", () => {
    const { output, progress } = inLog();
    progress.say("warning: w");
    progress.close();
    expect(output.said).toEqual(["warning: w"]);
  });
});
