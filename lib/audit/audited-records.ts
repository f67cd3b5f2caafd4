import type { Account } from "../domain/account.ts";
import type { DesiredOrganization, Organization, PartnerAccount } from "../domain/organization.ts";
import type { FieldValue } from "../domain/organization-field.ts";
import { externalAccountIdOf, salesforceIdText } from "../domain/organization-scope.ts";
import { toId18 } from "../domain/salesforce-id.ts";

/*
 * Of each record what an audit looks at, and no more: a hundred thousand accounts with their charges are not held for their ids, and each
 * id is worked out once, however many checks ask for it.
 */

/** An account or a partner; the id in 18 characters where it is one. */
export interface AuditedAccount {
  salesforce_id: string;
  name: string;
}

/** The fields of organizations that some check looks at. */
const FIELDS = ["salesforce_id", "account_type", "mark_for_deletion", "ignore_deletion", "migrating"] as const;

export interface AuditedOrganization extends Pick<Organization, "id" | "name" | "external_id"> {
  organization_fields: { [Field in (typeof FIELDS)[number]]?: FieldValue };
  /** As `salesforceIdText`. */
  id_text: string;
  /** As `accountIdOf`. */
  account_id: string | null;
  /** As `externalAccountIdOf`. */
  external_account_id: string | null;
}

/** An organization that `process` wants; the id has 18 characters if it is a valid one. */
export interface AuditedDesired {
  salesforce_id: string;
  name: string;
  support_level: FieldValue;
  /** True if anybody could ask for support (E14). */
  has_address: boolean;
}

export function auditedAccount({ salesforce_id, name }: Account | PartnerAccount): AuditedAccount {
  return { salesforce_id: toId18(salesforce_id) ?? salesforce_id, name };
}

export function auditedOrganization(organization: Organization): AuditedOrganization {
  const { id, name, external_id, organization_fields: all } = organization;
  const organization_fields: AuditedOrganization["organization_fields"] = {};
  for (const field of FIELDS) {
    const value = all[field];
    if (value !== undefined) organization_fields[field] = value;
  }
  const id_text = salesforceIdText(organization);
  return {
    id,
    name,
    external_id,
    organization_fields,
    id_text,
    account_id: toId18(id_text),
    external_account_id: externalAccountIdOf(organization),
  };
}

export function auditedDesired({
  salesforce_id,
  name,
  organization_fields: { support_level = null },
  sold_tos,
}: DesiredOrganization): AuditedDesired {
  return {
    salesforce_id: toId18(salesforce_id) ?? salesforce_id,
    name,
    support_level,
    has_address: sold_tos.length > 0,
  };
}

/** Records that share a key with another one, by that key: no list is made of the many that share none. Pure. */
export function sharingKey<T>(records: readonly T[], keyOf: (record: T) => string | null): Map<string, T[]> {
  const once = new Set<string>();
  const shared = new Set<string>();
  for (const record of records) {
    const key = keyOf(record);
    if (key === null) continue;
    const { size } = once;
    if (once.add(key).size === size) shared.add(key);
  }
  const groups = new Map<string, T[]>();
  if (shared.size === 0) return groups;
  for (const record of records) {
    const key = keyOf(record);
    if (key === null || !shared.has(key)) continue;
    const group = groups.get(key);
    if (group) group.push(record);
    else groups.set(key, [record]);
  }
  return groups;
}
