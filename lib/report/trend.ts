import { join } from "node:path";
import { lstat, readdir } from "../edges/files.ts";
import { RUN_ID } from "../storage/artifacts/manifest.ts";
import { RunRecordReader } from "../storage/runs/read-run-records.ts";
import { RUN_RECORD, type RunRecord } from "../storage/runs/run-record.ts";
import type { ReportModel, RunTrend } from "./model.ts";

/** Runs that charts show. */
export const TRENDED_RUNS = 30;
/** Records that are opened for it at most: dry runs, which are passed over, may lie between. */
const MAX_OPENED = 150;

/** The page of a report, beside `report.md`. */
export const PAGE = "report.html";

/** A run as a bar of a chart; null for what was never to write, and for an undo: its counts are no run's. `href`: see `RunTrend`. Pure. */
export function trendOf(record: RunRecord, href: string | null): RunTrend | null {
  if (record.dry_run || record.command.startsWith("undo")) return null;
  const results = record.comparisons.flatMap((one) => one.results ?? []);
  const sum = (count: (one: (typeof results)[number]) => number) =>
    results.reduce((total, one) => total + count(one), 0);
  return {
    run_id: record.run_id,
    started_at: record.started_at,
    seconds: record.ended_at === null ? null : (Date.parse(record.ended_at) - Date.parse(record.started_at)) / 1000,
    exit: record.exit,
    created: sum(({ create }) => create.applied),
    updated: sum(({ update }) => update.applied),
    marked: sum(({ mark }) => mark.applied),
    failed: sum(({ create, update, mark, contact }) => create.failed + update.failed + mark.failed + contact.failed),
    href,
  };
}

/** The run of a model as the last bar of its own chart. Pure. */
export function trendOfModel(
  { head, comparisons }: Pick<ReportModel, "head" | "comparisons">,
  href: string | null,
): RunTrend {
  const sum = (count: (one: ReportModel["comparisons"][number]) => number | undefined) =>
    comparisons.reduce((total, one) => total + (count(one) ?? 0), 0);
  return {
    run_id: head.run_id,
    started_at: head.started_at,
    seconds: head.seconds,
    exit: head.exit,
    created: sum(({ applied }) => applied?.creates),
    updated: sum(({ applied }) => applied?.updates),
    marked: sum(({ applied }) => applied?.marks),
    failed: sum(({ results }) => results?.failed),
    href,
  };
}

/** The last runs in a data directory's history that wrote or were to write, oldest first; `without` is left out. Never throws for what lies there. */
export async function readTrend(
  dataDir: string,
  without: string,
  {
    most = TRENDED_RUNS,
    records = new RunRecordReader(dataDir),
  }: { most?: number; records?: RunRecordReader | undefined } = {},
): Promise<RunTrend[]> {
  const entries = await readdir(join(dataDir, "history")).catch((): string[] => []);
  const ids = entries.filter((id) => RUN_ID.test(id) && id !== without);
  const dated = await Promise.all(ids.map(async (id) => ({ id, at: await writtenAt(dataDir, id) })));
  const newest = dated.sort((one, other) => other.at - one.at || (one.id < other.id ? 1 : -1)).slice(0, MAX_OPENED);
  const trend: RunTrend[] = [];
  for (const { id } of newest) {
    if (trend.length >= most) break;
    const record = await records.read(id);
    const bar = record && trendOf(record, await hrefOf(dataDir, id));
    if (bar) trend.push(bar);
  }
  return inOrder(trend);
}

/** Oldest first. */
export function inOrder(trend: readonly RunTrend[]): RunTrend[] {
  return [...trend].sort((one, other) =>
    one.started_at < other.started_at ? -1 : one.started_at > other.started_at ? 1 : 0,
  );
}

async function writtenAt(dataDir: string, runId: string): Promise<number> {
  return (await lstat(join(dataDir, "history", runId, RUN_RECORD)).catch(() => null))?.mtimeMs ?? 0;
}

async function hrefOf(dataDir: string, runId: string): Promise<string | null> {
  const found = await lstat(join(dataDir, "history", runId, PAGE)).catch(() => null);
  return found?.isFile() ? `history/${encodeURIComponent(runId)}/${PAGE}` : null;
}
