import type { Comparison } from "../../lib/domain/comparisons.ts";
import type { RecordedComparison, RunRecord } from "../../lib/storage/runs/run-record.ts";
import type { RunPart, RunState } from "./runner.ts";

/** A pipeline as far as the bot has seen it, whether through the API or by webhook. Moments are ISO 8601. */
export interface SeenPipeline {
  id: number;
  url: string;
  source: string;
  status: string;
  createdAt: string;
  /** Null while it goes on. */
  finishedAt: string | null;
  /** When GitLab last changed anything about it, as its API told; webhooks do not say. */
  updatedAt: string | null;
  user: string | null;
  /** Latest attempts; empty where nothing was said of them yet. */
  jobs: SeenJob[];
}

export interface SeenJob {
  id: number;
  name: string;
  status: string;
  startedAt: string | null;
  finishedAt: string | null;
}

const FINAL = ["success", "failed", "canceled", "skipped"];
/** In the order in which they come; two with the same rank exclude each other. */
const RANKS = [
  "created",
  "waiting_for_resource",
  "preparing",
  "scheduled",
  "manual",
  "pending",
  "running",
  "canceling",
];
/** Sources of pipelines that are runs; a push is not one. */
const SOURCES = ["schedule", "web", "api", "trigger", "pipeline", "parent_pipeline"];

export const hasEnded = ({ status }: { status: string }): boolean => FINAL.includes(status);

/** True if a pipeline is a run: requested, and with zdsync's jobs if its jobs are known. */
export function isRun({ source, jobs }: SeenPipeline): boolean {
  return SOURCES.includes(source) && (jobs.length === 0 || jobs.some(({ name }) => partName(name) !== null));
}

/**
 * What is known after another look or webhook. Webhooks repeat and overtake each other: a later state is never replaced by an
 * earlier one. Later is the one with newer attempts of jobs (a pipeline may go on after its end: somebody retried a job), else the
 * one that is further on. Pure, and the same for any order of the same two.
 */
export function laterOf(known: SeenPipeline | null, seen: SeenPipeline): SeenPipeline {
  if (!known || known.id !== seen.id) return seen;
  const lead = newest(seen.jobs) - newest(known.jobs);
  const jobs = laterJobs(known.jobs, seen.jobs);
  const isLater = known.jobs.length > 0 && seen.jobs.length > 0 && lead !== 0 ? lead > 0 : isFurther(known, seen);
  const { status, finishedAt } = isLater ? seen : known;
  const updatedAt = laterMoment(known.updatedAt, seen.updatedAt);
  return { ...known, status, finishedAt, updatedAt, jobs, user: known.user ?? seen.user };
}

function isFurther(known: SeenPipeline, seen: SeenPipeline): boolean {
  const further = rank(seen.status) - rank(known.status);
  return further !== 0 ? further > 0 : (seen.finishedAt ?? "") > (known.finishedAt ?? "");
}

function laterJobs(known: readonly SeenJob[], seen: readonly SeenJob[]): SeenJob[] {
  const later = new Map(known.map((job) => [job.name, job]));
  const lead = newest(seen) - newest(known);
  for (const job of seen) {
    const other = later.get(job.name);
    if (!other || job.id > other.id) later.set(job.name, job);
    else if (job.id === other.id) later.set(job.name, laterAttempt(other, job, lead));
  }
  return [...later.values()].sort((one, other) => one.id - other.id);
}

/**
 * One attempt, seen twice. Where an earlier job is retried, what was skipped after it begins again under its own number: then the
 * sight with the newer attempts (`lead`) is the later one, whatever the statuses are.
 */
function laterAttempt(known: SeenJob, seen: SeenJob, lead: number): SeenJob {
  const further = lead === 0 ? rank(seen.status) - rank(known.status) : lead;
  if (further !== 0) return further > 0 ? seen : known;
  // Webhooks tell whole seconds only.
  const startedAt = laterMoment(known.startedAt, seen.startedAt);
  return { ...known, startedAt, finishedAt: laterMoment(known.finishedAt, seen.finishedAt) };
}

function laterMoment(one: string | null, other: string | null): string | null {
  return (one ?? "") > (other ?? "") ? one : other;
}

/** The job that leaves the run record; null where it ran before others were retried: what it left tells of an earlier end. */
export function summaryJob({ jobs }: SeenPipeline): SeenJob | null {
  const summary = jobs.findLast(({ name }) => partName(name) === "summary");
  const endedAt = summary?.finishedAt;
  if (!summary || !endedAt) return summary ?? null;
  const isRetried = ({ id, name, startedAt }: SeenJob) =>
    id > summary.id && partName(name) !== null && startedAt !== null && startedAt >= endedAt;
  return jobs.some(isRetried) ? null : summary;
}

