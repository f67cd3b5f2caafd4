import type { Account, Charge, Subscription } from "../../domain/account.ts";
import { ATTRIBUTES } from "../../domain/attributes.ts";
import { toId18 } from "../../domain/salesforce-id.ts";
import type { SourceField } from "../../domain/source-field.ts";
import { CHARGES, SUBSCRIPTIONS } from "./child-lists.ts";
import type { UnreadableRecord } from "./ports.ts";
import { ACCOUNT_ID, type Attributes } from "./queries.ts";
import { idInUrl, type Reading, readField, readFields, valueAt, type WireRecord } from "./wire-record.ts";

/**
 * Maps a complete wire record to an account (A2), each attribute as `ATTRIBUTES` says; children sorted by id. Pure.
 * A record of which anything cannot be read is `unreadable` as a whole: half an account could take support away.
 */
export function mapAccount(
  record: WireRecord,
  attributes: Attributes = ATTRIBUTES as Attributes,
): { account: Account } | { unreadable: UnreadableRecord } {
  const salesforceId = accountId(record);
  if ("problem" in salesforceId) return unreadable(record, salesforceId.problem);
  const values: Record<string, unknown> = { salesforce_id: salesforceId.value };
  for (const [name, attribute] of Object.entries(attributes)) {
    const reading = readField(record, attribute.from);
    if ("problem" in reading) return unreadable(record, reading.problem);
    values[name] = reading.value;
  }
  const subs = readChildren<Subscription>(record, SUBSCRIPTIONS);
  if ("problem" in subs) return unreadable(record, subs.problem);
  const charges = readChildren<Charge>(record, CHARGES);
  if ("problem" in charges) return unreadable(record, charges.problem);
  return { account: { ...values, subs: subs.value, charges: charges.value } as Account };
}

/** The account's own id, in 18-character form. */
export function accountId(record: WireRecord): Reading<string> {
  const text = valueAt(record, ACCOUNT_ID);
  const id = typeof text === "string" ? toId18(text) : null;
  return id === null ? { problem: `${ACCOUNT_ID}: expected a Salesforce id` } : { value: id };
}

/** Returns the entry for an account record that could not be read: its id, if it has one, and the reason. */
export function unreadable(record: WireRecord, reason: string): { unreadable: UnreadableRecord } {
  const id = accountId(record);
  return { unreadable: { salesforce_id: "value" in id ? id.value : idInUrl(record), reason } };
}

function readChildren<T extends { id: string }>(
  record: WireRecord,
  child: { list: string; fields: { [Name in keyof T]: SourceField<T[Name]> } },
): Reading<T[]> {
  const children: T[] = [];
  const problems: string[] = [];
  for (const one of childRecords(record, child.list)) {
    const reading = readFields<T>(one, child.fields);
    if ("problem" in reading) problems.push(`${child.list} ${idInUrl(one) ?? "(without id)"}, ${reading.problem}`);
    else children.push(reading.value);
  }
  // Children come in any order; what is told of them must not depend on it.
  const [problem] = problems.sort();
  if (problem !== undefined) return { problem };
  return { value: children.sort((one, other) => (one.id < other.id ? -1 : one.id > other.id ? 1 : 0)) };
}

/** The children of a record whose lists were completed; an account without children has null there. */
function childRecords(record: WireRecord, list: string): WireRecord[] {
  const found = valueAt(record, `${list}.records`);
  return Array.isArray(found) ? found : [];
}
