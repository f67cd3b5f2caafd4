import { expect, setDefaultTimeout, test } from "bun:test";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import type { StageName } from "../../bin/stages.ts";
import { answerTo } from "../../bot/organizations/render-explanation.ts";
import { explainSubjects } from "../../lib/explain/explain-subjects.ts";
import { ArtifactStore } from "../../lib/storage/artifacts/store.ts";
import { RUN_TIMEOUT, startWorld, type TestWorld } from "../pipeline/world.ts";
import { explainIn } from "./ask.ts";
import { answerOf, type OpenedRow, openedPage } from "./opened-page.ts";

setDefaultTimeout(RUN_TIMEOUT);

/* Every page whose rows matter opens them to why: an undo's, a stage's, Slack's; what the command says is what stands there. */

const page = (world: TestWorld, name: string) => openedPage(join(world.dataDir, name));

const explainedOf = (rows: readonly OpenedRow[]) => rows.filter(({ explanation }) => explanation !== null);

test("a stage alone leaves a page whose rows open to what zdsync explain says", async () => {
  await using world = await startWorld({ accounts: 150 });
  for (const name of ["gather-accounts", "gather-orgs", "process", "compare", "sync"] satisfies StageName[]) {
    const given = /^(?:gather-orgs|compare|sync)$/.test(name) ? { instance: "global" } : {};
    expect((await world.stage(name, { ...given, "run-id": "alone" })).exit).toBe(0);
    if (name !== "compare" && name !== "sync") continue;
    const rows = explainedOf((await page(world, "global_report.html")).rows).filter((one) => one.salesforceId !== null);
    expect(rows.length).toBeGreaterThan(10);
    for (const row of rows.slice(0, 10))
      expect(answerOf(row)).toBe((await explainIn(world, row.salesforceId ?? "", { instance: "global" })).answer);
  }
});

test("an undo leaves a page whose rows open to why the run did what is taken back, also where the files are a later run's", async () => {
  await using world = await startWorld({ accounts: 150 });
  expect((await world.run({ "run-id": "first" })).exit).toBe(0);
  expect((await world.undo("history/first/global_results.json", { "run-id": "back" })).exit).toBe(0);
  const rows = explainedOf((await page(world, "report.html")).rows);
  expect(rows.length).toBeGreaterThan(5);
  for (const row of rows.slice(0, 8)) {
    // Users are called by their addresses.
    const asked = row.name.includes("@") ? row.name : (row.salesforceId ?? "");
    expect(answerOf(row)).toBe((await explainIn(world, asked, { instance: "global" })).answer);
  }
  expect(rows.map(answerOf).join("\n")).toMatch(/Since then undo back \(\S+\) reverted what a run had done to it/);
});

test("an undo of an earlier run explains its rows from what the history kept of that run", async () => {
  await using world = await startWorld({ accounts: 150 });
  expect((await world.run({ "run-id": "first" })).exit).toBe(0);
  expect((await world.run({ "run-id": "second" })).exit).toBe(0);
  expect((await world.undo("history/first/global_results.json", { "run-id": "back" })).exit).toBe(0);
  const rows = explainedOf((await page(world, "report.html")).rows);
  expect(rows.length).toBeGreaterThan(5);
  for (const { explanation } of rows)
    expect(explanation?.sections[0]?.lines[0]?.spans[0]?.text).toBe("run first, from the history");
});

test("Slack's page has explanations and audit of global, and of us-government nothing", async () => {
  await using world = await startWorld({
    accounts: 150,
    config: (text) => text.replace(/^slack:$/m, "slack:\n  page: true\n  us_government: ids_only"),
  });
  expect((await world.run({ "run-id": "first" })).exit).toBe(0);
  const [whole, shown] = [await page(world, "report.html"), await page(world, "report.slack.html")];
  const ofGlobal = (rows: readonly OpenedRow[]) => explainedOf(rows).filter(({ instance }) => instance === "global");
  expect(ofGlobal(shown.rows).map(answerOf)).toEqual(ofGlobal(whole.rows).map(answerOf));
  expect(ofGlobal(shown.rows).length).toBeGreaterThan(20);
  expect(whole.head.audit.some(({ params }) => params.instance === "us-government")).toBeTrue();
  expect(shown.head.audit.length).toBeGreaterThan(3);
  expect(JSON.stringify(shown.head.audit)).not.toContain("us-government");
  const { secret, known } = await namesOfUsGovernment(world);
  expect(secret.length).toBeGreaterThan(20);
  expect(secret.filter((word) => shown.text.includes(word))).toEqual([]);
  expect(known.some((word) => shown.text.includes(word))).toBeTrue();
});

/** Words that only us-government's customers have: names, addresses, and ids of accounts that global does not know. */
async function namesOfUsGovernment(world: TestWorld): Promise<{ secret: string[]; known: string[] }> {
  const wordsIn = async (names: readonly string[]) =>
    (await Promise.all(names.map((name) => world.text(name)))).flatMap((text) =>
      [...text.matchAll(/"(?:name|email|external_id|salesforce_id)":("(?:[^"\\]|\\.)*")/g)].map(
        ([, word = '""']) => JSON.parse(word) as string,
      ),
    );
  const known = await wordsIn(["global_accounts.json", "partner_accounts.json", "zendesk_global.json"]);
  const all = known.join("\n").toLowerCase();
  const own = await wordsIn(["usgov_accounts.json", "zendesk_usgov.json", "usgov_users.json"]);
  const secret = own.filter((word) => word.length > 7 && !all.includes(word.toLowerCase()));
  return { secret: [...new Set(secret)].map((word) => JSON.stringify(word).slice(1, -1)), known };
}

test("after --instance, what is told of the other instance is its own run's, and says so", async () => {
  await using world = await startWorld({ accounts: 150 });
  const id = world.sandbox.world.oddities.find(({ name }) => name.startsWith("E3 E11"))?.salesforce_id ?? "";
  expect((await world.run({ "run-id": "both" })).exit).toBe(0);
  const before = (await explainIn(world, id)).answer;
  expect(before).toContain("The run updated organization");
  expect((await world.run({ "run-id": "government", instance: "us-government" })).exit).toBe(0);
  const after = (await explainIn(world, id)).answer;
  expect(after).toContain("global (as of run both): ");
  // A first line that became longer leaves out the instance that has nothing.
  const withoutNothing = (text: string) => text.replace(" · us-government: nothing", "");
  expect(withoutNothing(after.replace(" (as of run both)", ""))).toBe(withoutNothing(before));
});

test("a run that left no rules is told in the bot's words, not in the terminal's", async () => {
  await using world = await startWorld({ accounts: 150 });
  expect((await world.run()).exit).toBe(0);
  await rm(join(world.dataDir, "inputs"), { recursive: true });
  const nowhere = { salesforce: null, global: null, "us-government": null };
  const setting = { hosts: nowhere, usGovernment: "names" } as const;
  const [answer] = await explainSubjects(["Somebody"], new ArtifactStore(world.dataDir), setting);
  expect(answer).toEqual({ is: "no rules" });
  const run = { endedAt: new Date(), url: null };
  const { text } = answerTo("Somebody", answer ?? { is: "no rules" }, { hosts: nowhere, run, state: null });
  expect(text).toContain("left no rules to explain “Somebody”");
  expect(text).not.toContain("Run zdsync again");
});
