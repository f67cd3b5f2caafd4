import type { Account } from "../domain/account.ts";
import { applyChangeset } from "../domain/apply-changeset.ts";
import type { Changeset } from "../domain/changeset.ts";
import { compareCustomers } from "../domain/compare-customers.ts";
import { comparePartners } from "../domain/compare-partners.ts";
import type { Day } from "../domain/dates.ts";
import type { InstanceName } from "../domain/instance.ts";
import type { MergedAccount } from "../domain/merged-account.ts";
import { plannedNames } from "../domain/name-conflicts.ts";
import type { Organization, PartnerAccount } from "../domain/organization.ts";
import { partnerIdsByOrganization } from "../domain/organization-scope.ts";
import type { KnownAddress } from "../domain/plan-contacts.ts";
import { type Processed, processAccounts } from "../domain/process.ts";
import { mergesOf, protectionsOf } from "../domain/protections.ts";
import type { Quarantined } from "../storage/artifacts/manifest.ts";
import type { ParsedRules } from "../storage/kept-rules.ts";
import type { GatheredPeople } from "./simulate-people.ts";

/** Records that one run gathered, independent of any rules. */
export interface GatheredWorld {
  today: Day;
  accounts: readonly Account[];
  /** Null where nothing says who is a partner (A3). */
  partners: readonly PartnerAccount[] | null;
  merged: readonly MergedAccount[];
  /** Every organization, of the instances that the run worked on. */
  organizations: Partial<Record<InstanceName, readonly Organization[]>>;
  /** When the organizations were gathered; ISO 8601. */
  gathered_at: string;
  /** Facts about the addresses that recent organizations of global want; null if there are none. */
  addresses: readonly KnownAddress[] | null;
  /** Null where the run did not come to the users of us-government. */
  people: GatheredPeople | null;
  quarantined: Quarantined;
}

/** One instance under certain rules: what each comparison finds there. */
export interface Found {
  customers: Changeset;
  partners: Changeset | null;
}

/** The organizations once all that was found is written. Pure. */
export function applyAll(organizations: readonly Organization[], { customers, partners }: Found): Organization[] {
  return applyChangeset(applyChangeset(organizations, customers), partners ?? NOTHING);
}

const NOTHING = { creates: [], updates: [], marks: [] };

/** Output of process, without its details on every charge. */
export type DesiredRecords = Pick<Processed, "desired" | "notes" | "quarantined">;

/** Processes the accounts of the world under the given rules. Pure. */
export function processed(
  { accounts, partners, organizations, today }: GatheredWorld,
  rules: ParsedRules,
): DesiredRecords {
  const known = partners
    ? new Set(partners.map(({ salesforce_id }) => salesforce_id))
    : partnerIdsByOrganization(Object.values(organizations).flat());
  const { desired, notes, quarantined } = processAccounts({
    accounts,
    partnerIds: known,
    plans: rules.plans,
    overrides: rules.overrides,
    today,
  });
  return { desired, quarantined, notes: [...rules.overrideNotes, ...notes] };
}

/** Makes the comparisons of one instance under the given rules. Pure. */
export function compareAll(
  instance: InstanceName,
  world: GatheredWorld,
  {
    organizations,
    rules,
    processed: { desired, quarantined },
  }: { organizations: readonly Organization[]; rules: ParsedRules; processed: DesiredRecords },
): Found {
  const { accounts, partners, merged } = world;
  const unclear = [...new Set([...world.quarantined.accounts, ...quarantined])];
  const common = {
    organizations,
    accountIds: new Set(accounts.map(({ salesforce_id }) => salesforce_id)),
    partnerIds: partners
      ? new Set(partners.map(({ salesforce_id }) => salesforce_id))
      : partnerIdsByOrganization(organizations),
    merges: mergesOf({ records: merged }, { allow: {} }),
    ...protectionsOf(rules.config, { ...world.quarantined, accounts: unclear }),
  };
  const customers = compareCustomers({ ...common, instance, desired: desired[instance] });
  const isPartners = instance === "global" && partners !== null;
  return {
    customers,
    partners: isPartners ? comparePartners({ ...common, partners, takenNames: plannedNames(customers) }) : null,
  };
}
