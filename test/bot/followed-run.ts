import { ACTION } from "../../bot/ports.ts";
import type { LoggedRequest } from "../../sandbox/types.ts";
import type { WholeWorld } from "./bot-world.ts";

/**
 * What a run's conversation came to in the channel, without what differs from one run to the next: which message says how many
 * stages. `problems` names what is not as it must be: the parent once and first, the end once and last, all in one thread.
 */
export function conversationOf(world: WholeWorld) {
  const messages = world.channel();
  const parents = messages.filter(({ shows }) => shows.includes(" started a run of "));
  const parent = parents[0];
  const thread = messages.filter(({ thread }) => thread !== null && thread === parent?.ts);
  const ends = thread.filter(({ shows }) => /^Done, nothing failed|^\*Done, nothing failed/.test(shows));
  const stages = thread.flatMap(({ shows }) => shows.split("\n").filter((line) => /^[✓✗–] /.test(line)));
  const organizations = world.sandbox.slackMessages().flatMap(({ metadata }) => {
    const { event_payload: payload } = (metadata ?? {}) as { event_payload?: { organization_ids?: string } };
    return (payload?.organization_ids ?? "").split(",").filter(Boolean);
  });
  const noticeParents = messages.filter(
    ({ thread, shows }) => thread === null && /without support contacts/.test(shows),
  );
  const others = messages.length - parents.length - thread.length - noticeParents.length;
  return {
    problems: [
      ...(parents.length === 1 ? [] : [`${parents.length} parents`]),
      ...(ends.length === 1 ? [] : [`${ends.length} ends`]),
      ...(noticeParents.length === 1 ? [] : [`${noticeParents.length} parents of notices`]),
      ...(thread.at(-1) === ends[0] ? [] : ["something stands after the end"]),
      // A run's notices are posted by the run itself, and do not wait for the bot.
      ...(parent && thread.every(({ ts }) => Number(ts) > Number(parent.ts)) ? [] : ["a reply before the parent"]),
    ],
    stages: stages.sort(),
    organizations: organizations.length,
    twice: organizations.filter((id, place) => organizations.indexOf(id) !== place),
    // Replies in the thread of notices.
    others,
  };
}

/** The key of the message that a request posts for the bot (`run … ended`), or `notice` for those that the run itself posts. */
export function postedBy({ service, path, body }: Omit<LoggedRequest, "status">): string | null {
  if (service !== "slack" || !path.startsWith("/api/chat.postMessage")) return null;
  const { metadata } = (body ?? {}) as { metadata?: unknown };
  const given: unknown = typeof metadata === "string" ? JSON.parse(metadata) : metadata;
  const { event_payload: payload } = (given ?? {}) as { event_payload?: { key?: string } };
  // Without its run's id.
  return payload?.key === undefined ? "notice" : payload.key.replace(/^run \S+ /, "");
}

/** Asks for a run and confirms it. */
export async function startRun(world: WholeWorld): Promise<void> {
  await world.person().clicks(await world.offered(), ACTION.confirmRun);
}

/** The followed run has ended, and its thread has been told. */
export function told(world: WholeWorld) {
  return world.posted(/Done, nothing failed/);
}
