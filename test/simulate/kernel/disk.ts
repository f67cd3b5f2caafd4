import { dirname } from "node:path";
import type { DatabaseBytes, Databases } from "./databases.ts";
import type { FileNode, Folder } from "./file-nodes.ts";
import { absolute, type FileSystem } from "./file-system.ts";

/** A computer's disk, as somebody sees it who is not one of its programs. Paths are absolute. */
export interface SimulatedDisk {
  /** All files below a folder: path → content; databases apart. */
  files(folder: string): ReadonlyMap<string, Buffer>;
  /** The databases below a folder: path → the path of a real file that may be opened for reading while no run is in progress. */
  databases(folder: string): ReadonlyMap<string, string>;
  /** Null where there is no such file. */
  read(path: string): Buffer | null;
  /** Puts a file there, synced, and the folders it needs. */
  write(path: string, content: string | Uint8Array): void;
  remove(path: string): void;
  /** Everything as it is, databases included; for a directory that is restored an hour later. */
  snapshot(): DiskSnapshot;
  /** Puts everything back as it was. */
  restore(snapshot: DiskSnapshot): void;
}

/** What was on a disk once. */
export interface DiskSnapshot {
  readonly root: KeptNode;
}

type KeptNode = (
  | { kind: "file"; content: Buffer }
  | { kind: "folder"; entries: ReadonlyMap<string, KeptNode> }
  | { kind: "database"; bytes: DatabaseBytes }
) & { mode: number; mtimeMs: number };

/** The disk of a computer for those who look after it. */
export function diskOf(files: FileSystem, databases: Databases): SimulatedDisk {
  const nodesBelow = (folder: string) => {
    const found = files.find(folder, "look");
    return found ? [...walk(absolute(folder), found)] : [];
  };
  return {
    files: (folder) =>
      new Map(nodesBelow(folder).flatMap(([path, node]) => (node.kind === "file" ? [[path, node.content]] : []))),
    databases: (folder) =>
      new Map(nodesBelow(folder).flatMap(([path, node]) => (node.kind === "database" ? [[path, node.place]] : []))),
    read(path) {
      const node = files.find(path, "look");
      return node?.kind === "file" ? node.content : null;
    },
    write(path, content) {
      files.makeFolders(dirname(absolute(path)));
      const found = files.find(path, "write");
      const file = found?.kind === "file" ? found : files.newFile(0o644);
      if (found !== file) files.put(path, file, "write");
      files.changed(file, Buffer.from(content as string));
      files.syncAll();
    },
    remove(path) {
      const node = files.find(path, "remove");
      if (!node) return;
      files.remove(path, "remove");
      files.syncAll();
      databases.forget(node);
    },
    snapshot: () => ({ root: kept(files.root, databases) }),
    restore(snapshot) {
      databases.forget(files.root);
      files.root = revived(snapshot.root, files, databases) as Folder;
      files.syncAll();
    },
  };
}

function* walk(path: string, node: FileNode): Generator<[string, FileNode]> {
  if (node.kind !== "folder") yield [path, node];
  else for (const [name, one] of node.entries) yield* walk(`${path === "/" ? "" : path}/${name}`, one);
}

function kept(node: FileNode, databases: Databases): KeptNode {
  const { mode, mtimeMs } = node;
  switch (node.kind) {
    case "file":
      return { kind: "file", content: node.content, mode, mtimeMs };
    case "database":
      return { kind: "database", bytes: databases.read(node), mode, mtimeMs };
    case "folder": {
      const entries = new Map([...node.entries].map(([name, one]) => [name, kept(one, databases)] as const));
      return { kind: "folder", entries, mode, mtimeMs };
    }
  }
}

function revived(node: KeptNode, files: FileSystem, databases: Databases): FileNode {
  const { mode, mtimeMs } = node;
  switch (node.kind) {
    case "file":
      return Object.assign(files.newFile(mode), { content: node.content, mtimeMs });
    case "database":
      return Object.assign(files.newDatabase(databases.place(node.bytes)), { mode, mtimeMs });
    case "folder": {
      const entries = [...node.entries].map(([name, one]) => [name, revived(one, files, databases)] as const);
      return Object.assign(files.newFolder(mode), { entries: new Map(entries), mtimeMs });
    }
  }
}
