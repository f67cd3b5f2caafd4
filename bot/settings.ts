import { isIP } from "node:net";
import type { Config } from "../lib/domain/config.ts";
import { ConfigurationError, type Problem } from "../lib/errors.ts";
import { readConfig } from "../lib/pipeline/session.ts";
import { type PipelineSettings, pipelineSettings } from "../lib/remotes/gitlab/pipeline-settings.ts";
import { type Environment, type SlackSettings, slackSettings } from "../lib/settings/environment.ts";

/** Everything that the bot is set up with. */
export interface BotSettings {
  port: number;
  /** The address that is listened on; null: all of the machine's. */
  host: string | null;
  slack: SlackSettings;
  /** Commands and clicks come over HTTP, signed with it; null in Socket Mode. */
  signingSecret: string | null;
  /** With it the bot calls Slack (Socket Mode), and nobody calls the bot. */
  appToken: string | null;
  /** Null: runs are child processes. */
  pipelines: PipelineSettings | null;
  /** Folder of runs' artifacts; the bot's database lies in it, too. */
  dataDir: string;
  config: Config;
}

/** Format of each secret; shorter ones could be guessed, and would not be redacted from logs. */
const SECRETS: Readonly<Record<string, { least: number; begins?: string; where: string }>> = {
  SLACK_BOT_TOKEN: { least: 16, begins: "xoxb-", where: "OAuth & Permissions of the Slack app, Bot User OAuth Token" },
  SLACK_SIGNING_SECRET: { least: 16, where: "Basic Information of the Slack app, Signing Secret" },
  SLACK_APP_TOKEN: { least: 16, begins: "xapp-", where: "Basic Information of the Slack app, App-Level Tokens" },
  GITLAB_TRIGGER_TOKEN: { least: 8, where: "Settings > CI/CD > Pipeline trigger tokens of the project" },
  GITLAB_API_TOKEN: { least: 8, where: "Settings > Access tokens of the project" },
  GITLAB_READ_TOKEN: { least: 8, where: "Settings > Access tokens of the project" },
  GITLAB_WEBHOOK_SECRET: { least: 16, where: "Settings > Webhooks of the project" },
};

/** Reads all settings of the bot. Throws `ConfigurationError` with every problem at once; settings are named, values never. */
export async function readBotSettings(env: Environment): Promise<BotSettings> {
  const problems: Problem[] = [];
  const config = await readConfig(env, problems);
  const settings = botSettings(env, config, problems);
  if (problems.length > 0 || settings === null) throw new ConfigurationError(problems);
  return settings;
}

/** The same from a configuration that was read already; what is missing or wrong is added to `problems`. Pure. */
export function botSettings(env: Environment, config: Config, problems: Problem[]): BotSettings | null {
  const slack = slackSettings(env, problems);
  if (slack === null)
    for (const where of ["SLACK_BOT_TOKEN", "SLACK_CHANNEL"]) problems.push({ where, what: "not set" });
  if (!env.SLACK_SIGNING_SECRET && !env.SLACK_APP_TOKEN)
    problems.push({
      where: "SLACK_SIGNING_SECRET",
      what: "not set, and neither is SLACK_APP_TOKEN. Set SLACK_SIGNING_SECRET if Slack can reach the bot over https, or SLACK_APP_TOKEN if it cannot (Socket Mode)",
    });
  problems.push(...secretProblems(env));
  const port = portIn(env, problems);
  const pipelines = pipelineSettings(env, problems);
  if (slack === null) return null;
  const appToken = env.SLACK_APP_TOKEN || null;
  return {
    port,
    host: hostIn(env, problems),
    slack,
    appToken,
    signingSecret: appToken === null ? env.SLACK_SIGNING_SECRET || null : null,
    pipelines,
    dataDir: env.ZDSYNC_DATA_DIR?.trim() || "data",
    config,
  };
}

function secretProblems(env: Environment): Problem[] {
  return Object.entries(SECRETS).flatMap(([name, { least, begins, where }]) => {
    const value = env[name];
    if (!value) return [];
    const problem = (what: string) => [{ where: name, what: `${what}. Copy it again from: ${where}` }];
    if (/\s/.test(value)) return problem("contains a space or a line break");
    if (begins !== undefined && !value.startsWith(begins))
      return problem(`expected a token that starts with ${begins}`);
    return value.length < least ? problem(`has fewer than ${least} characters`) : [];
  });
}

/** Letters, digits, dots and hyphens, or an address of IP version 6: whether the machine has it shows when the bot listens. */
function hostIn(env: Environment, problems: Problem[]): string | null {
  const host = env.HOST?.trim() || null;
  if (host !== null && isIP(host) === 0 && !/^(?=.*[a-z])[a-z\d]([a-z\d.-]{0,251}[a-z\d])?$/i.test(host))
    problems.push({
      where: "HOST",
      what: "expected an address or a name of this machine without port, such as 127.0.0.1 (behind a proxy on the same machine); without HOST the bot listens on all addresses",
    });
  return host;
}

function portIn(env: Environment, problems: Problem[]): number {
  const text = env.PORT?.trim() || "3000";
  const port = /^\d{1,5}$/.test(text) ? Number(text) : 0;
  if (port < 1 || port > 65_535) problems.push({ where: "PORT", what: "expected a number from 1 to 65535" });
  return port;
}
