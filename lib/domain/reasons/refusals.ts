import * as v from "valibot";
import { comparison, count, effect, fields, flag, instance, place, word } from "./params.ts";

/** Why nothing is written at all (exit 4): limits, hand-overs, another run's lock. */
export const REFUSAL_REASONS = {
  "limit.exceeded": v.object({
    comparison,
    effect,
    count,
    /** Existing records of the comparison. */
    existing: count,
    limit: count,
    /** Null unless the limit is a share. */
    percent: v.nullable(count),
    /** True if a person raised the limit for this run. */
    raised: flag,
  }),
  "count.unconfirmed": v.object({ comparison, effect, count, confirmed: count }),
  "run.held_back": v.object({ comparisons: v.array(comparison) }),
  "digest.unexpected": v.object({ comparison, digest: word, expected: v.array(word) }),
  /** The run as a whole; `differ`: which comparisons, where what was reviewed is still known. */
  "digest.run_unexpected": v.object({ digest: word, expected: v.array(word), differ: v.array(comparison) }),
  "undo.digest_unexpected": v.object({ digest: word, expected: v.array(word) }),
  "changes.too_old": v.object({ comparison, minutes: count, allowed_minutes: count }),
  "changes.unvouched": v.object({ comparison, digest: word }),
  "changes.altered": v.object({ comparison }),
  "changes.without_contacts": v.object({ comparison, file: place }),
  /** Change files ask for what their comparison, made once more, would not do (S3). */
  "changes.against_rules": v.object({
    comparison,
    rule: v.picklist([
      "not_read",
      "other_account",
      "before_differs",
      "field_not_ours",
      "mark_in_update",
      "create_not_due",
      "update_not_due",
      "mark_not_due",
    ]),
    count,
    /** The first of them: organizations by id, accounts where they are to be created. */
    records: v.array(word),
    fields,
    /** Codes of why the comparison leaves these alone, where it says so. */
    because: v.array(word),
  }),
  /** The organizations that were read are far more, or far fewer, than Zendesk counts. */
  "reading.count_differs": v.object({ instance, read: count, counted: count }),
  "artifact.altered": v.object({ file: place }),
  "artifact.other_version": v.object({ file: place, version: count, supported: count }),
  "inputs.of_different_runs": v.object({ file: place, run_id: word, other_file: place, other_run_id: word }),
  "inputs.of_different_days": v.object({ file: place, today: word, other_file: place, other_today: word }),
  "changes.of_another_run": v.object({ comparison, run_id: word, file: place, file_run_id: word }),
  "changes.inputs_replaced": v.object({ comparison, file: place }),
  "handover.altered": v.object({ file: place, job: word }),
  "handover.of_different_runs": v.object({ job: word, run_id: word, other_job: word, other_run_id: word }),
  "instance.host_unexpected": v.object({ setting: place, host: word, expected: word }),
  "lock.held": v.object({ directory: place, command: word, run_id: word, host: word, pid: count, since: word }),
  "lock.held_by_unknown": v.object({ directory: place }),
  "lock.contested": v.object({ directory: place }),
} as const;
