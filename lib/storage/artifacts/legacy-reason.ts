import { type Reason, reason } from "../../domain/reason.ts";

/*
 * The only place that looks at sentences. Files of the version before codes (until 2026-11) hold nothing else, and are read for as
 * long as histories are kept (`history_days`). What code decides by is mapped; everything else is carried along to be shown.
 */

const UNEXPIRED = "unexpired, support may be missing";
const UNKNOWN_CHARGE = new RegExp(
  `^unknown charge name (".*") \\((${UNEXPIRED}|expired)\\); add it to plans.yml$`,
  "s",
);

/** The reason that a sentence of the version before codes stands for. Pure. */
export function legacyReason(text: string): Reason {
  if (text === "created") return reason("contact.created");
  if (text === "associated") return reason("contact.associated");
  const [, quoted, state] = UNKNOWN_CHARGE.exec(text) ?? [];
  if (quoted !== undefined)
    return reason("charge.unknown", {
      charge_name: unquoted(quoted),
      unexpired: state === UNEXPIRED,
      nearest: null,
      hurts: state === UNEXPIRED,
    });
  return reason("legacy.text", { text });
}

/** A name as it was before it was quoted; records that somebody edited may hold none. */
function unquoted(text: string): string {
  try {
    return String(JSON.parse(text));
  } catch {
    return text;
  }
}
