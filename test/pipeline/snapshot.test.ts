import { expect, test } from "bun:test";
import { existsSync } from "node:fs";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { EXIT } from "../../lib/errors.ts";
import { RUN_TIMEOUT, startWorld, type TestWorld } from "./world.ts";

const FILE = "zendesk_snapshot_global.sqlite";
const ARTIFACTS = ["zendesk_global.json", "zendesk_usgov.json", "usgov_users.json", "global_changeset.json"];

/** Requests of a command, by what they ask for. */
async function asked(world: TestWorld, command: () => Promise<unknown>) {
  const before = world.sandbox.requests.length;
  await command();
  const requests = world.sandbox.requests.slice(before).filter(({ service }) => service === "zendesk-global");
  return {
    pages: requests.filter(({ path }) => /\/organizations\?.*page\[size\]/.test(path)).length,
    exports: requests.filter(({ path }) => path.includes("/incremental/organizations")).length,
  };
}

async function notesOf(world: TestWorld): Promise<(string | undefined)[]> {
  return (await world.artifact<{ code?: string }>("gather-orgs_global_notes.json")).map(({ code }) => code);
}

const textsOf = (world: TestWorld) =>
  Promise.all(ARTIFACTS.map((name) => readFile(join(world.dataDir, name), "utf8").catch(() => null)));

test(
  "O1: the run after a run reads what has changed, and makes of it what a full listing makes",
  async () => {
    await using world = await startWorld({ accounts: 500 });
    const first = await asked(world, () => world.run());
    expect(first).toMatchObject({ exports: 0 });
    const [organization] = world.sandbox.zendesk("global").organizations;
    world.sandbox.editOrganization("global", Number(organization?.id), {
      organization_fields: { account_owner: "Typed by hand" },
    });
    const second = await asked(world, () => world.preview({ "run-id": "by-snapshot" }));
    expect(second.exports).toBe(1);
    expect(second.pages).toBeLessThan(first.pages);
    const bySnapshot = await textsOf(world);
    const full = await asked(world, () => world.preview({ "run-id": "by-snapshot", snapshot: "off" }));
    expect(full).toEqual({ exports: 0, pages: first.pages });
    expect(bySnapshot).toEqual(await textsOf(world));
    expect(bySnapshot[0]).toContain("Typed by hand");
    expect(await notesOf(world)).not.toContain("snapshot.differs");
  },
  RUN_TIMEOUT,
);

test(
  "what is damaged, refused or switched off changes nothing but the requests, and is told",
  async () => {
    await using world = await startWorld({ accounts: 150 });
    expect((await world.preview()).exit).toBe(EXIT.done);
    expect(existsSync(join(world.dataDir, FILE))).toBeFalse();
    expect((await world.run({ snapshot: "off" })).exit).toBe(EXIT.done);
    expect(existsSync(join(world.dataDir, FILE))).toBeFalse();
    expect((await world.run()).exit).toBe(EXIT.done);
    await writeFile(join(world.dataDir, FILE), "this is no database".repeat(500));
    expect((await world.run()).exit).toBe(EXIT.done);
    expect(await notesOf(world)).toContain("snapshot.unreadable");
    world.sandbox.behave("global", { incrementalExports: "forbidden" });
    const refused = await world.run();
    expect(refused.exit).toBe(EXIT.done);
    expect(await notesOf(world)).toContain("snapshot.export_refused");
    expect(
      refused.summary.reports.find(({ stage, instance }) => stage === "gather-orgs" && instance === "global")?.notes,
    ).toMatchObject({
      "snapshot.export_refused": 1,
    });
  },
  RUN_TIMEOUT,
);

test("in a job of GitLab there is none: a cache may be another job's making", async () => {
  await using world = await startWorld({ accounts: 5 });
  world.env.GITLAB_CI = "true";
  await world.run();
  expect((await asked(world, () => world.run())).exports).toBe(0);
  expect(existsSync(join(world.dataDir, FILE))).toBeFalse();
});

test("the environment sets it, too; anything else than on or off is an error", async () => {
  await using world = await startWorld({ accounts: 5 });
  world.env.ZDSYNC_SNAPSHOT = "perhaps";
  expect((await world.run()).exit).toBe(EXIT.usage);
  world.env.ZDSYNC_SNAPSHOT = "off";
  expect((await asked(world, () => world.run())).exports).toBe(0);
  expect(existsSync(join(world.dataDir, FILE))).toBeFalse();
});
