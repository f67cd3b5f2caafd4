import type { Stats } from "node:fs";

/** A file, a folder, or the place of a database that is kept outside (see databases.ts). */
export type FileNode = PlainFile | Folder | DatabaseFile;

interface Common {
  number: number;
  mode: number;
  mtimeMs: number;
}

export interface PlainFile extends Common {
  kind: "file";
  content: Buffer;
  /** What the disk itself has; null: nothing of it yet. */
  synced: Buffer | null;
}

export interface Folder extends Common {
  kind: "folder";
  entries: Map<string, FileNode>;
}

export interface DatabaseFile extends Common {
  kind: "database";
  /** Where the machine keeps it. */
  place: string;
}

const TEXTS: Readonly<Record<string, string>> = {
  ENOENT: "no such file or directory",
  EEXIST: "file already exists",
  ENOTDIR: "not a directory",
  EISDIR: "illegal operation on a directory",
  ENOTEMPTY: "directory not empty",
  EBADF: "bad file descriptor",
  ENOSPC: "no space left on device",
  EIO: "i/o error",
  EACCES: "permission denied",
};

/** An error as the system gives it. */
export function systemError(code: string, syscall: string, path?: string, target?: string): NodeJS.ErrnoException {
  const where = [path, target].flatMap((one) => (one === undefined ? [] : `'${one}'`)).join(" -> ");
  return Object.assign(new Error(`${code}: ${TEXTS[code] ?? "failed"}, ${syscall}${where ? ` ${where}` : ""}`), {
    code,
    syscall,
    ...(path === undefined ? {} : { path }),
  });
}

/** What `stat` says of a node. */
export function statsOf(node: FileNode): Stats {
  const { number: ino, mode, mtimeMs } = node;
  const size = node.kind === "file" ? node.content.length : node.kind === "database" ? Bun.file(node.place).size : 4096;
  const time = new Date(mtimeMs);
  const kinds = { isBlockDevice: no, isCharacterDevice: no, isSymbolicLink: no, isFIFO: no, isSocket: no };
  return {
    ...{ ino, size, mtimeMs, atimeMs: mtimeMs, ctimeMs: mtimeMs, birthtimeMs: mtimeMs },
    ...{ mtime: time, atime: time, ctime: time, birthtime: time },
    ...{ dev: 1, nlink: 1, uid: 1000, gid: 1000, rdev: 0, blksize: 4096, blocks: Math.ceil(size / 512) },
    mode: mode | (node.kind === "folder" ? 0o040000 : 0o100000),
    isFile: () => node.kind !== "folder",
    isDirectory: () => node.kind === "folder",
    ...kinds,
    // Types of later versions ask for more than anything here reads.
  } as Stats;
}

const no = () => false;
