import { buildWorld } from "../seed/build-world.ts";
import { type ExpectedChanges, expectedChanges } from "../seed/expected-changes.ts";

export const TODAY = "2026-11-23";
export const NOW = new Date("2026-11-23T10:00:00Z");

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

function over({ existing, markedBefore, creates, updates, marks, downgrades = [] }: Counted): string[] {
  const found: Array<[limit: string, isOver: boolean]> = [
    ["creates", existing >= MINIMUM_EXISTING && creates.length > LIMITS.creates],
    ["marks, number", marks.length > LIMITS.marksMost],
    ["downgrades, number", downgrades.length > LIMITS.downgradesMost],
  ];
  if (existing >= MINIMUM_EXISTING) {
    found.push(
      ["marks", marks.length > existing * LIMITS.marks],
      ["updates", updates.length > existing * LIMITS.updates],
      ["downgrades", downgrades.length > existing * LIMITS.downgrades],
      ["marked in total", markedBefore + marks.length > existing * LIMITS.marked],
    );
  }
  return found.flatMap(([limit, isOver]) => (isOver ? [limit] : []));
}

/** The limits that the first run in a world of the sandbox would break, by comparison. */
export function brokenLimits(accounts: number, seed: number): Record<string, string[]> {
  const changes = expectedChanges(buildWorld({ accounts, seed, today: TODAY, now: NOW }));
  const found = Object.entries(changes).map(([name, comparison]) => [name, over(comparison)] as const);
  return Object.fromEntries(found.filter(([, limits]) => limits.length > 0));
}
