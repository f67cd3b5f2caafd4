import { Database } from "bun:sqlite";
import {
  copyFileSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Chance } from "./chance.ts";
import type { Desk, Operations } from "./file-edge.ts";
import type { DatabaseFile, FileNode } from "./file-nodes.ts";
import { absolute } from "./file-system.ts";
import { KilledError, type Life } from "./life.ts";

/** What a database has on the disk; `wal`: what was committed and not brought into the file yet. */
export interface DatabaseBytes {
  file: Buffer | null;
  wal: Buffer | null;
}

/** Where no disk is asked: Linux's memory; elsewhere the folder for temporary files. */
const MEMORY = existsSync("/dev/shm") ? "/dev/shm" : tmpdir();
const DOES_SOMETHING = new Set(["all", "get", "run", "values", "iterate", "raw"]);

/** What nobody ended is removed with this process. */
const folders = new Set<string>();
const removeFolders = () => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
};
/** Whether this process has seen to what is left of others, and will be of itself. */
let cares = false;
const PREFIX = "zdsync-simulation-";

/** A process that was killed could remove nothing: whoever comes next does it. The name says whose a folder is. */
function removeFoldersOfTheDead(): void {
  for (const name of readdirSync(MEMORY)) {
    const [, pid] = /^zdsync-simulation-(\d+)-/.exec(name) ?? [];
    if (pid && !isAlive(Number(pid))) rmSync(join(MEMORY, name), { recursive: true, force: true });
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as { code?: string }).code !== "ESRCH";
  }
}

/**
 * The SQLite databases of a simulation: real ones, in a folder of its own outside of the simulated disks. Each statement of a run
 * that is no more throws and does nothing, and what it had not committed is rolled back.
 */
export class Databases {
  #madeFolder: string | null = null;
  readonly #open = new Map<Database, { node: DatabaseFile; life: Life }>();
  #count = 0;

  /** Opens the database at a path of a computer's disk; a file that is no database is opened as one, and found out by SQLite. */
  open(path: string, desk: Desk, operations: Operations): Database {
    if (path === ":memory:") return new Database(path, { strict: true });
    operations.begin("open", path, "writes");
    const node = this.#nodeAt(path, desk);
    const database = new Database(node.place, { create: true, strict: true });
    this.#open.set(database, { node, life: desk.life });
    desk.life.onEnd((end) => {
      if (end !== "lost power") this.#close(database);
    });
    return this.#guarded(database, path, desk);
  }

  /** What hangs on a node that has no name any more goes with it. */
  forget(node: FileNode): void {
    if (node.kind === "database" && ![...this.#open.values()].some((one) => one.node === node)) this.#remove(node);
    if (node.kind === "folder") for (const one of node.entries.values()) this.forget(one);
  }

  /** The power of a computer is gone: what was committed last and not synced may be missing. */
  losePower(isOf: (life: Life) => boolean, chance: Chance): void {
    for (const [database, { node, life }] of [...this.#open]) {
      if (!isOf(life)) continue;
      const copy = join(this.#folder, "copy");
      copyFileSync(node.place, copy);
      const hasWal = existsSync(`${node.place}-wal`);
      if (hasWal) copyFileSync(`${node.place}-wal`, `${copy}-wal`);
      this.#close(database);
      this.#remove(node);
      copyFileSync(copy, node.place);
      if (!hasWal) continue;
      copyFileSync(`${copy}-wal`, `${node.place}-wal`);
      truncateSync(`${node.place}-wal`, chance.integer(statSync(`${node.place}-wal`).size + 1));
    }
  }

  read(node: DatabaseFile): DatabaseBytes {
    const bytes = (path: string) => (existsSync(path) ? readFileSync(path) : null);
    return { file: bytes(node.place), wal: bytes(`${node.place}-wal`) };
  }

  /** A new place with these bytes. */
  place({ file, wal }: DatabaseBytes): string {
    const place = join(this.#folder, `${++this.#count}.sqlite`);
    if (file) writeFileSync(place, file);
    if (wal) writeFileSync(`${place}-wal`, wal);
    return place;
  }

  end(): void {
    for (const database of [...this.#open.keys()]) this.#close(database);
    if (this.#madeFolder === null) return;
    rmSync(this.#madeFolder, { recursive: true, force: true });
    folders.delete(this.#madeFolder);
    this.#madeFolder = null;
  }

  /** Made for the first database; most computers of most tests have none. */
  get #folder(): string {
    if (this.#madeFolder === null) {
      this.#madeFolder = mkdtempSync(join(MEMORY, `${PREFIX}${process.pid}-`));
      if (!cares) {
        cares = true;
        process.once("exit", removeFolders);
        removeFoldersOfTheDead();
      }
      folders.add(this.#madeFolder);
    }
    return this.#madeFolder;
  }

  #nodeAt(path: string, { files }: Desk): DatabaseFile {
    const found = files.find(path, "open");
    if (found?.kind === "database") return found;
    const node = files.newDatabase(this.place({ file: found?.kind === "file" ? found.content : null, wal: null }));
    files.put(absolute(path), node, "open");
    return node;
  }

  #guarded(database: Database, path: string, { life, trace }: Desk): Database {
    const begin = (sql: string) => {
      if (life.end === null) life.counted("statements");
      if (life.end !== null) throw new KilledError();
      if (!/^\s*(select|pragma)/i.test(sql))
        trace.note(`${life.name} sql ${path} ${sql.replaceAll(/\s+/g, " ").slice(0, 60)}`);
    };
    const statementOf = (sql: string) =>
      bound(database.query(sql), (name) => {
        if (DOES_SOMETHING.has(name)) begin(sql);
      });
    return bound(database, () => {}, {
      query: statementOf,
      prepare: statementOf,
      run: (sql: string, ...values: []) => {
        begin(sql);
        return database.run(sql, ...values);
      },
      close: () => {
        if (life.end === null) this.#close(database);
      },
    });
  }

  #close(database: Database): void {
    if (!this.#open.delete(database)) return;
    if (database.inTransaction) database.run("rollback");
    database.close();
  }

  #remove({ place }: DatabaseFile): void {
    for (const suffix of ["", "-wal", "-shm"]) rmSync(place + suffix, { force: true });
  }
}

/** An object whose methods are called on itself, each after `before`; some are replaced. */
function bound<T extends object>(target: T, before: (name: string) => void, replaced: Record<string, unknown> = {}): T {
  return new Proxy(target, {
    get(_, name) {
      if (typeof name === "string" && name in replaced) return replaced[name];
      const value = Reflect.get(target, name, target);
      if (typeof value !== "function") return value;
      return (...args: unknown[]) => {
        before(String(name));
        return value.apply(target, args);
      };
    },
  });
}
