import { describe, expect, test } from "bun:test";
import { buildWorld } from "./build-world.ts";
import { type ExpectedChanges, expectedChanges } from "./expected-changes.ts";

const TODAY = "2026-11-23";
const NOW = new Date("2026-11-23T10:00:00Z");

/** The default limits of interface.md, with the percentages as a share of what exists. */
const LIMITS = {
  creates: 500,
  marks: 0.05,
  marksMost: 200,
  updates: 0.3,
  downgrades: 0.05,
  downgradesMost: 100,
  marked: 0.2,
};
const MINIMUM_EXISTING = 10;

type Counted = Pick<ExpectedChanges, "existing" | "markedBefore" | "creates" | "updates" | "marks"> & {
  downgrades?: number[];
};

function brokenLimits({ existing, markedBefore, creates, updates, marks, downgrades = [] }: Counted): string[] {
  const over: Array<[limit: string, isOver: boolean]> = [
    ["creates", existing >= MINIMUM_EXISTING && creates.length > LIMITS.creates],
    ["marks, number", marks.length > LIMITS.marksMost],
    ["downgrades, number", downgrades.length > LIMITS.downgradesMost],
  ];
  if (existing >= MINIMUM_EXISTING) {
    over.push(
      ["marks", marks.length > existing * LIMITS.marks],
      ["updates", updates.length > existing * LIMITS.updates],
      ["downgrades", downgrades.length > existing * LIMITS.downgrades],
      ["marked in total", markedBefore + marks.length > existing * LIMITS.marked],
    );
  }
  return over.flatMap(([limit, isOver]) => (isOver ? [limit] : []));
}

function broken(accounts: number, seed: number): Record<string, string[]> {
  const changes = expectedChanges(buildWorld({ accounts, seed, today: TODAY, now: NOW }));
  const found = Object.entries(changes).map(([name, comparison]) => [name, brokenLimits(comparison)] as const);
  return Object.fromEntries(found.filter(([, limits]) => limits.length > 0));
}

describe("a first run", () => {
  test.each([150, 160, 199, 250, 333, 500, 1_000, 1_199, 1_450, 2_000])("passes the default limits: %d", (accounts) => {
    for (let seed = 1; seed <= 12; seed++) expect(broken(accounts, seed)).toEqual({});
  });

  test("passes the default limits with 20,000 accounts", () => {
    expect(broken(20_000, 1)).toEqual({});
  });

  test("passes below the size for oddities too", () => {
    for (let accounts = 1; accounts < 150; accounts += 7) expect(broken(accounts, accounts)).toEqual({});
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
