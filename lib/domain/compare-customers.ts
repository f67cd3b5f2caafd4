import { byRule, type Changeset, type Note } from "./changeset.ts";
import { compareOrganizations, type OrganizationComparison } from "./compare-organizations.ts";
import type { InstanceName } from "./instance.ts";
import type { Protections } from "./join-organizations.ts";
import type { Merges } from "./merged-organizations.ts";
import { type DesiredOrganization, type Organization, syncedFields } from "./organization.ts";
import { type AccountSources, accountIdOf, isPartnersOrganization, withLongIds } from "./organization-scope.ts";
import { reason } from "./reason.ts";
import { toId18 } from "./salesforce-id.ts";

/** Input of compare for one instance (stages 4). */
export interface CustomersInput extends AccountSources, Protections {
  instance: InstanceName;
  /** Output of `process`: `global_accounts.json` or `usgov_accounts.json`. */
  desired: readonly DesiredOrganization[];
  /** Every organization of the instance: `zendesk_global.json` or `zendesk_usgov.json`. */
  organizations: readonly Organization[];
  /** `<i>_moved.json` (C9), unless their organizations are to be marked: 18-character ids. */
  movedAccounts?: ReadonlySet<string> | undefined;
  /** `merged_accounts.json` (C9). */
  merges?: Merges | undefined;
}

/** Compares the customers' organizations of one instance with what they should be (C1–C9). Partners' are left to partner-sync. */
export function compareCustomers(input: CustomersInput): Changeset {
  const changeset = compareOrganizations(customersComparison(input));
  if (input.instance === "global") return changeset;
  const sources = withLongIds(input);
  return { ...changeset, notes: [...changeset.notes, ...nobodysPartners(input.organizations, sources)].sort(byRule) };
}

/** The comparison of an instance's customers; partners are neither desired nor in scope. */
export function customersComparison(input: CustomersInput): OrganizationComparison {
  const sources = withLongIds(input);
  return {
    ...input,
    fields: syncedFields(input.instance),
    desired: input.desired.filter((one) => !sources.partnerIds.has(toId18(one.salesforce_id) ?? "")),
    inScope: (organization) => !isPartnersOrganization(organization, sources),
    plannedNames: [],
  };
}

/** partner-sync works on global only: a partner's organization in us-government is kept by nobody, which someone should know. */
function nobodysPartners(organizations: readonly Organization[], sources: AccountSources): Note[] {
  return organizations
    .filter((organization) => isPartnersOrganization(organization, sources))
    .map((organization) => ({
      rule: "C1",
      salesforce_id: accountIdOf(organization),
      id: organization.id,
      reason: reason("organization.of_partner"),
    }));
}
