import { expect, test } from "bun:test";
import { playHistories } from "../support/zendesk/snapshot-history.ts";

/** Further ones, from other seeds, are in test/deep/snapshot.deep.ts. */
test("what a snapshot and exports give is what a full listing gives, whatever happened", async () => {
  const { readings, bySnapshot, told } = await playHistories({ seed: 1, runs: 40 });
  // A snapshot that is never trusted would be right, too.
  expect(bySnapshot).toBeGreaterThan(readings / 4);
  for (const code of [
    "snapshot.of_another",
    "snapshot.unreadable",
    "snapshot.export_refused",
    "snapshot.exports_used_up",
  ] as const)
    expect(told).toContain(code);
}, 120_000);
