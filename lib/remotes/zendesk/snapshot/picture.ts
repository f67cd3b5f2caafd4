import { type ExportedRow, type SnapshotRow, sameRow } from "./snapshot-row.ts";

/** A page of a list that was listed again. */
export interface ListedAgain<T> {
  /** The page begins behind this id; null: with the first record. */
  behindId: number | null;
  rows: readonly SnapshotRow<T>[];
  /** True if no page follows. */
  isLast: boolean;
}

/**
 * What a list looks like by a snapshot and by what was heard since: the records by id, and which of them are other than in the
 * snapshot. Pages that are listed again are held against it. No I/O, no clock.
 */
export class Picture<T> {
  readonly #rows: Map<number, SnapshotRow<T>>;
  readonly #changed = new Set<number>();
  readonly #removed = new Set<number>();
  /** Said to be deleted. */
  readonly #gone = new Set<number>();
  /** In order; null while it is not known. */
  #ids: number[] | null = null;

  /** @param rows of the snapshot; the picture goes on with this map */
  constructor(rows: Map<number, SnapshotRow<T>>) {
    this.#rows = rows;
  }

  get size(): number {
    return this.#rows.size;
  }

  /** Every row, in order of id: the order of a list with cursors (facts/zendesk.md 2). */
  *rows(): Generator<SnapshotRow<T>> {
    for (const id of this.#sortedIds()) {
      const row = this.#rows.get(id);
      if (row) yield row;
    }
  }

  row(id: number): SnapshotRow<T> | undefined {
    return this.#rows.get(id);
  }

  /** Rows that are other than in the snapshot, or new. */
  changed(): SnapshotRow<T>[] {
    return [...this.#changed].flatMap((id) => this.#rows.get(id) ?? []);
  }

  /** Ids that were in the snapshot and are gone. */
  removed(): number[] {
    return [...this.#removed];
  }

  /**
   * What an export tells of one record. It tells some twice, and in no certain order (facts/zendesk.md 7): the latest counts. What is
   * deleted stays so: no id is given again.
   */
  take({ deleted, ...row }: ExportedRow<T>): void {
    const known = this.#rows.get(row.id);
    if (deleted) {
      this.remove(row.id);
      this.#gone.add(row.id);
    } else if (!this.#gone.has(row.id) && (!known || (known.changedAt <= row.changedAt && !sameRow(known, row))))
      this.put(row);
  }

  put(row: SnapshotRow<T>): void {
    if (!this.#rows.has(row.id)) this.#ids = null;
    this.#rows.set(row.id, row);
    this.#changed.add(row.id);
    this.#removed.delete(row.id);
  }

  remove(id: number): void {
    if (!this.#rows.delete(id)) return;
    this.#ids = null;
    this.#changed.delete(id);
    this.#removed.add(id);
  }

  /**
   * Holds a page against the picture. What changed after `freshFrom` no export can tell yet and is taken over; whatever else differs
   * shows that the picture is wrong. Answers the ids of those records: none where it is right.
   */
  hold({ behindId, rows, isLast }: ListedAgain<T>, freshFrom: number): number[] {
    const wrong: number[] = [];
    const listed = new Set<number>();
    let before = behindId ?? 0;
    for (const row of rows) {
      if (row.id <= before) wrong.push(row.id);
      before = row.id;
      listed.add(row.id);
    }
    const end = isLast ? Number.POSITIVE_INFINITY : before;
    for (const id of this.#idsBetween(behindId ?? 0, end)) if (!listed.has(id)) wrong.push(id);
    for (const row of rows) {
      const known = this.#rows.get(row.id);
      if (known && sameRow(known, row)) continue;
      if (row.changedAt > freshFrom) this.put(row);
      else wrong.push(row.id);
    }
    return wrong;
  }

  /** Ids above the first and up to the second, in order. */
  #idsBetween(behind: number, end: number): number[] {
    const ids = this.#sortedIds();
    let from = 0;
    for (let to = ids.length; from < to; ) {
      const middle = (from + to) >> 1;
      if ((ids[middle] ?? 0) <= behind) from = middle + 1;
      else to = middle;
    }
    const found: number[] = [];
    for (let at = from; at < ids.length && (ids[at] ?? 0) <= end; at++) found.push(ids[at] ?? 0);
    return found;
  }

  #sortedIds(): number[] {
    this.#ids ??= [...this.#rows.keys()].sort((one, other) => one - other);
    return this.#ids;
  }
}
