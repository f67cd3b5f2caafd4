import type { LoggedRequest } from "./types.ts";

/**
 * A fault to play on requests that match. `times` requests (default 1) after the first `after` matching ones (default 0).
 * Kinds: "429" (Retry-After seconds), "429-date" (as HTTP date), "429-bare" (text, no header), "500", "502-html", "503-html",
 * "409" (DatabaseConflict), "reset" (connection cut in mid-body), "stall" (body never ends), "lost-answer" (committed, then the
 * connection is cut before the answer), "concurrent-limit" and "daily-limit" (Salesforce: 403, one code with two texts),
 * "401" (session or token expired), "404", "failed-rows" (bulk: the rows named in `rows` fail as if by a database error), "job-failed", "job-killed", "truncate" (half of the body, then a clean end),
 * "empty" (list answers nothing), "early-end" (a list of Zendesk ends in the middle of the page: the rest is behind its next link), "drop-record" (one record of the page missing), "duplicate-record" (one twice), "too-many-jobs" (bulk: all job places are taken
 * by others).
 */
export interface Fault {
  kind:
    | "429"
    | "429-date"
    | "429-bare"
    | "500"
    | "502-html"
    | "503-html"
    | "409"
    | "reset"
    | "stall"
    | "lost-answer"
    | "concurrent-limit"
    | "daily-limit"
    | "401"
    | "404"
    | "failed-rows"
    | "job-failed"
    | "job-killed"
    | "truncate"
    | "empty"
    | "early-end"
    | "drop-record"
    | "duplicate-record"
    | "too-many-jobs";
  service?: LoggedRequest["service"];
  method?: string;
  /** A regular expression over path and query. */
  path?: string;
  times?: number;
  after?: number;
  rows?: number[];
  retryAfter?: number;
}
