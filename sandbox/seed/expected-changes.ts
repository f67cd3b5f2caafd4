import type { InstanceName, SeedOrganization, World } from "../types.ts";
import { applicableOverrides } from "./applicable-overrides.ts";
import { type ExpectedOrganization, expectedOrganizations, expectedPartner } from "./expected.ts";
import { type ExpectedUserChanges, expectedUserChanges } from "./expected-user-changes.ts";
import { sameMeaning } from "./meaning.ts";
import { readYaml } from "./read-yaml.ts";
import type { AccountRecord, ChargeRecord, Customer, SubscriptionRecord } from "./records.ts";
import { to18 } from "./salesforce-ids.ts";

/** What a first run should change in one comparison: Salesforce ids, or Zendesk ids where organizations exist. */
export interface ExpectedChanges {
  /** Existing organizations of the comparison that carry a salesforce_id. */
  existing: number;
  /** Of those, how many are marked already. */
  markedBefore: number;
  /** Salesforce ids. */
  creates: string[];
  /** Zendesk ids; those whose salesforce_id is only rewritten to 18 characters are not in it (G5). */
  updates: number[];
  /** Zendesk ids of organizations whose salesforce_id is rewritten and nothing else. */
  rewrites: number[];
  marks: number[];
  downgrades: number[];
  /** Salesforce ids that two records claim, or whose create or rename is blocked by a name (C7). */
  conflicts: string[];
}

/** One comparison: what should be, and what is. */
interface Comparison {
  instance: InstanceName;
  desired: ExpectedOrganization[];
  existing: SeedOrganization[];
  /** Every name in the instance, trimmed and in small letters, with the organizations that have it. */
  names: ReadonlyMap<string, number[]>;
  /** Every external id in the instance: an account whose id is one cannot get another organization. */
  externalIds: ReadonlySet<string>;
  /** Accounts that were merged into others, or have moved to the other instance: their organizations are kept (C9). */
  kept: ReadonlySet<string>;
  config: WorldConfig;
}

export interface WorldConfig {
  protected_ids: string[];
  excluded_account_ids: string[];
  protected_email_domains: string[];
  protected_emails: string[];
  alliance_account_id?: string;
  /** Default: report. */
  moved_organizations?: "report" | "mark";
  /** Default: 30. */
  max_contacts_per_organization?: number;
}

const PARTNER_TYPES: unknown[] = ["open_partner", "select_partner", "alliance_partner"];
const FALLING = ["ultimate", "gold", "premium", "silver", "consumption_only", "custom", "community", "expired"];

/** The sandbox's own opinion of what a first run changes in the world (C1–C7, P3, U5), found without zdsync. */
export function expectedChanges(
  world: World,
): Record<InstanceName | "partners", ExpectedChanges> & { users: ExpectedUserChanges } {
  const config = readYaml(world.config) as WorldConfig;
  const customers = customersOf(world);
  const partners = partnersOf(customers, config);
  const partnerIds = new Set(partners.map((partner) => partner.salesforce_id));
  const desired = desiredOf(world, customers, partnerIds);
  const known = new Set(
    customers.map(({ account }) => account).flatMap((one) => (/^(Former )?Customer$/.test(one.Type) ? one.Id : [])),
  );
  const isPartner = ({ organization_fields }: SeedOrganization) => {
    const id = to18(String(organization_fields.salesforce_id ?? ""));
    return partnerIds.has(id) || (PARTNER_TYPES.includes(organization_fields.account_type) && !known.has(id));
  };
  const all = world.zendesk.global.organizations;
  // Partners are kept in global only: theirs in us-government are left alone (C1).
  const government = world.zendesk["us-government"].organizations.filter((one) => !isPartner(one));
  const names = namesOf(all);
  const merged = new Set((world.deletedAccounts ?? []).flatMap((one) => (one.MasterRecordId ? String(one.Id) : [])));
  const ofCustomers = all.filter((one) => !isPartner(one));
  const moved = config.moved_organizations === "mark" ? () => new Set<string>() : movedFrom;
  const usGovernment = {
    desired: desired["us-government"],
    existing: government,
    names: namesOf(world.zendesk["us-government"].organizations),
    externalIds: externalIdsOf(world.zendesk["us-government"].organizations),
    kept: merged.union(moved(desired["us-government"], desired.global)),
    config,
  };
  const inUsGovernment = compare({ instance: "us-government", ...usGovernment });
  return {
    global: compare({
      instance: "global",
      desired: desired.global,
      existing: ofCustomers,
      names,
      externalIds: externalIdsOf(all),
      kept: merged.union(moved(desired.global, desired["us-government"])),
      config,
    }),
    "us-government": inUsGovernment,
    partners: compare({
      instance: "global",
      desired: partners,
      existing: all.filter(isPartner),
      names,
      externalIds: externalIdsOf(all),
      kept: merged,
      config,
    }),
    users: expectedUserChanges(world, config, inUsGovernment.creates),
  };
}

