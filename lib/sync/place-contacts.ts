import type { LimitFunction } from "p-limit";
import type { PlannedContact } from "../domain/changeset.ts";
import type { DueAddress } from "../domain/plan-contacts.ts";
import type { ProtectedAddresses } from "../domain/protected-address.ts";
import { type Reason, reason } from "../domain/reason.ts";
import type { RecentOrganization } from "../domain/recent-organizations.ts";
import { messageOf } from "../errors.ts";
import type { ZendeskConnection } from "../remotes/zendesk/ports.ts";
import type { Result } from "../storage/artifacts/results.ts";
import type { ContactMemory, SettledState } from "../storage/contact-memory.ts";
import { notStartedReason, type Recorder, unattemptedReason } from "./apply-in-jobs.ts";
import { type ContactsDone, finishContacts, hasNoUsers } from "./contacts.ts";
import type { ContactsDue } from "./write-contacts.ts";

/** The planned contacts (C10), and what is known about all that are due. */
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
export type NewOrganization = Omit<WithoutContacts, "addresses"> & ContactsDue;

/** The contacts of a sync with the connection that places them; `line` and `record` are those of the contacts. */
export interface ContactPlacement extends ContactsSync, Recorder {
  connection: ZendeskConnection;
  plan: ContactsPlan;
  /** Bounds the look-ups of all batches together. */
  lookUps: LimitFunction;
}

/** The planned contacts by organization: of those to be created by account, of others by id; and whether one of them is due. */
interface ContactsPlan {
  inCreated: ReadonlyMap<string, readonly PlannedContact[]>;
  inExisting: ReadonlyMap<number, readonly PlannedContact[]>;
  /** True if the contact is among those that this stage found due from its own reading. */
  isDue(contact: PlannedContact): boolean;
}

/** Sorts the planned contacts, once for a sync. */
export function contactsPlan({ planned, addresses }: ContactsSync): ContactsPlan {
  const key = ({ salesforce_id, id, email, name }: PlannedContact) => JSON.stringify([salesforce_id, id, email, name]);
  const due = new Set(addresses.map(key));
  const created = planned.filter(({ id }) => id === null);
  const existing = planned.flatMap((contact) => (contact.id === null ? [] : [{ ...contact, id: contact.id }]));
  return {
    inCreated: Map.groupBy(created, ({ salesforce_id }) => salesforce_id),
    inExisting: Map.groupBy(existing, (contact) => contact.id),
    isDue: (contact) => due.has(key(contact)),
  };
}

/** True if contacts may still be begun; otherwise records each of them with the reason. Never throws. */
export async function canStart(
  organizations: readonly NewOrganization[],
  placement: ContactPlacement,
): Promise<boolean> {
  const why = notStartedReason(placement);
  if (why) await skip(organizations.flatMap(plannedOf), unattemptedReason(why, placement.stop), placement);
  return why === undefined;
}

/** Places contacts and answers those organizations that still have nobody, and will not have by themselves. Never throws. */
export async function place(
  organizations: readonly NewOrganization[],
  placement: ContactPlacement,
): Promise<WithoutContacts[]> {
  if (organizations.length === 0 || !(await canStart(organizations, placement))) return [];
  const { errors } = placement;
  const done = await finished(organizations, placement);
  try {
    return (await Promise.all(done.map((one) => placement.lookUps(() => withoutAnybody(one, placement))))).flat();
  } catch (error) {
    // The contacts themselves are placed and recorded.
    errors.push(error);
    return [];
  }
}

/** Places contacts and records each of them once; nothing is answered where that ended early. */
async function finished(
  organizations: readonly NewOrganization[],
  placement: ContactPlacement,
): Promise<ContactsDone<NewOrganization>[]> {
  const { connection, protectedAddresses, memory, lookUps, errors } = placement;
  let done: ContactsDone<NewOrganization>[];
  try {
    done = await finishContacts(organizations, { connection, protectedAddresses, lookUps });
  } catch (error) {
    errors.push(error);
    const why = reason("contact.not_finished", { message: messageOf(error) });
    const givenUp = organizations.flatMap(plannedOf).map((contact) => resultOf(contact, "failed", why));
    await placement.record(givenUp).catch((again) => errors.push(again));
    return [];
  }
  const results = done.flatMap((one) => one.results);
  placement.line.add(results.length, results.filter(({ outcome }) => outcome === "failed").length);
  try {
    await placement.record(results);
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
  { addresses, connection }: ContactPlacement,
): Promise<WithoutContacts[]> {
  const own = addresses.filter(
    ({ salesforce_id, id }) => salesforce_id === organization.salesforce_id && (id === null || id === organization.id),
  );
  const known = {
    organization,
    placed: placed || own.some(({ plan }) => plan.is === "there"),
    undecided: undecided || own.some(({ plan }) => plan.is === "unverified"),
  };
  if (!(await hasNoUsers(known, connection.reader))) return [];
  const left = own.flatMap(({ email, plan }) => (plan.is === "left" ? [{ email, reason: plan.reason }] : []));
  const tried = results.map(({ after, reason: why }) => ({
    email: String(after.email ?? ""),
    reason: why ?? reason("write.unaccounted"),
  }));
  const { sold_tos: _, ...rest } = organization;
  return [{ ...rest, addresses: [...tried, ...left] }];
}

/** Addresses decided for good, or for a day (G2): in place, or left alone for a reason. Failed ones are not among them. */
function settledOf({ organization, results }: ContactsDone<NewOrganization>) {
  return results.flatMap(({ outcome, reason: why, after }): { id: number; email: string; state: SettledState }[] => {
    const address = { id: organization.id, email: String(after.email ?? "") };
    if (outcome === "applied" || why?.code === "contact.there_already") return [{ ...address, state: { is: "there" } }];
    return outcome === "skipped" && why ? [{ ...address, state: { is: "left", reason: why } }] : [];
  });
}

/** Accounts for contacts that are not placed. Never throws. */
export async function skip(
  contacts: readonly PlannedContact[],
  why: Reason,
  { record, errors }: ContactPlacement,
): Promise<void> {
  if (contacts.length === 0) return;
  const results = contacts.map((contact) => resultOf(contact, "skipped", why));
  await record(results).catch((error) => errors.push(error));
}

/** Returns the contacts planned for an organization, one for each of its sold-tos. */
export function plannedOf({ id, salesforce_id, sold_tos }: NewOrganization): PlannedContact[] {
  return sold_tos.map(({ email, name }) => ({ salesforce_id, id, email, name }));
}

function resultOf({ salesforce_id, id, email }: PlannedContact, outcome: Result["outcome"], why: Reason): Result {
  const after = { email, organization_id: id };
  return { effect: "contact", salesforce_id, id: null, outcome, reason: why, before: {}, after };
}
