import type { Failure } from "./failure.ts";

/** Outcome of one attempt at a request, which decides whether it may be repeated. */
export type Outcome =
  | { is: "answered" }
  /** Said no, and will say no again. */
  | { is: "refused" }
  /**
   * Certainly not done: may be repeated whatever it was. `limited`: by the account's rate limit (`all`) or by one of this kind of request.
   * `firstWaitMs`: the shortest wait before the second attempt, doubled with each further one, where the remote names none. `final`: asking again would give the same.
   * `unavailable`: the service said until when it is there for nobody.
   */
  | {
      is: "not-done";
      failure: Failure;
      limited: false | "all" | "this";
      unavailable?: true;
      firstWaitMs?: number;
      final?: true;
    }
  /** It may have been done. `final`: asking again would give the same. */
  | { is: "unclear"; failure: Failure; final?: true };

/** Decides from an answer whether to retry. `code`: the stable code of its error body, if any; `isUsable`: true if its body is usable. */
export function classifyAnswer(status: number, headers: Headers, code: string | null, isUsable: boolean): Outcome {
  if (status >= 200 && status < 300)
    return isUsable ? { is: "answered" } : { is: "unclear", failure: { is: "not-json" } };
  const failure: Failure = { is: "status", status, code };
  if (status === 429) return { is: "not-done", failure, limited: hasQuotaLeft(headers) ? "this" : "all" };
  if (isDatabaseConflict(code)) return { is: "not-done", failure, limited: false };
  if (status === 503 && headers.has("retry-after"))
    return { is: "not-done", failure, limited: false, unavailable: true };
  if (status >= 500 || status === 408) return { is: "unclear", failure };
  return { is: "refused" };
}

/** Decides about a retry for a request that got no complete answer. */
export function classifyFailure(failure: Failure): Outcome {
  if (failure.is === "unreachable") return { is: "not-done", failure, limited: false };
  if (failure.is === "untrusted") return { is: "not-done", failure, limited: false, final: true };
  return failure.is === "too-large" ? { is: "unclear", failure, final: true } : { is: "unclear", failure };
}

/** A collision in the database, rolled back: on POST and PUT alike, and gone a moment later (facts/zendesk.md 8). */
function isDatabaseConflict(code: string | null): boolean {
  return code === "DatabaseConflict" || code === "DatabaseDeadlock";
}

/** Then the 429 is of one kind of request only, such as updates of one organization (facts/zendesk.md 5). */
function hasQuotaLeft(headers: Headers): boolean {
  return Number(headers.get("ratelimit-remaining") ?? headers.get("x-rate-limit-remaining") ?? 0) > 0;
}