/** Accounts that should have an organization in the other instance, and none here. */
function movedFrom(here: readonly ExpectedOrganization[], there: readonly ExpectedOrganization[]): ReadonlySet<string> {
  const ids = (organizations: readonly ExpectedOrganization[]) =>
    new Set(organizations.map((one) => one.salesforce_id));
  return ids(there).difference(ids(here));
}

/** Partners as partner-sync keeps them. */
export function partnersOf(customers: readonly Customer[], config: WorldConfig): ExpectedOrganization[] {
  return customers.flatMap(({ account }) => expectedPartner(account, config.alliance_account_id ?? null) ?? []);
}

/** Every account with its subscriptions and charges. */
export function customersOf(world: World): Customer[] {
  const accounts = world.salesforce.Account as AccountRecord[];
  const customers = new Map<string, Customer>();
  for (const account of accounts) customers.set(account.Id, { account, subscriptions: [], charges: [] });
  for (const subscription of world.salesforce.Zuora__Subscription__c as SubscriptionRecord[]) {
    customers.get(subscription.Zuora__Account__c)?.subscriptions.push(subscription);
  }
  for (const charge of world.salesforce.Zuora__SubscriptionProductCharge__c as ChargeRecord[]) {
    customers.get(charge.Zuora__Account__c)?.charges.push(charge);
  }
  return [...customers.values()];
}

/** What customers' organizations should be, partners left out. */
export function desiredOf(
  world: World,
  customers: Customer[],
  partnerIds: ReadonlySet<string>,
): Record<InstanceName, ExpectedOrganization[]> {
  const overrides = applicableOverrides(world.overrides, world.today);
  const desired: Record<InstanceName, ExpectedOrganization[]> = { global: [], "us-government": [] };
  for (const customer of customers) {
    if (partnerIds.has(customer.account.Id)) continue;
    const expected = expectedOrganizations(customer, world.today, overrides);
    for (const instance of ["global", "us-government"] as const)
      desired[instance].push(...(expected[instance] ? [expected[instance]] : []));
  }
  return desired;
}

function compare(comparison: Comparison): ExpectedChanges {
  const { desired, existing, config } = comparison;
  const marked = existing.filter((one) => one.organization_fields.mark_for_deletion === true);
  const changes: ExpectedChanges = {
    existing: existing.filter((one) => one.organization_fields.salesforce_id).length,
    markedBefore: marked.length,
    creates: [],
    updates: [],
    rewrites: [],
    marks: [],
    downgrades: [],
    conflicts: [],
  };
  const byId = Map.groupBy(existing, (one) => to18(String(one.organization_fields.salesforce_id ?? "")));
  const wanted = desired.filter(
    ({ salesforce_id, support_level }) =>
      !byId.has(salesforce_id) && support_level !== "expired" && !config.excluded_account_ids.includes(salesforce_id),
  );
  const claims = claimsOf(wanted, desired, byId);
  addCreates({ ...comparison, claims }, wanted, changes);
  for (const organization of desired) addDifference({ ...comparison, claims }, organization, byId, changes);
  const ids = new Set(desired.map((one) => one.salesforce_id));
  for (const [id, [organization, ...twins]] of byId) {
    if (!organization || id === "" || ids.has(id) || config.protected_ids.includes(id)) continue;
    if (twins.length > 0) changes.conflicts.push(id);
    else if (isToBeMarked(organization) && !comparison.kept.has(id)) changes.marks.push(organization.id);
  }
  return changes;
}

