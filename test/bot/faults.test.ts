import { describe, expect, setDefaultTimeout, test } from "bun:test";
import type { Fault } from "../../sandbox/types.ts";
import { RUN_TIMEOUT, stateOf } from "../pipeline/world.ts";
import { smallWorld } from "../safety/small-world.ts";
import { WholeWorld } from "./bot-world.ts";
import { conversationOf, postedBy, startRun, told } from "./followed-run.ts";
import { followedRun, type KillPoint, PHASES, POSTS } from "./kill.ts";

setDefaultTimeout(RUN_TIMEOUT);

/* One run, asked for in Slack, confirmed and followed to its end, again and again; all at once, as they mostly wait. */

const undisturbed = followedRun([]);

/** Each post once, the phases in turn; every phase of every post is in test/deep. */
const KILLS = POSTS.map((post, place): KillPoint => ({ ...post, phase: PHASES[place % PHASES.length] ?? "before" }));

/** Which message of the bot's a fault is played on, and how often. */
interface Trouble {
  at: string;
  fault: Fault;
  times: number;
}

describe.concurrent("a followed run", () => {
  test("undisturbed: one parent, ten stages, one end, every organization", async () => {
    const { problems, stages, organizations, twice } = (await undisturbed).conversation;
    expect([problems, stages.length, organizations, twice]).toEqual([[], 10, 3, []]);
  });

  test.each(KILLS)(
    "the bot is killed (-9) at $post $number, $phase, and started again: the run goes on, nothing is missing, nothing twice",
    async (point) => {
      expect(await followedRun([point])).toEqual(await undisturbed);
    },
  );

  test.each<[string, Trouble]>([
    ["a rate limit at the first message", { at: "started", fault: { kind: "429", retryAfter: 1 }, times: 2 }],
    ["a rate limit in the thread", { at: "parts 1", fault: { kind: "429", retryAfter: 2 }, times: 1 }],
    ["errors at the first message", { at: "started", fault: { kind: "500" }, times: 2 }],
    ["an error at the end", { at: "ended", fault: { kind: "503-html" }, times: 1 }],
    ["posted, but never answered", { at: "started", fault: { kind: "stall" }, times: 1 }],
    ["posted, and the answer is lost", { at: "parts 1", fault: { kind: "lost-answer" }, times: 1 }],
    ["cut off in the answer of the last", { at: "ended", fault: { kind: "reset" }, times: 1 }],
  ])("Slack: %s: once it is well, everything is there once, in order", async (_, { at, fault, times }) => {
    await using world = await WholeWorld.start({ world: smallWorld() });
    let played = 0;
    world.hook = (request, phase) => {
      if (phase !== "before" || postedBy(request) !== at || played >= times) return undefined;
      played++;
      return fault;
    };
    await world.serve();
    await startRun(world);
    await told(world);
    // Where only the answer was lost, it stands there before the bot knows.
    await world.until(() => world.undelivered() === 0);
    expect(played).toBe(times);
    expect({ conversation: conversationOf(world), state: stateOf(world.sandbox) }).toEqual(await undisturbed);
  });
});
