import type { Result } from "../artifacts/results.ts";
import { bySalesforceId, type Create, type Mark, type Update } from "../domain/changeset.ts";
import type { InstanceName } from "../domain/instance.ts";
import type { DesiredOrganization, Organization } from "../domain/organization.ts";
import type { ProtectedAddresses } from "../domain/protected-address.ts";
import { ArtifactError, messageOf } from "../errors.ts";
import type { Progress } from "../stage/progress.ts";
import type { Stop } from "../stage/stop.ts";
import type { ZendeskConnection } from "../zendesk/ports.ts";
import {
  applyInJobs,
  inJobs,
  NOT_ATTEMPTED,
  type Recorder,
  skipRows,
  unattempted,
  type Written,
} from "./apply-rows.ts";
import { claimAddresses } from "./claim-addresses.ts";
import { type ContactsDue, finishContacts } from "./contacts.ts";
import { type YoungOrganization, youngOrganizations } from "./due-contacts.ts";
import { changeRows, createRows, type OrganizationChange } from "./organization-rows.ts";
import type { Results } from "./results-file.ts";

/** Update jobs in flight at once. Zendesk takes 30 for the whole account; others need some of them too. */
const JOBS_AT_ONCE = 8;

/** What is to be written to one instance, and all that deciding about it in flight needs. */
export interface OrganizationSync {
  instance: InstanceName;
  /** Whose organizations, for the progress: `customers` or `partners`. */
  what: string;
  creates: readonly Create[];
  updates: readonly Update[];
  marks: readonly Mark[];
  /** The organizations as gathered: what "changed since compare" is measured against (S4). */
  gathered: readonly Organization[];
  connection: ZendeskConnection;
  results: Results;
  progress: Progress;
  stop: Stop;
  /** Contacts of new organizations (Y2, Y3); null where users come from elsewhere (us-government, partners). */
  contacts: { desired: readonly DesiredOrganization[]; protectedAddresses: ProtectedAddresses; now: Date } | null;
}

/** An organization that this system created, in this run or within the last days. */
interface NewOrganization extends ContactsDue {
  name: string;
  created_at: string;
  createdByThisRun: boolean;
}

/** A new organization that nobody could be associated to (Y4). */
export interface WithoutContacts extends Omit<NewOrganization, "sold_tos"> {
  addresses: { email: string; reason: string }[];
}

/**
 * Writes creates with their contacts, then updates, then marks (Y1–Y6). Every record ends up in the results file.
 * Answers the new organizations without any user.
 */
export async function syncOrganizations(sync: OrganizationSync): Promise<WithoutContacts[]> {
  const changes = changesOf(sync);
  try {
    return await writeAll(sync, changes);
  } catch (error) {
    const creates = createRows(sync.connection, sync.instance);
    const kind = changeRows(sync.connection, sync.instance);
    const { results } = sync.results;
    await sync.results.add(skipRows(unattempted(sync.creates, creates, results), creates, NOT_ATTEMPTED));
    for (const rows of Object.values(changes))
      await sync.results.add(skipRows(unattempted(rows, kind, results), kind, NOT_ATTEMPTED));
    throw error;
  } finally {
    await sync.results.close();
  }
}

async function writeAll(sync: OrganizationSync, changes: ReturnType<typeof changesOf>): Promise<WithoutContacts[]> {
  const withoutContacts = await writeCreates(sync);
  for (const [effect, rows] of Object.entries(changes)) {
    const line = sync.progress.begin(`${sync.instance} ${sync.what}: ${effect}`, rows.length);
    await applyInJobs(rows, changeRows(sync.connection, sync.instance), recorderOf(sync, line), JOBS_AT_ONCE);
    line.end();
  }
  return withoutContacts;
}

/** Updates and marks in one form, each with the organization as it was gathered. */
function changesOf({ gathered, updates, marks }: OrganizationSync): Record<"updates" | "marks", OrganizationChange[]> {
  const byId = new Map(gathered.map((organization) => [organization.id, organization]));
  const gatheredOf = (id: number): Organization => {
    const organization = byId.get(id);
    if (!organization)
      throw new ArtifactError(
        `organization ${id} is in the change files, but not among the gathered organizations: they are of different runs. Run compare again.`,
      );
    return organization;
  };
  return {
    updates: updates.map(({ id, salesforce_id, change, before }) => ({
      effect: "update",
      id,
      salesforce_id,
      change,
      before,
      gathered: gatheredOf(id),
    })),
    marks: marks.map(({ id, salesforce_id, change, before }) => ({
      effect: "mark",
      id,
      salesforce_id,
      change: { organization_fields: change },
      before: { organization_fields: before },
      gathered: gatheredOf(id),
    })),
  };
}

