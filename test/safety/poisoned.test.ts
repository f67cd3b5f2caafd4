import { describe, expect, setDefaultTimeout, test } from "bun:test";
import { cp, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { stringify } from "yaml";
import { EXIT } from "../../lib/errors.ts";
import { QUICK, RUN_TIMEOUT, startWorld, stateOf, type TestWorld } from "../pipeline/world.ts";
import { fieldsOf, type Json, poisonArtifact, poisonChanges } from "./poisoned.ts";
import { poisonedWorld, type Targets } from "./poisoned-world.ts";

setDefaultTimeout(RUN_TIMEOUT);

/*
 * B1: whoever controls one job can change the files that it hands on and match every digest. For every limit and every protection: what
 * a poisoned compare, process or gather-orgs asks for beyond it is not written.
 */

const OPEN = {
  holds: { percent: 100, max: 1000 },
  creates: 1000,
  contacts: 1000,
  marks: { percent: 100, max: 1000 },
  updates: { percent: 100 },
  downgrades: { percent: 100, max: 1000 },
  marked_total: { percent: 100 },
  minimum_existing: 1,
};
/** For each limit, one that the honest changes of the world exceed. */
const NONE: Record<string, unknown> = {
  holds: { percent: 0, max: 0 },
  creates: 0,
  contacts: 0,
  marks: { percent: 0, max: 0 },
  updates: { percent: 0 },
  downgrades: { percent: 0, max: 0 },
  marked_total: { percent: 0 },
};

interface Poisoned extends TestWorld {
  targets: Targets;
  limit(limits: Record<string, unknown>): Promise<void>;
  /** The data directory as it was after compare, and no request in the log. */
  restore(): Promise<void>;
  live(id: number): Json | undefined;
}

async function compared(): Promise<Poisoned> {
  const { world: seed, targets } = poisonedWorld();
  const world = await startWorld({ timing: QUICK, world: seed });
  const limit = (limits: Record<string, unknown>) =>
    writeFile(
      join(dirname(world.dataDir), "zdsync.config.yml"),
      `${seed.config}\n${stringify({ limits: { ...OPEN, ...limits } })}`,
    );
  await limit({});
  expect((await world.preview({ instance: "global", "run-id": "poisoned" })).exit).toBe(EXIT.done);
  const copy = `${world.dataDir}-honest`;
  await cp(world.dataDir, copy, { recursive: true });
  return Object.assign(world, {
    targets,
    limit,
    async restore() {
      await rm(world.dataDir, { recursive: true, force: true });
      await cp(copy, world.dataDir, { recursive: true });
      world.sandbox.clearRequests();
    },
    live: (id: number) =>
      world.sandbox.zendesk("global").organizations.find((one) => one.id === id) as Json | undefined,
  });
}

const sync = (world: TestWorld) => world.stage("sync", { instance: "global" });
const codesOf = (end: { report: { comparison?: { refused?: readonly { code: string }[] } } | null }) =>
  (end.report?.comparison?.refused ?? []).map(({ code }) => code);

describe("a poisoned compare", () => {
  test("every limit is measured against what was read, whatever the manifest and the files say", async () => {
    await using world = await compared();
    for (const [effect, none] of Object.entries(NONE)) {
      await world.restore();
      await world.limit({ [effect]: none });
      await poisonChanges(world, "global", {}, { existing: 1_000_000, marked: 0 });
      const end = await sync(world);
      expect({ effect, exit: end.exit, writes: world.sandbox.writes() }).toEqual({
        effect,
        exit: EXIT.refused,
        writes: [],
      });
      expect(codesOf(end)).toContain("limit.exceeded");
    }
  });

  test("every protection is held again: exit 4, not one write", async () => {
    await using world = await compared();
    const { targets } = world;
    const byId = new Map(world.sandbox.zendesk("global").organizations.map((one) => [Number(one.id), one as Json]));
    const accountOf = (id: number) => String(fieldsOf(byId.get(id)).salesforce_id);
    const update = (id: number, change: Json, before: Json = {}) => ({
      id,
      salesforce_id: accountOf(id),
      name: String(byId.get(id)?.name),
      before: {
        organization_fields: Object.fromEntries(
          Object.keys(change).map((key) => [key, before[key] ?? fieldsOf(byId.get(id))[key] ?? null]),
        ),
      },
      change: { organization_fields: change },
    });
    const mark = (id: number) => ({
      id,
      salesforce_id: accountOf(id),
      name: String(byId.get(id)?.name),
      before: { mark_for_deletion: false },
      change: { mark_for_deletion: true },
    });
    const [customer = 0] = targets.inSync;
    const add = (record: Json) => (records: Json[]) => [...records, record];
    const poisons: Record<string, Parameters<typeof poisonChanges>[2]> = {
      "a customer is marked": { not_in_sync: add(mark(customer)) },
      "a protected account's organization is marked": { not_in_sync: add(mark(targets.protected)) },
      "one with ignore_deletion is marked": { not_in_sync: add(mark(targets.ignored)) },
      "one with migrating is marked": { not_in_sync: add(mark(targets.migrating)) },
      "a partner's is marked": { not_in_sync: add(mark(targets.partner)) },
      "one that was not read is marked": { not_in_sync: add({ ...mark(customer), id: 4711 }) },
      "a mark among the updates": { updates: add(update(customer, { mark_for_deletion: true })) },
      "a partner's organization is updated": { updates: add(update(targets.partner, { account_owner: "Nobody" })) },
      "one of another account is updated": {
        updates: add({ ...update(customer, { account_owner: "Nobody" }), salesforce_id: accountOf(targets.outdated) }),
      },
      "an organization becomes another account's": {
        updates: add(update(customer, { salesforce_id: accountOf(targets.gone) })),
      },
      "ignore_deletion is taken away": { updates: add(update(targets.ignored, { ignore_deletion: false })) },
      "a field of agents is written": { updates: add(update(customer, { assigned_se: "Nobody" })) },
      "a field that nobody has is written": { updates: add(update(customer, { nobodys_field: "x" })) },
      "a value that the account does not have": { updates: add(update(customer, { support_level: "ultimate" })) },
      "a downgrade that says it is none": {
        updates: add(update(customer, { support_level: "consumption_only" }, { support_level: "consumption_only" })),
      },
      "an excluded account is created": {
        creates: ([create]) => [{ ...create, salesforce_id: targets.excluded, name: "Excluded" }],
      },
      "nobody's account is created": { creates: ([create]) => [{ ...create, name: "Somebody Else" }] },
      "an address is slipped into a create": {
        creates: ([create]) => [{ ...create, sold_tos: [{ name: null, email: "intruder@else.example" }] }],
      },
    };
    for (const [poison, changes] of Object.entries(poisons)) {
      await world.restore();
      await poisonChanges(world, "global", changes);
      const end = await sync(world);
      expect({ poison, exit: end.exit, writes: world.sandbox.writes() }).toEqual({
        poison,
        exit: EXIT.refused,
        writes: [],
      });
      expect({ poison, codes: codesOf(end) }).toEqual({
        poison,
        codes: expect.arrayContaining(["changes.against_rules"]),
      });
    }
  });

  test("contacts: nobody whom no account names is placed, in old or new organizations", async () => {
    await using world = await compared();
    const [customer = 0] = world.targets.inSync;
    const account = String(fieldsOf(world.live(customer)).salesforce_id);
    await poisonChanges(world, "global", {
      contacts: (contacts) => [
        ...contacts,
        { salesforce_id: world.targets.fresh, id: null, email: "intruder@else.example", name: null },
        { salesforce_id: account, id: customer, email: "intruder@else.example", name: null },
      ],
    });
    expect((await sync(world)).exit).toBe(EXIT.done);
    expect(JSON.stringify(world.sandbox.writes())).not.toContain("intruder");
    expect(JSON.stringify(world.sandbox.zendesk("global").users)).not.toContain("intruder");
  });
});

describe("a poisoned process", () => {
  test("every limit holds: at compare, and again at sync for change files that say they are within limits", async () => {
    await using world = await compared();
    const lower = (record: Json) => ({
      ...record,
      organization_fields: { ...fieldsOf(record), support_level: "consumption_only" },
    });
    const onHold = (record: Json) => ({
      ...record,
      organization_fields: { ...fieldsOf(record), support_hold: true },
    });
    const poisons: Record<string, (records: Json[]) => Json[]> = {
      holds: (records) => records.map(onHold),
      creates: (records) => records,
      marks: (records) => records.slice(8),
      marked_total: (records) => records.slice(8),
      updates: (records) => records.map(lower),
      downgrades: (records) => records.map(lower),
      contacts: (records) => records,
    };
    for (const [effect, poison] of Object.entries(poisons)) {
      await world.restore();
      await world.limit({ [effect]: NONE[effect] });
      await poisonArtifact(world, "global_accounts.json", poison);
      expect({ effect, exit: (await world.stage("compare", { instance: "global" })).exit }).toEqual({
        effect,
        exit: EXIT.refused,
      });
      await poisonChanges(world, "global", {}, { existing: 1_000_000, marked: 0 });
      expect({ effect, exit: (await sync(world)).exit }).toEqual({ effect, exit: EXIT.refused });
      expect({ effect, writes: world.sandbox.writes() }).toEqual({ effect, writes: [] });
    }
  });

  test("every protection holds: nothing protected is marked, nobody excluded created, no partner touched", async () => {
    await using world = await compared();
    const { targets } = world;
    const before = [targets.protected, targets.ignored, targets.migrating, targets.partner].map(world.live);
    const partner = String(fieldsOf(world.live(targets.partner)).salesforce_id);
    await poisonArtifact(world, "global_accounts.json", ([first, ...rest]) => [
      {
        ...first,
        salesforce_id: targets.excluded,
        name: "Excluded Company",
        organization_fields: { ...fieldsOf(first), salesforce_id: targets.excluded },
      },
      {
        ...first,
        salesforce_id: partner,
        name: "Partner Company",
        organization_fields: { ...fieldsOf(first), salesforce_id: partner },
      },
      ...rest.filter(({ salesforce_id }) => salesforce_id !== targets.excluded),
    ]);
    expect((await world.stage("compare", { instance: "global" })).exit).toBe(EXIT.done);
    expect((await sync(world)).exit).toBe(EXIT.done);
    expect([targets.protected, targets.ignored, targets.migrating, targets.partner].map(world.live)).toEqual(before);
    expect(world.sandbox.zendesk("global").organizations.filter(({ name }) => name === "Excluded Company")).toEqual([]);
  });
});

describe("a poisoned gather-orgs", () => {
  test("a list made long, so that percentages allow more, or short, so that it looks like a first fill: refused by Zendesk's own count", async () => {
    await using world = await compared();
    const invented = (record: Json | undefined, made: number) => ({
      ...record,
      id: 1_000_000 + made,
      external_id: null,
      name: `Invented ${made}`,
    });
    for (const poison of [
      (records: Json[]) => [
        ...records,
        ...Array.from({ length: records.length + 3 }, (_, made) => invented(records[0], made)),
      ],
      (records: Json[]) => records.slice(0, 3),
    ]) {
      await world.restore();
      await poisonArtifact(world, "zendesk_global.json", poison);
      await world.stage("compare", { instance: "global" });
      const compared = { compared: world.sandbox.requests.length };
      for (const stage of ["sync", "partner-sync"] as const) {
        const end = await world.stage(stage, stage === "sync" ? { instance: "global" } : {});
        expect({ ...compared, stage, exit: end.exit, codes: codesOf(end) }).toEqual({
          ...compared,
          stage,
          exit: EXIT.refused,
          codes: ["reading.count_differs"],
        });
      }
      expect(world.sandbox.writes()).toEqual([]);
    }
  });

  test("what it claims of single organizations fails the look at the live record", async () => {
    await using world = await compared();
    const { targets } = world;
    const [customer = 0, other = 0] = targets.inSync;
    const claimed: Record<number, Json> = {
      // No customer any more.
      [customer]: { salesforce_id: "0014M00001zzzzzAAA" },
      // Had that level before: no downgrade.
      [targets.falling]: { support_level: "silver" },
      [targets.ignored]: { ignore_deletion: false },
      [targets.migrating]: { migrating: null },
      [targets.protected]: { salesforce_id: "0014M00001zzzzzAAB" },
      [targets.partner]: { salesforce_id: "0014M00001zzzzzAAC", account_type: "customer" },
      [other]: { account_owner: "Somebody Else" },
    };
    const before = Object.keys(claimed).map((id) => world.live(Number(id)));
    await poisonArtifact(world, "zendesk_global.json", (records) =>
      records.map((record) => {
        const claim = claimed[Number(record.id)];
        return claim ? { ...record, organization_fields: { ...fieldsOf(record), ...claim } } : record;
      }),
    );
    await world.stage("compare", { instance: "global" });
    expect((await sync(world)).exit).toBe(EXIT.done);
    expect(Object.keys(claimed).map((id) => world.live(Number(id)))).toEqual(before);
    const results = await world.artifact("global_results.json");
    const skipped = results.filter(({ id }) => Number(id) in claimed).map(({ outcome }) => outcome);
    expect(new Set(skipped)).toEqual(new Set(["skipped"]));
    expect(skipped.length).toBeGreaterThan(4);
    expect((await world.stage("partner-sync")).exit).toBe(EXIT.done);
    expect(world.live(targets.partner)).toEqual(before[Object.keys(claimed).indexOf(String(targets.partner))]);
  });

  test("organizations that it makes young, so that their contacts count for no limit, get none", async () => {
    await using world = await compared();
    const users = world.sandbox.zendesk("global").users.length;
    const young = new Date().toISOString();
    await world.limit({ contacts: 2, minimum_existing: 5 });
    await poisonArtifact(world, "zendesk_global.json", (records) =>
      records.map((record) => ({ ...record, created_at: young })),
    );
    await poisonArtifact(world, "zendesk_global_addresses.json", () => []);
    const known = await world.artifact("global_accounts.json");
    await poisonArtifact(world, "zendesk_global_addresses.json", () =>
      world.targets.inSync.flatMap((id) => {
        const salesforce_id = String(fieldsOf(world.live(id)).salesforce_id);
        const { sold_tos = [] } = known.find((one) => one.salesforce_id === salesforce_id) as {
          sold_tos?: { email: string }[];
        };
        return sold_tos.map(({ email }) => ({ salesforce_id, id, email, state: "free" }));
      }),
    );
    await world.stage("compare", { instance: "global" });
    expect((await world.artifact("global_contacts.json")).length).toBeGreaterThan(10);
    expect((await sync(world)).exit).toBe(EXIT.done);
    expect(world.sandbox.zendesk("global").users.length - users).toBeLessThanOrEqual(2);
  });
});

test("the price: one request more, however many organizations are written", async () => {
  await using world = await compared();
  world.sandbox.clearRequests();
  expect((await sync(world)).exit).toBe(EXIT.done);
  const paths = world.sandbox.requests.map(({ method, path }) => `${method} ${path.replace(/\?.*/, "")}`);
  expect(paths.filter((path) => path.includes("/organizations/count"))).toHaveLength(1);
  // In hundreds: before the creates, the updates and the marks, the contacts of young ones, and reading back each.
  expect(paths.filter((path) => path.includes("/organizations/show_many")).length).toBeLessThanOrEqual(8);
  expect(stateOf(world.sandbox)).toBeDefined();
});
