import { expect, setDefaultTimeout, test } from "bun:test";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { inflateRawSync } from "node:zlib";
import type { PageHead, PageIndex } from "../../lib/report/page/format.ts";
import { ELEMENTS } from "../../lib/report/page/format.ts";
import { RUN_TIMEOUT, startWorld } from "./world.ts";

setDefaultTimeout(RUN_TIMEOUT);

/** What a page shows, as its own program reads it. */
async function pageAt(path: string): Promise<{ head: PageHead; index: PageIndex; html: string }> {
  const html = await readFile(path, "utf8");
  const element = (id: string) => new RegExp(`id="${id}">([^<]*)<`).exec(html)?.[1] ?? "";
  const index = inflateRawSync(Buffer.from(element(ELEMENTS.index), "base64")).toString("utf8");
  return { head: JSON.parse(element(ELEMENTS.head)), index: JSON.parse(index), html };
}

test("a run leaves its page and its text, here and in the history, with what became of each record; --json names both", async () => {
  await using world = await startWorld();
  const { summary } = await world.run({ "run-id": "first" });
  expect(summary.report).toBe(join(world.dataDir, "report.md"));
  expect(summary.page).toBe(join(world.dataDir, "report.html"));
  const { head, index } = await pageAt(String(summary.page));
  expect(head.headline).toStartWith("Applied: ");
  expect(await world.text("report.md")).toStartWith(`# ${head.headline}\n`);
  expect(await world.text("history/first/report.md")).toBe(await world.text("report.md"));
  expect(index.outcome.values).toContain("applied");
  const created = await world.artifact<{ effect: string; outcome: string }>("global_results.json");
  const applied = created.filter(({ effect, outcome }) => effect === "create" && outcome === "applied").length;
  const shown = index.names.filter(
    (_, at) =>
      index.effect.values[index.effect.at[at] ?? 0] === "create" &&
      index.comparison.values[index.comparison.at[at] ?? 0] === "global" &&
      index.outcome.values[index.outcome.at[at] ?? 0] === "applied",
  );
  expect(shown).toHaveLength(applied);
  expect(index.cause.values.some((cause) => /loses support|lost|expired/i.test(String(cause)))).toBeTrue();
});

test("the charts know earlier runs, and each bar leads to its page from wherever the page lies", async () => {
  await using world = await startWorld();
  await world.run({ "run-id": "first" });
  await world.run({ "run-id": "dry", "dry-run": "true" });
  await world.run({ "run-id": "second" });
  const here = await pageAt(join(world.dataDir, "report.html"));
  expect(here.head.trend.map(({ run_id, href }) => [run_id, href])).toEqual([
    ["first", "history/first/report.html"],
    ["second", null],
  ]);
  expect(here.head.trend[0]?.created).toBeGreaterThan(0);
  const kept = await pageAt(join(world.dataDir, "history/second/report.html"));
  expect(kept.head.trend.map(({ href }) => href)).toEqual(["../first/report.html", null]);
});

test("index.html lists the runs with their ends, each a link to its page, and names nobody", async () => {
  await using world = await startWorld();
  await world.run({ "run-id": "first" });
  await world.preview({ "run-id": "second" });
  const { head, index } = await pageAt(join(world.dataDir, "index.html"));
  expect(head.runs?.map(({ run_id, href }) => [run_id, href])).toEqual([
    ["second", "history/second/report.html"],
    ["first", "history/first/report.html"],
  ]);
  expect(head.runs?.[0]?.outcome).toBe("done, nothing failed");
  expect(head.runs?.[1]).toMatchObject({ outcome: "done, nothing failed", ended_well: true });
  expect(head.runs?.[1]?.counts).toMatch(/^\d+ created, \d+ updated/);
  expect(head.trend.map(({ run_id }) => run_id)).toEqual(["first"]);
  expect(index.names).toEqual([]);
});

test("a run that fails before it compares anything says why, and shows no change of an earlier run", async () => {
  await using world = await startWorld();
  await world.run();
  world.sandbox.addFault({ kind: "daily-limit", service: "salesforce", times: 100 });
  const { exit, summary } = await world.run({ "run-id": "failed" });
  expect(exit).not.toBe(0);
  expect(summary.failures.length).toBeGreaterThan(0);
  const { head, index } = await pageAt(join(world.dataDir, "history/failed/report.html"));
  expect(head.headline).toStartWith("Failed: gather-accounts");
  expect(index.names).toEqual([]);
});

test("an undo and its preview leave a report, too: what is there now, and what it becomes again", async () => {
  await using world = await startWorld();
  await world.run({ "run-id": "first" });
  const results = "history/first/global_results.json";
  await world.undo(results, { "dry-run": "true" });
  const preview = await world.text("report.md");
  expect(preview).toMatch(/^# Undo: nothing written; the undo would update \d+, mark \d+/);
  expect(preview).toContain("Apply exactly this: `zdsync undo ");
  await world.undo(results);
  expect(await world.text("report.md")).toMatch(/^# Undone: \d+ updated, \d+ marked/);
});
