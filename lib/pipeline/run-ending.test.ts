import { afterEach, beforeEach, expect, test } from "bun:test";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { reason } from "../domain/reason.ts";
import { ArtifactStore } from "../storage/artifacts/store.ts";
import { endingOf } from "./run-ending.ts";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "zdsync-run-ending-"));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const at = "2026-11-27T10:00:00.000Z";
const origin = { run_id: "r1", today: "2026-11-27", gathered_at: at, inputs: [] };

test("C3, C4: merged accounts are told as merged, moved ones as moved, marked already or not, by ids only", async () => {
  const store = new ArtifactStore(folder);
  const merged = reason("mark.account_merged", {
    merged_into: "0014M000000WINNER1",
    winner: "here",
    organization_ids: [7],
    forgotten_from: "2026-12-05",
  });
  await store.write(
    "global_notes.json",
    [
      { rule: "C9", salesforce_id: "0014M000000MERGED1", id: 1, reason: merged },
      { rule: "C9", salesforce_id: "0014M0000000MOVED1", id: 2, reason: reason("mark.account_moved") },
      { rule: "C9", salesforce_id: "0014M0000000MOVED2", id: 3, reason: reason("mark.of_moved_account") },
    ],
    { stage: "compare", origin, madeAt: new Date(at) },
  );
  const comparison = {
    name: "global",
    digest: "0".repeat(64),
    existing: 2,
    planned: { creates: 0, updates: 0, marks: 0, contacts: 0 },
    measures: [],
  } as const;
  const report = { stage: "compare", run_id: "r1", today: "2026-11-27", counts: {}, notes: {}, comparison };
  const ending = await endingOf({ exit: 0, reports: [report], failures: [] }, store);
  expect(ending.merged?.map(({ id }) => id)).toEqual([1]);
  expect(ending.moved).toMatchObject([
    { comparison: "global", salesforce_id: "0014M0000000MOVED1", id: 2 },
    { comparison: "global", salesforce_id: "0014M0000000MOVED2", id: 3 },
  ]);
  expect(ending.conflicts).toEqual([]);
});
