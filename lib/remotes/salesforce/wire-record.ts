import * as v from "valibot";
import { toId18 } from "../../domain/salesforce-id.ts";
import type { SourceField } from "../../domain/source-field.ts";

/** A record as the REST API sends it: API field names, lookups as nested objects or null, `attributes.url`. */
export type WireRecord = Readonly<Record<string, unknown>>;

/** A value that was read, or why it could not be: the field, and what was expected there, never what was found. */
export type Reading<T> = { value: T } | { problem: string };

/** The value at a SOQL path (`Lookup__r.Name`); null behind an empty lookup, undefined where the answer has no such field. */
export function valueAt(record: WireRecord, path: string): unknown {
  let value: unknown = record;
  for (const step of path.split(".")) {
    if (value === null) return null;
    if (!isRecord(value)) return undefined;
    value = value[step];
  }
  return value;
}

/** Reads one attribute of a record. */
export function readField<T>(record: WireRecord, field: SourceField<T>): Reading<T> {
  const values = field.fields.map((path) => valueAt(record, path));
  const missing = values.indexOf(undefined);
  if (missing !== -1) return { problem: `${field.fields[missing]}: is missing from the response` };
  const read = v.safeParse(field.wire, values, { abortEarly: true });
  if (read.success) return { value: read.output };
  const [issue] = read.issues;
  const position = Number(issue.path?.[0]?.key ?? 0);
  return { problem: `${field.fields[position] ?? field.fields.join(", ")}: expected ${expectation(issue)}` };
}

/** Reads several attributes of a record, or says what was wrong with the first that could not be read. */
export function readFields<T extends object>(
  record: WireRecord,
  fields: { [Name in keyof T]: SourceField<T[Name]> },
): Reading<T> {
  const values: Partial<T> = {};
  for (const name of Object.keys(fields) as (keyof T)[]) {
    const reading = readField(record, fields[name]);
    if ("problem" in reading) return reading;
    values[name] = reading.value;
  }
  return { value: values as T };
}

/** The id in a record's own address (`attributes.url`), which is there although the query did not ask for it. */
export function idInUrl(record: WireRecord): string | null {
  const url = valueAt(record, "attributes.url");
  return typeof url === "string" ? toId18(url.slice(url.lastIndexOf("/") + 1)) : null;
}

/** True if the value is a JSON object: neither null nor an array. */
export function isRecord(value: unknown): value is WireRecord {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function expectation(issue: v.BaseIssue<unknown>): string {
  if (issue.type === "check") return "a day (YYYY-MM-DD)";
  if (issue.type === "non_empty") return "some text";
  return issue.expected ?? "another value";
}
