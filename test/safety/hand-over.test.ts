import { describe, expect, setDefaultTimeout, test } from "bun:test";
import { copyFile, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { EXIT } from "../../lib/errors.ts";
import { SCHEMA_VERSION } from "../../lib/storage/artifacts/manifest.ts";
import { QUICK, RUN_TIMEOUT, startWorld, type TestWorld } from "../pipeline/world.ts";
import { smallWorld } from "./small-world.ts";

setDefaultTimeout(RUN_TIMEOUT);

/* S3: what was reviewed is what is applied, over the whole pipeline: exit 4, not one write, and the message says what is wrong. */

const INSTANCES = [
  ["global", "global"],
  ["us-government", "usgov"],
] as const;

async function previewed(): Promise<TestWorld> {
  const world = await startWorld({ timing: QUICK, world: smallWorld() });
  expect((await world.preview({ "run-id": "reviewed" })).exit).toBe(EXIT.done);
  return world;
}

async function refuses(world: TestWorld, given: Record<string, string>, says: RegExp, stage: "sync" | "run" = "sync") {
  const before = world.printed().length;
  const { exit } = stage === "sync" ? await world.stage("sync", given) : await world.run(given);
  expect({ given, exit, writes: world.sandbox.writes() }).toEqual({ given, exit: EXIT.refused, writes: [] });
  expect(world.printed().slice(before)).toMatch(says);
}

async function edit(world: TestWorld, name: string, change: (text: string) => string): Promise<void> {
  const path = join(world.dataDir, name);
  const text = await readFile(path, "utf8");
  const changed = change(text);
  expect(changed).not.toBe(text);
  await writeFile(path, changed);
}

const digestOf = async (world: TestWorld, comparison: string): Promise<string> =>
  JSON.parse(await world.text(`${comparison}_changeset.manifest.json`)).digest;

describe("S3: an altered file", () => {
  for (const [instance, prefix] of INSTANCES) {
    for (const kind of ["creates", "updates", "not_in_sync"]) {
      test(`${prefix}_${kind}.json, altered by one blank`, async () => {
        await using world = await previewed();
        await edit(world, `${prefix}_${kind}.json`, (text) =>
          text.replace(/\n\]?\n?$/, " \n]\n").replace(/^\[\]$/, "[ ]"),
        );
        await refuses(world, { instance }, new RegExp(`${prefix} change files were altered`));
      });
    }
  }

  test("what the changes were made from, and what sync decides by: the gathered organizations, the accounts", async () => {
    for (const name of ["zendesk_global.json", "global_accounts.json"]) {
      await using world = await previewed();
      await edit(world, name, (text) => text.replace(/"name":"[^"]/, '"name":"~'));
      await refuses(world, { instance: "global" }, new RegExp(`${name} was altered`));
    }
  });

  test("a record taken out, so that less would be marked, is an alteration as well", async () => {
    await using world = await previewed();
    await writeFile(join(world.dataDir, "global_not_in_sync.json"), "[]\n");
    await refuses(world, { instance: "global" }, /altered/);
  });
});

describe("S3: another run's file", () => {
  test("change files of another run beside the manifest of this one", async () => {
    await using world = await previewed();
    await using other = await startWorld({ timing: QUICK, accounts: 150 });
    await other.preview({ "run-id": "other" });
    await copyFile(join(other.dataDir, "global_updates.json"), join(world.dataDir, "global_updates.json"));
    await refuses(world, { instance: "global" }, /altered|another run/);
  });

  test("organizations that were gathered again after compare", async () => {
    await using world = await previewed();
    await world.stage("gather-orgs", { instance: "global", "run-id": "later" });
    await refuses(world, { instance: "global" }, /zendesk_global\.json is from run later/);
  });

  test("organizations that were gathered again in the same run, and are not the same any more", async () => {
    await using world = await previewed();
    const [organization] = world.sandbox.zendesk("global").organizations;
    world.sandbox.editOrganization("global", Number(organization?.id), { name: "Renamed Meanwhile" });
    await world.stage("gather-orgs", { instance: "global" });
    await refuses(world, { instance: "global" }, /computed from a different zendesk_global\.json/);
  });

  test("a change file or its manifest that is missing", async () => {
    await using world = await previewed();
    await rm(join(world.dataDir, "global_changeset.manifest.json"));
    await refuses(world, { instance: "global" }, /no global_changeset\.manifest\.json/);
    await rm(join(world.dataDir, "usgov_updates.json"));
    expect((await world.stage("sync", { instance: "us-government" })).exit).toBe(EXIT.failed);
    expect(world.sandbox.writes()).toEqual([]);
  });
});

