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
  // A program looks for many files that are not there, and nobody reads where that was asked.
  const limit = Error.stackTraceLimit;
  Error.stackTraceLimit = 0;
  const error = new Error(`${code}: ${TEXTS[code] ?? "failed"}, ${syscall}${where ? ` ${where}` : ""}`);
  Error.stackTraceLimit = limit;
  return Object.assign(error, { code, syscall, ...(path === undefined ? {} : { path }) });
}

/** What `stat` says of a node, as it is at that moment. */
export function statsOf(node: FileNode): Stats {
  return new SimulatedStats(node) as unknown as Stats;
}

/** As much of node's `Stats` as the program reads; the most often asked for of all that a disk answers. */
class SimulatedStats {
  readonly mode: number;
  readonly mtimeMs: number;
  readonly ino: number;
  readonly size: number;
  readonly #isFolder: boolean;

  constructor(node: FileNode) {
    this.#isFolder = node.kind === "folder";
    this.mode = node.mode | (this.#isFolder ? 0o040000 : 0o100000);
    this.mtimeMs = node.mtimeMs;
    this.ino = node.number;
    this.size =
      node.kind === "file" ? node.content.length : node.kind === "database" ? Bun.file(node.place).size : 4096;
  }

  get mtime(): Date {
    return new Date(this.mtimeMs);
  }

  isFile(): boolean {
    return !this.#isFolder;
  }

  isDirectory(): boolean {
    return this.#isFolder;
  }

  isSymbolicLink(): boolean {
    return false;
  }

  isFIFO(): boolean {
    return false;
  }
}

/** Bytes that are the reader's own, or their text. */
export function decoded(content: Buffer, options?: BufferEncoding | { encoding?: BufferEncoding | null } | null) {
  const encoding = typeof options === "string" ? options : options?.encoding;
  return encoding ? content.toString(encoding) : Buffer.from(content);
}
