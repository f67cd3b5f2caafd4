import { type Result, type Unattempted, unattemptedBy } from "../artifacts/results.ts";
import type { ContactMemory, SettledState } from "../contacts/contact-memory.ts";
import type { Create, PlannedContact } from "../domain/changeset.ts";
import { accountIdOf } from "../domain/organization-scope.ts";
import type { DueAddress } from "../domain/plan-contacts.ts";
import type { ProtectedAddresses } from "../domain/protected-address.ts";
import { type Reason, reason } from "../domain/reason.ts";
import { isRecent, type RecentOrganization } from "../domain/recent-organizations.ts";
import { messageOf, StoppedError } from "../errors.ts";
import type { ZendeskConnection } from "../zendesk/ports.ts";
import { inJobs, type Recorder, unattemptedReason } from "./apply-rows.ts";
import { type ContactsDone, type ContactsDue, finishContacts, hasNobody } from "./contacts.ts";

/** What is planned of contacts (C10), and what is known about all that are due. */
export interface ContactsSync {
  /** Exactly these are placed: what nobody reviewed is not touched. */
  planned: readonly PlannedContact[];
  /** Every due address, with what becomes of it: what is not among them is not placed, whatever the plan says. */
  addresses: readonly DueAddress[];
  /** Organizations that exist and whose contacts are due (Y3). */
  due: readonly RecentOrganization[];
  protectedAddresses: ProtectedAddresses;
  memory: ContactMemory;
  now: Date;
}

/** A new organization that nobody could be associated to (Y4). */
export interface WithoutContacts {
  id: number;
  salesforce_id: string;
  name: string;
  created_at: string;
  createdByThisRun: boolean;
  addresses: { email: string; reason: Reason }[];
}

/** An organization that this system created, in this run or within the last days, with the planned addresses. */
type NewOrganization = Omit<WithoutContacts, "addresses"> & ContactsDue;

/** What contacts are placed with; `line` and `record` are those of the contacts. */
export interface ContactsCourse extends ContactsSync, Recorder {
  connection: ZendeskConnection;
}

/** A list of organizations may be so old that contacts are planned by it which were due then, and are not quite any more. */
const READ_AT_MOST_MS = 24 * 60 * 60 * 1000;

/** Places the contacts of organizations that a job has just created; those of organizations that it did not are accounted for. Never throws. */
export async function placeInCreated(
  batch: readonly Create[],
  created: readonly Result[],
  course: ContactsCourse,
): Promise<WithoutContacts[]> {
  const planned = Map.groupBy(
    course.planned.filter(({ id }) => id === null),
    ({ salesforce_id }) => salesforce_id,
  );
  const isDue = dueAddressesOf(course);
  const organizations: NewOrganization[] = [];
  for (const [index, { salesforce_id, name }] of batch.entries()) {
    const all = planned.get(salesforce_id) ?? [];
    const own = all.filter(isDue);
    await skip(
      all.filter((one) => !isDue(one)),
      reason("contact.not_due"),
      course,
    );
    const { id = null, outcome = "failed", reason: why = null } = created[index] ?? {};
    if (id === null || outcome === "failed") {
      await skip(own, notCreated(why), course);
      continue;
    }
    const createdByThisRun = outcome === "applied";
    // One that was there already may be of any age: without the channel's history it is not called new (Y4).
    const created_at = createdByThisRun ? course.now.toISOString() : new Date(0).toISOString();
    organizations.push({ id, salesforce_id, name, created_at, createdByThisRun, sold_tos: own });
  }
  const fresh = organizations.filter(({ createdByThisRun }) => createdByThisRun);
  const found = organizations.filter(({ createdByThisRun }) => !createdByThisRun);
  return [...(await place(fresh, course)), ...(await place(await confirmedRecent(found, course), course))];
}

/** Places what is planned for organizations that earlier runs created, in jobs: a stop need not wait for all (Y3). Never throws. */
export async function placeInExisting(course: ContactsCourse): Promise<WithoutContacts[]> {
  const planned = Map.groupBy(
    course.planned.filter(({ id }) => id !== null),
    ({ id }) => id,
  );
  const isDue = dueAddressesOf(course);
  const known = new Map(course.due.map((one) => [one.id, one]));
  for (const own of planned.values())
    await skip(
      own.filter((one) => !isDue(one)),
      reason("contact.not_due"),
      course,
    );
  const organizations = [...known.values()].map((organization): NewOrganization => {
    const own = (planned.get(organization.id) ?? []).filter(isDue);
    return { ...organization, createdByThisRun: false, sold_tos: own };
  });
  const without: WithoutContacts[] = [];
  for (const job of inJobs(organizations)) {
    const why: Unattempted | undefined =
      course.errors.length > 0 ? "failed" : course.stop.reason !== null ? "stopped" : undefined;
    if (why)
      await skip(
        job.flatMap(({ id }) => (planned.get(id) ?? []).filter(isDue)),
        unattemptedReason(why, course.stop),
        course,
      );
    else without.push(...(await place(await confirmedRecent(job, course), course)));
  }
  return without;
}

/**
 * Only what this system created a short while ago gets contacts, and the list that says so was made by an earlier job: the organizations
 * are looked at again, a hundred with one request (S4). What is planned for others is skipped. Never throws.
 */
