import * as v from "valibot";
import type { Pipeline, PipelineHook } from "../../lib/gitlab/pipeline-answers.ts";
import { type RunRecord, RunRecordSchema } from "../../lib/runs/run-record.ts";
import { hasEnded, type SeenPipeline } from "./pipeline-parts.ts";

/** A pipeline as the API tells it. */
export function seenOf(pipeline: Pipeline, jobs: SeenPipeline["jobs"]): SeenPipeline {
  const { id, status, source, web_url, created_at, updated_at, finished_at, user } = pipeline;
  const ended = hasEnded(pipeline);
  return {
    id,
    url: web_url,
    source,
    status,
    createdAt: created_at.toISOString(),
    finishedAt: ended ? (finished_at ?? updated_at ?? created_at).toISOString() : null,
    user: user?.username ?? null,
    jobs: jobs.map(({ id, name, status }) => ({ id, name, status })).sort((one, other) => one.id - other.id),
  };
}

/** A pipeline as a webhook tells it. */
export function seenInHook({ object_attributes, project, user, builds }: PipelineHook): SeenPipeline {
  const { id, url, created_at, finished_at } = object_attributes;
  return seenOf(
    {
      ...object_attributes,
      web_url: url ?? `${project.web_url}/-/pipelines/${id}`,
      updated_at: finished_at ?? created_at,
      user,
    },
    builds,
  );
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
