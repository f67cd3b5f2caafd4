import type { DesiredOrganization, Organization, PartnerAccount } from "../domain/organization.ts";
import { accountIdOf, externalAccountIdOf } from "../domain/organization-scope.ts";
import { toId18 } from "../domain/salesforce-id.ts";

/** Records of global's own files. */
export interface RecordsOfGlobal {
  "global_accounts.json"?: readonly Pick<DesiredOrganization, "salesforce_id">[];
  "partner_accounts.json"?: readonly Pick<PartnerAccount, "salesforce_id">[];
  "zendesk_global.json"?: readonly Pick<Organization, "external_id" | "organization_fields">[];
}

/**
 * The accounts that global's own files name, by their 18-character ids: their names are global's data, too. Where files are missing,
 * fewer are known, and more is withheld. Pure.
 */
export function knownToGlobal(records: RecordsOfGlobal): ReadonlySet<string> {
  const accounts = [...(records["global_accounts.json"] ?? []), ...(records["partner_accounts.json"] ?? [])];
  const organizations = records["zendesk_global.json"] ?? [];
  const ids = [
    ...accounts.map(({ salesforce_id: id }) => id),
    ...organizations.flatMap((one) => [accountIdOf(one), externalAccountIdOf(one)]),
  ];
  return new Set(ids.flatMap((id) => (id === null ? [] : [toId18(id) ?? id])));
}
