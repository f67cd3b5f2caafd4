import pLimit from "p-limit";
import type { Result } from "../artifacts/results.ts";
import { type ContactDecision, contactName, decideContact } from "../contacts/decide-contact.ts";
import type { SoldTo } from "../domain/contact-address.ts";
import type { ProtectedAddresses } from "../domain/protected-address.ts";
import { type Reason, reason } from "../domain/reason.ts";
import { reasonOf } from "../explain/reason-of-error.ts";
import type { FoundUser, RowOutcome, ZendeskConnection, ZendeskReader } from "../zendesk/ports.ts";
import { inJobs } from "./apply-in-jobs.ts";

/** Look-ups of addresses at once: enough to keep the line busy, few enough to leave the account quota to others. */
const LOOKUPS_AT_ONCE = 8;

/** Look-ups that may fail one after the other before the rest is left to the next run. */
const FAILURES_IN_A_ROW = 5;

/** An organization, and the addresses that are to be placed in it now. */
export interface ContactsDue {
  id: number;
  salesforce_id: string;
  sold_tos: readonly SoldTo[];
}

/** What is decided of one address: in the end also that it could not be looked up. */
type Decision = ContactDecision | { do: "fail"; reason: Reason };

/** What became of one address. */
interface Contact {
  organization: ContactsDue;
  soldTo: SoldTo;
  decision: Decision;
  outcome?: RowOutcome;
  /** Whether a create of ours may have made the user, though no answer said so. */
  mayBeOurs?: boolean;
}

/** What came of one organization's contacts. */
export interface ContactsDone<Organization extends ContactsDue> {
  organization: Organization;
  /** One for each address. */
  results: Result[];
  /** Whether somebody of these addresses is in the organization now. */
  placed: boolean;
  /** Whether an address failed for a passing reason: the next run may still place it. */
  undecided: boolean;
}

/** Everything `finishContacts` needs beside the organizations. */
export interface ContactsSetting {
  connection: ZendeskConnection;
  protectedAddresses: ProtectedAddresses;
  /** So many of these addresses an organization may have; absent: all of them are planned. */
  maximum?: number;
}

/** Places addresses in organizations (Y2): each looked up right before, users created or associated, each accounted for. */
export async function finishContacts<Organization extends ContactsDue>(
  organizations: readonly Organization[],
  setting: ContactsSetting,
): Promise<ContactsDone<Organization>[]> {
  const limit = pLimit(LOOKUPS_AT_ONCE);
  const failures = new Failures();
  const contacts = (
    await Promise.all(organizations.map((organization) => limit(() => decideAll(organization, setting, failures))))
  ).flat();
  const byOrganization = Map.groupBy(contacts, (contact) => contact.organization.id);
  for (const own of byOrganization.values()) leaveOverMaximum(own, setting.maximum);
  await createUsers(contacts, setting);
  await associateUsers(contacts, setting);
  return organizations.map((organization) => doneWith(organization, byOrganization.get(organization.id) ?? []));
}

/** Those in place count first, then by address (max_contacts_per_organization). */
function leaveOverMaximum(contacts: readonly Contact[], maximum = Number.POSITIVE_INFINITY): void {
  const there = contacts.filter(({ decision }) => decision.do === "nothing").length;
  const free = contacts
    .filter(({ decision }) => decision.do === "create" || decision.do === "associate")
    .sort((one, other) => (one.soldTo.email < other.soldTo.email ? -1 : 1));
  for (const contact of free.slice(Math.max(0, maximum - there)))
    contact.decision = { do: "leave", reason: reason("contact.over_maximum", { maximum }) };
}

async function decideAll<Organization extends ContactsDue>(
  organization: Organization,
  setting: ContactsSetting,
  failures: Failures,
): Promise<Contact[]> {
  const contacts: Contact[] = [];
  for (const soldTo of organization.sold_tos) {
    contacts.push({
      organization,
      soldTo,
      decision: await failures.guard(() => decide(organization.id, soldTo.email, setting)),
    });
  }
  return contacts;
}

