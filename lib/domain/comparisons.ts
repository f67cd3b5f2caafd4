/** The four comparisons that are measured and written, each on its own (S2). */
export const COMPARISONS = ["global", "usgov", "partner", "usgov_user"] as const;
export type Comparison = (typeof COMPARISONS)[number];
