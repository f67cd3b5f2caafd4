import { join } from "node:path";
import type { UsGovernmentShown } from "../../lib/domain/config.ts";
import { readFile } from "../../lib/edges/files.ts";
import { withoutNeighbours } from "../../lib/report/report-files.ts";
import type { Runner } from "../runs/runner.ts";

/**
 * The page of a run, for a channel: `none`: the run left none, or it is gone. `not for here`: it left one, but none without the
 * customers that are not named in this channel.
 */
export type PageRead = { is: "page"; bytes: Uint8Array } | { is: "none" } | { is: "not for here" };

/** The whole page, and the one without the customers of us-government (`slack.us_government`, `slack.notice_channels`). */
const PAGE = { names: "report.html", ids_only: "report.slack.html" } as const;

/**
 * Reads the page that an ended run left, as it may be shown where customers of us-government are named, or not. Throws `RunnerError`
 * where the runner cannot be asked.
 */
export async function readPage(
  runner: Pick<Runner, "artifacts">,
  runId: string,
  usGovernment: UsGovernmentShown,
): Promise<PageRead> {
  const directory = (await runner.artifacts(runId))?.directory;
  if (directory === undefined) return { is: "none" };
  const bytes = await pageIn(directory, runId, PAGE[usGovernment]);
  if (bytes) return { is: "page", bytes: withoutNeighbours(bytes) };
  const hasOther = usGovernment === "ids_only" && (await pageIn(directory, runId, PAGE.names)) !== null;
  return { is: hasOther ? "not for here" : "none" };
}

/** In the history first: what lies in a data directory may be a later run's by now. A pipeline's folder has no history. */
async function pageIn(directory: string, runId: string, name: string): Promise<Uint8Array | null> {
  const kept = /^[\w-]+$/.test(runId) ? await whole(join(directory, "history", runId, name)) : null;
  return kept ?? whole(join(directory, name));
}

async function whole(path: string): Promise<Uint8Array | null> {
  try {
    return await readFile(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return null;
    throw error;
  }
}
