import type { Config } from "../domain/config.ts";
import type { Problem } from "../errors.ts";
import type { SlackCheck, SlackProblem } from "../remotes/slack/check-slack.ts";
import { ownChannels } from "../remotes/slack/notice-channels.ts";
import { missingScope, scopesFor } from "../remotes/slack/scopes.ts";
import { type Environment, slackSettings } from "../settings/environment.ts";
import { problemFindings } from "./failure.ts";
import { type Found, ok, problem, unreachable, warning } from "./finding.ts";

const PUBLIC_SCOPES = scopesFor("notices", "public channel").join(", ");
const PRIVATE_SCOPES = scopesFor("private channel").join(", ");

/** Remedies by the setting of Slack that a problem names. */
const SLACK_REMEDIES: Record<string, string> = {
  SLACK_BOT_TOKEN: `api.slack.com/apps → the app → OAuth & Permissions: add the scopes ${PUBLIC_SCOPES} (for a private channel ${PRIVATE_SCOPES}) under Bot Token Scopes, install the app again, and set SLACK_BOT_TOKEN to the Bot User OAuth Token (xoxb-…).`,
  SLACK_CHANNEL:
    "Set SLACK_CHANNEL to the id at the end of the channel's details (C…), and write /invite @ and the app's name in the channel.",
};

/** Checks whether notices can be posted to Slack and read back. Never throws. */
export async function checkSlackSettings(env: Environment, { slack }: Pick<Config, "slack">): Promise<Found[]> {
  const problems: Problem[] = [];
  const settings = slackSettings(env, problems);
  if (problems.length > 0) return problems.flatMap((one) => problemFindings([one], SLACK_REMEDIES[one.where] ?? ""));
  if (!settings)
    return [
      warning(
        "SLACK_BOT_TOKEN",
        "Slack is not configured: new organizations without users are not reported",
        "Set SLACK_BOT_TOKEN and SLACK_CHANNEL; create the Slack app from the manifest that `zdsync slack-manifest` prints.",
      ),
    ];
  const { checkSlack } = await import("../remotes/slack/check-slack.ts");
  const check = await checkSlack(settings, ownChannels(slack));
  return [...slackFindings(check), ...shownFindings(slack), ...pageFindings(slack, check)];
}

/** Returns findings on which customer data may appear in Slack, and in which channels. */
export function shownFindings(slack: Config["slack"]): Found[] {
  const named =
    slack.us_government === "ids_only"
      ? "ids_only: customers of us-government are not named in Slack"
      : "names: customers of us-government are named in Slack; ids_only keeps their names and addresses out";
  const own = ownChannels(slack).map(({ channel, key }) =>
    ok(`config ${key}`, `${channel}, in addition to SLACK_CHANNEL`),
  );
  return [ok("config slack.us_government", named), ...own];
}

/** Returns where the pages of runs go, and the scope this takes; nothing about the scope if Slack did not return the scopes. */
export function pageFindings({ page, page_url }: Config["slack"], { scopes }: Pick<SlackCheck, "scopes">): Found[] {
  const address = page_url === null ? [] : [ok("config slack.page_url", page_url)];
  if (!page) return address;
  const lacking = scopes.length === 0 ? [] : scopesFor("page").filter((scope) => !scopes.includes(scope));
  return [
    ok(
      "config slack.page",
      "the page of each run started by the bot is posted to its thread, with names and addresses",
    ),
    ...address,
    ...lacking.map((scope) => warning(`scope ${scope}`, missingScope(scope), MANIFEST_AGAIN)),
  ];
}

/** Remedy for a scope that the app lacks. */
export const MANIFEST_AGAIN =
  "api.slack.com/apps → the app → App Manifest: paste what zdsync slack-manifest prints, and install the app again.";

/** Turns the result of Slack's check into findings. */
export function slackFindings({ bot, scopes, channel, problems, warnings }: SlackCheck): Found[] {
  return [
    ...(bot === null ? [] : [ok("SLACK_BOT_TOKEN", "logged in"), ok("scopes", scopes.join(", ") || "unknown")]),
    ...(channel === null ? [] : [ok("SLACK_CHANNEL", `${channel.id} can be seen`)]),
    ...problems.map(({ where, what, about }) =>
      about === "unreachable"
        ? unreachable(where, what, "Run doctor again in a few minutes. If this continues, check slack-status.com.")
        : problem(where, what, remedyOf(where)),
    ),
    ...warnings.map(({ where, what, about }) => warning(where, what, warningRemedy(where, about))),
  ];
}

/** A scope is the app's matter, also where it is the channel that cannot be seen without it. */
function warningRemedy(where: string, about: SlackProblem["about"]): string {
  return remedyOf(about === "scope" ? "SLACK_BOT_TOKEN" : where);
}

function remedyOf(where: string): string {
  const ofConfig =
    "Write into the config, under slack.notice_channels, the id at the end of the channel's details (C…), and /invite @ and the app's name in the channel.";
  return SLACK_REMEDIES[where] ?? (where.startsWith("config ") ? ofConfig : "");
}
