import type { InstanceName } from "../domain/instance.ts";
import { type NameClaim, nameConflicts } from "../domain/name-conflicts.ts";
import { type AccountSources, isPartnersOrganization } from "../domain/organization-scope.ts";
import { toId18 } from "../domain/salesforce-id.ts";
import { sameName } from "../domain/value-equality.ts";
import type { AuditedInstance } from "./audit.ts";
import { type AuditedDesired, type AuditedOrganization, sharingKey } from "./audited-records.ts";
import { type AuditExample, type AuditFinding, example, findingIn, type InstanceCode } from "./finding.ts";

/** Returns the findings about ids and names of the organizations of one instance. */
export function organizationFindings(
  instance: InstanceName,
  { organizations, desired }: AuditedInstance,
  sources: AccountSources,
): AuditFinding[] {
  const finding = (code: InstanceCode, examples: AuditExample[]) => findingIn(code, instance, examples);
  const where = (is: (organization: AuditedOrganization) => boolean) => organizations.filter(is).map(asExample);
  const twins = sharingKey(organizations, ({ account_id }) => account_id);
  return [
    ...finding("audit.account_id_shared", shared(twins)),
    ...finding(
      "audit.external_id_shared",
      shared(sharingKey(organizations, ({ external_account_id }) => external_account_id)),
    ),
    ...finding("audit.account_id_short", where(hasOtherSpelling)),
    ...finding("audit.external_id_short", where(hasShortExternalId)),
    ...finding(
      "audit.account_id_invalid",
      where((one) => one.id_text !== "" && one.account_id === null),
    ),
    ...finding(
      "audit.external_id_missing",
      where((one) => one.account_id !== null && one.external_account_id === null),
    ),
    ...finding(
      "audit.account_id_missing",
      where((one) => one.id_text === "" && one.external_account_id !== null),
    ),
    ...finding("audit.ids_differ", where(hasTwoAccounts)),
    ...finding("audit.name_contested", contestedNames(organizations, desired, twins)),
    ...finding(
      "audit.organization_unmanaged",
      where((one) => one.id_text === "" && one.external_account_id === null),
    ),
    // partner-sync works on global only (C1).
    ...(instance === "us-government"
      ? finding(
          "audit.organization_of_partner",
          where((one) => isPartnersOrganization(one, sources)),
        )
      : []),
    ...finding("audit.account_without_address", withoutAddress(desired)),
  ];
}

function asExample(organization: AuditedOrganization): AuditExample {
  const salesforce_id = organization.account_id ?? organization.external_account_id;
  return example({ salesforce_id, organization_ids: [organization.id] });
}

/** Organizations that one account has several of, under one of its two ids. */
function shared(groups: ReadonlyMap<string, AuditedOrganization[]>): AuditExample[] {
  return [...groups].map(([salesforce_id, group]) =>
    example({ salesforce_id, organization_ids: group.map(({ id }) => id).sort((one, other) => one - other) }),
  );
}

/** True if the field has the account's id in a form other than 18 characters in their correct case (G5). */
function hasOtherSpelling({ id_text, account_id }: AuditedOrganization): boolean {
  return account_id !== null && id_text !== account_id;
}

/** Case is not looked at: Zendesk ignores it in external ids. */
function hasShortExternalId({ external_id }: AuditedOrganization): boolean {
  const text = (external_id ?? "").trim();
  return text.length === 15 && toId18(text) !== null;
}

function hasTwoAccounts({ account_id: field, external_account_id: external }: AuditedOrganization): boolean {
  return field !== null && external !== null && field !== external;
}

/**
 * Accounts whose organization cannot get its name, and whoever has it or wants it too (C7).
 * @param twins accounts with several organizations: none of these is renamed
 */
function contestedNames(
  organizations: readonly AuditedOrganization[],
  desired: readonly AuditedDesired[],
  twins: ReadonlyMap<string, unknown>,
): AuditExample[] {
  const byAccount = new Map(organizations.map((one) => [one.account_id, one]));
  const created = new Set(organizations.map(({ external_account_id }) => external_account_id));
  const claims = desired.flatMap(({ salesforce_id, name, support_level }): NameClaim[] => {
    if (twins.has(salesforce_id)) return [];
    const own = byAccount.get(salesforce_id);
    if (own) return sameName(own.name, name) ? [] : [{ name, salesforce_id, id: own.id }];
    // None is created for an account whose support has expired (C2), or whose organization only lacks its salesforce_id.
    return support_level === "expired" || created.has(salesforce_id) ? [] : [{ name, salesforce_id, id: null }];
  });
  return [...nameConflicts(claims, organizations, [])].map(([{ salesforce_id, id }, { params }]) =>
    example({
      salesforce_id,
      organization_ids: [...(id === null ? [] : [id]), ...params.holder_ids, ...params.rival_organization_ids],
    }),
  );
}

/** Accounts with support and nobody who could ask for it (E14). */
function withoutAddress(desired: readonly AuditedDesired[]): AuditExample[] {
  return desired
    .filter(({ has_address, support_level }) => !has_address && support_level !== "expired")
    .map(({ salesforce_id }) => example({ salesforce_id }));
}
