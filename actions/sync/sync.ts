import { resultsName, writtenOf } from "../../lib/changesets/finish.ts";
import { readChangeFiles } from "../../lib/changesets/hand-over.ts";
import { judge, standingRefusal } from "../../lib/changesets/judge.ts";
import { checkSameInputs } from "../../lib/changesets/same-inputs.ts";
import { termsOf, type WritingInputs } from "../../lib/changesets/terms.ts";
import { FILE_PREFIX, type InstanceName } from "../../lib/domain/instance.ts";
import type { Organization } from "../../lib/domain/organization.ts";
import { accountIdOf, isMarked } from "../../lib/domain/organization-scope.ts";
import type { PlannedCounts } from "../../lib/runs/confirmed-counts.ts";
import type { StageReport, WritingContext } from "../../lib/stage/stage.ts";
import { untilEnded } from "../../lib/stage/until-ended.ts";
import { postNoticesOf } from "../../lib/sync/notices.ts";
import { syncOrganizations } from "../../lib/sync/sync-organizations.ts";
import { proveUnlessStopped } from "../../lib/zendesk/prove-instance.ts";

/** Applies the reviewed change files of one instance (Y1–Y6), or refuses them before any write (S2, S3). */
export async function syncInstance(
  instance: InstanceName,
  inputs: WritingInputs,
  context: WritingContext,
): Promise<StageReport> {
  const { store, config, remotes, progress, stop, clock, runId, today } = context;
  const prefix = FILE_PREFIX[instance];
  const changes = await readChangeFiles(store, prefix, termsOf(inputs), clock());
  const gathered = await store.read(`zendesk_${prefix}.json`);
  const desired = await store.read(`${prefix}_accounts.json`);
  checkSameInputs(prefix, changes.manifest, [gathered, desired]);
  const standing = changes.manifest ?? standingOf(gathered.records);
  const { refused = standingRefusal(prefix, changes.manifest, inputs), ...judgement } = judge(
    prefix,
    { ...changes, people: 0, existing: standing.existing, marked: standing.marked },
    config.limits,
    inputs,
  );
  const report: StageReport = {
    stage: "sync",
    instance,
    run_id: changes.manifest?.run_id ?? runId,
    today: changes.manifest?.today ?? today,
    counts: {},
    notes: {},
    comparison: {
      name: prefix,
      digest: changes.digest,
      existing: standing.existing,
      planned: plannedOf(changes),
      ...judgement,
      ...(refused ? { refused } : {}),
    },
  };
  if (!report.comparison || refused) return report;

  const connection = await remotes.zendesk(instance);
  await proveUnlessStopped(connection, instance === "global" ? config.hosts.global : config.hosts.us_government);
  const results = context.openResults(resultsName(prefix), report.run_id);
  const { value: lonely = [], ended } = await untilEnded(() =>
    syncOrganizations({
      instance,
      what: "customers",
      creates: changes.creates,
      updates: changes.updates,
      marks: changes.marks,
      gathered: gathered.records,
      connection,
      results,
      progress,
      stop,
      contacts:
        instance === "global"
          ? { desired: desired.records, protectedAddresses: protectedAddressesOf(config), now: clock() }
          : null,
    }),
  );
  const notices = instance === "global" && !ended ? await postNoticesOf(lonely, report.run_id, context) : undefined;
  return {
    ...report,
    ...ended,
    comparison: { ...report.comparison, ...writtenOf(results), ...(notices ? { notices } : {}) },
  };
}

function plannedOf({
  creates,
  updates,
  marks,
  contacts,
}: Record<keyof PlannedCounts, readonly unknown[]>): PlannedCounts {
  return { creates: creates.length, updates: updates.length, marks: marks.length, contacts: contacts.length };
}

/** What change files without a manifest are measured against: every organization of an account. */
function standingOf(organizations: readonly Organization[]): { existing: number; marked: number } {
  const existing = organizations.filter((organization) => accountIdOf(organization) !== null);
  const marked = existing.filter(isMarked);
  return { existing: existing.length, marked: marked.length };
}

function protectedAddressesOf(config: WritingContext["config"]) {
  return { domains: new Set(config.protected_email_domains), addresses: new Set(config.protected_emails) };
}
