import { beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import { RUN_TIMEOUT } from "../pipeline/world.ts";
import type { WritePoint } from "./child-run.ts";
import {
  type Continuation,
  type CrashOptions,
  crashAt,
  ONE_JOB,
  SLOW_JOBS,
  type Undisturbed,
  undisturbed,
} from "./crash.ts";

setDefaultTimeout(RUN_TIMEOUT);

/** A sample of the crash matrix (test/deep/crash.deep.ts): each kind of write once, each phase and continuation several times. */
const SAMPLE: [what: string, point: WritePoint, then: Continuation][] = [
  ["creates", { service: "zendesk-global", write: 1, phase: "before" }, "same data directory"],
  ["creates", { service: "zendesk-global", write: 1, phase: "committed" }, "empty data directory"],
  ["contacts", { service: "zendesk-global", write: 2, phase: "committed" }, "same data directory"],
  ["an association", { service: "zendesk-global", write: 3, phase: "answered" }, "empty data directory"],
  ["updates", { service: "zendesk-global", write: 5, phase: "committed" }, "same data directory"],
  ["the notices", { service: "slack", write: 2, phase: "before" }, "empty data directory"],
  ["the notices", { service: "slack", write: 2, phase: "committed" }, "same data directory"],
  ["partners", { service: "zendesk-global", write: 7, phase: "answered" }, "same data directory"],
  ["a user", { service: "zendesk-us-government", write: 5, phase: "committed" }, "empty data directory"],
];

describe("S5: a run killed with -9, and another after it, come to the same as an undisturbed one", () => {
  let reference: Undisturbed;
  beforeAll(async () => {
    reference = await undisturbed(ONE_JOB);
  });

  const holds = async (point: WritePoint, then: Continuation, options: CrashOptions) => {
    const { killed, followed, outcome, leftOver } = await crashAt(point, then, options);
    expect(killed).toBe(true);
    expect({ exit: followed.exit, leftOver }).toEqual({ exit: 0, leftOver: [] });
    expect(outcome).toEqual(reference.outcome);
  };

  for (const [what, point, then] of SAMPLE)
    test.concurrent(`${point.phase} ${what} (${point.service}, write ${point.write}), then ${then}`, () =>
      holds(point, then, ONE_JOB));

  test.concurrent("creates still at work in Zendesk when the next run comes by: their contacts are not forgotten", () =>
    holds({ service: "zendesk-global", write: 1, phase: "committed" }, "same data directory", SLOW_JOBS));

  test("the world is worth it: every kind of write is there, and every notice once", () => {
    const { outcome, writes } = reference;
    const kinds = new Set(writes.map(({ service, what }) => `${service} ${what}`));
    expect(kinds.size).toBeGreaterThanOrEqual(10);
    expect(outcome.notices).toHaveLength(3);
    expect(new Set(outcome.notices).size).toBe(3);
  });
});
