import { createHash } from "node:crypto";
import { type DeclaredInput, filledInputs, type InputValues, inputErrors } from "./pipeline-inputs.ts";

/** Statuses of jobs and pipelines, in the order in which they come. */
export const STATUSES = [
  "created",
  "waiting_for_resource",
  "preparing",
  "pending",
  "running",
  "canceling",
  "success",
  "failed",
  "canceled",
  "skipped",
  "manual",
  "scheduled",
] as const;
export type Status = (typeof STATUSES)[number];

export const SOURCES = ["push", "web", "trigger", "schedule", "api", "pipeline", "parent_pipeline", "chat"] as const;
export type Source = (typeof SOURCES)[number];

export interface GitLabUser {
  id: number;
  username: string;
  name: string;
}

/** What a project's `.gitlab-ci.yml` says, as plain data. */
export interface PipelineDefinition {
  inputs: Record<string, DeclaredInput>;
  /** The jobs that its rules leave, for these inputs. */
  jobs: (inputs: InputValues) => JobDefinition[];
}

export interface JobDefinition {
  name: string;
  stage?: string;
  allowFailure?: boolean;
}

export interface JobState {
  id: number;
  name: string;
  stage: string;
  status: Status;
  allowFailure: boolean;
  createdAt: Date;
  startedAt: Date | null;
  finishedAt: Date | null;
  failureReason: string | null;
  /** A later attempt has taken its place. */
  retried: boolean;
  /** By path, as the job declared it: `data/run.json`. */
  artifacts: Map<string, Uint8Array>;
}

export interface PipelineState {
  id: number;
  iid: number;
  name: string | null;
  ref: string;
  sha: string;
  status: Status;
  source: Source;
  user: GitLabUser;
  createdAt: Date;
  updatedAt: Date;
  startedAt: Date | null;
  finishedAt: Date | null;
  inputs: InputValues;
  variables: Array<{ key: string; value: string }>;
  jobs: JobState[];
}

/** What happens to a pipeline from outside: what runners and people would do. */
export interface PipelineStep {
  /** By name; a job that is not there yet is added. */
  jobs?: Record<string, JobStep>;
  /** Overrides what follows from the jobs. */
  status?: Status;
  /** As a job may set it through the API. */
  name?: string;
}

export interface JobStep {
  status?: Status;
  failureReason?: string;
  artifacts?: Record<string, string | Uint8Array>;
  /** A new attempt, with an id of its own. */
  retry?: boolean;
}

const FINAL: readonly Status[] = ["success", "failed", "canceled", "skipped"];
export const isFinal = (status: Status) => FINAL.includes(status);

/** The pipelines of one project. */
export class PipelineStore {
  private readonly pipelines: PipelineState[] = [];
  private readonly watchers: Array<(pipeline: PipelineState, change: "created" | "changed") => void> = [];
  private lastId = 1000;
  private lastJob = 50_000;
  definition: PipelineDefinition = { inputs: {}, jobs: () => [{ name: "build" }] };

  constructor(private readonly now: () => Date) {}

  /** Newest first. */
  all(): PipelineState[] {
    return this.pipelines.toReversed();
  }

  find(id: number): PipelineState | undefined {
    return this.pipelines.find((one) => one.id === id);
  }

  job(id: number): JobState | undefined {
    return this.pipelines.flatMap((one) => one.jobs).find((job) => job.id === id);
  }

  /** Answers the pipeline, or why there is none, in GitLab's words. */
  create(asked: {
    ref: string;
    source: Source;
    user: GitLabUser;
    inputs?: InputValues;
    variables?: Array<{ key: string; value: string }>;
  }): PipelineState | { errors: string[] } {
    const given = asked.inputs ?? {};
    const errors = inputErrors(this.definition.inputs, given);
    if (errors.length > 0) return { errors };
    const inputs = filledInputs(this.definition.inputs, given);
    const now = this.now();
    const id = ++this.lastId;
    const pipeline: PipelineState = {
      id,
      iid: this.pipelines.length + 1,
      name: null,
      ref: asked.ref,
      sha: createHash("sha1").update(asked.ref).digest("hex"),
      status: "created",
      source: asked.source,
      user: asked.user,
      createdAt: now,
      updatedAt: now,
      startedAt: null,
      finishedAt: null,
      inputs,
      variables: asked.variables ?? [],
      jobs: [],
    };
    for (const job of this.definition.jobs(inputs)) this.addJob(pipeline, job);
    if (pipeline.jobs.length === 0)
      return {
        errors: [
          "Pipeline will not run for the selected trigger. The rules configuration prevented any jobs from being added to the pipeline.",
        ],
      };
    this.pipelines.push(pipeline);
    this.tell(pipeline, "created");
    return pipeline;
  }

