import type { SlackAccess } from "../../lib/domain/config.ts";
import type { GroupMembers, UserGroups } from "../../lib/remotes/slack/user-groups.ts";
import type { Actor } from "../conversation.ts";
import { type Decided, decideAccess } from "./decide-access.ts";

/** Decides who may do more than ask for help and status; asked at every command and every click. */
export interface Access {
  /** Returns the decision that can be made without asking Slack; null if a user group decides. */
  known(actor: Actor): Decided | null;
  /** Never throws; where Slack cannot be asked, nobody is let in. */
  decide(actor: Actor): Promise<Decided>;
}

/** Access by the allow-lists of the config; `userGroups` is asked only where a group decides. */
export function createAccess(slack: SlackAccess, userGroups: UserGroups): Access {
  return {
    known(actor) {
      const decision = decideAccess(slack, actor, null);
      return decision.is === "ask groups" ? null : decision;
    },
    async decide(actor) {
      const decision = decideAccess(slack, actor, null);
      return decision.is === "ask groups" ? byGroups(slack, actor, decision.groups, userGroups) : decision;
    },
  };
}

async function byGroups(
  slack: SlackAccess,
  actor: Actor,
  groups: readonly string[],
  userGroups: UserGroups,
): Promise<Decided> {
  const looked = await Promise.all(groups.map(async (id): Promise<[string, GroupMembers]> => [id, await members(id)]));
  return decideAccess(slack, actor, new Map(looked));

  async function members(id: string): Promise<GroupMembers> {
    try {
      return await userGroups.members(id);
    } catch {
      return { is: "unread", reason: "the look-up failed" };
    }
  }
}
