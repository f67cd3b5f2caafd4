import type { Database } from "bun:sqlite";
import { EXIT, ZdsyncError } from "../lib/errors.ts";
import { openDatabase as open } from "../lib/storage/files/open-database.ts";
import { MIGRATIONS } from "./schema.ts";

const LOST =
  "the audit log, the organizations marked as handled, answered requests and the threads of runs in progress are lost, and alerts are posted again";

/** The database was written by a later version of zdsync, which may mean something else by the same table. Exit 1. */
export class NewerDatabaseError extends ZdsyncError {
  readonly exitCode = EXIT.failed;

  constructor(path: string, version: number) {
    super(
      `${path} was written by a later version of zdsync (schema ${version}; this one knows ${MIGRATIONS.length}). Start that version again, or one that is newer. Nothing was changed.`,
    );
  }
}

/**
 * Opens the bot's own memory, and brings it to this version's schema (`schema.ts`). Everything in it makes the bot quieter or more
 * helpful, and nothing in it decides what is right about a customer (G2). Owner-only: it holds names. Throws `DamagedDatabaseError`
 * and `NewerDatabaseError`.
 */
export function openDatabase(path: string): Database {
  const database = open(path, LOST);
  try {
    migrate(database, path);
    return database;
  } catch (error) {
    database.close();
    throw error;
  }
}

/** In one transaction: of two programs that open it at once, one migrates and the other finds it done. */
function migrate(database: Database, path: string): void {
  database
    .transaction(() => {
      const version = versionOf(database);
      if (version > MIGRATIONS.length) throw new NewerDatabaseError(path, version);
      if (version === MIGRATIONS.length) return;
      for (const bring of MIGRATIONS.slice(version)) bring(database);
      database.run(`pragma user_version = ${MIGRATIONS.length}`);
    })
    .immediate();
}

function versionOf(database: Database): number {
  return database.query<{ user_version: number }, []>("pragma user_version").get()?.user_version ?? 0;
}
