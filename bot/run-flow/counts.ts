import * as v from "valibot";
import { COMPARISON, COMPARISONS } from "../../lib/domain/comparisons.ts";
import {
  CONFIRMED_EFFECTS,
  type ConfirmedCounts,
  countsToConfirm as countsOf,
  type EffectCounts,
  effectCounts,
} from "../../lib/domain/confirmed-counts.ts";
import type { InstanceName } from "../../lib/domain/instance.ts";
import type { RecordedComparison, RunRecord } from "../../lib/storage/runs/run-record.ts";

const Count = v.pipe(v.number(), v.safeInteger(), v.minValue(0));

/** Confirmed counts as they are kept in the database. */
export const ConfirmedCountsSchema = v.pipe(
  v.record(v.picklist(COMPARISONS), v.record(v.picklist(CONFIRMED_EFFECTS), Count)),
  v.transform((counts): ConfirmedCounts => counts),
);

/** The comparisons of a record that an order covers: those that write to its instance, or to any. */
export function coveredComparisons(record: RunRecord, instance: InstanceName | null): RecordedComparison[] {
  return record.comparisons.filter(({ name }) => instance === null || COMPARISON[name].instance === instance);
}

/** Returns the counts a person confirms after seeing this record: those of every comparison that the order covers. */
export function countsToConfirm(record: RunRecord, instance: InstanceName | null): ConfirmedCounts {
  return countsOf(coveredComparisons(record, instance));
}

/** Returns the counts a person confirms after seeing this run's end: only the rest of what was written, otherwise all that was planned. */
export function countsLeft(record: RunRecord, instance: InstanceName | null): ConfirmedCounts {
  return Object.fromEntries(coveredComparisons(record, instance).map((one) => [one.name, leftOf(one)]));
}

function leftOf(comparison: RecordedComparison): EffectCounts {
  const planned = effectCounts(comparison);
  const { results } = comparison;
  if (results === null) return planned;
  const updates = Math.max(0, planned.updates - results.update.applied);
  return {
    creates: Math.max(0, planned.creates - results.create.applied),
    updates,
    marks: Math.max(0, planned.marks - results.mark.applied),
    // Whether those that are left are among them, the record does not say.
    downgrades: Math.min(planned.downgrades, updates),
    contacts: Math.max(0, planned.contacts - results.contact.applied),
  };
}

/** All comparisons together. */
export function totalCounts(counts: ConfirmedCounts): EffectCounts {
  const total: EffectCounts = { creates: 0, updates: 0, marks: 0, downgrades: 0, contacts: 0 };
  for (const one of Object.values(counts)) for (const effect of CONFIRMED_EFFECTS) total[effect] += one[effect] ?? 0;
  return total;
}

/** Downgrades are among the updates: they need not be looked at. */
export function changesNothing(counts: ConfirmedCounts): boolean {
  const { creates, updates, marks, contacts } = totalCounts(counts);
  return creates + updates + marks + contacts === 0;
}
