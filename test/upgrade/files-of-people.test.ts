import { expect, test } from "bun:test";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { parseConfig } from "../../lib/settings/files/config.ts";
import { parseOverrides } from "../../lib/settings/files/overrides.ts";
import { parsePlans } from "../../lib/settings/files/plans.ts";
import { KEPT, keptWorld } from "./kept-version.ts";

/* The files that people copied from the version before (4d37f09) and edited. */

const kept = (name: string) => readFile(join(KEPT, name), "utf8");
const shipped = (name: string) => readFile(join(import.meta.dir, "../..", name), "utf8");

test("zdsync.config.yml is read as it is, and means what it meant", async () => {
  const name = "zdsync.config.example.yml";
  const config = parseConfig(await kept(name), name);
  expect(config.hosts.global).not.toBeNull();
  expect(config.limits.global).toMatchObject({
    creates: 500,
    marks: { percent: 5, max: 200 },
    updates: { percent: 30 },
    downgrades: { percent: 5, max: 100 },
    marked_total: { percent: 20 },
    minimum_existing: 10,
  });
  expect(config.history_days).toBe(30);
});

test("plans.yml is read as it is; every charge that it knew means the same in the one of this version", async () => {
  const before = parsePlans(await kept("plans.yml"), "plans.yml");
  const now = parsePlans(await shipped("plans.yml"), "plans.yml");
  expect(before.typeOfCharge.size).toBeGreaterThan(20);
  for (const [charge, type] of before.typeOfCharge)
    expect([charge, now.typeOfCharge.get(charge)]).toEqual([charge, type]);
  expect([...now.ignoredCharges]).toEqual(expect.arrayContaining([...before.ignoredCharges]));
});

test("overrides.yml is read as it is", async () => {
  const { overrides, config } = await keptWorld();
  const parsed = parseOverrides(overrides, "overrides.yml");
  expect([parsed.notes, parsed.overrides.length]).toEqual([[], 1]);
  expect(parseConfig(config, "zdsync.config.yml").limits.global.marks).toEqual({ percent: 100, max: 200 });
});
