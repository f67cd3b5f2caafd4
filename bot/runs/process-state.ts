import * as v from "valibot";
import type { LockHolder } from "../../lib/storage/runs/run-lock.ts";
import type { RunRecord } from "../../lib/storage/runs/run-record.ts";
import { pageOfRun } from "./page-address.ts";
import type { StartedProcess } from "./process-memory.ts";
import type { RunPart, RunState } from "./runner.ts";

/** Without a word from a child for so long after its start, it is taken for lost where its process is gone too. */
export interface Facts {
  record: RunRecord | null;
  /** The process as this bot started it; null if it did not. */
  started: StartedProcess | null;
  /** Holder of the lock, if it is this run. */
  holder: LockHolder | null;
  /** True if the child that this bot started is alive; it may not have taken the lock yet. */
  isChildAlive: boolean;
  /** The config's `slack.page_url`. */
  pageUrl: string | null;
}

/** A run as its record, its lock and its process tell it; null where nothing tells of it. Pure. */
export function processState(id: string, facts: Facts): RunState | null {
  const { record, started, holder, isChildAlive, pageUrl } = facts;
  const startedAt = record?.started_at ?? holder?.since ?? started?.startedAt.toISOString();
  if (startedAt === undefined) return null;
  const ended = record?.ended_at ?? null;
  const alive = holder !== null || isChildAlive;
  const going = record || holder ? "running" : "waiting";
  const dryRun = record?.dry_run ?? started?.dryRun ?? false;
  return {
    id,
    url: null,
    // The bot's own dry runs lie among its memory, which nobody is to look at.
    pageUrl: ended === null || dryRun ? null : pageOfRun(pageUrl, id),
    startedAt: new Date(startedAt),
    endedAt: ended === null ? null : new Date(ended),
    origin: started ? "bot" : "schedule",
    startedBy: started ? "this bot" : startedBy(record, holder),
    dryRun,
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

/** True if a command with this name writes nothing: a preview or a dry run. */
export function isDryCommand(command: string): boolean {
  return /--dry-run|^preview\b/.test(command);
}

const FailureSchema = v.object({
  refusals: v.optional(v.array(v.object({ text: v.string() })), []),
  problems: v.optional(v.array(v.object({ where: v.string(), what: v.string() })), []),
  errors: v.optional(v.array(v.object({ text: v.string() })), []),
});

/** Why a child that was started with `--json` failed, as it told for programs; null where it told nothing. Pure. */
export function failureIn(log: string): string | null {
  for (const line of log.split("\n").reverse()) {
    const parsed = v.safeParse(v.pipe(v.string(), v.parseJson(), FailureSchema), line);
    if (!parsed.success) continue;
    const { refusals, problems, errors } = parsed.output;
    const texts = [
      ...[...refusals, ...errors].map(({ text }) => text),
      ...problems.map(({ where, what }) => `${where}: ${what}`),
    ];
    return texts.length > 0 ? texts.join("\n").slice(0, 600) : null;
  }
  return null;
}
