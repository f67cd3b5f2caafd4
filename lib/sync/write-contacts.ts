import type { LimitFunction } from "p-limit";
import type { SoldTo } from "../domain/contact-address.ts";
import { type ContactDecision, contactName, decideContact } from "../domain/decide-contact.ts";
import type { FoundUser } from "../domain/listed-user.ts";
import type { ProtectedAddresses } from "../domain/protected-address.ts";
import { type Reason, reason } from "../domain/reason.ts";
import { now } from "../edges/clock.ts";
import { reasonOf } from "../reasons/reason-of-error.ts";
import type { RowOutcome, ZendeskConnection } from "../remotes/zendesk/ports.ts";
import { inJobs } from "./apply-in-jobs.ts";
import { mayBeMadeBy } from "./made-by-us.ts";

/** Look-ups that may fail one after the other before the rest is left to the next run. */
const FAILURES_IN_A_ROW = 5;

/** An organization, and the addresses that are to be placed in it now. */
export interface ContactsDue {
  id: number;
  salesforce_id: string;
  sold_tos: readonly SoldTo[];
}

/** The decision about one address, or `fail` if it could not be looked up. */
type Decision = ContactDecision | { do: "fail"; reason: Reason };

/** One address of an organization, with the decision about it and its outcome so far. */
export interface Contact {
  organization: ContactsDue;
  soldTo: SoldTo;
  decision: Decision;
  outcome?: RowOutcome;
  /** True if a create of ours may have made the user although no answer said so. */
  mayBeOurs?: boolean;
  /** When the create was first sent, in milliseconds since 1970. */
  sentAtMs?: number;
}

/** Everything `finishContacts` needs beside the organizations. */
export interface WriteContactsDeps {
  connection: ZendeskConnection;
  protectedAddresses: ProtectedAddresses;
  /**
   * So many of these addresses an organization may have: all of them are looked up first, for those in place count. Absent: all of them are
   * planned and most are new, so only those are looked up that are refused.
   */
  maximum?: number;
  /** Bounds the look-ups of everybody who places contacts beside this. */
  lookUps?: LimitFunction;
}

/** As `WriteContactsDeps`, with the limit on look-ups and the count of failed ones that all addresses share. */
export interface Deciding extends WriteContactsDeps {
  lookUps: LimitFunction;
  failures: Failures;
}

/** One look-up that fails must not cost the others their contacts; several in a row say that the rest would fail too. */
export class Failures {
  private inARow = 0;

  async guard(decide: () => Promise<ContactDecision>): Promise<Decision> {
    if (this.inARow >= FAILURES_IN_A_ROW) return { do: "fail", reason: reason("contact.not_looked_up") };
    try {
      const decision = await decide();
      this.inARow = 0;
      return decision;
    } catch (error) {
      this.inARow++;
      return { do: "fail", reason: reasonOf(error) };
    }
  }
}

/** From the users who have the address. */
export async function decideByLook(contact: Contact, setting: Deciding): Promise<void> {
  const { connection, protectedAddresses, failures, lookUps } = setting;
  const { email } = contact.soldTo;
  contact.decision = await lookUps(() =>
    failures.guard(async () =>
      decideContact(email, contact.organization.id, await connection.reader.usersByAddress(email), protectedAddresses),
    ),
  );
}

/** Creates users; one whose outcome is unknown is looked for in its organization before it is sent again (S5). */
export async function createJob(job: Contact[], setting: Deciding): Promise<void> {
  await sendCreates(job, setting);
  const again = job.filter((contact) => contact.outcome?.is === "transient" || contact.outcome?.is === "unknown");
  await each(again, setting, async (contact) => {
    contact.mayBeOurs = contact.outcome?.is === "unknown";
    await lookForUser(contact, setting);
  });
  await sendCreates(
    again.filter((contact) => contact.outcome?.is !== "applied"),
    setting,
  );
  await each(job, setting, async (contact) => {
    if (contact.outcome?.is === "refused") await decideAgain(contact, setting);
    else if (contact.outcome?.is === "unknown") await lookForUser(contact, setting);
  });
}

