import type { Note } from "./changeset.ts";
import type { DesiredOrganization, Organization } from "./organization.ts";
import { accountIdOf, externalAccountIdOf, salesforceIdText } from "./organization-scope.ts";
import { type Reason, reason } from "./reason.ts";
import { toId18 } from "./salesforce-id.ts";

/** Restrictions on creating and marking records. Ids have 18 characters. */
export interface Protections {
  /** Accounts that could not be read, or that are there more than once: neither created, updated nor marked. */
  unclearAccounts: ReadonlySet<string>;
  /** A record that nobody could identify was unreadable: nothing can be called absent, so nothing is marked. */
  withholdMarks: boolean;
  /** Organizations of these accounts are never marked. */
  protectedIds: ReadonlySet<string>;
  /** Accounts that are never created. */
  excludedAccountIds: ReadonlySet<string>;
  /** Treatment of organizations without a `salesforce_id`: left as they are, or marked. */
  unmanagedOrganizations: "keep" | "mark";
}

/** The two sides of one comparison. */
export interface Sides {
  desired: readonly DesiredOrganization[];
  /** Every organization of the instance, in any order. */
  organizations: readonly Organization[];
  /** True if this comparison is the one that keeps the organization (C1, P3). */
  inScope: (organization: Organization) => boolean;
}

/** An organization and what it should be. */
export interface Pair {
  accountId: string;
  organization: Organization;
  desired: DesiredOrganization;
}

/** Desired and existing organizations, put together by account. What is in none of the lists is left alone. */
export interface Join {
  /** Accounts that may be created (C2). */
  missing: DesiredOrganization[];
  pairs: Pair[];
  /** Organizations that nothing in the source accounts for (C4). */
  orphans: Organization[];
  notes: Note[];
  /** A desired record has no valid `salesforce_id`, so nobody knows whose organization it accounts for. */
  unidentified: boolean;
}

/** Joins the two sides on the 18-character `salesforce_id` (G5, C1–C4); conflicts are noted and left alone (C7). */
export function joinOrganizations(sides: Sides, protections: Protections): Join {
  const { accounts, doubled, unidentified } = accountsById(sides.desired);
  const joiner: Joiner = {
    accounts,
    unclearAccounts: protections.unclearAccounts.union(doubled),
    protections,
    byAccount: Map.groupBy(sides.organizations, accountIdOf),
    byExternalId: Map.groupBy(sides.organizations, externalAccountIdOf),
    join: { missing: [], pairs: [], orphans: [], notes: [], unidentified },
  };
  for (const organization of sides.organizations)
    if (sides.inScope(organization)) placeOrganization(joiner, organization);
  for (const [accountId, desired] of accounts) placeAccount(joiner, accountId, desired);
  return joiner.join;
}

interface Joiner {
  accounts: ReadonlyMap<string, DesiredOrganization>;
  unclearAccounts: ReadonlySet<string>;
  protections: Protections;
  byAccount: ReadonlyMap<string | null, readonly Organization[]>;
  byExternalId: ReadonlyMap<string | null, readonly Organization[]>;
  join: Join;
}

function accountsById(desired: readonly DesiredOrganization[]) {
  const accounts = new Map<string, DesiredOrganization>();
  const doubled = new Set<string>();
  let unidentified = false;
  for (const one of desired) {
    const accountId = toId18(one.salesforce_id);
    if (accountId === null) unidentified = true;
    else if (accounts.has(accountId)) doubled.add(accountId);
    else accounts.set(accountId, one);
  }
  return { accounts, doubled, unidentified };
}

function placeOrganization(joiner: Joiner, organization: Organization): void {
  const { accounts, byAccount, join, unclearAccounts } = joiner;
  const accountId = accountIdOf(organization);
  if (accountId === null) {
    placeWithoutAccount(joiner, organization);
    return;
  }
  const note = (because: Reason) =>
    join.notes.push({ rule: "C7", salesforce_id: accountId, id: organization.id, reason: because });
  const twins = (byAccount.get(accountId) ?? []).filter((twin) => twin.id !== organization.id);
  const desired = accounts.get(accountId);
  if (unclearAccounts.has(accountId)) note(reason("organization.account_unclear"));
  else if (twins.length > 0) note(reason("organization.shares_account", { organization_ids: idsOf(twins) }));
  else if (desired) join.pairs.push({ accountId, organization, desired });
  else join.orphans.push(organization);
}

/** An organization without a valid `salesforce_id`: nobody's, unless its `external_id` says otherwise (C4, C7). */
function placeWithoutAccount(joiner: Joiner, organization: Organization): void {
  const { accounts, join, unclearAccounts, protections } = joiner;
  const note = (rule: string, salesforce_id: string | null, because: Reason) =>
    join.notes.push({ rule, salesforce_id, id: organization.id, reason: because });
  const created = externalAccountIdOf(organization);
  if (salesforceIdText(organization)) {
    note("C4", null, reason("organization.account_id_invalid"));
  } else if (created !== null && unclearAccounts.has(created)) {
    note("C7", created, reason("organization.account_unclear"));
  } else if (created !== null && accounts.has(created)) {
    note("C7", created, reason("organization.account_id_missing"));
  } else if (protections.unmanagedOrganizations === "mark") {
    join.orphans.push(organization);
  } else {
    note("C4", null, reason("organization.without_account"));
  }
}

/** An account without organization is missing, unless it is expired or something speaks against creating it (C2). */
function placeAccount(joiner: Joiner, accountId: string, desired: DesiredOrganization): void {
  const { unclearAccounts, protections, byAccount, byExternalId, join } = joiner;
  if (byAccount.has(accountId)) return;
  const note = (rule: string, because: Reason) =>
    join.notes.push({ rule, salesforce_id: accountId, id: null, reason: because });
  const created = byExternalId.get(accountId) ?? [];
  if (unclearAccounts.has(accountId)) note("C7", reason("create.account_unclear"));
  else if (desired.organization_fields.support_level === "expired") return;
  else if (protections.excludedAccountIds.has(accountId)) note("C2", reason("create.excluded"));
  else if (created.length > 0) note("C7", reason("create.external_id_taken", { organization_ids: idsOf(created) }));
  else join.missing.push(desired);
}

function idsOf(organizations: readonly Organization[]): number[] {
  return organizations.map(({ id }) => id).sort((one, other) => one - other);
}
