/**
 * When a scope is needed: by notices and bot alike, for a channel of one kind, where the config names user groups, or has the page
 * of a run put into its thread (`slack.page`).
 */
export type ScopeUse = "notices" | "bot" | "public channel" | "private channel" | "user groups" | "page";

/** One permission of the Slack app. */
export interface Scope {
  name: string;
  when: ScopeUse;
  /** Consequence of lacking the scope, for people. */
  without: string;
}

/** Every permission that zdsync's Slack app has, and why: the manifest, `doctor` and `bot --check` all go by this list. */
export const SCOPES: readonly Scope[] = [
  { name: "commands", when: "bot", without: "Slack does not know /zdsync" },
  { name: "chat:write", when: "notices", without: "notices and answers cannot be posted" },
  {
    name: "chat:write.public",
    when: "public channel",
    without: "the bot has to be invited before it can post in a public channel",
  },
  { name: "channels:read", when: "public channel", without: "the channel cannot be checked before the first notice" },
  {
    name: "channels:history",
    when: "public channel",
    without: "earlier messages cannot be read: a notice that may have been posted may appear twice, or not at all",
  },
  { name: "groups:read", when: "private channel", without: "a private channel cannot be checked" },
  {
    name: "groups:history",
    when: "private channel",
    without: "earlier messages cannot be read: a notice that may have been posted may appear twice, or not at all",
  },
  { name: "usergroups:read", when: "user groups", without: "user groups grant no access" },
  { name: "files:write", when: "page", without: "the page of a run cannot be posted to its thread" },
];

/** The scopes of some uses, by name, in the order of the list. */
export function scopesFor(...uses: ScopeUse[]): string[] {
  return SCOPES.filter(({ when }) => uses.includes(when)).map(({ name }) => name);
}

function withoutScope(name: string): string {
  return SCOPES.find((scope) => scope.name === name)?.without ?? "the bot cannot do its work";
}

/** Returns the message for a scope that the token lacks: its consequence, and the remedy. */
export function missingScope(scope: string): string {
  return `lacks the scope ${scope}: ${withoutScope(scope)}. Add it under OAuth & Permissions of the Slack app, and install the app again`;
}
