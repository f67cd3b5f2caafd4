import { describe, expect, setDefaultTimeout, test } from "bun:test";
import { mkdir, readdir, stat } from "node:fs/promises";
import { hostname } from "node:os";
import { join } from "node:path";
import type { RunJson } from "../../bin/commands/run.ts";
import { countsToConfirm, formatConfirmedCounts } from "../../lib/domain/confirmed-counts.ts";
import { EXIT } from "../../lib/errors.ts";
import { STAGE_GRAPH, type StageName, stageJobs } from "../../lib/pipeline/stage-graph.ts";
import { FIRST_PLANNED_ID } from "../../lib/remotes/zendesk/plan.ts";
import { latestRunRecords, readRunRecord } from "../../lib/storage/runs/read-run-records.ts";
import type { RunRecord } from "../../lib/storage/runs/run-record.ts";
import { comparisons, RUN_TIMEOUT, startWorld, type TestWorld, withLimits } from "./world.ts";

setDefaultTimeout(RUN_TIMEOUT);

const planned = (summary: RunJson) =>
  Object.fromEntries(Object.entries(comparisons(summary)).map(([name, one]) => [name, one.planned]));

const zendeskWrites = (world: TestWorld) =>
  world.sandbox.writes().filter(({ service }) => service.startsWith("zendesk-")).length;

/** The counts of a dry run, as the text that a person confirms. */
function confirm(summary: RunJson): string {
  return formatConfirmedCounts(countsToConfirm(summary.reports.flatMap(({ comparison }) => comparison ?? [])));
}

/** Renames an account whose organization in an instance is in sync or not: its update is one more than before. */
async function changeAnAccount(world: TestWorld, prefix: "global" | "usgov"): Promise<void> {
  const touched = new Set<unknown>();
  for (const kind of ["creates", "updates", "not_in_sync"])
    for (const { salesforce_id: id } of await world.artifact(`${prefix}_${kind}.json`)) touched.add(id);
  const there = await world.artifact<{ organization_fields: Record<string, unknown> }>(`zendesk_${prefix}.json`);
  const known = new Set(there.map(({ organization_fields: fields }) => fields.salesforce_id));
  const desired = await world.artifact(`${prefix}_accounts.json`);
  const account = desired.find(({ salesforce_id: id }) => known.has(id) && !touched.has(id));
  expect(account).toBeDefined();
  world.sandbox.editSalesforce("Account", String(account?.salesforce_id), { Account_Owner_Calc__c: "Another Owner" });
}

