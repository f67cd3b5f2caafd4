import * as v from "valibot";
import {
  AGENT_FIELDS,
  ATTRIBUTES,
  type Attribute,
  COMPUTED_FIELDS,
  IDENTITY_FIELDS,
  READ_ONLY_FIELDS,
} from "./attributes.ts";
import { SoldToSchema } from "./contact-address.ts";
import type { Decision } from "./decision.ts";
import type { InstanceName } from "./instance.ts";
import type { FieldPlace, FieldPlaces, FieldValue } from "./organization-field.ts";
import { toShortId } from "./salesforce-id.ts";
import { comparableValue } from "./value-equality.ts";

const [Text, Decimal, Checkbox, Nothing] = [v.string(), v.pipe(v.number(), v.finite()), v.boolean(), v.null()];
const AnyFieldValue = v.union([Text, Decimal, Checkbox, Nothing]);

/**
 * What the Zendesk API may answer for an organization field. JSON can spell numbers that are infinite (`1e999`), but not write them.
 * The schema is chosen by the value: a union words a complaint for each of its schemas that a value does not fit, and there are millions
 * of values.
 */
export const FieldValueSchema = v.lazy<typeof AnyFieldValue>(fieldValueSchemaOf as () => typeof AnyFieldValue);

function fieldValueSchemaOf(value: unknown) {
  if (typeof value === "string") return Text;
  if (value === null) return Nothing;
  if (typeof value === "boolean") return Checkbox;
  return typeof value === "number" ? Decimal : AnyFieldValue;
}

/** An organization as Zendesk has it: one record of `zendesk_global.json` or `zendesk_usgov.json` (O1). */
export const OrganizationSchema = v.object({
  id: v.pipe(v.number(), v.safeInteger(), v.minValue(1)),
  name: v.string(),
  external_id: v.nullable(v.string()),
  created_at: v.string(),
  updated_at: v.string(),
  organization_fields: v.record(v.string(), FieldValueSchema),
});
export type Organization = v.InferOutput<typeof OrganizationSchema>;

/** An organization as it should be: one record of `global_accounts.json` or `usgov_accounts.json`. */
export const DesiredOrganizationSchema = v.object({
  salesforce_id: v.string(),
  name: v.string(),
  organization_fields: v.record(v.string(), FieldValueSchema),
  sold_tos: v.array(SoldToSchema),
  usgov_fedramp: v.exactOptional(v.boolean()),
});
export type DesiredOrganization = v.InferOutput<typeof DesiredOrganizationSchema>;

/** A partner, in processed form: one record of `partner_accounts.json`, keys as in P3. */
export const PartnerAccountSchema = v.objectWithRest(
  {
    salesforce_id: v.string(),
    name: v.string(),
    account_type: v.nullable(v.picklist(["open_partner", "select_partner", "alliance_partner"])),
  },
  FieldValueSchema,
);
export type PartnerAccount = {
  salesforce_id: string;
  name: string;
  account_type: "open_partner" | "select_partner" | "alliance_partner" | null;
} & {
  [key: string]: FieldValue;
};

/** The `account_type`s that make an organization a partner's. */
export const PARTNER_ACCOUNT_TYPES: readonly string[] = ["open_partner", "select_partner", "alliance_partner"];

const attributes = Object.values(ATTRIBUTES) as Attribute[];

/** The organization fields that `sync` owns in an instance: what is compared and written for customers. */
export function syncedFields(instance: InstanceName): FieldPlace[] {
  return placesIn(instance, [
    ...Object.values(IDENTITY_FIELDS),
    ...attributes.map((one) => one.to ?? {}),
    ...COMPUTED_FIELDS.map((one) => one.to),
  ]);
}

/** The organization fields that partner-sync compares and writes (P3); partners live in global only. */
export function partnerFields(): FieldPlace[] {
  return placesIn("global", [
    ...Object.values(IDENTITY_FIELDS),
    ...attributes.filter((one) => one.partner).map((one) => one.to ?? {}),
  ]);
}

/** The organization fields that are read and never written. */
export function readOnlyFields(instance: InstanceName): FieldPlace[] {
  return placesIn(instance, READ_ONLY_FIELDS);
}

/** The organization fields that belong to agents. */
export function agentFields(instance: InstanceName): FieldPlace[] {
  return placesIn(instance, AGENT_FIELDS);
}

/** The organization fields of an account in an instance, under the instance's own keys (E10–E12, organization-fields.md). */
export function customerFields(decision: Decision): Record<string, FieldValue> {
  const { account, instance } = decision;
  const fields = identityFields(
    account.salesforce_id,
    decision.support_level === "expired" ? "former_customer" : "customer",
  );
  for (const [name, attribute] of Object.entries(ATTRIBUTES) as [keyof typeof ATTRIBUTES, Attribute][]) {
    const place = attribute.to?.[instance];
    if (place) fields[place.key] = attribute.as ? attribute.as(account[name], decision) : (account[name] as FieldValue);
  }
  for (const computed of COMPUTED_FIELDS) {
    const place = computed.to[instance];
    if (place) fields[place.key] = computed.value(decision);
  }
  return fields;
}

/** A partner's organization as it should be (P3). */
export function partnerOrganization(partner: PartnerAccount): DesiredOrganization {
  const fields = identityFields(partner.salesforce_id, partner.account_type);
  for (const { key } of partnerFields()) if (!(key in fields)) fields[key] = partner[key] ?? null;
  return { salesforce_id: partner.salesforce_id, name: partner.name, organization_fields: fields, sold_tos: [] };
}

function identityFields(salesforceId: string, accountType: string | null): Record<string, FieldValue> {
  return {
    salesforce_id: salesforceId,
    sfdc_short_id: toShortId(salesforceId),
    account_type: accountType,
    mark_for_deletion: false,
  };
}

function placesIn(instance: InstanceName, places: readonly FieldPlaces[]): FieldPlace[] {
  return places.flatMap((place) => place[instance] ?? []);
}

/** True if the value of an organization's `account_type` field is one of the partner types. */
export function isPartnerType(type: FieldValue | undefined): boolean {
  return PARTNER_ACCOUNT_TYPES.includes(String(comparableValue("dropdown", type)));
}
