import * as v from "valibot";
import type { SlackSettings } from "../../settings/environment.ts";
import { slackFailure } from "./slack-errors.ts";
import { readingClient, type WebClientTiming } from "./web-client.ts";

/** Members of a user group, or the reason why they are not known just now. */
export type GroupMembers = { is: "read"; users: ReadonlySet<string> } | { is: "unread"; reason: string };

/** Looks up user groups (`S…`); never throws. */
export interface UserGroups {
  members(group: string): Promise<GroupMembers>;
}

/** For so long is a look-up good. */
const KEPT_MS = 5 * 60_000;
/** Somebody waits for the answer. */
const TIMEOUT_MS = 4_000;

const UsersSchema = v.object({ users: v.array(v.string()) });

/**
 * Slack's user groups through `usergroups.users.list` (scope usergroups:read). A look-up is kept for five minutes, those at the same
 * time are one; one that failed is not kept. Where Slack answers without a list of users, the group counts as unread.
 */
export function createUserGroups(
  settings: SlackSettings,
  { clock, ...timing }: WebClientTiming & { clock: () => Date },
): UserGroups {
  const kept = new Map<string, { until: number; members: Promise<GroupMembers> }>();
  return {
    async members(group) {
      const now = clock().getTime();
      const known = kept.get(group);
      if (known && now < known.until) return known.members;
      const members = readGroup(settings, { timeoutMs: TIMEOUT_MS, ...timing }, group);
      const entry = { until: now + KEPT_MS, members };
      kept.set(group, entry);
      const read = await members;
      if (read.is === "unread" && kept.get(group) === entry) kept.delete(group);
      return read;
    },
  };
}

async function readGroup(settings: SlackSettings, timing: WebClientTiming, usergroup: string): Promise<GroupMembers> {
  try {
    const client = await readingClient(settings, timing);
    const answer = v.safeParse(UsersSchema, await client.usergroups.users.list({ usergroup }));
    if (!answer.success) return { is: "unread", reason: "the response is not from Slack" };
    return { is: "read", users: new Set(answer.output.users) };
  } catch (error) {
    const failure = slackFailure(error);
    return {
      is: "unread",
      reason: failure.is === "limited" ? "Slack accepts no more calls at the moment" : failure.reason,
    };
  }
}