/** Creates go batch by batch, each one's contacts finished before the next begins (Y1); then the contacts of young organizations. */
async function writeCreates(sync: OrganizationSync): Promise<WithoutContacts[]> {
  const creates = [...sync.creates].sort(bySalesforceId);
  const young = sync.contacts ? youngOrganizations(sync.gathered, sync.contacts.desired, sync.contacts.now) : [];
  const claims = claimAddresses([...creates, ...young]);
  const line = sync.progress.begin(`${sync.instance} ${sync.what}: creates`, creates.length);
  const lonely: WithoutContacts[] = [];
  const finishBatch = async (written: readonly Written<Create>[]) => {
    const due = newOrganizations(written, sync);
    releaseClaims(claims, written, due);
    lonely.push(...(await contactsOf(due, claims, sync)));
  };
  const kind = createRows(sync.connection, sync.instance);
  await applyInJobs(creates, kind, recorderOf(sync, line), 1, finishBatch);
  line.end();
  lonely.push(...(await finishYoung(young, claims, sync)));
  return lonely;
}

/** The contacts of organizations that an earlier run created (Y3), in jobs as well: a stop or a deadline need not wait for all. */
async function finishYoung(
  young: readonly YoungOrganization[],
  claims: ReadonlyMap<string, string>,
  sync: OrganizationSync,
): Promise<WithoutContacts[]> {
  const line = sync.progress.begin(`${sync.instance} ${sync.what}: contacts of young organizations`, young.length);
  const lonely: WithoutContacts[] = [];
  for (const job of inJobs(young)) {
    if (sync.stop.reason !== null) break;
    const older = job.map((organization) => ({ ...organization, createdByThisRun: false }));
    lonely.push(...(await contactsOf(older, claims, sync)));
    line.add(job.length);
  }
  line.end();
  return lonely;
}

/** The organizations of a batch that are there now, whoever made them: this run, or one that was killed before. */
function newOrganizations(written: readonly Written<Create>[], sync: OrganizationSync): NewOrganization[] {
  const now = (sync.contacts?.now ?? new Date(0)).toISOString();
  return written.flatMap(({ row: { salesforce_id, name, sold_tos }, result: { id, outcome } }) =>
    id === null || outcome === "failed"
      ? []
      : [
          // One that was there already may be of any age: without the channel's history it is not called young (Y4).
          {
            id,
            salesforce_id,
            name,
            sold_tos,
            created_at: outcome === "applied" ? now : new Date(0).toISOString(),
            createdByThisRun: outcome === "applied",
          },
        ],
  );
}

/**
 * Finishes contacts and answers those organizations that still have nobody. A remote that fails here does not stop the updates:
 * the contacts are failed with the reason, and due again in the next run (Y3).
 */
async function contactsOf(
  due: readonly NewOrganization[],
  claims: ReadonlyMap<string, string>,
  sync: OrganizationSync,
): Promise<WithoutContacts[]> {
  if (!sync.contacts || due.length === 0) return [];
  const { protectedAddresses } = sync.contacts;
  try {
    const finished = await finishContacts(due, { connection: sync.connection, protectedAddresses, claims });
    await sync.results.add(finished.flatMap(({ results }) => results));
    return finished.flatMap(({ organization: { sold_tos: _, ...organization }, hasUser, results }) => {
      const addresses = results.map(({ after, reason, outcome }) => ({
        email: String(after.email ?? ""),
        reason: reason ?? outcome,
      }));
      return hasUser ? [] : [{ ...organization, addresses }];
    });
  } catch (error) {
    await sync.results.add(due.flatMap((organization) => unfinished(organization, messageOf(error))));
    return [];
  }
}

function unfinished({ id, salesforce_id, sold_tos }: NewOrganization, reason: string): Result[] {
  return sold_tos.map(({ email }) => ({
    effect: "contact",
    salesforce_id,
    id: null,
    outcome: "failed",
    reason,
    before: {},
    after: { email, organization_id: id },
  }));
}

/** An organization that could not be created wants no addresses any more; the next one that does gets them. */
function releaseClaims(
  claims: Map<string, string>,
  batch: readonly Written<Create>[],
  due: readonly ContactsDue[],
): void {
  const there = new Set(due.map(({ salesforce_id: id }) => id));
  const failed = new Set(batch.flatMap(({ row: { salesforce_id: id } }) => (there.has(id) ? [] : [id])));
  for (const [address, holder] of claims) if (failed.has(holder)) claims.delete(address);
}

function recorderOf(sync: OrganizationSync, line: Recorder["line"]): Recorder {
  return { stop: sync.stop, line, record: (results) => sync.results.add(results) };
}
