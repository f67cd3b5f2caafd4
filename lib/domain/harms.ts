/** Effects of a row on the customer, worst first: the order of the report. */
export const HARMS = [
  "put on hold",
  "loses support",
  "downgraded",
  "marked",
  "failed",
  "conflict",
  "unknown charge",
  "skipped",
  "upgraded",
  "gains",
  "cosmetic",
] as const;
export type Harm = (typeof HARMS)[number];