test("S3: change files or artifacts of another schema version", async () => {
  for (const name of ["global_changeset.manifest.json", "zendesk_global.manifest.json"]) {
    for (const version of [SCHEMA_VERSION - 1, SCHEMA_VERSION + 1]) {
      await using world = await previewed();
      await edit(world, name, (text) => text.replace(/"schema": \d+/, `"schema": ${version}`));
      await refuses(world, { instance: "global" }, new RegExp(`schema version ${version}`));
    }
  }
});

describe("S3: --max-age", () => {
  /** Makes the oldest input of the changes so many minutes old. */
  const age = (world: TestWorld, minutes: number) =>
    edit(world, "global_changeset.manifest.json", (text) =>
      text.replace(
        /"gathered_at": "[^"]+"/,
        `"gathered_at": "${new Date(Date.now() - minutes * 60_000).toISOString()}"`,
      ),
    );

  test("older than allowed is refused, younger is applied, without --max-age any age is", async () => {
    await using world = await previewed();
    await age(world, 61);
    await refuses(world, { instance: "global", "max-age": "60m" }, /61 minutes ago; --max-age allows 60/);
    await refuses(world, { instance: "global", "max-age": "1h" }, /--max-age/);
    expect((await world.stage("sync", { instance: "global", "max-age": "62m" })).exit).toBe(EXIT.done);
  });

  test("partners are as old as their oldest artifact, users are gathered now", async () => {
    await using world = await previewed();
    const old = new Date(Date.now() - 61 * 60_000).toISOString();
    await edit(world, "zendesk_global.manifest.json", (text) =>
      text.replace(/"gathered_at": "[^"]+"/, `"gathered_at": "${old}"`),
    );
    expect((await world.stage("partner-sync", { "max-age": "60m" })).exit).toBe(EXIT.refused);
    expect(world.sandbox.writes()).toEqual([]);
    expect((await world.stage("user-sync", { "max-age": "60m" })).exit).toBe(EXIT.done);
  });
});

describe("S3: --expect", () => {
  test("another digest, another comparison's digest: refused; the reviewed one is applied", async () => {
    await using world = await previewed();
    await refuses(world, { instance: "global", expect: "0".repeat(64) }, /but 0{64} was expected/);
    await refuses(
      world,
      { instance: "global", expect: await digestOf(world, "usgov") },
      /but [0-9a-f]{64} was expected/,
    );
    const given = { instance: "global", expect: await digestOf(world, "global") };
    expect((await world.stage("sync", given)).exit).toBe(EXIT.done);
    expect(world.sandbox.writes().length).toBeGreaterThan(0);
  });

  test("a run applies what a preview showed, and nothing else: not after Salesforce changed", async () => {
    await using world = await previewed();
    const reviewed = await Promise.all(
      ["global", "partner", "usgov", "usgov_user"].map((name) => digestOf(world, name)),
    );
    const [account] = world.sandbox.world.salesforce.Account;
    world.sandbox.editSalesforce("Account", String(account?.Id), { Account_Owner_Calc__c: "Another Owner" });
    const changed = await world.run({ instance: "global", expect: reviewed.join(" ") });
    expect(changed.exit).toBe(EXIT.refused);
    expect(world.sandbox.writes()).toEqual([]);
    world.sandbox.editSalesforce("Account", String(account?.Id), {
      Account_Owner_Calc__c: account?.Account_Owner_Calc__c,
    });
    expect((await world.run({ instance: "global", expect: reviewed.join(" ") })).exit).toBe(EXIT.done);
  });

  for (const [stage, other] of [
    ["partner-sync", "global"],
    ["user-sync", "usgov"],
  ] as const)
    test(`${stage}: a wrong digest is refused before any write`, async () => {
      await using world = await previewed();
      expect((await world.stage(stage, { expect: await digestOf(world, other) })).exit).toBe(EXIT.refused);
      expect(world.sandbox.writes()).toEqual([]);
    });

  test("a digest of the right one does not help altered files", async () => {
    await using world = await previewed();
    const digest = await digestOf(world, "global");
    await edit(world, "global_updates.json", (text) => text.replace("\n]", "\n ]"));
    await refuses(world, { instance: "global", expect: digest }, /altered|--expect/);
  });
});
