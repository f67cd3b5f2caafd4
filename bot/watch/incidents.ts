import type { RunState } from "../runs/runner.ts";
import { ATTENTION_LISTS, attentionKey } from "./attention-lists.ts";

const HOUR_MS = 3_600_000;
/** A full run happens every hour (G1); two hours without one are told, and so are two hours in which nobody could look. */
export const MISSING_AFTER_MS = 2 * HOUR_MS;

/** Something that is wrong with the hourly runs, and was told. */
export interface Incident {
  kind: "failed" | "refused" | "missing" | "records";
  /** ISO time from which on it is so. */
  since: string;
}

/** State of the watch. Plain data: it is stored as JSON. */
export interface WatchState {
  /** ISO time from which on scheduled runs are expected: the newest one's start, or when the watch began. */
  expectedSince: string;
  /** The newest run that was judged; older ones are past. */
  judgedUntil: string;
  /** The run as a whole: it failed, was refused, or did not happen. */
  run: Incident | null;
  /** Runs end, but some records fail in each of them (exit 3). */
  records: Incident | null;
  /** From when on the runs could not be looked at, and whether that was told; null while they can. */
  unseen: { since: string; told: boolean } | null;
  /** Keys of the unknown charges and conflicts that were told and still are. */
  told: string[];
}

/** A message from the watch. `run` is the run it is about; null if it did not happen. */
export type Alert =
  | { say: "failed" | "refused"; run: RunState }
  | { say: "missing"; since: string }
  | { say: "unseen"; since: string; reason: string }
  | { say: "seen"; since: string }
  | { say: "records"; run: RunState }
  | { say: "well"; run: RunState; after: Incident }
  | { say: "attention"; run: RunState; keys: string[] };

/** Runs the runner shows at one moment. */
export interface Observation {
  now: Date;
  /** Real runs that have ended, in any order. */
  ended: readonly RunState[];
  /** The real run that goes on; null where none does. */
  current: RunState | null;
}

/** The state of a watch that begins now. */
export function beginWatch(now: Date): WatchState {
  const at = now.toISOString();
  return {
    expectedSince: at,
    judgedUntil: new Date(0).toISOString(),
    run: null,
    records: null,
    unseen: null,
    told: [],
  };
}

/**
 * What is to be told when the runner could not be asked, with the reason in words: one message after two hours, since silence would
 * look as if all were well. Pure.
 */
export function assessUnseen(state: WatchState, reason: string, now: Date): { state: WatchState; alerts: Alert[] } {
  const unseen = state.unseen ?? { since: now.toISOString(), told: false };
  const isDue = now.getTime() - Date.parse(unseen.since) > MISSING_AFTER_MS && !unseen.told;
  return {
    state: { ...state, unseen: { ...unseen, told: unseen.told || isDue } },
    alerts: isDue ? [{ say: "unseen", since: unseen.since, reason }] : [],
  };
}

/**
 * What is to be told, and what is remembered (issue 4, point 6): one message when a scheduled run fails, is refused, or does not
 * happen for two hours, one when it is well again, none in between. Pure.
 */
export function assessRuns(
  state: WatchState,
  { now, ended, current }: Observation,
): { state: WatchState; alerts: Alert[] } {
  const next = { ...state, unseen: null };
  const alerts: Alert[] = state.unseen?.told ? [{ say: "seen", since: state.unseen.since }] : [];
  const unjudged = ended
    .filter((run) => !run.dryRun && endOf(run) > next.judgedUntil)
    .sort((one, other) => (endOf(one) < endOf(other) ? -1 : 1));
  for (const run of newestOfEach(unjudged)) {
    assessRun(next, run, alerts);
    next.judgedUntil = endOf(run);
  }
  for (const run of [...ended, ...(current ? [current] : [])])
    if (isScheduled(run) && run.startedAt.toISOString() > next.expectedSince)
      next.expectedSince = run.startedAt.toISOString();
  const isMissing = now.getTime() - Date.parse(next.expectedSince) > MISSING_AFTER_MS;
  if (isMissing && next.run === null) {
    next.run = { kind: "missing", since: next.expectedSince };
    alerts.push({ say: "missing", since: next.expectedSince });
  }
  return { state: next, alerts };
}

/** Of what ended since the last look only the newest scheduled run, and the newest one that a person started, still say anything. */
function newestOfEach(runs: readonly RunState[]): RunState[] {
  const newest = new Set([runs.findLast(isScheduled), runs.findLast((run) => !isScheduled(run))]);
  return runs.filter((run) => newest.has(run));
}

function assessRun(state: WatchState, run: RunState, alerts: Alert[]): void {
  const outcome = outcomeOf(run);
  const scheduled = isScheduled(run);
  if (outcome === "failed" || outcome === "refused") {
    if (scheduled && state.run === null) {
      state.run = { kind: outcome, since: endOf(run) };
      // The alert names what needs attention as well: it is not told a second time when the runs are well again.
      state.told = [...new Set([...state.told, ...(run.record ? attentionKeys(run.record) : [])])];
      alerts.push({ say: outcome, run });
    }
    return;
  }
  // A run that a person started repairs what the schedule left undone (G2), but does not show that the schedule works.
  if (!scheduled && (!coversBoth(run) || state.run?.kind === "missing")) return;
  const { run: open, records } = state;
  if (outcome === "records") {
    state.run = null;
    if (records === null && scheduled) {
      state.records = { kind: "records", since: endOf(run) };
      alerts.push({ say: "records", run });
    } else if (open !== null) alerts.push({ say: "well", run, after: open });
  } else {
    const after = open ?? records;
    state.run = null;
    state.records = null;
    if (after !== null) alerts.push({ say: "well", run, after });
  }
  if (scheduled) tellAttention(state, run, alerts);
}

/** Unknown charges and conflicts that nobody was told of yet; those that are gone are forgotten, and told again if they return. */
function tellAttention(state: WatchState, run: RunState, alerts: Alert[]): void {
  if (run.record === null) return;
  const keys = attentionKeys(run.record);
  const told = new Set(state.told);
  const fresh = keys.filter((key) => !told.has(key));
  state.told = keys;
  if (fresh.length > 0) alerts.push({ say: "attention", run, keys: fresh });
}

/** Returns a key for each matter in a record that needs attention: `charge NAME`, `conflict COMPARISON ACCOUNT ORGANIZATION`. */
export function attentionKeys(record: NonNullable<RunState["record"]>): string[] {
  return [
    ...record.unknown_charges.map(({ charge_name }) => `charge ${charge_name}`),
    ...ATTENTION_LISTS.flatMap(({ list, word }) => record[list].map((one) => attentionKey(word, one))),
  ];
}

function outcomeOf(run: RunState): "failed" | "refused" | "records" | "well" {
  if (run.status !== "ended") return "failed";
  if (run.exit === 0) return "well";
  if (run.exit === 3) return "records";
  return run.exit === 4 ? "refused" : "failed";
}

/**
 * Whether it counts as the hourly run. On a machine of its own nobody can tell cron from a person at its terminal; one who runs a
 * single instance is no schedule.
 */
function isScheduled(run: RunState): boolean {
  return run.origin === "schedule" && (run.record === null || coversBoth(run));
}

/** True if it is known to have been a run of both instances. */
function coversBoth({ record }: RunState): boolean {
  return record !== null && record.instances.length > 1;
}

/** When a run ended, as far as that is known; a pipeline that is retried ends anew. */
export function endOf({ endedAt, startedAt }: RunState): string {
  return (endedAt ?? startedAt).toISOString();
}
