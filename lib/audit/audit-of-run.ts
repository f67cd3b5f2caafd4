import type { UsGovernmentShown } from "../domain/config.ts";
import type { Day } from "../domain/dates.ts";
import { INSTANCES, type InstanceName } from "../domain/instance.ts";
import type { ArtifactStore } from "../storage/artifacts/store.ts";
import { audit } from "./audit.ts";
import { auditOfGlobal } from "./audit-of-global.ts";
import { namesOf } from "./names.ts";
import { readAuditSources } from "./read-sources.ts";
import { type AuditLine, auditLines } from "./render-audit.ts";

/** Examples that a page lists of each finding; all are counted. */
const SHOWN = 20;

/** Lines of an audit, once with the customers of us-government named and once without. */
export type RunAudit = Record<UsGovernmentShown, AuditLine[]>;

/**
 * What an audit finds in the artifacts of a run, for its page, however many accounts it has. Null where the run did not gather (yet), and
 * where something cannot be read: a report is not worth a failure. Never throws.
 *
 * @param instances whose files are read
 */
export async function auditOfRun(
  store: ArtifactStore,
  { run_id, today, instances }: { run_id: string; today: Day; instances: readonly InstanceName[] },
): Promise<RunAudit | null> {
  try {
    const manifest = await store.readManifest("salesforce_accounts.json");
    if (manifest?.run_id !== run_id) return null;
    const { sources } = await readAuditSources(store, today, instances);
    const found = audit(sources);
    return {
      names: auditLines(found, SHOWN, namesOf(sources, INSTANCES)),
      ids_only: auditLines(auditOfGlobal(found, sources), SHOWN, namesOf(sources, ["global"])),
    };
  } catch {
    return null;
  }
}
