import { describe, expect, setDefaultTimeout, test } from "bun:test";
import { writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { stringify } from "yaml";
import type { Comparison } from "../../lib/domain/comparisons.ts";
import { DEFAULT_LIMITS } from "../../lib/domain/config.ts";
import { EFFECTS, type Effect } from "../../lib/domain/limits.ts";
import { EXIT } from "../../lib/errors.ts";
import type { LoggedRequest, World } from "../../sandbox/types.ts";
import { QUICK, RUN_TIMEOUT, startWorld, type TestWorld } from "../pipeline/world.ts";
import { calmWorld, limitsWorld } from "./limits-world.ts";

setDefaultTimeout(RUN_TIMEOUT);

/* S2: limits before the first write, over the whole pipeline. How they are reckoned is in lib/domain/limits.test.ts. */

type Limits = Record<Exclude<Effect, "creates" | "contacts">, { percent: number; max?: number }> & {
  creates: number;
  contacts: number;
  minimum_existing: number;
};

const OPEN: Limits = {
  holds: { percent: 100, max: 1000 },
  creates: 1000,
  contacts: 1000,
  marks: { percent: 100, max: 1000 },
  updates: { percent: 100 },
  downgrades: { percent: 100, max: 1000 },
  marked_total: { percent: 100 },
  minimum_existing: 1,
};

const INSTANCE = { global: "global", partner: "global", usgov: "us-government", usgov_user: "us-government" } as const;
const COMPARISONS = Object.keys(INSTANCE) as Comparison[];
/** Neither partners nor users have a support level to lose. */
const HAS_NONE = [
  ["partner", "downgrades"],
  ["partner", "contacts"],
  ["usgov_user", "holds"],
  ["usgov", "contacts"],
  ["usgov_user", "downgrades"],
].map((pair) => pair.join());

interface LimitedWorld extends TestWorld {
  limit(limits: Limits): Promise<void>;
}

async function startLimited(world: World = limitsWorld()): Promise<LimitedWorld> {
  const started = await startWorld({ timing: QUICK, world });
  const limit = (limits: Limits) =>
    writeFile(
      join(dirname(started.dataDir), "zdsync.config.yml"),
      `${world.config}\n${stringify({ limits: { ...limits, usgov_user: { marks: limits.marks } } })}`,
    );
  await limit(OPEN);
  return Object.assign(started, { limit });
}

/** Limits that let exactly so many of an effect pass, of so many existing records. */
function exactly(effect: Effect, count: number, existing: number): Limits {
  if (effect === "creates" || effect === "contacts") return { ...OPEN, [effect]: count };
  return { ...OPEN, [effect]: { ...OPEN[effect], percent: (count * 100) / existing } };
}

async function measuresOf(world: TestWorld) {
  const { summary } = await world.preview();
  return Object.fromEntries(
    summary.reports.flatMap(({ comparison }) => (comparison ? [[comparison.name, comparison]] : [])),
  );
}

const writesTo = (world: TestWorld, instance: string) =>
  world.sandbox.writes().filter(({ service }: LoggedRequest) => service === `zendesk-${instance}`);

describe("S2: every effect of every comparison: below and at its limit it passes, above it nothing is written", () => {
  for (const comparison of COMPARISONS) {
    test(comparison, async () => {
      await using world = await startLimited();
      const measured = (await measuresOf(world))[comparison];
      expect(measured?.measures.map(({ effect }) => effect)).toEqual([...EFFECTS]);
      const existing = measured?.existing ?? 0;
      for (const { effect, count } of measured?.measures ?? []) {
        const name = `${comparison} ${effect}`;
        if (HAS_NONE.includes(`${comparison},${effect}`)) {
          expect({ name, count }).toEqual({ name, count: 0 });
          continue;
        }
        expect(count).toBeGreaterThan(0);
        for (const limit of [count + 1, count]) {
          await world.limit(exactly(effect, limit, existing));
          const judged = (await measuresOf(world))[comparison];
          expect({ name, limit, refused: judged?.refused }).toEqual({ name, limit, refused: undefined });
        }
        await world.limit(exactly(effect, count - 1, existing));
        await refusesEverything(world, comparison, effect, count);
      }
    });
  }
});

/** Over the limit: exit 4, no write to that instance, the way out in words and as a number, files there to look at. */
async function refusesEverything(world: TestWorld, comparison: Comparison, effect: Effect, count: number) {
  const instance = INSTANCE[comparison];
  const { exit, summary } = await world.run({ instance });
  const refused = summary.reports.find((report) => report.comparison?.name === comparison)?.comparison?.refused;
  expect({ comparison, effect, exit, writes: writesTo(world, instance) }).toEqual({
    comparison,
    effect,
    exit: EXIT.refused,
    writes: [],
  });
  expect(refused).toMatchObject([{ code: "limit.exceeded", params: { comparison, effect, count } }]);
  expect(refused?.[0]?.text).toMatch(/limit \d+|limit [\d.]+ %/);
  expect(refused?.[0]?.text).toContain(`--allow ${effect}=${count}`);
  expect(summary.refusals).toEqual(expect.arrayContaining(refused ?? []));
  for (const kind of ["creates", "updates", "not_in_sync"])
    expect((await world.artifact(`${comparison}_${kind}.json`)).length).toBeGreaterThan(0);
  expect(JSON.parse(await world.text(`${comparison}_changeset.manifest.json`)).verdict).toBe("over a limit");
  // One way out for the whole run: the most that any comparison of it needs.
  const counts = (summary.refusals ?? []).map(({ params }) => (params.effect === effect ? Number(params.count) : 0));
  expect(await world.text("report.md")).toContain(`--allow ${effect}=${Math.max(...counts)}`);
  // The refused change files handed to the writing stage directly.
  const stage = { global: "sync", usgov: "sync", partner: "partner-sync", usgov_user: "user-sync" }[
    comparison
  ] as "sync";
  const given: Record<string, string> = stage === "sync" ? { instance } : {};
  const other = effect === "marks" ? "updates" : "marks";
  for (const allow of [{}, { allow: `${effect}=${count - 1}` }, { allow: `${other}=1000` }])
    expect({ effect, allow, exit: (await world.stage(stage, { ...given, ...allow })).exit }).toEqual({
      effect,
      allow,
      exit: EXIT.refused,
    });
  expect(writesTo(world, instance)).toEqual([]);
}

describe("S2: --allow", () => {
  test("exactly so many, this run only: too small and for another effect refuse, enough is applied, the next run is judged anew", async () => {
    await using world = await startLimited();
    const marks = (await measuresOf(world)).global?.measures.find(({ effect }) => effect === "marks")?.count ?? 0;
    await world.limit({ ...OPEN, marks: { percent: 0, max: 1000 } });
    for (const allow of [`marks=${marks - 1}`, "updates=1000 creates=1000", `marked_total=${marks}`]) {
      expect({ allow, exit: (await world.run({ instance: "global", allow })).exit }).toEqual({
        allow,
        exit: EXIT.refused,
      });
      expect(world.sandbox.writes()).toEqual([]);
    }
    expect((await world.run({ instance: "global", allow: `marks=${marks}` })).exit).toBe(EXIT.done);
    expect(writesTo(world, "global").length).toBeGreaterThan(0);
    world.sandbox.clearRequests();
    // Nothing is remembered of the allowance.
    const [organization] = world.sandbox.zendesk("global").organizations;
    const fields = (organization?.organization_fields ?? {}) as Record<string, unknown>;
    world.sandbox.editSalesforce("Account", String(fields.salesforce_id), { Type: "Prospect" });
    expect((await world.run({ instance: "global" })).exit).toBe(EXIT.refused);
    expect(world.sandbox.writes()).toEqual([]);
  });

  test("change files that a limit refused are applied by sync when it is given the same number", async () => {
    await using world = await startLimited();
    const marks = (await measuresOf(world)).usgov?.measures.find(({ effect }) => effect === "marks")?.count ?? 0;
    await world.limit({ ...OPEN, marks: { percent: 0, max: 1000 } });
    await world.preview({ allow: `marks=${marks}` });
    // The allowance of the preview is not the sync's.
    expect((await world.stage("sync", { instance: "us-government" })).exit).toBe(EXIT.refused);
    expect(world.sandbox.writes()).toEqual([]);
    const given = { instance: "us-government", allow: `marks=${marks}` };
    expect((await world.stage("sync", given)).exit).toBe(EXIT.done);
    expect(writesTo(world, "us-government").length).toBeGreaterThan(0);
  });
});

describe("S2: one instance is refused, the other goes on", () => {
  for (const [refused, other, comparison] of [
    ["global", "us-government", "global"],
    ["us-government", "global", "usgov"],
    ["global", "us-government", "partner"],
    ["us-government", "global", "usgov_user"],
  ] as const) {
    test(`${comparison} over a limit: nothing in ${refused}, everything in ${other}`, async () => {
      await using world = await startLimited();
      const measured = await measuresOf(world);
      // The one effect in which this comparison is above all of the other instance: creates, made many.
      const count = measured[comparison]?.planned.creates ?? 0;
      for (let made = 0; made < 10; made++) addCreate(world, comparison, made);
      await world.limit({ ...OPEN, creates: count + 5 });
      const { exit, summary } = await world.run();
      expect(exit).toBe(EXIT.refused);
      expect(writesTo(world, refused)).toEqual([]);
      expect(writesTo(world, other).length).toBeGreaterThan(0);
      const refusals = summary.reports.flatMap((report) =>
        report.comparison?.refused ? [report.comparison.name] : [],
      );
      expect(refusals).toEqual([comparison]);
      expect(await world.text("report.md")).toContain("--allow creates=");
    });
  }
});

/** Makes one more record to create, by making its present organization or user unknown. */
function addCreate(world: TestWorld, comparison: Comparison, made: number): void {
  const { sandbox } = world;
  if (comparison === "usgov_user") {
    const contacts = sandbox.world.salesforce.Contact;
    const contact = contacts[made % contacts.length];
    sandbox.editSalesforce("Contact", String(contact?.Id), { Email: `new.person.${made}@new-company.example` });
    return;
  }
  const partner = comparison === "partner";
  const list = sandbox.zendesk(INSTANCE[comparison]).organizations.filter((organization) => {
    const fields = organization.organization_fields as Record<string, unknown>;
    return String(fields.account_type).includes("partner") === partner && fields.mark_for_deletion !== true;
  });
  const organization = list[0];
  if (organization) sandbox.deleteOrganization(INSTANCE[comparison], Number(organization.id));
}

describe("S2: minimum_existing", () => {
  for (const comparison of COMPARISONS) {
    test(`${comparison}: percentages and creates apply from so many records on, and not below`, async () => {
      await using world = await startLimited();
      const existing = (await measuresOf(world))[comparison]?.existing ?? 0;
      for (const nothing of [
        { ...OPEN, updates: { percent: 0 } },
        { ...OPEN, creates: 0 },
        { ...OPEN, marked_total: { percent: 0 } },
      ]) {
        const refused: boolean[] = [];
        for (const minimum_existing of [existing - 1, existing, existing + 1]) {
          await world.limit({ ...nothing, minimum_existing });
          refused.push((await measuresOf(world))[comparison]?.refused !== undefined);
        }
        expect(refused).toEqual([true, true, false]);
      }
      // The maximum of marks holds on a first fill, too.
      await world.limit({ ...OPEN, marks: { percent: 0, max: 1 }, minimum_existing: existing + 1 });
      expect((await measuresOf(world))[comparison]?.refused?.[0]?.params).toMatchObject({ effect: "marks" });
    });
  }
});

test("S2: marked_total creeps up over several runs until it stops one, though each marks only a few", async () => {
  await using world = await startLimited(calmWorld(30));
  const limits = { ...OPEN, marks: { percent: 10, max: 2 }, marked_total: { percent: 20 }, minimum_existing: 10 };
  await world.limit(limits);
  const accounts = world.sandbox.world.salesforce.Account.map(({ Id }) => String(Id));
  const leave = (count: number) => {
    for (const id of accounts.splice(0, count)) world.sandbox.editSalesforce("Account", id, { Type: "Prospect" });
  };
  for (const total of [2, 4, 6]) {
    leave(2);
    expect({ total, exit: (await world.run()).exit }).toEqual({ total, exit: EXIT.done });
  }
  world.sandbox.clearRequests();
  leave(1);
  const { exit, summary } = await world.run({ instance: "global" });
  expect(exit).toBe(EXIT.refused);
  expect(world.sandbox.writes()).toEqual([]);
  const refused = summary.reports
    .flatMap(({ comparison }) => comparison?.refused?.map(({ text }) => text) ?? [])
    .join("\n");
  expect(refused).toMatch(/marked in total.*7 of 30/);
  expect(refused).toContain("--allow marked_total=7");
  expect((await world.run({ instance: "global", allow: "marked_total=6" })).exit).toBe(EXIT.refused);
  expect((await world.run({ instance: "global", allow: "marked_total=7" })).exit).toBe(EXIT.done);
  // A run that marks nothing is not held up by what was marked before.
  expect((await world.run({ instance: "global" })).exit).toBe(EXIT.done);
});

test("S2: what compare refused stays refused, also where sync is configured with greater limits", async () => {
  await using world = await startLimited();
  await world.limit({ ...OPEN, creates: 1 });
  const judged = (await measuresOf(world)).global;
  expect(judged?.refused?.[0]?.params).toMatchObject({ effect: "creates" });
  const creates = judged?.planned.creates ?? 0;
  expect(creates).toBeGreaterThan(1);
  await world.limit(OPEN);
  for (const allow of [{}, { allow: `creates=${creates - 1}` }, { allow: `marks=${creates}` }])
    expect((await world.stage("sync", { instance: "global", ...allow })).exit).toBe(EXIT.refused);
  expect(world.sandbox.writes()).toEqual([]);
  expect((await world.stage("sync", { instance: "global", allow: `creates=${creates}` })).exit).toBe(EXIT.done);
});

test("S2: the defaults are the specification's", () => {
  expect(DEFAULT_LIMITS).toEqual({
    holds: { percent: 5, max: 100 },
    creates: 500,
    contacts: 1000,
    marks: { percent: 5, max: 200 },
    updates: { percent: 30 },
    downgrades: { percent: 5, max: 100 },
    marked_total: { percent: 20 },
    minimum_existing: 10,
  });
});
