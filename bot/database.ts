import type { Database } from "bun:sqlite";
import { openDatabase as open } from "../lib/files/open-database.ts";

const LOST =
  "the audit log, the organizations marked as handled, answered requests and the threads of runs in progress are lost, and alerts are posted again";

/**
 * Opens the bot's own memory. Each part of the bot makes its own table in it (`create table if not exists`). Everything in it makes
 * the bot quieter or more helpful, and nothing in it decides what is right about a customer (G2). Owner-only: it holds names.
 * Throws `DamagedDatabaseError`.
 */
export function openDatabase(path: string): Database {
  return open(path, LOST);
}
