import * as v from "valibot";
import { COMPARISONS } from "../../domain/comparisons.ts";
import { INSTANCES } from "../../domain/instance.ts";
import { EFFECTS } from "../../domain/limits.ts";
import type { Reason } from "../../domain/reason.ts";
import { refusalText } from "../../reasons/reason-text.ts";
import { RUN_ID } from "../artifacts/manifest.ts";
import { decodeReason, encodeReason, REASON_ENTRIES } from "../artifacts/reason-record.ts";
import { ProcessId } from "./process-id.ts";

/** The file that says how a run is going and how it ended: `history/<run id>/run.json`, in GitLab an artifact of the last job. */
export const RUN_RECORD = "run.json";

const Count = v.pipe(v.number(), v.safeInteger(), v.minValue(0));
const Moment = v.pipe(v.string(), v.isoTimestamp());
const Counts = v.object({ applied: Count, failed: Count, skipped: Count });

/**
 * A stage of a run. `refused`: kept from any write by a limit or a hand-over. `stopped`: by a signal or the deadline, before its end;
 * the file has it as a failed one with `stopped: true`, since a reader of the first version takes no record with another state.
 */
export const StepSchema = v.pipe(
  v.object({
    /** `gather-accounts`, `compare`, … */
    stage: v.string(),
    instance: v.nullable(v.picklist(INSTANCES)),
    state: v.picklist(["running", "done", "refused", "failed"]),
    stopped: v.optional(v.boolean(), false),
    at: Moment,
  }),
  v.transform(({ stopped, state, ...step }) => ({ ...step, state: stopped ? ("stopped" as const) : state })),
);
export type Step = v.InferOutput<typeof StepSchema>;

/** The effects that the first version measured: a reader of that version takes no record that names others among its measures. */
const FIRST_EFFECTS: readonly string[] = ["creates", "marks", "updates", "downgrades", "marked_total"];

/** Measures as they are kept; an effect of a later version is passed over. */
const MeasuresSchema = v.pipe(
  v.array(v.object({ effect: v.string(), count: Count, limit: v.nullable(v.number()), exceeded: v.boolean() })),
  v.transform((measures) =>
    measures.flatMap((measure) => {
      const effect = EFFECTS.find((one) => one === measure.effect);
      return effect ? [{ ...measure, effect }] : [];
    }),
  ),
);

/** A reason beside a text that tells of it, and maybe of others. */
const CodedSchema = v.object({ code: v.string(), params: v.record(v.string(), v.unknown()) });

/** The reasons that were kept; of a version before codes, its text. */
function reasonsOf(text: string | null, coded: readonly v.InferOutput<typeof CodedSchema>[]): Reason[] {
  if (coded.length > 0) return coded.map((one) => decodeReason({ reason: text ?? "", ...one }));
  return text === null ? [] : [decodeReason({ reason: text })];
}

/** One comparison of a run: what was planned, what it was measured at, what became of it. */
const ComparisonSchema = v.object({
  name: v.picklist(COMPARISONS),
  existing: Count,
  planned: v.object({ creates: Count, updates: Count, marks: Count, contacts: v.optional(Count, 0) }),
  measures: MeasuresSchema,
  /** Those of effects that came later, apart from the others. */
  further_measures: v.optional(MeasuresSchema, []),
  /** Why nothing was written, as one text for people; null where nothing was refused. */
  refused: v.nullable(v.string()),
  refusals: v.optional(v.array(CodedSchema), []),
  /** Effects that exceeded the counts a person confirmed (`--at-most`); empty if none did, or nobody confirmed any. */
  unconfirmed: v.array(v.object({ effect: v.string(), count: Count, confirmed: Count })),
  /** Null where nothing was written. */
  results: v.nullable(v.object({ create: Counts, update: Counts, mark: Counts, contact: Counts })),
});
export const RecordedComparisonSchema = v.pipe(
  ComparisonSchema,
  v.transform(({ measures, further_measures, refused, refusals, ...comparison }) => ({
    ...comparison,
    /** Why nothing was written; empty where nothing was refused. */
    refused: reasonsOf(refused, refusals),
    measures: [...measures, ...further_measures],
  })),
);
export type RecordedComparison = v.InferOutput<typeof RecordedComparisonSchema>;

/** Why an instance, or the whole run, ended early: as one text for people, and as reasons. */
const FailureSchema = v.pipe(
  v.object({ where: v.string(), message: v.string(), reasons: v.optional(v.array(CodedSchema), []) }),
  v.transform(({ where, message, reasons }) => ({ where, reasons: reasonsOf(message, reasons) })),
);

