import pLimit from "p-limit";
import { bySalesforceId, type Create, type Mark, type Update } from "../domain/changeset.ts";
import type { InstanceName } from "../domain/instance.ts";
import type { Organization } from "../domain/organization.ts";
import { ArtifactError } from "../errors.ts";
import type { Progress } from "../pipeline/progress.ts";
import type { ZendeskConnection } from "../remotes/zendesk/ports.ts";
import type { Stop } from "../stop.ts";
import type { Result } from "../storage/artifacts/results.ts";
import { applyInOrder, jobsOf, type Recorder } from "./apply-in-jobs.ts";
import { changeRows, createRows, type OrganizationChange } from "./organization-rows.ts";
import { type ContactPlacement, type ContactsSync, contactsPlan, type WithoutContacts } from "./place-contacts.ts";
import type { Results } from "./results-file.ts";
import { placeInCreated, placeInExisting } from "./sync-contacts.ts";

/** Batches of new organizations whose contacts are placed at once: they fill the account's jobs. */
const CONTACTS_AT_ONCE = 30;
/** Look-ups of contacts at once, of all batches together. */
const LOOK_UPS_AT_ONCE = 8;

/** The changes of organizations to be written to one instance, and all that deciding about them in flight needs. */
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
type OrganizationPlacement = OrganizationSync & Pick<Recorder, "errors">;

/**
 * Writes creates, updates and marks, begun in this order, and contacts beside them: those of a batch as soon as it has ended, and nothing waits for them
 * (Y1–Y6, decision 50). Every record ends up in the results file, also
 * where this throws in the end because something failed for all of them. Answers the new organizations without any user.
 */
export async function syncOrganizations(given: OrganizationSync): Promise<WithoutContacts[]> {
  const sync: OrganizationPlacement = { ...given, errors: [] };
  const changes = changesOf(sync);
  const contacts = contactsBeside(sync);
  const creates = [...sync.creates].sort(bySalesforceId);
  const begin = (effect: string, rows: readonly unknown[]) =>
    recorderOf(sync, sync.progress.begin(`${sync.instance} ${sync.what}: ${effect}`, rows.length));
  const rows = changeRows(sync.connection, sync.instance);
  await applyInOrder([
    jobsOf(creates, createRows(sync.connection, sync.instance), begin("creates", creates), (batch, results) =>
      contacts?.created(batch, results),
    ),
    jobsOf(changes.updates, rows, begin("updates", changes.updates)),
    jobsOf(changes.marks, rows, begin("marks", changes.marks)),
  ]);
  const withoutContacts = (await contacts?.ended()) ?? [];
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
        `organization ${id} is in the change files but was not gathered: the files are from different runs. Run compare again.`,
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

/** Contacts that are placed while organizations are written. */
interface ConcurrentContacts {
  /** Takes the organizations of a batch that has ended. */
  created(batch: readonly Create[], results: readonly Result[]): void;
  /** Waits for the last one; the new organizations without any user, those of this run first, in order of account. */
  ended(): Promise<WithoutContacts[]>;
}

/** Begins with the contacts of recent organizations, which wait for nothing. Null where users come from elsewhere. */
function contactsBeside(sync: OrganizationPlacement): ConcurrentContacts | null {
  if (!sync.contacts) return null;
  const line = sync.progress.begin(`${sync.instance} ${sync.what}: contacts`, sync.contacts.planned.length);
  const plan = contactsPlan(sync.contacts);
  const placement: ContactPlacement = {
    ...sync.contacts,
    ...recorderOf(sync, line),
    connection: sync.connection,
    plan,
    lookUps: pLimit(LOOK_UPS_AT_ONCE),
  };
  const limit = pLimit(CONTACTS_AT_ONCE);
  const inCreated: Promise<WithoutContacts[]>[] = [];
  const inExisting = placeInExisting(placement);
  return {
    created: (batch, results) => void inCreated.push(limit(() => placeInCreated(batch, results, placement))),
    async ended() {
      const ofCreated = (await Promise.all(inCreated)).flat().sort(byAccount);
      const without = [...ofCreated, ...(await inExisting)];
      line.end();
      return without;
    },
  };
}

function byAccount(one: WithoutContacts, other: WithoutContacts): number {
  return one.salesforce_id < other.salesforce_id ? -1 : 1;
}

function recorderOf(sync: OrganizationPlacement, line: Recorder["line"]): Recorder {
  return { stop: sync.stop, errors: sync.errors, line, record: (results) => sync.results.add(results) };
}
