import { expect, setDefaultTimeout, test } from "bun:test";
import { INVARIANTS } from "./invariants/invariants.ts";
import { MENDED_SEEDS } from "./mended-seeds.ts";
import { planStory } from "./story/plan-story.ts";
import { playStory } from "./story/play-story.ts";

/** As many as a minute of one processor plays. */
const SEEDS = 15;

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

test(`nothing goes wrong in the first ${SEEDS} stories`, async () => {
  expect(await wrongIn(Array.from({ length: SEEDS }, (_, index) => index + 1))).toEqual([]);
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
