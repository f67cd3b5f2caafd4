import * as v from "valibot";

/** `RunRecordSchema` of version 0.1.0 (lib/runs/run-record.ts at 4d37f09), with its lists written out: what that version's bot reads. */
const COMPARISONS = ["global", "usgov", "partner", "usgov_user"] as const;
const INSTANCES = ["global", "us-government"] as const;
const EFFECTS = ["creates", "marks", "updates", "downgrades", "marked_total"] as const;
const RUN_ID = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/;

const Count = v.pipe(v.number(), v.safeInteger(), v.minValue(0));
const Moment = v.pipe(v.string(), v.isoTimestamp());
const Counts = v.object({ applied: Count, failed: Count, skipped: Count });

const StepSchema = v.object({
  stage: v.string(),
  instance: v.nullable(v.picklist(INSTANCES)),
  state: v.picklist(["running", "done", "refused", "failed"]),
  at: Moment,
});

const ComparisonSchema = v.object({
  name: v.picklist(COMPARISONS),
  existing: Count,
  planned: v.object({ creates: Count, updates: Count, marks: Count }),
  measures: v.array(
    v.object({ effect: v.picklist(EFFECTS), count: Count, limit: v.nullable(v.number()), exceeded: v.boolean() }),
  ),
  refused: v.nullable(v.string()),
  unconfirmed: v.array(v.object({ effect: v.string(), count: Count, confirmed: Count })),
  results: v.nullable(v.object({ create: Counts, update: Counts, mark: Counts, contact: Counts })),
});

export const RunRecordSchema = v.object({
  schema: v.literal(1),
  run_id: v.pipe(v.string(), v.regex(RUN_ID)),
  command: v.string(),
  dry_run: v.boolean(),
  instances: v.array(v.picklist(INSTANCES)),
  host: v.string(),
  pid: v.nullable(v.number()),
  started_at: Moment,
  ended_at: v.nullable(Moment),
  exit: v.nullable(v.picklist([0, 1, 2, 3, 4, 5])),
  steps: v.array(StepSchema),
  comparisons: v.array(ComparisonSchema),
  failures: v.array(v.object({ where: v.string(), message: v.string() })),
  unknown_charges: v.array(
    v.object({ charge_name: v.string(), accounts: v.array(v.string()), unexpired_accounts: v.array(v.string()) }),
  ),
  conflicts: v.array(
    v.object({
      comparison: v.picklist(COMPARISONS),
      salesforce_id: v.nullable(v.string()),
      id: v.nullable(v.number()),
      reason: v.string(),
    }),
  ),
});