describe("a run bound to the counts of a dry run", () => {
  test("plans what the dry run showed, is within, and does it all", async () => {
    await using world = await startWorld();
    const dry = await world.run({ "dry-run": "true" });
    expect(zendeskWrites(world)).toBe(0);
    const real = await world.run({ "at-most": confirm(dry.summary) });
    expect(planned(real.summary)).toEqual(planned(dry.summary));
    expect(Object.keys(planned(real.summary)).sort()).toEqual(["global", "partner", "usgov", "usgov_user"]);
    expect(real.exit).toBe(EXIT.done);
    for (const { results } of Object.values(comparisons(real.summary))) expect(results?.create.failed).toBe(0);
    // That nothing happens can be confirmed, too.
    expect((await world.run({ "at-most": formatConfirmedCounts({}) })).exit).toBe(EXIT.done);
  });

  test.each(["global", "usgov"] as const)(
    "something more in %s by then: exit 4, and neither instance is written to",
    async (prefix) => {
      await using world = await startWorld();
      const dry = await world.run({ "dry-run": "true" });
      const atMost = confirm(dry.summary);
      await changeAnAccount(world, prefix);
      const { exit, summary } = await world.run({ "at-most": atMost, "run-id": "refused" });
      expect(exit).toBe(EXIT.refused);
      expect(zendeskWrites(world)).toBe(0);
      const now = Number(planned(dry.summary)[prefix]?.updates);
      const comparison = summary.reports.find((one) => one.comparison?.name === prefix)?.comparison;
      expect(comparison?.unconfirmed).toEqual([{ effect: "updates", count: now + 1, confirmed: now }]);
      expect(comparison?.refused?.[0]).toMatchObject({ code: "count.unconfirmed", params: { count: now + 1 } });
      expect(summary.failures.map(({ where, message }) => [where, message.includes("than was confirmed")])).toEqual([
        [prefix === "global" ? "us-government" : "global", true],
      ]);
      const record = await readRunRecord(world.dataDir, "refused");
      expect(record?.comparisons.filter(({ unconfirmed }) => unconfirmed.length > 0)).toMatchObject([
        { name: prefix, unconfirmed: [{ effect: "updates", count: now + 1, confirmed: now }], results: null },
      ]);
      expect(record?.steps.filter(({ state }) => state === "refused")).toMatchObject([{ stage: "compare" }]);
      const report = await world.text("report.md");
      expect(report).toMatch(/now has \d+ updates, and only \d+ w(?:as|ere) confirmed/);
      expect(report.match(/confirm the new numbers/g)).toHaveLength(1);
      // Looked at again and confirmed again: it goes on.
      const second = await world.run({ "dry-run": "true" });
      expect((await world.run({ "at-most": confirm(second.summary) })).exit).toBe(EXIT.done);
    },
  );

  test("fewer by then is no reason to stop; a limit still refuses its own instance only (G6)", async () => {
    await using world = await startWorld({
      config: withLimits({ creates: 0, minimum_existing: 1 }),
    });
    const dry = await world.run({ "dry-run": "true" });
    const more = countsToConfirm(dry.summary.reports.flatMap(({ comparison }) => comparison ?? []));
    const atMost = formatConfirmedCounts({ ...more, global: { ...more.global, updates: 9999 } });
    const { exit, summary } = await world.run({ "at-most": atMost });
    expect(exit).toBe(EXIT.refused);
    expect(summary.failures).toEqual([]);
    for (const { comparison } of summary.reports) expect(comparison?.unconfirmed).toBeUndefined();
  });
});

