import type { SoldTo } from "./contact-address.ts";
import type { DesiredOrganization, Organization } from "./organization.ts";
import { accountIdOf, externalAccountIdOf } from "./organization-scope.ts";
import { toId18 } from "./salesforce-id.ts";

/** Days after its creation for which an organization's contacts are due (Y3), in real time, regardless of `today`. */
export const CONTACTS_DUE_DAYS = 7;

const DAY_MS = 24 * 60 * 60 * 1000;

/** An organization that this system created a short while ago (Y3). */
export interface RecentOrganization {
  id: number;
  /** Of its account, in 18 characters. */
  salesforce_id: string;
  name: string;
  created_at: string;
}

/** A recent organization with the addresses that its account wants (E14). */
export interface DueOrganization extends RecentOrganization {
  sold_tos: readonly SoldTo[];
}

/** True if this system created the organization for its account within the last seven days (Y3). */
export function isRecent(organization: Organization, now: Date): boolean {
  const account = accountIdOf(organization);
  if (account === null || externalAccountIdOf(organization) !== account) return false;
  // Written so that a moment that cannot be read is not recent.
  return Date.parse(organization.created_at) >= now.getTime() - CONTACTS_DUE_DAYS * DAY_MS;
}

/**
 * The recent organizations that are the only one of their account: several are a conflict (C7), and nobody can say to which one the
 * contacts belong. Pure.
 */
export function recentOrganizations(gathered: readonly Organization[], now: Date): RecentOrganization[] {
  const ofAccount = Map.groupBy(gathered, accountIdOf);
  ofAccount.delete(null);
  return [...ofAccount].flatMap(([account, [organization, ...others]]): RecentOrganization[] => {
    if (account === null || !organization || others.length > 0 || !isRecent(organization, now)) return [];
    const { id, name, created_at } = organization;
    return [{ id, salesforce_id: account, name, created_at }];
  });
}

/**
 * The organizations whose contacts are due although they exist (Y3): recent ones that still have an account here. So a run killed
 * in between is repaired by the next one. Pure.
 */
export function dueOrganizations(
  gathered: readonly Organization[],
  desired: readonly DesiredOrganization[],
  now: Date,
): DueOrganization[] {
  const wanted = new Map(desired.map((one) => [toId18(one.salesforce_id) ?? one.salesforce_id, one.sold_tos]));
  return recentOrganizations(gathered, now).flatMap((organization) => {
    const sold_tos = wanted.get(organization.salesforce_id);
    return sold_tos ? [{ ...organization, sold_tos }] : [];
  });
}

/**
 * The organizations that a first fill created: without the recent ones, fewer than `minimum` organizations of accounts exist (S2). Empty
 * where this was no first fill. Their contacts count for no limit. Ids; pure.
 */
export function organizationsOfFirstFill(
  organizations: readonly Organization[],
  now: Date,
  minimum: number,
): ReadonlySet<number> {
  const existing = organizations.filter((organization) => accountIdOf(organization) !== null);
  const recent = existing.filter((organization) => isRecent(organization, now));
  if (existing.length - recent.length >= minimum) return new Set();
  return new Set(recent.map(({ id }) => id));
}
