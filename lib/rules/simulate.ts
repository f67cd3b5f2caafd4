import type { LeftAlone } from "../artifacts/manifest.ts";
import type { Comparison } from "../changesets/comparison.ts";
import { judge } from "../changesets/judge.ts";
import { mergesOf, protectedAddressesOf, protectionsOf } from "../changesets/protections.ts";
import type { Account } from "../domain/account.ts";
import { applyChangeset, firstInventedId } from "../domain/apply-changeset.ts";
import type { Changeset, Note, PlannedContact } from "../domain/changeset.ts";
import { compareCustomers } from "../domain/compare-customers.ts";
import { comparePartners } from "../domain/compare-partners.ts";
import type { Day } from "../domain/dates.ts";
import { INSTANCES, type InstanceName } from "../domain/instance.ts";
import type { Allowances, Measure } from "../domain/limits.ts";
import type { MergedAccount } from "../domain/merged-account.ts";
import { plannedNames } from "../domain/name-conflicts.ts";
import type { DesiredOrganization, Organization, PartnerAccount } from "../domain/organization.ts";
import { partnerIdsByOrganization } from "../domain/organization-scope.ts";
import { contactsAdded } from "../domain/people-added.ts";
import { planContacts } from "../domain/plan-contacts.ts";
import { type Processed, processAccounts } from "../domain/process.ts";
import type { Reason } from "../domain/reason.ts";
import type { ParsedRules } from "./kept-rules.ts";

/** What one run gathered, whatever the rules. */
export interface GatheredWorld {
  today: Day;
  accounts: readonly Account[];
  /** Null where nothing says who is a partner (A3). */
  partners: readonly PartnerAccount[] | null;
  merged: readonly MergedAccount[];
  /** Every organization, of the instances that the run worked on. */
  organizations: Partial<Record<InstanceName, readonly Organization[]>>;
  leftAlone: LeftAlone;
}

/** What a change of rules alone would do in one comparison. */
export interface SimulatedComparison {
  name: Exclude<Comparison, "usgov_user">;
  changes: Pick<Changeset, "creates" | "updates" | "marks">;
  contacts: readonly PlannedContact[];
  /** Those that the rules of before do not give. */
  notes: readonly Note[];
  existing: number;
  measures: readonly Measure[];
  /** Why a run would refuse that much; absent where it would not. */
  refused?: readonly Reason[];
}

/** What a change of rules alone would do. */
export interface Simulation {
  comparisons: SimulatedComparison[];
  /** Of processing accounts: those that the rules of before do not give. */
  notes: Note[];
  /** What process wants by the new rules, and by the old ones. */
  desired: Record<InstanceName, readonly DesiredOrganization[]>;
  desiredBefore: Record<InstanceName, readonly DesiredOrganization[]>;
  /** Ids from here on are of organizations that are not there yet: the rules of before would create them. */
  inventedFrom: Record<InstanceName, number>;
}

/** One instance under certain rules: what each comparison finds there. */
interface Found {
  customers: Changeset;
  partners: Changeset | null;
}

/**
 * What the change from one set of rules to another would do to customers, by itself: the world is first brought to what the rules of
 * before want, and then compared with what the new ones want. What is pending in the world anyway is in neither. Limits are those of
 * before: a change must not raise the limit that it is held against. Users of us-government are not looked at. Pure.
 */
export function simulate(
  world: GatheredWorld,
  { before, after }: { before: ParsedRules; after: ParsedRules },
  allow: Allowances = {},
): Simulation {
  const [old, wanted] = [processed(world, before), processed(world, after)];
  const inventedFrom = { global: 0, "us-government": 0 };
  const comparisons = INSTANCES.flatMap((instance): SimulatedComparison[] => {
    const now = world.organizations[instance];
    if (now === undefined) return [];
    inventedFrom[instance] = firstInventedId(now);
    const first = compareAll(instance, world, { organizations: now, rules: before, processed: old });
    const settled = applyChangeset(applyChangeset(now, first.customers), first.partners ?? NOTHING);
    const second = compareAll(instance, world, { organizations: settled, rules: after, processed: wanted });
    const customers = instance === "global" ? "global" : "usgov";
    const terms = { before, after, allow };
    return [
      judged(customers, first.customers, second.customers, terms),
      ...(first.partners && second.partners ? [judged("partner", first.partners, second.partners, terms)] : []),
    ];
  });
  return {
    comparisons,
    notes: added(old.notes, wanted.notes),
    desired: wanted.desired,
    desiredBefore: old.desired,
    inventedFrom,
  };
}

const NOTHING = { creates: [], updates: [], marks: [] };

/** What process makes of it, without what it knows of every charge. */
type Wanted = Pick<Processed, "desired" | "notes" | "leftAlone">;

function processed({ accounts, partners, organizations, today }: GatheredWorld, rules: ParsedRules): Wanted {
  const known = partners
    ? new Set(partners.map(({ salesforce_id }) => salesforce_id))
    : partnerIdsByOrganization(Object.values(organizations).flat());
  const { desired, notes, leftAlone } = processAccounts({
    accounts,
    partnerIds: known,
    plans: rules.plans,
    overrides: rules.overrides,
    today,
  });
  return { desired, leftAlone, notes: [...rules.overrideNotes, ...notes] };
}

function compareAll(
  instance: InstanceName,
  world: GatheredWorld,
  {
    organizations,
    rules,
    processed: { desired, leftAlone },
  }: { organizations: readonly Organization[]; rules: ParsedRules; processed: Wanted },
): Found {
  const { accounts, partners, merged } = world;
  const unclear = [...new Set([...world.leftAlone.accounts, ...leftAlone])];
  const common = {
    organizations,
    accountIds: new Set(accounts.map(({ salesforce_id }) => salesforce_id)),
    partnerIds: partners
      ? new Set(partners.map(({ salesforce_id }) => salesforce_id))
      : partnerIdsByOrganization(organizations),
    merges: mergesOf({ records: merged }, { allow: {} }),
    ...protectionsOf(rules.config, { ...world.leftAlone, accounts: unclear }),
  };
  const customers = compareCustomers({ ...common, instance, desired: desired[instance] });
  const isPartners = instance === "global" && partners !== null;
  return {
    customers,
    partners: isPartners ? comparePartners({ ...common, partners, takenNames: plannedNames(customers) }) : null,
  };
}

function judged(
  name: SimulatedComparison["name"],
  first: Changeset,
  second: Changeset,
  { before, after, allow }: { before: ParsedRules; after: ParsedRules; allow: Allowances },
): SimulatedComparison {
  const { creates, updates, marks, existing } = second;
  const { contacts, notes } =
    name === "global"
      ? planContacts({
          creates,
          due: [],
          known: new Map(),
          protectedAddresses: protectedAddressesOf(after.config),
          maximum: after.config.max_contacts_per_organization,
        })
      : { contacts: [], notes: [] };
  const people = contactsAdded(contacts, new Set());
  const verdict = judge(name, { ...second, contacts, people }, before.config.limits[name], { allow, "at-most": null });
  return {
    name,
    changes: { creates, updates, marks },
    contacts,
    notes: [...added(first.notes, second.notes), ...notes],
    existing,
    measures: verdict.measures,
    ...(verdict.refused ? { refused: verdict.refused } : {}),
  };
}

/** Notes that were not given before. */
function added(before: readonly Note[], after: readonly Note[]): Note[] {
  const known = new Set(before.map((note) => JSON.stringify(note)));
  return after.filter((note) => !known.has(JSON.stringify(note)));
}
