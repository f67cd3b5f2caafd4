import { beforeEach, describe, expect, test } from "bun:test";
import { FakeKind, type FakeRow, fakeRows } from "../../test/support/sync/fake-rows.ts";
import { reason } from "../domain/reason.ts";
import { RemoteError } from "../errors.ts";
import type { RowOutcome } from "../remotes/zendesk/ports.ts";
import { countResults } from "../storage/artifacts/results.ts";
import { applyRows, type Verdict } from "./apply-rows.ts";

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
