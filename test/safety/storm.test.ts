import { describe, expect, setDefaultTimeout, test } from "bun:test";
import { RUN_TIMEOUT } from "../pipeline/world.ts";
import { checkGone, checkSeed } from "./storm-seed.ts";

setDefaultTimeout(RUN_TIMEOUT);

/** A sample of the hundred storms in test/deep/storm.deep.ts. */
describe("S5 S6: one request in five fails, in every way there is", () => {
  for (const seed of [1, 8, 21])
    test(`seed ${seed}: the run ends, counts add up, what is wrong is named, and the next run repairs it`, async () => {
      const { complaints, faults } = await checkSeed(seed, 3);
      expect(complaints).toEqual([]);
      expect(faults).toBeGreaterThan(10);
    });
});

describe("S6: counts add up also where a remote is gone for good", () => {
  const gone: [what: string, path: RegExp][] = [
    ["the look before creates", /organizations\/show_many\?external_ids/],
    ["the look before updates", /organizations\/show_many\?ids/],
    ["the look-up of contacts", /users\/search/],
    ["the organization's users", /organizations\/\d+\/users/],
    ["the bulk creates", /organizations\/create_many/],
  ];
  for (const [what, path] of gone)
    test(`${what} fails always: every planned record is accounted for, and the next run repairs it`, async () => {
      expect(await checkGone(path)).toEqual([]);
    });
});
