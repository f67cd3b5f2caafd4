import type { Database } from "bun:sqlite";
import { dirname } from "node:path";
import { edges } from "../../edges/edges.ts";
import { chmodSync, mkdirSync } from "../../edges/files.ts";
import { EXIT, ZdsyncError } from "../../errors.ts";
import { refuseLink } from "./own-files.ts";

/** A memory of ours is no database any more, or one with holes. Exit 1. */
export class DamagedDatabaseError extends ZdsyncError {
  readonly exitCode = EXIT.failed;

  /** @param lost what is gone with the file, as a clause: `the audit log is lost` */
  constructor(path: string, lost: string, options?: ErrorOptions) {
    super(
      `${path} is damaged and cannot be read. You can delete it, together with ${path}-wal and ${path}-shm if they exist: ${lost}, but nothing about customers depends on it. It is then created again.`,
      options,
    );
  }
}

/** SQLite's two codes for a file that is not, or no longer, a database; either may have a detail behind it (`SQLITE_CORRUPT_INDEX`). */
export function isDamage(error: unknown): boolean {
  const code = (error as { code?: unknown } | null)?.code;
  return typeof code === "string" && /^SQLITE_(NOTADB|CORRUPT)/.test(code);
}

/**
 * Opens a memory of ours in a file, readable by its owner only, or in `:memory:`. Several programs may use the same file. What is
 * written survives that the program is killed. Throws `DamagedDatabaseError` where the file is no whole database, and what the
 * system says where it cannot be made.
 *
 * @param lost what is gone when somebody deletes the file
 */
export function openDatabase(path: string, lost = "what it remembers is lost"): Database {
  if (path !== ":memory:") mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  if (path !== ":memory:") refuseLink(path);
  const database = made(path);
  try {
    if (path !== ":memory:") chmodSync(path, 0o600);
    database.run("pragma busy_timeout = 5000");
    database.run("pragma journal_mode = wal");
    database.run("pragma synchronous = normal");
    checkWhole(database, path, lost);
    return database;
  } catch (error) {
    database.close();
    throw isDamage(error) ? new DamagedDatabaseError(path, lost, { cause: error }) : naming(path, error);
  }
}

function made(path: string): Database {
  try {
    return edges().files.openDatabase(path);
  } catch (error) {
    throw naming(path, error);
  }
}

/** SQLite does not say which file it was. */
function naming(path: string, error: unknown): unknown {
  return error instanceof Error ? Object.assign(error, { path }) : error;
}

/** Reads every page once: damage shows now, with words, and not in the middle of some later question. */
function checkWhole(database: Database, path: string, lost: string): void {
  const [first] = database.query("pragma quick_check(1)").values();
  if (first?.[0] !== "ok") throw new DamagedDatabaseError(path, lost);
}
