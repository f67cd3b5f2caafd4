import { byResult, type Result } from "../artifacts/results.ts";
import type { ArtifactName } from "../artifacts/schemas.ts";
import type { ArtifactStore } from "../artifacts/store.ts";

export type ResultsName = Extract<ArtifactName, `${string}_results.json`>;

/** Where the outcome of every row goes. */
export interface Results {
  readonly results: readonly Result[];
  add(results: readonly Result[]): Promise<void>;
  close(): Promise<void>;
}

/**
 * The results of one comparison, written while they come in (S6): after every job the file holds every row that has ended.
 * Writes never overlap; one that falls due during another covers all that came in meanwhile. A store that cannot be written keeps none
 * of the others from being written, and makes every further `add` fail: who writes without results ends early.
 */
export class ResultsFile implements Results {
  readonly results: Result[] = [];
  private writing: Promise<void> | null = null;
  private stale = false;

  private readonly stores: readonly ArtifactStore[];

  /** Kept in each of the stores: the data directory and the run's history, or nowhere in a dry run. */
  constructor(
    private readonly name: ResultsName,
    ...stores: ArtifactStore[]
  ) {
    this.stores = stores;
  }

  /** Takes the outcomes of a job and sees that they get to the disk. */
  add(results: readonly Result[]): Promise<void> {
    this.results.push(...results);
    this.stale = true;
    this.writing ??= this.writeWhileStale();
    return this.writing;
  }

  /** Writes the final file, even where there was nothing to do; tries again what could not be written before. */
  async close(): Promise<void> {
    await this.writing?.catch(() => {});
    this.stale = true;
    await this.writeWhileStale();
  }

  private async writeWhileStale(): Promise<void> {
    while (this.stale) {
      this.stale = false;
      const sorted = [...this.results].sort(byResult);
      const failures: unknown[] = [];
      for (const store of this.stores)
        await store.writeRecords(this.name, sorted).catch((error: unknown) => failures.push(error));
      if (failures.length > 0) throw failures[0];
    }
    this.writing = null;
  }
}
