import type { ReasonCode } from "../domain/reason.ts";
import type { Result } from "../storage/artifacts/results.ts";

/** Failures of records that were written all the same: Zendesk did not keep every field, nobody could look at them afterwards, or they were gone by then. */
const WRITTEN: ReadonlySet<ReasonCode> = new Set<ReasonCode>([
  "organization.did_not_stick",
  "user.did_not_stick",
  "organization.gone",
  "user.gone",
  "write.not_read_back",
]);

/** Failures that do not say whether the record was written. Requests without an answer are told as `remote.failed`. */
const UNKNOWN: ReadonlySet<ReasonCode> = new Set<ReasonCode>([
  "remote.failed",
  "write.unclear",
  "write.without_outcome",
  "write.without_id",
  "job.unnamed",
  "job.ended_early",
  "job.unknown",
  "job.too_long",
  "job.status_unreadable",
  "job.results_missing",
  "job.result_of_another",
  "job.result_without_id",
]);

/** True if a run's result says that it wrote the record: all of it, or what Zendesk kept of it. */
export function wasWritten({ outcome, reason, id }: Result): boolean {
  return outcome === "applied" || (outcome === "failed" && id !== null && reason !== null && WRITTEN.has(reason.code));
}

/** True if nobody knows whether a change of an existing record was written. */
export function mayBeWritten({ outcome, reason, id, effect }: Result): boolean {
  const changes = effect === "update" || effect === "mark";
  return changes && outcome === "failed" && id !== null && reason !== null && UNKNOWN.has(reason.code);
}

/** Fields of a written record that Zendesk did not keep; `name` is the record's. */
export function fieldsNotKept({ outcome, reason }: Result): ReadonlySet<string> {
  const kept = reason?.code !== "organization.did_not_stick" && reason?.code !== "user.did_not_stick";
  return outcome !== "failed" || kept ? new Set() : new Set(reason.params.fields);
}
