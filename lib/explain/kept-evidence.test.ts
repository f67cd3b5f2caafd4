import { expect, test } from "bun:test";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { accountId, desiredOrganization, organization } from "../../test/support/domain/in-sync-world.ts";
import { INSTANCES } from "../domain/instance.ts";
import { ArtifactStore } from "../storage/artifacts/store.ts";
import { historyOf } from "../storage/history.ts";
import { findInRun } from "./find-subject.ts";
import { isInEvidence, keepEvidence, openKeptEvidence } from "./kept-evidence.ts";
import { StoredFiles } from "./stored-files.ts";

const ABOUT = { run_id: "old", today: "2026-11-23", gathered_at: "", missing: [], unidentified: 0, left_alone: [] };

test("a user whom the run marked is known from the history, with whoever decides about it, where nothing was said of its account", async () => {
  const folder = await mkdtemp(join(tmpdir(), "zdsync-evidence-"));
  try {
    await mkdir(join(folder, "inputs"));
    await writeFile(join(folder, "inputs/plans.yml"), "subscriptions: {}\n");
    const store = new ArtifactStore(folder);
    const organizations = [1, 2].map((n) => organization(n, desiredOrganization(n, "us-government")));
    await store.writeRecords("zendesk_usgov.json", organizations);
    const user = { name: "N", role: "end-user", suspended: false, marked: false, memberships: 1 };
    await store.writeRecords("usgov_users.json", [
      { id: 900, ...user, email: "gone@example.com", organization_id: 1 },
      { id: 901, ...user, email: "stays@example.com", organization_id: 2 },
    ]);
    await historyOf(folder, "old").writeRecords("usgov_user_results.json", [
      {
        effect: "mark",
        salesforce_id: null,
        id: 900,
        outcome: "applied",
        reason: null,
        before: { mark_for_deletion: false },
        after: { mark_for_deletion: true, email: "gone@example.com" },
      },
    ]);
    await keepEvidence(store, new StoredFiles(store, { runId: "old", ofInstances: {}, instances: INSTANCES }), ABOUT);
    const kept = await openKeptEvidence(store, "old");
    if (!kept) throw new Error("nothing was kept");
    for (const what of ["gone@example.com", "900"]) {
      const found = await findInRun(what, kept.files);
      if (found.is !== "one") throw new Error(`${what} is not found`);
      expect(found.subject).toMatchObject({ salesforce_id: accountId(1), email: "gone@example.com" });
      expect(await isInEvidence(found.subject, kept.files)).toBe(true);
    }
    expect((await findInRun("stays@example.com", kept.files)).is).toBe("none");
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});
