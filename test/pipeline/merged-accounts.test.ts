import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { RUN_TIMEOUT, startWorld, type TestWorld } from "./world.ts";

setDefaultTimeout(RUN_TIMEOUT);

/* A merge in Salesforce, from the day it happens until Salesforce has forgotten it (C9). Each test goes on where the one before ended. */

type Organization = { id: number; organization_fields: Record<string, unknown> };
type Note = { rule: string; code: string; salesforce_id: string | null; id: number; reason: string };

let world: TestWorld;
let loser: Organization;
let winner: Organization;

beforeAll(async () => {
  world = await startWorld({ accounts: 150 });
  expect((await world.run()).exit).toBe(0);
  const [first, second] = await inSync();
  if (!first || !second) throw new Error("the world has no two organizations that are as they should be");
  [loser, winner] = [first, second];
  world.sandbox.mergeAccounts(idOf(winner), idOf(loser));
});
afterAll(() => world[Symbol.asyncDispose]());

const idOf = ({ organization_fields: fields }: Organization) => String(fields.salesforce_id);

/** Organizations of global that stand as process wants them. */
async function inSync(): Promise<Organization[]> {
  const accounts = await world.artifact<{ salesforce_id: string }>("global_accounts.json");
  const ids = new Set(accounts.map((one) => one.salesforce_id));
  const organizations = world.sandbox.zendesk("global").organizations as Organization[];
  return organizations.filter((one) => ids.has(idOf(one)) && one.organization_fields.support_level === "premium");
}

async function isMarked(): Promise<boolean> {
  const organizations = world.sandbox.zendesk("global").organizations as Organization[];
  return organizations.find(({ id }) => id === loser.id)?.organization_fields.mark_for_deletion === true;
}

async function noteOfLoser(): Promise<Note | undefined> {
  return (await world.artifact<Note>("global_notes.json")).find(({ id }) => id === loser.id);
}

describe("an account that was merged into another", () => {
  test("keeps its organization unmarked, and everybody is told where it went", async () => {
    expect((await world.run()).exit).toBe(0);
    expect(await isMarked()).toBe(false);
    const note = await noteOfLoser();
    expect(note).toMatchObject({ rule: "C9", salesforce_id: idOf(loser) });
    expect(note?.reason).toContain(`merged into ${idOf(winner)}, whose organization is ${winner.id}`);
    const report = await world.text("report.md");
    expect(report).toContain(`its account was merged into ${idOf(winner)}`);
    expect(report).toContain(idOf(winner));
    expect(await world.artifact("merged_accounts.json")).toContainEqual({
      salesforce_id: idOf(loser),
      merged_into: idOf(winner),
      merged_at: expect.any(String),
      forgotten: false,
    });
  });

  test("is told in the run's record, for the bot", async () => {
    const { summary } = await world.run();
    const record = JSON.parse(await world.text(join("history", summary.run_id, "run.json")));
    expect(record.merged).toContainEqual(expect.objectContaining({ comparison: "global", id: loser.id }));
    expect(record.conflicts).not.toContainEqual(expect.objectContaining({ id: loser.id }));
  });

  test("is kept when Salesforce has forgotten the merge: a mark needs to be allowed", async () => {
    world.sandbox.emptyRecycleBin();
    expect((await world.run()).exit).toBe(0);
    expect(await isMarked()).toBe(false);
    const forgotten = (await world.artifact<Note>("global_notes.json")).filter(
      ({ code }) => code === "mark.merge_forgotten",
    );
    expect((await noteOfLoser())?.reason).toContain(`--allow merged_marks=${forgotten.length}`);
    expect((await world.run({ allow: `merged_marks=${forgotten.length - 1}` })).exit).toBe(0);
    expect(await isMarked()).toBe(false);
  });

  test("is said to be planned where it is allowed, and marked by that run", async () => {
    const count = (await world.artifact<Note>("global_notes.json")).filter(
      ({ code }) => code === "mark.merge_forgotten",
    ).length;
    const { summary } = await world.preview({ allow: `merged_marks=${count}` });
    const planned = summary.reports.find(({ comparison }) => comparison?.name === "global")?.comparison?.planned;
    expect(planned?.marks).toBe(count);
    expect((await world.run({ allow: `merged_marks=${count}` })).exit).toBe(0);
    expect(await isMarked()).toBe(true);
  });
});

test("a memory that is damaged is told and begun anew; the run goes on", async () => {
  await Bun.write(join(world.dataDir, "merged_accounts_memory.json"), "{");
  expect((await world.run()).exit).toBe(0);
  expect(world.printed()).toContain("The merged accounts recorded by earlier runs are lost");
  await rm(join(world.dataDir, "merged_accounts_memory.json"));
  expect((await world.run()).exit).toBe(0);
});
