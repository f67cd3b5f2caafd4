import { type ListedPage, type RecordOf, readRows } from "../list.ts";
import type { ExportedRow, SnapshotRow } from "./snapshot-row.ts";

/** Lists that snapshots are kept of, by their key in Zendesk's answers. */
export type ListedKind = "organizations" | "users" | "organization_memberships";

/** Fields of a row that are read in addition to its record. */
interface WireRow {
  id?: unknown;
  updated_at?: unknown;
  deleted_at?: unknown;
  active?: unknown;
}

/** Rows of a list as a snapshot keeps them; null where one has no id: then there can be none. Pure. */
export function readListed<K extends ListedKind>(
  rows: readonly unknown[],
  kind: K,
  userMarkField: string,
): SnapshotRow<RecordOf<K>>[] | null {
  const found: SnapshotRow<RecordOf<K>>[] = [];
  for (const row of rows) {
    const key = keyOf(row);
    if (key === null) return null;
    const { records, unreadable } = readRows([row], kind, userMarkField);
    found.push({ ...key, record: records[0] ?? null, unreadable: unreadable[0] ?? null });
  }
  return found;
}

/** The same of a page whose records were read already. Pure. */
export function rowsOfPage<K extends ListedKind>(
  { rows, page: { records, unreadable } }: Pick<ListedPage<RecordOf<K>>, "rows" | "page">,
  kind: K,
  userMarkField: string,
): SnapshotRow<RecordOf<K>>[] | null {
  // Which row could not be read is not told.
  if (unreadable.length > 0) return readListed(rows, kind, userMarkField);
  const keys = rows.map(keyOf);
  if (keys.includes(null)) return null;
  return keys.flatMap((key, place) => {
    const record = records[place];
    return key && record ? [{ ...key, record, unreadable: null }] : [];
  });
}

function keyOf(row: unknown): { id: number; changedAt: number } | null {
  const { id, updated_at: updatedAt } = (typeof row === "object" && row !== null ? row : {}) as WireRow;
  if (typeof id !== "number" || !Number.isSafeInteger(id) || id < 1) return null;
  return { id, changedAt: Date.parse(String(updatedAt)) || 0 };
}

/** The same of an export: deleted organizations have a `deleted_at`, deleted users are not `active` (facts/zendesk.md 7). Pure. */
export function readExported<K extends "organizations" | "users">(
  rows: readonly unknown[],
  kind: K,
  userMarkField: string,
): ExportedRow<RecordOf<K>>[] | null {
  const listed = readListed(rows, kind, userMarkField);
  return (
    listed?.map((row, place) => {
      const { deleted_at: deletedAt, active } = rows[place] as WireRow;
      return { ...row, deleted: kind === "users" ? active === false : typeof deletedAt === "string" };
    }) ?? null
  );
}
