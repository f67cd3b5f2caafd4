import { describe, expect, test } from "bun:test";
import { failureIn, isDryCommand, processState } from "./process-state.ts";

const STARTED = { runId: "r", dataDir: "data", dryRun: true, pid: 7, startedAt: new Date("2026-11-24T10:00:00.000Z") };
const HOLDER = { host: "build-1", pid: 7, command: "undo", run_id: "r", since: "2026-11-24T10:00:01.000Z" };
const NOTHING = { record: null, started: null, holder: null, isChildAlive: false, pageUrl: null };

describe("a run without a record", () => {
  test("is not known where nothing tells of it", () => {
    expect(processState("r", NOTHING)).toBeNull();
  });

  test("waits while its child is alive, and is lost when that is gone", () => {
    expect(processState("r", { ...NOTHING, started: STARTED, isChildAlive: true, pageUrl: null })).toMatchObject({
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

test("why a child failed, as it told for programs among what it told for people", () => {
  const wrong = JSON.stringify({
    exit: 2,
    problems: [
      { where: "A", what: "is not set" },
      { where: "X", what: "is wrong" },
    ],
  });
  expect(failureIn(`zdsync run r\n${wrong}\nerror: A: is not set\n`)).toBe("A: is not set\nX: is wrong");
  const refused = JSON.stringify({ exit: 4, refusals: [{ code: "lock.held", params: {}, text: "In use." }] });
  expect(failureIn(`${refused}\nerror: In use.`)).toBe("In use.");
  expect(failureIn('error: only for people\n{"exit":0}')).toBeNull();
  expect(failureIn("")).toBeNull();
});
