import { expectedHost } from "../../lib/domain/config.ts";
import { FILE_PREFIX, type InstanceName } from "../../lib/domain/instance.ts";
import { accountIdOf } from "../../lib/domain/organization-scope.ts";
import { type RecentOrganization, recentOrganizations } from "../../lib/domain/recent-organizations.ts";
import { withProgress } from "../../lib/pipeline/progress.ts";
import { countByCode, type StageContext, type StageReport } from "../../lib/pipeline/stage.ts";
import { proveInstance } from "../../lib/remotes/zendesk/prove-instance.ts";
import type { RunOrigin } from "../../lib/storage/artifacts/manifest.ts";
import { checkToday } from "../../lib/storage/artifacts/origin.ts";
import { gatherOrganizations } from "./gather.ts";
import { ADDRESSES_FILE, gatherContacts } from "./gather-contacts.ts";

/** An instance as it was listed; the contacts of its recent organizations are still to be looked at. */
export interface GatheredInstance {
  report: StageReport;
  origin: RunOrigin;
  /** Of global; elsewhere none, for users of us-government come from user-sync. */
  recent: RecentOrganization[];
  /** The accounts of its organizations, each once, in order. */
  accountIds: string[];
}

/** Lists the organizations of an instance → `zendesk_<i>.json` (O1, O2). What an earlier run knew of addresses is removed. */
export async function gatherInstance(instance: InstanceName, context: StageContext): Promise<GatheredInstance> {
  const { store, config, progress, stop, clock } = context;
  const file = `zendesk_${FILE_PREFIX[instance]}.json` as const;
  const notesFile = `gather-orgs_${FILE_PREFIX[instance]}_notes.json` as const;
  const origin = await originOfRun(context);
  await store.remove(file, notesFile, ...(instance === "global" ? [ADDRESSES_FILE] : []));
  const reader = await context.remotes.zendeskReader(instance);
  const { organizations, quarantined, notes } = await withProgress(
    progress,
    `gather-orgs ${instance}`,
    async (line) => {
      await proveInstance(reader, expectedHost(config, instance));
      return gatherOrganizations(reader, line, stop);
    },
    (gathered) => `${gathered.organizations.length.toLocaleString("en-US")} organizations`,
  );
  const maker = { stage: "gather-orgs", origin, madeAt: clock() };
  await store.write(notesFile, notes, maker);
  await store.write(file, organizations, maker, quarantined);
  const report = {
    stage: "gather-orgs",
    instance,
    run_id: origin.run_id,
    today: origin.today,
    counts: { organizations: organizations.length },
    notes: countByCode(notes),
  };
  const recent = instance === "global" ? recentOrganizations(organizations, new Date(origin.gathered_at)) : [];
  const accountIds = [...new Set(organizations.flatMap((one) => accountIdOf(one) ?? []))].sort();
  return { report, origin, recent, accountIds };
}

/**
 * What is known of the contacts of recent organizations, after the accounts were gathered (C10). Answers the stage's whole report. `isProcessed`: whether
 * to go by what `process` decided, where it has run; in a run it may or may not have by now.
 */
export async function gatherContactsOf(
  { report, origin, recent }: GatheredInstance,
  context: StageContext,
  { isProcessed }: { isProcessed: boolean } = { isProcessed: true },
): Promise<StageReport> {
  if (report.instance !== "global") return report;
  const known = await gatherContacts(recent, origin, context, isProcessed);
  return { ...report, counts: { ...report.counts, "addresses known": known } };
}

/** The run that an earlier stage began in this data directory, with its day (G3), or one of its own. */
async function originOfRun({ store, runId, runIsGiven, ...context }: StageContext): Promise<RunOrigin> {
  const origin = { run_id: runId, today: context.today, gathered_at: context.clock().toISOString(), inputs: [] };
  for (const name of ["salesforce_accounts.json", "global_accounts.json"] as const) {
    const made = await store.readManifest(name);
    // What another run left says nothing; where none was asked for, the run goes on that gather-accounts began.
    if (!made || (runIsGiven ? made.run_id !== runId : name !== "salesforce_accounts.json")) continue;
    checkToday(name, made.today, context);
    return { ...origin, run_id: made.run_id, today: made.today };
  }
  return origin;
}
