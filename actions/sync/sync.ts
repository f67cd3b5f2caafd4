import { readChangeFiles } from "../../lib/changesets/change-files.ts";
import { checkLimits, priorRefusals } from "../../lib/changesets/check-limits.ts";
import { constraintsOf, type WritingInputs } from "../../lib/changesets/constraints.ts";
import { dueContacts } from "../../lib/changesets/contacts-plan.ts";
import { artifactsOf, customersInput, readCustomersSources } from "../../lib/changesets/customers.ts";
import { implausibleReading, readingOf } from "../../lib/changesets/plausible-reading.ts";
import { resultsName, writtenOf } from "../../lib/changesets/result-files.ts";
import { checkSameInputs } from "../../lib/changesets/same-inputs.ts";
import { type CustomersInput, customersComparison } from "../../lib/domain/compare-customers.ts";
import { expectedHost } from "../../lib/domain/config.ts";
import type { PlannedCounts } from "../../lib/domain/confirmed-counts.ts";
import { holdChanges, type ProposedChanges } from "../../lib/domain/hold-changes.ts";
import { FILE_PREFIX, type InstanceName } from "../../lib/domain/instance.ts";
import { contactsAdded } from "../../lib/domain/people-added.ts";
import type { KnownAddress } from "../../lib/domain/plan-contacts.ts";
import { protectedAddressesOf } from "../../lib/domain/protections.ts";
import type { StageReport, WritingContext } from "../../lib/pipeline/stage.ts";
import { captureFailure } from "../../lib/reasons/capture-failure.ts";
import { proveUnlessStopped } from "../../lib/remotes/zendesk/prove-instance.ts";
import { NO_CONTACT_MEMORY, type SettledState } from "../../lib/storage/contact-memory.ts";
import { postNoticesOf } from "../../lib/sync/notices.ts";
import { syncOrganizations } from "../../lib/sync/sync-organizations.ts";

/** Applies the reviewed change files of one instance (Y1–Y6), or refuses them before any write (S2, S3). */
export async function syncInstance(
  instance: InstanceName,
  inputs: WritingInputs,
  context: WritingContext,
): Promise<StageReport> {
  const { store, config, remotes, progress, stop, clock, runId, today } = context;
  const prefix = FILE_PREFIX[instance];
  await context.removeEarlierResults(resultsName(prefix));
  const given = await readChangeFiles(store, prefix, constraintsOf(inputs), clock());
  const sources = await readCustomersSources(instance, store, () => {});
  checkSameInputs(prefix, given.manifest, artifactsOf(sources));
  const { organizations: gathered, addresses } = sources;
  const changes = { ...given, ...held(prefix, given, customersInput(sources, config, inputs)) };
  const contacts =
    instance === "global" ? dueContacts({ creates: changes.creates, ...sources, config, now: clock() }) : null;
  const people = contactsAdded(changes.contacts, contacts?.ofFirstFill ?? new Set());
  const judged = checkLimits(prefix, { ...changes, people }, config.limits[prefix], inputs);
  const { refused: overLimits = priorRefusals(prefix, changes.manifest, inputs), ...judgement } = judged;
  const refused = [...changes.broken, ...overLimits];
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
      existing: changes.existing,
      planned: plannedOf(changes),
      ...judgement,
      ...(refused.length > 0 ? { refused } : {}),
    },
  };
  if (!report.comparison || refused.length > 0) return report;

  const connection = await remotes.zendesk(instance);
  const writes = Object.values(plannedOf(changes)).some((count) => count > 0) || (contacts?.due.length ?? 0) > 0;
  const host = expectedHost(config, instance);
  if (writes) await proveUnlessStopped(connection, host);
  const creating = changes.creates.map(({ salesforce_id }) => salesforce_id);
  const unbelieved = await implausibleReading(readingOf(instance, gathered, creating, clock()), connection);
  if (unbelieved.length > 0) return { ...report, comparison: { ...report.comparison, refused: unbelieved } };
  const results = context.openResults(resultsName(prefix), report.run_id);
  using memory = contacts ? await context.openContactMemory(connection.reader.host) : NO_CONTACT_MEMORY;
  memory.settle((addresses?.records ?? []).flatMap(settledAddress));
  const { value: without = [], ended } = await captureFailure(() =>
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

/** The change files, as far as what earlier stages read bears them out (S3): compare's word is not taken for anything. */
function held(prefix: "global" | "usgov", changes: ProposedChanges & { manifest: unknown }, input: CustomersInput) {
  return holdChanges(customersComparison(input), changes, { name: prefix, vouched: changes.manifest === null });
}

/** Findings of gather-orgs are remembered here, in a run that is allowed to write. */
function settledAddress({ id, email, state }: KnownAddress): { id: number; email: string; state: SettledState }[] {
  return state.is === "free" ? [] : [{ id, email, state }];
}
