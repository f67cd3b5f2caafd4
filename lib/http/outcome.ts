import { AnswerTooLargeError } from "./bounded-fetch.ts";

/** What one attempt at a request came to. */
export type Outcome =
  | { is: "answered" }
  /** Said no, and will say no again. */
  | { is: "refused" }
  /** Certainly not done: may be repeated whatever it was. `limited`: by the account's rate limit (`all`) or by one of this kind of request. */
  | { is: "not done"; what: string; limited: false | "all" | "this" }
  /** It may have been done. `final`: asking again would give the same. */
  | { is: "unclear"; what: string; final?: true };

/** What an answer means for trying again. `code`: the stable code of its error body, where it has one. */
export function judgeAnswer(status: number, headers: Headers, code: string | null, isJson: boolean): Outcome {
  if (status >= 200 && status < 300)
    return isJson ? { is: "answered" } : { is: "unclear", what: "the answer was cut off or is no JSON" };
  const what = `it answered ${status}${code ? ` ${code}` : ""}`;
  // The documents do not print the status of TooManyJobs (facts/zendesk.md 3).
  if (code === "TooManyJobs") return { is: "not done", what, limited: "this" };
  if (status === 429) return { is: "not done", what, limited: hasQuotaLeft(headers) ? "this" : "all" };
  if (isDatabaseConflict(code) || (status === 503 && headers.has("retry-after")))
    return { is: "not done", what, limited: false };
  if (status >= 500 || status === 408) return { is: "unclear", what };
  return { is: "refused" };
}

/**
 * What a request that got no whole answer means for trying again. Only codes are taken from the error: its texts hold the URL,
 * and with it addresses. The real cause stands behind ofetch's own error.
 */
export function judgeFailure(error: unknown): Outcome {
  const causes = [error, isObject(error) ? error.cause : undefined].filter(isObject);
  const code = causes.map((cause) => cause.code).find((one) => typeof one === "string" && /^\w{1,40}$/.test(one));
  if (typeof code === "string" && NOBODY_THERE.has(code))
    return { is: "not done", what: `nobody answers at this address (${code})`, limited: false };
  const tooLarge = causes.find((cause) => cause instanceof AnswerTooLargeError);
  if (tooLarge instanceof AnswerTooLargeError) return { is: "unclear", what: tooLarge.message, final: true };
  if (causes.some(({ name }) => name === "TimeoutError")) return { is: "unclear", what: "no whole answer in time" };
  return { is: "unclear", what: `the connection was cut${code ? ` (${code})` : ""}` };
}

/** The codes of a connection that was never made. */
const NOBODY_THERE = new Set(["ConnectionRefused", "ECONNREFUSED", "ENOTFOUND", "FailedToOpenSocket"]);

/** A collision in the database, rolled back: on POST and PUT alike, and gone a moment later (facts/zendesk.md 8). */
function isDatabaseConflict(code: string | null): boolean {
  return code === "DatabaseConflict" || code === "DatabaseDeadlock";
}

/** Then the 429 is of one kind of request only, such as updates of one organization (facts/zendesk.md 5). */
function hasQuotaLeft(headers: Headers): boolean {
  return Number(headers.get("ratelimit-remaining") ?? headers.get("x-rate-limit-remaining") ?? 0) > 0;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}
