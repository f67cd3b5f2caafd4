import type { Database } from "bun:sqlite";
import * as v from "valibot";
import { RemoteError } from "../../lib/errors.ts";
import { mintRunId } from "../../lib/pipeline/session.ts";
import { type PipelineHook, PipelineHookSchema } from "../../lib/remotes/gitlab/pipeline-answers.ts";
import type { PipelineSettings } from "../../lib/remotes/gitlab/pipeline-settings.ts";
import {
  type PipelineReader,
  pipelineCanceller,
  pipelineReader,
  pipelineStarter,
} from "../../lib/remotes/gitlab/pipelines.ts";
import { AmbiguousWriteError } from "../../lib/remotes/http/http-error.ts";
import { RUN_RECORD, type RunRecord } from "../../lib/storage/runs/run-record.ts";
import { pageOfJob } from "./page-address.ts";
import { artifactsOf } from "./pipeline-files.ts";
import { PipelineMemory } from "./pipeline-memory.ts";
import { inputsOf, numberOf } from "./pipeline-orders.ts";
import { hasEnded, isRun, runStateOf, type SeenPipeline, summaryJob } from "./pipeline-parts.ts";
import { StartProof } from "./pipeline-proof.ts";
import { PipelineStarts } from "./pipeline-starts.ts";
import { type Runner, RunnerError, type RunOrder, type RunState, StartUnknown } from "./runner.ts";
import { recordIn, seenInHook, seenOf } from "./seen-pipeline.ts";

/** Database, clock, artifact cache and timing of `createGitlabRunner`. */
export interface GitlabRunnerDeps {
  database: Database;
  clock: () => Date;
  /** Folder for downloaded artifacts; owner-only, kept small. */
  cache: string;
  /** Waits between attempts; for tests. */
  sleep?: (milliseconds: number) => Promise<unknown>;
  timeoutMs?: number;
}

export interface GitlabRunner extends Runner {
  readonly kind: "gitlab";
  /** Takes a Pipeline Hook's parsed body, whose secret was checked by the transport. Never throws; anything else is passed over. */
  webhook(payload: unknown): void;
}

/** Folder in which the pipeline's jobs keep their files (input `data-dir`). */
const DATA_DIR = "data";
/** Unfinished pipelines are looked for among so many: days of hourly runs. */
const MAX_LISTED = 100;
/** Milliseconds of silence after which a pipeline known only from webhooks has ended unseen: its jobs end after an hour each. */
const LOST_AFTER_MS = 6 * 3_600_000;

/** Runs as pipelines of GitLab: started with a trigger token, followed through the API or, without a token for it, by webhooks only. */
export function createGitlabRunner(settings: PipelineSettings, deps: GitlabRunnerDeps): GitlabRunner {
  return new PipelineRuns(settings, deps);
}

class PipelineRuns implements GitlabRunner {
  readonly kind = "gitlab";
  readonly #memory: PipelineMemory;
  readonly #starts: PipelineStarts;
  readonly #reader: PipelineReader | null;
  /** Null where nothing of a pipeline can be read. */
  readonly #proof: StartProof | null;
  readonly #timing: { sleep?: (milliseconds: number) => Promise<unknown>; timeoutMs?: number };
  readonly #listeners = new Set<(id: string) => void>();

