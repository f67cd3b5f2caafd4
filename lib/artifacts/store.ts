import { createHash } from "node:crypto";
import { join } from "node:path";
import type * as v from "valibot";
import { reason } from "../domain/reason.ts";
import { rm } from "../edges/files.ts";
import { ArtifactError } from "../errors.ts";
import { refused } from "../explain/refused.ts";
import { checkOwnFolder, makeOwnFolder, ownFileStamp, readOwnFile } from "../files/own-files.ts";
import { writeWholeFile } from "../files/write-whole-file.ts";
import { bytesOfRecords } from "./json-records.ts";
import {
  type ChangesetManifest,
  ChangesetManifestSchema,
  type LeftAlone,
  type Manifest,
  ManifestSchema,
  NOTHING_LEFT_ALONE,
  type RunOrigin,
  SCHEMA_VERSION,
} from "./manifest.ts";
import { checkRecords, parseManifest, parseRecords } from "./parse-artifact.ts";
import type { ArtifactName, ArtifactRecord } from "./schemas.ts";
import { someRecords } from "./some-records.ts";

/** An artifact as read: its records, its digest, and its manifest where there is one. */
export interface Artifact<T> {
  name: string;
  records: T[];
  sha256: string;
  manifest: Manifest | null;
}

/** Who makes an artifact, and when. */
export interface Maker {
  stage: string;
  origin: RunOrigin;
  madeAt: Date;
}

/**
 * The artifacts of one data directory, or of folders below it: validated on the way in and out, written atomically, manifest last.
 * The data directory may be a symbolic link; none below it is followed.
 */
export class ArtifactStore {
  readonly directory: string;
  private readonly below: readonly string[];
  /** Manifests that this store read, by file name, as long as their files stay as they were. Most are asked for by every stage. */
  readonly #manifests = new Map<string, { stamp: string; manifest: unknown }>();

  constructor(
    private readonly base: string,
    ...below: readonly string[]
  ) {
    this.directory = join(base, ...below);
    this.below = below;
  }

  /** Where a file of this data directory lies. */
  path(name: string): string {
    return join(this.directory, name);
  }

  /**
   * Reads an artifact and holds it against its manifest. Throws `ArtifactError` naming file, record and field, and
   * `RefusedError` where it was altered or is of another schema version (S3).
   */
  async read<Name extends ArtifactName>(name: Name): Promise<Artifact<ArtifactRecord<Name>>> {
    const artifact = await this.readIfThere(name);
    if (!artifact)
      throw new ArtifactError(
        `${this.path(name)} is missing. Run the stage that makes it, or point --data-dir at the folder that has it.`,
      );
    return artifact;
  }

  /** As `read`, or null where the file does not exist. */
  async readIfThere<Name extends ArtifactName>(name: Name): Promise<Artifact<ArtifactRecord<Name>> | null> {
    const bytes = await this.readBytes(name);
    if (!bytes) return null;
    const sha256 = sha256Of(bytes);
    const manifest = await this.readManifest(name);
    if (manifest && manifest.sha256 !== sha256) {
      throw refused(reason("artifact.altered", { file: name }));
    }
    return { name, records: parseRecords(name, bytes), sha256, manifest };
  }

  /**
   * Of a large artifact the records that are asked for, as JSON and not held against their schema: `isWanted` sees how a record's line
   * begins. A file that has not a record to a line is answered whole. Null where there is none; throws where it was altered (S3).
   */
  async readSome(name: ArtifactName, isWanted: (beginning: string) => boolean): Promise<unknown[] | null> {
    const bytes = await this.readBytes(name);
    if (!bytes) return null;
    const manifest = await this.readManifest(name);
    if (manifest && manifest.sha256 !== sha256Of(bytes)) throw refused(reason("artifact.altered", { file: name }));
    return someRecords(name, bytes, isWanted);
  }

  /** The manifest of an artifact, or null where it has none. */
  async readManifest(name: ArtifactName): Promise<Manifest | null> {
    return this.readManifestFile(manifestName(name), ManifestSchema);
  }

  /**
   * Writes an artifact, then its manifest; where that fails neither is left. Records are validated: what would be refused on reading
   * is never written.
   */
  async write<Name extends ArtifactName>(
    name: Name,
    records: readonly ArtifactRecord<Name>[],
    maker: Maker,
    leftAlone: LeftAlone = NOTHING_LEFT_ALONE,
  ): Promise<Manifest> {
    const bytes = await this.writeRecords(name, records);
    const manifest: Manifest = {
      ...originOf(maker),
      count: records.length,
      sha256: sha256Of(bytes),
      left_alone: leftAlone,
    };
    try {
      await this.writeJson(manifestName(name), manifest);
    } catch (error) {
      await this.remove(name);
      throw error;
    }
    return manifest;
  }

