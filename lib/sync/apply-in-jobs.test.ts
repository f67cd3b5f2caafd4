import { beforeEach, describe, expect, test } from "bun:test";
import { FakeKind, fakeRows } from "../../test/support/sync/fake-rows.ts";
import { reason } from "../domain/reason.ts";
import { RemoteError, StoppedError } from "../errors.ts";
import { JobSlots } from "../remotes/zendesk/job-slots.ts";
import type { RowOutcome } from "../remotes/zendesk/ports.ts";
import { NEVER, StopRequest } from "../stop.ts";
import { countResults, countUnattempted, type Result } from "../storage/artifacts/results.ts";
import { applyInOrder, inJobs, jobsOf, type Recorder } from "./apply-in-jobs.ts";
import { skipRows } from "./apply-rows.ts";

/** Some reason: what it says does not matter here, only that it arrives. */
const said = (text: string) => reason("legacy.text", { text });

/** Rows of one effect alone. */
const applyInJobs = (...given: Parameters<typeof jobsOf>) => applyInOrder([jobsOf(...given)]);

let kind: FakeKind;
beforeEach(() => {
  kind = new FakeKind();
});

/** An account that takes so many jobs: batches wait for room and for a place, as those of a writer do. */
function account(limit: number) {
  const slots = new JobSlots();
  slots.readLimit(new Headers({ "zendesk-ratelimit-inflight-jobs": `total=${limit}; remaining=${limit}; resets=60` }));
  const inFlight = { now: 0, most: 0 };
  kind.room = () => slots.room();
  const through = (send: FakeKind["send"]): FakeKind["send"] => {
    return async (rows) => {
      await slots.take();
      inFlight.most = Math.max(inFlight.most, ++inFlight.now);
      try {
        return await send(rows);
      } finally {
        inFlight.now--;
        slots.release(false);
      }
    };
  };
  return { through, inFlight };
}