describe("stage by stage", () => {
  /** All stages of a pipeline in one data directory; answers the comparisons by name. */
  async function pipeline(world: TestWorld, given: Record<string, string>) {
    const orders = { "run-id": "p", ...given };
    const reading = { "run-id": "p" };
    await world.stage("gather-accounts", reading);
    for (const instance of ["global", "us-government"]) await world.stage("gather-orgs", { ...reading, instance });
    await world.stage("process", reading);
    const ended: Awaited<ReturnType<TestWorld["stage"]>>[] = [];
    const atMost = given["at-most"] === undefined ? {} : { "at-most": given["at-most"] };
    for (const instance of ["global", "us-government"]) {
      const compared = await world.stage("compare", { ...reading, ...atMost, instance });
      ended.push(compared);
      if (compared.exit !== EXIT.done) continue;
      ended.push(await world.stage("sync", { ...orders, instance }));
      ended.push(await world.stage(instance === "global" ? "partner-sync" : "user-sync", orders));
    }
    const all = ended.flatMap(({ report }) => (report?.comparison ? [report.comparison] : []));
    return { all: [...new Map(all.map((one) => [one.name, one])).values()], exits: ended.map(({ exit }) => exit) };
  }

  test("a dry run counts users of organizations about to be created, so the real one fits what was confirmed", async () => {
    await using world = await startWorld();
    await world.preview();
    const [organization] = await world.artifact("usgov_creates.json");
    const [user] = await world.artifact("usgov_user_creates.json");
    const contact = world.sandbox.world.salesforce.Contact.find(
      ({ Email }) => String(Email).toLowerCase() === user?.email,
    );
    const account = String(organization?.salesforce_id);
    const move = { AccountId: account, Account: { Id: account, Account_ID_18__c: account } };
    world.sandbox.editSalesforce("Contact", String(contact?.Id), move);
    const dry = await pipeline(world, { "dry-run": "true" });
    const ofNew = (await world.artifact("usgov_user_creates.json")).filter(({ salesforce_id: id }) => id === account);
    expect(ofNew.map(({ email }) => email)).toContain(user?.email);
    expect(zendeskWrites(world)).toBe(0);
    const real = await pipeline(world, { "at-most": formatConfirmedCounts(countsToConfirm(dry.all)) });
    expect(real.all.map(({ name, planned: one }) => [name, one])).toEqual(
      dry.all.map(({ name, planned: one }) => [name, one]),
    );
    expect(new Set(real.exits)).toEqual(new Set([EXIT.done]));
    // What is there by now is not planned a second time: two organizations for one account would be left alone.
    const { report } = await world.stage("user-sync", { "run-id": "p", "dry-run": "true" });
    expect(report?.comparison?.planned).toEqual({ creates: 0, updates: 0, marks: 0, contacts: 0 });
    const users = await world.artifact<{ organization_id: number }>("usgov_user_contacts.json");
    expect(users.some(({ organization_id: id }) => id >= FIRST_PLANNED_ID)).toBe(false);
  });

  test("more than was confirmed stops that branch before its write, and sync does not apply what compare refused", async () => {
    await using world = await startWorld();
    const dry = await pipeline(world, { "dry-run": "true" });
    const counts = countsToConfirm(dry.all);
    const usgov = { ...counts.usgov, creates: (counts.usgov?.creates ?? 1) - 1 };
    const atMost = formatConfirmedCounts({ ...counts, usgov });
    const { exits } = await pipeline(world, { "at-most": atMost });
    expect(exits).toEqual([EXIT.done, EXIT.done, EXIT.done, EXIT.refused]);
    const written = world.sandbox.writes().map(({ service }) => service);
    expect(written).not.toContain("zendesk-us-government");
    for (const given of [{}, { "at-most": atMost }] as Record<string, string>[])
      expect((await world.stage("sync", { instance: "us-government", "run-id": "p", ...given })).exit).toBe(
        EXIT.refused,
      );
    const confirmedAgain = { "at-most": formatConfirmedCounts(counts) };
    const applied = await world.stage("sync", { instance: "us-government", "run-id": "p", ...confirmedAgain });
    expect(applied.exit).toBe(EXIT.done);
  });
});

