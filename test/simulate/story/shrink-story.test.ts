import { expect, setDefaultTimeout, test } from "bun:test";
import { planStory } from "./plan-story.ts";
import { playStory } from "./play-story.ts";
import type { Invariant } from "./seen.ts";
import { shrinkStory } from "./shrink-story.ts";

setDefaultTimeout(600_000);

const SEED = 5;

test("of a story that fails because of one event, that event is left, in one hour of a small world", async () => {
  const whole = planStory(SEED);
  const plan = { ...whole, world: { ...whole.world, scenarios: [], ordinary: 4, random: 3, new: 2 } };
  const culprit = plan.hours.at(-1)?.before.at(-1)?.what;
  // No rule of ours: what makes a story fail here is that this happened at all.
  const forbidden: Invariant = {
    name: "nobody does this",
    expects: `that nobody does this: ${culprit}`,
    check: ({ happened }) => happened.flatMap(({ what }) => (what === culprit ? [what] : [])),
  };
  const failed = await playStory(plan, [forbidden]);
  expect(failed.wrong).toMatchObject([{ invariant: forbidden.name }]);
  const told: string[] = [];
  const small = await shrinkStory(failed, [forbidden], { most: 60, tell: (text) => told.push(text) });
  expect(small.wrong).toMatchObject([{ invariant: forbidden.name, hour: 1 }]);
  expect(small.plan.hours).toMatchObject([
    { before: [{ what: culprit }], during: [], faults: [], ending: null, form: "run" },
  ]);
  const { ordinary, random, new: news } = small.plan.world;
  expect(ordinary + random + news).toBeLessThan(4);
  expect(told.length).toBeGreaterThan(3);
});

test("what no smaller story shows is answered as it was", async () => {
  const failed = await playStory({ ...planStory(SEED), hours: [] }, [
    { name: "never", expects: "nothing", check: () => ["always"] },
  ]);
  const untouched = await shrinkStory(failed, [], { most: 2 });
  expect(untouched).toBe(failed);
});
