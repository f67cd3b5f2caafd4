/** What a run finds, each measured. */
export const SITUATIONS = ["first-fill", "hour-after", "nothing", "normal", "everything"] as const;
export type Situation = (typeof SITUATIONS)[number];

/** How each is told in tables. */
export const SITUATION_NAMES: Readonly<Record<Situation, string>> = {
  "first-fill": "first fill",
  "hour-after": "the hour after it",
  nothing: "nothing to do",
  normal: "normal hour (1 % changed)",
  everything: "everything changes",
};

/** The remotes as declared: milliseconds, rows, requests. The bound knows the same numbers. */
export const LIMITS = {
  zendeskRequestMs: 150,
  zendeskJobRowMs: 60,
  zendeskJobsInFlight: 30,
  zendeskRequestsPerMinute: 700,
  zendeskPageRows: 100,
  zendeskBulkRows: 100,
  zendeskExportRows: 1_000,
  salesforcePageMs: 800,
  salesforcePageRows: 2_000,
  /** Whatever is no page of a query: log-ins, descriptions; and GitLab and Slack. */
  otherRequestMs: 150,
  /** Queries at once; Salesforce itself caps only those that take 20 seconds (25). */
  salesforceStreams: 12,
} as const;
export type RemoteLimits = { readonly [Name in keyof typeof LIMITS]: number };

/** Of how many accounts one changes in a normal hour. Of 20 that change, one is a new customer and one has gone; all others change owner. */
export const ONE_CHANGES_OF = 100;
const KINDS = 20;

/** What becomes of the nth account in a normal hour. */
export function changeOfAccount(place: number): "new" | "gone" | "owner" | null {
  if (place % ONE_CHANGES_OF !== ONE_CHANGES_OF / 2) return null;
  const kind = Math.floor(place / ONE_CHANGES_OF) % KINDS;
  return kind === 0 ? "new" : kind === 1 ? "gone" : "owner";
}

/** Runs begin with a full hour, and so with a new minute of every rate limit. */
export const FIRST_HOUR = Date.UTC(2026, 10, 27, 6);
export const HOUR_MS = 3_600_000;
