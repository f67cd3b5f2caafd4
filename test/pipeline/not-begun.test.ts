import { describe, expect, setDefaultTimeout, test } from "bun:test";
import { existsSync } from "node:fs";
import { readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { EXIT } from "../../lib/errors.ts";
import { openedPage } from "../explain/opened-page.ts";
import { RUN_TIMEOUT, startWorld, type TestWorld } from "./world.ts";

setDefaultTimeout(RUN_TIMEOUT);

/* What did not begin, as its settings were wrong, leaves a page all the same; and no id of an earlier run is taken again. */

const PLANS = join(import.meta.dir, "../../plans.yml");
const MISSING = join(import.meta.dir, "not-there.yml");

async function pageIn(world: TestWorld, name: string) {
  const [text, { head, rows }] = await Promise.all([
    world.text(`${name}.md`),
    openedPage(join(world.dataDir, `${name}.html`)),
  ]);
  return { text, head, rows };
}

describe("wrong settings keep it from beginning: its page has the sentence and what to correct, and no table", () => {
  test.each(["run", "preview"] as const)("%s", async (command) => {
    await using world = await startWorld({
      accounts: 5,
      plansFile: MISSING,
      env: ({ SALESFORCE_LOGIN_URL: _, ...env }) => env,
    });
    expect((await world[command]()).exit).toBe(EXIT.usage);
    const { text, head, rows } = await pageIn(world, "report");
    expect(head.headline).toBe(
      "Failed: configuration error, nothing was compared. To be corrected: SALESFORCE_LOGIN_URL, PLANS_FILE",
    );
    expect(head.problems.map(({ where, what }) => [where, what])).toEqual([
      [command, expect.stringContaining("SALESFORCE_LOGIN_URL")],
      [command, expect.stringContaining(`PLANS_FILE: ${MISSING} does not exist`)],
    ]);
    expect(rows).toEqual([]);
    expect(text).toContain(`PLANS_FILE: ${MISSING} does not exist`);
    expect(text).not.toContain("| ");
    expect(world.printed()).toContain(`Report: ${join(world.dataDir, "report.html")}`);
    expect(world.sandbox.requests).toEqual([]);
  });

  test("a stage of its own, and an undo", async () => {
    await using world = await startWorld({ accounts: 30 });
    await world.run({ "run-id": "first" });
    await rm(join(world.dataDir, "report.html"));
    world.env.ZENDESK_GLOBAL_URL = "";
    expect((await world.stage("gather-orgs", { instance: "global" })).exit).toBe(EXIT.usage);
    expect((await pageIn(world, "gather-orgs_global_report")).head.headline).toContain("ZENDESK_GLOBAL_URL");
    expect((await world.undo("history/first/global_results.json", { "run-id": "back" })).exit).toBe(EXIT.usage);
    const { head } = await pageIn(world, "report");
    expect([head.about.kind, head.about.run_id]).toEqual(["undo", "back"]);
    expect(await readdir(join(world.dataDir, "history"))).toEqual(["first"]);
  });

  test("where runs were before it is among them, with its page in the history", async () => {
    await using world = await startWorld({ accounts: 5 });
    await world.run({ "run-id": "first" });
    world.env.PLANS_FILE = MISSING;
    await world.run({ "run-id": "second" });
    expect(existsSync(join(world.dataDir, "history", "second", "report.html"))).toBeTrue();
    expect((await pageIn(world, "report")).head.trend.map(({ run_id }) => run_id)).toEqual(["first"]);
  });

  test("a data directory that cannot be written loses nothing else by it", async () => {
    await using world = await startWorld({ accounts: 5, plansFile: MISSING });
    expect((await world.run({ "data-dir": MISSING.replace("not-there.yml", "not-begun.test.ts") })).exit).toBe(
      EXIT.usage,
    );
    expect(world.printed()).toContain(`${MISSING} does not exist`);
  });
});

describe("--run-id", () => {
  const recordOf = (world: TestWorld, id: string) => world.text(join("history", id, "run.json"));

  test("of a run that wrote is refused to a run, a preview and an undo, before anything is changed", async () => {
    await using world = await startWorld({ accounts: 30 });
    await world.run({ "run-id": "first" });
    const before = [await recordOf(world, "first"), await world.text("report.md")];
    const asked = world.sandbox.requests.length;
    const again = { "run-id": "first" };
    const exits = [
      await world.run(again),
      await world.preview(again),
      await world.undo("history/first/global_results.json", again),
    ].map(({ exit }) => exit);
    expect(exits).toEqual([EXIT.usage, EXIT.usage, EXIT.usage]);
    expect(world.printed()).toMatch(
      /--run-id: first is the id of run of \S+ in .*, which wrote to Zendesk.*Use another id/,
    );
    expect([await recordOf(world, "first"), await world.text("report.md")]).toEqual(before);
    expect(world.sandbox.requests.length).toBe(asked);
  });

  test("of a run that wrote nothing is the same command's again, as where a job is tried again, and no other's", async () => {
    await using world = await startWorld({ accounts: 30 });
    const job = { "run-id": "job-7" };
    world.env.PLANS_FILE = MISSING;
    expect((await world.run(job)).exit).toBe(EXIT.usage);
    world.env.PLANS_FILE = PLANS;
    expect((await world.run({ ...job, "dry-run": "true" })).exit).toBe(EXIT.done);
    expect((await world.preview(job)).exit).toBe(EXIT.usage);
    expect((await world.run(job)).exit).toBe(EXIT.done);
    expect((await world.run(job)).exit).toBe(EXIT.usage);
  });
});