describe("run.json", () => {
  /** What a run does of the stages: what is done once for all instances is of none. */
  const ALL = [
    ...new Map(
      stageJobs().map(({ stage, instance }) => {
        const step = [stage, STAGE_GRAPH[stage].isDoneOnce ? null : instance] as const;
        return [step.join(" "), step];
      }),
    ).values(),
  ].sort();
  const stepsOf = (record: RunRecord | null) =>
    record?.steps.map(({ stage, instance }) => [stage, instance] as [string, string | null]).sort();

  test("every stage, what came of each comparison, unknown charges and conflicts", async () => {
    await using world = await startWorld();
    const { summary } = await world.run({ "run-id": "whole" });
    const record = await readRunRecord(world.dataDir, "whole");
    expect(record).toMatchObject({
      run_id: "whole",
      command: "run",
      dry_run: false,
      instances: ["global", "us-government"],
      host: hostname(),
      pid: process.pid,
      exit: EXIT.done,
      failures: [],
    });
    expect(Date.parse(record?.ended_at ?? "")).toBeGreaterThanOrEqual(Date.parse(record?.started_at ?? ""));
    expect(stepsOf(record)).toEqual(ALL as never);
    const begun = record?.steps.map(({ stage, instance }) => ({ stage: stage as StageName, instance })) ?? [];
    for (const [index, { stage, instance }] of begun.entries())
      for (const needed of STAGE_GRAPH[stage].needs) {
        const before = begun.slice(0, index).filter((one) => one.stage === needed);
        expect(before.map((one) => one.instance)).toContain(STAGE_GRAPH[needed].isDoneOnce ? null : instance);
      }
    expect(new Set(record?.steps.map(({ state }) => state))).toEqual(new Set(["done"]));
    for (const comparison of record?.comparisons ?? []) {
      const reported = comparisons(summary)[comparison.name];
      expect(comparison.planned).toEqual(reported?.planned as never);
      expect(comparison.results).toEqual(reported?.results as never);
    }
    expect(record?.comparisons).toHaveLength(4);
    const charges = record?.unknown_charges ?? [];
    expect(charges.length).toBeGreaterThan(0);
    expect(charges[0]?.accounts.length).toBeGreaterThan(0);
    const notes = await Promise.all(
      ["global", "usgov", "partner", "usgov_user"].map((one) => world.artifact(`${one}_notes.json`)),
    );
    expect(record?.conflicts.length).toBeGreaterThan(0);
    expect(record?.conflicts).toHaveLength(notes.flat().filter(({ rule }) => rule === "C7").length);
    expect((await stat(join(world.dataDir, "history/whole/run.json"))).mode & 0o777).toBe(0o600);
  });

  test("while it goes on it can be followed", async () => {
    await using world = await startWorld();
    const seen: (RunRecord | null)[] = [];
    const running = world.run({ "run-id": "followed" });
    let over = false;
    running.finally(() => {
      over = true;
    });
    while (!over) {
      seen.push(await readRunRecord(world.dataDir, "followed"));
      await Bun.sleep(1);
    }
    const during = seen.filter((record) => record?.ended_at === null);
    expect(during.some((record) => record?.steps.some(({ state }) => state === "running"))).toBe(true);
    expect(during.every((record) => record?.exit === null)).toBe(true);
    expect(await readdir(join(world.dataDir, "history/followed"))).toContain("run.json");
  });

  test("wrong settings: seen where runs were before, and no history is made where none was", async () => {
    await using world = await startWorld();
    const wrong = { today: "2026-11-23", "run-id": "wrong" };
    await Bun.write(join(world.dataDir, "../zdsync.config.yml"), "nonsense: 1\n");
    expect((await world.run(wrong)).exit).toBe(EXIT.usage);
    expect((await readdir(world.dataDir)).sort()).toEqual(["report.html", "report.md"]);
    await mkdir(join(world.dataDir, "history/earlier"), { recursive: true });
    await Bun.write(join(world.dataDir, "history/earlier/run.json"), "{}");
    expect((await world.run({ ...wrong, "run-id": "earlier" })).exit).toBe(EXIT.usage);
    expect(await readRunRecord(world.dataDir, "earlier")).toBeNull();
    expect((await world.run(wrong)).exit).toBe(EXIT.usage);
    const record = await readRunRecord(world.dataDir, "wrong");
    expect(record).toMatchObject({ exit: EXIT.usage, steps: [], comparisons: [] });
    expect(JSON.stringify(record?.failures[0]?.reasons)).toContain("nonsense");
    expect(record?.ended_at).not.toBeNull();
  });

  test("a dry run, a preview, and runs that end early have one, too", async () => {
    await using world = await startWorld();
    const began = new Date(Date.now() - 60_000);
    await world.run({ "run-id": "dry", "dry-run": "true" });
    await world.preview({ "run-id": "looked" });
    world.sandbox.addFault({ kind: "404", service: "salesforce", path: "/query" });
    await world.run({ "run-id": "early" });
    const records = await latestRunRecords(world.dataDir, began);
    expect(records.map(({ run_id, command, dry_run, exit }) => [run_id, command, dry_run, exit])).toEqual([
      ["early", "run", false, EXIT.failed],
      ["looked", "preview", true, EXIT.done],
      ["dry", "run", true, EXIT.done],
    ]);
    const [early] = records;
    expect(early?.failures.map(({ where }) => where)).toEqual(["gather-accounts"]);
    expect(early?.steps.find(({ stage }) => stage === "gather-accounts")?.state).toBe("failed");
    expect(early?.comparisons).toEqual([]);
    expect(early?.ended_at).not.toBeNull();
  });
});