/**
 * How many want each name that they do not have yet: accounts to be created, and organizations to be renamed. Where two do, neither gets it.
 */
function claimsOf(
  wanted: readonly ExpectedOrganization[],
  desired: readonly ExpectedOrganization[],
  byId: ReadonlyMap<string, SeedOrganization[]>,
): ReadonlyMap<string, number> {
  const renamed = desired.filter(({ salesforce_id, name }) => {
    const [organization, ...twins] = byId.get(salesforce_id) ?? [];
    return organization && twins.length === 0 && organization.name.trim() !== name;
  });
  const claims = new Map<string, number>();
  for (const { name } of [...wanted, ...renamed])
    claims.set(name.toLowerCase(), (claims.get(name.toLowerCase()) ?? 0) + 1);
  return claims;
}

function addCreates(
  { names, externalIds, claims }: Comparison & { claims: ReadonlyMap<string, number> },
  desired: ExpectedOrganization[],
  changes: ExpectedChanges,
): void {
  const isTaken = (one: ExpectedOrganization) => externalIds.has(one.salesforce_id);
  changes.conflicts.push(...desired.filter(isTaken).map((one) => one.salesforce_id));
  const wanted = desired.filter((one) => !isTaken(one));
  const claimed = (name: string) => (claims.get(name) ?? 0) > 1;
  for (const [name, namesakes] of Map.groupBy(wanted, (one) => one.name.toLowerCase())) {
    const blocked = claimed(name) || names.has(name);
    changes[blocked ? "conflicts" : "creates"].push(...namesakes.map((one) => one.salesforce_id));
  }
}

function addDifference(
  { instance, names, claims }: Comparison & { claims: ReadonlyMap<string, number> },
  desired: ExpectedOrganization,
  byId: ReadonlyMap<string, SeedOrganization[]>,
  changes: ExpectedChanges,
): void {
  const [organization, ...twins] = byId.get(desired.salesforce_id) ?? [];
  if (!organization) return;
  if (twins.length > 0) {
    changes.conflicts.push(desired.salesforce_id);
    return;
  }
  const { id, name, organization_fields: fields } = organization;
  const holders = names.get(desired.name.toLowerCase()) ?? [];
  const isClaimed = (claims.get(desired.name.toLowerCase()) ?? 0) > 1;
  const isBlocked = name.trim() !== desired.name && (isClaimed || holders.some((holder) => holder !== id));
  if (isBlocked) changes.conflicts.push(desired.salesforce_id);
  const differing = Object.keys(desired.fields).filter(
    (key) => !sameMeaning(instance, key, fields[key], desired.fields[key]),
  );
  const isRenamed = name.trim() !== desired.name && !isBlocked;
  const rewritten = differing.includes("salesforce_id") && to18(String(fields.salesforce_id)) === desired.salesforce_id;
  if (rewritten && differing.length === 1 && !isRenamed) changes.rewrites.push(id);
  else if (differing.length > 0 || isRenamed) changes.updates.push(id);
  if (isDowngrade(fields, desired.fields)) changes.downgrades.push(id);
}

/** Whether an organization loses support (S2): a lower level that is not empty, or no emergency support any more. */
export function isDowngrade(before: Record<string, unknown>, after: Record<string, unknown>): boolean {
  const [from, to] = [FALLING.indexOf(String(before.support_level)), FALLING.indexOf(String(after.support_level))];
  const losesEmergency = before.emergency_support_24x7 === true && after.emergency_support_24x7 === false;
  return (from !== -1 && to > from) || losesEmergency;
}

function isToBeMarked({ organization_fields: fields }: SeedOrganization): boolean {
  return fields.mark_for_deletion !== true && fields.ignore_deletion !== true && fields.migrating !== true;
}

function externalIdsOf(organizations: SeedOrganization[]): ReadonlySet<string> {
  return new Set(organizations.map(({ external_id }) => to18(external_id ?? "")));
}

function namesOf(organizations: SeedOrganization[]): Map<string, number[]> {
  const names = new Map<string, number[]>();
  for (const { id, name } of organizations) {
    const key = name.trim().toLowerCase();
    names.set(key, [...(names.get(key) ?? []), id]);
  }
  return names;
}
