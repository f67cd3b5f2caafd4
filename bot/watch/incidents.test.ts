import { describe, expect, test } from "bun:test";
import { reason } from "../../lib/domain/reason.ts";
import { at, recordOf, runAt } from "../../test/support/bot/run-states.ts";
import type { RunState } from "../runs/runner.ts";
import { type Alert, assessRuns, beginWatch, type WatchState } from "./incidents.ts";

/** Looks at each of these moments; every run is seen from its end on. */
function watched(runs: readonly RunState[], moments: readonly number[], from = 0): Alert[] {
  let state: WatchState = beginWatch(at(from));
  return moments.flatMap((hours) => {
    const now = at(hours);
    const ended = runs.filter((run) => run.endedAt === null || run.endedAt <= now);
    // As remembered: what is kept is JSON.
    const judged = assessRuns(JSON.parse(JSON.stringify(state)), { now, ended, current: null });
    state = judged.state;
    return judged.alerts;
  });
}

const said = (alerts: readonly Alert[]) =>
  alerts.map((alert) => ("run" in alert ? `${alert.say} ${alert.run.id}` : alert.say));
const failed = { exit: 1, record: recordOf({ exit: 1 }) };
const refused = { exit: 4, record: recordOf({ exit: 4 }) };
const someFailed = { exit: 3, record: recordOf({ exit: 3 }) };

describe("somebody is told, once", () => {
  test("runs that are well say nothing", () => {
    expect(watched([runAt(1), runAt(2), runAt(3)], [1.5, 2.5, 3.5])).toEqual([]);
  });

  test("failed, failed, refused, well: one message, and one when it is well again", () => {
    const runs = [runAt(1), runAt(2, failed), runAt(3, failed), runAt(4, refused), runAt(5), runAt(6)];
    expect(said(watched(runs, [1.5, 2.5, 3.5, 4.5, 5.5, 6.5]))).toEqual(["failed run-2", "well run-5"]);
  });

  test("refused by a limit, and well", () => {
    expect(said(watched([runAt(1, refused), runAt(2)], [1.5, 1.6, 2.5]))).toEqual(["refused run-1", "well run-2"]);
  });

  test("a run that was killed failed", () => {
    const killed = runAt(1, { status: "lost", endedAt: null, exit: null, record: null });
    expect(said(watched([killed], [1.5, 1.7]))).toEqual(["failed run-1"]);
  });

  test("exit 5 and exit 2 are failures", () => {
    expect(said(watched([runAt(1, { exit: 5 })], [1.5]))).toEqual(["failed run-1"]);
    expect(said(watched([runAt(1, { exit: 2 })], [1.5]))).toEqual(["failed run-1"]);
  });

  test("no run for two hours: told once, and when one has happened", () => {
    const runs = [runAt(1), runAt(8)];
    expect(said(watched(runs, [1.5, 2.9, 3, 3.1, 4, 5, 7.9, 8.5, 9]))).toEqual(["missing", "well run-8"]);
  });

  test("exactly two hours are not yet missing", () => {
    expect(watched([runAt(1)], [1.5, 3])).toEqual([]);
    expect(said(watched([runAt(1)], [1.5, 3.0003]))).toEqual(["missing"]);
  });

  test("from the start of the bot on, runs are expected", () => {
    expect(watched([], [5.5, 7], 5)).toEqual([]);
    expect(said(watched([], [5.5, 7, 7.1], 5))).toEqual(["missing"]);
  });

  test("failed, then missing, then well: still one message before it is well", () => {
    expect(said(watched([runAt(1, failed), runAt(9)], [1.5, 4, 5, 9.5]))).toEqual(["failed run-1", "well run-9"]);
  });

  test("a scheduled run that is going on is not missing", () => {
    const current = runAt(3, { status: "running", endedAt: null, exit: null, record: null });
    const { alerts } = assessRuns(beginWatch(at(0)), { now: at(4), ended: [], current });
    expect(alerts).toEqual([]);
  });

  test("records that fail in every run are told once, and when none fails any more", () => {
    const runs = [runAt(1, someFailed), runAt(2, someFailed), runAt(3)];
    expect(said(watched(runs, [1.5, 2.5, 3.5]))).toEqual(["records run-1", "well run-3"]);
  });

  test("a failed run after failing records is told; that records go on failing is not told again", () => {
    const runs = [runAt(1, someFailed), runAt(2, failed), runAt(3, someFailed), runAt(4)];
    expect(said(watched(runs, [1.5, 2.5, 3.5, 4.5]))).toEqual([
      "records run-1",
      "failed run-2",
      "well run-3",
      "well run-4",
    ]);
  });

  test("what failed and recovered while nobody looked is past", () => {
    expect(watched([runAt(1, failed), runAt(2)], [2.5])).toEqual([]);
  });
});

