import type { FieldType } from "./organization-field.ts";

/** The meaning of a field's value, however it is spelled: two values are equal when their meanings are identical. */
export type ComparableValue = string | number | boolean | null;

/** The way each type of field is read (C6). A new type does not compile until someone says here what its values mean. */
const COMPARABLE = {
  text: textOf,
  dropdown: textOf,
  checkbox: truthOf,
  decimal: numberOf,
  integer: numberOf,
  date: dayOf,
} satisfies Record<FieldType, (value: unknown) => ComparableValue>;

/** The meaning of a value as zdsync computes it or as Zendesk spells it (C6). */
export function comparableValue(type: FieldType, value: unknown): ComparableValue {
  return COMPARABLE[type](value);
}

/**
 * Whether two values of a field mean the same (C6): null checkbox = false; null or empty text = null; null number = 0 and
 * `"0.0"` = 0; dates as days, `2018-11-04T00:00:00+00:00` included; drop-downs by tag; blanks around a text do not count.
 */
export function sameValue(type: FieldType, one: unknown, other: unknown): boolean {
  return one === other || comparableValue(type, one) === comparableValue(type, other);
}

/** True if two names are the same text after trimming (C3). */
export function sameName(one: string, other: string): boolean {
  return one === other || textOf(one) === textOf(other);
}

/** Returns the key that must be unique among the names of an instance: Zendesk trims names and ignores their case (C7). */
export function nameKey(name: string): string {
  return name.trim().toLowerCase().normalize();
}

function textOf(value: unknown): string | null {
  if (value === null || value === undefined) return null;
  return String(value).trim().normalize() || null;
}

function truthOf(value: unknown): boolean | string {
  const text = textOf(value);
  if (text === "true") return true;
  return text === null || text === "false" ? false : text;
}

function numberOf(value: unknown): number | string {
  const text = textOf(value);
  const number = Number(text);
  return text !== null && Number.isNaN(number) ? text : number;
}

function dayOf(value: unknown): string | null {
  const text = textOf(value);
  return text?.match(/^(\d{4}-\d{2}-\d{2})T/)?.[1] ?? text;
}
