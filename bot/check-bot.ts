import { botFindings } from "../lib/doctor/check-files.ts";
import { MANIFEST_AGAIN, pageFindings, shownFindings, slackFindings } from "../lib/doctor/check-slack.ts";
import { failureFindings, problemFindings } from "../lib/doctor/failure.ts";
import { type Finding, type Found, ok, problem, warning } from "../lib/doctor/finding.ts";
import { gitlabTokenEnd, tokenFacts } from "../lib/doctor/gitlab-token.ts";
import { notReachable } from "../lib/doctor/reach.ts";
import type { Config } from "../lib/domain/config.ts";
import type { Day } from "../lib/domain/dates.ts";
import type { Problem } from "../lib/errors.ts";
import { readConfig } from "../lib/pipeline/session.ts";
import type { PipelineSettings } from "../lib/remotes/gitlab/pipeline-settings.ts";
import { pipelineReader } from "../lib/remotes/gitlab/pipelines.ts";
import { checkSlack, type SlackCheck, type SlackProblem } from "../lib/remotes/slack/check-slack.ts";
import { ownChannels } from "../lib/remotes/slack/notice-channels.ts";
import { missingScope, scopesFor } from "../lib/remotes/slack/scopes.ts";
import { createUserGroups } from "../lib/remotes/slack/user-groups.ts";
import type { Environment } from "../lib/settings/environment.ts";
import { type BotSettings, botSettings } from "./settings.ts";

/** Scopes without which the bot does not do its work; the others make it surer. */
const NEEDED = new Set([...scopesFor("notices", "bot", "user groups")]);

/**
 * Checks everything that the bot is set up with: settings, token, scopes, channel, who may, GitLab's tokens. Changes nothing: reads
 * only. The trigger token and the signing secret can be tried only by using them, so they are looked at and no more.
 */
export async function checkBot(env: Environment, today: Day): Promise<Finding[]> {
  const problems: Problem[] = [];
  const config = await readConfig(env, problems);
  const settings = botSettings(env, config, problems);
  const groups: [string, Promise<Found[]>][] = [
    ["Settings", Promise.resolve(settingFindings(settings, problems))],
    ["Slack", settings === null ? Promise.resolve([]) : slackOf(settings)],
    ["GitLab", settings?.pipelines ? gitlabOf(settings.pipelines, problems, today) : Promise.resolve(withoutGitlab())],
    ["Access", Promise.resolve(botFindings(env, config).filter(({ check }) => check.startsWith("config slack")))],
  ];
  const found = await Promise.all(
    groups.map(async ([group, findings]) => (await findings).map((one) => ({ group, ...one }))),
  );
  return found.flat();
}

function settingFindings(settings: BotSettings | null, problems: readonly Problem[]): Found[] {
  const wrong = problemFindings(problems, "Set it where the bot runs; docs/slack.md says where each comes from.");
  if (settings === null || wrong.length > 0) return wrong;
  return [
    ok("settings", "complete"),
    settings.appToken === null
      ? ok("SLACK_SIGNING_SECRET", "set; the first command shows whether it belongs to this app")
      : ok("SLACK_APP_TOKEN", "set: Socket Mode; /readyz shows whether it works"),
  ];
}

async function slackOf({ slack, config }: BotSettings): Promise<Found[]> {
  const check = await checkSlack(slack, ownChannels(config.slack));
  // Scopes that the token is known to lack are named one by one below.
  const isOther = ({ where, about }: SlackProblem) => about !== "scope" || where !== "SLACK_BOT_TOKEN";
  const told = { ...check, problems: check.problems.filter(isOther), warnings: check.warnings.filter(isOther) };
  return [
    ...slackFindings(told),
    ...shownFindings(config.slack),
    ...pageFindings(config.slack, check),
    ...scopeFindings(check, config.slack.user_groups.length > 0),
    ...teamFindings(check, config),
    ...(check.bot === null ? [] : await groupFindings(slack, config)),
  ];
}

/** Every scope that the bot uses here and the token lacks. Nothing where Slack did not tell the scopes. */
function scopeFindings({ scopes, channel }: SlackCheck, usesGroups: boolean): Found[] {
  if (scopes.length === 0) return [];
  const used = [
    ...scopesFor("notices", "bot", channel?.isPrivate ? "private channel" : "public channel"),
    ...(usesGroups ? scopesFor("user groups") : []),
  ];
  return used
    .filter((scope) => !scopes.includes(scope))
    .map((scope) => (NEEDED.has(scope) ? problem : warning)(`scope ${scope}`, missingScope(scope), MANIFEST_AGAIN));
}

