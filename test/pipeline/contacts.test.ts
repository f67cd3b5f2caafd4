import { describe, expect, setDefaultTimeout, test } from "bun:test";
import { readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { changesNothing, countsToConfirm } from "../../bot/run-flow/counts.ts";
import { EXIT } from "../../lib/errors.ts";
import { sha256Of } from "../../lib/storage/artifacts/store.ts";
import { readRunRecord } from "../../lib/storage/runs/read-run-records.ts";
import { buildWorld } from "../../sandbox/seed/build-world.ts";
import { expectedContacts } from "../../sandbox/seed/expected-contacts.ts";
import { RUN_TIMEOUT, startWorld, type TestWorld, TODAY, withLimits } from "./world.ts";

setDefaultTimeout(RUN_TIMEOUT);

/* Contacts are changes (C10): planned, counted, limited, reviewed, and written exactly as planned. */

interface Planned {
  salesforce_id: string;
  id: number | null;
  email: string;
}
interface Result {
  effect: string;
  salesforce_id: string;
  outcome: string;
  code?: string;
  after: { email?: string };
}

const plannedContacts = (world: TestWorld) => world.artifact<Planned>("global_contacts.json");
const key = ({ salesforce_id, email }: Pick<Planned, "salesforce_id" | "email">) => `${salesforce_id} ${email}`;
const contactResults = async (world: TestWorld) =>
  (await world.artifact<Result>("global_results.json")).filter(({ effect }) => effect === "contact");
const requests = (world: TestWorld, path: RegExp, from = 0) =>
  world.sandbox.requests.slice(from).filter((one) => path.test(one.path));
const LOOK_UP = /\/users\/search/;
const EXPORT = /\/incremental\/users/;

/** Every planned count of every comparison of a run, added up. */
const plannedTotal = (reports: Awaited<ReturnType<TestWorld["run"]>>["summary"]["reports"]) =>
  reports.flatMap(({ comparison }) => Object.values(comparison?.planned ?? {})).reduce((sum, count) => sum + count, 0);

describe("what is planned", () => {
  test.each([1, 2, 3])("is what the sandbox works out for itself, world %d", async (seed) => {
    await using world = await startWorld({ seed });
    const { summary } = await world.preview({ instance: "global" });
    const expected = expectedContacts(world.sandbox.world, new Date());
    expect((await plannedContacts(world)).map(key)).toEqual(expected.map(key));
    const global = summary.reports.find(({ comparison }) => comparison?.name === "global")?.comparison;
    expect(global?.planned.contacts).toBe(expected.length);
    expect(world.sandbox.writes()).toEqual([]);
  });

  test("is what is done: every planned contact has one result, and no other address was touched", async () => {
    await using world = await startWorld();
    const { exit } = await world.run({ instance: "global" });
    expect(exit).toBe(EXIT.done);
    const results = await contactResults(world);
    const done = results.map(({ salesforce_id, after }) => `${salesforce_id} ${after.email}`).sort();
    expect(done).toEqual((await plannedContacts(world)).map(key).sort());
    const created = world.sandbox.writes().filter(({ path }) => /\/users(?:\/create_many)?$/.test(path));
    expect(created.length).toBeGreaterThan(0);
  });

  test("of an organization that is to be created nobody is looked up before: a first fill costs no request a user", async () => {
    await using world = await startWorld();
    await world.preview({ instance: "global" });
    const recent = (await plannedContacts(world)).filter(({ id }) => id !== null);
    const looked = requests(world, LOOK_UP).length;
    expect(looked).toBeGreaterThanOrEqual(recent.length);
    expect(looked).toBeLessThan((await plannedContacts(world)).length);
  });
});

describe("reviewed is what is applied (S3)", () => {
  test("a contact changed in Salesforce after the preview changes the digest: --expect refuses", async () => {
    await using world = await startWorld();
    const { summary } = await world.preview({ instance: "global" });
    const digests = summary.reports.flatMap(({ comparison }) => comparison?.digest ?? []).join(" ");
    const [planned] = (await plannedContacts(world)).filter(({ id }) => id === null);
    world.sandbox.editSalesforce("Account", String(planned?.salesforce_id), {
      Latest_Sold_To_Contact__r: { Name: "Eve Intruder", Email: "eve@intruder.example" },
    });
    const { exit } = await world.run({ instance: "global", expect: digests });
    expect(exit).toBe(EXIT.refused);
    expect(world.sandbox.writes()).toEqual([]);
    expect(JSON.stringify(world.sandbox.zendesk("global").users)).not.toContain("eve@intruder.example");
  });

  test("so does one of an organization that an earlier run created", async () => {
    await using world = await startWorld();
    const { summary } = await world.preview({ instance: "global" });
    const digests = summary.reports.flatMap(({ comparison }) => comparison?.digest ?? []).join(" ");
    const [recent] = (await plannedContacts(world)).filter(({ id }) => id !== null);
    world.sandbox.editSalesforce("Account", String(recent?.salesforce_id), {
      Latest_Sold_To_Contact__r: { Name: "Eve Intruder", Email: "eve@intruder.example" },
    });
    expect((await world.run({ instance: "global", expect: digests })).exit).toBe(EXIT.refused);
    expect(world.sandbox.writes()).toEqual([]);
  });

  test("what was confirmed: no more contacts than that; a bot that names none allows none", async () => {
    await using world = await startWorld();
    const { summary } = await world.run({ instance: "global", "dry-run": "true" });
    const global = summary.reports.find(({ comparison }) => comparison?.name === "global")?.comparison;
    const { creates = 0, updates = 0, marks = 0, contacts = 0 } = global?.planned ?? {};
    const downgrades = global?.measures.find(({ effect }) => effect === "downgrades")?.count;
    const others = `global.creates=${creates} global.updates=${updates} global.marks=${marks} global.downgrades=${downgrades} partner.creates=99 partner.updates=99 partner.marks=99`;
    for (const atMost of [others, `${others} global.contacts=${contacts - 1}`]) {
      const { exit, summary: refused } = await world.run({ instance: "global", "at-most": atMost });
      expect(exit).toBe(EXIT.refused);
      expect(JSON.stringify(refused)).toContain(`now has ${contacts} contacts, and `);
    }
    expect(world.sandbox.writes()).toEqual([]);
    const within = await world.run({ instance: "global", "at-most": `${others} global.contacts=${contacts}` });
    expect(within.exit).toBe(EXIT.done);
  });

  test("an address that is not in the change files is not touched, also where their digest was vouched for", async () => {
    await using world = await startWorld();
    await world.preview({ instance: "global" });
    const planned = await plannedContacts(world);
    const [left, ...kept] = planned.filter(({ id }) => id !== null);
    const foreign = { ...left, email: "foreign@intruder.example" };
    const rest = [...planned.filter(({ id }) => id === null), ...kept, foreign];
    await writeFile(join(world.dataDir, "global_contacts.json"), JSON.stringify(rest));
    await rm(join(world.dataDir, "global_changeset.manifest.json"));
    const names = ["creates", "updates", "not_in_sync", "contacts"].map((kind) => `global_${kind}.json`);
    const texts = await Promise.all(names.map((name) => readFile(join(world.dataDir, name))));
    expect((await world.stage("sync", { instance: "global", expect: sha256Of(...texts) })).exit).toBe(EXIT.done);
    const results = await contactResults(world);
    expect(results).toHaveLength(rest.length);
    expect(results.find(({ after }) => after.email === foreign.email)).toMatchObject({
      outcome: "skipped",
      code: "contact.not_due",
    });
    const addresses = JSON.stringify(world.sandbox.zendesk("global").users);
    expect(addresses).not.toContain(String(left?.email));
    expect(addresses).not.toContain(foreign.email);
  });
});

describe("S2: the limit of contacts", () => {
  const ONE = withLimits({ contacts: 1 });

  test("refuses what exceeds it before any write, and says the way out", async () => {
    await using world = await startWorld({ config: ONE });
    const { exit, summary } = await world.run({ instance: "global" });
    expect(exit).toBe(EXIT.refused);
    expect(world.sandbox.writes()).toEqual([]);
    const { planned, refused } = summary.reports.find((one) => one.comparison?.name === "global")?.comparison ?? {};
    expect(refused).toMatchObject([
      { code: "limit.exceeded", params: { effect: "contacts", count: planned?.contacts, limit: 1 } },
    ]);
    expect(JSON.stringify(refused)).toContain(`--allow contacts=${planned?.contacts}`);
    const allowed = await world.run({ instance: "global", allow: `contacts=${planned?.contacts}` });
    expect(allowed.exit).toBe(EXIT.done);
  });

  test("holds neither on a first fill, nor afterwards for the organizations that it created", async () => {
    const empty = buildWorld({ accounts: 150, seed: 1, today: TODAY, now: new Date() });
    empty.zendesk.global = { organizations: [], users: [] };
    await using world = await startWorld({ world: empty, config: ONE });
    expect((await world.run({ instance: "global" })).exit).toBe(EXIT.done);
    expect((await plannedContacts(world)).length).toBeGreaterThan(40);
    for (const [index, { salesforce_id }] of (await plannedContacts(world)).slice(0, 5).entries())
      world.sandbox.editSalesforce("Account", salesforce_id, {
        Latest_Sold_To_Contact__r: { Name: "New Buyer", Email: `new.buyer.${index}@first-fill.example` },
      });
    const { exit, summary } = await world.run({ instance: "global" });
    expect(exit).toBe(EXIT.done);
    const { planned, measures } = summary.reports.find((one) => one.comparison?.name === "global")?.comparison ?? {};
    expect(planned?.contacts).toBeGreaterThan(1);
    expect(measures?.find(({ effect }) => effect === "contacts")).toMatchObject({ count: 0, limit: 1 });
  });
});

describe("a quiet hour", () => {
  async function settled(options: Parameters<typeof startWorld>[0] = {}): Promise<TestWorld> {
    const world = await startWorld(options);
    expect((await world.run()).exit).toBe(EXIT.done);
    return world;
  }

  test("plans nothing and says so, and looks up nothing that is settled", async () => {
    await using world = await settled();
    // Who has an address that another organization got is asked once, and then known for a day.
    expect(plannedTotal((await world.run()).summary.reports)).toBe(0);
    const before = world.sandbox.requests.length;
    const { exit, summary } = await world.run({ "dry-run": "true", "run-id": "quiet" });
    expect(exit).toBe(EXIT.done);
    expect(plannedTotal(summary.reports)).toBe(0);
    const record = await readRunRecord(world.dataDir, "quiet");
    expect(record && changesNothing(countsToConfirm(record, null))).toBeTrue();
    const notes = await world.artifact<{ code: string }>("global_notes.json");
    const waiting = notes.filter(({ code }) => code === "contact.over_maximum").length;
    expect(requests(world, LOOK_UP, before).filter(({ service }) => service === "zendesk-global")).toHaveLength(
      waiting,
    );
    expect(requests(world, EXPORT, before).filter(({ service }) => service === "zendesk-global")).toEqual([]);
  });

  test("the same with an empty data directory: in bulk, and one by one what that does not tell", async () => {
    await using world = await settled();
    await rm(world.dataDir, { recursive: true });
    const before = world.sandbox.requests.length;
    const { summary } = await world.run({ "dry-run": "true" });
    expect(plannedTotal(summary.reports)).toBe(0);
    expect(requests(world, EXPORT, before).length).toBeGreaterThan(0);
    expect(requests(world, EXPORT, before).length).toBeLessThanOrEqual(5);
    expect(summary.reports.flatMap(({ notes }) => Object.keys(notes))).not.toContain("contact.not_verified");
  });

  test("the same with an empty data directory and credentials that may not export", async () => {
    await using world = await settled({ zendesk: { global: { incrementalExports: "forbidden" } } });
    await rm(world.dataDir, { recursive: true });
    const { exit, summary } = await world.run();
    expect(exit).toBe(EXIT.done);
    expect(plannedTotal(summary.reports)).toBe(0);
    expect(requests(world, LOOK_UP).length).toBeGreaterThan(0);
  });

  test("the same with a damaged memory, which is said", async () => {
    await using world = await settled();
    await writeFile(join(world.dataDir, "contacts.sqlite"), "this is no database".repeat(500));
    const { exit, summary } = await world.run();
    expect(exit).toBe(EXIT.done);
    expect(plannedTotal(summary.reports)).toBe(0);
    expect(world.printed()).toContain("contacts.sqlite is damaged");
  });

  test("all stages one by one plan nothing either", async () => {
    await using world = await settled();
    for (const [name, given] of [
      ["gather-accounts", {}],
      ["gather-orgs", { instance: "global" }],
      ["process", {}],
      ["compare", { instance: "global" }],
    ] as const)
      expect((await world.stage(name, { ...given })).exit).toBe(EXIT.done);
    expect(await plannedContacts(world)).toEqual([]);
  });

  test("so they do in the order of a pipeline, where gather-orgs gets no accounts but what process decided for global", async () => {
    await using world = await settled();
    await rm(world.dataDir, { recursive: true });
    const reading = { "run-id": "p" };
    await world.stage("gather-accounts", reading);
    await world.stage("process", { instance: "global" });
    for (const name of ["salesforce_accounts.json", "salesforce_accounts.manifest.json"])
      await rm(join(world.dataDir, name));
    await world.stage("gather-orgs", { ...reading, instance: "global" });
    const { exit, report } = await world.stage("compare", { instance: "global" });
    expect(exit).toBe(EXIT.done);
    expect(report?.comparison?.planned.contacts).toBe(0);
    expect(report?.notes["contact.not_verified"]).toBeUndefined();
  });

  test("an organization whose accounts were not gathered: its contacts are named as not verified yet, and not planned", async () => {
    await using world = await settled();
    await rm(world.dataDir, { recursive: true });
    await world.stage("gather-orgs", { instance: "global", "run-id": "late" });
    await world.stage("gather-accounts", { "run-id": "late" });
    await world.stage("process", {});
    const { report } = await world.stage("compare", { instance: "global" });
    expect(report?.comparison?.planned.contacts).toBe(0);
    expect(report?.notes["contact.not_verified"]).toBeGreaterThan(0);
  });
});
