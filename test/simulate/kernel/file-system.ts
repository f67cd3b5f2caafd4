import { join } from "node:path";
import type { Chance } from "./chance.ts";
import { type DatabaseFile, type FileNode, type Folder, type PlainFile, systemError } from "./file-nodes.ts";

/** A change of a folder that the disk itself may not have yet. */
interface Change {
  folder: Folder;
  at: number;
  undo(): void;
}

/** The system writes by itself what waited so long (Linux: `dirty_expire_centisecs`; ext4's journal: `commit`). */
const CONTENT_WRITTEN_MS = 30_000;
const NAMES_WRITTEN_MS = 5_000;
/** Where paths that do not begin at the root begin. */
const HOME = "/home/zdsync";

/**
 * The files of one computer, in memory. It knows what was synced: after a loss of power the rest may be lost or cut. Names are
 * journalled in order, as by common file systems: of the changes that were not synced, the later ones are lost.
 */
export class FileSystem {
  root: Folder = { kind: "folder", number: 1, mode: 0o755, mtimeMs: 0, entries: new Map() };
  #numbers = 1;
  #journal: Change[] = [];
  readonly #dirty = new Map<PlainFile, number>();

  constructor(private readonly now: () => number) {
    this.makeFolders(HOME);
    this.makeFolders("/tmp");
    this.syncAll();
  }

  /** The node at a path; null where there is none. Throws ENOTDIR where a part before the last is no folder. */
  find(path: string, syscall: string): FileNode | null {
    const parts = partsOf(path);
    return this.#walk(parts, parts.length, path, syscall);
  }

