import { join } from "node:path";
import { lstat } from "../edges/files.ts";
import { EXIT } from "../errors.ts";
import type { ArtifactStore } from "../storage/artifacts/store.ts";
import { type ListedRun, listRuns } from "../storage/runs/list-runs.ts";
import { RunRecordReader } from "../storage/runs/read-run-records.ts";
import type { ReportModel, RunOfHistory } from "./model.ts";
import { writePage } from "./page/write-page.ts";
import { countsText, outcomeText, runLine, whatText } from "./render-runs.ts";
import { PAGE, readTrend } from "./trend.ts";

/** The page about the runs of a data directory, beside their artifacts: what `zdsync runs` lists. */
export const INDEX_PAGE = "index.html";

/** Newest runs that it lists: a month of hourly ones is 720. */
const LISTED = 1000;

/** Writes `index.html` of a data directory: its runs with their outcomes, each a link to its page, and the charts. Holds no names. */
export async function writeIndexPage(
  store: ArtifactStore,
  records = new RunRecordReader(store.directory),
): Promise<void> {
  const lines = (await listRuns(store.directory, records))
    .slice(0, LISTED)
    .map((run) => runLine({ ...run, isGoingOn: run.isGoingOn && !hasEnded(run) }));
  const runs = await Promise.all(
    lines.map(async (line): Promise<RunOfHistory> => {
      const href = `history/${encodeURIComponent(line.run_id)}/${PAGE}`;
      const found = await lstat(join(store.directory, "history", line.run_id, PAGE)).catch(() => null);
      return {
        run_id: line.run_id,
        started_at: line.started_at,
        seconds: line.seconds,
        what: whatText(line),
        outcome: outcomeText(line),
        ended_well: line.exit === EXIT.done || line.outcome === "in progress",
        counts: countsText(line),
        href: found?.isFile() ? href : null,
      };
    }),
  );
  const [newest] = lines;
  const model: ReportModel = {
    head: {
      kind: "runs",
      command: "zdsync runs",
      run_id: newest?.run_id ?? "",
      today: newest?.started_at.slice(0, 10) ?? "",
      hosts: { salesforce: null, global: null, "us-government": null },
      started_at: newest?.started_at ?? "",
      seconds: null,
      started_by: null,
      exit: null,
      refusals: [],
      failures: [],
      apply: null,
    },
    limits: [],
    comparisons: [],
    rows: [],
    folded: [],
    trend: await readTrend(store.directory, "", { records }),
    runs,
  };
  await store.writeText(INDEX_PAGE, Buffer.from(writePage(model)));
}

/** The run that writes the page holds the lock until it has. */
function hasEnded({ record }: ListedRun): boolean {
  return record !== null && record !== "damaged" && record.ended_at !== null;
}