const newest = (jobs: readonly SeenJob[]) => Math.max(0, ...jobs.map(({ id }) => id));
const rank = (status: string) => (FINAL.includes(status) ? RANKS.length : RANKS.indexOf(status));

const INSTANCE = "(?:-(global|us-government))?";
const JOB = new RegExp(
  `^.*?(gather-accounts|gather-orgs|process|compare|partner-sync|user-sync|sync|summary)${INSTANCE}$`,
);

/** Returns the name people use for a job: `compare global` for `zdsync-compare-global`, whatever the prefix. Null if it is not zdsync's. */
export function partName(job: string): string | null {
  const [, stage, instance] = JOB.exec(job) ?? [];
  if (stage === undefined) return null;
  return instance === undefined ? stage : `${stage} ${instance}`;
}

/** The parts of a pipeline, in the order of its jobs; which of the failed ones were refused, only its record knows. */
export function partsOf({ jobs }: SeenPipeline, record: RunRecord | null): RunPart[] {
  const refused = new Set((record?.comparisons ?? []).flatMap((one) => (isRefused(one) ? JOBS_OF[one.name] : [])));
  return jobs.flatMap((job) => {
    const name = partName(job.name);
    if (name === null) return [];
    const state = stateOf(job.status);
    return [{ name, state: state === "failed" && refused.has(name) ? ("refused" as const) : state }];
  });
}

/** The jobs that end with a refusal where a comparison is refused. */
const JOBS_OF: Record<Comparison, string[]> = {
  global: ["compare global", "sync global"],
  usgov: ["compare us-government", "sync us-government"],
  partner: ["partner-sync"],
  usgov_user: ["user-sync"],
};

function isRefused({ refused, unconfirmed }: RecordedComparison): boolean {
  return refused.length > 0 || unconfirmed.length > 0;
}

function stateOf(status: string): RunPart["state"] {
  if (status === "success") return "done";
  if (status === "failed") return "failed";
  if (status === "canceled" || status === "skipped") return "skipped";
  return status === "running" || status === "canceling" ? "running" : "waiting";
}

/**
 * The exit code of interface.md: what the record says, else what can be told from the jobs. A job's own exit code is not to be
 * had from GitLab: without a record a failure and a refusal look the same (null).
 */
export function exitOf({ status, jobs }: SeenPipeline, record: RunRecord | null): number | null {
  if (status === "canceled") return 5;
  const told = record ? (record.exit ?? toldBy(record)) : null;
  if (status === "failed") return told === 0 || told === null ? (record ? 1 : null) : told;
  if (told !== null) return told;
  if (status !== "success") return null;
  return jobs.some((job) => job.status === "failed") ? 3 : 0;
}

function toldBy({ comparisons, failures }: RunRecord): number {
  if (comparisons.some(isRefused)) return 4;
  if (failures.length > 0) return 1;
  const failed = comparisons.some(({ results }) => Object.values(results ?? {}).some((count) => count.failed > 0));
  return failed ? 3 : 0;
}

/** Facts about a pipeline that the bot knows in addition to GitLab's. */
export interface KnownOfPipeline {
  record: RunRecord | null;
  /** Options with which this bot started it; null if it did not, or if that is not proven. Its record takes precedence. */
  started: { dryRun: boolean } | null;
  /** It can neither go on any more nor has its end been seen. */
  lost: boolean;
  /** Address of its page. */
  pageUrl: string | null;
}

export function runStateOf(seen: SeenPipeline, { record, started, lost, pageUrl }: KnownOfPipeline): RunState {
  const ended = hasEnded(seen);
  const waiting =
    seen.status !== "running" &&
    seen.status !== "canceling" &&
    seen.jobs.every(({ status }) => rank(status) < rank("running"));
  return {
    id: String(seen.id),
    url: seen.url,
    pageUrl: ended ? pageUrl : null,
    startedAt: new Date(seen.createdAt),
    endedAt: ended && seen.finishedAt !== null ? new Date(seen.finishedAt) : null,
    origin: started ? "bot" : seen.source === "schedule" ? "schedule" : "person",
    startedBy: started ? "this bot" : startedBy(seen),
    dryRun: record?.dry_run ?? started?.dryRun ?? false,
    status: ended ? "ended" : lost ? "lost" : waiting ? "waiting" : "running",
    parts: partsOf(seen, record),
    exit: ended ? exitOf(seen, record) : null,
    record: ended ? record : null,
  };
}

function startedBy({ source, user }: SeenPipeline): string {
  if (source === "schedule") return user === null ? "the schedule in GitLab" : `@${user}'s schedule in GitLab`;
  return user === null ? "a GitLab user" : `@${user} in GitLab`;
}
