import { join } from "node:path";
import { readdir } from "../../edges/files.ts";
import { ConfigurationError } from "../../errors.ts";
import { readOwnFile } from "../files/own-files.ts";
import { historyOf } from "../history.ts";
import { readRunRecord } from "./read-run-records.ts";

/** Either may have changed a record: what failed is looked at by `undo`, too. */
const TRIED = /"outcome":\s*"(?:applied|failed)"/;

/**
 * Refuses an id that was given with `--run-id` where an earlier run, undo or stage has it: its record and, with its results, its way back
 * would be overwritten. The same command may have it again as long as nothing was written, as a job that is tried again does.
 *
 * @param runId empty: one is minted, which nobody has
 * @param command as in the record of a run: `run`, `preview`, `undo RUN_ID`
 * @throws ConfigurationError
 */
export async function refuseUsedRunId(dataDir: string, runId: string, command: string): Promise<void> {
  if (runId === "") return;
  const record = await readRunRecord(dataDir, runId);
  const wrote = await hasWritten(dataDir, runId);
  if (!wrote && (record === null || record.command === command)) return;
  const whose = record === null ? "a run" : record.command;
  const when = record === null ? "" : ` of ${record.started_at}`;
  const did = wrote ? ", which wrote to Zendesk: its results would be lost, and it could no longer be undone" : "";
  throw new ConfigurationError([
    {
      where: "--run-id",
      what: `${runId} is the id of ${whose}${when} in ${dataDir}${did}. Use another id, or none to have one generated. Nothing was read or written`,
    },
  ]);
}

async function hasWritten(dataDir: string, runId: string): Promise<boolean> {
  const { directory } = historyOf(dataDir, runId);
  const names = await readdir(directory).catch((): string[] => []);
  for (const name of names) {
    if (!name.endsWith("_results.json")) continue;
    const bytes = await readOwnFile(join(directory, name)).catch(() => null);
    if (bytes && TRIED.test(bytes.toString("utf8"))) return true;
  }
  return false;
}
