import { expect, setDefaultTimeout, test } from "bun:test";
import { readdir, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { RUN_TIMEOUT, startWorld } from "../../test/pipeline/world.ts";
import { EXIT } from "../errors.ts";

setDefaultTimeout(RUN_TIMEOUT);

const files = async (folder: string) => (await readdir(folder)).filter((name) => name.startsWith("outbox.sqlite"));

test("the memory of notices is the owner's only; a dry run neither makes nor changes it", async () => {
  await using world = await startWorld();
  for (const stage of ["gather-accounts", "gather-orgs", "process", "compare"] as const)
    await world.stage(stage, stage.startsWith("gather-a") ? {} : { instance: "global" });
  await world.stage("sync", { instance: "global", "dry-run": "true" });
  expect(await files(world.dataDir)).toEqual([]);
  expect(world.sandbox.slackMessages()).toEqual([]);
  await world.stage("sync", { instance: "global" });
  expect(world.sandbox.slackMessages().length).toBeGreaterThan(1);
  expect(await files(world.dataDir)).toEqual(["outbox.sqlite"]);
  expect((await stat(join(world.dataDir, "outbox.sqlite"))).mode & 0o777).toBe(0o600);
});

test("a damaged memory is said once, and nothing else changes: the next run finds the notices in the channel", async () => {
  await using world = await startWorld();
  await world.run();
  const count = world.sandbox.slackMessages().length;
  await writeFile(join(world.dataDir, "outbox.sqlite"), "damaged ".repeat(2000));
  const { exit, summary } = await world.run();
  expect(exit).toBe(EXIT.done);
  expect(summary.reports.find(({ stage, instance }) => stage === "sync" && instance === "global")).toMatchObject({
    comparison: { notices: { posted: 0, due: 0 } },
  });
  expect(world.sandbox.slackMessages()).toHaveLength(count);
  expect(world.printed().split("outbox.sqlite cannot be used")).toHaveLength(2);
});