/** An organization that a comparison left alone and a person should see to. */
const QuarantinedSchema = v.pipe(
  v.object({
    comparison: v.picklist(COMPARISONS),
    salesforce_id: v.nullable(v.string()),
    id: v.nullable(v.number()),
    reason: v.string(),
    ...REASON_ENTRIES,
  }),
  v.transform(({ reason, code, params, ...conflict }) => ({
    ...conflict,
    reason: decodeReason({ reason, code, params }),
  })),
);

/**
 * What the run means to customers: how many records there are of each harm (`lib/report/model.ts`; one of a later version is passed
 * over by whoever does not know it), and whom the refused part would hurt, worst first.
 */
const MattersSchema = v.object({
  counts: v.record(v.string(), Count),
  would_hurt: v.array(
    v.object({
      comparison: v.picklist(COMPARISONS),
      salesforce_id: v.nullable(v.string()),
      id: v.nullable(v.number()),
      harm: v.string(),
      /** The support level that it has, and would have; null: none is known. */
      before: v.nullable(v.string()),
      after: v.nullable(v.string()),
      /** Annual revenue; 0 where it is not known. */
      arr: v.number(),
    }),
  ),
  would_hurt_more: Count,
});

/** Record of a run for readers who were not there: the bot, people, the next tool. No names, no addresses. */
export const RunRecordSchema = v.object({
  schema: v.literal(1),
  run_id: v.pipe(v.string(), v.regex(RUN_ID)),
  command: v.string(),
  dry_run: v.boolean(),
  instances: v.array(v.picklist(INSTANCES)),
  host: v.string(),
  pid: v.nullable(ProcessId),
  /** The person on whose behalf another program started it: `Slack user U0ANN00001`. */
  started_by: v.exactOptional(v.string()),
  started_at: Moment,
  /** Null while it runs, and for ever where it was killed. */
  ended_at: v.nullable(Moment),
  exit: v.nullable(v.picklist([0, 1, 2, 3, 4, 5])),
  steps: v.array(StepSchema),
  comparisons: v.array(RecordedComparisonSchema),
  /** Why an instance, or all of them, ended early. */
  failures: v.array(FailureSchema),
  /** Charge names that `plans.yml` does not know (E2), with the accounts that have them. */
  unknown_charges: v.array(
    v.object({
      charge_name: v.string(),
      accounts: v.array(v.string()),
      unexpired_accounts: v.array(v.string()),
      nearest: v.optional(v.nullable(v.string()), null),
      hurt_accounts: v.optional(v.array(v.string()), []),
    }),
  ),
  /** Conflicts left alone (C7), by account and organization. */
  conflicts: v.array(QuarantinedSchema),
  /** Organizations whose account was merged into another (C9); none in records of versions that did not ask. */
  merged: v.optional(v.array(QuarantinedSchema), []),
  /** Organizations whose account moved to the other instance (C9); none in records of versions that did not tell. */
  moved: v.optional(v.array(QuarantinedSchema), []),
  /** Unexpected things about the setup; absent if there were none. */
  warnings: v.exactOptional(
    v.array(
      v.pipe(
        v.object({ reason: v.string(), ...REASON_ENTRIES }),
        v.transform((one) => decodeReason(one)),
      ),
    ),
  ),
  /** Absent where nothing was compared, and in records of versions that did not say it. */
  matters: v.exactOptional(MattersSchema),
});
export type RunRecord = v.InferOutput<typeof RunRecordSchema>;

/**
 * The text of a record's file. A bot of an earlier version can follow the run: reasons have their texts beside them, and later effects
 * stand apart.
 */
export function runRecordText(record: RunRecord): string {
  const comparisons = record.comparisons.map(({ measures, refused, ...comparison }) => ({
    ...comparison,
    refused: refused.length > 0 ? refusalText(refused) : null,
    refusals: refused,
    measures: measures.filter(({ effect }) => FIRST_EFFECTS.includes(effect)),
    further_measures: measures.filter(({ effect }) => !FIRST_EFFECTS.includes(effect)),
  }));
  const steps = record.steps.map((step) =>
    step.state === "stopped" ? { ...step, state: "failed", stopped: true } : step,
  );
  const failures = record.failures.map(({ where, reasons }) => ({ where, message: refusalText(reasons), reasons }));
  const texted = (quarantined: RunRecord["conflicts"]) =>
    quarantined.map((one) => ({ ...one, ...encodeReason(one.reason) }));
  const lists = { conflicts: texted(record.conflicts), merged: texted(record.merged), moved: texted(record.moved) };
  const warnings = record.warnings ? { warnings: record.warnings.map((one) => encodeReason(one)) } : {};
  return `${JSON.stringify({ ...record, ...warnings, steps, comparisons, failures, ...lists }, null, 2)}\n`;
}
