import { toId18 } from "../../domain/salesforce-id.ts";
import type { SalesforceContact, UnreadableRecord } from "./ports.ts";
import { CONTACT_FIELDS } from "./queries.ts";
import { valueAt, type WireRecord } from "./wire-record.ts";

const [NAME, EMAIL, ACCOUNT] = CONTACT_FIELDS;

/** Maps a wire record to a contact (U3): account in 18-character form, address in lower case. Pure. */
export function mapContact(record: WireRecord): { contact: SalesforceContact } | { unreadable: UnreadableRecord } {
  const account = filledText(record, ACCOUNT);
  const salesforceId = account === null ? null : toId18(account);
  const problem = (field: string, expected: string) => ({
    unreadable: { salesforce_id: salesforceId, reason: `${field}: expected ${expected}` },
  });
  const name = filledText(record, NAME);
  const email = filledText(record, EMAIL);
  if (salesforceId === null) return problem(ACCOUNT, "a Salesforce id");
  if (name === null) return problem(NAME, "some text");
  if (email === null) return problem(EMAIL, "some text");
  return { contact: { salesforce_id: salesforceId, name, email: email.toLowerCase() } };
}

function filledText(record: WireRecord, path: string): string | null {
  const value = valueAt(record, path);
  return typeof value === "string" && value.trim() !== "" ? value.trim() : null;
}
