import { expect, test } from "bun:test";
import { EXIT, InternalError, RefusedError, StoppedError, type ZdsyncError } from "../errors.ts";
import type { Step } from "../storage/runs/run-record.ts";
import { observed } from "./observed-stage.ts";
import type { StageReport } from "./stage.ts";

async function statesOf(work: () => Promise<StageReport>): Promise<Step["state"][]> {
  const states: Step["state"][] = [];
  const observer = {
    step: async (_stage: string, _instance: unknown, state: Step["state"]) => void states.push(state),
  };
  await observed(observer, "sync", "global", work, (report) => [report]).catch(() => {});
  return states;
}

const report = (unattempted?: { stopped: number; failed: number }) =>
  ({ stage: "sync", run_id: "r1", comparison: { name: "global", ...(unattempted ? { unattempted } : {}) } }) as never;
const throwing = (error: ZdsyncError) => async () => {
  throw error;
};

test("A4: a stage that left records because it was stopped is stopped, however it ended", async () => {
  expect(await statesOf(async () => report({ stopped: 75, failed: 0 }))).toEqual(["running", "stopped"]);
  expect(await statesOf(throwing(new StoppedError("stopped")))).toEqual(["running", "stopped"]);
  const ended = {
    ...(report({ stopped: 75, failed: 0 }) as StageReport),
    ended: { exit: EXIT.stopped },
  } as StageReport;
  expect(await statesOf(async () => ended)).toEqual(["running", "stopped"]);
});

test("what was done, refused or failed is told as before", async () => {
  expect(await statesOf(async () => report())).toEqual(["running", "done"]);
  expect(await statesOf(async () => report({ stopped: 0, failed: 3 }))).toEqual(["running", "done"]);
  expect(await statesOf(throwing(new RefusedError("over a limit", [])))).toEqual(["running", "refused"]);
  expect(await statesOf(throwing(new InternalError("x")))).toEqual(["running", "failed"]);
});