async function confirmedRecent(job: readonly NewOrganization[], course: ContactsCourse): Promise<NewOrganization[]> {
  const { connection, errors, now } = course;
  const { reader, stoppable = reader } = connection;
  const ids = job.flatMap(({ id, sold_tos }) => (sold_tos.length > 0 ? [id] : []));
  if (ids.length === 0) return [...job];
  try {
    const live = new Map((await stoppable.organizationsById(ids)).map((one) => [one.id, one]));
    const asOf = new Date(now.getTime() - READ_AT_MOST_MS);
    const isConfirmed = ({ id, salesforce_id, sold_tos }: NewOrganization) => {
      const found = live.get(id);
      return sold_tos.length === 0 || (found && accountIdOf(found) === salesforce_id && isRecent(found, asOf));
    };
    const others = job.filter((one) => !isConfirmed(one));
    await skip(others.flatMap(plannedOf), reason("contact.not_due"), course);
    return job.filter(isConfirmed);
  } catch (error) {
    const stopped = error instanceof StoppedError;
    if (!stopped) errors.push(error);
    await skip(job.flatMap(plannedOf), unattemptedReason(stopped ? "stopped" : "failed", course.stop), course);
    return [];
  }
}

/** Whether a planned contact is one that is due, by what this stage read itself. */
function dueAddressesOf({ addresses }: ContactsSync): (contact: PlannedContact) => boolean {
  const key = ({ salesforce_id, id, email, name }: PlannedContact) => JSON.stringify([salesforce_id, id, email, name]);
  const due = new Set(addresses.map(key));
  return (contact) => due.has(key(contact));
}

/** Places contacts and answers those organizations that still have nobody, and will not have by themselves. Never throws. */
async function place(organizations: readonly NewOrganization[], course: ContactsCourse): Promise<WithoutContacts[]> {
  if (organizations.length === 0) return [];
  const { errors } = course;
  if (errors.length > 0) {
    const own = organizations.flatMap(plannedOf);
    await skip(own, unattemptedReason("failed", course.stop), course);
    return [];
  }
  const done = await finished(organizations, course);
  try {
    return (await Promise.all(done.map((one) => withoutAnybody(one, course)))).flat();
  } catch (error) {
    // The contacts themselves are placed and recorded.
    errors.push(error);
    return [];
  }
}

/** Places contacts and records each of them once; nothing is answered where that ended early. */
async function finished(
  organizations: readonly NewOrganization[],
  course: ContactsCourse,
): Promise<ContactsDone<NewOrganization>[]> {
  const { connection, protectedAddresses, memory, errors } = course;
  let done: ContactsDone<NewOrganization>[];
  try {
    done = await finishContacts(organizations, { connection, protectedAddresses });
  } catch (error) {
    errors.push(error);
    const why = reason("contact.not_finished", { message: messageOf(error) });
    const givenUp = organizations.flatMap(plannedOf).map((contact) => resultOf(contact, "failed", why));
    await course.record(givenUp).catch((again) => errors.push(again));
    return [];
  }
  const results = done.flatMap((one) => one.results);
  course.line.add(results.length, results.filter(({ outcome }) => outcome === "failed").length);
  try {
    await course.record(results);
    memory.settle(done.flatMap(settledOf));
    return done;
  } catch (error) {
    errors.push(error);
    return [];
  }
}

/** An organization that has no user, with why for each of its addresses (Y4). */
async function withoutAnybody(
  { organization, results, placed, undecided }: ContactsDone<NewOrganization>,
  { addresses, connection }: ContactsCourse,
): Promise<WithoutContacts[]> {
  const own = addresses.filter(
    ({ salesforce_id, id }) => salesforce_id === organization.salesforce_id && (id === null || id === organization.id),
  );
  const known = {
    organization,
    placed: placed || own.some(({ plan }) => plan.is === "there"),
    undecided: undecided || own.some(({ plan }) => plan.is === "unverified"),
  };
  if (!(await hasNobody(known, connection.reader))) return [];
  const left = own.flatMap(({ email, plan }) => (plan.is === "left" ? [{ email, reason: plan.reason }] : []));
  const tried = results.map(({ after, reason: why }) => ({
    email: String(after.email ?? ""),
    reason: why ?? reason("write.unaccounted"),
  }));
  const { sold_tos: _, ...rest } = organization;
  return [{ ...rest, addresses: [...tried, ...left] }];
}

/** What was decided for good, or for a day, of each address (G2). */
function settledOf({ organization, results }: ContactsDone<NewOrganization>) {
  return results.flatMap(({ outcome, reason: why, after }): { id: number; email: string; state: SettledState }[] => {
    const address = { id: organization.id, email: String(after.email ?? "") };
    if (outcome === "applied" || why?.code === "contact.there_already") return [{ ...address, state: { is: "there" } }];
    return outcome === "skipped" && why ? [{ ...address, state: { is: "left", reason: why } }] : [];
  });
}

/** The reason of a create that was not even begun holds for its contacts, too. */
function notCreated(why: Reason | null): Reason {
  return why && unattemptedBy(why) ? why : reason("contact.organization_not_created");
}

async function skip(
  contacts: readonly PlannedContact[],
  why: Reason,
  { record, errors }: ContactsCourse,
): Promise<void> {
  if (contacts.length === 0) return;
  const results = contacts.map((contact) => resultOf(contact, "skipped", why));
  await record(results).catch((error) => errors.push(error));
}

function plannedOf({ id, salesforce_id, sold_tos }: NewOrganization): PlannedContact[] {
  return sold_tos.map(({ email, name }) => ({ salesforce_id, id, email, name }));
}

function resultOf({ salesforce_id, id, email }: PlannedContact, outcome: Result["outcome"], why: Reason): Result {
  const after = { email, organization_id: id };
  return { effect: "contact", salesforce_id, id: null, outcome, reason: why, before: {}, after };
}
