import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { AxeResults } from "axe-core";
import { INDEX_PAGE, writeIndexPage } from "../../lib/report/index-page.ts";
import { ArtifactStore } from "../../lib/storage/artifacts/store.ts";
import { NO_OUTCOME, RunRecorder } from "../../lib/storage/runs/run-recorder.ts";
import { Opener } from "./open-page.ts";

/* index.html, the page of the runs, as it lies in a data directory. */

const AXE = readFileSync(Bun.resolveSync("axe-core/axe.min.js", import.meta.dir), "utf8");
const opener = new Opener();
let folder: string;

beforeAll(async () => {
  await opener.start();
  folder = await mkdtemp(join(tmpdir(), "zdsync-runs-"));
  for (const [index, exit] of ([0, 4, 1] as const).entries()) {
    const run_id = `2026112${index + 1}T020000Z-00000${index}`;
    const at = new Date(`2026-11-2${index + 1}T02:00:00.000Z`);
    const recorder = new RunRecorder(
      folder,
      {
        run_id,
        command: "run",
        dry_run: false,
        instances: ["global", "us-government"],
        host: "example",
        pid: 4711,
        started_at: at.toISOString(),
      },
      { clock: () => new Date(at.getTime() + 60_000), warn: () => {} },
    );
    await recorder.begin();
    await recorder.end({ ...NO_OUTCOME, exit });
    // The second one left no page.
    if (index !== 1) await Bun.write(join(folder, "history", run_id, "report.html"), "<title>a page</title>");
  }
  await writeIndexPage(new ArtifactStore(folder));
}, 60_000);
afterAll(async () => {
  await opener.stop();
  await rm(folder, { recursive: true });
});

const address = () => pathToFileURL(join(folder, INDEX_PAGE)).href;

describe("index.html", () => {
  for (const colorScheme of ["light", "dark"] as const)
    for (const [name, width] of Object.entries({ phone: 390, laptop: 1280, wide: 1920 }))
      test(`${name}, ${colorScheme}: axe finds no violation, nothing is wider than the window`, async () => {
        await using opened = await opener.open(address(), { colorScheme, viewport: { width, height: 900 } });
        const { page, problems, requests } = opened;
        await page.evaluate(AXE);
        const { violations } = (await page.evaluate("axe.run()")) as AxeResults;
        expect(violations.flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html.slice(0, 160)}`))).toEqual(
          [],
        );
        expect([problems, requests]).toEqual([[], [address()]]);
        expect(await page.evaluate(() => document.documentElement.scrollWidth > window.innerWidth)).toBe(false);
      });

  test("the newest run first; a link leads to its page, and a run without one has none", async () => {
    await using opened = await opener.open(address());
    const { page } = opened;
    const rows = page.locator(".runs tbody tr");
    expect(await rows.count()).toBe(3);
    expect(await rows.first().textContent()).toContain("20261123T020000Z-000002");
    expect(await rows.nth(1).locator("a").count()).toBe(0);
    await rows.first().locator("a").click();
    await page.waitForURL(/history\/20261123T020000Z-000002\/report\.html$/);
    expect(await page.title()).toBe("a page");
  });
});
