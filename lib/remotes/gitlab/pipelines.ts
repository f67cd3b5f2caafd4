import * as v from "valibot";
import { RemoteError } from "../../errors.ts";
import type { HttpRequest, HttpTiming } from "../http/client-options.ts";
import { HttpClient } from "../http/http-client.ts";
import { AmbiguousWriteError, HttpError } from "../http/http-error.ts";
import { downloadArtifact } from "./artifact-download.ts";
import { type Job, JobSchema, type Pipeline, PipelineSchema, readAnswer } from "./pipeline-answers.ts";
import { type GitlabCall, refusedByGitlab } from "./pipeline-refusals.ts";
import type { PipelineSettings } from "./pipeline-settings.ts";

/** Typed as the pipeline declares them: a switch is a boolean, never "true". */
export type PipelineInputs = Record<string, string | boolean>;

/** Reads pipelines of the one project. Every method throws `RemoteError` with a message for people. */
export interface PipelineReader {
  pipeline(id: number): Promise<Pipeline>;
  /** Pipelines of the ref, newest first, at most `most` (up to 1,000). */
  newest(query: { most: number; updatedAfter?: Date }): Promise<Pipeline[]>;
  /** The latest attempt of every job. */
  jobs(id: number): Promise<Job[]>;
  /** A file among a job's artifacts; null where it is not there (any more). */
  artifact(jobId: number, path: string): Promise<Uint8Array | null>;
}

/** Starts pipelines. Throws `AmbiguousWriteError` where nobody knows whether one was started, else `RemoteError`. */
export interface PipelineStarter {
  create(inputs: PipelineInputs): Promise<Pipeline>;
}

/** Presses Cancel. */
export interface PipelineCanceller {
  cancel(id: number): Promise<void>;
}

/** Somebody waits for the answer in Slack. */
const RETRY_BUDGET = { maxAttempts: 4, maxWaitMs: 60_000 };
const TIMEOUT_MS = 20_000;
const PAGE = 100;
const MAX_PAGES = 10;

/** Null where there is no token that could read. */
export function pipelineReader(settings: PipelineSettings, timing: HttpTiming = {}): PipelineReader | null {
  const token = settings.readToken ?? settings.apiToken;
  if (token === null) return null;
  const tokenSetting = settings.readToken ? "GITLAB_READ_TOKEN" : "GITLAB_API_TOKEN";
  const about = (doing: string, pipeline?: number) => asked(settings, tokenSetting, doing, pipeline);
  const client = clientOf(settings, token, timing);
  const get = (path: string, call: GitlabCall) =>
    send(client, { method: "GET", url: `${apiOf(settings)}${path}` }, call);
  const pages = async <S extends v.GenericSchema>(path: string, row: S, most: number, call: GitlabCall) => {
    const rows: v.InferOutput<S>[] = [];
    for (let page = 1; page <= MAX_PAGES && rows.length < most; page++) {
      const body = await get(`${path}${path.includes("?") ? "&" : "?"}per_page=${PAGE}&page=${page}`, call);
      const some = readAnswer(v.array(row), body, call.doing);
      rows.push(...some);
      if (some.length < PAGE) break;
    }
    return rows.slice(0, most);
  };
  return {
    async pipeline(id) {
      return readAnswer(PipelineSchema, await get(`/pipelines/${id}`, about("show a pipeline", id)), `pipeline ${id}`);
    },
    newest({ most, updatedAfter }) {
      const query = new URLSearchParams({ ref: settings.ref, order_by: "id", sort: "desc" });
      if (updatedAfter) query.set("updated_after", updatedAfter.toISOString());
      return pages(`/pipelines?${query}`, PipelineSchema, most, about("list pipelines"));
    },
    jobs: (id) => pages(`/pipelines/${id}/jobs`, JobSchema, PAGE * MAX_PAGES, about("show a pipeline's jobs", id)),
    artifact: (jobId, path) =>
      downloadArtifact(
        {
          url: `${apiOf(settings)}/jobs/${jobId}/artifacts/${path.split("/").map(encodeURIComponent).join("/")}`,
          token,
        },
        about("hand out a file"),
        timing,
      ),
  };
}

/** With the trigger token where there is one: it can do nothing else. Null where there is neither. */
export function pipelineStarter(settings: PipelineSettings, timing: HttpTiming = {}): PipelineStarter | null {
  const { triggerToken, apiToken, ref } = settings;
  if (triggerToken === null && apiToken === null) return null;
  const byTrigger = triggerToken !== null;
  const about = asked(settings, byTrigger ? "GITLAB_TRIGGER_TOKEN" : "GITLAB_API_TOKEN", "start a pipeline");
  const client = clientOf(settings, byTrigger ? null : apiToken, timing);
  return {
    async create(inputs) {
      const url = `${apiOf(settings)}${byTrigger ? "/trigger/pipeline" : "/pipeline"}`;
      const body = { ...(byTrigger ? { token: triggerToken } : {}), ref, inputs };
      const answer = await send(client, { method: "POST", url, body }, about);
      const read = v.safeParse(PipelineSchema, answer);
      // Something was created, or something answers in GitLab's place: only looking tells.
      if (!read.success) throw new AmbiguousWriteError("GitLab's response cannot be read.", { service: "GitLab" });
      return read.output;
    },
  };
}

/** Null without a token that may cancel (scope `api`). */
export function pipelineCanceller(settings: PipelineSettings, timing: HttpTiming = {}): PipelineCanceller | null {
  const { apiToken } = settings;
  if (apiToken === null) return null;
  const client = clientOf(settings, apiToken, timing);
  return {
    async cancel(id) {
      const url = `${apiOf(settings)}/pipelines/${id}/cancel`;
      const about = asked(settings, "GITLAB_API_TOKEN", "cancel a pipeline", id);
      // Canceling what is canceled does nothing.
      await send(client, { method: "POST", url, effect: "sets" }, about);
    },
  };
}

function clientOf({ url }: PipelineSettings, token: string | null, timing: HttpTiming): HttpClient {
  return new HttpClient({
    service: `GitLab (${new URL(url).host})`,
    headers: async () => (token === null ? {} : { "PRIVATE-TOKEN": token }),
    retryBudget: RETRY_BUDGET,
    timeoutMs: TIMEOUT_MS,
    ...timing,
  });
}

function asked(
  { url, project, ref }: PipelineSettings,
  tokenSetting: GitlabCall["tokenSetting"],
  doing: string,
  pipeline?: number,
): GitlabCall {
  const base = { host: new URL(url).host, project, ref, tokenSetting, doing };
  return pipeline === undefined ? base : { ...base, pipeline };
}

function apiOf({ url, project }: PipelineSettings): string {
  return `${url}/api/v4/projects/${encodeURIComponent(project)}`;
}

/** One request; what is wrong is said in words that name the setting to look at. */
async function send(client: HttpClient, request: HttpRequest, call: GitlabCall): Promise<unknown> {
  try {
    return (await client.send(request)).body;
  } catch (error) {
    if (error instanceof AmbiguousWriteError || !(error instanceof RemoteError)) throw error;
    const { attempts = 1 } = error.detail;
    if (error instanceof HttpError)
      throw refusedByGitlab(call, error.status, error.body, { ...error.detail, service: "GitLab" });
    throw new RemoteError(unreachable(call, attempts), { ...error.detail, service: "GitLab" });
  }
}

/** Nobody there, or nobody who answers. */
export function unreachable({ host, doing }: GitlabCall, attempts: number): string {
  return `GitLab (${host}) did not respond when asked to ${doing}, ${attempts} times in a row. Try again later. If this continues, check GITLAB_URL and the network.`;
}
