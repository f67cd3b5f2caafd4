import { describe, expect, setDefaultTimeout, test } from "bun:test";
import { mkdir, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { EXIT } from "../../lib/errors.ts";
import { RUN_TIMEOUT, startWorld } from "./world.ts";

setDefaultTimeout(RUN_TIMEOUT);

/** The tests run in the project's own folder, which has an example of a config and none that is read. */
const MISSING = resolve("zdsync.config.yml");

test("without a config a preview says at once that nobody is protected and no host is checked, and so do its report and its record", async () => {
  await using world = await startWorld({ accounts: 30, config: () => null });
  const { exit, summary } = await world.preview();
  expect(exit).toBe(EXIT.done);
  const [first, second = ""] = world.printed().split("\n");
  expect(first).toMatch(/^zdsync preview /);
  for (const part of [
    MISSING,
    "no organizations or users are protected",
    "protected_ids",
    "hosts are not checked",
    "zdsync.config.example.yml",
  ])
    expect(second).toContain(part);
  expect(await world.text("report.md")).toContain("no organizations or users are protected");
  expect(await world.text("report.html")).toContain("no organizations or users are protected");
  const record = JSON.parse(await world.text(join("history", summary.run_id, "run.json")));
  expect(record.warnings).toMatchObject([{ code: "config.missing", params: { file: MISSING } }]);
});

test("a stage of its own says so, too", async () => {
  await using world = await startWorld({ accounts: 5, config: () => null });
  expect((await world.stage("gather-accounts")).exit).toBe(EXIT.done);
  expect(world.printed()).toContain("no organizations or users are protected");
  expect(await world.text("gather-accounts_report.md")).toContain("no organizations or users are protected");
});

describe("without a config nothing that writes begins: exit 2, not one request", () => {
  const said = () => [
    "zdsync.config.yml",
    process.cwd(),
    "no organizations or users are protected",
    "ZDSYNC_CONFIG",
    "an empty file accepts the defaults",
  ];

  test.each(["run", "sync", "partner-sync", "user-sync"] as const)("%s", async (command) => {
    await using world = await startWorld({ accounts: 5, config: () => null });
    const given: Record<string, string> = command === "sync" ? { instance: "global" } : {};
    const { exit } = command === "run" ? await world.run() : await world.stage(command, given);
    expect(exit).toBe(EXIT.usage);
    for (const part of said()) expect(world.printed()).toContain(part);
    expect(world.sandbox.requests).toEqual([]);
  });

  test("undo", async () => {
    await using world = await startWorld({ accounts: 5, config: () => null });
    await mkdir(world.dataDir);
    await writeFile(join(world.dataDir, "global_results.json"), "[]");
    const { exit, summary } = await world.undo("global_results.json");
    expect(exit).toBe(EXIT.usage);
    for (const part of said()) expect(JSON.stringify(summary)).toContain(part);
    expect(world.sandbox.requests).toEqual([]);
  });

  test("a dry run writes nothing and only warns, as a preview does", async () => {
    await using world = await startWorld({ accounts: 5, config: () => null });
    expect((await world.run({ "dry-run": "true" })).exit).toBe(EXIT.done);
    expect(world.printed()).toContain("no organizations or users are protected");
  });
});

test("an empty config asks for the defaults: nothing is said of it", async () => {
  await using world = await startWorld({ accounts: 5, config: () => "" });
  const { summary } = await world.preview();
  expect(world.printed()).not.toContain("no organizations or users are protected");
  const record = JSON.parse(await world.text(join("history", summary.run_id, "run.json")));
  expect(record).not.toHaveProperty("warnings");
});

test.each(["PLANS_FILE", "OVERRIDES_FILE"])(
  "%s that is missing is no default: exit 2, nothing is read or written",
  async (setting) => {
    const missing = join(import.meta.dir, "not-there.yml");
    await using world = await startWorld({
      accounts: 5,
      ...(setting === "PLANS_FILE" ? { plansFile: missing } : {}),
      env: ({ OVERRIDES_PROJECT, OVERRIDES_PATH, ...env }) =>
        setting === "PLANS_FILE" ? { OVERRIDES_PROJECT, OVERRIDES_PATH, ...env } : { ...env, OVERRIDES_FILE: missing },
    });
    expect((await world.run()).exit).toBe(EXIT.usage);
    expect(world.printed()).toContain(`${missing} does not exist`);
    expect(world.sandbox.requests).toEqual([]);
  },
);
