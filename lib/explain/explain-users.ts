import { compareUsers } from "../domain/compare-users.ts";
import type { Organization } from "../domain/organization.ts";
import { addressKey } from "../domain/protected-address.ts";
import { type Reason, type ReasonCode, reason } from "../domain/reason.ts";
import type { Contact, User } from "../domain/user.ts";
import { usersInput } from "../domain/users-input.ts";
import type { PersonExplanation } from "./account-explanation.ts";
import { didExplanation } from "./did-explanation.ts";
import type { AccountEvidence, InstanceEvidence } from "./evidence.ts";

/** Users and contacts of an account's organizations in us-government, each decided again by itself (U2–U6). Pure. */
export function explainUsers(
  evidence: AccountEvidence,
  around: InstanceEvidence,
  own: readonly Organization[],
): PersonExplanation[] {
  const { subject } = evidence;
  const ids = new Set(own.map(({ id }) => id));
  const ours = around.contacts.filter(
    ({ salesforce_id, organization_id }) => salesforce_id === subject.salesforce_id || ids.has(organization_id),
  );
  const users = around.users.filter(
    ({ organization_id, email }) => ids.has(organization_id ?? 0) || addressKey(email ?? "") === subject.email,
  );
  const addresses = new Set([
    ...ours.map(({ email }) => addressKey(email)),
    ...users.flatMap(({ email }) => (email ? [addressKey(email)] : [])),
  ]);
  return [...addresses].map((email) => {
    const user = around.users.find((one) => addressKey(one.email ?? "") === email);
    const contact = around.contacts.find((one) => addressKey(one.email) === email);
    return explainUser(email, user, contact, evidence, around);
  });
}

function explainUser(
  email: string,
  user: User | undefined,
  contact: Contact | undefined,
  evidence: AccountEvidence,
  around: InstanceEvidence,
): PersonExplanation {
  const comparison = around.comparisons.find((one) => one.comparison === "usgov_user");
  const did = (comparison?.results ?? [])
    .filter((one) => one.after.email === email || (user !== undefined && one.id === user.id))
    .map((one) => didExplanation("usgov_user", one));
  const last = did.at(-1);
  const decided = decide(user, contact, evidence, around);
  const state = !last
    ? decided.state
    : last.outcome !== "applied"
      ? "left"
      : last.effect === "mark"
        ? "marked"
        : "there";
  return {
    instance: "us-government",
    email,
    name: contact?.name ?? user?.name ?? null,
    state,
    organization_id: contact?.organization_id ?? user?.organization_id ?? null,
    reason:
      last?.effect === "mark" ? (last.reason ?? reason("contact.not_wanted")) : last ? last.reason : decided.reason,
    did,
  };
}

type Decided = Pick<PersonExplanation, "state" | "reason">;

/** One address by the rules of the comparison; what only the whole comparison knew comes from its notes. */
function decide(
  user: User | undefined,
  contact: Contact | undefined,
  evidence: AccountEvidence,
  around: InstanceEvidence,
): Decided {
  const notes = around.notes.map((note) => ({ id: note.id, account: note.salesforce_id, why: note.reason }));
  const ofUser = notes.find(({ id, why }) => user && id === user.id && OF_USERS.test(why.code));
  if (ofUser) return { state: "left", reason: ofUser.why };
  const {
    creates,
    updates,
    marks,
    notes: found,
  } = compareUsers(
    usersInput(
      { users: user ? [user] : [], contacts: contact ? [contact] : [] },
      around.organizations,
      evidence.rules.config,
    ),
  );
  const left = found.find(({ reason: { code } }) => code !== "contact.holder_left_alone") ?? found[0];
  if (left) return { state: "left", reason: left.reason };
  if (creates.length > 0 && evidence.run.source !== "live" && !around.userCreates.includes(creates[0]?.email ?? ""))
    return createOf(contact, notes);
  if (creates.length + updates.length > 0) return { state: "planned", reason: reason("contact.planned") };
  if (marks.length > 0) return { state: "planned", reason: reason("contact.not_wanted") };
  if (!contact && user?.marked) return { state: "marked", reason: reason("user.marked_already") };
  return { state: "there", reason: reason("user.already_so") };
}

/** A contact without user: to be created, unless the whole comparison left it out. */
function createOf(
  contact: Contact | undefined,
  notes: readonly { id: number | null; account: string | null; why: Reason }[],
): Decided {
  const leftOut = (code: ReasonCode) =>
    notes.find(({ account, why }) => why.code === code && account === contact?.salesforce_id)?.why;
  // Whoever is over the maximum has a note that names the organization; a second address has the id of whoever holds it.
  const why = leftOut("user.address_taken") ?? leftOut("contact.over_maximum");
  return why ? { state: "left", reason: why } : { state: "planned", reason: reason("contact.planned") };
}

const OF_USERS = /^(?:user|mark)\./;
