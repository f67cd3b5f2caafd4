import { sameName } from "../domain/equality.ts";
import type { InstanceName } from "../domain/instance.ts";
import { type NameClaim, nameConflicts } from "../domain/name-conflicts.ts";
import type { DesiredOrganization, Organization } from "../domain/organization.ts";
import {
  type AccountSources,
  accountIdOf,
  externalAccountIdOf,
  isPartnersOrganization,
  salesforceIdText,
} from "../domain/organization-scope.ts";
import { toId18 } from "../domain/salesforce-id.ts";
import type { AuditedInstance } from "./audit.ts";
import { type AuditExample, type AuditFinding, example, findingIn, type InstanceCode } from "./finding.ts";

/** What is wrong with ids and names of the organizations of one instance. */
export function organizationFindings(
  instance: InstanceName,
  { organizations, desired }: AuditedInstance,
  sources: AccountSources,
): AuditFinding[] {
  const finding = (code: InstanceCode, examples: AuditExample[]) => findingIn(code, instance, examples);
  const where = (is: (organization: Organization) => boolean) => organizations.filter(is).map(asExample);
  return [
    ...finding("audit.account_id_shared", shared(organizations, accountIdOf)),
    ...finding("audit.external_id_shared", shared(organizations, externalAccountIdOf)),
    ...finding("audit.account_id_short", where(hasOtherSpelling)),
    ...finding("audit.external_id_short", where(hasShortExternalId)),
    ...finding(
      "audit.account_id_invalid",
      where((one) => salesforceIdText(one) !== "" && accountIdOf(one) === null),
    ),
    ...finding(
      "audit.external_id_missing",
      where((one) => accountIdOf(one) !== null && externalAccountIdOf(one) === null),
    ),
    ...finding(
      "audit.account_id_missing",
      where((one) => salesforceIdText(one) === "" && externalAccountIdOf(one) !== null),
    ),
    ...finding("audit.ids_differ", where(hasTwoAccounts)),
    ...finding("audit.name_contested", contestedNames(organizations, desired)),
    ...finding(
      "audit.organization_unmanaged",
      where((one) => salesforceIdText(one) === "" && externalAccountIdOf(one) === null),
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

function asExample(organization: Organization): AuditExample {
  const salesforce_id = accountIdOf(organization) ?? externalAccountIdOf(organization);
  return example({ salesforce_id, organization_ids: [organization.id] });
}

/** Organizations that one account has several of, under one of its two ids. */
function shared(
  organizations: readonly Organization[],
  idOf: (organization: Organization) => string | null,
): AuditExample[] {
  return [...Map.groupBy(organizations, idOf)].flatMap(([salesforce_id, group]) =>
    salesforce_id === null || group.length < 2
      ? []
      : [example({ salesforce_id, organization_ids: group.map(({ id }) => id).sort((one, other) => one - other) })],
  );
}

/** Whether the field has the account's id in another form than 18 characters with their right case (G5). */
function hasOtherSpelling(organization: Organization): boolean {
  const id = accountIdOf(organization);
  return id !== null && salesforceIdText(organization) !== id;
}

/** Case is not looked at: Zendesk ignores it in external ids. */
function hasShortExternalId({ external_id }: Organization): boolean {
  const text = (external_id ?? "").trim();
  return text.length === 15 && toId18(text) !== null;
}

function hasTwoAccounts(organization: Organization): boolean {
  const [field, external] = [accountIdOf(organization), externalAccountIdOf(organization)];
  return field !== null && external !== null && field !== external;
}

/** Accounts whose organization cannot get its name, and whoever has it or wants it too (C7). */
function contestedNames(
  organizations: readonly Organization[],
  desired: readonly DesiredOrganization[],
): AuditExample[] {
  const byAccount = Map.groupBy(organizations, accountIdOf);
  const created = new Set(organizations.map(externalAccountIdOf));
  const claims = desired.flatMap(({ salesforce_id, name, organization_fields: fields }): NameClaim[] => {
    const [own, ...twins] = byAccount.get(toId18(salesforce_id)) ?? [];
    if (twins.length > 0) return [];
    if (own) return sameName(own.name, name) ? [] : [{ name, salesforce_id, id: own.id }];
    // None is created for an account whose support has expired (C2), or whose organization only lacks its salesforce_id.
    return fields.support_level === "expired" || created.has(toId18(salesforce_id))
      ? []
      : [{ name, salesforce_id, id: null }];
  });
  return [...nameConflicts(claims, organizations, [])].map(([{ salesforce_id, id }, { params }]) =>
    example({
      salesforce_id,
      organization_ids: [...(id === null ? [] : [id]), ...params.holder_ids, ...params.rival_organization_ids],
    }),
  );
}

/** Accounts with support and nobody who could ask for it (E14). */
function withoutAddress(desired: readonly DesiredOrganization[]): AuditExample[] {
  return desired
    .filter(
      ({ sold_tos, organization_fields: { support_level } }) => sold_tos.length === 0 && support_level !== "expired",
    )
    .map(({ salesforce_id }) => example({ salesforce_id }));
}
