import { ciJob } from "../remotes/gitlab/ci-job.ts";
import type { Pipeline } from "../remotes/gitlab/pipeline-answers.ts";
import { type PipelineReader, pipelineReader } from "../remotes/gitlab/pipelines.ts";
import type { Environment } from "../settings/environment.ts";
import { parseRunRecord } from "../storage/runs/read-run-records.ts";
import { RUN_RECORD } from "../storage/runs/run-record.ts";
import type { RunTrend } from "./model.ts";
import { inOrder, PAGE, TRENDED_RUNS, trendOf } from "./trend.ts";

/** Pipelines that are looked at: pushes and dry runs, which are passed over, may lie between. */
const MAX_INSPECTED = 2 * TRENDED_RUNS;
/** Pipelines that are looked at side by side. */
const AT_ONCE = 6;

/** Inputs with which the last job of this pipeline finds those of earlier ones. */
interface EarlierJobs {
  reader: PipelineReader;
  pipelineId: string;
  /** The job's own name: the same one of an earlier pipeline left that one's record. */
  jobName: string;
  folder: string;
}

/**
 * The last runs of this project and branch, oldest first, from what the last jobs of earlier pipelines left. Needs `GITLAB_READ_TOKEN`
 * (scope `read_api`); without it, and where GitLab does not answer, there are fewer or none. Never throws: charts are worth no failure.
 */
export async function earlierRuns(
  env: Environment,
  { dataDir, most = TRENDED_RUNS - 1 }: { dataDir: string; most?: number },
): Promise<RunTrend[]> {
  const jobs = earlierJobs(env, dataDir);
  if (!jobs) return [];
  const found: RunTrend[] = [];
  try {
    const newest = await jobs.reader.newest({ most: MAX_INSPECTED });
    const others = newest.filter(({ id }) => String(id) !== jobs.pipelineId);
    for (let from = 0; from < others.length && found.length < most; from += AT_ONCE) {
      const some = others.slice(from, from + AT_ONCE);
      found.push(...(await Promise.all(some.map((one) => runOf(one, jobs)))).flatMap((bar) => bar ?? []));
    }
  } catch {
    // What was found until then is shown.
  }
  return inOrder(found.slice(0, most));
}

function earlierJobs(env: Environment, dataDir: string): EarlierJobs | null {
  const job = ciJob(env, []);
  const readToken = env.GITLAB_READ_TOKEN;
  const ref = env.CI_COMMIT_REF_NAME;
  const jobName = env.CI_JOB_NAME;
  if (!job?.apiUrl || !readToken || !ref || !jobName) return null;
  const reader = pipelineReader({
    url: job.apiUrl.replace(/\/api\/v4$/, ""),
    project: job.projectId,
    ref,
    readToken,
    triggerToken: null,
    apiToken: null,
    webhookSecret: null,
  });
  return reader && { reader, pipelineId: job.pipelineId, jobName, folder: dataDir };
}

/** Null where a pipeline left no record, or only one of a dry run. */
async function runOf(pipeline: Pipeline, { reader, jobName, folder }: EarlierJobs): Promise<RunTrend | null> {
  const job = (await reader.jobs(pipeline.id)).find(({ name }) => name === jobName);
  const bytes = job && (await reader.artifact(job.id, `${folder}/${RUN_RECORD}`));
  const record = bytes ? parseRunRecord(bytes) : null;
  const page = `${pipeline.web_url.replace(/\/pipelines\/\d+$/, "")}/jobs/${job?.id}/artifacts/file/${folder}/${PAGE}`;
  return record && trendOf(record, page);
}
