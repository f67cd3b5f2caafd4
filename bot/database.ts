import { Database } from "bun:sqlite";
import { chmodSync, mkdirSync } from "node:fs";
import { dirname } from "node:path";

/**
 * Opens the bot's own memory. Each part of the bot makes its own table in it (`create table if not exists`). Everything in it makes
 * the bot quieter or more helpful, and nothing in it decides what is right about a customer (G2). Owner-only: it holds names.
 */
export function openDatabase(path: string): Database {
  if (path !== ":memory:") mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  const database = new Database(path, { create: true, strict: true });
  if (path !== ":memory:") chmodSync(path, 0o600);
  database.run("pragma journal_mode = wal");
  database.run("pragma synchronous = normal");
  database.run("pragma busy_timeout = 5000");
  return database;
}
