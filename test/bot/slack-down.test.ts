import { beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import type { Fault } from "../../sandbox/types.ts";
import { RUN_TIMEOUT } from "../pipeline/world.ts";
import { smallWorld } from "../safety/small-world.ts";
import { WholeWorld } from "./bot-world.ts";
import { conversationOf, postedBy, startRun, told } from "./followed-run.ts";

setDefaultTimeout(RUN_TIMEOUT);

let undisturbed: ReturnType<typeof conversationOf>;
beforeAll(async () => {
  await using world = await WholeWorld.start({ world: smallWorld() });
  await world.serve();
  await startRun(world);
  await told(world);
  undisturbed = conversationOf(world);
  expect([undisturbed.problems, undisturbed.stages.length, undisturbed.twice]).toEqual([[], 10, []]);
}, RUN_TIMEOUT);

/** Which message of the bot's is played a fault on, and how often. */
interface Trouble {
  at: string;
  fault: Fault;
  times: number;
}

describe.concurrent("Slack fails while a run is followed: once it is well, everything is there once, in order", () => {
  test.each<[string, Trouble]>([
    ["rate limit at the first", { at: "started", fault: { kind: "429", retryAfter: 1 }, times: 2 }],
    ["rate limit in the thread", { at: "parts 1", fault: { kind: "429", retryAfter: 2 }, times: 1 }],
    ["errors at the first", { at: "started", fault: { kind: "500" }, times: 2 }],
    ["an error at the end", { at: "ended", fault: { kind: "503-html" }, times: 1 }],
    ["posted, but never answered", { at: "started", fault: { kind: "stall" }, times: 1 }],
    ["posted, and the answer is lost", { at: "parts 1", fault: { kind: "lost-answer" }, times: 1 }],
    ["cut off in the answer of the last", { at: "ended", fault: { kind: "reset" }, times: 1 }],
  ])("%s", async (_, { at, fault, times }) => {
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
    expect(conversationOf(world)).toEqual(undisturbed);
  });
});
