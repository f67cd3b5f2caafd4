import { expect, test } from "bun:test";
import pLimit from "p-limit";
import { followedRun, PHASES, POSTS } from "../bot/kill.ts";

/** Worlds at once: their bots mostly wait for the second between two messages. */
const AT_ONCE = 4;
const HOUR = 3_600_000;

test(
  "the bot killed (-9) at every post of a run, in every phase, and again at the next post: nothing missing, nothing twice",
  async () => {
    const reference = await followedRun([]);
    const limit = pLimit(AT_ONCE);
    const once = POSTS.flatMap((post) => PHASES.map((phase) => [{ ...post, phase }]));
    // Killed at the same post again and again.
    const again = PHASES.map((phase) =>
      Array.from({ length: 3 }, () => ({ post: "ended", number: 1, phase })).slice(0, phase === "before" ? 3 : 1),
    );
    const ends = await Promise.all(
      [...once, ...again].map((points) =>
        limit(async () => ({ points, end: await followedRun(points).catch((error: unknown) => String(error)) })),
      ),
    );
    const wrong = ends.filter(({ end }) => !Bun.deepEquals(end, reference));
    console.log(`figures: bot killed while posting: ${ends.length} conversations, ${wrong.length} wrong`);
    expect(wrong).toEqual([]);
  },
  HOUR,
);
