import * as v from "valibot";
import { EXIT, type ExitCode } from "../../lib/errors.ts";
import { dataDir } from "../../lib/pipeline/inputs.ts";
import { parseInputs } from "../../lib/pipeline/parse-inputs.ts";
import { reportError } from "../../lib/pipeline/report-error.ts";
import { renderRuns, runLine } from "../../lib/report/render-runs.ts";
import { type ListedRun, listRuns } from "../../lib/storage/runs/list-runs.ts";
import type { Call, LoadedCommand } from "../commands.ts";

/** Newest ones that are shown to people unless they say otherwise: a screen's worth. */
const SHOWN = "20";

const inputs = v.object({
  "data-dir": dataDir,
  limit: v.optional(
    v.pipe(
      v.string(),
      v.regex(/^\d{0,6}$/, "a number of runs, 0 for all"),
      v.description(`How many of the newest runs to list; 0: all (default: ${SHOWN}; with --json: all)`),
    ),
    "",
  ),
});

/** Lists the runs in the history. Reads only; needs no setting and no remote. Never throws. */
async function listRunsCommand({ given, json, shell }: Call): Promise<ExitCode> {
  const { output, env } = shell;
  try {
    const asked = parseInputs(inputs, given, env);
    const runs = (await listRuns(asked["data-dir"])).filter(hasSomethingToTell);
    const limit = Number(asked.limit || (json ? 0 : SHOWN)) || runs.length;
    const lines = runs.slice(0, limit).map(runLine);
    output.out(json ? JSON.stringify({ exit: EXIT.done, runs: lines }) : renderRuns(lines, runs.length - lines.length));
    return EXIT.done;
  } catch (error) {
    return reportError(error, { ...shell, json });
  }
}

/** A stage alone or a previewed undo that wrote nothing leaves a report, which says more than a line here could, and nothing to undo. */
function hasSomethingToTell({ record, results, isGoingOn }: ListedRun): boolean {
  return record !== null || results.length > 0 || isGoingOn;
}

export const runsCommand: LoadedCommand = {
  inputs,
  examples: ["zdsync runs", "zdsync runs --limit 0 --json"],
  run: listRunsCommand,
};
