import { afterAll, beforeAll, expect, setDefaultTimeout, test } from "bun:test";
import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { simulation } from "../../bin/commands/simulate-command.ts";
import { RUN_TIMEOUT, startWorld, type TestWorld } from "./world.ts";

setDefaultTimeout(RUN_TIMEOUT);

/* `zdsync simulate` on what a preview of the sandbox's world gathered, as whoever reviews a change of rules runs it. */

let world: TestWorld;
let plans: string;
let requests: number;
beforeAll(async () => {
  world = await startWorld({ accounts: 150 });
  expect((await world.preview()).exit).toBe(0);
  plans = await readFile(join(import.meta.dir, "../../plans.yml"), "utf8");
  requests = world.sandbox.requests.length;
});
afterAll(() => world[Symbol.asyncDispose]());

interface Told {
  exit: number;
  harms: { harm: string; count: number; salesforce_ids: string[] }[];
  comparisons: { comparison: string; planned: Record<string, number> }[];
  refusals?: { code: string }[];
  problems?: { where: string; what: string }[];
  files: { markdown: string; page: string };
}

/** Without any credential in the environment. */
async function simulated(
  given: Record<string, string>,
  json = true,
): Promise<{ exit: number; told: Told; text: string }> {
  const lines: string[] = [];
  const output = { out: (text: string) => void lines.push(text), err: () => {}, live: false as const };
  const exit = await simulation.run({
    name: "simulate",
    given: { "data-dir": world.dataDir, ...given },
    json,
    shell: { env: {}, output, clock: () => new Date() },
  });
  const text = lines.join("\n");
  return { exit, told: json ? JSON.parse(text) : {}, text };
}

async function newFile(name: string, text: string): Promise<string> {
  const path = join(world.dataDir, "..", name);
  await writeFile(path, text);
  return path;
}

test("the run's own rules change nothing, though the world has much that is pending", async () => {
  const { exit, told } = await simulated({ plans: await newFile("same.yml", plans) });
  expect(exit).toBe(0);
  expect(told.harms).toEqual([]);
  expect(told.comparisons.flatMap(({ planned }) => Object.values(planned)).filter((count) => count > 0)).toEqual([]);
});

test("a charge that is renamed by mistake: who loses support, in figures, report and page; refused by the limits", async () => {
  const path = await newFile("new.yml", plans.replace("- SaaS - Ultimate - 1 Year\n", "- SaaS - Ultimate - 1 Yaer\n"));
  const before = await readdir(world.dataDir);
  const { exit, told } = await simulated({ plans: path, junit: join(world.dataDir, "..", "junit.xml") });
  expect(exit).toBe(4);
  expect(told.refusals?.map(({ code }) => code)).toContain("limit.exceeded");
  const hurt = told.harms.flatMap(({ harm, salesforce_ids: ids }) => (/support|downgraded/.test(harm) ? ids : []));
  // Everyone who is given ultimate for that charge today, and nobody else.
  const wanted = await world.artifact<{ salesforce_id: string; organization_fields: Record<string, unknown> }>(
    "global_accounts.json",
  );
  const accounts = await world.artifact<{ salesforce_id: string; charges: { charge_name: string }[] }>(
    "salesforce_accounts.json",
  );
  const charged = new Set(
    accounts.flatMap(({ salesforce_id, charges }) =>
      charges.some(({ charge_name }) => charge_name.trim() === "SaaS - Ultimate - 1 Year") ? [salesforce_id] : [],
    ),
  );
  expect(hurt.length).toBeGreaterThan(3);
  expect(hurt.filter((id) => !charged.has(id))).toEqual([]);
  expect(
    wanted
      .filter((one) => hurt.includes(one.salesforce_id))
      .every((one) => one.organization_fields.sub_dotcom_ultimate),
  ).toBe(true);
  const page = await readFile(told.files.page, "utf8");
  expect(page).toContain("Content-Security-Policy");
  expect(await readFile(told.files.markdown, "utf8")).toContain(hurt[0] ?? "nobody");
  expect(await readFile(join(world.dataDir, "..", "junit.xml"), "utf8")).toContain("<failure");
  // Its own folder and nothing else; no remote was asked.
  expect((await readdir(world.dataDir)).filter((name) => !before.includes(name))).toEqual([]);
  expect(world.sandbox.requests.length).toBe(requests);
});

test("what is printed has ids, and no names", async () => {
  const { text } = await simulated({ plans: join(world.dataDir, "..", "new.yml") }, false);
  expect(text).toStartWith("Refused: ");
  expect(text).toMatch(/loses support: \d+ · 0014M/);
  const names = world.sandbox.zendesk("global").organizations.map(({ name }) => String(name));
  expect(names.filter((name) => text.includes(name))).toEqual([]);
});

test("wrong rules: every problem of every file, exit 2, and the simulation of before stays", async () => {
  const overrides = await newFile("bad-overrides.yml", "- { salesforce_id: 1, reason: x }\n");
  const config = await newFile("bad-config.yml", "limits: { mark: 1 }\n");
  const { exit, told } = await simulated({ overrides, config, plans: "nope.yml" });
  expect(exit).toBe(2);
  expect(told.problems?.map(({ where }) => where)).toEqual(["--plans"]);
  const both = await simulated({ overrides, config });
  expect(both.exit).toBe(2);
  expect(both.told.problems?.map(({ where }) => where.replace(/.*\//, ""))).toEqual([
    "bad-overrides.yml:1",
    "bad-config.yml:1",
  ]);
  expect((await simulated({})).exit).toBe(2);
  expect((await simulated({ plans: join(world.dataDir, "..", "same.yml"), run: "another" })).exit).toBe(2);
});