function teamFindings({ teamId }: SlackCheck, { slack }: Config): Found[] {
  if (teamId === null || slack.team === null || teamId === slack.team) return [];
  return [
    problem(
      "config slack.team",
      `is ${slack.team}, but the token is for the workspace ${teamId}: all users are refused`,
      `Write into the config, under slack: team: ${teamId}; or set the SLACK_BOT_TOKEN of the other workspace.`,
    ),
  ];
}

async function groupFindings(slack: BotSettings["slack"], config: Config): Promise<Found[]> {
  const groups = createUserGroups(slack, { clock: () => new Date(0) });
  return Promise.all(
    config.slack.user_groups.map(async (id) => {
      const members = await groups.members(id);
      const check = `user group ${id}`;
      if (members.is === "unread")
        return problem(check, `its members cannot be read, so it grants no access: ${members.reason}`, GROUP);
      return members.users.size > 0
        ? ok(check, `${members.users.size} members`)
        : warning(check, "has no members, so it grants no access", GROUP);
    }),
  );
}

const GROUP =
  "Check the id in the config (slack.user_groups; S…, from the group's link), and that the app has the scope usergroups:read.";

function withoutGitlab(): Found[] {
  return [ok("GITLAB_PROJECT", "not set: runs are child processes on the bot's machine")];
}

/** GitLab's tokens, one by one: what each can be tried for without starting anything. */
async function gitlabOf(settings: PipelineSettings, problems: readonly Problem[], today: Day): Promise<Found[]> {
  if (problems.some(({ where }) => where === "GITLAB_URL" || where === "GITLAB_PROJECT")) return [];
  const { url, triggerToken, readToken, apiToken, webhookSecret } = settings;
  const dead = await notReachable(url, "GITLAB_URL", { service: "GitLab" });
  if (dead) return [dead];
  const [read, api] = await Promise.all([
    readToken === null ? [] : tokenFindings("GITLAB_READ_TOKEN", readToken, { ...settings, apiToken: null }, today),
    apiToken === null ? [] : apiFindings(apiToken, { ...settings, readToken: null }),
  ]);
  return [
    ...read,
    ...api,
    ...(triggerToken === null ? [] : [ok("GITLAB_TRIGGER_TOKEN", "set; it can only be tested by starting a pipeline")]),
    webhookSecret === null
      ? ok("GITLAB_WEBHOOK_SECRET", "not set: pipelines are followed by polling GitLab")
      : ok("GITLAB_WEBHOOK_SECRET", "set; the first pipeline shows whether GitLab has the same one"),
  ];
}

async function tokenFindings(name: string, token: string, settings: PipelineSettings, today: Day): Promise<Found[]> {
  const listed = await listing(name, settings);
  return listed.some(({ severity }) => severity === "problem")
    ? listed
    : [...listed, ...(await gitlabTokenEnd(name, settings.url, token, today))];
}

async function apiFindings(token: string, settings: PipelineSettings): Promise<Found[]> {
  const listed = await listing("GITLAB_API_TOKEN", settings);
  const facts = await tokenFacts(settings.url, token).catch(() => null);
  if (facts === null || facts.scopes.includes("api")) return listed;
  return [
    ...listed,
    problem(
      "GITLAB_API_TOKEN",
      `lacks the scope api (it has ${facts.scopes.join(", ") || "none"}), so it can neither start nor cancel pipelines`,
      "GitLab → the project → Settings → Access tokens: create one with the scope api (role Developer), and set GITLAB_API_TOKEN.",
    ),
  ];
}

/** Checks that a token may read the project's pipelines. */
async function listing(name: string, settings: PipelineSettings): Promise<Found[]> {
  try {
    await pipelineReader(settings)?.newest({ most: 1 });
    return [ok(name, `reads the pipelines of ${settings.project}`)];
  } catch (error) {
    return failureFindings(name, error, {
      refused: `GitLab → the project → Settings → Access tokens: create one with the scope read_api (role Reporter), and set ${name}.`,
      unreachable: "Run the check again in a few minutes.",
    });
  }
}
