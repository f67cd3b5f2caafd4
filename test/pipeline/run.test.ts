import { describe, expect, setDefaultTimeout, test } from "bun:test";
import { EXIT } from "../../lib/errors.ts";
import { comparisons, RUN_TIMEOUT, startWorld, stateOf, type TestWorld, withLimits } from "./world.ts";

setDefaultTimeout(RUN_TIMEOUT);

const STAGES = [
  ["gather-accounts", {}],
  ["gather-orgs", { instance: "global" }],
  ["gather-orgs", { instance: "us-government" }],
  ["process", {}],
  ["compare", { instance: "global" }],
  ["compare", { instance: "us-government" }],
  ["sync", { instance: "global" }],
  ["sync", { instance: "us-government" }],
  ["partner-sync", {}],
  ["user-sync", {}],
] as const;

const ARTIFACTS = [
  "salesforce_accounts",
  "partner_accounts",
  "zendesk_global",
  "zendesk_usgov",
  "global_accounts",
  "usgov_accounts",
  "global_creates",
  "global_updates",
  "global_not_in_sync",
  "usgov_creates",
  "usgov_updates",
  "usgov_not_in_sync",
  "partner_creates",
  "partner_updates",
  "partner_not_in_sync",
  "process_global_notes",
  "process_usgov_notes",
  "global_notes",
  "usgov_notes",
  "partner_notes",
].map((name) => `${name}.json`);

async function runStages(world: TestWorld, more: Record<string, string> = {}): Promise<number[]> {
  const codes: number[] = [];
  for (const [name, given] of STAGES)
    codes.push((await world.stage(name, { ...given, ...(/sync$/.test(name) ? more : {}) })).exit);
  return codes;
}

describe("G2: a run, and the same run again", () => {
  test("the second run writes nothing, neither to Zendesk nor to Slack", async () => {
    await using world = await startWorld();
    expect((await world.run()).exit).toBe(EXIT.done);
    expect(world.sandbox.writes().length).toBeGreaterThan(20);
    world.sandbox.clearRequests();
    expect((await world.run()).exit).toBe(EXIT.done);
    expect(world.sandbox.writes()).toEqual([]);
  });

  test("the same with an empty data directory: a run needs nothing of an earlier one", async () => {
    await using world = await startWorld();
    await world.run();
    world.sandbox.clearRequests();
    expect((await world.run({ "data-dir": `${world.dataDir}-other` })).exit).toBe(EXIT.done);
    expect(world.sandbox.writes()).toEqual([]);
  });

  test("all stages one by one, from artifacts, give the state that run gives", async () => {
    await using whole = await startWorld();
    await using parts = await startWorld();
    await whole.run();
    expect(await runStages(parts)).toEqual(STAGES.map(() => 0));
    expect(stateOf(parts.sandbox)).toEqual(stateOf(whole.sandbox));
  });

  test("applied, failed and skipped add up to what was planned, in every results file (S6)", async () => {
    await using world = await startWorld();
    const { summary } = await world.run();
    for (const [name, { planned, results }] of Object.entries(comparisons(summary))) {
      const sum = (effect: "create" | "update" | "mark" | "contact") =>
        Object.values(results?.[effect] ?? {}).reduce((total, count) => total + count, 0);
      const counted = { creates: sum("create"), updates: sum("update"), marks: sum("mark"), contacts: sum("contact") };
      expect({ name, ...counted }).toEqual({ name, ...planned });
    }
    const records = await world.artifact<{ outcome: string; effect: string }>("global_results.json");
    expect(records).toHaveLength(
      Object.values(comparisons(summary).global?.planned ?? {}).reduce((sum, count) => sum + count, 0),
    );
  });
});

