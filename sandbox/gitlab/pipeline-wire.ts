import type { GitLabUser, JobState, PipelineState } from "./pipeline-store.ts";

/** Where things stand, for web addresses. */
export interface Whereabouts {
  baseUrl: string;
  project: { id: number; path: string };
}

const moment = (date: Date | null) => date?.toISOString() ?? null;
const seconds = (from: Date | null, to: Date | null) => (from && to ? (to.getTime() - from.getTime()) / 1000 : null);

export function pipelineUrl(pipeline: PipelineState, { baseUrl, project }: Whereabouts): string {
  return `${baseUrl}/${project.path}/-/pipelines/${pipeline.id}`;
}

/** A pipeline in a list. */
export function pipelineRow(pipeline: PipelineState, where: Whereabouts) {
  return {
    id: pipeline.id,
    iid: pipeline.iid,
    project_id: where.project.id,
    sha: pipeline.sha,
    ref: pipeline.ref,
    status: pipeline.status,
    source: pipeline.source,
    created_at: moment(pipeline.createdAt),
    updated_at: moment(pipeline.updatedAt),
    web_url: pipelineUrl(pipeline, where),
    name: pipeline.name,
  };
}

/** A pipeline alone. */
export function pipelineEntity(pipeline: PipelineState, where: Whereabouts) {
  return {
    ...pipelineRow(pipeline, where),
    before_sha: "0".repeat(40),
    tag: false,
    yaml_errors: null,
    user: userEntity(pipeline.user, where),
    started_at: moment(pipeline.startedAt),
    finished_at: moment(pipeline.finishedAt),
    committed_at: null,
    duration: seconds(pipeline.startedAt, pipeline.finishedAt),
    queued_duration: seconds(pipeline.createdAt, pipeline.startedAt),
    coverage: null,
    detailed_status: {
      icon: `status_${pipeline.status}`,
      text: pipeline.status,
      label: pipeline.status,
      group: pipeline.status,
      tooltip: pipeline.status,
      has_details: true,
      details_path: `/${where.project.path}/-/pipelines/${pipeline.id}`,
      illustration: null,
    },
    archived: false,
  };
}

export function jobEntity(job: JobState, pipeline: PipelineState, where: Whereabouts) {
  const archive = [...job.artifacts.values()].reduce((total, bytes) => total + bytes.length, 0);
  return {
    id: job.id,
    status: job.status,
    stage: job.stage,
    name: job.name,
    ref: pipeline.ref,
    tag: false,
    coverage: null,
    allow_failure: job.allowFailure,
    created_at: moment(job.createdAt),
    started_at: moment(job.startedAt),
    finished_at: moment(job.finishedAt),
    erased_at: null,
    duration: seconds(job.startedAt, job.finishedAt),
    queued_duration: seconds(job.createdAt, job.startedAt),
    ...(job.failureReason ? { failure_reason: job.failureReason } : {}),
    user: userEntity(pipeline.user, where),
    pipeline: pipelineRow(pipeline, where),
    web_url: `${where.baseUrl}/${where.project.path}/-/jobs/${job.id}`,
    artifacts:
      job.artifacts.size > 0
        ? [{ file_type: "archive", size: archive, filename: "artifacts.zip", file_format: "zip" }]
        : [],
    runner: null,
    artifacts_expire_at: null,
  };
}

function userEntity({ id, username, name }: GitLabUser, { baseUrl }: Whereabouts) {
  return { id, username, name, state: "active", locked: false, avatar_url: null, web_url: `${baseUrl}/${username}` };
}

/** The webhook's spelling of a moment: `2026-11-24 10:00:00 UTC`. */
const hookMoment = (date: Date | null) => date && `${date.toISOString().slice(0, 19).replace("T", " ")} UTC`;

/** What a Pipeline Hook tells (`Gitlab::DataBuilder::Pipeline`): latest attempts of jobs only. */
export function pipelineHook(pipeline: PipelineState, where: Whereabouts) {
  const { id, username, name } = pipeline.user;
  const user = { id, name, username, avatar_url: null, email: "[REDACTED]" };
  const jobs = pipeline.jobs.filter((job) => !job.retried);
  return {
    object_kind: "pipeline",
    object_attributes: {
      id: pipeline.id,
      iid: pipeline.iid,
      name: pipeline.name,
      ref: pipeline.ref,
      tag: false,
      sha: pipeline.sha,
      before_sha: "0".repeat(40),
      source: pipeline.source,
      status: pipeline.status,
      detailed_status: pipeline.status,
      stages: [...new Set(jobs.map(({ stage }) => stage))],
      created_at: hookMoment(pipeline.createdAt),
      finished_at: hookMoment(pipeline.finishedAt),
      duration: seconds(pipeline.startedAt, pipeline.finishedAt),
      queued_duration: seconds(pipeline.createdAt, pipeline.startedAt),
      protected_ref: true,
      variables: pipeline.variables,
      url: pipelineUrl(pipeline, where),
    },
    merge_request: null,
    user,
    project: {
      id: where.project.id,
      name: where.project.path.split("/").at(-1) ?? "",
      description: null,
      web_url: `${where.baseUrl}/${where.project.path}`,
      namespace: where.project.path.split("/")[0] ?? "",
      visibility_level: 0,
      path_with_namespace: where.project.path,
      default_branch: "main",
    },
    commit: { id: pipeline.sha, title: "sync", author: { name, email: "[REDACTED]" } },
    builds: jobs.map((job) => ({
      id: job.id,
      stage: job.stage,
      name: job.name,
      status: job.status,
      created_at: hookMoment(job.createdAt),
      started_at: hookMoment(job.startedAt),
      finished_at: hookMoment(job.finishedAt),
      duration: seconds(job.startedAt, job.finishedAt),
      queued_duration: seconds(job.createdAt, job.startedAt),
      failure_reason: job.failureReason,
      when: "on_success",
      manual: false,
      allow_failure: job.allowFailure,
      user,
      runner: null,
      artifacts_file: { filename: job.artifacts.size > 0 ? "artifacts.zip" : null, size: null },
      environment: null,
    })),
  };
}
