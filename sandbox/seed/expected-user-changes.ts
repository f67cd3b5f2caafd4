import type { SeedUser, World } from "../types.ts";
import type { WorldConfig } from "./expected-changes.ts";
import type { ContactRecord } from "./records.ts";
import { to18 } from "./salesforce-ids.ts";

/** What a first run should change among the users of us-government; addresses in small letters, Zendesk ids of users. */
export interface ExpectedUserChanges {
  /** End users who are not suspended. */
  existing: number;
  markedBefore: number;
  creates: string[];
  updates: number[];
  marks: number[];
}

/** Contacts of one organization, where the config says nothing. */
const MAX_CONTACTS = 30;

/** A contact with a usable address, and the organization it belongs to; null: one that this run creates. */
interface Candidate {
  salesforce_id: string;
  name: string;
  email: string;
  organization: number | null;
  /** Whether the organization is in conflict or protected: nothing is expected for the contact, and whoever has the address is not marked. */
  leftAlone: boolean;
}

/** Where an account's contacts belong. */
type Home = Pick<Candidate, "organization" | "leftAlone">;

/** U2–U6. `created`: Salesforce ids of the organizations that the run creates first (U1). */
export function expectedUserChanges(
  world: World,
  config: WorldConfig,
  created: readonly string[],
): ExpectedUserChanges {
  const { organizations, users } = world.zendesk["us-government"];
  const byId = Map.groupBy(organizations, (one) => to18(String(one.organization_fields.salesforce_id ?? "")));
  const untouched = new Set<number>();
  for (const [id, [one, ...twins]] of byId) {
    if (id === "" || twins.length > 0 || config.protected_ids.includes(id)) {
      for (const { id: organization } of one ? [one, ...twins] : []) untouched.add(organization);
    }
  }
  const homes = new Map<string, Home>(created.map((id) => [id, { organization: null, leftAlone: false }]));
  for (const [id, [one]] of byId)
    if (one && id !== "") homes.set(id, { organization: one.id, leftAlone: untouched.has(one.id) });
  const owners = new Map(users.flatMap((user) => [user.email, ...user.secondary_emails].map((email) => [email, user])));
  const isOurs = (user: SeedUser) => isEligible(user, config) && !user.organization_ids.some((id) => untouched.has(id));
  const chosen = chosenContacts(world.salesforce.Contact as ContactRecord[], homes, owners);
  const contacts = new Map([...chosen].filter(([, { leftAlone }]) => !leftAlone));
  const endUsers = users.filter((user) => user.role === "end-user" && !user.suspended);
  const ours = users.filter(isOurs);
  const news = [...contacts.values()].filter(({ email }) => !owners.has(email) && !isProtected(email, config));
  const moved = ours.flatMap((user) => {
    const contact = contacts.get(user.email ?? "");
    return contact && contact.organization !== (user.organization_ids[0] ?? null) ? [contact] : [];
  });
  const mostOfOne = config.max_contacts_per_organization ?? MAX_CONTACTS;
  const entering = new Set(withRoom([...news, ...moved], contacts, owners, mostOfOne).map(({ email }) => email));
  return {
    existing: endUsers.length,
    markedBefore: ours.filter((user) => user.user_fields.mark_for_deletion === true).length,
    creates: withRoom(news, contacts, owners, config.max_contacts_per_organization ?? MAX_CONTACTS).map(
      ({ email }) => email,
    ),
    updates: ours
      .filter((user) => differs(user, contacts.get(user.email ?? ""), entering.has(user.email ?? "")))
      .map(({ id }) => id),
    marks: ours
      .filter((user) => !chosen.has(user.email ?? "") && user.user_fields.mark_for_deletion !== true)
      .map(({ id }) => id),
  };
}

/** An organization gets thirty contacts at most: those who are there count, then by address, those who move among them. */
function withRoom(
  news: readonly Candidate[],
  contacts: ReadonlyMap<string, Candidate>,
  owners: ReadonlyMap<string | null, SeedUser>,
  mostOfOne: number,
): Candidate[] {
  return [...Map.groupBy(news, (one) => one.salesforce_id).values()].flatMap((own) => {
    const account = own[0]?.salesforce_id;
    const there = [...contacts.values()].filter(
      ({ salesforce_id, email, organization }) =>
        salesforce_id === account && owners.get(email)?.organization_ids[0] === organization && organization !== null,
    );
    const inOrder = [...own].sort((one, other) => (one.email < other.email ? -1 : 1));
    return inOrder.slice(0, Math.max(0, mostOfOne - there.length));
  });
}

function isProtected(email: string, config: WorldConfig): boolean {
  return (
    config.protected_emails.includes(email) ||
    config.protected_email_domains.includes(email.slice(email.indexOf("@") + 1))
  );
}

function isEligible(user: SeedUser, config: WorldConfig): boolean {
  const reachable = user.email !== null && !isProtected(user.email, config);
  return reachable && user.role === "end-user" && !user.suspended && user.organization_ids.length <= 1;
}

/** `isEntering`: whether there is room for the user in the organization of the contact. */
function differs(user: SeedUser, contact: Candidate | undefined, isEntering: boolean): boolean {
  if (!contact) return false;
  const isMarked = user.user_fields.mark_for_deletion === true;
  const isElsewhere = (user.organization_ids[0] ?? null) !== contact.organization;
  return isMarked || user.name !== contact.name || (isElsewhere && isEntering);
}

/** U3, U4: of the contacts with one address, the one whose organization the user has, else the lowest id, then name. */
function chosenContacts(
  contacts: ContactRecord[],
  homes: ReadonlyMap<string, Home>,
  owners: ReadonlyMap<string | null, SeedUser>,
): Map<string, Candidate> {
  const candidates = contacts.flatMap((contact): Candidate[] => {
    const salesforce_id = contact.Account.Account_ID_18__c;
    const home = homes.get(salesforce_id);
    const email = contact.Email?.trim().toLowerCase() ?? "";
    const isAdmin = contact.Role__c?.split(";").includes("Gitlab Admin") && !contact.Inactive_Contact__c;
    if (home === undefined || !isAdmin || !/^[^@\s]+@[^@\s]+\.[^@\s]+$/.test(email)) return [];
    return [{ salesforce_id, name: contact.Name.trim(), email, ...home }];
  });
  const chosen = new Map<string, Candidate>();
  for (const [email, same] of Map.groupBy(candidates, (one) => one.email)) {
    const home = owners.get(email)?.organization_ids[0];
    const [first] = same.sort(
      (one, other) =>
        Number(other.organization === home) - Number(one.organization === home) ||
        compareText(one.salesforce_id, other.salesforce_id) ||
        compareText(one.name, other.name),
    );
    if (first) chosen.set(email, first);
  }
  return chosen;
}

function compareText(one: string, other: string): number {
  return one < other ? -1 : one > other ? 1 : 0;
}
