/** Facts this process keeps about an artifact whose file it wrote or read. */
export interface KeptArtifact<T = unknown> {
  /** Of its file, as `ownFileStamp`. */
  stamp: string;
  sha256: string;
  /** In bytes. */
  size: number;
  records: readonly T[];
  /** The file's own bytes where they are few. */
  bytes: Buffer | null;
}

/** Of files up to this size the bytes are kept, too. */
export const FEW_BYTES = 1024 ** 2;

/** All files together of which records are kept: as objects they take about as much memory as their text. */
const MAX_BYTES = 128 * 1024 ** 2;

/**
 * The records of a data directory's artifacts, as long as their files stay as they were: in a run the stages after the one that made
 * an artifact get its records from here, and nothing is parsed again. Those that were used least recently are given up first.
 */
export class KeptRecords {
  readonly #byName = new Map<string, KeptArtifact>();
  #size = 0;

  /** Returns the facts kept about an artifact if its file still has this stamp; otherwise null. */
  get(name: string, stamp: string | null): KeptArtifact | null {
    const kept = this.#byName.get(name);
    if (!kept) return null;
    this.forget(name);
    if (kept.stamp !== stamp) return null;
    this.keep(name, kept);
    return kept;
  }

  has(name: string): boolean {
    return this.#byName.has(name);
  }

  keep(name: string, artifact: KeptArtifact): void {
    this.forget(name);
    if (artifact.size > MAX_BYTES) return;
    this.#byName.set(name, artifact);
    this.#size += artifact.size;
    for (const oldest of this.#byName.keys()) {
      if (this.#size <= MAX_BYTES) return;
      this.forget(oldest);
    }
  }

  forget(name: string): void {
    this.#size -= this.#byName.get(name)?.size ?? 0;
    this.#byName.delete(name);
  }
}
