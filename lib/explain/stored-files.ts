import type { InstanceName } from "../domain/instance.ts";
import { existsSync } from "../edges/files.ts";
import { ArtifactError } from "../errors.ts";
import { isLineByLine } from "../storage/artifacts/line-by-line.ts";
import type { ArtifactStore } from "../storage/artifacts/store.ts";
import { ownFileBlocks, readOwnFile } from "../storage/files/own-files.ts";
import { historyOf } from "../storage/history.ts";
import type { EvidenceArtifact } from "./evidence-records.ts";
import { type InstanceRuns, instanceOfArtifact, isResults, runOfArtifact } from "./instance-runs.ts";
import { RecordLines } from "./record-lines.ts";
import type { ScannedFiles } from "./records-about.ts";

/** Whose files a data directory has. */
export interface StoredFilesOptions {
  runId: string;
  ofInstances: InstanceRuns;
  /** The instances whose files are opened. */
  instances: readonly InstanceName[];
}

/**
 * Artifacts of a data directory. Of an instance only those of one run are there: what an earlier one left would be told as that run's.
 * Results are taken from the run's history, for the same reason.
 */
export class StoredFiles implements ScannedFiles {
  readonly #opened = new Map<string, Promise<RecordLines<EvidenceArtifact> | null>>();

  constructor(
    readonly store: ArtifactStore,
    readonly whose: StoredFilesOptions,
  ) {}

  open<Name extends EvidenceArtifact>(name: Name): Promise<RecordLines<Name> | null> {
    const opened = this.#opened.get(name) ?? this.#open(name);
    this.#opened.set(name, opened);
    return opened as Promise<RecordLines<Name> | null>;
  }

  async blocks(name: EvidenceArtifact): Promise<AsyncIterable<Buffer> | null> {
    if (!(await this.#isOfRun(name))) return null;
    const blocks = await unlessDamaged(ownFileBlocks(this.#path(name)));
    return blocks && byLine(blocks, async () => [...((await this.open(name))?.lines() ?? [])].join("\n"));
  }

  async #open(name: EvidenceArtifact): Promise<RecordLines<EvidenceArtifact> | null> {
    if (!(await this.#isOfRun(name))) return null;
    const bytes = await unlessDamaged(readOwnFile(this.#path(name)));
    return bytes ? new RecordLines(name, bytes) : null;
  }

  #runOf(name: EvidenceArtifact): string {
    const instance = instanceOfArtifact(name);
    return (instance && this.whose.ofInstances[instance]?.run_id) ?? this.whose.runId;
  }

  /** True if a file is the run's, as shared ones always are; results have no manifest, and are looked for in the run's own folder. */
  async #isOfRun(name: EvidenceArtifact): Promise<boolean> {
    const instance = instanceOfArtifact(name);
    if (instance === null) return true;
    if (!this.whose.instances.includes(instance)) return false;
    const run = isResults(name) ? null : await runOfArtifact(this.store, name);
    return run === null || run.run_id === this.#runOf(name);
  }

  #path(name: EvidenceArtifact): string {
    const kept = historyOf(this.store.directory, this.#runOf(name));
    return (isResults(name) && existsSync(kept.directory) ? kept : this.store).path(name);
  }
}

/** A file that was made by hand may be laid out otherwise; `lines` has a record to a line. */
async function* byLine(blocks: AsyncIterable<Buffer>, lines: () => Promise<string>): AsyncGenerator<Buffer> {
  let isFirst = true;
  for await (const block of blocks) {
    if (isFirst && !isLineByLine(block)) return yield Buffer.from(await lines());
    isFirst = false;
    yield block;
  }
}

async function unlessDamaged<T>(read: Promise<T | null>): Promise<T | null> {
  try {
    return await read;
  } catch (error) {
    if (error instanceof ArtifactError) return null;
    throw error;
  }
}
