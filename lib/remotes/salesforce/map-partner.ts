import { ATTRIBUTES } from "../../domain/attributes.ts";
import type { PartnerAccount } from "../../domain/organization.ts";
import type { FieldValue } from "../../domain/organization-field.ts";
import { text } from "../../domain/source-field.ts";
import { accountId, unreadable } from "./map-account.ts";
import type { UnreadableRecord } from "./ports.ts";
import type { Attributes } from "./queries.ts";
import { readField, type WireRecord } from "./wire-record.ts";

const TRACK = text("Partner_Track__c");

/**
 * Maps a wire record to a partner in processed form (P2): the attributes flagged `partner`, under the keys of the global
 * organization fields they fill. `allianceAccountId` is the configured one in 18-character form. Pure.
 */
export function mapPartner(
  record: WireRecord,
  allianceAccountId: string | null,
  attributes: Attributes = ATTRIBUTES as Attributes,
): { partner: PartnerAccount } | { unreadable: UnreadableRecord } {
  const salesforceId = accountId(record);
  if ("problem" in salesforceId) return unreadable(record, salesforceId.problem);
  const track = readField(record, TRACK);
  if ("problem" in track) return unreadable(record, track.problem);
  const values: Record<string, FieldValue> = {};
  for (const [name, attribute] of Object.entries(attributes)) {
    if (!attribute.partner) continue;
    const reading = readField(record, attribute.from);
    if ("problem" in reading) return unreadable(record, reading.problem);
    values[attribute.to?.global?.key ?? name] = reading.value as FieldValue;
  }
  const { name, ...fields } = values;
  const accountType = salesforceId.value === allianceAccountId ? "alliance_partner" : partnerType(track.value);
  const partner = { salesforce_id: salesforceId.value, name, account_type: accountType, ...fields };
  return { partner: partner as PartnerAccount };
}

/** `Open` and `Select` have a type (P2). Salesforce compares text without regard to case, so its filter lets `open` through. */
function partnerType(track: string | null): PartnerAccount["account_type"] {
  if (track?.toLowerCase() === "open") return "open_partner";
  return track?.toLowerCase() === "select" ? "select_partner" : null;
}
