import { constants, type Dirent } from "node:fs";
import type { FileHandle } from "node:fs/promises";
import type { FileEdge } from "../../../lib/edges/edges.ts";
import type { Databases } from "./databases.ts";
import { fileHandle } from "./file-handle.ts";
import { decoded, type FileNode, statsOf, systemError } from "./file-nodes.ts";
import { absolute, type FileSystem } from "./file-system.ts";
import { KilledError, type Life } from "./life.ts";
import type { Trace } from "./trace.ts";

/** What a disk refuses, from the nth operation that writes on. */
export interface DiskPlan {
  failing?: { write: number; code: "ENOSPC" | "EIO"; times?: number };
}

/** One run's way to the files of its computer. */
export interface Desk {
  files: FileSystem;
  databases: Databases;
  life: Life;
  trace: Trace;
  plan: DiskPlan;
  now(): number;
}

/** Begins an operation: counts it, throws for a run that is no more, and plays what the disk's plan has for it. */
export class Operations {
  #writes = 0;

  constructor(private readonly desk: Desk) {}

  begin(syscall: string, path: string, kind: "reads" | "writes"): void {
    const { life, trace, plan } = this.desk;
    if (life.end === null) life.counted("fileOperations");
    if (life.end !== null) throw new KilledError();
    if (kind === "reads") return;
    const number = ++this.#writes;
    const { write = Number.POSITIVE_INFINITY, code = "EIO", times = 1 } = plan.failing ?? {};
    const fails = number >= write && number < write + times;
    trace.note(`${life.name} ${syscall} ${path}${fails ? ` (${code})` : ""}`);
    if (fails) throw systemError(code, syscall, path);
  }

  /** Does it as the functions with promises do; one of a run that is no more never settles. */
  promised<T>(act: () => T): Promise<T> {
    return this.desk.life.settled(act);
  }
}

/** `node:fs` of one run on a computer of the simulation; as much of it as the program uses. */
export function fileEdge(desk: Desk): FileEdge {
  const operations = new Operations(desk);
  const sync = { ...reading(desk, operations), ...writing(desk, operations) };
  const promised = Object.fromEntries(
    Object.entries(sync).map(([name, act]) => [
      name,
      (...args: unknown[]) => operations.promised(() => (act as (...args: unknown[]) => unknown)(...args)),
    ]),
  );
  return {
    ...promised,
    chmodSync: sync.chmod,
    lstatSync: (path: string, options: { throwIfNoEntry?: boolean } = {}) =>
      options.throwIfNoEntry === false && !desk.files.find(path, "lstat") ? undefined : sync.lstat(path),
    mkdirSync: sync.mkdir,
    existsSync: (path: string) => {
      operations.begin("access", path, "reads");
      return exists(desk.files, path);
    },
    openDatabase: (path: string) => desk.databases.open(path, desk, operations),
  } as unknown as FileEdge;
}

function exists(files: FileSystem, path: string): boolean {
  try {
    return files.find(path, "access") !== null;
  } catch {
    return false;
  }
}

function reading({ files }: Desk, operations: Operations) {
  const stat = (syscall: string) => (path: string) => {
    operations.begin(syscall, path, "reads");
    return statsOf(files.get(path, syscall));
  };
  return {
    access: (path: string) => {
      operations.begin("access", path, "reads");
      files.get(path, "access");
    },
    stat: stat("stat"),
    lstat: stat("lstat"),
    readFile: (path: string, options?: BufferEncoding | { encoding?: BufferEncoding }) => {
      operations.begin("open", path, "reads");
      return decoded(contentOf(files.get(path, "open")), options);
    },
    readdir: (path: string, options: { withFileTypes?: boolean; recursive?: boolean } = {}) => {
      operations.begin("scandir", path, "reads");
      if (typeof options === "object" && options.recursive) throw new Error("readdir: recursive is not simulated");
      const found = [...files.folder(path, "scandir").entries].sort(([one], [other]) => (one < other ? -1 : 1));
      return options.withFileTypes
        ? found.map(([name, node]) => direntOf(path, name, node))
        : found.map(([name]) => name);
    },
  };
}

