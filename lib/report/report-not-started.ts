import { join } from "node:path";
import { DEFAULT_CONFIG } from "../domain/config.ts";
import { reason } from "../domain/reason.ts";
import { existsSync } from "../edges/files.ts";
import { ConfigurationError, exitCodeOf } from "../errors.ts";
import { afterwards } from "../reasons/capture-failure.ts";
import type { Place } from "../reasons/reason-text.ts";
import type { Environment } from "../settings/environment.ts";
import { hostNames } from "../settings/host-names.ts";
import { ArtifactStore } from "../storage/artifacts/store.ts";
import { lockHolder } from "../storage/runs/run-lock.ts";
import { RUN_RECORD } from "../storage/runs/run-record.ts";
import { startedBy } from "../storage/runs/started-by.ts";
import type { ReportHead, ReportModel } from "./model.ts";
import { type ReportFiles, writeReportFiles } from "./report-files.ts";
import { readTrend, TRENDED_RUNS } from "./trend.ts";

/** Work that wrong settings kept from beginning. */
export interface NotStarted {
  kind: Extract<ReportHead["kind"], "run" | "dry run" | "preview" | "undo" | "stage">;
  /** As it was typed. */
  command: string;
  /** Origin of its problems: `run`, `undo`, a stage. */
  where: string;
  runId: string;
  /** The day that it would have worked for. */
  today: string;
  /** The name of the files, without ending; default `report`. */
  name?: string;
}

/**
 * Leaves the page of what did not begin: the sentence, what to correct, and no table. Null where it was kept from beginning by something
 * else than settings, where the data directory is another run's at this moment, and where it cannot be written: the terminal says
 * everything, too.
 */
export async function reportNotStarted(
  what: NotStarted,
  error: unknown,
  { dataDir, env, clock, place }: { dataDir: string; env: Environment; clock: () => Date; place?: Place },
): Promise<ReportFiles | null> {
  // Whoever has the id already has a page of its own.
  if (!(error instanceof ConfigurationError) || error.problems.some((one) => one.where === "--run-id")) return null;
  const files = await afterwards(
    async () => {
      if ((await lockHolder(dataDir)) !== null) return null;
      const trend = await readTrend(dataDir, what.runId, { most: TRENDED_RUNS - 1 });
      const model = modelOf(what, error, { env, startedAt: clock(), trend });
      return writeReportFiles(new ArtifactStore(dataDir), model, {
        ...(what.name === undefined ? {} : { name: what.name }),
        ...(place === undefined ? {} : { place }),
        // Where it was recorded: a page alone would be a run that nobody knows how it ended.
        inHistory: existsSync(join(dataDir, "history", what.runId, RUN_RECORD)),
      });
    },
    () => {},
  );
  return files ?? null;
}

function modelOf(
  { kind, command, where, runId, today }: NotStarted,
  error: ConfigurationError,
  { env, startedAt, trend }: { env: Environment; startedAt: Date; trend: ReportModel["trend"] },
): ReportModel {
  // Each in a line of its own.
  const failures = error.problems.map((one) => ({
    where,
    reason: reason("settings.wrong", { where: [one.where], what: [one.what] }),
  }));
  return {
    head: {
      kind,
      command,
      run_id: runId,
      today,
      hosts: hostNames(env, DEFAULT_CONFIG),
      started_at: startedAt.toISOString(),
      seconds: null,
      started_by: startedBy(env),
      exit: exitCodeOf(error),
      refusals: [],
      failures,
      apply: null,
    },
    limits: [],
    comparisons: [],
    rows: [],
    folded: [],
    trend,
  };
}
