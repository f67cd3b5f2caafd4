import * as v from "valibot";
import { REASONS, type Reason, type ReasonCode, reason } from "../../domain/reason.ts";
import { reasonText } from "../../reasons/reason-text.ts";
import { legacyReason } from "./legacy-reason.ts";

/** A reason as files keep it: the sentence for people and other tools, and code and parameters for zdsync. */
export interface ReasonRecord {
  reason: string;
  code: string;
  params: Record<string, unknown>;
}

/** The entries of a record that keeps a reason; without a code it is of the version before codes. */
export const REASON_ENTRIES = {
  code: v.exactOptional(v.string()),
  params: v.exactOptional(v.record(v.string(), v.unknown())),
};

/** A reason as files keep it. */
export function encodeReason(given: Reason): ReasonRecord {
  return { reason: reasonText(given), code: given.code, params: given.params };
}

/**
 * A reason as it was kept. The sentence is looked at only where there is no code; one with a code or parameters that this
 * version does not know (a newer one wrote it) is kept as its sentence.
 */
export function decodeReason({
  reason: text,
  code,
  params = {},
}: {
  reason: string;
  code?: string | undefined;
  params?: Record<string, unknown> | undefined;
}): Reason {
  if (code === undefined) return legacyReason(text);
  const known = Object.hasOwn(REASONS, code) ? v.safeParse(REASONS[code as ReasonCode], params) : null;
  return known?.success ? ({ code, params: known.output } as Reason) : reason("legacy.text", { text });
}
