import { beforeEach, describe, expect, test } from "bun:test";
import { countResults, countUnattempted, type Result } from "../artifacts/results.ts";
import { reason } from "../domain/reason.ts";
import { RemoteError } from "../errors.ts";
import { NEVER, StopRequest } from "../stage/stop.ts";
import type { RowOutcome } from "../zendesk/ports.ts";
import { applyInJobs, applyRows, inJobs, type Recorder, skipRows, type Verdict } from "./apply-rows.ts";
import { FakeKind, type FakeRow, fakeRows } from "./testing/fake-rows.ts";

/** Some reason: what it says does not matter here, only that it arrives. */
const said = (text: string) => reason("legacy.text", { text });

const TRANSIENT: RowOutcome = { is: "transient", reason: said("503") };
const UNKNOWN: RowOutcome = { is: "unknown", reason: said("time-out") };
const REFUSED: RowOutcome = { is: "refused", reason: said("name taken by 99"), taken: "name" };

let kind: FakeKind;
beforeEach(() => {
  kind = new FakeKind();
});

/** The results of so many rows: outcome, reason and id of each. */
async function apply(count = 1) {
  const written = await applyRows(fakeRows(count), kind);
  return written.map(({ result: { outcome, reason, id } }) => [outcome, reason, id]);
}

test("rows are looked at, sent, read back and accounted for, in order", async () => {
  expect(await apply(2)).toEqual([
    ["applied", null, 1],
    ["applied", null, 2],
  ]);
  expect(kind.calls).toEqual(["precheck 1,2", "send 1,2", "readBack 1,2"]);
});

describe("S4: what the look right before says", () => {
  test("those rows are not sent; a known id stands in the result", async () => {
    const rows = fakeRows(3);
    kind.verdicts = new Map<FakeRow, Verdict>([
      [rows[0] ?? { id: 0, value: "" }, { outcome: "skipped", reason: said("changed since compare") }],
      [rows[2] ?? { id: 0, value: "" }, { outcome: "applied", reason: said("is there already"), id: 77 }],
    ]);
    const results = (await applyRows(rows, kind)).map(({ result }) => result);
    expect(results.map(({ outcome, reason, id }) => [outcome, reason, id])).toEqual([
      ["skipped", said("changed since compare"), 1],
      ["applied", null, 2],
      ["applied", said("is there already"), 77],
    ]);
    expect(kind.calls).toEqual(["precheck 1,2,3", "send 2", "readBack 2"]);
  });

  test("where none is left, nothing is sent or read back", async () => {
    const rows = fakeRows(1);
    kind.verdicts = new Map(rows.map((row): [FakeRow, Verdict] => [row, { outcome: "skipped", reason: said("gone") }]));
    await applyRows(rows, kind);
    expect(kind.calls).toEqual(["precheck 1"]);
  });
});

describe("S6: rows that failed for a passing reason", () => {
  test("are sent once more, alone", async () => {
    kind.outcomes = { 2: [TRANSIENT] };
    expect(await apply(3)).toEqual([
      ["applied", null, 1],
      ["applied", null, 2],
      ["applied", null, 3],
    ]);
    expect(kind.calls).toEqual(["precheck 1,2,3", "send 1,2,3", "resend 2", "readBack 1,2,3"]);
  });

  test("fail with their reason after the second time: once, not for ever", async () => {
    kind.outcomes = { 1: [TRANSIENT, { is: "transient", reason: said("503 again") }] };
    expect(await apply()).toEqual([["failed", said("503 again"), 1]]);
    expect(kind.calls).toEqual(["precheck 1", "send 1", "resend 1"]);
  });
});