describe("runs that people start", () => {
  const byPerson = { origin: "bot" as const };

  test("are told by their own thread, not here", () => {
    expect(watched([runAt(1), runAt(2, { ...byPerson, ...failed })], [1.5, 2.5])).toEqual([]);
  });

  test("repair a failed run, where they cover both instances", () => {
    const half = { ...byPerson, record: recordOf({ instances: ["global"] }) };
    expect(said(watched([runAt(1, failed), runAt(2, half)], [1.5, 2.5]))).toEqual(["failed run-1"]);
    expect(said(watched([runAt(1, failed), runAt(2, byPerson)], [1.5, 2.5]))).toEqual(["failed run-1", "well run-2"]);
  });

  test("of a single instance at the machine's terminal are no schedule: they neither repair nor alarm nor count", () => {
    const one = { record: recordOf({ instances: ["global"] }) };
    const failing = runAt(2, { exit: 1, record: recordOf({ instances: ["global"], exit: 1 }) });
    expect(said(watched([runAt(1, failed), runAt(2, one)], [1.5, 2.5]))).toEqual(["failed run-1"]);
    expect(watched([runAt(1), failing], [1.5, 2.5])).toEqual([]);
    expect(said(watched([runAt(1), runAt(3, one)], [1.5, 3.5]))).toEqual(["missing"]);
  });

  test("repair nothing where nobody knows what they covered", () => {
    const unknown = { ...byPerson, record: null };
    expect(said(watched([runAt(1, failed), runAt(2, unknown)], [1.5, 2.5]))).toEqual(["failed run-1"]);
  });

  test("do not show that the schedule works", () => {
    expect(said(watched([runAt(1), runAt(4, byPerson)], [1.5, 3.5, 4.5, 5]))).toEqual(["missing"]);
  });

  test("dry runs say nothing", () => {
    expect(watched([runAt(1), runAt(2, { ...failed, dryRun: true })], [1.5, 2.5])).toEqual([]);
  });
});

describe("what needs attention", () => {
  const charge = {
    charge_name: "New Product",
    accounts: ["a"],
    unexpired_accounts: ["a"],
    nearest: null,
    hurt_accounts: ["a"],
  };
  const other = {
    charge_name: "Other Product",
    accounts: ["b"],
    unexpired_accounts: [],
    nearest: null,
    hurt_accounts: [],
  };
  const conflict = {
    comparison: "global" as const,
    salesforce_id: "c",
    id: 7,
    reason: reason("organization.account_unclear"),
  };
  const merged = {
    comparison: "global" as const,
    salesforce_id: "d",
    id: 8,
    reason: reason("organization.shares_account", { organization_ids: [9] }),
  };
  const moved = { comparison: "global" as const, salesforce_id: "e", id: 9, reason: reason("mark.account_moved") };
  const withAttention = (change: Parameters<typeof recordOf>[0]) => ({ record: recordOf(change) });
  const keys = (alerts: readonly Alert[]) => alerts.map((alert) => ("keys" in alert ? alert.keys : alert.say));

  test("is told once, what is new of it when it is new, and again once it had gone", () => {
    const runs = [
      runAt(1, withAttention({ unknown_charges: [charge] })),
      runAt(2, withAttention({ unknown_charges: [charge] })),
      runAt(
        3,
        withAttention({ unknown_charges: [charge, other], conflicts: [conflict], merged: [merged], moved: [moved] }),
      ),
      runAt(4),
      runAt(5, withAttention({ unknown_charges: [charge] })),
    ];
    expect(keys(watched(runs, [1.5, 2.5, 3.5, 4.5, 5.5]))).toEqual([
      ["charge New Product"],
      ["charge Other Product", "conflict global c 7", "merged global d 8", "moved global e 9"],
      ["charge New Product"],
    ]);
  });

  test("goes with the message of a failed run, and is not told a second time", () => {
    const attention = withAttention({ unknown_charges: [charge], exit: 4 });
    const runs = [runAt(1, { ...attention, exit: 4 }), runAt(2, attention)];
    expect(said(watched(runs, [1.5, 2.5]))).toEqual(["refused run-1", "well run-2"]);
  });
});
