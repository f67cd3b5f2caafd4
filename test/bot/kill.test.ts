import { describe, expect, setDefaultTimeout, test } from "bun:test";
import { RUN_TIMEOUT } from "../pipeline/world.ts";
import { followedRun, type KillPoint, PHASES, POSTS } from "./kill.ts";

setDefaultTimeout(RUN_TIMEOUT);

/** Each post once, the phases in turn; every phase of every post is in test/deep. */
const POINTS = POSTS.map((post, place): KillPoint => ({ ...post, phase: PHASES[place % PHASES.length] ?? "before" }));

const undisturbed = followedRun([]);

test("an undisturbed run, for comparison: one parent, ten stages, one end", async () => {
  const { problems, stages, organizations, twice } = (await undisturbed).conversation;
  expect([problems, stages.length, organizations, twice]).toEqual([[], 10, 3, []]);
});

describe.concurrent("the bot is killed (-9) while it posts, and started again: the run goes on, nothing is missing, nothing twice", () => {
  test.each(POINTS)("at $post $number, $phase", async (point) => {
    expect(await followedRun([point])).toEqual(await undisturbed);
  });
});
