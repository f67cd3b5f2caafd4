import type { Actor } from "../conversation.ts";

/** One entry a minute for a person. */
const EVERY_MS = 60_000;

/** Whether a refusal of this person is to be audited now: once a minute, so that nobody floods the log. */
export function refusalLog(): (by: Actor, now: Date) => boolean {
  const last = new Map<string, number>();
  return ({ team, user }, now) => {
    const at = now.getTime();
    // Only the last minute matters: the memory does not grow with everybody who was ever refused.
    for (const [who, when] of last) if (at - when >= EVERY_MS) last.delete(who);
    const who = `${team} ${user}`;
    if (last.has(who)) return false;
    last.set(who, at);
    return true;
  };
}
