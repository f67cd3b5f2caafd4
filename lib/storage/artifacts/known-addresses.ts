import * as v from "valibot";
import type { AddressState, KnownAddress } from "../../domain/plan-contacts.ts";
import { decodeReason, encodeReason, REASON_ENTRIES } from "./reason-record.ts";

/** One record of `zendesk_global_addresses.json`; only what is left alone has a reason. */
export const KnownAddressSchema = v.pipe(
  v.object({
    salesforce_id: v.string(),
    id: v.pipe(v.number(), v.safeInteger(), v.minValue(1)),
    email: v.string(),
    state: v.picklist(["there", "free", "left"]),
    reason: v.exactOptional(v.string()),
    ...REASON_ENTRIES,
  }),
  v.transform(({ state: is, reason = "", code, params, ...rest }): KnownAddress => {
    const state: AddressState = is === "left" ? { is, reason: decodeReason({ reason, code, params }) } : { is };
    return { ...rest, state };
  }),
);

/** A known address as its file holds it. */
export function encodeKnownAddress({ state, ...rest }: KnownAddress): unknown {
  return { ...rest, state: state.is, ...(state.is === "left" ? encodeReason(state.reason) : {}) };
}