  /** Throws where there is no such pipeline. */
  advance(id: number, step: PipelineStep): PipelineState {
    const pipeline = this.find(id);
    if (!pipeline) throw new Error(`no pipeline ${id}`);
    const before = pipeline.status;
    for (const [name, change] of Object.entries(step.jobs ?? {})) this.changeJob(pipeline, name, change);
    if (step.name !== undefined) pipeline.name = step.name;
    pipeline.status = step.status ?? (step.jobs ? statusOf(pipeline.jobs) : pipeline.status);
    const now = this.now();
    pipeline.updatedAt = now;
    if (pipeline.status === "running") pipeline.startedAt ??= now;
    pipeline.finishedAt = isFinal(pipeline.status)
      ? before === pipeline.status
        ? (pipeline.finishedAt ?? now)
        : now
      : null;
    this.tell(pipeline, "changed");
    return pipeline;
  }

  /** As the button does: what has not begun is canceled at once, and so is what runs. */
  cancel(pipeline: PipelineState): void {
    const unfinished = pipeline.jobs.filter((job) => !job.retried && !isFinal(job.status));
    if (unfinished.length === 0) return;
    this.advance(pipeline.id, {
      jobs: Object.fromEntries(unfinished.map(({ name }) => [name, { status: "canceled" }])),
    });
  }

  remove(id: number): void {
    const index = this.pipelines.findIndex((one) => one.id === id);
    if (index >= 0) this.pipelines.splice(index, 1);
  }

  watch(watcher: (pipeline: PipelineState, change: "created" | "changed") => void): () => void {
    this.watchers.push(watcher);
    return () => void this.watchers.splice(this.watchers.indexOf(watcher), 1);
  }

  private tell(pipeline: PipelineState, change: "created" | "changed"): void {
    for (const watcher of [...this.watchers]) watcher(pipeline, change);
  }

  private addJob(pipeline: PipelineState, { name, stage = "deploy", allowFailure = false }: JobDefinition): JobState {
    const job: JobState = {
      id: ++this.lastJob,
      name,
      stage,
      status: "created",
      allowFailure,
      createdAt: this.now(),
      startedAt: null,
      finishedAt: null,
      failureReason: null,
      retried: false,
      artifacts: new Map(),
    };
    pipeline.jobs.push(job);
    return job;
  }

  private changeJob(pipeline: PipelineState, name: string, change: JobStep): void {
    let job = pipeline.jobs.findLast((one) => one.name === name) ?? this.addJob(pipeline, { name });
    if (change.retry) {
      job.retried = true;
      job = this.addJob(pipeline, { name, stage: job.stage, allowFailure: job.allowFailure });
    }
    const now = this.now();
    if (change.status) {
      job.status = change.status;
      if (change.status === "running") job.startedAt ??= now;
      job.finishedAt = isFinal(change.status) ? now : null;
    }
    if (change.status === "failed") job.failureReason = change.failureReason ?? "script_failure";
    for (const [path, content] of Object.entries(change.artifacts ?? {}))
      job.artifacts.set(path, typeof content === "string" ? new TextEncoder().encode(content) : content);
  }
}

/** GitLab's composite status, as far as this pipeline's jobs can bring it about. */
function statusOf(all: readonly JobState[]): Status {
  const jobs = all.filter((job) => !job.retried);
  const has = (...statuses: Status[]) => jobs.some(({ status }) => statuses.includes(status));
  if (jobs.every(({ status }) => isFinal(status))) {
    if (jobs.some(({ status, allowFailure }) => status === "failed" && !allowFailure)) return "failed";
    if (has("canceled")) return "canceled";
    return jobs.every(({ status }) => status === "skipped") ? "skipped" : "success";
  }
  if (has("canceling")) return "canceling";
  if (has("running") || has(...FINAL)) return "running";
  return (["pending", "preparing", "waiting_for_resource"] as const).find((status) => has(status)) ?? "created";
}
