import type { Changeset } from "./changeset.ts";
import { compareOrganizations } from "./compare-organizations.ts";
import type { Protections } from "./join-organizations.ts";
import type { Merges } from "./merged-organizations.ts";
import type { NameClaim } from "./name-conflicts.ts";
import { type Organization, type PartnerAccount, partnerFields, partnerOrganization } from "./organization.ts";
import { type AccountSources, isPartnersOrganization, withLongIds } from "./organization-scope.ts";

/** Input of partner-sync (stages 7). */
export interface PartnersInput extends AccountSources, Protections {
  /** `partner_accounts.json`. */
  partners: readonly PartnerAccount[];
  /** Every organization of global. */
  organizations: readonly Organization[];
  /** Names that compare is about to take in the same run (`plannedNames` of its changeset). */
  takenNames: readonly NameClaim[];
  /** `merged_accounts.json` (C9). */
  merges?: Merges | undefined;
}

/** Compares the partners' organizations of global with what they should be (P3; C2–C8 apply). */
export function comparePartners(input: PartnersInput): Changeset {
  const sources = withLongIds(input);
  return compareOrganizations({
    ...input,
    fields: partnerFields(),
    desired: input.partners.map(partnerOrganization),
    inScope: (organization) => isPartnersOrganization(organization, sources),
    plannedNames: input.takenNames,
  });
}
