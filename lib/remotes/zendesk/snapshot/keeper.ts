import { type Reason, reason } from "../../../domain/reason.ts";
import { existsSync, rm } from "../../../edges/files.ts";
import { messageOf } from "../../../errors.ts";
import { DamagedDatabaseError, isDamage } from "../../../storage/files/open-database.ts";
import { ExportBudget } from "./incremental-export.ts";
import { ForeignSnapshotError, type ListToKeep, SnapshotStore } from "./store.ts";

/** Location of an instance's snapshot, and what may be done with it. */
export interface SnapshotOptions {
  path: string;
  /** Nothing is kept, and no file is made. */
  readOnly: boolean;
  /** Whatever of the configuration may change how records are read. */
  settings: string;
}

/**
 * Reads and keeps the snapshot of one instance. Nothing that goes wrong with the file stops anything: it is told, everything is listed
 * in full, and the next complete listing makes a new one.
 */
export class SnapshotKeeper {
  /** Export pages that may still be requested to complete any of the lists. */
  readonly exports = new ExportBudget();

  constructor(private readonly options: SnapshotOptions) {}

  /** Does something with what is kept; null where there is no file. What is wrong with the file is told instead. */
  read<Answer>(question: (store: SnapshotStore) => Answer): { answer: Answer | null } | { told: Reason } {
    if (!existsSync(this.options.path)) return { answer: null };
    try {
      using store = new SnapshotStore(this.options.path);
      return { answer: question(store) };
    } catch (error) {
      return { told: reason("snapshot.unreadable", { message: messageOf(error) }) };
    }
  }

  /** Keeps lists, all of them or none. Answers why that did not work. */
  async keep(lists: readonly ListToKeep[]): Promise<Reason | null> {
    if (this.options.readOnly) return null;
    try {
      using store = await this.#opened();
      store.keep(lists);
      return null;
    } catch (error) {
      return reason("snapshot.not_saved", { message: messageOf(error) });
    }
  }

  /** The file, or a new one in its place: what cannot be read is of no use to anybody. */
  async #opened(): Promise<SnapshotStore> {
    const { path } = this.options;
    try {
      return new SnapshotStore(path);
    } catch (error) {
      const unusable =
        error instanceof ForeignSnapshotError || error instanceof DamagedDatabaseError || isDamage(error);
      if (!unusable) throw error;
      for (const suffix of ["", "-wal", "-shm"]) await rm(`${path}${suffix}`, { force: true });
      return new SnapshotStore(path);
    }
  }
}
