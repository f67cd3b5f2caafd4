import { type Reason, reason } from "../../domain/reason.ts";
import { CredentialError, RemoteError, StoppedError } from "../../errors.ts";
import { reasonOf } from "../../reasons/reason-of-error.ts";
import { AmbiguousWriteError, HttpError } from "../http/http-error.ts";
import { readErrorEnvelope } from "./error-envelope.ts";
import type { JobEnd } from "./jobs.ts";
import type { RowOutcome } from "./ports.ts";

const ZENDESK = "Zendesk";

type Taken = "name" | "external_id" | "email";

/** Row errors that pass, and were rolled back. */
const PASSING = /^(?:Database(?:Conflict|Deadlock)|TooMany\w*)$/;
/** Row errors that do not say whether the row was done. */
const UNCLEAR = /Timeout|^Internal\w*Error$|^ServiceUnavailable$/;

/** English texts, as a hint only: they are localized, so a refusal without a hint may still be one of these (facts/zendesk.md 3). */
const TAKEN_HINTS: readonly [RegExp, Taken][] = [
  [/^name:.*taken/is, "name"],
  [/^external\b.*taken/is, "external_id"],
  [/^email:.*(?:used|taken)/is, "email"],
];

/** Keys of a row that was sent: an update's id, a create's natural keys if the kind of job repeats them. */
export interface SentRow {
  id?: number;
  external_id?: string;
  email?: string;
}

/**
 * One outcome per row of a bulk job, in order. Results come in the order of the request, in forms that differ by kind of job
 * and by outcome (facts/zendesk.md 3); where their number does not fit, nothing can be said about any row.
 */
export function rowOutcomes(end: JobEnd, rows: readonly SentRow[]): RowOutcome[] {
  if (end.is === "lost") return rows.map(() => unknown(end.reason));
  const { results } = end;
  if (results.length !== rows.length)
    return rows.map(() => unknown(reason("job.results_missing", { results: results.length, rows: rows.length })));
  return rows.map((row, index) => rowOutcome(results[index], row, index));
}

function rowOutcome(result: unknown, sent: SentRow, position: number): RowOutcome {
  const { id, index, error, errors, success, status, details, external_id, email } = isObject(result) ? result : {};
  const isAnothers =
    (typeof index === "number" && index !== position) ||
    (sent.id !== undefined && typeof id === "number" && id !== sent.id) ||
    isOtherText(external_id, sent.external_id) ||
    isOtherText(email, sent.email);
  if (isAnothers) return unknown(reason("job.result_of_another"));
  // Old forms put an empty `errors` on rows that went well.
  const failed = isSaid(error) || isSaid(errors) || success === false || status === "Failed";
  if (failed) return failedRow(error, details);
  return typeof id === "number" ? { is: "applied", id } : unknown(reason("job.result_without_id"));
}

function failedRow(error: unknown, details: unknown): RowOutcome {
  const { code, duplicates } = readErrorEnvelope({ error, details });
  const name = code ?? "without an error code";
  if (PASSING.test(name))
    return { is: "transient", reason: reason("write.not_now", { service: ZENDESK, refusal: name }) };
  if (UNCLEAR.test(name)) return unknown(reason("write.unclear", { service: ZENDESK, refusal: name }));
  const hinted = typeof details === "string" ? TAKEN_HINTS.find(([hint]) => hint.test(details.trim()))?.[1] : undefined;
  return refused(name, [], takenOf(duplicates) ?? hinted);
}

/**
 * What a failed request says of the one row, or all the rows, it carried. `HttpClient` has sent it again where that was safe.
 * Throws what stands in the way of every other row too: credentials and scopes, or a fault of our own.
 */
export function requestOutcome(error: unknown): RowOutcome {
  if (error instanceof AmbiguousWriteError) return unknown(reasonOf(error));
  if (error instanceof CredentialError) throw error;
  if (error instanceof StoppedError) return { is: "transient", reason: reason("write.not_sent") };
  if (!(error instanceof RemoteError)) throw error;
  if (!(error instanceof HttpError) || error.isPassing) return { is: "transient", reason: reasonOf(error) };
  if (error.status === 401 || error.status === 403) throw error;
  return refusedRequest(error);
}

/** A refusal of a single write, which concerns this one record only. */
export function refusedRequest(error: HttpError): RowOutcome {
  const { code, duplicates, invalid } = readErrorEnvelope(error.body);
  const about = code ?? `status ${error.status}`;
  const taken = takenOf(duplicates);
  const fields = invalid.filter((field) => /^\w{1,60}$/.test(field));
  return refused(about, taken ? [] : fields, taken);
}

/** `details` does not always use the same name for fields that hold an address (facts/zendesk.md 4). */
function takenOf(duplicates: readonly string[]): Taken | undefined {
  if (duplicates.includes("name")) return "name";
  if (duplicates.some((field) => field.startsWith("external"))) return "external_id";
  return duplicates.some((field) => field === "email" || field === "value") ? "email" : undefined;
}

function refused(refusal: string, fields: string[], taken: Taken | undefined): RowOutcome {
  const why = reason("write.refused", { service: ZENDESK, refusal, fields, taken: taken ?? "" });
  return { is: "refused", reason: why, ...(taken ? { taken } : {}) };
}

function unknown(why: Reason): RowOutcome {
  return { is: "unknown", reason: why };
}

function isSaid(value: unknown): boolean {
  return Array.isArray(value) ? value.length > 0 : value !== undefined && value !== null && value !== "";
}

function isOtherText(answered: unknown, sent: string | undefined): boolean {
  return typeof answered === "string" && sent !== undefined && answered.toLowerCase() !== sent.toLowerCase();
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}