/** One look-up that fails must not cost the others their contacts; several in a row say that the rest would fail too. */
class Failures {
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

/** Protected and unusable addresses are decided without asking Zendesk. */
async function decide(
  organizationId: number,
  email: string,
  { connection, protectedAddresses }: ContactsSetting,
): Promise<ContactDecision> {
  const unasked = decideContact(email, organizationId, [], protectedAddresses);
  if (unasked.do === "leave") return unasked;
  return decideContact(email, organizationId, await connection.reader.usersByAddress(email), protectedAddresses);
}

async function createUsers(contacts: Contact[], setting: ContactsSetting): Promise<void> {
  const wanted = contacts.filter((contact) => contact.decision.do === "create");
  for (const job of inJobs(wanted)) await createJob(job, setting);
}

/** Creates users; one whose outcome is unknown is looked for in its organization before it is sent again (S5). */
async function createJob(job: Contact[], setting: ContactsSetting): Promise<void> {
  await sendCreates(job, setting);
  const again = job.filter((contact) => contact.outcome?.is === "transient" || contact.outcome?.is === "unknown");
  for (const contact of again) {
    contact.mayBeOurs = contact.outcome?.is === "unknown";
    await lookForUser(contact, setting);
  }
  await sendCreates(
    again.filter((contact) => contact.outcome?.is !== "applied"),
    setting,
  );
  for (const contact of job) {
    if (contact.outcome?.is === "refused" && contact.outcome.taken === "email") await decideAgain(contact, setting);
    else if (contact.outcome?.is === "unknown") await lookForUser(contact, setting);
  }
}

async function sendCreates(job: Contact[], { connection }: ContactsSetting): Promise<void> {
  if (job.length === 0) return;
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

async function lookForUser(contact: Contact, setting: ContactsSetting): Promise<void> {
  const user = await memberWithAddress(contact, setting);
  if (user) contact.outcome = { is: "applied", id: user.id };
}

/** Looks in the organization itself: the search index may not have a user made seconds ago. */
async function memberWithAddress({ organization, soldTo }: Contact, { connection }: ContactsSetting) {
  const users = await connection.reader.usersOfOrganization(organization.id);
  return users.find((one) => one.email === soldTo.email.toLowerCase());
}

/** The address was taken after all: by a user the search did not show yet. Decided anew, once. */
async function decideAgain(contact: Contact, setting: ContactsSetting): Promise<void> {
  const member = await memberWithAddress(contact, setting);
  if (member && contact.mayBeOurs) contact.outcome = { is: "applied", id: member.id };
  else if (member)
    decideOn(contact, [{ ...member, by: "primary", organization_ids: [contact.organization.id] }], setting);
  else decideOn(contact, await setting.connection.reader.usersByAddress(contact.soldTo.email), setting);
}

function decideOn(contact: Contact, holders: readonly FoundUser[], { protectedAddresses }: ContactsSetting): void {
  const decision = decideContact(contact.soldTo.email, contact.organization.id, holders, protectedAddresses);
  if (decision.do !== "create") Object.assign(contact, { decision, outcome: undefined });
}

async function associateUsers(contacts: Contact[], { connection }: ContactsSetting): Promise<void> {
  const wanted = contacts.flatMap((contact) =>
    contact.decision.do === "associate" ? [{ contact, user: contact.decision.user }] : [],
  );
  for (const job of inJobs(wanted)) {
    const send = (rows: typeof job) =>
      connection.writer.createMemberships(
        rows.map(({ contact, user }) => ({ user_id: user.id, organization_id: contact.organization.id })),
      );
    settle(job, await send(job));
    // Being a member already counts as applied, so sending a membership again is safe.
    const again = job.filter(({ contact }) => contact.outcome?.is === "transient" || contact.outcome?.is === "unknown");
    if (again.length > 0) settle(again, await send(again));
  }
}

function settle(job: { contact: Contact; user: FoundUser }[], outcomes: RowOutcome[]): void {
  job.forEach(({ contact, user }, index) => {
    const outcome = outcomes[index] ?? { is: "unknown", reason: reason("write.without_outcome") };
    contact.outcome = outcome.is === "applied" ? { is: "applied", id: user.id } : outcome;
  });
}

function doneWith<Organization extends ContactsDue>(
  organization: Organization,
  contacts: Contact[],
): ContactsDone<Organization> {
  return {
    organization,
    results: contacts.map(resultOf),
    placed: contacts.some(({ decision, outcome }) => outcome?.is === "applied" || decision.do === "nothing"),
    undecided: contacts.some(
      ({ decision, outcome }) => decision.do === "fail" || outcome?.is === "transient" || outcome?.is === "unknown",
    ),
  };
}

/** Whether the organization has no user, and none is to be expected (Y4). Asks only where nothing else tells. */
export async function hasNobody(
  { organization, placed, undecided }: Pick<ContactsDone<ContactsDue>, "organization" | "placed" | "undecided">,
  reader: Pick<ZendeskReader, "usersOfOrganization">,
): Promise<boolean> {
  return !placed && !undecided && (await reader.usersOfOrganization(organization.id)).length === 0;
}

/** What is said of a contact that was placed. */
const PLACED = { create: "contact.created", associate: "contact.associated" } as const;

function resultOf({ organization, soldTo, decision, outcome }: Contact): Result {
  const after = { email: soldTo.email, organization_id: organization.id };
  const base = { effect: "contact" as const, salesforce_id: organization.salesforce_id, before: {}, after };
  const user = "user" in decision ? decision.user : undefined;
  if (decision.do === "fail") return { ...base, id: null, outcome: "failed", reason: decision.reason };
  if (decision.do === "leave" || decision.do === "nothing")
    return { ...base, id: user?.id ?? null, outcome: "skipped", reason: decision.reason };
  if (outcome?.is === "applied")
    return { ...base, id: outcome.id, outcome: "applied", reason: reason(PLACED[decision.do]) };
  return { ...base, id: user?.id ?? null, outcome: "failed", reason: outcome?.reason ?? reason("write.unaccounted") };
}
