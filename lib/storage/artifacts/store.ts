import { createHash } from "node:crypto";
import { reason } from "../../domain/reason.ts";
import { ArtifactError } from "../../errors.ts";
import { refused } from "../../reasons/refused.ts";
import { ArtifactFolder } from "./artifact-folder.ts";
import { DigestedBlocks } from "./digested-blocks.ts";
import { blocksOfRecords } from "./json-records.ts";
import { FEW_BYTES, type KeptArtifact, KeptRecords } from "./kept-records.ts";
import {
  type ChangesetManifest,
  ChangesetManifestSchema,
  changesetManifestName,
  type Maker,
  type Manifest,
  ManifestSchema,
  manifestHead,
  manifestName,
  NOTHING_QUARANTINED,
  type Quarantined,
} from "./manifest.ts";
import { ManifestFiles } from "./manifest-files.ts";
import { parseRecords, recordsAsRead } from "./parse-artifact.ts";
import { AllRecords, type RecordTaker, readRecordsOf } from "./read-records.ts";
import type { Result } from "./results.ts";
import { ResultsJournal, type ResultsName } from "./results-journal.ts";
import type { ArtifactName, ArtifactRecord } from "./schemas.ts";
import { type FileBytes, inMemory, someRecordsOf } from "./some-records.ts";

/** An artifact without its records: its digest, and its manifest where there is one. */
export interface ArtifactFile {
  name: string;
  sha256: string;
  manifest: Manifest | null;
}

/** An artifact as read. */
export interface Artifact<T> extends ArtifactFile {
  records: T[];
}

/**
 * The artifacts of one data directory, or of folders below it: validated on the way in and out, written atomically, manifest last.
 * What this store wrote or read is not parsed again as long as its file stays as it was (KeptRecords).
 * The data directory may be a symbolic link; none below it is followed.
 */
export class ArtifactStore {
  readonly directory: string;
  readonly #folder: ArtifactFolder;
  readonly #manifests: ManifestFiles;
  readonly #kept = new KeptRecords();

  constructor(base: string, ...below: readonly string[]) {
    this.#folder = new ArtifactFolder(base, below);
    this.#manifests = new ManifestFiles(this.#folder);
    this.directory = this.#folder.directory;
  }

  /** Returns the path of a file of this data directory. */
  path(name: string): string {
    return this.#folder.path(name);
  }

  /**
   * Reads an artifact and holds it against its manifest. Throws `ArtifactError` naming file, record and field, and
   * `RefusedError` where it was altered or is of another schema version (S3).
   */
  async read<Name extends ArtifactName>(name: Name): Promise<Artifact<ArtifactRecord<Name>>> {
    return (await this.readIfThere(name)) ?? this.#missing(name);
  }

