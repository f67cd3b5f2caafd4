import type { Invariant, StorySeen } from "../story/seen.ts";
import { canAlwaysRead } from "./careful.ts";

const POST = "zdsync_post";

/** What becomes of the messages that the bot puts into its outbox. */
export const MESSAGES: Invariant[] = [
  {
    name: "no message twice",
    expects: "while the channel can be read, each message of the outbox stands there once at most",
    check: (_, story) =>
      canAlwaysRead(story)
        ? [...Map.groupBy(keysInSlack(story), (key) => key)].flatMap(([key, all]) =>
            all.length > 1 ? [`${key}: ${all.length} times`] : [],
          )
        : [],
  },
  {
    name: "no message forgotten",
    expects: "after quiet hours each message that was put into the outbox stands in the channel",
    check: (hour, story) => {
      if (hour.quiet < 3 || !story.plan.settings.slack || !canAlwaysRead(story)) return [];
      const posted = new Set(keysInSlack(story));
      return story.hours.flatMap(({ messages }) => messages).filter((key) => !posted.has(key));
    },
  },
];

function keysInSlack({ sandbox }: StorySeen): string[] {
  return sandbox.slackMessages().flatMap(({ metadata }) => {
    const { event_type, event_payload } = (metadata ?? {}) as { event_type?: string; event_payload?: { key?: string } };
    return event_type === POST && event_payload?.key ? [event_payload.key] : [];
  });
}
