import type { Result } from "../artifacts/results.ts";
import { bySalesforceId, type Create, type Mark, type Update } from "../domain/changeset.ts";
import type { InstanceName } from "../domain/instance.ts";
import type { DesiredOrganization, Organization } from "../domain/organization.ts";
import type { ProtectedAddresses } from "../domain/protected-address.ts";
import { type Reason, reason } from "../domain/reason.ts";
import { ArtifactError, messageOf } from "../errors.ts";
import type { Progress } from "../stage/progress.ts";
import type { Stop } from "../stage/stop.ts";
import type { ZendeskConnection } from "../zendesk/ports.ts";
import { applyInJobs, applyJob, inJobs, type Recorder } from "./apply-rows.ts";
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
  addresses: { email: string; reason: Reason }[];
}

/** A sync under way, with what ended parts of it altogether. */
type Course = OrganizationSync & Pick<Recorder, "errors">;

/**
 * Writes creates with their contacts, then updates, then marks (Y1–Y6). Every record ends up in the results file, also where this
 * throws in the end because something failed for all of them. Answers the new organizations without any user.
 */
export async function syncOrganizations(given: OrganizationSync): Promise<WithoutContacts[]> {
  const sync: Course = { ...given, errors: [] };
  const changes = changesOf(sync);
  const withoutContacts = await writeCreates(sync);
  for (const [effect, rows] of Object.entries(changes)) {
    const line = sync.progress.begin(`${sync.instance} ${sync.what}: ${effect}`, rows.length);
    await applyInJobs(rows, changeRows(sync.connection, sync.instance), recorderOf(sync, line), JOBS_AT_ONCE);
    line.end();
  }
  await sync.results.close();
  if (sync.errors.length > 0) throw sync.errors[0];
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
async function writeCreates(sync: Course): Promise<WithoutContacts[]> {
  const creates = [...sync.creates].sort(bySalesforceId);
  const young = sync.contacts ? youngOrganizations(sync.gathered, sync.contacts.desired, sync.contacts.now) : [];
  const claims = claimAddresses([...creates, ...young]);
  const line = sync.progress.begin(`${sync.instance} ${sync.what}: creates`, creates.length);
  const lonely: WithoutContacts[] = [];
  for (const batch of inJobs(creates)) lonely.push(...(await writeBatch(batch, claims, sync, recorderOf(sync, line))));
  line.end();
  lonely.push(...(await finishYoung(young, claims, sync)));
  return lonely;
}

/** The contacts of organizations that an earlier run created (Y3), in jobs as well: a stop or a deadline need not wait for all. */
async function finishYoung(
  young: readonly YoungOrganization[],
  claims: ReadonlyMap<string, string>,
  sync: Course,
): Promise<WithoutContacts[]> {
  const line = sync.progress.begin(`${sync.instance} ${sync.what}: contacts of young organizations`, young.length);
  const lonely: WithoutContacts[] = [];
  for (const job of inJobs(young)) {
    if (sync.stop.reason !== null || sync.errors.length > 0) break;
    const older = job.map((organization) => ({ ...organization, createdByThisRun: false }));
    lonely.push(...(await contactsOf(older, claims, sync)));
    line.add(job.length, sync.errors.length > 0 ? job.length : 0);
  }
  line.end();
  return lonely;
}

async function writeBatch(
  batch: Create[],
  claims: Map<string, string>,
  sync: Course,
  recorder: Recorder,
): Promise<WithoutContacts[]> {
  const results = await applyJob(batch, createRows(sync.connection, sync.instance), recorder);
  const now = (sync.contacts?.now ?? new Date(0)).toISOString();
  const due = batch.flatMap(({ salesforce_id, name, sold_tos }, index): NewOrganization[] => {
    const { id = null, outcome = "failed" } = results[index] ?? {};
    return id === null || outcome === "failed"
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
        ];
  });
  releaseClaims(claims, batch, due);
  return contactsOf(due, claims, sync);
}

/** Finishes contacts and answers those organizations that still have nobody, and will not have by themselves. Never throws. */
async function contactsOf(
  due: readonly NewOrganization[],
  claims: ReadonlyMap<string, string>,
  sync: Course,
): Promise<WithoutContacts[]> {
  if (!sync.contacts || due.length === 0 || sync.errors.length > 0) return [];
  try {
    const finished = await finishContacts(due, {
      connection: sync.connection,
      protectedAddresses: sync.contacts.protectedAddresses,
      claims,
    });
    await sync.results.add(finished.flatMap(({ results }) => results));
    return finished.flatMap(({ organization: { sold_tos: _, ...organization }, withoutAnybody, results }) => {
      const addresses = results.map(({ after, reason: why }) => ({
        email: String(after.email ?? ""),
        reason: why ?? reason("write.unaccounted"),
      }));
      return withoutAnybody ? [{ ...organization, addresses }] : [];
    });
  } catch (error) {
    sync.errors.push(error);
    const givenUp = due.flatMap((organization) => contactsGivenUp(organization, messageOf(error)));
    await sync.results.add(givenUp).catch((again) => sync.errors.push(again));
    return [];
  }
}

/** What is said of contacts that were not finished: some may be there, the next run sees which (Y3). */
function contactsGivenUp({ id, salesforce_id, sold_tos }: ContactsDue, message: string): Result[] {
  return sold_tos.map(({ email }) => ({
    effect: "contact",
    salesforce_id,
    id: null,
    before: {},
    after: { email, organization_id: id },
    outcome: "failed",
    reason: reason("contact.not_finished", { message }),
  }));
}

/** An organization that could not be created wants no addresses any more; the next one that does gets them. */
function releaseClaims(claims: Map<string, string>, batch: readonly Create[], due: readonly ContactsDue[]): void {
  const there = new Set(due.map(({ salesforce_id: id }) => id));
  const failed = new Set(batch.flatMap(({ salesforce_id: id }) => (there.has(id) ? [] : [id])));
  for (const [address, holder] of claims) if (failed.has(holder)) claims.delete(address);
}

function recorderOf(sync: Course, line: Recorder["line"]): Recorder {
  return { stop: sync.stop, errors: sync.errors, line, record: (...results) => sync.results.add(...results) };
}
