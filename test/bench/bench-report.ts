import { mkdtemp, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { writeRunReport } from "../../bin/commands/write-report.ts";
import { loadStage } from "../../bin/stages.ts";
import { DEFAULT_CONFIG } from "../../lib/domain/config.ts";
import { runStage, type StageEnd } from "../../lib/pipeline/run-stage.ts";
import type { StageReport } from "../../lib/pipeline/stage.ts";
import { ArtifactStore } from "../../lib/storage/artifacts/store.ts";
import { RunRecordReader } from "../../lib/storage/runs/read-run-records.ts";
import { benchShell, gatherMany, TODAY } from "./many-accounts.ts";
import { machine, measured, told } from "./measured.ts";

/**
 * Time and memory of process, compare and the report of a run for 100,000 accounts of which half change (docs/benchmarks.md):
 * `bun run bench:report [ACCOUNTS]`. Nothing is written to a remote.
 */
const ACCOUNTS = Number(process.argv[2] ?? 100_000);

const folder = await mkdtemp(join(tmpdir(), "zdsync-bench-report-"));
try {
  const directory = await gatherMany(folder, ACCOUNTS, ["global"]);
  const shell = benchShell(folder);
  const given = { "data-dir": directory, "run-id": "bench" };
  const timed = async <T>(what: string, work: () => Promise<T>): Promise<T> => {
    const taken = await measured(work);
    console.log(`${what}: ${told(taken)}`);
    return taken.value;
  };
  const reports: StageReport[] = [];
  const keep = ({ report }: StageEnd) => void (report && reports.push(report));
  keep(
    await timed("process", async () => runStage(await loadStage("process"), { ...given, instance: "global" }, shell)),
  );
  keep(
    await timed("compare", async () => runStage(await loadStage("compare"), { ...given, instance: "global" }, shell)),
  );
  const { model, files } = await timed("report of a run", () =>
    writeRunReport(
      {
        extent: "preview",
        dryRun: false,
        given,
        instances: ["global"],
        run_id: "bench",
        today: TODAY,
        startedAt: new Date(),
        endedAt: new Date(),
        end: { exit: 0, reports, failures: [] },
      },
      {
        store: new ArtifactStore(given["data-dir"]),
        config: DEFAULT_CONFIG,
        env: shell.env,
        records: new RunRecordReader(given["data-dir"]),
      },
    ),
  );
  const records = model.rows.length + model.folded.reduce((sum, { count }) => sum + count, 0);
  const explained = model.rows.filter(({ explanation }) => explanation !== null).length;
  const size = (await stat(files.page)).size / 1e6;
  console.log(
    `${ACCOUNTS} accounts, ${records} records in the report (${model.rows.length} rows, ${explained} of them explained); page ${size.toFixed(1)} MB; ${machine()}`,
  );
} finally {
  await rm(folder, { recursive: true, force: true });
}
