/** Levels a subscription type may carry, highest first (E10). */
export const LEVELS = ["ultimate", "gold", "premium", "silver", "consumption_only", "custom", "community"] as const;
export type Level = (typeof LEVELS)[number];

/** Values of an organization's `support_level`: a level, or `expired` when nothing is left. */
export const SUPPORT_LEVELS = [...LEVELS, "expired"] as const;
export type SupportLevel = (typeof SUPPORT_LEVELS)[number];

/** True if going from one support level to another is a downgrade to a level that still gives support (S2). */
export function isDowngrade(before: string | null, after: string | null): boolean {
  const from = rank(before);
  const to = rank(after);
  return from !== undefined && to !== undefined && to > from;
}

/** Position in the order, 0 the highest; undefined where the text is empty or no support level. */
function rank(level: string | null): number | undefined {
  const index = SUPPORT_LEVELS.indexOf(level as SupportLevel);
  return index === -1 ? undefined : index;
}
