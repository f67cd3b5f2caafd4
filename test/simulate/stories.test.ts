import { expect, setDefaultTimeout, test } from "bun:test";
import { INVARIANTS } from "./invariants/invariants.ts";
import { MENDED_SEEDS } from "./mended-seeds.ts";
import { QUIET_HOURS } from "./story/plan.ts";
import { planStory } from "./story/plan-story.ts";
import { playStory } from "./story/play-story.ts";

/** What every suite plays: the first hundred stories that are over within six hours. Longer ones are for `bun run stories`. */
const SHORT_STORIES = 100;
const MAX_HOURS = 6 - QUIET_HOURS;

setDefaultTimeout(600_000);

/** What did not hold in the stories of these seeds. */
async function wrongIn(seeds: readonly number[]): Promise<unknown[]> {
  const wrong: unknown[] = [];
  for (const seed of seeds) {
    const end = await playStory(planStory(seed), INVARIANTS);
    wrong.push(...end.wrong.map((one) => ({ seed, ...one, again: `bun run stories --seed ${seed} --trace` })));
  }
  return wrong;
}

test(`nothing goes wrong in the first ${SHORT_STORIES} short stories`, async () => {
  const seeds: number[] = [];
  for (let seed = 1; seeds.length < SHORT_STORIES; seed++)
    if (planStory(seed).hours.length <= MAX_HOURS) seeds.push(seed);
  expect(await wrongIn(seeds)).toEqual([]);
});

test("what was mended stays mended", async () => {
  expect(await wrongIn(MENDED_SEEDS.map(({ seed }) => seed))).toEqual([]);
});

test("the same seed is the same story, to the last line of its trace; another one is another", async () => {
  const [one, again, other] = [await playStory(planStory(6), []), await playStory(planStory(6), []), planStory(7)];
  expect(again.digest).toBe(one.digest);
  expect(again.figures).toEqual(one.figures);
  expect(other).not.toEqual(planStory(6));
});

test("a plan is data: written as JSON and read again it is the same story", () => {
  for (const seed of [1, 2, 3]) expect(JSON.parse(JSON.stringify(planStory(seed)))).toEqual(planStory(seed));
});