  #walk(parts: readonly string[], depth: number, path: string, syscall: string): FileNode | null {
    let node: FileNode = this.root;
    for (let place = 0; place < depth; place++) {
      const name = parts[place] ?? "";
      if (node.kind !== "folder") throw systemError("ENOTDIR", syscall, path);
      const next = node.entries.get(name);
      if (!next) return null;
      node = next;
    }
    return node;
  }

  /** Throws ENOENT where there is none. */
  get(path: string, syscall: string): FileNode {
    const node = this.find(path, syscall);
    if (!node) throw systemError("ENOENT", syscall, path);
    return node;
  }

  folder(path: string, syscall: string): Folder {
    const node = this.get(path, syscall);
    if (node.kind !== "folder") throw systemError("ENOTDIR", syscall, path);
    return node;
  }

  /** Gives a name to a node, in the place of what had it. */
  put(path: string, node: FileNode, syscall: string): void {
    this.#change(this.#parent(path, syscall), nameOf(path), node);
  }

  remove(path: string, syscall: string): void {
    this.#change(this.#parent(path, syscall), nameOf(path), null);
  }

  rename(from: string, to: string): void {
    const node = this.find(from, "rename");
    if (!node) throw systemError("ENOENT", "rename", from, to);
    const target = this.find(to, "rename");
    if (target?.kind === "folder" && node.kind !== "folder") throw systemError("EISDIR", "rename", from, to);
    if (target?.kind === "folder" && target.entries.size > 0) throw systemError("ENOTEMPTY", "rename", from, to);
    const [source, goal] = [this.#parent(from, "rename"), this.#parent(to, "rename")];
    const [fromName, toName] = [nameOf(from), nameOf(to)];
    source.entries.delete(fromName);
    goal.entries.set(toName, node);
    // Both names change at once or not at all.
    this.#record(goal, () => {
      if (target) goal.entries.set(toName, target);
      else goal.entries.delete(toName);
      source.entries.set(fromName, node);
    });
  }

  newFile(mode: number): PlainFile {
    const file: PlainFile = { ...this.#common(mode), kind: "file", content: Buffer.alloc(0), synced: null };
    this.#dirty.set(file, this.now());
    return file;
  }

  newFolder(mode: number): Folder {
    return { ...this.#common(mode), kind: "folder", entries: new Map() };
  }

  newDatabase(place: string): DatabaseFile {
    return { ...this.#common(0o644), kind: "database", place };
  }

  /** All folders of a path. Answers the first that was made. */
  makeFolders(path: string, mode = 0o777): string | undefined {
    let made: string | undefined;
    let at = "/";
    for (const name of partsOf(path)) {
      at = join(at, name);
      const found = this.find(at, "mkdir");
      if (found && found.kind !== "folder") throw systemError("EEXIST", "mkdir", path);
      if (found) continue;
      this.put(at, this.newFolder(mode), "mkdir");
      made ??= at;
    }
    return made;
  }

  changed(file: PlainFile, content: Buffer): void {
    file.content = content;
    file.mtimeMs = this.now();
    if (!this.#dirty.has(file)) this.#dirty.set(file, this.now());
  }

  /** Sees a file's bytes, or the names in a folder, to the disk. Those of earlier changes elsewhere come with them. */
  sync(node: FileNode): void {
    if (node.kind === "file") {
      node.synced = node.content;
      this.#dirty.delete(node);
    }
    if (node.kind === "folder")
      this.#journal = this.#journal.slice(this.#journal.findLastIndex(({ folder }) => folder === node) + 1);
  }

  syncAll(): void {
    this.#journal = [];
    for (const file of this.#dirty.keys()) file.synced = file.content;
    this.#dirty.clear();
  }

  /** The power is gone, and comes back: what was not synced is there, cut, or lost. */
  losePower(chance: Chance): void {
    const open = this.#journal.filter(({ at }) => this.now() - at < NAMES_WRITTEN_MS);
    for (const change of open.slice(chance.integer(open.length + 1)).reverse()) change.undo();
    for (const [file, since] of this.#dirty)
      if (this.now() - since < CONTENT_WRITTEN_MS) file.content = remains(file, chance);
    this.syncAll();
  }

  #change(folder: Folder, name: string, node: FileNode | null): void {
    const before = folder.entries.get(name);
    if (node) folder.entries.set(name, node);
    else folder.entries.delete(name);
    folder.mtimeMs = this.now();
    this.#record(folder, () => {
      if (before) folder.entries.set(name, before);
      else folder.entries.delete(name);
    });
  }

  #parent(path: string, syscall: string): Folder {
    const parts = partsOf(path);
    const node = this.#walk(parts, parts.length - 1, path, syscall);
    if (!node) throw systemError("ENOENT", syscall, path);
    if (node.kind !== "folder") throw systemError("ENOTDIR", syscall, path);
    return node;
  }

  #record(folder: Folder, undo: () => void): void {
    this.#journal.push({ folder, at: this.now(), undo });
  }

  #common(mode: number) {
    return { number: ++this.#numbers, mode, mtimeMs: this.now() };
  }
}

/** What a loss of power leaves of a file: what was synced, what was written since, or a part of that. */
function remains({ content, synced }: PlainFile, chance: Chance): Buffer {
  const kept = synced ?? Buffer.alloc(0);
  const drawn = chance.integer(3);
  if (drawn === 0) return kept;
  if (drawn === 1) return content;
  // What was not written again is on the disk.
  const different = kept.findIndex((byte, at) => byte !== content[at]);
  const from = different === -1 ? Math.min(kept.length, content.length) : different;
  return content.subarray(0, from + chance.integer(content.length - from + 1));
}

/** A path from the root. */
export function absolute(path: string): string {
  return join(path.startsWith("/") ? "/" : HOME, path);
}

const parts = new Map<string, readonly string[]>();

/** The names that lead to a path; most paths are asked for again and again. */
function partsOf(path: string): readonly string[] {
  const known = parts.get(path);
  if (known) return known;
  if (parts.size > 5_000) parts.clear();
  const found = splitPath(path);
  parts.set(path, found);
  return found;
}

function splitPath(path: string): string[] {
  return absolute(path)
    .split("/")
    .filter((part) => part !== "");
}

const nameOf = (path: string): string => partsOf(path).at(-1) ?? "";
