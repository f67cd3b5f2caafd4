import { describe, expect, test } from "bun:test";
import { exitOf, laterOf, partName, type SeenPipeline } from "./pipeline-parts.ts";

const seen = (
  status: string,
  jobs: [number, string, string][] = [],
  more: Partial<SeenPipeline> = {},
): SeenPipeline => ({
  id: 1,
  url: "https://gitlab.test/p/-/pipelines/1",
  source: "schedule",
  status,
  createdAt: "2026-11-24T10:00:00.000Z",
  finishedAt: ["success", "failed", "canceled"].includes(status) ? "2026-11-24T10:30:00.000Z" : null,
  user: "ann",
  updatedAt: null,
  jobs: jobs.map(([id, name, status]) => ({ id, name, status, startedAt: null, finishedAt: null })),
  ...more,
});

describe("names of parts", () => {
  test.each([
    ["zdsync-gather-accounts", "gather-accounts"],
    ["zdsync-compare-global", "compare global"],
    ["zdsync-sync-us-government", "sync us-government"],
    ["zdsync-partner-sync", "partner-sync"],
    ["customers-user-sync", "user-sync"],
    ["zdsync-summary", "summary"],
    ["unit-tests", null],
  ])("%s is %p", (job, name) => {
    expect(partName(job)).toBe(name);
  });
});

describe("a later state is never replaced by an earlier one", () => {
  const created = seen("created", [[5, "zdsync-process", "created"]]);
  const running = seen("running", [[5, "zdsync-process", "running"]]);
  const done = seen("success", [[5, "zdsync-process", "success"]]);
  const failed = seen("failed", [[5, "zdsync-process", "failed"]]);
  const retried = seen("running", [[9, "zdsync-process", "running"]]);

  test("in whichever order they come, and repeated", () => {
    const orders = [
      [created, running, done],
      [done, created, running],
      [running, done, done, created],
      [created, done, running, done],
    ];
    for (const order of orders)
      expect(order.reduce<SeenPipeline | null>((known, one) => laterOf(known, one), null)).toEqual(done);
  });

  test("but a retried job takes the pipeline on after its end, and a late word of its first end changes nothing", () => {
    expect(laterOf(failed, retried)).toEqual(retried);
    expect(laterOf(retried, failed)).toEqual(retried);
  });

  test("a job that was skipped goes on under its own number once an earlier one is retried", () => {
    const skipped = seen("failed", [
      [5, "zdsync-process", "failed"],
      [6, "zdsync-sync-global", "skipped"],
    ]);
    const again = seen("running", [
      [6, "zdsync-sync-global", "created"],
      [9, "zdsync-process", "running"],
    ]);
    const ended = seen("success", [
      [6, "zdsync-sync-global", "success"],
      [9, "zdsync-process", "success"],
    ]);
    const orders = [
      [skipped, again, ended],
      [skipped, ended, again],
      [again, skipped, ended],
      [ended, skipped, again],
      [skipped, ended],
    ];
    for (const order of orders)
      expect(order.reduce<SeenPipeline | null>((known, one) => laterOf(known, one), null)).toEqual(ended);
    expect(laterOf(skipped, again)).toEqual(again);
    expect(laterOf(again, skipped)).toEqual(again);
  });

  test("a look without jobs keeps those that are known", () => {
    expect(laterOf(running, seen("success")).jobs).toEqual(running.jobs);
    expect(laterOf(running, seen("success")).status).toBe("success");
  });
});

describe("the exit code without a record", () => {
  test.each([
    [seen("success", [[1, "zdsync-sync-global", "success"]]), 0],
    [seen("success", [[1, "zdsync-sync-global", "failed"]]), 3],
    [seen("canceled"), 5],
    [seen("failed"), null],
    [seen("skipped"), null],
  ])("%#", (pipeline, exit) => {
    expect(exitOf(pipeline, null)).toBe(exit);
  });
});
