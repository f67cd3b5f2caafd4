import type { RunState } from "../../../bot/runs/runner.ts";
import type { RunRecord } from "../../../lib/storage/runs/run-record.ts";

/** A run record with nothing remarkable in it. */
export function recordOf(change: Partial<RunRecord> = {}): RunRecord {
  return {
    schema: 1,
    run_id: "20261124T100000Z-000000",
    command: "run",
    dry_run: false,
    instances: ["global", "us-government"],
    host: "build-1",
    pid: 4711,
    started_at: "2026-11-24T10:00:00.000Z",
    ended_at: "2026-11-24T10:05:00.000Z",
    exit: 0,
    steps: [],
    comparisons: [],
    failures: [],
    unknown_charges: [],
    conflicts: [],
    merged: [],
    moved: [],
    ...change,
  };
}

/** A scheduled run that began in this hour of 2026-11-24 and took five minutes. */
export function runAt(hour: number, change: Partial<RunState> = {}): RunState {
  const startedAt = new Date(Date.UTC(2026, 10, 24, hour));
  return {
    id: `run-${hour}`,
    url: null,
    pageUrl: null,
    startedAt,
    endedAt: new Date(startedAt.getTime() + 300_000),
    origin: "schedule",
    startedBy: "cron",
    dryRun: false,
    status: "ended",
    parts: [],
    exit: 0,
    record: recordOf(),
    ...change,
  };
}

/** A moment of 2026-11-24, hours as a decimal. */
export function at(hours: number): Date {
  return new Date(Date.UTC(2026, 10, 24) + hours * 3_600_000);
}