  /** Writes records without a manifest of their own (change files share one; results are rewritten as they grow). */
  async writeRecords<Name extends ArtifactName>(name: Name, records: readonly ArtifactRecord<Name>[]): Promise<Buffer> {
    const bytes = bytesOfRecords(name, records);
    checkRecords(name, bytes);
    await this.writeBytes(name, bytes);
    return bytes;
  }

  /** The records of a change or results file with their digest; throws where the file is missing. */
  async readRecords<Name extends ArtifactName>(
    name: Name,
  ): Promise<{ records: ArtifactRecord<Name>[]; bytes: Buffer; sha256: string }> {
    const bytes = await this.readBytes(name);
    if (!bytes)
      throw new ArtifactError(
        `${this.path(name)} is missing. Run the stage that makes it, or point --data-dir at the folder that has it.`,
      );
    return { records: parseRecords(name, bytes), bytes, sha256: sha256Of(bytes) };
  }

  async readChangesetManifest(comparison: string): Promise<ChangesetManifest | null> {
    return this.readManifestFile(changesetManifestName(comparison), ChangesetManifestSchema);
  }

  async writeChangesetManifest(
    comparison: string,
    maker: Maker,
    rest: Pick<
      ChangesetManifest,
      "files" | "digest" | "counts" | "existing" | "marked" | "limits" | "verdict" | "unconfirmed" | "allow"
    >,
  ): Promise<ChangesetManifest> {
    const manifest: ChangesetManifest = { ...originOf(maker), ...rest };
    await this.writeJson(changesetManifestName(comparison), manifest);
    return manifest;
  }

  /** Writes a text file for people (a report). */
  async writeText(name: string, text: string | Buffer): Promise<void> {
    await this.writeBytes(name, Buffer.from(text));
  }

  /** Removes files and their manifests, so that a stage that fails leaves nothing that looks fresh (S1). */
  async remove(...names: string[]): Promise<void> {
    for (const name of names) this.#manifests.delete(manifestName(name));
    await Promise.all(
      names.flatMap((name) => [
        rm(this.path(name), { force: true }),
        rm(this.path(manifestName(name)), { force: true }),
      ]),
    );
  }

  private async readManifestFile<T>(name: string, schema: v.GenericSchema<unknown, T>): Promise<T | null> {
    await checkOwnFolder(this.base, ...this.below);
    const stamp = await ownFileStamp(this.path(name));
    if (stamp === null) return null;
    const known = this.#manifests.get(name);
    if (known?.stamp === stamp) return known.manifest as T;
    const bytes = await readOwnFile(this.path(name));
    if (!bytes) return null;
    const manifest = parseManifest(name, schema, bytes);
    this.#manifests.set(name, { stamp, manifest });
    return manifest;
  }

  private async readBytes(name: string): Promise<Buffer | null> {
    await checkOwnFolder(this.base, ...this.below);
    return readOwnFile(this.path(name));
  }

  private writeJson(name: string, value: unknown): Promise<void> {
    return this.writeBytes(name, Buffer.from(`${JSON.stringify(value, null, 2)}\n`));
  }

  private async writeBytes(name: string, bytes: Buffer): Promise<void> {
    this.#manifests.delete(name);
    if (this.below.length > 0) await makeOwnFolder(this.base, ...this.below);
    try {
      await writeWholeFile(this.path(name), bytes);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
      // The first file of a new data directory.
      await makeOwnFolder(this.base, ...this.below);
      await writeWholeFile(this.path(name), bytes);
    }
  }
}

/** `x.json` → `x.manifest.json`. */
export function manifestName(name: string): string {
  return name.replace(/\.json$/, ".manifest.json");
}

/** The manifest that the change files of one comparison share. */
export function changesetManifestName(comparison: string): string {
  return `${comparison}_changeset.manifest.json`;
}

/** SHA-256 as 64 hexadecimal digits. */
export function sha256Of(...parts: (Buffer | string)[]): string {
  const hash = createHash("sha256");
  for (const part of parts) hash.update(part);
  return hash.digest("hex");
}

function originOf(maker: Maker) {
  const { run_id, today, gathered_at, inputs } = maker.origin;
  return {
    stage: maker.stage,
    run_id,
    schema: SCHEMA_VERSION,
    today,
    made_at: maker.madeAt.toISOString(),
    gathered_at,
    inputs,
  };
}
