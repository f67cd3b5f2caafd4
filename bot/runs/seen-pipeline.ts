import * as v from "valibot";
import type { Job, Pipeline, PipelineHook } from "../../lib/remotes/gitlab/pipeline-answers.ts";
import { type RunRecord, RunRecordSchema } from "../../lib/storage/runs/run-record.ts";
import { hasEnded, type SeenJob, type SeenPipeline } from "./pipeline-parts.ts";

/** A pipeline as the API tells it. */
export function seenOf(pipeline: Pipeline, jobs: readonly Job[]): SeenPipeline {
  const { id, status, source, web_url, created_at, updated_at, finished_at, user } = pipeline;
  const ended = hasEnded(pipeline);
  return {
    id,
    url: web_url,
    source,
    status,
    createdAt: created_at.toISOString(),
    finishedAt: ended ? (finished_at ?? updated_at ?? created_at).toISOString() : null,
    updatedAt: textOf(updated_at),
    user: user?.username ?? null,
    jobs: jobs.map(seenJob).sort((one, other) => one.id - other.id),
  };
}

function seenJob({ id, name, status, started_at, finished_at }: Job): SeenJob {
  return { id, name, status, startedAt: textOf(started_at), finishedAt: textOf(finished_at) };
}

const textOf = (moment: Date | null) => moment?.toISOString() ?? null;

/** A pipeline as a webhook tells it. */
export function seenInHook({ object_attributes, project, user, builds }: PipelineHook): SeenPipeline {
  const { id, url, created_at, finished_at } = object_attributes;
  const pipeline = {
    ...object_attributes,
    web_url: url ?? `${project.web_url}/-/pipelines/${id}`,
    updated_at: finished_at ?? created_at,
    user,
  };
  return { ...seenOf(pipeline, builds), updatedAt: null };
}

/** The run record in a downloaded file; null where it is none. */
export function recordIn(bytes: Uint8Array): RunRecord | null {
  try {
    const read = v.safeParse(RunRecordSchema, JSON.parse(new TextDecoder().decode(bytes)));
    return read.success ? read.output : null;
  } catch {
    return null;
  }
}
