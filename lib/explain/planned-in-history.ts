import { COMPARISONS, type Comparison } from "../domain/comparisons.ts";
import { reason } from "../domain/reason.ts";
import { toId18 } from "../domain/salesforce-id.ts";
import type { ArtifactStore } from "../storage/artifacts/store.ts";
import { readOwnFile } from "../storage/files/own-files.ts";
import { historyOf } from "../storage/history.ts";
import type { ListedRun } from "../storage/runs/list-runs.ts";
import type { DidExplanation } from "./account-explanation.ts";
import type { Subject } from "./evidence.ts";
import { changedFields } from "./held-now.ts";
import { textsOf } from "./past-evidence.ts";
import { RecordLines } from "./record-lines.ts";

const FILES = { create: "creates", update: "updates", mark: "not_in_sync" } as const;

/**
 * What a run of the history planned for an account and did not write: because it was refused, or ended before. Of a preview only what
 * would have been refused, as it writes nothing in any case.
 */
export async function plannedNotWritten(
  store: ArtifactStore,
  { run_id, record, results }: ListedRun,
  subject: Subject,
): Promise<DidExplanation[]> {
  if (record === null || record === "damaged") return [];
  const did: DidExplanation[] = [];
  for (const { name: comparison, refused } of record.comparisons) {
    const [first] = refused;
    const wrote = results.includes(`${comparison}_results.json`);
    if (!COMPARISONS.includes(comparison) || wrote || (!first && record.dry_run)) continue;
    const why = first ?? reason("run.not_reached");
    for (const planned of await plannedIn(historyOf(store.directory, run_id), comparison, subject))
      did.push({ comparison, ...planned, outcome: "not written", reason: why });
  }
  return did;
}

type Planned = Pick<DidExplanation, "effect" | "id" | "changes">;

async function plannedIn(history: ArtifactStore, comparison: Comparison, subject: Subject): Promise<Planned[]> {
  const planned: Planned[] = [];
  for (const effect of ["create", "update", "mark"] as const) {
    const name = `${comparison}_${FILES[effect]}.json` as const;
    const bytes = await readOwnFile(history.path(name));
    if (!bytes) continue;
    for (const record of new RecordLines(name, bytes).with(textsOf(subject))) {
      const change: Change = record;
      if (!isAbout(change, subject)) continue;
      planned.push({
        effect,
        id: change.id ?? null,
        changes: changedFields({ ...change.before }, { ...change.change }),
      });
    }
  }
  return planned;
}

/** Fields that creates, updates and marks of organizations and users have in common. */
interface Change {
  salesforce_id: string | null;
  id?: number;
  email?: string;
  before?: object;
  change?: object;
}

function isAbout(
  { salesforce_id, id, email: address }: Change,
  { salesforce_id: account, organizations, email }: Subject,
) {
  return (
    (account !== null && toId18(salesforce_id ?? "") === account) ||
    organizations.some((one) => one.id === id) ||
    (email !== null && address === email)
  );
}
