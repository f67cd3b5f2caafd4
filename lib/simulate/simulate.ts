import { checkLimits } from "../changesets/check-limits.ts";
import { firstInventedId } from "../domain/apply-changeset.ts";
import type { Changeset, Note, PlannedContact } from "../domain/changeset.ts";
import type { UserChangeset } from "../domain/compare-users.ts";
import type { Comparison } from "../domain/comparisons.ts";
import { INSTANCES, type InstanceName } from "../domain/instance.ts";
import type { Allowances, Measurable, Measure } from "../domain/limits.ts";
import type { DesiredOrganization, Organization } from "../domain/organization.ts";
import { contactsAdded, usersAdded } from "../domain/people-added.ts";
import { type Reason, reason } from "../domain/reason.ts";
import { organizationsOfFirstFill } from "../domain/recent-organizations.ts";
import type { User } from "../domain/user.ts";
import type { ParsedRules } from "../storage/kept-rules.ts";
import {
  applyAll,
  compareAll,
  type DesiredRecords,
  type Found,
  type GatheredWorld,
  processed,
} from "./compare-by-rules.ts";
import { addedNotes, simulateContacts, simulateUsers } from "./simulate-people.ts";

/** Changes that new rules alone would cause in one comparison, of organizations or of users. */
export type SimulatedComparison = OfOrganizations | OfUsers;

interface OfOrganizations extends Judged {
  name: Exclude<Comparison, "usgov_user">;
  changes: Pick<Changeset, "creates" | "updates" | "marks">;
}

interface OfUsers extends Judged {
  name: "usgov_user";
  changes: Pick<UserChangeset, "creates" | "updates" | "marks">;
}

interface Judged {
  contacts: readonly PlannedContact[];
  /** Those that the rules of before do not give. */
  notes: readonly Note[];
  existing: number;
  measures: readonly Measure[];
  /** Why a run would refuse that much; absent where it would not. */
  refused?: readonly Reason[];
}

/** Changes that new rules alone would cause. */
export interface Simulation {
  comparisons: SimulatedComparison[];
  /** Of processing accounts: those that the rules of before do not give. */
  notes: Note[];
  /** Organizations that process wants by the new rules, and by the old ones. */
  desired: Record<InstanceName, readonly DesiredOrganization[]>;
  desiredBefore: Record<InstanceName, readonly DesiredOrganization[]>;
  /** The world once the rules of before are followed: what the new ones are compared with. */
  settled: Settled;
  /** Ids from here on are of what is not there yet: the rules of before would create it. */
  inventedFrom: Record<InstanceName | "users", number>;
  /** Data the run does not have, so that nothing is said about it. */
  leftOut: Reason[];
}

/** Organizations and users once the rules of before are followed. */
export interface Settled {
  organizations: Partial<Record<InstanceName, readonly Organization[]>>;
  users: readonly User[] | null;
}

/**
 * What the change from one set of rules to another would do to customers, by itself: the world is first brought to what the rules of
 * before want, and then compared with what the new ones want. What is pending in the world anyway is in neither. Limits are those of
 * before: a change must not raise the limit that it is held against. Pure.
 */
export function simulate(
  world: GatheredWorld,
  { before, after }: { before: ParsedRules; after: ParsedRules },
  allow: Allowances = {},
): Simulation {
  const [old, wanted] = [processed(world, before), processed(world, after)];
  const terms = { before, after, allow };
  const settled: Settled = { organizations: {}, users: null };
  const inventedFrom = { global: 0, "us-government": 0, users: firstInventedId(world.people?.users ?? []) };
  const leftOut: Reason[] = [];
  if (before.config.alliance_account_id !== after.config.alliance_account_id)
    leftOut.push(reason("simulation.partners_as_gathered"));
  const comparisons = INSTANCES.flatMap((instance): SimulatedComparison[] => {
    const now = world.organizations[instance];
    if (now === undefined) return [];
    inventedFrom[instance] = firstInventedId(now);
    const first = compareAll(instance, world, { organizations: now, rules: before, processed: old });
    const there = applyAll(now, first);
    settled.organizations[instance] = there;
    const second = compareAll(instance, world, { organizations: there, rules: after, processed: wanted });
    const both = { now, there, first, second };
    if (instance === "us-government") return ofUsGovernment(world, both, terms, { settled, leftOut });
    return ofGlobal(world, both, terms, { old, selection: wanted, leftOut });
  });
  return {
    comparisons,
    notes: addedNotes(old.notes, wanted.notes),
    desired: wanted.desired,
    desiredBefore: old.desired,
    settled,
    inventedFrom,
    leftOut,
  };
}

