import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Mark, Note } from "../domain/changeset.ts";
import { COMPARISONS } from "../domain/comparisons.ts";
import { DEFAULT_CONFIG } from "../domain/config.ts";
import { reason } from "../domain/reason.ts";
import { SILENT } from "../pipeline/progress.ts";
import { createRemotes } from "../pipeline/remotes.ts";
import type { WritingContext } from "../pipeline/stage.ts";
import { NO_MEMORY } from "../remotes/slack/notice-memory.ts";
import { NEVER } from "../stop.ts";
import type { Result } from "../storage/artifacts/results.ts";
import { ArtifactStore } from "../storage/artifacts/store.ts";
import { NO_CONTACT_MEMORY } from "../storage/contact-memory.ts";
import { ResultsFile } from "../sync/results-file.ts";
import { readChangeFiles } from "./change-files.ts";
import { resultsName, writtenOf } from "./result-files.ts";
import { filesOf, notesName, writeComparison } from "./write-comparison.ts";

const NOW = new Date("2026-11-23T01:05:00Z");
const ORIGIN = { run_id: "run-1", today: "2026-11-23", gathered_at: "2026-11-23T01:00:00.000Z", inputs: [] };

let folder: string;
let context: WritingContext;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "zdsync-comparison-"));
  const settings = {
    config: DEFAULT_CONFIG,
    salesforce: null,
    zendesk: {},
    overrides: null,
    plansFile: "",
    slack: null,
  };
  context = {
    store: new ArtifactStore(folder),
    config: DEFAULT_CONFIG,
    remotes: createRemotes(settings, { dryRun: true, warn: () => {}, today: ORIGIN.today }),
    progress: SILENT,
    stop: NEVER,
    clock: () => NOW,
    runId: "run-1",
    runIsGiven: true,
    today: ORIGIN.today,
    salesforceHost: null,
    todayIsGiven: false,
    removeEarlierResults: (...names) => context.store.remove(...names),
    openResults: (name, run) => new ResultsFile(name, new ArtifactStore(join(folder, "history", run))),
    openNoticeMemory: async () => NO_MEMORY,
    openSettledContacts: async () => NO_CONTACT_MEMORY,
    openContactMemory: async () => NO_CONTACT_MEMORY,
    warn: () => {},
  };
});
afterEach(() => rm(folder, { recursive: true }));

function mark(id: number): Mark {
  return {
    id,
    salesforce_id: null,
    name: "Gone",
    before: { mark_for_deletion: null },
    change: { mark_for_deletion: true },
  };
}

const note: Note = { rule: "C7", salesforce_id: null, id: 9, reason: reason("organization.account_unclear") };

function write(marks: number, allow: Record<string, number> = {}) {
  const changeset = {
    creates: [],
    updates: [],
    marks: Array.from({ length: marks }, (_, index) => mark(index + 1)),
    notes: [note],
    existing: 40,
    marked: 0,
    people: 0,
  };
  return writeComparison(context, "global", changeset, {
    stage: "compare",
    origin: ORIGIN,
    inputs: { allow, "at-most": null },
  });
}

describe("S2: a comparison within its limits", () => {
  test("is reported with its digest, written, and kept in the history", async () => {
    const report = await write(2);
    expect(report).toMatchObject({
      name: "global",
      existing: 40,
      planned: { creates: 0, updates: 0, marks: 2, contacts: 0 },
    });
    expect(report.refused).toBeUndefined();
    const files = [...filesOf("global"), "global_notes.json"].sort();
    expect((await readdir(join(folder, "history", "run-1"))).sort()).toEqual(files);
    const handedOver = await readChangeFiles(context.store, "global", { expect: [report.digest], maxAgeMs: null }, NOW);
    expect(handedOver.manifest).toMatchObject({ verdict: "within limits", stage: "compare", run_id: "run-1" });
    expect((await context.store.read("global_notes.json")).records).toEqual([note]);
  });
});

describe("S2: a comparison over a limit", () => {
  test("is refused, and its change files are there all the same, with the verdict", async () => {
    const report = await write(3);
    expect(report.refused).toMatchObject([{ code: "limit.exceeded", params: { effect: "marks", count: 3 } }]);
    expect((await context.store.readRecords("global_not_in_sync.json")).records).toHaveLength(3);
    expect((await context.store.readChangesetManifest("global"))?.verdict).toBe("over a limit");
  });

  test("is allowed by a number, and no further", async () => {
    expect((await write(3, { marks: 3 })).refused).toBeUndefined();
    expect((await write(4, { marks: 3 })).refused).toMatchObject([{ params: { count: 4, limit: 3, raised: true } }]);
  });
});

test("S6: results are counted by effect and kept in the history", async () => {
  const file = context.openResults(resultsName("global"), "run-1");
  const result: Result = {
    effect: "mark",
    salesforce_id: null,
    id: 1,
    outcome: "applied",
    reason: null,
    before: {},
    after: {},
  };
  await file.add([
    result,
    { ...result, id: 2, outcome: "failed", reason: reason("organization.gone") },
    { ...result, effect: "create" },
  ]);
  await file.close();
  expect(writtenOf(file).results).toEqual({
    create: { applied: 1, failed: 0, skipped: 0 },
    update: { applied: 0, failed: 0, skipped: 0 },
    mark: { applied: 1, failed: 1, skipped: 0 },
    contact: { applied: 0, failed: 0, skipped: 0 },
  });
  expect(await readdir(join(folder, "history", "run-1"))).toEqual(["global_results.json"]);
});

test("file names are those of artifacts.md", () => {
  expect(COMPARISONS.flatMap((one) => [...filesOf(one), notesName(one), resultsName(one)])).toEqual(
    ["global", "usgov", "partner", "usgov_user"].flatMap((prefix) => [
      `${prefix}_creates.json`,
      `${prefix}_updates.json`,
      `${prefix}_not_in_sync.json`,
      ...(prefix === "global" ? ["global_contacts.json"] : []),
      `${prefix}_changeset.manifest.json`,
      `${prefix}_notes.json`,
      `${prefix}_results.json`,
    ]),
  );
});
