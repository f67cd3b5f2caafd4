import * as v from "valibot";
import type { Reason, ReasonCode } from "../../domain/reason.ts";
import { decodeReason, REASON_ENTRIES } from "./reason-record.ts";

export const RESULT_EFFECTS = ["create", "update", "mark", "contact"] as const;
export type Effect = (typeof RESULT_EFFECTS)[number];
export type Outcome = "applied" | "failed" | "skipped";

/** Outcome of one record of the change files (S6). */
export interface Result {
  effect: Effect;
  salesforce_id: string | null;
  id: number | null;
  outcome: Outcome;
  /** Why it failed or was skipped, or what is to be said of one that was applied. */
  reason: Reason | null;
  before: Record<string, unknown>;
  after: Record<string, unknown>;
}

/** One record of a results file. */
export const ResultSchema = v.pipe(
  v.object({
    effect: v.picklist(RESULT_EFFECTS),
    salesforce_id: v.nullable(v.string()),
    id: v.nullable(v.pipe(v.number(), v.finite())),
    outcome: v.picklist(["applied", "failed", "skipped"]),
    reason: v.nullable(v.string()),
    ...REASON_ENTRIES,
    before: v.record(v.string(), v.unknown()),
    after: v.record(v.string(), v.unknown()),
  }),
  v.transform(
    ({ reason, code, params, ...rest }): Result => ({
      ...rest,
      reason: reason === null ? null : decodeReason({ reason, code, params }),
    }),
  ),
);

/** Counts of a results file; `applied + failed + skipped` is the number of records (S6). */
export interface ResultCounts {
  applied: number;
  failed: number;
  skipped: number;
}

/** Counts results, of one effect or of all. */
export function countResults(results: readonly Result[], effect?: Effect): ResultCounts {
  const counts: ResultCounts = { applied: 0, failed: 0, skipped: 0 };
  for (const result of results) if (effect === undefined || result.effect === effect) counts[result.outcome]++;
  return counts;
}

/** Why a record was not even begun: the run was asked to stop, or a job before it failed altogether. */
export type Unattempted = "stopped" | "failed";

const UNATTEMPTED: Partial<Record<ReasonCode, Unattempted>> = {
  "run.stopped": "stopped",
  "write.not_attempted": "failed",
};

/** Returns why a record was not even begun, if its reason says that; otherwise undefined. */
export function unattemptedBy(reason: Reason | null): Unattempted | undefined {
  return reason ? UNATTEMPTED[reason.code] : undefined;
}

/** Counts the records that were not even begun, by reason; undefined if every record was begun. */
export function countUnattempted(results: readonly Result[]): Record<Unattempted, number> | undefined {
  const counts = { stopped: 0, failed: 0 };
  for (const { outcome, reason } of results) {
    const why = outcome === "skipped" ? unattemptedBy(reason) : undefined;
    if (why) counts[why]++;
  }
  return counts.stopped + counts.failed > 0 ? counts : undefined;
}

/** Results in a fixed order: by effect, account, record, so that the same outcome gives the same bytes. */
export function byResult(one: Result, other: Result): number {
  const key = (result: Result) =>
    `${RESULT_EFFECTS.indexOf(result.effect)}|${result.salesforce_id ?? ""}|${String(result.id ?? 0).padStart(17, "0")}|${String(result.after.email ?? "")}`;
  const left = key(one);
  const right = key(other);
  return left < right ? -1 : left > right ? 1 : 0;
}
