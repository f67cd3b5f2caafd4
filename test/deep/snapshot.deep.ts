import { expect, test } from "bun:test";
import { playHistories } from "../support/zendesk/snapshot-history.ts";

/** Thousands of histories, from seeds that a quick run does not have. */
for (const seed of [101, 102, 103, 104])
  test(`what a snapshot and exports give is what a full listing gives: 500 histories of seed ${seed}`, async () => {
    const { readings, bySnapshot } = await playHistories({ seed, runs: 500 });
    expect(bySnapshot).toBeGreaterThan(readings / 4);
  }, 1_200_000);
