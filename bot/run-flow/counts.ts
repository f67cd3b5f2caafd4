import * as v from "valibot";
import { COMPARISON, COMPARISONS, type Comparison } from "../../lib/changesets/comparison.ts";
import type { InstanceName } from "../../lib/domain/instance.ts";
import {
  CONFIRMED_EFFECTS,
  type ConfirmedCounts,
  type ConfirmedEffect,
  countsToConfirm as countsOf,
} from "../../lib/runs/confirmed-counts.ts";
import type { RecordedComparison, RunRecord } from "../../lib/runs/run-record.ts";

/** Changes of one comparison, or of several together. */
export type EffectCounts = Record<ConfirmedEffect, number>;

const Count = v.pipe(v.number(), v.safeInteger(), v.minValue(0));

/** Confirmed counts as they are kept in the database. */
export const ConfirmedCountsSchema = v.pipe(
  v.record(v.picklist(COMPARISONS), v.record(v.picklist(CONFIRMED_EFFECTS), Count)),
  v.transform((counts): ConfirmedCounts => counts),
);

/** What one comparison would change, or has been found to have to change. */
export function effectCounts({ planned, measures }: Pick<RecordedComparison, "planned" | "measures">): EffectCounts {
  const downgrades = measures.find(({ effect }) => effect === "downgrades")?.count ?? 0;
  return { ...planned, downgrades };
}

/** The comparisons of a record that an order covers: those that write to its instance, or to any. */
export function coveredComparisons(record: RunRecord, instance: InstanceName | null): RecordedComparison[] {
  return record.comparisons.filter(({ name }) => instance === null || COMPARISON[name].instance === instance);
}

/** What a person confirms after having seen this record: the counts of every comparison that the order covers. */
export function countsToConfirm(record: RunRecord, instance: InstanceName | null): ConfirmedCounts {
  return countsOf(coveredComparisons(record, instance));
}

/** All comparisons together. */
export function totalCounts(counts: ConfirmedCounts): EffectCounts {
  const total: EffectCounts = { creates: 0, updates: 0, marks: 0, downgrades: 0 };
  for (const one of Object.values(counts)) for (const effect of CONFIRMED_EFFECTS) total[effect] += one[effect] ?? 0;
  return total;
}

/** Downgrades are among the updates: they need not be looked at. */
export function changesNothing(counts: ConfirmedCounts): boolean {
  const { creates, updates, marks } = totalCounts(counts);
  return creates + updates + marks === 0;
}

/** `12 creates, 3 updates (1 downgrade among them), 1 mark`; `nothing` where there is none. */
export function countsText(counts: Partial<EffectCounts>): string {
  const { creates = 0, updates = 0, marks = 0, downgrades = 0 } = counts;
  const among = downgrades > 0 ? ` (${counted(downgrades, "downgrade")} among them)` : "";
  const parts = [
    ...(creates > 0 ? [counted(creates, "create")] : []),
    ...(updates > 0 ? [`${counted(updates, "update")}${among}`] : []),
    ...(marks > 0 ? [counted(marks, "mark")] : []),
  ];
  return parts.length > 0 ? parts.join(", ") : "nothing";
}

/** `1 create`, `12 creates`. */
export function counted(count: number, word: string): string {
  return `${count} ${count === 1 ? word : `${word}s`}`;
}

/** Every comparison with its counts, for the audit log: `global: 12 creates; partner: nothing`. */
export function confirmedText(counts: ConfirmedCounts): string {
  const named = Object.entries(counts) as [Comparison, Partial<EffectCounts>][];
  return named.map(([name, one]) => `${name}: ${countsText(one)}`).join("; ") || "nothing";
}
