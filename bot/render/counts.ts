import { COMPARISON, type Comparison } from "../../lib/changesets/comparison.ts";
import type { ConfirmedCounts, EffectCounts } from "../../lib/runs/confirmed-counts.ts";

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

/** Every comparison with its counts: `Customers, global: 12 creates; Partners, global: nothing`. */
export function confirmedText(counts: ConfirmedCounts): string {
  const named = Object.entries(counts) as [Comparison, Partial<EffectCounts>][];
  return named.map(([name, one]) => `${COMPARISON[name].title}: ${countsText(one)}`).join("; ") || "nothing";
}
