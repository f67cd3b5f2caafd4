import { alsoRefused } from "../../lib/changesets/also-refused.ts";
import { unexpectedDigest } from "../../lib/changesets/change-files.ts";
import { constraintsOf, type LimitInputs, type WritingInputs } from "../../lib/changesets/constraints.ts";
import { resultsName, writtenOf } from "../../lib/changesets/result-files.ts";
import { writeComparison } from "../../lib/changesets/write-comparison.ts";
import { byRule } from "../../lib/domain/changeset.ts";
import { compareUsers, type UserChangeset } from "../../lib/domain/compare-users.ts";
import { expectedHost } from "../../lib/domain/config.ts";
import { usersAdded } from "../../lib/domain/people-added.ts";
import { reason } from "../../lib/domain/reason.ts";
import { organizationsOfFirstFill } from "../../lib/domain/recent-organizations.ts";
import { upToMaximum, withoutTakenAddresses } from "../../lib/domain/settle-user-contacts.ts";
import type { User } from "../../lib/domain/user.ts";
import { usersInput } from "../../lib/domain/users-input.ts";
import { type ComparisonReport, countByCode, type StageReport, type WritingContext } from "../../lib/pipeline/stage.ts";
import { captureFailure } from "../../lib/reasons/capture-failure.ts";
import { proveInstance, proveUnlessStopped } from "../../lib/remotes/zendesk/prove-instance.ts";
import type { RunOrigin } from "../../lib/storage/artifacts/manifest.ts";
import { checkToday } from "../../lib/storage/artifacts/origin.ts";
import { syncUsers } from "../../lib/sync/sync-users.ts";
import { gatherContacts, gatherUsers } from "./gather-users.ts";
import { lookUpHolders } from "./look-up-holders.ts";

/** Users as compared: the report so far, and what there is to write. */
export interface ComparedUsers {
  report: StageReport & { comparison: ComparisonReport };
  changeset: UserChangeset;
  users: User[];
}

/** Gathers users and contacts, compares them and writes the artifacts and change files (U1–U5). */
export async function compareUserArtifacts(judging: LimitInputs, context: WritingContext): Promise<ComparedUsers> {
  const { store, config, remotes, progress, stop, clock, warn } = context;
  const { reader: finishing, stoppable: reader = finishing } = await remotes.zendesk("us-government");
  await proveInstance(await remotes.zendeskReader("us-government"), expectedHost(config, "us-government"));
  const origin = await originOfUsers(context);
  const gathered = await gatherUsers(reader, progress, stop);
  const fromSalesforce = await gatherContacts(await remotes.salesforce(), gathered.organizations);
  const unreadable = gathered.unreadableAccounts.union(fromSalesforce.unreadableAccounts);
  const people = { users: gathered.users, contacts: fromSalesforce.contacts };
  const compared = compareUsers(usersInput(people, gathered.organizations, config, unreadable));
  const minimumExisting = config.limits.usgov_user.minimum_existing;
  const holders = await lookUpHolders(compared, reader, { minimumExisting, stop, warn });
  const settled = upToMaximum(
    withoutTakenAddresses(compared, holders),
    gathered.users,
    config.max_contacts_per_organization,
  );
  const changeset = fromSalesforce.notes.length > 0 ? withoutMarks(settled) : settled;
  const added = usersAdded(changeset, organizationsOfFirstFill(gathered.organizations, clock(), minimumExisting));
  const notes = [...gathered.notes, ...fromSalesforce.notes, ...changeset.notes].sort(byRule);
  const maker = { stage: "user-sync", origin, madeAt: clock() };
  const users = await store.write("usgov_users.json", gathered.users.sort(byAddress), maker);
  const contacts = await store.write("usgov_user_contacts.json", changeset.contacts, maker);
  const inputs = [
    { name: "usgov_users.json", sha256: users.sha256 },
    { name: "usgov_user_contacts.json", sha256: contacts.sha256 },
  ];
  const comparison = await writeComparison(
    context,
    "usgov_user",
    { ...changeset, notes, people: added, contacts: [] },
    { stage: "user-sync", origin: { ...origin, inputs }, inputs: judging },
  );
  const counts = { users: gathered.users.length, contacts: changeset.contacts.length };
  const report = {
    stage: "user-sync",
    instance: "us-government" as const,
    run_id: origin.run_id,
    today: origin.today,
    counts,
    notes: countByCode(notes),
    comparison,
  };
  return { report, changeset, users: gathered.users };
}

/** Stage 8: compares the users of us-government with Salesforce's contacts and writes what differs (U1–U6), or refuses before any write (S2). */
export async function syncUserArtifacts(inputs: WritingInputs, context: WritingContext): Promise<StageReport> {
  await context.removeEarlierResults(resultsName("usgov_user"));
  const compared = await compareUserArtifacts(inputs, context);
  const { digest } = compared.report.comparison;
  const report = alsoRefused(compared.report, unexpectedDigest("usgov_user", digest, constraintsOf(inputs)));
  if (report.comparison.refused) return report;
  return writeUsers(compared, context);
}

/** Writes compared users. Once a stop is asked for it accounts for all of them as skipped, and asks no remote anything (S7). */
export async function writeUsers(
  { report, changeset, users }: ComparedUsers,
  context: WritingContext,
): Promise<StageReport> {
  const { config, remotes, progress, stop } = context;
  const connection = await remotes.zendesk("us-government");
  const writes = [changeset.creates, changeset.updates, changeset.marks].some((rows) => rows.length > 0);
  if (writes) await proveUnlessStopped(connection, expectedHost(config, "us-government"));
  const results = context.openResults(resultsName("usgov_user"), report.run_id);
  const { ended } = await captureFailure(() => syncUsers({ ...changeset, users, connection, results, progress, stop }));
  return { ...report, ...ended, comparison: { ...report.comparison, ...writtenOf(results) } };
}

/** The run whose organizations these users belong to, where this data directory has one. Users are gathered now. */
async function originOfUsers(context: WritingContext): Promise<RunOrigin> {
  const { store, runId, runIsGiven, today, clock } = context;
  const organizations = runIsGiven ? null : await store.readManifest("zendesk_usgov.json");
  if (organizations) checkToday("zendesk_usgov.json", organizations.today, context);
  return {
    run_id: organizations?.run_id ?? runId,
    today: organizations?.today ?? today,
    gathered_at: clock().toISOString(),
    inputs: [],
  };
}

/** While a contact cannot be read, nobody can say whose contact is missing: no user is marked. */
function withoutMarks(changeset: UserChangeset): UserChangeset {
  const kept = changeset.marks.map(({ id, salesforce_id }) => ({
    rule: "U6",
    salesforce_id,
    id,
    reason: reason("mark.contacts_unreadable"),
  }));
  return { ...changeset, marks: [], notes: [...changeset.notes, ...kept] };
}

function byAddress(one: User, other: User): number {
  const left = one.email ?? "";
  const right = other.email ?? "";
  return left < right ? -1 : left > right ? 1 : one.id - other.id;
}
