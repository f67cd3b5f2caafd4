import type { WebClient } from "@slack/web-api";
import type { Problem } from "../../errors.ts";
import type { SlackSettings } from "../../settings/environment.ts";
import { missingScope } from "./scopes.ts";
import { type SlackFailure, slackFailure } from "./slack-errors.ts";
import { readingClient, type WebClientTiming } from "./web-client.ts";

/** Slack section of `doctor`'s report. Names of workspace and channel are for people only. */
export interface SlackCheck {
  team: string | null;
  /** The id of the workspace that the token belongs to (T…). */
  teamId: string | null;
  bot: string | null;
  /** Granted scopes, sorted; empty where Slack did not tell. */
  scopes: string[];
  channel: { id: string; name: string; isPrivate: boolean } | null;
  /** Notices cannot be posted. */
  problems: SlackProblem[];
  /** Notices can be posted, but with less certainty. */
  warnings: SlackProblem[];
}

/**
 * A problem of the set-up of Slack, and what it is about: a `scope` that the token lacks, a `setting`, or that Slack could not be asked
 * (`unreachable`), which says nothing about settings.
 */
export interface SlackProblem extends Problem {
  about: "scope" | "setting" | "unreachable";
}

/** A channel that only one instance's messages go to, and the setting that names it. */
export interface OwnChannel {
  channel: string;
  key: string;
}

interface ChannelInfo {
  id?: string;
  name?: string;
  is_private?: boolean;
  is_archived?: boolean;
  is_member?: boolean;
}

/** Looks whether notices can be posted and read back, in SLACK_CHANNEL and in those of instances; changes nothing, never throws. */
export async function checkSlack(
  settings: SlackSettings,
  own: readonly OwnChannel[] = [],
  timing: WebClientTiming = {},
): Promise<SlackCheck> {
  const client = await readingClient(settings, timing);
  const check: SlackCheck = {
    team: null,
    teamId: null,
    bot: null,
    scopes: [],
    channel: null,
    problems: [],
    warnings: [],
  };
  if (!(await checkToken(client, check))) return check;
  check.channel = await checkChannel(client, { channel: settings.channel, key: "SLACK_CHANNEL" }, check);
  for (const one of own) await checkChannel(client, { ...one, key: `config ${one.key}` }, check);
  return check;
}

async function checkToken(client: WebClient, check: SlackCheck): Promise<boolean> {
  try {
    const { team, team_id, user, response_metadata } = await client.auth.test();
    check.team = team ?? null;
    check.teamId = team_id ?? null;
    check.bot = user ?? null;
    check.scopes = [...(response_metadata?.scopes ?? [])].sort();
  } catch (error) {
    check.problems.push(problemOf("SLACK_BOT_TOKEN", slackFailure(error)));
    return false;
  }
  if (check.scopes.length > 0 && !check.scopes.includes("chat:write"))
    check.problems.push({ where: "SLACK_BOT_TOKEN", what: missingScope("chat:write"), about: "scope" });
  return true;
}

async function checkChannel(
  client: WebClient,
  { channel: id, key: where }: OwnChannel,
  check: SlackCheck,
): Promise<SlackCheck["channel"]> {
  let channel: ChannelInfo;
  try {
    channel = (await client.conversations.info({ channel: id })).channel ?? {};
  } catch (error) {
    const failure = slackFailure(error);
    const problem = problemOf(where, failure);
    (problem.about === "scope" ? check.warnings : check.problems).push(problem);
    return null;
  }
  const isPrivate = channel.is_private ?? false;
  if (channel.is_archived)
    check.problems.push({ where, what: "the channel is archived: choose another", about: "setting" });
  const mayPost = channel.is_member || (!isPrivate && check.scopes.includes("chat:write.public"));
  if (!mayPost) check.problems.push({ where, what: "the bot is not in the channel: invite it", about: "setting" });
  const history = isPrivate ? "groups:history" : "channels:history";
  if (check.scopes.length > 0 && !check.scopes.includes(history))
    check.warnings.push({
      where: "SLACK_BOT_TOKEN",
      what: missingScope(history),
      about: "scope",
    });
  return { id, name: channel.name ?? id, isPrivate };
}

/** Returns the problem of the setting `where` that a failed call shows: unreachable, scope, or setting. */
export function problemOf(where: string, failure: SlackFailure): SlackProblem {
  if (failure.is === "limited")
    return { where, what: "Slack accepts no more calls at the moment: try again in a minute", about: "unreachable" };
  const { reason: what } = failure;
  if (failure.is === "unknown" || failure.code === "unreachable") return { where, what, about: "unreachable" };
  return { where, what, about: failure.code === "missing_scope" ? "scope" : "setting" };
}
