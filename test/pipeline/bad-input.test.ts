import { describe, expect, setDefaultTimeout, test } from "bun:test";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { EXIT } from "../../lib/errors.ts";
import { RUN_TIMEOUT, startWorld } from "./world.ts";

setDefaultTimeout(RUN_TIMEOUT);

describe("settings: every problem at once, exit 2, nothing touched", () => {
  test("an empty environment names each setting that is missing", async () => {
    await using world = await startWorld({ accounts: 10, env: () => ({}) });
    expect((await world.run()).exit).toBe(EXIT.usage);
    const printed = world.printed();
    for (const name of [
      "SALESFORCE_LOGIN_URL",
      "SALESFORCE_CLIENT_ID",
      "SALESFORCE_CLIENT_SECRET",
      "ZENDESK_GLOBAL_URL",
      "ZENDESK_USGOV_CLIENT_SECRET",
      "OVERRIDES_PROJECT",
    ])
      expect(printed).toContain(name);
    expect(printed).not.toMatch(/\bat .*\.ts:\d+/);
    expect(world.sandbox.requests).toEqual([]);
  });

  test("a stage asks only for what it needs (S9)", async () => {
    await using world = await startWorld({
      accounts: 10,
      env: ({ SALESFORCE_LOGIN_URL, SALESFORCE_CLIENT_ID, SALESFORCE_CLIENT_SECRET }) => ({
        SALESFORCE_LOGIN_URL,
        SALESFORCE_CLIENT_ID,
        SALESFORCE_CLIENT_SECRET,
      }),
    });
    expect((await world.stage("gather-accounts")).exit).toBe(EXIT.done);
    expect((await world.stage("gather-orgs", { instance: "global" })).exit).toBe(EXIT.usage);
  });

  test("config and flags: file, line and nearest key; several at once", async () => {
    await using world = await startWorld({ accounts: 10, config: () => "limits:\n  markz: 5\nprotected_idz: []\n" });
    expect((await world.run()).exit).toBe(EXIT.usage);
    expect(world.printed()).toMatch(/zdsync\.config\.yml:2.*marks/);
    expect(world.printed()).toMatch(/zdsync\.config\.yml:3.*protected_ids/);
    expect((await world.run({ allow: "everything=1", today: "2026-02-30", "max-age": "soon" })).exit).toBe(EXIT.usage);
    for (const flag of ["--allow", "--today", "--max-age"]) expect(world.printed()).toContain(flag);
  });

  test("plans.yml that is wrong stops process with its lines, and the artifacts stay as they were", async () => {
    await using world = await startWorld({ accounts: 10 });
    await world.preview();
    const before = await world.text("global_accounts.json");
    const plans = join(world.dataDir, "plans.yml");
    await writeFile(
      plans,
      "subscriptions:\n  sub_x:\n    level: platinum\n    charges: [A]\nus_government: { without_exception: [], with_exception: [nothing] }\n",
    );
    await using other = await startWorld({ world: world.sandbox.world, plansFile: plans });
    expect((await other.stage("process", { "data-dir": world.dataDir })).exit).toBe(EXIT.usage);
    expect(other.printed()).toMatch(/plans\.yml:3/);
    expect(other.printed()).toMatch(/plans\.yml:5/);
    expect(await world.text("global_accounts.json")).toBe(before);
  });
});

describe("overrides", () => {
  for (const [name, spoil] of Object.entries({
    "an empty file": (world: Awaited<ReturnType<typeof startWorld>>) => world.sandbox.setOverrides(""),
    "a file that is no YAML list": (world: Awaited<ReturnType<typeof startWorld>>) =>
      world.sandbox.setOverrides("- [unclosed"),
    "a file that cannot be fetched": (world: Awaited<ReturnType<typeof startWorld>>) =>
      world.sandbox.addFault({ kind: "404", service: "gitlab", times: 20 }),
  })) {
    test(`${name} stops the run before any write: people would lose support`, async () => {
      await using world = await startWorld();
      spoil(world);
      const { exit } = await world.run();
      expect([EXIT.usage, EXIT.failed] as number[]).toContain(exit);
      expect(world.sandbox.writes()).toEqual([]);
    });
  }

  test("one invalid entry is reported with its line, the others apply", async () => {
    await using world = await startWorld({ accounts: 150 });
    const [line] = world.sandbox.world.overrides.split("\n").filter((text) => text.startsWith("- "));
    expect(line).toBeDefined();
    world.sandbox.setOverrides(
      `${world.sandbox.world.overrides}\n- salesforce_id: 0014M00001kAbCdQAK\n  reasons: typing error\n`,
    );
    expect((await world.preview()).exit).toBe(EXIT.done);
    const notes = await world.artifact<{ reason: string }>("process_global_notes.json");
    expect(notes.some(({ reason }) => /overrides\.yml:\d+/.test(reason) && /reason/.test(reason))).toBe(true);
  });
});

describe("artifacts: what is altered is refused, what is of another run fails", () => {
  test("an altered artifact, a cut one, one of another run, a wrong record", async () => {
    await using world = await startWorld({ accounts: 150 });
    await world.preview({ "run-id": "one" });
    const path = join(world.dataDir, "global_accounts.json");
    const good = await readFile(path, "utf8");
    for (const [bad, words] of [
      [good.replace("ultimate", "premium"), /altered/],
      [good.slice(0, 500), /altered|not JSON/],
    ] as const) {
      await writeFile(path, bad);
      expect((await world.stage("compare", { instance: "global" })).exit).toBe(EXIT.refused);
      expect(world.printed().split("\n").at(-1)).toMatch(words);
    }
    await writeFile(path, good);
    expect((await world.stage("gather-orgs", { instance: "global", "run-id": "two" })).exit).toBe(EXIT.done);
    expect((await world.stage("compare", { instance: "global" })).exit).toBe(EXIT.refused);
    expect(world.printed().split("\n").at(-1)).toMatch(/run one.*run two|run two.*run one/);
  });

  test("S3: change files that were altered are refused by sync (exit 4), and nothing is written", async () => {
    await using world = await startWorld();
    await world.preview();
    const path = join(world.dataDir, "global_updates.json");
    await writeFile(path, (await readFile(path, "utf8")).replace(/"support_level":"\w+"/, '"support_level":"expired"'));
    expect((await world.stage("sync", { instance: "global" })).exit).toBe(EXIT.refused);
    expect(world.sandbox.writes()).toEqual([]);
  });
});

describe("a single bad record is reported and skipped; it never stops a run", () => {
  test("A2: an account that cannot be read: its organization is neither updated nor marked", async () => {
    await using world = await startWorld();
    const { sandbox } = world;
    const victim = sandbox.zendesk("global").organizations.find((organization) => {
      const fields = organization.organization_fields as Record<string, unknown>;
      return (
        fields.account_type === "customer" && fields.mark_for_deletion !== true && fields.support_level === "ultimate"
      );
    });
    const id = String((victim?.organization_fields as Record<string, unknown> | undefined)?.salesforce_id);
    sandbox.editSalesforce("Account", id, { Name: null });
    expect((await world.run()).exit).toBe(EXIT.done);
    expect(sandbox.zendesk("global").organizations.find((one) => one.id === victim?.id)).toEqual(victim);
    expect(await world.artifact("gather-accounts_notes.json")).toMatchObject([{ rule: "A2", salesforce_id: id }]);
  });
});