describe("--dry-run", () => {
  test("run --dry-run writes nothing, and counts what the real run then does", async () => {
    await using world = await startWorld();
    const dry = await world.run({ "dry-run": "true" });
    expect(dry.exit).toBe(EXIT.done);
    expect(world.sandbox.writes()).toEqual([]);
    const real = await world.run();
    expect(comparisons(dry.summary)).toEqual(comparisons(real.summary));
  });

  test("so does every writing stage alone", async () => {
    await using world = await startWorld();
    for (const [name, given] of STAGES.slice(0, 6)) await world.stage(name, given);
    for (const [name, given] of STAGES.slice(6)) {
      const dry = await world.stage(name, { ...given, "dry-run": "true" });
      expect(world.sandbox.writes()).toEqual([]);
      const real = await world.stage(name, given);
      expect({ name, ...dry.report?.comparison?.results }).toEqual({ name, ...real.report?.comparison?.results });
      world.sandbox.clearRequests();
    }
  });

  test("preview writes nothing to any remote, but the change files and a report", async () => {
    await using world = await startWorld();
    expect((await world.preview()).exit).toBe(EXIT.done);
    expect(world.sandbox.writes()).toEqual([]);
    expect((await world.artifact("global_creates.json")).length).toBeGreaterThan(0);
    expect(await world.text("report.md")).toContain("Customers, global");
  });
});

describe("C8: the same input in any order gives the same bytes", () => {
  test("accounts, children and pages shuffled: every artifact is byte-equal", async () => {
    await using one = await startWorld();
    const shuffled = structuredClone(one.sandbox.world);
    for (const records of Object.values(shuffled.salesforce)) records.reverse();
    await using other = await startWorld({ world: shuffled, salesforceBatch: 23 });
    for (const world of [one, other]) expect((await world.preview({ "run-id": "same" })).exit).toBe(EXIT.done);
    for (const name of ARTIFACTS)
      expect({ name, equal: (await one.text(name)) === (await other.text(name)) }).toEqual({ name, equal: true });
  });

  for (const zone of ["Pacific/Kiritimati", "America/Los_Angeles"]) {
    test(`no artifact depends on the time zone (${zone})`, async () => {
      await using one = await startWorld();
      const before = process.env.TZ;
      await one.preview({ "run-id": "same" });
      const artifacts = await Promise.all(ARTIFACTS.map((name) => one.text(name)));
      process.env.TZ = zone;
      try {
        await one.preview({ "run-id": "same" });
      } finally {
        process.env.TZ = before ?? "UTC";
      }
      for (const [index, name] of ARTIFACTS.entries())
        expect({ name, equal: (await one.text(name)) === artifacts[index] }).toEqual({ name, equal: true });
    });
  }
});

describe("G6: one instance never stops the other", () => {
  test("us-government cannot be read: global is synced, exit 1 names the other", async () => {
    await using world = await startWorld();
    world.sandbox.addFault({ kind: "404", service: "zendesk-us-government", path: "^/api/", times: 100 });
    const { exit, summary } = await world.run();
    expect(exit).toBe(EXIT.failed);
    expect(summary.failures.map(({ where }) => where)).toEqual(["us-government"]);
    expect(world.sandbox.writes().length).toBeGreaterThan(0);
    expect(world.sandbox.writes().every(({ service }) => service !== "zendesk-us-government")).toBe(true);
  });

  test("S2: a limit refuses global: nothing is written there, us-government goes on, exit 4, files are there to look at", async () => {
    await using world = await startWorld({
      config: withLimits({ marks: { percent: 100, max: 2 } }),
    });
    const { exit, summary } = await world.run();
    expect(exit).toBe(EXIT.refused);
    expect(world.sandbox.writes().length).toBeGreaterThan(0);
    expect(world.sandbox.writes().filter(({ service }) => service === "zendesk-global" || service === "slack")).toEqual(
      [],
    );
    expect((await world.artifact("global_not_in_sync.json")).length).toBeGreaterThan(1);
    const refused = summary.reports.flatMap(({ comparison }) => comparison?.refused ?? []);
    expect(refused.map(({ text }) => text).join()).toContain("--allow marks=");
    expect((await world.stage("sync", { instance: "global" })).exit).toBe(EXIT.refused);
    expect((await world.run({ allow: "marks=1000" })).exit).toBe(EXIT.done);
  });

  test("--instance us-government leaves global alone", async () => {
    await using world = await startWorld();
    expect((await world.run({ instance: "us-government" })).exit).toBe(EXIT.done);
    expect(world.sandbox.writes().every(({ service }) => service === "zendesk-us-government")).toBe(true);
  });
});

