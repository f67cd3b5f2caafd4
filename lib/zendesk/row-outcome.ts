import { AmbiguousWriteError, HttpError } from "../http/http-error.ts";
import { readErrorEnvelope } from "./error-envelope.ts";
import type { JobEnd } from "./jobs.ts";
import type { RowOutcome } from "./ports.ts";

type Taken = "name" | "external_id" | "email";

/** Row errors that pass. Everything else will be refused again. */
const PASSING = /^(?:Database(?:Conflict|Deadlock|Timeout)|TooMany\w*|\w*Timeout\w*|InternalError|ServiceUnavailable)$/;

/** English texts as a hint only: they are localized, so a refusal without a hint may still be one of these (facts/zendesk.md 3). */
const TAKEN_HINTS: readonly [RegExp, Taken][] = [
  [/^name\b.*taken/is, "name"],
  [/^external.*taken/is, "external_id"],
  [/^email\b.*(?:used|taken)/is, "email"],
];

/**
 * One outcome per row of a bulk job, in order. Results come in the order of the request, in forms that differ by kind of job
 * and by outcome; where their number or an id does not fit, nothing can be said about any row.
 */
export function rowOutcomes(end: JobEnd, rows: readonly { id?: number }[]): RowOutcome[] {
  if (end.is !== "completed") return rows.map(() => ({ is: "unknown", reason: end.reason }));
  if (end.results.length !== rows.length)
    return rows.map(() => ({
      is: "unknown",
      reason: `the job reported ${end.results.length} results for ${rows.length} rows`,
    }));
  return rows.map((row, index) => rowOutcome(end.results[index], row.id));
}

function rowOutcome(result: unknown, expectedId: number | undefined): RowOutcome {
  const { id, error, errors, success, status, details } = (
    typeof result === "object" && result !== null ? result : {}
  ) as Record<string, unknown>;
  const failed =
    (error !== undefined && error !== null && error !== "") ||
    (typeof errors === "string" && errors !== "") ||
    success === false ||
    status === "Failed";
  if (failed) return failure(typeof error === "string" ? error : "", typeof details === "string" ? details : "");
  if (typeof id !== "number") return { is: "unknown", reason: "the job reported no id for this row" };
  if (expectedId !== undefined && id !== expectedId)
    return { is: "unknown", reason: "the job reported another record's result for this row" };
  return { is: "applied", id };
}

function failure(error: string, details: string): RowOutcome {
  const code = /^\w{1,60}$/.test(error) ? error : "no error code";
  if (PASSING.test(code)) return { is: "transient", reason: `Zendesk could not do it just now (${code})` };
  const taken = TAKEN_HINTS.find(([hint]) => hint.test(details.trim()))?.[1];
  return { is: "refused", reason: reasonOf(code, taken), ...(taken ? { taken } : {}) };
}

/** What a failed request says of the one row, or all the rows, it carried. Throws where nothing at all can be written. */
export function requestOutcome(error: unknown): RowOutcome {
  if (error instanceof AmbiguousWriteError) return { is: "unknown", reason: error.message };
  if (!(error instanceof HttpError))
    return { is: "transient", reason: error instanceof Error ? error.message : "the request failed" };
  const { status, body } = error;
  if (status === 401 || status === 403) throw error;
  if (status === 429 || status === 409 || status === 503) return { is: "transient", reason: error.message };
  if (status >= 500) return { is: "unknown", reason: error.message };
  const { code, duplicates } = readErrorEnvelope(body);
  const taken = duplicates.map(takenField).find((field) => field !== undefined);
  return { is: "refused", reason: reasonOf(code ?? `status ${status}`, taken), ...(taken ? { taken } : {}) };
}

function takenField(field: string): Taken | undefined {
  if (/^external/.test(field)) return "external_id";
  return field === "name" || field === "email" ? field : undefined;
}

function reasonOf(code: string, taken: Taken | undefined): string {
  return taken ? `Zendesk refused it (${code}): another record has this ${taken}` : `Zendesk refused it (${code})`;
}