/** Both sets of rules, and what is allowed beyond the limits. */
interface RuleChange {
  before: ParsedRules;
  after: ParsedRules;
  allow: Allowances;
}

/** One instance as it is, once the old rules are followed, and what they and the new ones find. */
interface Both {
  now: readonly Organization[];
  there: readonly Organization[];
  first: Found;
  second: Found;
}

function ofGlobal(
  world: GatheredWorld,
  { now, first, second }: Both,
  change: RuleChange,
  { old, selection: wanted, leftOut }: { old: DesiredRecords; selection: DesiredRecords; leftOut: Reason[] },
): SimulatedComparison[] {
  const { before, after } = change;
  const gatheredAt = new Date(world.gathered_at);
  const { contacts, notes, unknown } = simulateContacts(
    { organizations: now, addresses: world.addresses, gatheredAt },
    { desired: old.desired.global, changes: first.customers, config: before.config },
    { desired: wanted.desired.global, changes: second.customers, config: after.config },
  );
  if (unknown > 0) leftOut.push(reason("simulation.addresses_not_gathered", { count: unknown }));
  const ofFirstFill = organizationsOfFirstFill(now, gatheredAt, before.config.limits.global.minimum_existing);
  const people = contactsAdded(contacts, ofFirstFill);
  const customers = ofOrganizations("global", first.customers, second.customers, change, { contacts, people });
  return [
    { ...customers, notes: [...customers.notes, ...notes] },
    ...(first.partners && second.partners ? [ofOrganizations("partner", first.partners, second.partners, change)] : []),
  ];
}

function ofUsGovernment(
  world: GatheredWorld,
  { now, there, first, second }: Both,
  change: RuleChange,
  { settled, leftOut }: { settled: Settled; leftOut: Reason[] },
): SimulatedComparison[] {
  const customers = ofOrganizations("usgov", first.customers, second.customers, change);
  if (world.people === null) {
    leftOut.push(reason("simulation.users_not_gathered"));
    return [customers];
  }
  const { before, after } = change;
  const users = simulateUsers(
    world.people,
    { config: before.config, organizations: there },
    { config: after.config, organizations: applyAll(there, second) },
  );
  settled.users = users.settled;
  const { minimum_existing } = before.config.limits.usgov_user;
  const people = usersAdded(users.after, organizationsOfFirstFill(now, new Date(world.gathered_at), minimum_existing));
  // A contact that the run asked for is of an organization that was there, or planned, by then.
  const asked = new Set(world.people.contacts.map(({ salesforce_id }) => salesforce_id));
  const count = second.customers.creates.filter(({ salesforce_id }) => !asked.has(salesforce_id)).length;
  if (count > 0) leftOut.push(reason("simulation.contacts_not_gathered", { count }));
  const { creates, updates, marks } = users.after;
  const ofUsers = judged("usgov_user", users.before, { ...users.after, contacts: [], people }, change);
  return [customers, { name: "usgov_user", changes: { creates, updates, marks }, ...ofUsers }];
}

function ofOrganizations(
  name: OfOrganizations["name"],
  first: Changeset,
  second: Changeset,
  change: RuleChange,
  added: { contacts: readonly PlannedContact[]; people: number } = { contacts: [], people: 0 },
): OfOrganizations {
  const { creates, updates, marks } = second;
  return { name, changes: { creates, updates, marks }, ...judged(name, first, { ...second, ...added }, change) };
}

function judged(
  name: Comparison,
  first: Pick<Changeset, "notes">,
  second: Measurable & { notes: readonly Note[]; contacts: readonly PlannedContact[] },
  { before, allow }: RuleChange,
): Judged {
  const verdict = checkLimits(name, second, before.config.limits[name], { allow, "at-most": null });
  return {
    contacts: second.contacts,
    notes: addedNotes(first.notes, second.notes),
    existing: second.existing,
    measures: verdict.measures,
    ...(verdict.refused ? { refused: verdict.refused } : {}),
  };
}
