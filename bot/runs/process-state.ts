import type { RunRecord } from "../../lib/runs/run-record.ts";
import type { LockHolder } from "../../lib/stage/run-lock.ts";
import type { StartedProcess } from "./process-memory.ts";
import type { RunPart, RunState } from "./runner.ts";

/** Without a word from a child for so long after its start, it is taken for lost where its process is gone too. */
export interface Facts {
  record: RunRecord | null;
  /** How this bot started it; null where it did not. */
  started: StartedProcess | null;
  /** Who holds the lock, where it is this run. */
  holder: LockHolder | null;
  /** Whether the child that this bot started is alive; it may not have taken the lock yet. */
  isChildAlive: boolean;
}

/** A run as its record, its lock and its process tell it; null where nothing tells of it. Pure. */
export function processState(id: string, { record, started, holder, isChildAlive }: Facts): RunState | null {
  const startedAt = record?.started_at ?? holder?.since ?? started?.startedAt.toISOString();
  if (startedAt === undefined) return null;
  const ended = record?.ended_at ?? null;
  const alive = holder !== null || isChildAlive;
  const going = record || holder ? "running" : "waiting";
  return {
    id,
    url: null,
    startedAt: new Date(startedAt),
    endedAt: ended === null ? null : new Date(ended),
    origin: started ? "bot" : "schedule",
    startedBy: started ? "this bot" : startedBy(record, holder),
    dryRun: record?.dry_run ?? started?.dryRun ?? false,
    status: ended !== null ? "ended" : alive ? going : "lost",
    parts: partsOf(record),
    exit: record?.exit ?? null,
    record: ended === null ? null : record,
  };
}

/** In the order in which they began. */
function partsOf(record: RunRecord | null): RunPart[] {
  return (record?.steps ?? []).map(({ stage, instance, state }) => ({
    name: instance === null ? stage : `${stage} ${instance}`,
    state,
  }));
}

function startedBy(record: RunRecord | null, holder: LockHolder | null): string {
  const pid = record?.pid ?? holder?.pid;
  const host = record?.host ?? holder?.host ?? "an unknown machine";
  const command = record?.command ?? holder?.command ?? "";
  const what = /^run\b/.test(command) || command === "" ? "" : `zdsync ${command}, `;
  return pid === undefined || pid === null ? `${what}a process on ${host}` : `${what}process ${pid} on ${host}`;
}

/** Whether a command of this name writes to Zendesk where nobody asked otherwise. */
export function isDryCommand(command: string): boolean {
  return /--dry-run|^preview\b/.test(command);
}

/** The last error that a child printed, for people: from the last `error:` on. Pure. */
export function lastErrorIn(log: string): string | null {
  const start = log.lastIndexOf("error:");
  if (start < 0) return null;
  const text = log.slice(start + "error:".length).trim();
  return text === "" ? null : text.slice(0, 600);
}
