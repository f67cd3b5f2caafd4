import type { InstanceName } from "./instance.ts";

/** The types of organization fields in use; equality (C6) and `doctor` go by them. */
export type FieldType = "text" | "checkbox" | "decimal" | "integer" | "dropdown" | "date";

/** A value as zdsync computes it; Zendesk's own spellings differ (see value-equality.ts). */
export type FieldValue = string | number | boolean | null;

/** Key and type of the field that holds an attribute in one instance. */
export interface FieldPlace {
  key: string;
  type: FieldType;
}

/** The field that holds an attribute, by instance; an instance that is missing has no such field. */
export type FieldPlaces = Partial<Record<InstanceName, FieldPlace>>;

/** The same key and type in both instances. */
export function both(type: FieldType, key: string): FieldPlaces {
  return { global: { key, type }, "us-government": { key, type } };
}

/** A field that only global has. */
export function global(type: FieldType, key: string): FieldPlaces {
  return { global: { key, type } };
}

/** A field that only us-government has. */
export function usGovernment(type: FieldType, key: string): FieldPlaces {
  return { "us-government": { key, type } };
}
