import { Database } from "bun:sqlite";
import { chmodSync, mkdirSync } from "node:fs";
import { dirname } from "node:path";

/**
 * Opens a memory of ours in a file, readable by its owner only, or in `:memory:`. Several programs may use the same file. What is
 * written survives that the program is killed. Throws where the file is no database or cannot be made.
 */
export function openDatabase(path: string): Database {
  if (path !== ":memory:") mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  const database = new Database(path, { create: true, strict: true });
  try {
    if (path !== ":memory:") chmodSync(path, 0o600);
    database.run("pragma busy_timeout = 5000");
    database.run("pragma journal_mode = wal");
    database.run("pragma synchronous = normal");
    return database;
  } catch (error) {
    database.close();
    throw error;
  }
}
