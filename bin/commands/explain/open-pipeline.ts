import { join } from "node:path";
import { artifactsOf } from "../../../bot/runs/pipeline-files.ts";
import { hasEnded } from "../../../bot/runs/pipeline-parts.ts";
import { rm } from "../../../lib/edges/files.ts";
import { ConfigurationError, type Problem } from "../../../lib/errors.ts";
import { pipelineSettings } from "../../../lib/remotes/gitlab/pipeline-settings.ts";
import { type PipelineReader, pipelineReader } from "../../../lib/remotes/gitlab/pipelines.ts";
import type { ArtifactStore } from "../../../lib/storage/artifacts/store.ts";
import { readKeptRules } from "../../../lib/storage/kept-rules.ts";
import { oneLine } from "../../../lib/text/outside-text.ts";
import type { Call } from "../../commands.ts";

/** The folder of a data directory in which pipelines' artifacts are kept, owner-only; the newest few. */
const FOLDER = "pipelines";

/** Folder in which the jobs of a pipeline leave their files. */
const DATA_DIR = "data";

/** Stands where the last job's id does, while there is none. */
const RUNNING = 0;

/**
 * The artifacts of a pipeline, fetched from GitLab once it has ended, and anew while it is running. Throws `ConfigurationError` where a
 * setting is missing or the pipeline has no artifacts (any more), and `RemoteError` as GitLab does.
 */
export async function openPipeline(dataDir: string, pipeline: string, shell: Call["shell"]): Promise<ArtifactStore> {
  const id = Number(pipeline);
  const reader = readerOf(shell);
  const { status } = await reader.pipeline(id);
  const jobs = await reader.jobs(id);
  const folder = join(dataDir, FOLDER);
  const end = hasEnded({ status }) ? Math.max(0, ...jobs.map((job) => job.id)) : RUNNING;
  if (end === RUNNING) {
    await rm(join(folder, `${id}-${RUNNING}`), { recursive: true, force: true });
    shell.output.err(
      `Pipeline ${id} has not ended (${oneLine(status)}): this is of the jobs that have. Ask again when it has.`,
    );
  }
  const download = (jobId: number, name: string) => reader.artifact(jobId, `${DATA_DIR}/${name}`);
  const found = await artifactsOf({ folder, download }, id, String(end), jobs);
  if (!found) throw nothingThere(`pipeline ${id} left no artifacts, or they have expired in GitLab`);
  if (!(await readKeptRules(found.directory)))
    throw nothingThere(
      `pipeline ${id} kept no plans: its process jobs have not come to their end, are of an earlier version, or their artifacts have expired in GitLab. Explain a newer pipeline, or the account with --live`,
    );
  return found;
}

function nothingThere(what: string): ConfigurationError {
  return new ConfigurationError([{ where: "--pipeline", what }]);
}

function readerOf({ env, timing }: Call["shell"]): PipelineReader {
  const problems: Problem[] = [];
  const settings = pipelineSettings(env, problems);
  // The bot's tokens, to start and to follow pipelines, are none of its concern.
  const wrong = problems.find(({ where }) => where === "GITLAB_PROJECT" || where === "GITLAB_URL");
  const reader = settings && pipelineReader(settings, timing);
  if (reader && !wrong) return reader;
  throw wrong ? new ConfigurationError([wrong]) : nothingThere("needs GITLAB_PROJECT and GITLAB_READ_TOKEN");
}
