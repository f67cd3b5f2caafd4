import { expect, test } from "bun:test";
import { DEFAULT_CONFIG } from "../domain/config.ts";
import { createRemotes } from "./remotes.ts";

const SETTINGS = {
  config: DEFAULT_CONFIG,
  salesforce: null,
  zendesk: {},
  overrides: null,
  plansFile: "plans.yml",
  slack: null,
};

test("a real run plans nothing of earlier stages: their creates are not even asked for", async () => {
  const remotes = createRemotes(SETTINGS, { dryRun: false, warn: () => {}, today: "2026-11-24" });
  let asked = 0;
  await remotes.planCreates("us-government", async () => {
    asked++;
    return [];
  });
  expect(asked).toBe(0);
});
