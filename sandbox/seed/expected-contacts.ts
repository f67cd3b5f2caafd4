import type { SeedUser, World } from "../types.ts";
import { customersOf, desiredOf, expectedChanges, partnersOf, type WorldConfig } from "./expected-changes.ts";
import { readYaml } from "./read-yaml.ts";
import { to18 } from "./salesforce-ids.ts";

/** A person whom a first run plans to create in an organization of global, or to put into it. */
export interface ExpectedContact {
  salesforce_id: string;
  email: string;
}

const WEEK = 7 * 24 * 3_600_000;

/** What may become of an address of one organization: it is in place, can be placed, or is somebody's who is elsewhere. */
type State = "there" | "free" | "elsewhere";

/**
 * The sandbox's own opinion of the contacts that a first run plans in global (C10, Y2, Y3): of organizations to be created without asking
 * who has the address, of those created within a week with all that stands in Zendesk. `now`: real time, whatever `today` is.
 */
export function expectedContacts(world: World, now: Date, mostOfOne = 30): ExpectedContact[] {
  const config = readYaml(world.config) as WorldConfig;
  const customers = customersOf(world);
  const desired = desiredOf(world, customers, new Set(partnersOf(customers, config).map((one) => one.salesforce_id)));
  const addresses = new Map(
    desired.global.map(({ salesforce_id, sold_tos }) => [salesforce_id, sold_tos.map(({ email }) => email)]),
  );
  const wishes: { salesforce_id: string; email: string; state: State }[] = [];
  const wish = (salesforce_id: string, stateOf: (email: string) => State) => {
    for (const email of addresses.get(salesforce_id) ?? [])
      if (!isUntouchable(email, config)) wishes.push({ salesforce_id, email, state: stateOf(email) });
  };
  for (const id of expectedChanges(world).global.creates) wish(id, () => "free");
  const users = new Map(
    world.zendesk.global.users.flatMap((user) => [user.email, ...user.secondary_emails].map((email) => [email, user])),
  );
  for (const [account, organization] of recentOrganizations(world, now))
    wish(account, (email) => stateIn(organization, email, users.get(email)));
  return chosen(wishes, mostOfOne);
}

/** Organizations with a new external id, the only one of their account, by account. */
export function recentOrganizations(world: World, now: Date): Map<string, number> {
  const { organizations } = world.zendesk.global;
  const ofAccount = Map.groupBy(organizations, (one) => to18(String(one.organization_fields.salesforce_id ?? "")));
  const recent = new Map<string, number>();
  for (const [account, [one, ...twins]] of ofAccount) {
    if (!one || account === "" || twins.length > 0) continue;
    const isOurs = to18(one.external_id ?? "") === account;
    if (isOurs && now.getTime() - Date.parse(one.created_at) <= WEEK) recent.set(account, one.id);
  }
  return recent;
}

function stateIn(organization: number, email: string, user: SeedUser | undefined): State {
  if (!user) return "free";
  if (user.email !== email) return "elsewhere";
  if (user.organization_ids.includes(organization)) return "there";
  const isFree = user.role === "end-user" && !user.suspended && user.organization_ids.length === 0;
  return isFree ? "free" : "elsewhere";
}

function isUntouchable(email: string, config: WorldConfig): boolean {
  const domain = email.slice(email.indexOf("@") + 1);
  const isUsable = /^[^@ ]+@[^@ ]+\.[^@ ]+$/.test(email);
  return !isUsable || config.protected_emails.includes(email) || config.protected_email_domains.includes(domain);
}

function chosen(
  wishes: readonly { salesforce_id: string; email: string; state: State }[],
  mostOfOne: number,
): ExpectedContact[] {
  const holders = new Map<string, string>();
  for (const { salesforce_id, email, state } of wishes) if (state === "there") holders.set(email, salesforce_id);
  for (const { salesforce_id, email, state } of wishes) {
    const holder = holders.get(email);
    const isPlaced = wishes.some((one) => one.email === email && one.state === "there");
    if (state === "free" && !isPlaced && (holder === undefined || salesforce_id < holder))
      holders.set(email, salesforce_id);
  }
  const contacts: ExpectedContact[] = [];
  for (const [salesforce_id, own] of Map.groupBy(wishes, (one) => one.salesforce_id)) {
    const room = mostOfOne - own.filter(({ state }) => state === "there").length;
    const free = own.filter(({ state, email }) => state === "free" && holders.get(email) === salesforce_id);
    const first = free
      .map(({ email }) => email)
      .sort()
      .slice(0, Math.max(0, room));
    contacts.push(...first.map((email) => ({ salesforce_id, email })));
  }
  const key = ({ salesforce_id, email }: ExpectedContact) => `${salesforce_id} ${email}`;
  return contacts.sort((one, other) => (key(one) < key(other) ? -1 : 1));
}
