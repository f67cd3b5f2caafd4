import { alsoRefused } from "../../lib/changesets/also-refused.ts";
import { tooOld, unexpectedDigest } from "../../lib/changesets/change-files.ts";
import { constraintsOf, type LimitInputs, type WritingInputs } from "../../lib/changesets/constraints.ts";
import { implausibleReading, readingOf } from "../../lib/changesets/plausible-reading.ts";
import { resultsName, writtenOf } from "../../lib/changesets/result-files.ts";
import { writeComparison } from "../../lib/changesets/write-comparison.ts";
import type { Changeset } from "../../lib/domain/changeset.ts";
import { comparePartners } from "../../lib/domain/compare-partners.ts";
import { expectedHost } from "../../lib/domain/config.ts";
import { type NameClaim, plannedNames } from "../../lib/domain/name-conflicts.ts";
import type { Organization } from "../../lib/domain/organization.ts";
import { mergesOf, protectionsOf } from "../../lib/domain/protections.ts";
import {
  type ComparisonReport,
  countByCode,
  type StageContext,
  type StageReport,
  type WritingContext,
} from "../../lib/pipeline/stage.ts";
import { captureFailure } from "../../lib/reasons/capture-failure.ts";
import { proveUnlessStopped } from "../../lib/remotes/zendesk/prove-instance.ts";
import { idsIn, readCustomerIds, readMergedAccounts } from "../../lib/storage/artifacts/account-ids.ts";
import { originOf, quarantinedIn } from "../../lib/storage/artifacts/origin.ts";
import type { Artifact } from "../../lib/storage/artifacts/store.ts";
import { syncOrganizations } from "../../lib/sync/sync-organizations.ts";

/** Partners as compared: the report so far, and what there is to write. */
export interface ComparedPartners {
  report: StageReport & { comparison: ComparisonReport };
  changeset: Changeset;
  organizations: Artifact<Organization>;
  gatheredAt: string;
}

/** Compares partners with the gathered organizations of global and writes the change files (P3). Reads artifacts only. */
export async function comparePartnerArtifacts(inputs: LimitInputs, context: StageContext): Promise<ComparedPartners> {
  const { store, config, clock } = context;
  const partners = await store.read("partner_accounts.json");
  const organizations = await store.read("zendesk_global.json");
  const customers = await readCustomerIds(store);
  const merged = await readMergedAccounts(store, context.warn);
  const artifacts = [partners, organizations, customers, ...(merged ? [merged] : [])];
  const origin = originOf(artifacts, { ...context, now: clock() });
  const changeset = comparePartners({
    partners: partners.records,
    organizations: organizations.records,
    partnerIds: idsIn(partners),
    accountIds: idsIn(customers),
    takenNames: await namesOfCustomers(origin.run_id, context),
    merges: mergesOf(merged, inputs),
    ...protectionsOf(config, quarantinedIn(artifacts)),
  });
  const comparison = await writeComparison(
    context,
    "partner",
    { ...changeset, people: 0 },
    { stage: "partner-sync", origin, inputs },
  );
  const report = {
    stage: "partner-sync",
    instance: "global" as const,
    run_id: origin.run_id,
    today: origin.today,
    counts: {},
    notes: countByCode(changeset.notes),
    comparison,
  };
  return { report, changeset, organizations, gatheredAt: origin.gathered_at };
}

/** Stage 7: compares partners and writes what differs (P1–P4), or refuses before any write (S2). */
export async function syncPartners(inputs: WritingInputs, context: WritingContext): Promise<StageReport> {
  const { config, remotes, progress, stop, clock } = context;
  await context.removeEarlierResults(resultsName("partner"));
  const compared = await comparePartnerArtifacts(inputs, context);
  const { changeset, organizations, gatheredAt } = compared;
  const report = alsoRefused(compared.report, [
    ...unexpectedDigest("partner", compared.report.comparison.digest, constraintsOf(inputs)),
    ...tooOld("partner", { gathered_at: gatheredAt }, constraintsOf(inputs), clock()),
  ]);
  if (report.comparison.refused) return report;
  const connection = await remotes.zendesk("global");
  const writes = [changeset.creates, changeset.updates, changeset.marks].some((rows) => rows.length > 0);
  if (writes) await proveUnlessStopped(connection, expectedHost(config, "global"));
  const creating = [
    ...(await createdBefore(report.run_id, context)),
    ...changeset.creates.map((one) => one.salesforce_id),
  ];
  const unbelieved = await implausibleReading(readingOf("global", organizations, creating, clock()), connection);
  if (unbelieved.length > 0) return alsoRefused(report, unbelieved);
  const results = context.openResults(resultsName("partner"), report.run_id);
  const { ended } = await captureFailure(() =>
    syncOrganizations({
      instance: "global",
      what: "partners",
      ...changeset,
      gathered: organizations.records,
      connection,
      results,
      progress,
      stop,
      contacts: null,
    }),
  );
  return { ...report, ...ended, comparison: { ...report.comparison, ...writtenOf(results) } };
}

/** Accounts of customers whose organizations `sync` may have created since the organizations were read. */
async function createdBefore(runId: string, { store }: StageContext): Promise<string[]> {
  const manifest = await store.readChangesetManifest("global");
  if (manifest?.run_id !== runId) return [];
  return (await store.readRecords("global_creates.json")).records.map(({ salesforce_id }) => salesforce_id);
}

/** Names that compare is about to take in this run; a changeset of another run says nothing. */
async function namesOfCustomers(runId: string, { store }: StageContext): Promise<NameClaim[]> {
  const manifest = await store.readChangesetManifest("global");
  if (manifest?.run_id !== runId) return [];
  const creates = await store.readRecords("global_creates.json");
  const updates = await store.readRecords("global_updates.json");
  return plannedNames({ creates: creates.records, updates: updates.records });
}
