import * as v from "valibot";
import type { Note } from "../../domain/changeset.ts";
import { decodeReason, REASON_ENTRIES } from "./reason-record.ts";

/** One record of a notes file. */
export const NoteSchema = v.pipe(
  v.object({
    rule: v.string(),
    salesforce_id: v.nullable(v.string()),
    id: v.nullable(v.pipe(v.number(), v.finite())),
    reason: v.string(),
    ...REASON_ENTRIES,
  }),
  v.transform(
    ({ reason, code, params, ...rest }): Note => ({ ...rest, reason: decodeReason({ reason, code, params }) }),
  ),
);