describe("S5: rows whose outcome is unknown", () => {
  test("are looked up; what is there is not sent again", async () => {
    kind.outcomes = { 1: [UNKNOWN] };
    kind.found.add(1);
    expect(await apply()).toEqual([["applied", null, 1]]);
    expect(kind.calls).toEqual(["precheck 1", "send 1", "lookUp 1", "readBack 1"]);
  });

  test("are sent again only after they were not found", async () => {
    kind.outcomes = { 1: [UNKNOWN], 2: [TRANSIENT] };
    expect(await apply(2)).toEqual([
      ["applied", null, 1],
      ["applied", null, 2],
    ]);
    expect(kind.calls).toEqual(["precheck 1,2", "send 1,2", "lookUp 1", "resend 1,2", "readBack 1,2"]);
  });

  test("unknown again are looked up again, then given up", async () => {
    kind.outcomes = { 1: [UNKNOWN, UNKNOWN] };
    expect(await apply()).toEqual([["failed", said("time-out"), 1]]);
    expect(kind.calls).toEqual(["precheck 1", "send 1", "lookUp 1", "resend 1", "lookUp 1"]);
  });

  test("refused the second time for what the first sending made late: that one is ours", async () => {
    kind.outcomes = { 1: [UNKNOWN, REFUSED], 2: [UNKNOWN, REFUSED] };
    kind.foundLate.add(1);
    expect(await apply(2)).toEqual([
      ["applied", null, 1],
      // Not to be found, and perhaps made all the same.
      ["failed", said("time-out"), 2],
    ]);
    expect(kind.calls).toEqual(["precheck 1,2", "send 1,2", "lookUp 1,2", "resend 1,2", "lookUp 1,2", "readBack 1"]);
  });

  test("refused the second time where the first sending certainly did nothing: somebody else's", async () => {
    kind.outcomes = { 1: [TRANSIENT, REFUSED] };
    kind.foundLate.add(1);
    expect(await apply()).toEqual([["failed", said("name taken by 99"), 1]]);
  });

  test("an answer with fewer outcomes than rows leaves the others unknown, never applied", async () => {
    kind.send = async (rows) => {
      kind.calls.push(`send ${rows.length}`);
      return [{ is: "applied", id: 1 }];
    };
    expect(await apply(2)).toEqual([
      ["applied", null, 1],
      ["applied", null, 2],
    ]);
    expect(kind.calls).toEqual(["precheck 1,2", "send 2", "lookUp 2", "resend 2", "readBack 1,2"]);
  });

  test("where the look-up fails, nothing is sent again", async () => {
    kind.outcomes = { 1: [UNKNOWN] };
    kind.fails.lookUp = new RemoteError("Zendesk is away");
    await expect(apply()).rejects.toThrow("Zendesk is away");
    expect(kind.calls).toEqual(["precheck 1", "send 1", "lookUp 1"]);
  });
});

describe("refused rows", () => {
  test("stay refused, with the reason, and are not sent again", async () => {
    kind.outcomes = { 1: [REFUSED] };
    expect(await apply(2)).toEqual([
      ["failed", said("name taken by 99"), 1],
      ["applied", null, 2],
    ]);
    expect(kind.calls).toEqual(["precheck 1,2", "send 1,2", "readBack 2"]);
  });

  test("Y5: in another form: applied, with the reason, and what was written is what the result says", async () => {
    kind.outcomes = { 1: [REFUSED] };
    kind.retries = { 1: { row: { id: 1, value: "without its name" }, reason: said("name taken by organization 99") } };
    const [written] = await applyRows(fakeRows(1), kind);
    expect(written?.result).toMatchObject({
      outcome: "applied",
      reason: said("name taken by organization 99"),
      id: 1,
      after: { value: "without its name" },
    });
    expect(written?.row.value).toBe("v");
    expect(kind.calls).toEqual(["precheck 1", "send 1", "resend 1", "readBack 1"]);
  });

  test("Y5: nothing left to send: skipped with the reason", async () => {
    kind.outcomes = { 1: [REFUSED] };
    kind.retries = { 1: { row: undefined, reason: said("only the name differed") } };
    expect(await apply()).toEqual([["skipped", said("only the name differed"), 1]]);
    expect(kind.calls).toEqual(["precheck 1", "send 1"]);
  });

  test("S5: refused because it is there already: skipped, with the id of the one that is there", async () => {
    kind.outcomes = { 1: [REFUSED] };
    kind.retries = { 1: { row: undefined, reason: said("exists already"), id: 77 } };
    const [written] = await applyRows(fakeRows(1), kind);
    expect(written?.result).toMatchObject({ outcome: "skipped", reason: said("exists already"), id: 77 });
  });

  test("Y5: refused in the other form too: failed", async () => {
    kind.outcomes = { 1: [REFUSED, { is: "refused", reason: said("no such field") }] };
    kind.retries = { 1: { row: { id: 1, value: "w" }, reason: said("name taken") } };
    expect(await apply()).toEqual([["failed", said("no such field"), 1]]);
  });

  test("Y5: refused only at the second sending: the other form is tried as well", async () => {
    kind.outcomes = { 1: [TRANSIENT, REFUSED] };
    kind.retries = { 1: { row: { id: 1, value: "w" }, reason: said("name taken") } };
    expect(await apply()).toEqual([["applied", said("name taken"), 1]]);
    expect(kind.calls).toEqual(["precheck 1", "send 1", "resend 1", "resend 1", "readBack 1"]);
  });
});