  constructor(
    private readonly settings: PipelineSettings,
    private readonly deps: GitlabRunnerDeps,
  ) {
    const { sleep, timeoutMs } = deps;
    this.#timing = { ...(sleep ? { sleep } : {}), ...(timeoutMs === undefined ? {} : { timeoutMs }) };
    this.#memory = new PipelineMemory(deps.database);
    this.#starts = new PipelineStarts(deps.database);
    const reader = pipelineReader(settings, this.#timing);
    this.#reader = reader;
    this.#proof =
      reader && new StartProof(this.#starts, (jobId, name) => reader.artifact(jobId, `${DATA_DIR}/${name}`));
  }

  async start(order: RunOrder): Promise<RunState> {
    const starter = pipelineStarter(this.settings, this.#timing);
    if (!starter)
      throw new RunnerError(
        "The bot cannot start pipelines: neither GITLAB_TRIGGER_TOKEN nor GITLAB_API_TOKEN is set.",
      );
    return withReadableErrors(async () => {
      // Ids only grow: whatever is above this one was created afterwards. Clocks of two machines would not tell.
      const [last] = (await this.#reader?.newest({ most: 1 })) ?? [];
      const at = this.deps.clock();
      const runId = mintRunId(at);
      // Known before GitLab is asked: killed after its answer, the bot knows as much as where the answer was lost.
      this.#starts.asked(runId, { order, afterId: last?.id ?? 0, at });
      const created = await starter.create(inputsOf(order, runId)).catch((error: unknown) => {
        if (error instanceof AmbiguousWriteError) throw this.#unknown();
        this.#starts.refused(runId);
        throw error;
      });
      this.#starts.began(runId, created.id);
      return this.#stateOf(this.#memory.see(seenOf(created, [])).pipeline, null);
    });
  }

  /** GitLab may have created a pipeline and did not say so. Which one it is, only the pipeline's own files tell, later on. */
  #unknown(): StartUnknown {
    const pipelines = `${this.settings.url}/${this.settings.project}/-/pipelines`;
    return new StartUnknown(
      `GitLab did not respond to the request to start a pipeline, so it may have started one. Check ${pipelines} before you start another one.`,
    );
  }

  async look(id: string): Promise<RunState> {
    const known = this.#memory.seen(numberOf(id));
    if (known && hasEnded(known) && this.#memory.record(known) !== undefined) return this.#withRecord(known);
    return withReadableErrors(async () => {
      if (this.#reader) return this.#withRecord(await this.#read(this.#reader, numberOf(id)));
      if (known) return this.#withRecord(known);
      throw new RunnerError(
        `The bot does not know pipeline ${id}: no webhook reported it, and GITLAB_READ_TOKEN is not set.`,
      );
    });
  }

  async current(): Promise<RunState | null> {
    return withReadableErrors(async () => {
      const unfinished = (await this.#unfinished()).filter(isRun);
      const all: RunState[] = [];
      for (const pipeline of unfinished) all.push(await this.#withRecord(pipeline));
      // A pipeline of nobody knows whom writes, for all that is known.
      const states = all.filter(({ dryRun, status }) => !dryRun && (status === "running" || status === "waiting"));
      // The oldest first: the others wait for it.
      states.sort((one, other) => Number(one.id) - Number(other.id));
      return states.find(({ status }) => status === "running") ?? states[0] ?? null;
    });
  }

  async #unfinished(): Promise<SeenPipeline[]> {
    if (!this.#reader) return this.#memory.all().filter((pipeline) => !hasEnded(pipeline));
    const listed = await this.#reader.newest({ most: MAX_LISTED });
    const unfinished: SeenPipeline[] = [];
    for (const pipeline of listed.filter((one) => !hasEnded(one) && isRun(seenOf(one, []))))
      unfinished.push(await this.#read(this.#reader, pipeline.id));
    return unfinished.filter((pipeline) => !hasEnded(pipeline));
  }

  async ended(since: Date): Promise<RunState[]> {
    return withReadableErrors(async () => {
      const pipelines = await this.#endedSince(since);
      const states: RunState[] = [];
      for (const pipeline of pipelines) states.push(await this.#withRecord(pipeline));
      return states
        .filter(({ dryRun, endedAt }) => !dryRun && endedAt !== null && endedAt >= since)
        .sort((one, other) => (other.endedAt?.getTime() ?? 0) - (one.endedAt?.getTime() ?? 0));
    });
  }

  async #endedSince(since: Date): Promise<SeenPipeline[]> {
    if (!this.#reader) return this.#memory.all().filter((one) => hasEnded(one) && isRun(one));
    const listed = await this.#reader.newest({ most: 1000, updatedAfter: since });
    const ended: SeenPipeline[] = [];
    for (const pipeline of listed.filter((one) => hasEnded(one) && isRun(seenOf(one, [])))) {
      const known = this.#memory.seen(pipeline.id);
      // What was read to its end is not read again, unless it has gone on since.
      const isSame =
        known?.status === pipeline.status && (known.updatedAt ?? "") >= (pipeline.updated_at?.toISOString() ?? "");
      const isRead = isSame && this.#memory.record(known) !== undefined;
      ended.push(isRead ? known : await this.#read(this.#reader, pipeline.id));
    }
    return ended.filter((one) => hasEnded(one) && isRun(one));
  }

  async cancel(id: string): Promise<void> {
    const canceller = pipelineCanceller(this.settings, this.#timing);
    const url =
      this.#memory.seen(numberOf(id))?.url ?? `${this.settings.url}/${this.settings.project}/-/pipelines/${id}`;
    if (!canceller)
      throw new RunnerError(
        `The bot cannot cancel pipelines because GITLAB_API_TOKEN is not set. Press Cancel at ${url}`,
      );
    await withReadableErrors(() => canceller.cancel(numberOf(id)));
  }

  async artifacts(id: string): Promise<Awaited<ReturnType<Runner["artifacts"]>>> {
    const reader = this.#reader;
    if (!reader) return null;
    return withReadableErrors(async () => {
      const known = this.#memory.seen(numberOf(id));
      const isRead = known && hasEnded(known) && this.#memory.record(known) !== undefined;
      const pipeline = isRead ? known : await this.#read(reader, numberOf(id));
      if (!hasEnded(pipeline)) return null;
      const last = Math.max(0, ...pipeline.jobs.map((job) => job.id));
      const download = (jobId: number, name: string) => reader.artifact(jobId, `${DATA_DIR}/${name}`);
      return artifactsOf({ folder: this.deps.cache, download }, pipeline.id, String(last), pipeline.jobs);
    });
  }

  onChange(listener: (id: string) => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  webhook(payload: unknown): void {
    const read = v.safeParse(PipelineHookSchema, payload);
    if (!read.success || !this.#isOurs(read.output)) return;
    const { pipeline, isNews } = this.#memory.see(seenInHook(read.output));
    if (!isNews) return;
    for (const listener of [...this.#listeners]) listener(String(pipeline.id));
  }

  #isOurs({ project, object_attributes }: PipelineHook): boolean {
    const { project: ours, ref } = this.settings;
    const isProject = ours === String(project.id) || ours.toLowerCase() === project.path_with_namespace.toLowerCase();
    return isProject && (object_attributes.ref === ref || this.#starts.of(object_attributes.id) !== null);
  }

  async #read(reader: PipelineReader, id: number): Promise<SeenPipeline> {
    const pipeline = await reader.pipeline(id);
    return this.#memory.see(seenOf(pipeline, await reader.jobs(id))).pipeline;
  }

  async #withRecord(pipeline: SeenPipeline): Promise<RunState> {
    const record = hasEnded(pipeline) ? await this.#recordOf(pipeline) : null;
    await this.#proof?.prove(pipeline, record);
    return this.#stateOf(pipeline, record);
  }

  /** Returns the record the last job left; read once for each end of a pipeline. */
  async #recordOf(pipeline: SeenPipeline): Promise<RunRecord | null> {
    const kept = this.#memory.record(pipeline);
    if (kept !== undefined || !this.#reader) return kept ?? null;
    const summary = summaryJob(pipeline);
    const bytes = summary && (await this.#reader.artifact(summary.id, `${DATA_DIR}/${RUN_RECORD}`));
    const record = bytes ? recordIn(bytes) : null;
    this.#memory.keepRecord(pipeline, record);
    return record;
  }

  #stateOf(pipeline: SeenPipeline, record: RunRecord | null): RunState {
    const age = this.deps.clock().getTime() - Date.parse(pipeline.createdAt);
    const started = this.#starts.of(pipeline.id);
    const lost = this.#reader === null && age > LOST_AFTER_MS;
    const summary = summaryJob(pipeline);
    const pageUrl = summary?.status === "success" ? pageOfJob(pipeline.url, summary.id, DATA_DIR) : null;
    return runStateOf(pipeline, { record, started, lost, pageUrl });
  }
}

/** Whatever GitLab's client throws is meant for people already; the rest of the bot knows `RunnerError` only. */
async function withReadableErrors<T>(ask: () => Promise<T>): Promise<T> {
  try {
    return await ask();
  } catch (error) {
    if (error instanceof RemoteError) throw new RunnerError(error.message, { cause: error });
    throw error;
  }
}
