import type { ArtifactStore } from "../artifacts/store.ts";
import type { Day } from "../domain/dates.ts";
import { audit } from "./audit.ts";
import { readAuditSources } from "./read-sources.ts";
import { type AuditLine, auditLines } from "./render-audit.ts";

/** Accounts from which on a run does not wait for its audit: all artifacts are read once more for it. `zdsync audit` takes any number. */
const MOST_ACCOUNTS = 20_000;
/** Examples that a page lists of each finding. */
const SHOWN = 20;

/**
 * What an audit finds in the artifacts of a run, for its page. Nothing where the run did not gather (yet), where it has more accounts than
 * are looked at beside a run, and where something cannot be read: a report is not worth a failure. Never throws.
 */
export async function auditOfRun(
  store: ArtifactStore,
  { run_id, today }: { run_id: string; today: Day },
): Promise<{ audit?: AuditLine[] }> {
  try {
    const manifest = await store.readManifest("salesforce_accounts.json");
    if (manifest?.run_id !== run_id || manifest.count > MOST_ACCOUNTS) return {};
    const { sources } = await readAuditSources(store, today);
    return { audit: auditLines(audit(sources), SHOWN) };
  } catch {
    return {};
  }
}
