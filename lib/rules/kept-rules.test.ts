import { expect, test } from "bun:test";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Config, DEFAULT_CONFIG } from "../domain/config.ts";
import { keepRules, parseRules, readKeptRules } from "./kept-rules.ts";

const PLANS = await Bun.file(join(import.meta.dir, "../../plans.yml")).text();

test("the configuration in force is kept whole, and read back the same", async () => {
  const folder = await mkdtemp(join(tmpdir(), "zdsync-test-"));
  try {
    expect(await readKeptRules(folder)).toBeNull();
    const config: Config = {
      ...DEFAULT_CONFIG,
      hosts: { ...DEFAULT_CONFIG.hosts, global: "example.zendesk.com:8443" },
      protected_ids: ["0014M00001kAbCdQAK"],
      overrides: "none",
      limits: {
        ...DEFAULT_CONFIG.limits,
        partner: { ...DEFAULT_CONFIG.limits.partner, marks: { percent: 2.5, max: 7 } },
      },
    };
    await keepRules(folder, { plans: PLANS, overrides: null, config });
    const texts = await readKeptRules(folder);
    expect(texts?.plans).toEqual({ text: PLANS, name: "plans.yml" });
    if (texts === null) throw new Error("nothing was kept");
    expect(parseRules(texts)).toMatchObject({ overrides: [], overrideNotes: [], config });
  } finally {
    await rm(folder, { recursive: true });
  }
});
