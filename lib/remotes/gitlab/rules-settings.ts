import { ConfigurationError, type Problem } from "../../errors.ts";
import type { Environment } from "../../settings/environment.ts";
import { textIfFile } from "../../storage/files/edited-file.ts";
import type { NamedText } from "../../storage/kept-rules.ts";
import { isSecureAddress } from "../http/secure-address.ts";
import type { RulesProject } from "./merge-requests.ts";
import type { PipelineSettings } from "./pipeline-settings.ts";

/** Locations of the rules and of the data a run gathered. All of it is set in the sync's project; a requester sets none of it. */
export interface RulesSettings {
  rules: RulesProject;
  /** The branch that merge requests must be for. */
  target: string;
  /** Paths of the three files in the rules' project. */
  paths: { plans: string; overrides: string; config: string };
  /** The project whose newest run's data is taken. */
  data: PipelineSettings;
  /** The sync's own configuration, where the rules' project has none; null where neither has. */
  ownConfig: NamedText | null;
}

const PROJECT = /^(?:\d+|\w[\w.-]*(?:\/\w[\w.-]*)+)$/;
/** No part of it is `..`, and none is empty. */
const PATH = /^(?!(?:.*\/)?\.\.?(?:\/|$))[\w.-]+(?:\/[\w.-]+)*$/;

/** Reads the settings of a simulation on merge requests. Throws `ConfigurationError` with everything that is missing or wrong. */
export async function rulesSettings(env: Environment): Promise<RulesSettings> {
  const problems: Problem[] = [];
  const text = (name: string, byDefault: string, form: RegExp, what: string): string => {
    const value = env[name]?.trim() || byDefault;
    if (!form.test(value)) problems.push({ where: name, what: value === "" ? `not set: ${what}` : `expected ${what}` });
    return value;
  };
  const project = text("RULES_PROJECT", "", PROJECT, "the number or full path of the project with the rules");
  const token = text("RULES_TOKEN", "", /^\S{8,}$/, "an access token of that project, scope api, role Reporter");
  const readToken = text("GITLAB_READ_TOKEN", "", /^\S{8,}$/, "an access token of this project, scope read_api");
  const own = text("GITLAB_PROJECT", env.CI_PROJECT_ID ?? "", PROJECT, "the number or full path of this project");
  const url = text(
    "GITLAB_URL",
    env.CI_SERVER_URL ?? "https://gitlab.com",
    /^https?:\/\//,
    "an address like https://gitlab.com",
  );
  if (!isSecureAddress(url))
    problems.push({ where: "GITLAB_URL", what: "must use https because a token is sent there" });
  const paths = {
    plans: text("RULES_PLANS_PATH", "plans.yml", PATH, "the path of a file"),
    overrides: text("RULES_OVERRIDES_PATH", "overrides.yml", PATH, "the path of a file"),
    config: text("RULES_CONFIG_PATH", "zdsync.config.yml", PATH, "the path of a file"),
  };
  if (problems.length > 0) throw new ConfigurationError(problems);
  const base = url.replace(/\/+$/, "");
  const ref = env.GITLAB_REF?.trim() || env.CI_DEFAULT_BRANCH || "main";
  return {
    rules: { url: base, project, token },
    target: env.RULES_REF?.trim() || "main",
    paths,
    data: { url: base, project: own, ref, readToken, triggerToken: null, apiToken: null, webhookSecret: null },
    ownConfig: await ownConfig(env),
  };
}

async function ownConfig(env: Environment): Promise<NamedText | null> {
  const name = env.ZDSYNC_CONFIG || "zdsync.config.yml";
  const text = await textIfFile(name);
  return text === null ? null : { name, text };
}
