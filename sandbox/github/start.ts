import { Faults } from "../server/faults.ts";
import { RequestLog } from "../server/request-log.ts";
import { serveApp } from "../server/serve.ts";
import type { LoggedRequest, RequestHook } from "../types.ts";
import { answerGitHub, type GitHubState, type GitHubToken } from "./pull-requests.ts";

/** A GitHub with one private repository, served on 127.0.0.1. */
export interface RunningGitHub extends AsyncDisposable {
  url: string;
  state: GitHubState;
  requests: readonly LoggedRequest[];
  /** The environment of a step of a job in that repository. */
  env: Record<string, string>;
}

/** Of a job with `permissions: pull-requests: write`. */
export const JOB_TOKEN: GitHubToken = {
  token: "ghs_sandboxjobtoken",
  user: { id: 41898282, login: "github-actions[bot]", type: "Bot" },
  installation: true,
  writes: true,
};

/** Starts it, apart from the sandbox's other services: only pull requests of rules need it. */
export async function startGitHub({ onRequest }: { onRequest?: RequestHook } = {}): Promise<RunningGitHub> {
  const state: GitHubState = {
    repository: "example/zdsync-rules",
    tokens: [JOB_TOKEN],
    pullRequests: [12],
    locked: [],
    comments: [],
    limited: 0,
  };
  const log = new RequestLog();
  const served = await serveApp({
    service: "github",
    fetch: (request) => answerGitHub(state, request),
    log,
    faults: new Faults(),
    ...(onRequest ? { onRequest } : {}),
  });
  return {
    url: served.url,
    state,
    requests: log.entries,
    env: { GITHUB_API_URL: served.url, GITHUB_REPOSITORY: state.repository, GITHUB_TOKEN: JOB_TOKEN.token },
    [Symbol.asyncDispose]: served.stop,
  };
}