describe("Y6: reading back", () => {
  test("what did not stick failed, the other form of a row included", async () => {
    kind.outcomes = { 2: [REFUSED] };
    kind.retries = { 2: { row: { id: 2, value: "w" }, reason: said("name taken") } };
    kind.lost = { 1: said("aar did not stick"), 2: said("sub_edu did not stick") };
    expect(await apply(3)).toEqual([
      ["failed", said("aar did not stick"), 1],
      ["failed", said("sub_edu did not stick"), 2],
      ["applied", null, 3],
    ]);
  });

  test("what could not be read back is accounted for, with the reason", async () => {
    kind.fails.readBack = new RemoteError("Zendesk is away");
    expect(await apply()).toEqual([["failed", reason("write.not_read_back", { message: "Zendesk is away" }), 1]]);
  });
});

test("S6: whatever happens, one result a row, and the counts add up", async () => {
  const outcomes: RowOutcome[] = [TRANSIENT, UNKNOWN, REFUSED, { is: "applied", id: 5 }];
  for (let first = 0; first < 64; first++) {
    kind = new FakeKind();
    const pick = (row: number, place: number) => outcomes[(first >> (row + place)) & 3] ?? REFUSED;
    for (let row = 1; row <= 6; row++) kind.outcomes[row] = [pick(row, 0), pick(row, 1), pick(row, 2)];
    kind.found = new Set([2, 4]);
    kind.retries = { 3: { row: { id: 3, value: "w" }, reason: said("r") }, 5: { row: undefined, reason: said("r") } };
    const rows = fakeRows(6);
    const written = await applyRows(rows, kind);
    expect(written.map(({ row }) => row)).toEqual(rows);
    const { applied, failed, skipped } = countResults(written.map(({ result }) => result));
    expect(applied + failed + skipped).toBe(6);
    for (const { result } of written) if (result.outcome !== "applied") expect(result.reason).toBeTruthy();
  }
});

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

  test("every row is recorded and counted, so many jobs at a time and never more", async () => {
    let inFlight = 0;
    let most = 0;
    kind.send = async (rows) => {
      most = Math.max(most, ++inFlight);
      await Promise.resolve();
      inFlight--;
      return rows.map(({ id }) => ({ is: "applied", id }));
    };
    const told = recorder();
    await applyInJobs(fakeRows(950), kind, told, 3);
    expect(countResults(told.results)).toEqual({ applied: 950, failed: 0, skipped: 0 });
    expect(told.progress.done).toBe(950);
    expect(most).toBe(3);
  });

  test("S7: after a stop what is in flight ends, the rest is skipped and counted", async () => {
    const stop = new StopRequest();
    const told = recorder(stop);
    kind.send = async (rows) => {
      stop.request("SIGTERM");
      return rows.map(({ id }) => ({ is: "applied", id }));
    };
    await applyInJobs(fakeRows(250), kind, told, 1);
    expect(countResults(told.results)).toEqual({ applied: 100, failed: 0, skipped: 150 });
    expect(told.results.at(-1)).toMatchObject({
      id: 250,
      outcome: "skipped",
      reason: reason("run.stopped", { cause: "SIGTERM" }),
    });
    expect(told.progress.done).toBe(100);
    expect(countUnattempted(told.results)).toEqual({ stopped: 150, failed: 0 });
  });

  test("S6: where a job throws, those in flight end, no further one begins, all are recorded, and the error is kept", async () => {
    const told = recorder();
    const begun: number[] = [];
    const release = Promise.withResolvers<void>();
    kind.send = async (rows) => {
      const first = rows[0]?.id ?? 0;
      begun.push(first);
      if (first === 1) {
        setImmediate(release.resolve);
        throw new RemoteError("the token was revoked");
      }
      await release.promise;
      return rows.map(({ id }) => ({ is: "applied", id }));
    };
    await applyInJobs(fakeRows(450), kind, told, 2);
    expect(told.errors).toEqual([new RemoteError("the token was revoked")]);
    expect(begun).toEqual([1, 101]);
    expect(countResults(told.results)).toEqual({ applied: 100, failed: 100, skipped: 250 });
    expect(told.progress).toMatchObject({ done: 200, failed: 100 });
    expect(countUnattempted(told.results)).toEqual({ stopped: 0, failed: 250 });
    const codes = new Set(told.results.map(({ reason: why }) => why?.code ?? null));
    expect(codes).toEqual(new Set(["remote.failed", null, "write.not_attempted"]));
  });

  test("where results cannot be kept, no further job begins", async () => {
    const record = () => Promise.reject(new Error("disk full"));
    const told = { ...recorder(), record };
    await applyInJobs(fakeRows(450), kind, told, 1);
    expect(told.errors[0]).toEqual(new Error("disk full"));
    expect(kind.calls.filter((call) => call.startsWith("send"))).toHaveLength(1);
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
