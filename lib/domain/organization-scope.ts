import { isPartnerType, type Organization } from "./organization.ts";
import { toId18 } from "./salesforce-id.ts";
import { comparableValue } from "./value-equality.ts";

/** Whose account is whose: what divides the organizations of an instance between compare and partner-sync (C1, P3). */
export interface AccountSources {
  /** Ids of the accounts in `partner_accounts.json`. */
  partnerIds: ReadonlySet<string>;
  /** Ids of the accounts in `salesforce_accounts.json`. */
  accountIds: ReadonlySet<string>;
}

/** The sources with every id in 18 characters (G5): artifacts made by hand may hold the short ones. */
export function withLongIds({ partnerIds, accountIds }: AccountSources): AccountSources {
  const longOf = (id: string) => toId18(id) ?? id;
  const isLong = (id: string) => longOf(id) === id;
  const long = (ids: ReadonlySet<string>) => (ids.values().every(isLong) ? ids : new Set(ids.values().map(longOf)));
  return { partnerIds: long(partnerIds), accountIds: long(accountIds) };
}

type WithFields = Pick<Organization, "organization_fields">;

/** The account an organization names in `salesforce_id`, in 18 characters (G5); null where it names none, or no valid one. */
export function accountIdOf(organization: WithFields): string | null {
  return toId18(salesforceIdText(organization));
}

/** Returns the text of the organization's `salesforce_id`, trimmed; empty if there is none. */
export function salesforceIdText(organization: WithFields): string {
  return String(comparableValue("text", organization.organization_fields.salesforce_id) ?? "");
}

/** The account that zdsync created an organization for (S5), in 18 characters; Zendesk ignores the case of `external_id`. */
export function externalAccountIdOf(organization: Pick<Organization, "external_id">): string | null {
  return toId18(organization.external_id ?? "");
}

/**
 * Whether an organization belongs to partner-sync (C1, P3): its account is a partner, or it has a partner `account_type` and
 * its account is no customer. Every other organization belongs to compare.
 */
export function isPartnersOrganization(
  organization: WithFields & Pick<Organization, "external_id">,
  { partnerIds, accountIds }: AccountSources,
): boolean {
  const text = salesforceIdText(organization);
  const accountId = text ? toId18(text) : externalAccountIdOf(organization);
  if (accountId !== null && partnerIds.has(accountId)) return true;
  return hasPartnerType(organization) && !(accountId !== null && accountIds.has(accountId));
}

/** Returns the partners when `partner_accounts.json` is missing (A3): accounts whose organization has a partner `account_type`. */
export function partnerIdsByOrganization(organizations: readonly Organization[]): Set<string> {
  return new Set(organizations.filter(hasPartnerType).flatMap((organization) => accountIdOf(organization) ?? []));
}

/** True if the organization is marked for review by the deletion process. */
export function isMarked(organization: WithFields): boolean {
  return isChecked(organization, "mark_for_deletion");
}

/** True if the given checkbox, one of those that decide about marks, is set. */
export function isChecked(
  organization: WithFields,
  key: "mark_for_deletion" | "ignore_deletion" | "migrating",
): boolean {
  return comparableValue("checkbox", organization.organization_fields[key]) === true;
}

function hasPartnerType(organization: WithFields): boolean {
  return isPartnerType(organization.organization_fields.account_type);
}
