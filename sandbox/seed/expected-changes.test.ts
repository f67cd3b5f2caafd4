import { describe, expect, test } from "bun:test";
import { brokenLimits, NOW, TODAY } from "../test/broken-limits.ts";
import { buildWorld } from "./build-world.ts";
import { expectedChanges } from "./expected-changes.ts";

describe("a first run", () => {
  test.each([150, 160, 199, 250, 333, 500, 1_000, 1_199, 1_450, 2_000])("passes the default limits: %d", (accounts) => {
    // As many worlds as a busy machine builds in a moment: test/deep/first-run.deep.ts looks at many more.
    for (let seed = 1; seed <= Math.max(1, Math.min(12, 1_500 / accounts)); seed++)
      expect(brokenLimits(accounts, seed)).toEqual({});
  });

  test("passes below the size for oddities too", () => {
    for (let accounts = 1; accounts < 150; accounts += 7) expect(brokenLimits(accounts, accounts)).toEqual({});
  });

  test("has something to do of every kind", () => {
    const {
      global,
      "us-government": government,
      partners,
      users,
    } = expectedChanges(buildWorld({ accounts: 2_000, seed: 1, today: TODAY, now: NOW }));
    for (const { creates, updates, marks } of [global, government, partners, users]) {
      expect([creates, updates, marks].every((list) => list.length > 0)).toBeTrue();
    }
    expect([global.downgrades, global.conflicts, global.rewrites].every((list) => list.length > 0)).toBeTrue();
  });

  test("has nothing to do in a world too small for drift", () => {
    const changes = expectedChanges(buildWorld({ accounts: 10, seed: 1, today: TODAY, now: NOW }));
    expect(
      [changes.global, changes["us-government"]].flatMap((one) => [one.creates, one.updates, one.marks]).flat(),
    ).toEqual([]);
  });
});
