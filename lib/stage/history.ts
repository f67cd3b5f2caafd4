import { lstat, mkdir, readdir, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { writeWholeFile } from "../files/write-whole-file.ts";

const DAY_MS = 24 * 60 * 60 * 1000;

/**
 * Keeps a run's files in `history/<run id>/`, so that a later run cannot destroy what `undo` and `explain` need (artifacts.md).
 * Files that do not exist are passed over. Never decides anything (G2).
 */
export async function keepInHistory(directory: string, runId: string, names: readonly string[]): Promise<void> {
  const folder = join(directory, "history", runId);
  await mkdir(folder, { recursive: true, mode: 0o700 });
  for (const name of names) {
    const source = join(directory, name);
    if (!(await Bun.file(source).exists())) continue;
    await writeWholeFile(join(folder, name), await readFile(source));
  }
}

/** Removes runs older than so many days: their files hold addresses. */
export async function pruneHistory(directory: string, days: number, now: Date): Promise<void> {
  const folder = join(directory, "history");
  const runs = await readdir(folder).catch(() => []);
  for (const run of runs) {
    const { mtime } = await lstat(join(folder, run));
    if (now.getTime() - mtime.getTime() > days * DAY_MS) await rm(join(folder, run), { recursive: true, force: true });
  }
}
