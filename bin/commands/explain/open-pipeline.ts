import { join } from "node:path";
import { artifactsOf } from "../../../bot/runs/pipeline-files.ts";
import type { ArtifactStore } from "../../../lib/artifacts/store.ts";
import { ConfigurationError, type Problem } from "../../../lib/errors.ts";
import { pipelineSettings } from "../../../lib/gitlab/pipeline-settings.ts";
import { pipelineReader } from "../../../lib/gitlab/pipelines.ts";
import type { Environment } from "../../../lib/settings/environment.ts";

/** The folder of a data directory in which pipelines' artifacts are kept, owner-only; the newest few. */
const FOLDER = "pipelines";

/** Where the jobs of a pipeline leave their files. */
const DATA_DIR = "data";

/**
 * The artifacts of a pipeline, fetched from GitLab once. Throws `ConfigurationError` where a setting is missing or the pipeline has no
 * artifacts (any more), and `RemoteError` as GitLab does.
 */
export async function openPipeline(dataDir: string, pipeline: string, env: Environment): Promise<ArtifactStore> {
  const problems: Problem[] = [];
  const settings = pipelineSettings(env, problems);
  // The bot's tokens, to start and to follow pipelines, are none of its concern.
  const wrong = problems.find(({ where }) => where === "GITLAB_PROJECT" || where === "GITLAB_URL");
  const reader = settings && pipelineReader(settings);
  if (!reader || wrong)
    throw new ConfigurationError([
      wrong ?? { where: "--pipeline", what: "needs GITLAB_PROJECT and GITLAB_READ_TOKEN" },
    ]);
  const jobs = await reader.jobs(Number(pipeline));
  const last = Math.max(0, ...jobs.map(({ id }) => id));
  const download = (jobId: number, name: string) => reader.artifact(jobId, `${DATA_DIR}/${name}`);
  const found = await artifactsOf({ folder: join(dataDir, FOLDER), download }, Number(pipeline), String(last), jobs);
  if (found) return found;
  throw new ConfigurationError([
    { where: "--pipeline", what: `pipeline ${pipeline} left no artifacts, or they have expired in GitLab` },
  ]);
}