async function each(contacts: Contact[], { lookUps }: Deciding, look: (contact: Contact) => Promise<void>) {
  await allEnded(contacts.map((contact) => lookUps(() => look(contact))));
}

/** Nothing of it is still under way where this throws. */
export async function allEnded(work: readonly Promise<void>[]): Promise<void> {
  for (const end of await Promise.allSettled(work)) if (end.status === "rejected") throw end.reason;
}

async function sendCreates(job: Contact[], { connection }: WriteContactsDeps): Promise<void> {
  if (job.length === 0) return;
  for (const contact of job) contact.sentAtMs ??= now();
  const outcomes = await connection.writer.createUsers(
    job.map(({ soldTo, organization }) => ({
      name: contactName(soldTo),
      email: soldTo.email,
      organization_id: organization.id,
    })),
  );
  job.forEach((contact, index) => {
    contact.outcome = outcomes[index] ?? { is: "unknown", reason: reason("write.without_outcome") };
  });
}

async function lookForUser(contact: Contact, deps: WriteContactsDeps): Promise<void> {
  const user = await memberWithAddress(contact, deps);
  if (user && mayBeMadeBy(user, contact.sentAtMs ?? 0)) contact.outcome = { is: "applied", id: user.id };
}

/** Looks in the organization itself: the search index may not have a user made seconds ago. */
async function memberWithAddress({ organization, soldTo }: Contact, { connection }: WriteContactsDeps) {
  const users = await connection.reader.usersOfOrganization(organization.id);
  return users.find((one) => one.email === soldTo.email.toLowerCase());
}

/**
 * Refused, most likely because somebody has the address: a text in another language does not tell (facts/zendesk.md 3). Decided anew, once;
 * where nobody is found with it, the refusal stands.
 */
async function decideAgain(contact: Contact, setting: Deciding): Promise<void> {
  const { connection, protectedAddresses, failures } = setting;
  const { soldTo, organization } = contact;
  const decision = await failures.guard(async (): Promise<ContactDecision> => {
    if (contact.mayBeOurs) {
      await lookForUser(contact, setting);
      if (contact.outcome?.is === "applied") return { do: "create" };
    }
    const found = await connection.reader.usersByAddress(soldTo.email);
    // The search may not know yet who came a moment ago.
    const member = found.length === 0 ? await memberWithAddress(contact, setting) : undefined;
    const holders: readonly FoundUser[] = member
      ? [{ ...member, by: "primary", organization_ids: [organization.id] }]
      : found;
    return decideContact(soldTo.email, organization.id, holders, protectedAddresses);
  });
  if (decision.do !== "create") Object.assign(contact, { decision, outcome: undefined });
}

/** A user to be put into the organization that wants the address. */
interface Association {
  contact: Contact;
  user: FoundUser;
}

export async function associateUsers(contacts: Contact[], { connection }: WriteContactsDeps): Promise<void> {
  const wanted = contacts.flatMap((contact) =>
    contact.decision.do === "associate" ? [{ contact, user: contact.decision.user }] : [],
  );
  await allEnded(inJobs(wanted).map((job) => associateJob(job, connection)));
}

async function associateJob(job: Association[], { writer }: ZendeskConnection): Promise<void> {
  const send = (rows: Association[]) =>
    writer.createMemberships(
      rows.map(({ contact, user }) => ({ user_id: user.id, organization_id: contact.organization.id })),
    );
  settle(job, await send(job));
  // Being a member already counts as applied, so sending a membership again is safe.
  const again = job.filter(({ contact }) => contact.outcome?.is === "transient" || contact.outcome?.is === "unknown");
  if (again.length > 0) settle(again, await send(again));
}

function settle(job: Association[], outcomes: RowOutcome[]): void {
  job.forEach(({ contact, user }, index) => {
    const outcome = outcomes[index] ?? { is: "unknown", reason: reason("write.without_outcome") };
    contact.outcome = outcome.is === "applied" ? { is: "applied", id: user.id } : outcome;
  });
}
