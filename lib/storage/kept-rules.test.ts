import { expect, test } from "bun:test";
import { mkdtemp, readdir, rm } from "node:fs/promises";
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

test("B5: a run of one instance keeps its overrides alone; those of both runs are read back together", async () => {
  const folder = await mkdtemp(join(tmpdir(), "zdsync-test-"));
  try {
    const entry = (id: string, instance: string) =>
      `- salesforce_id: ${id}\n  reason: x\n  instance: ${instance}\n  expiration_date: 2026-12-31\n`;
    const overrides = entry("0014M00001kAbCdQAK", "global") + entry("0014M00001abcdEQAQ", "us-government");
    const rules = { plans: PLANS, overrides, config: DEFAULT_CONFIG };
    const read = async () => {
      const texts = await readKeptRules(folder);
      return texts && parseRules(texts).overrides.map(({ instance, where }) => `${instance} ${where}`);
    };
    await keepRules(folder, rules);
    expect((await readKeptRules(folder))?.overrides?.text).toBe(overrides);
    await keepRules(folder, rules, ["us-government"]);
    expect(await read()).toEqual(["us-government overrides.yml:5"]);
    await keepRules(folder, rules, ["global"]);
    expect(await read()).toEqual(["global overrides.yml:1", "us-government overrides.yml:5"]);
    await keepRules(folder, rules);
    expect((await readdir(join(folder, "inputs"))).sort()).toEqual(["overrides.yml", "plans.yml", "zdsync.config.yml"]);
  } finally {
    await rm(folder, { recursive: true });
  }
});
