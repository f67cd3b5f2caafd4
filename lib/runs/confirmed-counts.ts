import type { Comparison } from "../changesets/comparison.ts";

/** What a person confirms of a comparison: the three changes, and the downgrades among the updates. */
export const CONFIRMED_EFFECTS = ["creates", "updates", "marks", "downgrades"] as const;
export type ConfirmedEffect = (typeof CONFIRMED_EFFECTS)[number];

/**
 * The counts that a person saw and confirmed, by comparison and effect: maxima for the run that follows. What is not named may
 * not happen at all. As text (`--at-most`): `global.creates=3 global.updates=12 usgov_user.creates=1`.
 */
export type ConfirmedCounts = Partial<Record<Comparison, Partial<Record<ConfirmedEffect, number>>>>;