describe("jobs", () => {
  test("of a hundred rows", () => {
    expect(inJobs(fakeRows(201)).map((job) => job.length)).toEqual([100, 100, 1]);
    expect(inJobs(fakeRows(100))).toHaveLength(1);
    expect(inJobs([])).toEqual([]);
  });

  function recorder(stop: Recorder["stop"] = NEVER) {
    const results: Result[] = [];
    const progress = { done: 0, failed: 0 };
    const errors: unknown[] = [];
    const add = (records: number, failed = 0) => {
      progress.done += records;
      progress.failed += failed;
    };
    const line = { add, total: () => {}, end: () => {}, breakOff: () => {} };
    return {
      stop,
      errors,
      line,
      record: async (one: readonly Result[]) => void results.push(...one),
      results,
      progress,
    };
  }

  const applied = (rows: readonly { id: number }[]): RowOutcome[] => rows.map(({ id }) => ({ is: "applied", id }));
  /** The first row of each batch that was looked at, or sent. */
  const batches = (method: string) =>
    kind.calls.flatMap((call) => (call.startsWith(`${method} `) ? [Number(/\d+/.exec(call)?.[0])] : []));

  test("every row is recorded and counted, in as many jobs at a time as the account takes, and never more", async () => {
    const { through, inFlight } = account(3);
    kind.send = through(async (rows) => {
      await Promise.resolve();
      return applied(rows);
    });
    const told = recorder();
    const ended: number[] = [];
    await applyInJobs(fakeRows(950), kind, told, (batch, results) => void ended.push(batch.length, results.length));
    expect(countResults(told.results)).toEqual({ applied: 950, failed: 0, skipped: 0 });
    expect(told.progress.done).toBe(950);
    expect(inFlight.most).toBe(3);
    expect(ended.sort()).toEqual([...Array(18).fill(100), 50, 50].sort());
  });

  test("Y5: effects are sent in their order, whichever is looked at sooner, and are in flight beside each other; each ends with its last job", async () => {
    const { through, inFlight } = account(4);
    const updated = Promise.withResolvers<void>();
    const ended = Promise.withResolvers<void>();
    const marksLookedAt = Promise.withResolvers<void>();
    const said: string[] = [];
    const part = (name: string, rows: ReturnType<typeof fakeRows>, until = ended.promise) => {
      const own = new FakeKind();
      if (kind.room) own.room = kind.room;
      own.precheck = async () => {
        if (name === "marks") marksLookedAt.resolve();
        if (name === "creates") await marksLookedAt.promise;
        return new Map();
      };
      own.send = through(async (sent) => {
        said.push(`${name} sent`);
        await until;
        return applied(sent);
      });
      const told = recorder();
      return jobsOf(rows, own, { ...told, line: { ...told.line, end: () => void said.push(`${name} ended`) } });
    };
    const done = applyInOrder([
      part("creates", fakeRows(100)),
      part("updates", fakeRows(150), updated.promise),
      part("marks", fakeRows(20)),
      part("nothing", []),
    ]);
    await Bun.sleep(0);
    expect(inFlight.most).toBe(4);
    ended.resolve();
    await Bun.sleep(0);
    updated.resolve();
    await done;
    expect(said).toEqual([
      "creates sent",
      "updates sent",
      "updates sent",
      "marks sent",
      "creates ended",
      "updates ended",
      "marks ended",
      "nothing ended",
    ]);
  });

  test("S4: batches are looked at only a little ahead of the jobs they wait for", async () => {
    const { through } = account(2);
    const held = Promise.withResolvers<void>();
    const send = through(async (rows) => {
      await held.promise;
      return applied(rows);
    });
    kind.send = send;
    const done = applyInJobs(fakeRows(4000), kind, recorder());
    await Bun.sleep(0);
    // Two are in flight, four wait for their places.
    expect(batches("precheck")).toHaveLength(6);
    held.resolve();
    await done;
    expect(batches("precheck")).toHaveLength(40);
  });

  test("others are looked at and read back while a job is in flight", async () => {
    const { through } = account(1);
    const readBack = Promise.withResolvers<Awaited<ReturnType<FakeKind["readBack"]>>>();
    kind.readBack = async (rows) => {
      kind.calls.push(`readBack ${[...rows.keys()].length}`);
      return batches("readBack").length === 1 ? readBack.promise : new Map();
    };
    kind.send = through(async (rows) => {
      kind.calls.push(`send ${rows[0]?.id}`);
      if (rows[0]?.id === 201) readBack.resolve(new Map());
      return applied(rows);
    });
    // Ends only because the third job does not wait for the first one to be read back.
    await applyInJobs(fakeRows(300), kind, recorder());
    expect(batches("send")).toEqual([1, 101, 201]);
  });

  test("S7: after a stop what is in flight ends, the rest is skipped and counted, also what was looked at", async () => {
    const stop = new StopRequest();
    const told = recorder(stop);
    const { through } = account(1);
    kind.send = through(async (rows) => {
      if (stop.reason !== null) throw new StoppedError("not sent");
      stop.request("SIGTERM");
      return applied(rows);
    });
    await applyInJobs(fakeRows(950), kind, told);
    expect(countResults(told.results)).toEqual({ applied: 100, failed: 0, skipped: 850 });
    expect(told.results.find(({ id }) => id === 950)).toMatchObject({
      outcome: "skipped",
      reason: reason("run.stopped", { cause: "SIGTERM" }),
    });
    expect(told.progress.done).toBe(100);
    expect(countUnattempted(told.results)).toEqual({ stopped: 850, failed: 0 });
  });

  test("S7: a second sending that the stop prevents takes nothing from what the first one came to", async () => {
    const stop = new StopRequest();
    const told = recorder(stop);
    kind.outcomes = { 1: [{ is: "unknown", reason: said("time-out") }], 2: [{ is: "transient", reason: said("409") }] };
    kind.resend = async () => {
      stop.request("deadline");
      throw new StoppedError("not sent");
    };
    await applyInJobs(fakeRows(3), kind, told);
    expect(told.results.map(({ outcome, reason: why }) => [outcome, why])).toEqual([
      ["failed", said("time-out")],
      ["failed", said("409")],
      ["applied", null],
    ]);
    expect(told.errors).toEqual([]);
  });

  test("S6: where a job throws, those in flight end, no further one is sent, all are recorded, and the error is kept", async () => {
    const told = recorder();
    const begun: number[] = [];
    const release = Promise.withResolvers<void>();
    const { through } = account(2);
    kind.send = through(async (rows) => {
      const first = rows[0]?.id ?? 0;
      begun.push(first);
      if (first === 1) {
        setImmediate(release.resolve);
        throw new RemoteError("the token was revoked");
      }
      await release.promise;
      return applied(rows);
    });
    await applyInJobs(fakeRows(2450), kind, told);
    expect(told.errors[0]).toEqual(new RemoteError("the token was revoked"));
    const { applied: done, failed, skipped } = countResults(told.results);
    expect([done + failed + skipped, failed]).toEqual([2450, 100]);
    // Of 25: those in flight, and those that had been looked at by then.
    expect(begun.length).toBeLessThan(13);
    expect(countUnattempted(told.results)).toEqual({ stopped: 0, failed: skipped });
    const codes = new Set(told.results.map(({ reason: why }) => why?.code ?? null));
    expect(codes).toEqual(new Set(["remote.failed", null, "write.not_attempted"]));
  });

  test("where results cannot be kept, no further job begins", async () => {
    const record = () => Promise.reject(new Error("disk full"));
    const told = { ...recorder(), record };
    const { through } = account(1);
    kind.send = through(async (rows) => {
      kind.calls.push(`send ${rows[0]?.id}`);
      return applied(rows);
    });
    await applyInJobs(fakeRows(2450), kind, told);
    expect(told.errors[0]).toEqual(new Error("disk full"));
    expect(batches("send").length).toBeLessThan(13);
  });

  test("S7: skipped rows say why", () => {
    expect(skipRows(fakeRows(1), kind, said("stopped (deadline)"))).toEqual([
      {
        effect: "update",
        salesforce_id: "A1",
        id: 1,
        before: {},
        after: { value: "v" },
        outcome: "skipped",
        reason: said("stopped (deadline)"),
      },
    ]);
  });
});
