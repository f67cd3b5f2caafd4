import { type SandboxBytes, unguessable } from "../server/chance.ts";
import { createGitLab, type GitLab, type GitLabOptions } from "./gitlab.ts";
import { answerMergeRequests, type RulesProjectState } from "./merge-requests.ts";
import { PipelineStore } from "./pipeline-store.ts";
import { createPipelines, type Pipelines } from "./pipelines.ts";
import { answerPipelines, type PipelineProject } from "./pipelines-api.ts";
import type { AccessToken } from "./tokens.ts";

export interface GitLabServiceOptions {
  /** The project with the overrides file. */
  overrides: GitLabOptions;
  /** The project whose pipelines are runs. */
  sync: { project: { id: number; path: string }; ref: string };
  secrets: { trigger: string; api: string; read: string; webhook: string; rules: string };
  baseUrl: () => string;
  /** Default: real time. */
  now?: () => Date;
}

/** A GitLab with two private projects: one has a file, the other has pipelines. */
export interface GitLabService extends Pick<GitLab, "setText" | "text"> {
  fetch(request: Request): Promise<Response>;
  pipelines: Pipelines;
  /** The project with the rules: files at commits, merge requests, notes on them. */
  rules: RulesProjectState;
  /** The environment of a bot that starts and follows the pipelines; apart, as it changes where runs happen. */
  env(): Record<string, string>;
  /** The environment of a job of the sync's project that simulates merge requests of the rules' project. */
  rulesEnv(): Record<string, string>;
}

export function createGitLabService(options: GitLabServiceOptions): GitLabService {
  const { overrides, sync, secrets, baseUrl, now = () => new Date() } = options;
  const files = createGitLab(overrides);
  const store = new PipelineStore(now);
  const bot = { id: 40, username: `project_${sync.project.id}_bot`, name: "zdsync bot" };
  const token = (name: string, text: string, scopes: AccessToken["scopes"], projects: number[]): AccessToken => ({
    token: text,
    name,
    scopes,
    projects,
    user: bot,
    expiresAt: inDays(now(), 200),
  });
  const api: PipelineProject = {
    project: sync.project,
    refs: [sync.ref, "other-branch"],
    tokens: [
      token("overrides", overrides.token, ["read_repository"], [overrides.project.id]),
      token("zdsync bot", secrets.api, ["api"], [sync.project.id]),
      token("zdsync bot, reading", secrets.read, ["read_api"], [sync.project.id]),
    ],
    trigger: { token: secrets.trigger, owner: { id: 41, username: "zdsync-trigger", name: "zdsync trigger" } },
    store,
    baseUrl,
  };
  const rulesBot = { id: 50, username: "project_50_bot", name: "zdsync simulate" };
  const rules: RulesProjectState = {
    project: { id: 50, path: "support/zdsync-rules" },
    tokens: [{ ...token("zdsync simulate", secrets.rules, ["api"], [50]), user: rulesBot }],
    files: new Map(),
    mergeRequests: [],
    notes: [],
  };
  return {
    fetch: async (request) =>
      (await answerMergeRequests(rules, request)) ?? (await answerPipelines(api, request)) ?? files.fetch(request),
    rules,
    setText: (text) => files.setText(text),
    text: () => files.text(),
    pipelines: createPipelines(store, api.refs, () => ({ baseUrl: baseUrl(), project: sync.project })),
    rulesEnv: () => ({
      GITLAB_URL: baseUrl(),
      GITLAB_PROJECT: sync.project.path,
      GITLAB_READ_TOKEN: secrets.read,
      RULES_PROJECT: rules.project.path,
      RULES_TOKEN: secrets.rules,
    }),
    env: () => ({
      GITLAB_URL: baseUrl(),
      GITLAB_PROJECT: sync.project.path,
      GITLAB_REF: sync.ref,
      GITLAB_TRIGGER_TOKEN: secrets.trigger,
      GITLAB_API_TOKEN: secrets.api,
      GITLAB_READ_TOKEN: secrets.read,
      GITLAB_WEBHOOK_SECRET: secrets.webhook,
    }),
  };
}

/** New tokens; their beginnings are GitLab's own. */
export function newGitLabSecrets(bytes: SandboxBytes = unguessable) {
  const secret = (prefix: string) => `${prefix}-${bytes(16).toString("hex")}`;
  return {
    trigger: secret("glptt-sandbox"),
    api: secret("glpat-sandbox-api"),
    read: secret("glpat-sandbox-read"),
    webhook: secret("sandbox-webhook"),
    rules: secret("glpat-sandbox-rules"),
  };
}

function inDays(now: Date, days: number): string {
  return new Date(now.getTime() + days * 86_400_000).toISOString().slice(0, 10);
}
