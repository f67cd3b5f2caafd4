import { COMPARISON } from "../domain/comparisons.ts";
import type { FallenOut } from "../domain/harm.ts";
import { INSTANCES, type InstanceName } from "../domain/instance.ts";
import type { ComparisonReport } from "../pipeline/stage.ts";
import type { ResultCounts } from "../storage/artifacts/results.ts";
import { accountKey } from "./customers.ts";
import { foldRows } from "./fold-rows.ts";
import { type ComparisonCounts, HARMS, type Harm, type LimitBar, type ReportModel, type Row } from "./model.ts";
import { byHarm } from "./order-rows.ts";
import { rowsOfComparison, rowsOfNotes } from "./report-rows.ts";
import type { ReportedComparison, ReportSource } from "./report-source.ts";

/** Rows that carry their explanation: customers who lose something, or of whom something was left undone. */
const EXPLAINED: ReadonlySet<Harm> = new Set(HARMS.slice(0, HARMS.indexOf("skipped") + 1));

/** Builds the model every report shows: plans and outcomes of a run, sorted by harm, equal changes folded. Pure. */
export function reportModel(source: ReportSource): ReportModel {
  const { about, comparisons, notes, trend } = source;
  const { writes: _, ...head } = about;
  const fallenOut = accountsFallenOut(source);
  const all = [
    ...comparisons.flatMap((one) => rowsOfComparison(one, source, fallenOut[COMPARISON[one.comparison.name].instance])),
    ...rowsOfNotes(notes, source),
  ];
  const { rows, folded } = foldRows(byHarm(all));
  return {
    head: { ...head, refusals: comparisons.flatMap(({ comparison }) => [...(comparison.refused ?? [])]) },
    limits: comparisons.flatMap(limitBars),
    comparisons: comparisons.map(({ comparison }) => countsOf(comparison)),
    rows,
    folded,
    trend: [...trend],
  };
}

/** True if a row's harm is such that the row carries its explanation. Pure. */
export function mattersEnough({ harm }: Pick<Row, "harm">): boolean {
  return EXPLAINED.has(harm);
}

/** A model whose rows that matter carry their explanations. */
export function withExplanations(model: ReportModel, explain: (row: Row) => Row["explanation"]): ReportModel {
  return {
    ...model,
    rows: model.rows.map((row) => (mattersEnough(row) ? { ...row, explanation: explain(row) } : row)),
  };
}

function accountsFallenOut({ notes }: ReportSource): Record<InstanceName, FallenOut> {
  const of = (instance: InstanceName): FallenOut => {
    const accounts = notes.flatMap(({ salesforce_id: id, reason }) =>
      id !== null && reason.code === "account.expired_long_ago" && reason.params.instance === instance
        ? [accountKey(id)]
        : [],
    );
    const known = new Set(accounts);
    return { has: (account) => known.has(accountKey(account)) };
  };
  const [global, usGovernment] = INSTANCES.map(of);
  return { global: global ?? new Set(), "us-government": usGovernment ?? new Set() };
}

function limitBars({ comparison: { name, measures, planned } }: ReportedComparison): LimitBar[] {
  return measures.map(({ effect, count, of, limit, allowed = null, exceeded }) => {
    const uncounted = effect === "updates" ? planned.updates - count : 0;
    const bar = { comparison: name, effect, count, of, limit, allowed, exceeded };
    return uncounted > 0 ? { ...bar, uncounted } : bar;
  });
}

function countsOf({ name, existing, planned, results, digest }: ComparisonReport): ComparisonCounts {
  return {
    comparison: name,
    existing,
    planned,
    results: results ? sumOf(Object.values(results)) : null,
    applied: results
      ? {
          creates: results.create.applied,
          updates: results.update.applied,
          marks: results.mark.applied,
          contacts: results.contact.applied,
        }
      : null,
    digest,
  };
}

function sumOf(counts: readonly ResultCounts[]): ResultCounts {
  const total = { applied: 0, failed: 0, skipped: 0 };
  for (const outcome of ["applied", "failed", "skipped"] as const)
    for (const count of counts) total[outcome] += count[outcome];
  return total;
}

/** Returns the number of rows of each harm, in the order of harm; folded ones counted in full. Pure. */
export function countByHarm({ rows, folded }: Pick<ReportModel, "rows" | "folded">): Map<Harm, number> {
  const counts = new Map<Harm, number>(HARMS.map((harm) => [harm, 0]));
  for (const { harm } of rows) counts.set(harm, (counts.get(harm) ?? 0) + 1);
  for (const { harm, count } of folded) counts.set(harm, (counts.get(harm) ?? 0) + count);
  return counts;
}