describe("S1: complete or nothing", () => {
  for (const [name, fault] of Object.entries({
    "Salesforce answers one record too few": { kind: "drop-record", service: "salesforce", path: "/query" },
    "Salesforce answers a record twice": { kind: "duplicate-record", service: "salesforce", path: "/query" },
    "Zendesk lists a record twice": { kind: "duplicate-record", service: "zendesk-global", path: "/organizations\\?" },
  } as const)) {
    test(`${name}: no artifact, no write`, async () => {
      await using world = await startWorld();
      world.sandbox.addFault(fault);
      expect((await world.run({ instance: "global" })).exit).toBe(EXIT.failed);
      expect(world.sandbox.writes()).toEqual([]);
      const artifact = fault.service === "salesforce" ? "salesforce_accounts.json" : "zendesk_global.json";
      expect(await world.text(artifact).catch(() => "absent")).toBe("absent");
    });
  }

  test("Salesforce answers nothing at all: the limits stop what would be marked", async () => {
    await using world = await startWorld();
    world.sandbox.addFault({ kind: "empty", service: "salesforce", path: "FROM Account", times: 2 });
    const { exit } = await world.run();
    expect(exit).toBe(EXIT.refused);
    expect(world.sandbox.writes()).toEqual([]);
  });

  test("S10: swapped instances are noticed before anything is taken", async () => {
    await using swapped = await startWorld({
      env: (env) => ({
        ...env,
        ZENDESK_GLOBAL_URL: env.ZENDESK_USGOV_URL,
        ZENDESK_GLOBAL_CLIENT_ID: env.ZENDESK_USGOV_CLIENT_ID,
        ZENDESK_GLOBAL_CLIENT_SECRET: env.ZENDESK_USGOV_CLIENT_SECRET,
        ZENDESK_USGOV_URL: env.ZENDESK_GLOBAL_URL,
        ZENDESK_USGOV_CLIENT_ID: env.ZENDESK_GLOBAL_CLIENT_ID,
        ZENDESK_USGOV_CLIENT_SECRET: env.ZENDESK_GLOBAL_CLIENT_SECRET,
      }),
    });
    const { exit, summary } = await swapped.run();
    expect(exit).toBe(EXIT.failed);
    expect(swapped.sandbox.writes()).toEqual([]);
    expect(swapped.printed() + JSON.stringify(summary)).toContain("swapped");
  });
});

describe("what is printed", () => {
  test("S9: no secret, and in logs and errors no customer's name or address", async () => {
    await using world = await startWorld();
    await world.run();
    world.sandbox.addFault({ kind: "404", service: "zendesk-global", times: 3 });
    world.sandbox.addFault({ kind: "500", service: "salesforce", times: 1 });
    await world.run();
    const printed = world.printed();
    for (const secret of world.sandbox.secrets) expect(printed.includes(secret)).toBe(false);
    const { organizations, users } = world.sandbox.zendesk("global");
    const names = [...organizations.map(({ name }) => String(name)), ...users.map(({ email }) => String(email))].filter(
      (text) => text.length > 8,
    );
    expect(names.length).toBeGreaterThan(100);
    expect(names.filter((name) => printed.includes(name))).toEqual([]);
  });

  test("the first line says which hosts are worked on", async () => {
    await using world = await startWorld();
    await world.preview();
    const [first] = world.printed().split("\n");
    for (const url of [world.sandbox.urls.salesforce, world.sandbox.urls.global, world.sandbox.urls["us-government"]])
      expect(first).toContain(new URL(url).host);
  });

  test("history keeps change files, manifests, results and report, for their owner only", async () => {
    await using world = await startWorld();
    await world.run({ "run-id": "kept" });
    for (const name of [
      "global_creates.json",
      "global_changeset.manifest.json",
      "global_results.json",
      "usgov_user_results.json",
      "partner_results.json",
      "report.md",
    ]) {
      const file = Bun.file(`${world.dataDir}/history/kept/${name}`);
      expect({ name, mode: (await file.stat()).mode & 0o777 }).toEqual({ name, mode: 0o600 });
    }
  });
});
