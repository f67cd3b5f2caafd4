import { constants } from "node:fs";
import type { FileHandle } from "node:fs/promises";
import { open } from "../../edges/files.ts";
import { naming, replaceWholeFile, writeAll } from "./write-whole-file.ts";

/** Error codes for a missing file, or a link in its place; FreeBSD says EMLINK. */
const GONE = new Set(["ENOENT", "ELOOP", "EMLINK"]);

/** Never through a link. */
const WRITE_PLAIN = constants.O_RDWR | (constants.O_NOFOLLOW ?? 0);

/**
 * A file that is put in its place whole and then grows at its end, each time to the disk. It ends with the same few bytes, which every
 * addition takes the place of and brings along again. Its reader must bear that a loss of power cuts the latest addition. It is open only
 * while something is added, so that nobody has to close it.
 */
export class GrowingFile {
  /** The file that was put there, and its size; null where it is not known how much of the latest addition went in. */
  #written: { ino: number; size: number | null };

  private constructor(
    private readonly path: string,
    private readonly ending: Buffer,
    /** Offset at which the ending begins. */
    private end: number,
    ino: number,
  ) {
    this.#written = { ino, size: end + ending.length };
  }

  /** Puts the file in its place, as `replaceWholeFile`, and throws as it does. */
  static async begin(path: string, content: Buffer, ending: string): Promise<GrowingFile> {
    const bytes = Buffer.from(ending);
    await replaceWholeFile(path, [content, bytes]);
    return GrowingFile.#opened(path, async (file) => {
      return new GrowingFile(path, bytes, content.length, (await file.stat()).ino);
    });
  }

  /**
   * False where another file stands in its place by now, or nobody knows what is in it: then nothing was added. Throws what the system
   * says, with `path` set; the file then ends where it ended before, without its ending.
   */
  async add(content: Buffer): Promise<boolean> {
    const add = async (file: FileHandle) => {
      const { ino, size } = await file.stat();
      if (ino !== this.#written.ino || size !== this.#written.size) return false;
      try {
        await writeAll(file, Buffer.concat([content, this.ending]), this.end);
        await file.datasync();
      } catch (error) {
        this.#written.size = await file.truncate(this.end).then(
          () => this.end,
          () => null,
        );
        throw error;
      }
      this.end += content.length;
      this.#written.size = this.end + this.ending.length;
      return true;
    };
    return GrowingFile.#opened(this.path, add).catch((error: NodeJS.ErrnoException) => {
      if (GONE.has(error.code ?? "")) return false;
      throw error;
    });
  }

  static async #opened<T>(path: string, work: (file: FileHandle) => Promise<T>): Promise<T> {
    let file: FileHandle | null = null;
    try {
      file = await open(path, WRITE_PLAIN);
      return await work(file);
    } catch (error) {
      throw naming(path, error);
    } finally {
      await file?.close();
    }
  }
}
