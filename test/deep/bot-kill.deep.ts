import { expect, test } from "bun:test";
import pLimit from "p-limit";
import { followedRun, type KillPoint, PHASES, POSTS } from "../bot/kill.ts";

/** Worlds at once: their bots mostly wait for the second between two messages. */
const AT_ONCE = 4;
const HOUR = 3_600_000;

test(
  "the bot killed (-9) at every post of a run, in every phase, and several times in one run: nothing missing, nothing twice",
  async () => {
    const reference = await followedRun([]);
    const limit = pLimit(AT_ONCE);
    const once = POSTS.flatMap((post) => PHASES.map((phase): KillPoint[] => [{ ...post, phase }]));
    const again = [
      // The same message is not posted before the third bot; after three attempts it would let others pass for some minutes.
      Array.from({ length: 2 }, (): KillPoint => ({ post: "ended", number: 1, phase: "before" })),
      // A bot for each message.
      ["started", "parts 1", "ended"].map((post): KillPoint => ({ post, number: 1, phase: "committed" })),
    ];
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
