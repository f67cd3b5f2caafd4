import type { Problem } from "../../errors.ts";
import { SCOPES } from "./scopes.ts";

/** The slash command; the bot listens for it, the manifest declares it. */
export const COMMAND = "/zdsync";

/** Path that Slack sends commands, clicks and events to. */
export const SLACK_PATH = "/slack/events";

const USAGE_HINT =
  "run [global|us-government] [--dry-run] | preview [global|us-government] | status | last | explain <id, name or address> | cancel | help";

/** Slack's limits on what the manifest says, in characters (facts 7). */
export const MANIFEST_LIMITS = { name: 35, description: 140, command: 32, usage_hint: 1000 } as const;

/** Name and address to make an app's manifest for. */
export interface ManifestOrder {
  /** The app's name in Slack. */
  name: string;
  /** The bot's address, where Slack sends to; null for Socket Mode, in which the bot calls Slack. */
  url: string | null;
}

/** Returns the problems of an order, by flag; empty if there are none. Pure. */
export function manifestProblems({ name, url }: ManifestOrder): Problem[] {
  const problems: Problem[] = [];
  const length = Array.from(name.trim()).length;
  if (length === 0 || length > MANIFEST_LIMITS.name)
    problems.push({
      where: "--name",
      what: `expected 1 to ${MANIFEST_LIMITS.name} characters, which is Slack's maximum`,
    });
  if (url !== null) problems.push(...urlProblems(url));
  return problems;
}

function urlProblems(url: string): Problem[] {
  const problem = (what: string) => [{ where: "--url", what }];
  if (!URL.canParse(url)) return problem("expected the bot's address, such as https://bot.example.com");
  const { protocol, username, password, search, hash } = new URL(url);
  if (protocol !== "https:") return problem("must start with https://: Slack sends nowhere else");
  if (username || password)
    return problem("must not contain a user name or password: the app's collaborators would see it");
  if (search || hash) return problem("expected an address without ? and #: paths are appended to it");
  return [];
}

/** The app manifest as Slack takes it, for an order without problems. Pure. */
export function slackManifest({ name, url }: ManifestOrder): Record<string, unknown> {
  const address = url === null ? null : requestUrl(url);
  return {
    _metadata: { major_version: 1, minor_version: 1 },
    display_information: {
      name: name.trim(),
      description: "Salesforce to Zendesk sync: run it, follow it, and handle what it could not match.",
      background_color: "#1f2d3d",
    },
    features: {
      bot_user: { display_name: "zdsync", always_online: true },
      slash_commands: [
        {
          command: COMMAND,
          ...(address === null ? {} : { url: address }),
          description: "Run or inspect the Salesforce to Zendesk sync",
          usage_hint: USAGE_HINT,
          // Users and channels in what is typed stay text: the bot takes no ids from there.
          should_escape: false,
        },
      ],
    },
    oauth_config: { scopes: { bot: SCOPES.map((scope) => scope.name) } },
    settings: {
      interactivity: { is_enabled: true, ...(address === null ? {} : { request_url: address }) },
      org_deploy_enabled: false,
      socket_mode_enabled: address === null,
      token_rotation_enabled: false,
    },
  };
}

/** Address that Slack sends to, from the bot's address; one that already ends in the path is returned as it is. */
function requestUrl(url: string): string {
  const base = url.replace(/\/+$/, "");
  return base.endsWith(SLACK_PATH) ? base : `${base}${SLACK_PATH}`;
}
