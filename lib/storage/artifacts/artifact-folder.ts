import { join } from "node:path";
import { rm } from "../../edges/files.ts";
import { GrowingFile } from "../files/growing-file.ts";
import { checkOwnFolder, makeOwnFolder, type OwnFile, openOwnFile, ownFileStamp } from "../files/own-files.ts";
import { type Content, replaceWholeFile, syncFolder } from "../files/write-whole-file.ts";

/** The files of a data directory, or of a folder below it. The data directory may be a symbolic link; none below it is followed. */
export class ArtifactFolder {
  readonly directory: string;

  constructor(
    private readonly base: string,
    private readonly below: readonly string[],
  ) {
    this.directory = join(base, ...below);
  }

  path(name: string): string {
    return join(this.directory, name);
  }

  /** As `ownFileStamp`. */
  async stampOf(name: string): Promise<string | null> {
    await checkOwnFolder(this.base, ...this.below);
    return ownFileStamp(this.path(name));
  }

  /** Returns the result of `read` for a file; null if there is none. Throws as `readOwnFile`. */
  async withFile<T>(name: string, read: (file: OwnFile) => Promise<T>): Promise<T | null> {
    await checkOwnFolder(this.base, ...this.below);
    const file = await openOwnFile(this.path(name));
    if (file === null) return null;
    try {
      return await read(file);
    } finally {
      await file.close();
    }
  }

  /** Puts a file in its place whole; only `sync` makes it last through a power failure. `content` may be asked for twice. */
  async replace(name: string, content: Content): Promise<void> {
    await this.#inFolder(() => replaceWholeFile(this.path(name), content));
  }

  /** As `replace`, for a file that grows. */
  async begin(name: string, content: Buffer, ending: string): Promise<GrowingFile> {
    return this.#inFolder(() => GrowingFile.begin(this.path(name), content, ending));
  }

  async #inFolder<T>(write: () => Promise<T>): Promise<T> {
    if (this.below.length > 0) await makeOwnFolder(this.base, ...this.below);
    try {
      return await write();
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
      // The first file of a new data directory.
      await makeOwnFolder(this.base, ...this.below);
      return write();
    }
  }

  /** Makes the names of all files that were put in their place last through a power failure. Throws as `syncFolder`. */
  async sync(): Promise<void> {
    await syncFolder(this.directory);
  }

  async remove(names: readonly string[]): Promise<void> {
    await Promise.all(names.map((name) => rm(this.path(name), { force: true })));
  }
}
