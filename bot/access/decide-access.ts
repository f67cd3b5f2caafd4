import type { SlackAccess } from "../../lib/domain/config.ts";
import type { GroupMembers } from "../../lib/remotes/slack/user-groups.ts";
import { mrkdwnText } from "../../lib/text/mrkdwn.ts";
import type { Actor } from "../conversation.ts";

/** The check that refused somebody. `settings`: nobody is let in at all; `unread`: a user group could not be read just now. */
export type Gate = "settings" | "workspace" | "channel" | "user" | "unread";

/**
 * Whether somebody may do more than ask for help and status. `ask groups`: that hangs on user groups that were not looked up.
 * `refused` carries lines for them (mrkdwn, no members named) and a short reason for the audit log.
 */
export type AccessDecision =
  | { is: "allowed" }
  | { is: "ask groups"; groups: readonly string[] }
  | { is: "refused"; gate: Gate; reason: string; lines: string[] };

/** A decision that needs nothing more. */
export type Decided = Exclude<AccessDecision, { is: "ask groups" }>;

/**
 * Decides by the allow-lists of `zdsync.config.yml` (`slack:`): workspace, channel, and user or user group. What is not set lets
 * nobody in. `groupMembers`: what looking up the groups gave; null before that. Pure.
 */
export function decideAccess(
  slack: SlackAccess,
  actor: Actor,
  groupMembers: ReadonlyMap<string, GroupMembers>,
): Decided;
export function decideAccess(slack: SlackAccess, actor: Actor, groupMembers: null): AccessDecision;
export function decideAccess(
  slack: SlackAccess,
  actor: Actor,
  groupMembers: ReadonlyMap<string, GroupMembers> | null,
): AccessDecision {
  const unset = unsetLists(slack);
  if (unset.length > 0) return refused("settings", unset.join(", "));
  if (actor.team !== slack.team) return refused("workspace");
  if (!slack.channels.includes(actor.channel)) return refused("channel");
  if (slack.users.includes(actor.user)) return { is: "allowed" };
  if (slack.user_groups.length === 0) return refused("user");
  if (groupMembers === null) return { is: "ask groups", groups: slack.user_groups };
  const looked = slack.user_groups.map((id) => groupMembers.get(id) ?? NOT_LOOKED_UP);
  if (looked.some((members) => members.is === "read" && members.users.has(actor.user))) return { is: "allowed" };
  const unread = looked.find((members) => members.is === "unread");
  return unread ? refused("unread", unread.reason) : refused("user");
}

const NOT_LOOKED_UP: GroupMembers = { is: "unread", reason: "the group was not looked up" };

function unsetLists({ team, channels, users, user_groups }: SlackAccess): string[] {
  return [
    ...(team ? [] : ["team"]),
    ...(channels.length > 0 ? [] : ["channels"]),
    ...(users.length + user_groups.length > 0 ? [] : ["users or user_groups"]),
  ];
}

const WHO_CHANGES = "The maintainers of zdsync.config.yml can change that under `slack:`";

function refused(gate: Gate, detail = ""): Decided {
  const { reason, line, remedy } = WORDS[gate](detail);
  return {
    is: "refused",
    gate,
    reason,
    lines: [line, remedy, "`/zdsync help` and `/zdsync status` are available to everyone."],
  };
}

const WORDS: Record<Gate, (detail: string) => { reason: string; line: string; remedy: string }> = {
  settings: (unset) => ({
    reason: "no users are configured",
    line: `*Not available yet:* no users are allowed to do this (not configured: ${unset}).`,
    remedy: `${WHO_CHANGES}: team, channels, and users or user_groups. docs/slack.md shows how.`,
  }),
  workspace: () => ({
    reason: "not the workspace",
    line: "*Not from this workspace.* zdsync is configured for a different one.",
    remedy: `${WHO_CHANGES} \`team\`.`,
  }),
  channel: () => ({
    reason: "not an allowed channel",
    line: "*Not in this channel.* Try again in a channel that zdsync is configured for.",
    remedy: `${WHO_CHANGES} \`channels\`.`,
  }),
  user: () => ({
    reason: "not on the list of users or in a user group",
    line: "*You are not allowed to do this:* you are not on the list of users and not in an allowed user group.",
    remedy: `${WHO_CHANGES} \`users\` and \`user_groups\`.`,
  }),
  unread: (why) => ({
    reason: "a user group could not be read",
    line: `*Not possible right now:* Slack did not say whether you are in an allowed user group (${mrkdwnText(why, 200)}).`,
    remedy: "Try again in a minute. Users listed under `users` in zdsync.config.yml are not affected.",
  }),
};
