import { bySalesforceId, type Create, type Mark, type Update } from "../domain/changeset.ts";
import type { InstanceName } from "../domain/instance.ts";
import type { Organization } from "../domain/organization.ts";
import { ArtifactError } from "../errors.ts";
import type { Progress } from "../stage/progress.ts";
import type { Stop } from "../stage/stop.ts";
import type { ZendeskConnection } from "../zendesk/ports.ts";
import { applyInJobs, applyJob, inJobs, type Recorder } from "./apply-rows.ts";
import { changeRows, createRows, type OrganizationChange } from "./organization-rows.ts";
import type { Results } from "./results-file.ts";
import {
  type ContactsCourse,
  type ContactsSync,
  placeInCreated,
  placeInExisting,
  type WithoutContacts,
} from "./sync-contacts.ts";

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
  /** Contacts of new organizations (C10, Y2, Y3); null where users come from elsewhere (us-government, partners). */
  contacts: ContactsSync | null;
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

/** Creates go batch by batch, each one's contacts finished before the next begins (Y1); then the contacts of recent organizations. */
async function writeCreates(sync: Course): Promise<WithoutContacts[]> {
  const creates = [...sync.creates].sort(bySalesforceId);
  const line = sync.progress.begin(`${sync.instance} ${sync.what}: creates`, creates.length);
  const contacts = contactsCourse(sync);
  const without: WithoutContacts[] = [];
  for (const batch of inJobs(creates)) {
    const results = await applyJob(batch, createRows(sync.connection, sync.instance), recorderOf(sync, line));
    if (contacts) without.push(...(await placeInCreated(batch, results, contacts)));
  }
  line.end();
  if (contacts) without.push(...(await placeInExisting(contacts)));
  contacts?.line.end();
  return without;
}

function contactsCourse(sync: Course): ContactsCourse | null {
  if (!sync.contacts) return null;
  const line = sync.progress.begin(`${sync.instance} ${sync.what}: contacts`, sync.contacts.planned.length);
  return { ...sync.contacts, ...recorderOf(sync, line), connection: sync.connection };
}

function recorderOf(sync: Course, line: Recorder["line"]): Recorder {
  return { stop: sync.stop, errors: sync.errors, line, record: (results) => sync.results.add(results) };
}
