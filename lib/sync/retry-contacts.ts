import { expectedHost } from "../domain/config.ts";
import type { Organization } from "../domain/organization.ts";
import { accountIdOf, externalAccountIdOf } from "../domain/organization-scope.ts";
import { protectedAddressesOf } from "../domain/protections.ts";
import { type Reason, reason } from "../domain/reason.ts";
import { ConfigurationError, messageOf, RefusedError, ZdsyncError } from "../errors.ts";
import type { Needs, WritingContext } from "../pipeline/stage.ts";
import { reasonOf } from "../reasons/reason-of-error.ts";
import { proveInstance } from "../remotes/zendesk/prove-instance.ts";
import { byResult, type Result } from "../storage/artifacts/results.ts";
import { historyOf } from "../storage/history.ts";
import { type ContactsDone, finishContacts, hasNoUsers } from "./contacts.ts";
import { desiredContacts } from "./desired-contacts.ts";
import type { ContactsDue } from "./write-contacts.ts";

/** Remotes and files that a session for retrying contacts needs. */
export const RETRY_NEEDS: Needs = { salesforce: true, zendesk: ["global"], overrides: true, plans: true };

/** A session of one retry; opening it is refused while a run goes on. */
export interface RetrySession {
  context: WritingContext;
  close(): Promise<void>;
}

/** Result for one address: a person was created or associated, is there already, was skipped, or it failed. */
export interface RetriedAddress {
  email: string;
  became: "created" | "associated" | "already a member" | "skipped" | "failed";
  reason: Reason;
}

/**
 * What came of a retry.
 * - `done`: every address was looked at. `has` says whether somebody is in the organization now; `unknown` where an address failed.
 * - `run goes on`: a run holds the data directory, and does the same itself.
 * - `not retried`: nothing was written, `reason` says why and what to do.
 */
export type RetryEnd =
  | { is: "done"; runId: string; has: "somebody" | "nobody" | "unknown"; addresses: RetriedAddress[] }
  | { is: "run goes on"; reason: Reason }
  | { is: "not retried"; reason: Reason };

/**
 * Does for one organization of global, now, what sync does about the contacts of new ones (Y2, Y3): its account's sold-to addresses
 * are taken from Salesforce as they are at this moment. The organization may be of any age: a person asks for it.
 * Throws only what is no error of ours (a fault of the program).
 */
export async function retryContacts(organizationId: number, open: () => Promise<RetrySession>): Promise<RetryEnd> {
  let session: RetrySession;
  try {
    session = await open();
  } catch (error) {
    return notOpened(error);
  }
  try {
    return await retryIn(session.context, organizationId);
  } catch (error) {
    if (error instanceof ZdsyncError) return { is: "not retried", reason: reasonOf(error) };
    throw error;
  } finally {
    await session.close();
  }
}

function notOpened(error: unknown): RetryEnd {
  if (error instanceof RefusedError) return { is: "run goes on", reason: reasonOf(error) };
  if (!(error instanceof ZdsyncError)) throw error;
  if (!(error instanceof ConfigurationError)) return { is: "not retried", reason: reasonOf(error) };
  const problems = error.problems.map(({ where, what }) => `${where}: ${what}`);
  return { is: "not retried", reason: reason("retry.settings_wrong", { problems }) };
}

async function retryIn(context: WritingContext, organizationId: number): Promise<RetryEnd> {
  const { config, remotes } = context;
  const connection = await remotes.zendesk("global");
  await proveInstance(connection.reader, expectedHost(config, "global"));
  const [organization] = await connection.reader.organizationsById([organizationId]);
  const account = organization ? createdFor(organization) : null;
  if (account === null) return { is: "not retried", reason: notOurs(organizationId, organization) };
  const wanted = await desiredContacts(account, context);
  if ("reason" in wanted) return { is: "not retried", reason: wanted.reason };
  const due: ContactsDue = { id: organizationId, salesforce_id: account, sold_tos: wanted.soldTos };
  const [done] = await finishContacts([due], {
    connection,
    protectedAddresses: protectedAddressesOf(config),
    maximum: config.max_contacts_per_organization,
  });
  if (!done) return { is: "not retried", reason: reason("retry.not_reported") };
  await keepResults(done.results, context);
  const isEmpty = await hasNoUsers(done, connection.reader);
  return { is: "done", runId: context.runId, ...outcomeOf(done, isEmpty) };
}

/** The account for which zdsync created the organization (Y3); null where it did not, or where the organization names another one. */
function createdFor(organization: Organization): string | null {
  const account = accountIdOf(organization);
  return account !== null && account === externalAccountIdOf(organization) ? account : null;
}

function notOurs(organization_id: number, organization: Organization | undefined): Reason {
  if (!organization) return reason("retry.organization_gone", { organization_id });
  const names_account = accountIdOf(organization) !== null;
  return reason("retry.not_created_by_zdsync", { organization_id, names_account });
}

/**
 * Kept in the history under the retry's own id, where `zdsync undo --results` takes it. Not in the data directory itself: the
 * results of the last run stand there.
 */
async function keepResults(results: readonly Result[], { store, runId, warn }: WritingContext): Promise<void> {
  if (results.length === 0) return;
  const folder = historyOf(store.directory, runId);
  try {
    await folder.writeRecords("global_results.json", [...results].sort(byResult));
  } catch (error) {
    warn(`the results of ${runId} could not be saved in ${folder.directory}: ${messageOf(error)}`);
  }
}

function outcomeOf({ results, placed, undecided }: ContactsDone<ContactsDue>, isEmpty: boolean) {
  const addresses = results.map(
    (result): RetriedAddress => ({
      email: String(result.after.email ?? ""),
      became: becameOf(result),
      reason: result.reason ?? reason("write.unaccounted"),
    }),
  );
  const failed = undecided || addresses.some(({ became }) => became === "failed");
  const has = placed ? "somebody" : isEmpty ? "nobody" : failed ? "unknown" : "somebody";
  return { addresses, has } as const;
}

function becameOf({ outcome, reason: why }: Result): RetriedAddress["became"] {
  if (outcome === "failed") return "failed";
  if (outcome === "skipped") return why?.code === "contact.there_already" ? "already a member" : "skipped";
  return why?.code === "contact.created" ? "created" : "associated";
}
