import { dueContacts, readKnownAddresses } from "../../lib/changesets/contacts-plan.ts";
import { resultsName, writtenOf } from "../../lib/changesets/finish.ts";
import { readChangeFiles } from "../../lib/changesets/hand-over.ts";
import { judge, standingRefusals } from "../../lib/changesets/judge.ts";
import { protectedAddressesOf } from "../../lib/changesets/protections.ts";
import { checkSameInputs } from "../../lib/changesets/same-inputs.ts";
import { termsOf, type WritingInputs } from "../../lib/changesets/terms.ts";
import { NO_CONTACT_MEMORY, type SettledState } from "../../lib/contacts/contact-memory.ts";
import { FILE_PREFIX, type InstanceName } from "../../lib/domain/instance.ts";
import type { Organization } from "../../lib/domain/organization.ts";
import { accountIdOf, isMarked } from "../../lib/domain/organization-scope.ts";
import { contactsAdded } from "../../lib/domain/people-added.ts";
import type { KnownAddress } from "../../lib/domain/plan-contacts.ts";
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
  const addresses = instance === "global" ? await readKnownAddresses(store, gathered) : null;
  checkSameInputs(prefix, changes.manifest, [gathered, desired, ...(addresses ? [addresses] : [])]);
  const contacts =
    instance === "global"
      ? dueContacts({ creates: changes.creates, organizations: gathered, desired, addresses, config, now: clock() })
      : null;
  const standing = changes.manifest ?? standingOf(gathered.records);
  const { refused = standingRefusals(prefix, changes.manifest, inputs), ...judgement } = judge(
    prefix,
    {
      ...changes,
      people: contactsAdded(changes.contacts, contacts?.ofFirstFill ?? new Set()),
      existing: standing.existing,
      marked: standing.marked,
    },
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
      ...(refused.length > 0 ? { refused } : {}),
    },
  };
  if (!report.comparison || refused.length > 0) return report;

  const connection = await remotes.zendesk(instance);
  await proveUnlessStopped(connection, instance === "global" ? config.hosts.global : config.hosts.us_government);
  const results = context.openResults(resultsName(prefix), report.run_id);
  using memory = contacts ? await context.openContactMemory(connection.reader.host) : NO_CONTACT_MEMORY;
  memory.settle((addresses?.records ?? []).flatMap(settledAddress));
  const { value: without = [], ended } = await untilEnded(() =>
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
      contacts: contacts && {
        planned: changes.contacts,
        addresses: contacts.plan.addresses,
        due: contacts.due,
        protectedAddresses: protectedAddressesOf(config),
        memory,
        now: clock(),
      },
    }),
  );
  const notices = instance === "global" && !ended ? await postNoticesOf(without, report.run_id, context) : undefined;
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

/** What gather-orgs found out is remembered here, where there is a run that may write. */
function settledAddress({ id, email, state }: KnownAddress): { id: number; email: string; state: SettledState }[] {
  return state.is === "free" ? [] : [{ id, email, state }];
}