function writing(desk: Desk, operations: Operations) {
  const { files } = desk;
  return {
    appendFile: (path: string, content: string | Uint8Array) => {
      operations.begin("write", path, "writes");
      const node = files.find(path, "open") ?? created(files, path, 0o666);
      if (node.kind !== "file") throw systemError("EISDIR", "open", path);
      files.changed(node, Buffer.concat([node.content, Buffer.from(content as string)]));
    },
    chmod: (path: string, mode: number) => {
      operations.begin("chmod", path, "writes");
      files.get(path, "chmod").mode = mode;
    },
    link: (from: string, to: string) => {
      operations.begin("link", `${from} → ${to}`, "writes");
      const node = files.find(from, "link");
      if (!node) throw systemError("ENOENT", "link", from, to);
      if (files.find(to, "link")) throw systemError("EEXIST", "link", from, to);
      files.put(to, node, "link");
    },
    lutimes: (path: string, _: unknown, mtime: Date | number) => {
      operations.begin("lutime", path, "writes");
      files.get(path, "lutime").mtimeMs = mtime instanceof Date ? mtime.getTime() : mtime * 1000;
    },
    mkdir: (path: string, options?: { recursive?: boolean; mode?: number } | number) => {
      const { recursive = false, mode = 0o777 } = typeof options === "number" ? { mode: options } : (options ?? {});
      operations.begin("mkdir", path, recursive && exists(files, path) ? "reads" : "writes");
      if (recursive) return files.makeFolders(path, mode);
      if (files.find(path, "mkdir")) throw systemError("EEXIST", "mkdir", path);
      return files.put(path, files.newFolder(mode), "mkdir");
    },
    mkdtemp: (prefix: string) => {
      operations.begin("mkdtemp", prefix, "writes");
      for (let number = 0; ; number++) {
        const path = `${prefix}${String(number).padStart(6, "0")}`;
        if (files.find(path, "mkdtemp")) continue;
        files.put(path, files.newFolder(0o700), "mkdtemp");
        return path;
      }
    },
    open: (path: string, flags: string | number = "r", mode = 0o666): FileHandle => {
      const { writes, creates, fresh, empties, appends } = flagsOf(flags);
      operations.begin("open", path, creates ? "writes" : "reads");
      const found = files.find(path, "open");
      if (found && fresh) throw systemError("EEXIST", "open", path);
      if (!found && !creates) throw systemError("ENOENT", "open", path);
      if (found?.kind === "folder" && writes) throw systemError("EISDIR", "open", path);
      const node = found ?? created(files, path, mode);
      if (empties && node.kind === "file") files.changed(node, Buffer.alloc(0));
      return fileHandle(desk, operations, { path, node, appends });
    },
    rename: (from: string, to: string) => {
      operations.begin("rename", `${from} → ${to}`, "writes");
      files.rename(from, to);
    },
    rm: (path: string, options: { force?: boolean; recursive?: boolean } = {}) => {
      const found = files.find(path, "rm");
      operations.begin("rm", path, found ? "writes" : "reads");
      if (!found && options.force) return;
      if (!found) throw systemError("ENOENT", "lstat", path);
      if (found.kind === "folder" && !options.recursive) throw systemError("EISDIR", "rm", path);
      files.remove(path, "rm");
      desk.databases.forget(found);
    },
    rmdir: (path: string) => {
      operations.begin("rmdir", path, "writes");
      if (files.folder(path, "rmdir").entries.size > 0) throw systemError("ENOTEMPTY", "rmdir", path);
      files.remove(path, "rmdir");
    },
  };
}

function created(files: FileSystem, path: string, mode: number) {
  const file = files.newFile(mode & ~0o022);
  files.put(path, file, "open");
  return file;
}

function contentOf(node: FileNode): Buffer {
  if (node.kind === "folder") throw systemError("EISDIR", "read");
  if (node.kind === "database") throw new Error("a database's file is read through the database only");
  return node.content;
}

function direntOf(folder: string, name: string, node: FileNode): Dirent {
  const isFolder = node.kind === "folder";
  const kinds = { isFile: () => !isFolder, isDirectory: () => isFolder, isSymbolicLink: () => false };
  return { name, parentPath: absolute(folder), ...kinds } as unknown as Dirent;
}

function flagsOf(flags: string | number) {
  if (typeof flags === "number") {
    const has = (bit: number) => (flags & bit) !== 0;
    return {
      writes: has(constants.O_WRONLY | constants.O_RDWR),
      creates: has(constants.O_CREAT),
      fresh: has(constants.O_EXCL),
      empties: has(constants.O_TRUNC),
      appends: has(constants.O_APPEND),
    };
  }
  const writes = flags !== "r";
  return {
    writes,
    creates: /^[wa]/.test(flags),
    fresh: flags.includes("x"),
    empties: flags.startsWith("w"),
    appends: flags.startsWith("a"),
  };
}
