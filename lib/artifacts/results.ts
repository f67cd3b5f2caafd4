import * as v from "valibot";

/** What a results file says of one record of the change files (S6). */
export const ResultSchema = v.object({
  effect: v.picklist(["create", "update", "mark", "contact"]),
  salesforce_id: v.nullable(v.string()),
  id: v.nullable(v.pipe(v.number(), v.finite())),
  outcome: v.picklist(["applied", "failed", "skipped"]),
  reason: v.nullable(v.string()),
  before: v.record(v.string(), v.unknown()),
  after: v.record(v.string(), v.unknown()),
});
export type Result = v.InferOutput<typeof ResultSchema>;
export type Effect = Result["effect"];

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

/** Results in a fixed order: by effect, account, record, so that the same outcome gives the same bytes. */
export function byResult(one: Result, other: Result): number {
  const key = (result: Result) =>
    `${ResultSchema.entries.effect.options.indexOf(result.effect)}|${result.salesforce_id ?? ""}|${String(result.id ?? 0).padStart(17, "0")}|${String(result.after.email ?? "")}`;
  const left = key(one);
  const right = key(other);
  return left < right ? -1 : left > right ? 1 : 0;
}
