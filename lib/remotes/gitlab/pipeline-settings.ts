import type { Problem } from "../../errors.ts";
import type { Environment } from "../../settings/environment.ts";

/** GitLab project and ref in which the bot starts pipelines, and the settings for following them. */
export interface PipelineSettings {
  /** `https://gitlab.example.com`, without a slash at its end. */
  url: string;
  /** Numeric id or full path. */
  project: string;
  ref: string;
  /** Can start pipelines and nothing else; sent in the body. */
  triggerToken: string | null;
  /** Scope `api`: starts where there is no trigger token, and cancels. */
  apiToken: string | null;
  /** Scope `read_api`; without it the bot knows what webhooks tell. */
  readToken: string | null;
  webhookSecret: string | null;
}

/**
 * Reads `GITLAB_PROJECT` and what belongs to it; null where no project is set: runs are child processes then. What is missing or
 * wrong is added to `problems`.
 */
export function pipelineSettings(env: Environment, problems: Problem[]): PipelineSettings | null {
  const project = env.GITLAB_PROJECT?.trim();
  if (!project) return null;
  if (!/^(?:\d+|[\w.-]+(?:\/[\w. -]+)+)$/.test(project))
    problems.push({ where: "GITLAB_PROJECT", what: "expected the project's number or its full path: group/project" });
  const settings: PipelineSettings = {
    url: urlIn(env, problems),
    project,
    ref: env.GITLAB_REF?.trim() || "main",
    triggerToken: env.GITLAB_TRIGGER_TOKEN || null,
    apiToken: env.GITLAB_API_TOKEN || null,
    readToken: env.GITLAB_READ_TOKEN || null,
    webhookSecret: env.GITLAB_WEBHOOK_SECRET || null,
  };
  if (!settings.triggerToken && !settings.apiToken)
    problems.push({
      where: "GITLAB_TRIGGER_TOKEN",
      what: `set it (in ${project}: Settings > CI/CD > Pipeline trigger tokens), or GITLAB_API_TOKEN: without either, the bot cannot start pipelines`,
    });
  if (!settings.readToken && !settings.apiToken && !settings.webhookSecret)
    problems.push({
      where: "GITLAB_READ_TOKEN",
      what: "set it (a project access token with the scope read_api), or GITLAB_WEBHOOK_SECRET: without either, the bot cannot follow pipelines",
    });
  return settings;
}

/** Tokens are sent there: over a network never in the clear. */
function urlIn(env: Environment, problems: Problem[]): string {
  const text = (env.GITLAB_URL || "https://gitlab.com").replace(/\/+$/, "");
  const url = URL.canParse(text) ? new URL(text) : null;
  const local = /^(?:127\.0\.0\.1|localhost|\[::1\])$/.test(url?.hostname ?? "");
  if (url?.protocol === "https:" || (url?.protocol === "http:" && local)) return text;
  problems.push({ where: "GITLAB_URL", what: "expected an https:// URL: tokens are sent there" });
  return text;
}
