import { Database } from "bun:sqlite";
import { copyFileSync, existsSync, rmSync } from "node:fs";
import type { Invariant } from "../story/seen.ts";

/** The memories of runs and of the bot, and its outbox. */
export const DATABASES: Invariant[] = [
  {
    name: "every database is whole",
    expects: "whatever happened, SQLite reads each database from its first page to its last",
    check: ({ databases }) =>
      [...databases].flatMap(([path, place]) => {
        const damage = damageIn(place);
        return damage === null ? [] : [`${path}: ${damage}`];
      }),
  },
];

/** Looks at a copy: to open a database changes what a later loss of power leaves of it. */
function damageIn(place: string): string | null {
  if (!existsSync(place)) return null;
  const copy = `${place}-looked-at`;
  try {
    copyFileSync(place, copy);
    if (existsSync(`${place}-wal`)) copyFileSync(`${place}-wal`, `${copy}-wal`);
    using database = new Database(copy, { strict: true });
    const found = database.query("pragma integrity_check(3)").values().flat().join("; ");
    return found === "ok" ? null : found;
  } catch (error) {
    return (error as Error).message;
  } finally {
    for (const suffix of ["", "-wal", "-shm"]) rmSync(copy + suffix, { force: true });
  }
}