  /** As `read`, or null where the file does not exist. */
  async readIfThere<Name extends ArtifactName>(name: Name): Promise<Artifact<ArtifactRecord<Name>> | null> {
    const kept = await this.#keptOf(name);
    if (kept) return { ...(await this.#verified(name, kept.sha256)), records: [...kept.records] };
    const read = await this.#readFile(name, () => new AllRecords<Name>());
    if (!read) return null;
    const { records } = read.taker;
    this.#kept.keep(name, { ...read.file, sha256: read.artifact.sha256, bytes: read.bytes, records });
    return { ...read.artifact, records: [...records] };
  }

  /**
   * As `read`, but each record is handed over as it is read, and none is kept: for artifacts that are too large to be held. What comes of
   * them may not get out before this resolves: only then is the digest known to be the manifest's.
   *
   * @param begin makes whoever takes the records; asked once more where the file turns out to be laid out otherwise than zdsync does
   */
  async readInto<Name extends ArtifactName, Taker extends RecordTaker<Name>>(
    name: Name,
    begin: () => Taker,
  ): Promise<{ taker: Taker; artifact: ArtifactFile }> {
    return (await this.readIntoIfThere(name, begin)) ?? this.#missing(name);
  }

  /** As `readInto`, or null where the file does not exist. */
  async readIntoIfThere<Name extends ArtifactName, Taker extends RecordTaker<Name>>(
    name: Name,
    begin: () => Taker,
  ): Promise<{ taker: Taker; artifact: ArtifactFile } | null> {
    const kept = await this.#keptOf(name);
    if (!kept) return this.#readFile(name, begin);
    const artifact = await this.#verified(name, kept.sha256);
    const taker = begin();
    for (const record of kept.records) taker.add(record);
    return { taker, artifact };
  }

  /**
   * Of a large artifact the records that are asked for, as JSON and not held against their schema: `isWanted` sees how a record's line
   * begins. A file that has not a record to a line is answered whole. Null where there is none; throws where it was altered (S3).
   */
  async readSome(name: ArtifactName, isWanted: (beginning: string) => boolean): Promise<unknown[] | null> {
    const pick = (file: FileBytes) => someRecordsOf(name, file, isWanted, (sha256) => this.#verified(name, sha256));
    const kept = (await this.#keptOf(name))?.bytes;
    return kept ? pick(inMemory(kept)) : this.#folder.withFile(name, pick);
  }

  /** The manifest of an artifact, or null where it has none. */
  async readManifest(name: ArtifactName): Promise<Manifest | null> {
    return this.#manifests.read(manifestName(name), ManifestSchema);
  }

  /**
   * Writes an artifact, then its manifest; where that fails neither is left. Records are validated: what would be refused on reading
   * is never written.
   */
  async write<Name extends ArtifactName>(
    name: Name,
    records: readonly ArtifactRecord<Name>[],
    maker: Maker,
    quarantined: Quarantined = NOTHING_QUARANTINED,
  ): Promise<Manifest> {
    const { sha256 } = await this.#replace(name, records, FEW_BYTES);
    const manifest: Manifest = { ...manifestHead(maker), count: records.length, sha256, left_alone: quarantined };
    try {
      await this.#manifests.write(manifestName(name), ManifestSchema, manifest);
    } catch (error) {
      await this.remove(name);
      throw error;
    }
    return manifest;
  }

  /** Writes records without a manifest of their own; answers the file's bytes. */
  async writeRecords<Name extends ArtifactName>(name: Name, records: readonly ArtifactRecord<Name>[]): Promise<Buffer> {
    const bytes = await this.replaceRecords(name, records);
    await this.#folder.sync();
    return bytes;
  }

  /**
   * As `writeRecords`, for files that share a manifest which follows at once: until then a power failure may bring back the file that
   * was there before, whole.
   */
  async replaceRecords<Name extends ArtifactName>(
    name: Name,
    records: readonly ArtifactRecord<Name>[],
  ): Promise<Buffer> {
    const { bytes } = await this.#replace(name, records, Number.POSITIVE_INFINITY);
    return bytes ?? Buffer.of();
  }

  /** Puts a results file in its place that grows as rows end: with its first ones; only for whoever writes results. */
  beginResults(name: ResultsName, rows: readonly Result[]): Promise<ResultsJournal> {
    return ResultsJournal.begin(this.#folder, name, rows);
  }

  /** The records of a change or results file with their digest; throws where the file is missing. */
  async readRecords<Name extends ArtifactName>(
    name: Name,
  ): Promise<{ records: ArtifactRecord<Name>[]; bytes: Buffer; sha256: string }> {
    const kept = await this.#keptOf(name);
    if (kept?.bytes) return { records: [...kept.records], bytes: kept.bytes, sha256: kept.sha256 };
    const bytes = (await this.#folder.withFile(name, (file) => file.bytes())) ?? this.#missing(name);
    return { records: parseRecords(name, bytes), bytes, sha256: sha256Of(bytes) };
  }

  async readChangesetManifest(comparison: string): Promise<ChangesetManifest | null> {
    return this.#manifests.read(changesetManifestName(comparison), ChangesetManifestSchema);
  }

  async writeChangesetManifest(
    comparison: string,
    maker: Maker,
    rest: Omit<ChangesetManifest, keyof ReturnType<typeof manifestHead>>,
  ): Promise<ChangesetManifest> {
    const manifest = { ...manifestHead(maker), ...rest };
    await this.#manifests.write(changesetManifestName(comparison), ChangesetManifestSchema, manifest);
    return manifest;
  }

  /** Writes a text file for people (a report). */
  async writeText(name: string, text: string | Buffer): Promise<void> {
    await this.#folder.replace(name, text);
    await this.#folder.sync();
  }

  /** Removes files and their manifests, so that a stage that fails leaves nothing that looks fresh (S1). */
  async remove(...names: string[]): Promise<void> {
    for (const name of names) {
      this.#kept.forget(name);
      this.#manifests.forget(manifestName(name));
    }
    await this.#folder.remove(names.flatMap((name) => [name, manifestName(name)]));
  }

  /** Facts kept about an artifact, provided its file has not changed since. */
  async #keptOf<Name extends ArtifactName>(name: Name): Promise<KeptArtifact<ArtifactRecord<Name>> | null> {
    if (!this.#kept.has(name)) return null;
    return this.#kept.get(name, await this.#folder.stampOf(name)) as KeptArtifact<ArtifactRecord<Name>> | null;
  }

  #readFile<Name extends ArtifactName, Taker extends RecordTaker<Name>>(name: Name, begin: () => Taker) {
    return this.#folder.withFile(name, async (file) => ({
      ...(await readRecordsOf(name, file, begin, (sha256) => this.#verified(name, sha256))),
      file: { stamp: file.stamp, size: file.size },
    }));
  }

  /** Throws `RefusedError` where a digest is not the manifest's (S3). */
  async #verified(name: ArtifactName, sha256: string): Promise<ArtifactFile> {
    const manifest = await this.readManifest(name);
    if (manifest && manifest.sha256 !== sha256) throw refused(reason("artifact.altered", { file: name }));
    return { name, sha256, manifest };
  }

  async #replace<Name extends ArtifactName>(name: Name, records: readonly ArtifactRecord<Name>[], keptUpTo: number) {
    const asRead = recordsAsRead(name, records);
    const content = new DigestedBlocks(() => blocksOfRecords(name, records), keptUpTo);
    this.#kept.forget(name);
    await this.#folder.replace(name, content);
    const { sha256, size, bytes } = content;
    const stamp = await this.#folder.stampOf(name);
    if (stamp !== null)
      this.#kept.keep(name, { stamp, size, sha256, bytes: size <= FEW_BYTES ? bytes : null, records: asRead });
    return { sha256, bytes };
  }

  #missing(name: string): never {
    const path = this.path(name);
    throw new ArtifactError(
      `${path} is missing. Run the stage that writes it, or point --data-dir at the folder that contains it.`,
    );
  }
}

/** SHA-256 as 64 hexadecimal digits. */
export function sha256Of(...parts: (Buffer | string)[]): string {
  const hash = createHash("sha256");
  for (const part of parts) hash.update(part);
  return hash.digest("hex");
}
