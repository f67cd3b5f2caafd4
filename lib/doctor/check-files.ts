import { constants } from "node:fs";
import { dirname, resolve } from "node:path";
import { type Config, DEFAULT_CONFIG } from "../domain/config.ts";
import type { Plans } from "../domain/plans.ts";
import { access } from "../edges/files.ts";
import type { Problem } from "../errors.ts";
import { createRemotes } from "../pipeline/remotes.ts";
import { readConfig } from "../pipeline/session.ts";
import { explain } from "../reasons/reason-text.ts";
import { ownChannels } from "../remotes/slack/notice-channels.ts";
import type { Environment } from "../settings/environment.ts";
import { configWarnings } from "../settings/files/config-warnings.ts";
import { parsePlans } from "../settings/files/plans.ts";
import { failureFindings, problemFindings } from "./failure.ts";
import { type Found, ok, problem, warning } from "./finding.ts";
import { placeholderFindings } from "./placeholders.ts";

/** Hosts worked on, by their key in the config; empty where the setting is missing or no URL. */
export type WorkedOnHosts = Record<keyof Config["hosts"], string>;

/** Checks the configuration file; where it is broken, the defaults are checked on with. */
export async function checkConfig(env: Environment, hosts: WorkedOnHosts): Promise<{ config: Config; found: Found[] }> {
  const remedy = "Correct it in the config; zdsync.config.example.yml shows every key.";
  const problems: Problem[] = [];
  try {
    const config = await readConfig(env, problems);
    if (problems.length > 0) return { config, found: problemFindings(problems, remedy) };
    const missing = configWarnings(config).map((one) => {
      const { what, remedy: write } = explain(one);
      return warning("config", what, write);
    });
    const own = missing.length > 0 ? missing : [ok("config", "valid")];
    return { config, found: [...own, ...hostFindings(config, hosts), ...placeholderFindings(config)] };
  } catch {
    const unreadable = problem(
      "ZDSYNC_CONFIG",
      "the file exists but cannot be read",
      "Give the user that runs zdsync read access to it.",
    );
    return { config: DEFAULT_CONFIG, found: [unreadable] };
  }
}

/** Warns of hosts that nothing is held against (S10): a swapped setting would not be noticed by its host. */
export function hostFindings(config: Config, hosts: WorkedOnHosts): Found[] {
  return (["salesforce", "global", "us_government"] as const).map((key) =>
    config.hosts[key]
      ? ok(`config hosts.${key}`, config.hosts[key])
      : warning(
          `config hosts.${key}`,
          "not set: nothing prevents a run against the wrong host",
          `Write into the config, under hosts: ${key}: ${hosts[key] || "the host"}`,
        ),
  );
}

/** Checks `plans.yml`; null where it cannot be used. */
export async function checkPlans(env: Environment): Promise<{ plans: Plans | null; found: Found[] }> {
  const settings = {
    config: DEFAULT_CONFIG,
    salesforce: null,
    zendesk: {},
    overrides: null,
    plansFile: env.PLANS_FILE || "plans.yml",
    slack: null,
  };
  try {
    const { text, name } = await createRemotes(settings, { dryRun: true, warn: () => {}, today: "" }).plansText();
    const plans = parsePlans(text, name);
    return { plans, found: [ok("plans", `${plans.types.size} types, ${plans.typeOfCharge.size} charge names`)] };
  } catch (error) {
    const refused = "Correct the file that PLANS_FILE names (default: plans.yml), or set PLANS_FILE.";
    return { plans: null, found: failureFindings("plans", error, { refused, unreachable: refused }) };
  }
}

/** Checks that the artifacts can be written; makes nothing. */
export async function checkDataDir(dataDir: string): Promise<Found[]> {
  for (let folder = resolve(dataDir); ; folder = dirname(folder)) {
    try {
      await access(folder, constants.W_OK | constants.X_OK);
      return [ok("data directory", dataDir)];
    } catch (error) {
      const isMissing = error instanceof Error && "code" in error && error.code === "ENOENT";
      if (isMissing && folder !== dirname(folder)) continue;
      return [
        problem(
          "data directory",
          `${dataDir} cannot be written`,
          "Give the user that runs zdsync write access to it, or choose another with --data-dir or ZDSYNC_DATA_DIR.",
        ),
      ];
    }
  }
}

/** Settings of the bot; checked only where some of them are there, since most machines run no bot. */
const BOT_SETTINGS = ["SLACK_SIGNING_SECRET", "SLACK_APP_TOKEN", "GITLAB_PROJECT", "GITLAB_TRIGGER_TOKEN"] as const;

/**
 * What the bot lacks. Its trigger token and signing secret can only be tried by starting a pipeline, so they are not. Without
 * GitLab it runs zdsync on its own machine.
 */
export function botFindings(env: Environment, { slack }: Config): Found[] {
  if (!BOT_SETTINGS.some((name) => env[name])) return [];
  const inGitlab = env.GITLAB_PROJECT || env.GITLAB_TRIGGER_TOKEN;
  const lacks = [
    ...(env.SLACK_SIGNING_SECRET || env.SLACK_APP_TOKEN ? [] : ["SLACK_SIGNING_SECRET (or SLACK_APP_TOKEN)"]),
    ...["SLACK_BOT_TOKEN", "SLACK_CHANNEL"].filter((name) => !env[name]),
    ...(inGitlab && !env.GITLAB_PROJECT ? ["GITLAB_PROJECT"] : []),
    ...(inGitlab && !env.GITLAB_TRIGGER_TOKEN && !env.GITLAB_API_TOKEN ? ["GITLAB_TRIGGER_TOKEN"] : []),
  ];
  const posted = [
    ...(env.SLACK_CHANNEL ? [{ key: "SLACK_CHANNEL", channel: env.SLACK_CHANNEL }] : []),
    ...ownChannels(slack),
  ];
  const deaf = slack.channels.length > 0 ? posted.filter(({ channel }) => !slack.channels.includes(channel)) : [];
  const mayRun = slack.team !== null && slack.channels.length > 0 && slack.users.length + slack.user_groups.length > 0;
  return [
    ...lacks.map((name) => warning(name, "not set: the bot cannot work", "Set it where the bot runs.")),
    mayRun
      ? ok("config slack", "configured")
      : warning(
          "config slack",
          "nobody is allowed to start runs: the bot only answers help and status",
          "Write into the config, under slack: the team, channels, and users or user_groups that may run (Slack ids).",
        ),
    ...deaf.map(({ key }) =>
      warning(
        "config slack.channels",
        `does not include the channel of ${key}: nobody can use the buttons under messages there`,
        `Add that channel to slack.channels in the config, or set ${key} to one of them.`,
      ),
    ),
  ];
}
