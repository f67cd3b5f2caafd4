import type { FileHandle } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { randomBytes } from "../../edges/chance.ts";
import { link, open, readdir, rename, rm, stat } from "../../edges/files.ts";

/** Files hold names and addresses: only their owner may read them. */
const OWNER_ONLY = 0o600;

/** Names of files that are still being written; a run that was killed may leave one behind. */
const TEMPORARY = /^\..+\.[0-9a-f]{12}\.tmp$/;

/** A temporary file that nobody has written to for so long belongs to a run that was killed. */
const LEFT_BEHIND_MS = 60 * 60 * 1000;

/** Error codes of a folder's `fsync` on file systems that do not support it. */
const NO_FOLDER_SYNC = new Set(["EINVAL", "ENOTSUP", "EISDIR", "EPERM", "EACCES", "EBADF"]);

/** Error codes of `link` on file systems without hard links. */
const NO_LINKS = new Set(["EPERM", "ENOTSUP", "EOPNOTSUPP", "ENOSYS"]);

/** Content of a file; large content comes block by block. */
export type Content = string | Uint8Array | Iterable<Uint8Array>;

/**
 * Puts a file in its place whole, or leaves what was there: all bytes go into a temporary file beside it and to the disk before that
 * one takes its name. Owner-only (0600). A symbolic link at `path` is replaced, not followed. Throws what the system says (`ENOSPC`,
 * `EFBIG`, `EDQUOT`, …) with `path` set, after removing the temporary file.
 */
export async function writeWholeFile(path: string, content: Content): Promise<void> {
  await replaceWholeFile(path, content);
  await syncFolder(dirname(path)).catch((error) => {
    throw naming(path, error);
  });
}

/**
 * As `writeWholeFile`, but a power failure may bring back the file that was there before, whole: for what is written again soon, and
 * for many files of one folder before its `syncFolder`.
 */
export async function replaceWholeFile(path: string, content: Content): Promise<void> {
  const temporary = temporaryOf(path);
  try {
    await fill(temporary, content);
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => {});
    throw naming(path, error);
  }
}

/**
 * Makes a file that must not be there yet, owner-only; false where something of that name is. Nobody ever sees a part of it, also where the
 * process or the machine dies meanwhile: it gets its name once it is whole. Only a file system without links shows it as it grows. Throws
 * as `writeWholeFile`.
 */
export async function createWholeFile(path: string, content: Content): Promise<boolean> {
  const temporary = temporaryOf(path);
  try {
    await fill(temporary, content);
    await link(temporary, path).catch((error: NodeJS.ErrnoException) => {
      if (!NO_LINKS.has(error.code ?? "")) throw error;
      return fill(path, content);
    });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") return false;
    throw naming(path, error);
  } finally {
    await rm(temporary, { force: true }).catch(() => {});
  }
}

function temporaryOf(path: string): string {
  return join(dirname(path), `.${basename(path)}.${randomBytes(6).toString("hex")}.tmp`);
}

/** Removes temporary files that killed runs left in a folder. What cannot be removed harms nobody: nothing reads it. */
export async function removeLeftovers(folder: string, now: Date): Promise<void> {
  const names = await readdir(folder).catch((): string[] => []);
  for (const name of names.filter(isTemporary)) {
    const path = join(folder, name);
    const found = await stat(path).catch(() => null);
    if (found && now.getTime() - found.mtimeMs > LEFT_BEHIND_MS) await rm(path, { force: true }).catch(() => {});
  }
}

/** True if a file's name is that of a temporary file of `writeWholeFile`. */
export function isTemporary(name: string): boolean {
  return TEMPORARY.test(name);
}

/** Makes a new file (never through a link: `wx` is O_EXCL) and sees all bytes to the disk; nothing of it is left where that fails. */
async function fill(path: string, content: Content): Promise<void> {
  const file = await open(path, "wx", OWNER_ONLY);
  try {
    for (const bytes of blocksOf(content)) await writeAll(file, bytes);
    await file.sync();
  } catch (error) {
    await rm(path, { force: true }).catch(() => {});
    throw error;
  } finally {
    await file.close();
  }
}

/** `write` may take less than it was given, as on a disk that is getting full; only the next one then says why. */
export async function writeAll(file: FileHandle, bytes: Uint8Array, from: number | null = null): Promise<void> {
  for (let written = 0; written < bytes.length; ) {
    const at = from === null ? null : from + written;
    const { bytesWritten } = await file.write(bytes, written, bytes.length - written, at);
    if (bytesWritten === 0) throw Object.assign(new Error("ENOSPC: nothing more was written"), { code: "ENOSPC" });
    written += bytesWritten;
  }
}

/** Makes the names of a folder last through a power failure. */
export async function syncFolder(folder: string): Promise<void> {
  let handle: FileHandle | null = null;
  try {
    handle = await open(folder, "r");
    await handle.sync();
  } catch (error) {
    if (!NO_FOLDER_SYNC.has((error as NodeJS.ErrnoException).code ?? "")) throw error;
  } finally {
    await handle?.close();
  }
}

function blocksOf(content: Content): Iterable<Uint8Array> {
  if (typeof content === "string") return [Buffer.from(content)];
  return content instanceof Uint8Array ? [content] : content;
}

/** Failing writes do not say which file it was. */
export function naming(path: string, error: unknown): unknown {
  return error instanceof Error ? Object.assign(error, { path }) : error;
}
