import { describe, expect, test } from "bun:test";
import { isDryCommand, lastErrorIn, processState } from "./process-state.ts";

const STARTED = { runId: "r", dataDir: "data", dryRun: true, pid: 7, startedAt: new Date("2026-11-24T10:00:00.000Z") };
const HOLDER = { host: "build-1", pid: 7, command: "undo", run_id: "r", since: "2026-11-24T10:00:01.000Z" };
const NOTHING = { record: null, started: null, holder: null, isChildAlive: false };

describe("a run without a record", () => {
  test("is not known where nothing tells of it", () => {
    expect(processState("r", NOTHING)).toBeNull();
  });

  test("waits while its child is alive, and is lost when that is gone", () => {
    expect(processState("r", { ...NOTHING, started: STARTED, isChildAlive: true })).toMatchObject({
      status: "waiting",
      origin: "bot",
      dryRun: true,
    });
    expect(processState("r", { ...NOTHING, started: STARTED })).toMatchObject({ status: "lost", endedAt: null });
  });

  test("runs where it holds the lock, and says what it is", () => {
    expect(processState("r", { ...NOTHING, holder: HOLDER })).toMatchObject({
      status: "running",
      origin: "schedule",
      startedBy: "zdsync undo, process 7 on build-1",
    });
  });
});

test.each([
  ["run", false],
  ["run --dry-run", true],
  ["preview", true],
  ["sync", false],
])("%s is dry: %p", (command, dry) => {
  expect(isDryCommand(command)).toBe(dry);
});

test("the last error of a log, with all lines of it", () => {
  expect(
    lastErrorIn("zdsync run r\nerror: a\nwarning: b\nerror: SALESFORCE_CLIENT_ID: is not set\nX: is wrong\n"),
  ).toBe("SALESFORCE_CLIENT_ID: is not set\nX: is wrong");
  expect(lastErrorIn("{}")).toBeNull();
});
