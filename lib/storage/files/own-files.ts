import { constants } from "node:fs";
import type { FileHandle } from "node:fs/promises";
import { join } from "node:path";
import { lstat, lstatSync, mkdir, open } from "../../edges/files.ts";
import { ArtifactError } from "../../errors.ts";

/** Larger files are refused unread: no artifact of 100,000 accounts comes near it. */
const MAX_BYTES = 2 * 1024 ** 3;

/** Never through a link, and never waiting for the other end of a pipe. */
const READ_PLAIN = constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0);

/**
 * The bytes of a file in a data directory; null where there is none. A symbolic link is not followed: whoever can put one there would
 * choose what zdsync reads. Throws `ArtifactError` for links, for what is no file and for what is larger than `maxBytes`.
 */
export async function readOwnFile(path: string, maxBytes: number = MAX_BYTES): Promise<Buffer | null> {
  const file = await openOwnFile(path, maxBytes);
  if (file === null) return null;
  try {
    return await file.bytes();
  } finally {
    await file.close();
  }
}

/** Stamp that changes whenever a file is replaced or written to; null if there is none. A link has one, too: reading it is refused. */
export async function ownFileStamp(path: string): Promise<string | null> {
  try {
    return stampOf(await lstat(path));
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "ENOENT" || code === "ENOTDIR") return null;
    throw error;
  }
}

/** Read at once by `ownFileBlocks`. */
const BLOCK_BYTES = 1024 ** 2;
const NEWLINE = 0x0a;

/**
 * As `readOwnFile`, in blocks of whole lines, for files of which little is kept: each block is overwritten by the next one. The file is
 * open until all blocks were asked for.
 */
export async function ownFileBlocks(path: string): Promise<AsyncGenerator<Buffer> | null> {
  const file = await openOwnFile(path);
  return file && untilClosed(file);
}

async function* untilClosed(file: OwnFile): AsyncGenerator<Buffer> {
  try {
    yield* file.blocks();
  } finally {
    await file.close();
  }
}

/** A file of a data directory while it is open. */
export interface OwnFile {
  /** In bytes. */
  size: number;
  /** As `ownFileStamp`. */
  stamp: string;
  /** All of it. */
  bytes(): Promise<Buffer>;
  /** All of it in blocks of whole lines, each of which is overwritten by the next one. */
  blocks(): AsyncGenerator<Buffer>;
  close(): Promise<void>;
}

/** Opens a file as `readOwnFile` does, and throws as it does. */
export async function openOwnFile(path: string, maxBytes: number = MAX_BYTES): Promise<OwnFile | null> {
  const file = await openPlain(path);
  if (file === null) return null;
  try {
    const found = await file.stat();
    if (!found.isFile()) throw new ArtifactError(`${path} is not a file. Move it away, or point --data-dir elsewhere.`);
    if (found.size > maxBytes)
      throw new ArtifactError(
        `${path} is larger than ${Math.floor(maxBytes / 1024 ** 2)} MiB; zdsync never writes files that large. Point --data-dir at the right folder.`,
      );
    return {
      size: found.size,
      stamp: stampOf(found),
      bytes: () => file.readFile(),
      blocks: () => blocksOf(file),
      close: () => file.close(),
    };
  } catch (error) {
    await file.close();
    throw error;
  }
}

function stampOf({ ino, size, mtimeMs, ctimeMs }: Awaited<ReturnType<FileHandle["stat"]>>): string {
  return `${ino} ${size} ${mtimeMs} ${ctimeMs}`;
}

async function* blocksOf(file: FileHandle): AsyncGenerator<Buffer> {
  let buffer = Buffer.allocUnsafe(BLOCK_BYTES);
  let held = 0;
  for (let at = 0; ; ) {
    const { bytesRead } = await file.read(buffer, held, buffer.length - held, at);
    at += bytesRead;
    const filled = buffer.subarray(0, held + bytesRead);
    if (bytesRead === 0) {
      if (held > 0) yield filled;
      return;
    }
    const end = filled.lastIndexOf(NEWLINE) + 1;
    if (end > 0) yield filled.subarray(0, end);
    held = filled.length - end;
    if (held === buffer.length) buffer = Buffer.concat([buffer], buffer.length * 2);
    else buffer.copyWithin(0, end, filled.length);
  }
}

async function openPlain(path: string) {
  try {
    return await open(path, READ_PLAIN);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "ENOENT" || code === "ENOTDIR") return null;
    // FreeBSD says EMLINK.
    if (code === "ELOOP" || code === "EMLINK") throw linkError(path);
    throw error;
  }
}

/**
 * Makes a folder of a data directory, owner-only: `names` below `base`. `base` may be a link, nothing below it: whoever can put one
 * there would choose where zdsync writes. Answers its path; throws `ArtifactError` where one of them is a link or no folder.
 */
export async function makeOwnFolder(base: string, ...names: readonly string[]): Promise<string> {
  // Most folders are made once and written to many times.
  if (names.length > 0 && (await checkOwnFolder(base, ...names))) return join(base, ...names);
  await mkdir(base, { recursive: true });
  let path = base;
  for (const name of names) {
    path = join(path, name);
    await mkdir(path, { mode: 0o700 }).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== "EEXIST") throw error;
    });
    await checkFolder(path);
  }
  return path;
}

/** True if all of `names` exist below `base`. Throws `ArtifactError` if one of them is a link or not a folder. */
export async function checkOwnFolder(base: string, ...names: readonly string[]): Promise<boolean> {
  let path = base;
  for (const name of names) {
    path = join(path, name);
    if (!(await checkFolder(path))) return false;
  }
  return true;
}

/** Throws `ArtifactError` where a file is a link; for what other libraries open by its name. */
export function refuseLink(path: string): void {
  if (lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink()) throw linkError(path);
}

/** True if the folder exists. Throws as `checkOwnFolder`. */
async function checkFolder(path: string): Promise<boolean> {
  const found = await lstat(path).catch(() => null);
  if (found?.isSymbolicLink()) throw linkError(path);
  if (found && !found.isDirectory())
    throw new ArtifactError(`${path} is not a folder. Move it away, or point --data-dir elsewhere.`);
  return found !== null;
}

function linkError(path: string): ArtifactError {
  return new ArtifactError(
    `${path} is a symbolic link: zdsync does not follow links inside its data directory (the directory itself may be one). Remove it, or replace it with what it points to.`,
  );
}
