import type { DesiredOrganization, Organization } from "../domain/organization.ts";
import { accountIdOf } from "../domain/organization-scope.ts";
import { toId18 } from "../domain/salesforce-id.ts";
import type { ContactsDue } from "./contacts.ts";

/** How long after its creation an organization's contacts are due (Y3). */
export const CONTACTS_DUE_DAYS = 7;

/** A young organization, as it was gathered, and what it should be. */
export interface YoungOrganization extends ContactsDue {
  name: string;
  created_at: string;
}

/**
 * The organizations that this system created within the last seven days of real time and that still have an account here (Y3): their contacts are due again, so that a run killed in between is repaired by the next one. Pure.
 */
export function youngOrganizations(
  gathered: readonly Organization[],
  desired: readonly DesiredOrganization[],
  now: Date,
): YoungOrganization[] {
  const wanted = new Map(desired.map((one) => [toId18(one.salesforce_id) ?? one.salesforce_id, one]));
  const oldest = now.getTime() - CONTACTS_DUE_DAYS * 24 * 60 * 60 * 1000;
  const ours = gathered.flatMap((organization) => {
    const account = accountIdOf(organization);
    return account !== null ? [{ organization, account }] : [];
  });
  const counts = Map.groupBy(ours, ({ account }) => account);
  return ours.flatMap(({ organization, account }) => {
    const target = wanted.get(account);
    const created = Date.parse(organization.created_at);
    const bySystem = toId18(organization.external_id ?? "") === account;
    // Several organizations of one account are a conflict (C7): nobody can say which one the contacts belong to.
    if (!target || !bySystem || !(created >= oldest) || counts.get(account)?.length !== 1) return [];
    return [
      {
        id: organization.id,
        salesforce_id: account,
        name: organization.name,
        created_at: organization.created_at,
        sold_tos: target.sold_tos,
      },
    ];
  });
}
