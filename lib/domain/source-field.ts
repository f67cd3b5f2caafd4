import * as v from "valibot";

/**
 * How an account attribute is read from a Salesforce record.
 * `fields` are SOQL paths (`Lookup__r.Name` through a lookup that may be null); `wire` turns their values, in that order, into
 * the attribute; `artifact` is what the attribute looks like in `salesforce_accounts.json`.
 */
export interface SourceField<T> {
  fields: readonly string[];
  wire: v.GenericSchema<unknown[], T>;
  artifact: v.GenericSchema<unknown, T>;
}

const optionalText = v.nullable(v.string());
const textOrNull = (value: string | null) => (value === null || value.trim() === "" ? null : value.trim());

/** Text, trimmed; null where empty. */
export function text(field: string): SourceField<string | null> {
  return {
    fields: [field],
    wire: v.pipe(
      v.tuple([optionalText]),
      v.transform(([value]) => textOrNull(value)),
    ),
    artifact: optionalText,
  };
}

/** Text that must be there, trimmed. */
export function requiredText(field: string): SourceField<string> {
  const filled = v.pipe(v.string(), v.trim(), v.nonEmpty());
  return {
    fields: [field],
    wire: v.pipe(
      v.tuple([filled]),
      v.transform(([value]) => value),
    ),
    artifact: filled,
  };
}

/** Text in lower case, or `missing` where empty. */
export function lowerCase(field: string, missing: string): SourceField<string> {
  const read = v.transform(([value]: [string | null]) => textOrNull(value)?.toLowerCase() ?? missing);
  return { fields: [field], wire: v.pipe(v.tuple([optionalText]), read), artifact: v.string() };
}

/** A finite number; null is 0. */
export function number(field: string): SourceField<number> {
  const finite = v.pipe(v.number(), v.finite());
  const read = v.transform(([value]: [number | null]) => value ?? 0);
  return { fields: [field], wire: v.pipe(v.tuple([v.nullable(finite)]), read), artifact: finite };
}

/** A checkbox; null is false. */
export function boolean(field: string): SourceField<boolean> {
  const read = v.transform(([value]: [boolean | null]) => value ?? false);
  return { fields: [field], wire: v.pipe(v.tuple([v.nullable(v.boolean())]), read), artifact: v.boolean() };
}

/** True only where the field says exactly this. */
export function isExactly(field: string, value: string): SourceField<boolean> {
  const read = v.transform(([found]: [string | null]) => found === value);
  return { fields: [field], wire: v.pipe(v.tuple([optionalText]), read), artifact: v.boolean() };
}

/** The first of two fields whose value is in the list; else null. */
export function firstOf<const Value extends string>(
  fields: readonly [string, string],
  allowed: readonly Value[],
): SourceField<Value | null> {
  const read = v.transform((values: [string | null, string | null]) => {
    for (const value of values) {
      const match = allowed.find((candidate) => candidate === value);
      if (match !== undefined) return match;
    }
    return null;
  });
  return {
    fields,
    wire: v.pipe(v.tuple([optionalText, optionalText]), read),
    artifact: v.nullable(v.picklist(allowed)),
  };
}

/** One of a few values that must be there. */
export function oneOf<const Value extends string>(field: string, allowed: readonly Value[]): SourceField<Value> {
  const value = v.picklist(allowed);
  return {
    fields: [field],
    wire: v.pipe(
      v.tuple([value]),
      v.transform(([found]) => found),
    ),
    artifact: value,
  };
}
