import type { RunOrigin } from "../../lib/artifacts/manifest.ts";
import { checkToday } from "../../lib/artifacts/origin.ts";
import { FILE_PREFIX, type InstanceName } from "../../lib/domain/instance.ts";
import { type RecentOrganization, recentOrganizations } from "../../lib/domain/recent-organizations.ts";
import { withProgress } from "../../lib/stage/progress.ts";
import { countByCode, type StageContext, type StageReport } from "../../lib/stage/stage.ts";
import { proveInstance } from "../../lib/zendesk/prove-instance.ts";
import { gatherOrganizations } from "./gather.ts";
import { ADDRESSES_FILE, gatherContacts } from "./gather-contacts.ts";

/** An instance as it was listed; the contacts of its recent organizations are still to be looked at. */
export interface GatheredInstance {
  report: StageReport;
  origin: RunOrigin;
  /** Of global; elsewhere none, for users of us-government come from user-sync. */
  recent: RecentOrganization[];
}

/** Lists the organizations of an instance → `zendesk_<i>.json` (O1, O2). What an earlier run knew of addresses is removed. */
export async function gatherInstance(instance: InstanceName, context: StageContext): Promise<GatheredInstance> {
  const { store, config, progress, stop, clock } = context;
  const file = `zendesk_${FILE_PREFIX[instance]}.json` as const;
  const notesFile = `gather-orgs_${FILE_PREFIX[instance]}_notes.json` as const;
  const origin = await originOfRun(context);
  await store.remove(file, notesFile, ...(instance === "global" ? [ADDRESSES_FILE] : []));
  const reader = await context.remotes.zendeskReader(instance);
  const { organizations, leftAlone, notes } = await withProgress(
    progress,
    `gather-orgs ${instance}`,
    async (line) => {
      await proveInstance(reader, instance === "global" ? config.hosts.global : config.hosts.us_government);
      return gatherOrganizations(reader, line, stop);
    },
    (gathered) => `${gathered.organizations.length.toLocaleString("en-US")} organizations`,
  );
  const maker = { stage: "gather-orgs", origin, madeAt: clock() };
  await store.write(notesFile, notes, maker);
  await store.write(file, organizations, maker, leftAlone);
  const report = {
    stage: "gather-orgs",
    instance,
    run_id: origin.run_id,
    today: origin.today,
    counts: { organizations: organizations.length },
    notes: countByCode(notes),
  };
  const recent = instance === "global" ? recentOrganizations(organizations, new Date(origin.gathered_at)) : [];
  return { report, origin, recent };
}

/** What is known of the contacts of recent organizations, after the accounts were gathered (C10). Answers the stage's whole report. */
export async function gatherContactsOf(
  { report, origin, recent }: GatheredInstance,
  context: StageContext,
): Promise<StageReport> {
  if (report.instance !== "global") return report;
  const known = await gatherContacts(recent, origin, context);
  return { ...report, counts: { ...report.counts, "addresses known": known } };
}

/** The run that gather-accounts began in this data directory, or one of its own. */
async function originOfRun(context: StageContext): Promise<RunOrigin> {
  const { store, runId, runIsGiven, today, clock } = context;
  const accounts = runIsGiven ? null : await store.readManifest("salesforce_accounts.json");
  if (accounts) checkToday("salesforce_accounts.json", accounts.today, context);
  return {
    run_id: accounts?.run_id ?? runId,
    today: accounts?.today ?? today,
    gathered_at: clock().toISOString(),
    inputs: [],
  };
}
