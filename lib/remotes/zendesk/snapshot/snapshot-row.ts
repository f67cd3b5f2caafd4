import { isDeepStrictEqual } from "node:util";
import type { Unreadable } from "../ports.ts";

/** One record of a list: as it was mapped, or why it could not be read. Exactly one of the two is there. */
export interface SnapshotRow<T> {
  id: number;
  record: T | null;
  unreadable: Unreadable | null;
  /** Zendesk's `updated_at`, milliseconds since 1970; 0 where it has none. */
  changedAt: number;
}

/** A row of an incremental export: it tells of deleted records, too. */
export interface ExportedRow<T> extends SnapshotRow<T> {
  deleted: boolean;
}

/** True if two rows say the same about a record, whatever the order of its keys. Pure. */
export function sameRow<T>(one: SnapshotRow<T>, other: SnapshotRow<T>): boolean {
  return isDeepStrictEqual([one.record, one.unreadable], [other.record, other.unreadable]);
}
