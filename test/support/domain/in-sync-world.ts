import type { CustomersInput } from "../../../lib/domain/compare-customers.ts";
import type { PartnersInput } from "../../../lib/domain/compare-partners.ts";
import type { InstanceName } from "../../../lib/domain/instance.ts";
import {
  agentFields,
  type DesiredOrganization,
  type Organization,
  type PartnerAccount,
  partnerFields,
  partnerOrganization,
  readOnlyFields,
  syncedFields,
} from "../../../lib/domain/organization.ts";
import type { FieldType, FieldValue } from "../../../lib/domain/organization-field.ts";
import { toId18, toShortId } from "../../../lib/domain/salesforce-id.ts";

/** All that both comparisons of organizations need. Tests change one thing on one side. */
export type World = Mutable<CustomersInput> &
  Mutable<PartnersInput> & {
    desired: DesiredOrganization[];
    organizations: Organization[];
    partners: PartnerAccount[];
    partnerIds: Set<string>;
    accountIds: Set<string>;
    unclearAccounts: Set<string>;
    protectedIds: Set<string>;
    excludedAccountIds: Set<string>;
  };
type Mutable<T> = { -readonly [Key in keyof T]: T[Key] };

type Fields = Record<string, FieldValue>;

const VALUE_BY_TYPE: Record<FieldType, FieldValue> = {
  text: "Ann Owner",
  dropdown: "amer",
  checkbox: false,
  decimal: 12000.5,
  integer: 25,
  date: null,
};

/** The 18-character id of the n-th invented account. */
export function accountId(n: number): string {
  const id = toId18(`0014M00001kA${String(n).padStart(3, "0")}`);
  if (id === null) throw new RangeError(`accountId: ${n} does not fit three digits`);
  return id;
}

/** A customer's organization as `process` would want it. */
export function desiredOrganization(
  n: number,
  instance: InstanceName = "global",
  fields: Fields = {},
): DesiredOrganization {
  const synced = Object.fromEntries(syncedFields(instance).map(({ key, type }) => [key, VALUE_BY_TYPE[type]]));
  const own = identity(n, { account_type: "customer", support_level: "premium", expiration_date: "2027-01-31" });
  return {
    salesforce_id: accountId(n),
    name: `Customer ${n}`,
    organization_fields: { ...synced, ...own, ...fields },
    sold_tos: [],
  };
}

/** A partner, in processed form. */
export function partnerAccount(n: number): PartnerAccount {
  const kept = Object.fromEntries(partnerFields().map(({ key, type }) => [key, VALUE_BY_TYPE[type]]));
  const own = { ...identity(n, {}), salesforce_id: accountId(n), name: `Partner ${n}` };
  return { ...kept, ...own, account_type: "open_partner" };
}

/** An organization that is exactly what is wanted, with the fields that are not ours to write beside it. */
export function organization(id: number, desired: DesiredOrganization, fields: Fields = {}): Organization {
  const others = [...readOnlyFields("global"), ...agentFields("global")].map(({ key }) => [key, null]);
  return {
    id,
    name: desired.name,
    external_id: desired.salesforce_id,
    created_at: "2026-01-02T00:00:00Z",
    updated_at: "2026-01-02T00:00:00Z",
    organization_fields: { ...Object.fromEntries(others), ...desired.organization_fields, ...fields },
  };
}

/** Organizations 1… of customers 1…, and in global 101… of partners 101…, all as they should be: nothing to do. */
export function inSyncWorld(instance: InstanceName = "global", size = 3): World {
  const numbers = Array.from({ length: size }, (_, index) => index + 1);
  const desired = numbers.map((n) => desiredOrganization(n, instance));
  const partners = instance === "global" ? numbers.map((n) => partnerAccount(100 + n)) : [];
  return {
    instance,
    desired,
    partners,
    organizations: [
      ...desired.map((one, index) => organization(index + 1, one)),
      ...partners.map((one, index) => organization(101 + index, partnerOrganization(one))),
    ],
    accountIds: new Set(desired.map((one) => one.salesforce_id)),
    partnerIds: new Set(partners.map((one) => one.salesforce_id)),
    unclearAccounts: new Set(),
    withholdMarks: false,
    protectedIds: new Set(),
    excludedAccountIds: new Set(),
    unmanagedOrganizations: "keep",
    takenNames: [],
  };
}

function identity(n: number, fields: Fields): Fields {
  const id = accountId(n);
  return { salesforce_id: id, sfdc_short_id: toShortId(id), mark_for_deletion: false, ...fields };
}
