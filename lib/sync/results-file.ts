import { byResult, type Result } from "../storage/artifacts/results.ts";
import type { ResultsJournal, ResultsName } from "../storage/artifacts/results-journal.ts";
import type { ArtifactStore } from "../storage/artifacts/store.ts";

/** Collects the outcome of every row. */
export interface Results {
  readonly results: readonly Result[];
  add(results: readonly Result[]): Promise<void>;
  close(): Promise<void>;
}

/**
 * The results of one comparison, written while they come in (S6): after every job the file holds every row that has ended, in that order;
 * once it is closed they are sorted. Writes never overlap; one that falls due during another covers all that came in meanwhile. A store
 * that cannot be written keeps none of the others from being written, and makes every further `add` fail: who writes without results
 * ends early.
 */
export class ResultsFile implements Results {
  readonly results: Result[] = [];
  private writing: Promise<void> | null = null;
  private readonly kept: readonly KeptResults[];

  /** Kept in each of the stores: the data directory and the run's history, or nowhere in a dry run. */
  constructor(name: ResultsName, ...stores: ArtifactStore[]) {
    this.kept = stores.map((store) => new KeptResults(name, store));
  }

  /** Takes the outcomes of a job and sees that they get to the disk. */
  add(results: readonly Result[]): Promise<void> {
    this.results.push(...results);
    this.writing ??= this.writeAll();
    return this.writing;
  }

  /** Writes the final file, even where there was nothing to do; tries again what could not be written before. */
  async close(): Promise<void> {
    await this.writing?.catch(() => {});
    const sorted = [...this.results].sort(byResult);
    await this.inEach((one) => one.close(sorted));
  }

  private async writeAll(): Promise<void> {
    while (this.kept.some(({ count }) => count < this.results.length))
      await this.inEach((one) => one.write(this.results));
    this.writing = null;
  }

  /** One store after the other; throws the first failure after all. */
  private async inEach(write: (kept: KeptResults) => Promise<void>): Promise<void> {
    const failures: unknown[] = [];
    for (const one of this.kept) await write(one).catch((error: unknown) => failures.push(error));
    if (failures.length > 0) throw failures[0];
  }
}

/** The results in one store. */
class KeptResults {
  /** Number of results written to the store. */
  count = 0;
  private journal: ResultsJournal | null = null;

  constructor(
    private readonly name: ResultsName,
    private readonly store: ArtifactStore,
  ) {}

  async write(all: readonly Result[]): Promise<void> {
    const count = all.length;
    if (this.count === count) return;
    const isAdded = await this.journal?.add(all.slice(this.count, count));
    if (!isAdded) this.journal = await this.store.beginResults(this.name, all.slice(0, count));
    this.count = count;
  }

  async close(sorted: readonly Result[]): Promise<void> {
    await this.store.writeRecords(this.name, sorted);
    this.journal = null;
  }
}
