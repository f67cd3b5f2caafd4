import { join } from "node:path";
import { lstat, readdir, rm, rmdir } from "../edges/files.ts";
import { RUN_ID } from "./artifacts/manifest.ts";
import { ArtifactStore } from "./artifacts/store.ts";
import { makeOwnFolder, readOwnFile } from "./files/own-files.ts";
import { isTemporary, replaceWholeFile, syncFolder } from "./files/write-whole-file.ts";

const DAY_MS = 24 * 60 * 60 * 1000;
const HISTORY = "history";

/** Names of what zdsync keeps of a run: artifacts, manifests, reports, its record, and its output where the bot started it. */
const KEPT =
  /^[a-z][a-z_-]{0,60}(?:\.manifest)?\.json$|^(?:[a-z_-]{1,60}_)?report(?:\.slack)?\.(?:md|html)$|^output\.log$|^evidence\.ndjson\.zst$/;

/** Returns the store with the history of one run. */
export function historyOf(directory: string, runId: string): ArtifactStore {
  return new ArtifactStore(directory, HISTORY, runId);
}

/**
 * Keeps a run's files in `history/<run id>/`, so that a later run cannot destroy what `undo` and `explain` need (artifacts.md).
 * Files that do not exist are passed over. Never decides anything (G2).
 */
export async function keepInHistory(directory: string, runId: string, names: readonly string[]): Promise<void> {
  const folder = await makeOwnFolder(directory, HISTORY, runId);
  for (const name of names) {
    const bytes = await readOwnFile(join(directory, name));
    if (bytes) await replaceWholeFile(join(folder, name), bytes);
  }
  await syncFolder(folder);
}

/**
 * Removes runs older than so many days: their files hold addresses. Only what zdsync made is removed: folders named like a run that
 * hold nothing but files named like its own. Links, and whatever else lies there, are left; `warn` is told once.
 */
export async function pruneHistory(
  directory: string,
  days: number,
  now: Date,
  warn: (message: string) => void,
): Promise<void> {
  const folder = join(directory, HISTORY);
  if (!(await lstat(folder).catch(() => null))?.isDirectory()) return;
  const left: string[] = [];
  for (const run of await readdir(folder)) {
    const found = await lstat(join(folder, run)).catch(() => null);
    if (!found || now.getTime() - found.mtime.getTime() <= days * DAY_MS) continue;
    if (!(RUN_ID.test(run) && found.isDirectory() && (await removeRun(join(folder, run))))) left.push(run);
  }
  if (left.length > 0) warn(leftMessage(folder, days, left));
}

/** Removes a run's folder where all in it is zdsync's; false where something else is there, and then nothing is removed. */
async function removeRun(folder: string): Promise<boolean> {
  const entries = await readdir(folder, { withFileTypes: true });
  if (!entries.every((entry) => entry.isFile() && (KEPT.test(entry.name) || isTemporary(entry.name)))) return false;
  for (const { name } of entries) await rm(join(folder, name), { force: true });
  // What came in between is not removed with it.
  return rmdir(folder).then(
    () => true,
    () => false,
  );
}

function leftMessage(folder: string, days: number, [first = "", ...others]: readonly string[]): string {
  const which = RUN_ID.test(first) ? ` (${first}${others.length > 0 ? ", …" : ""})` : "";
  const what = others.length === 0 ? "1 entry" : `${others.length + 1} entries`;
  return `${what} of ${folder} older than ${days} days${which} was not removed: zdsync removes only folders of runs that hold nothing but its own files. Look what it is, and remove it by hand: files of runs hold addresses.`;
}
