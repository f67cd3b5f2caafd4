import pLimit from "p-limit";
import { decideContact } from "../domain/decide-contact.ts";
import { reason } from "../domain/reason.ts";
import type { ZendeskReader } from "../remotes/zendesk/ports.ts";
import type { Result } from "../storage/artifacts/results.ts";
import { inJobs } from "./apply-in-jobs.ts";
import {
  allEnded,
  associateUsers,
  type Contact,
  type ContactsDue,
  createJob,
  type Deciding,
  decideByLook,
  Failures,
  type WriteContactsDeps,
} from "./write-contacts.ts";

/** Look-ups at once, where whoever places contacts sets no bound: enough to keep the line busy, few enough to leave the quota to others. */
const LOOK_UPS_AT_ONCE = 8;

/** Outcome of placing one organization's contacts. */
export interface ContactsDone<Organization extends ContactsDue> {
  organization: Organization;
  /** One for each address. */
  results: Result[];
  /** True if somebody with one of these addresses is in the organization now. */
  placed: boolean;
  /** True if an address failed for a passing reason: the next run may still place it. */
  undecided: boolean;
}

/**
 * Places addresses in organizations (Y2), each accounted for: users are created in jobs, and who is refused is looked up, and associated or
 * left (decision 51). Zendesk refuses an address that any user has, in whatever case, as whichever of his.
 */
export async function finishContacts<Organization extends ContactsDue>(
  organizations: readonly Organization[],
  given: WriteContactsDeps,
): Promise<ContactsDone<Organization>[]> {
  const deps: Deciding = { lookUps: pLimit(LOOK_UPS_AT_ONCE), ...given, failures: new Failures() };
  const contacts = organizations.flatMap((organization) =>
    organization.sold_tos.map((soldTo): Contact => {
      const decision = decideContact(soldTo.email, organization.id, [], deps.protectedAddresses);
      return { organization, soldTo, decision };
    }),
  );
  const byOrganization = Map.groupBy(contacts, (contact) => contact.organization.id);
  if (deps.maximum !== undefined) {
    await allEnded(contacts.filter(isToCreate).map((contact) => decideByLook(contact, deps)));
    for (const own of byOrganization.values()) leaveOverMaximum(own, deps.maximum);
  }
  await allEnded(inJobs(contacts.filter(isToCreate)).map((job) => createJob(job, deps)));
  await associateUsers(contacts, deps);
  return organizations.map((organization) => doneWith(organization, byOrganization.get(organization.id) ?? []));
}

function isToCreate({ decision }: Contact): boolean {
  return decision.do === "create";
}

/** Those in place count first, then by address (max_contacts_per_organization). */
function leaveOverMaximum(contacts: readonly Contact[], maximum: number): void {
  const there = contacts.filter(({ decision }) => decision.do === "nothing").length;
  const free = contacts
    .filter(({ decision }) => decision.do === "create" || decision.do === "associate")
    .sort((one, other) => (one.soldTo.email < other.soldTo.email ? -1 : 1));
  for (const contact of free.slice(Math.max(0, maximum - there)))
    contact.decision = { do: "leave", reason: reason("contact.over_maximum", { maximum }) };
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

/** True if the organization has no user and none is to be expected (Y4). Makes a request only where nothing else tells. */
export async function hasNoUsers(
  { organization, placed, undecided }: Pick<ContactsDone<ContactsDue>, "organization" | "placed" | "undecided">,
  reader: Pick<ZendeskReader, "usersOfOrganization">,
): Promise<boolean> {
  return !placed && !undecided && (await reader.usersOfOrganization(organization.id)).length === 0;
}

/** Reason codes for a contact that was placed. */
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
