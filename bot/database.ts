import type { Database } from "bun:sqlite";
import { openDatabase as open } from "../lib/files/open-database.ts";

const LOST =
  "the audit log, which organizations were marked handled, what was asked already, and the threads of runs under way are lost, and alerts are told once more";

/**
 * Opens the bot's own memory. Each part of the bot makes its own table in it (`create table if not exists`). Everything in it makes
 * the bot quieter or more helpful, and nothing in it decides what is right about a customer (G2). Owner-only: it holds names.
 * Throws `DamagedDatabaseError`.
 */
export function openDatabase(path: string): Database {
  return open(path, LOST);
}
