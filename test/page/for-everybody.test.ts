import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import type { AxeResults } from "axe-core";
import type { Page } from "playwright-core";
import { reason } from "../../lib/domain/reason.ts";
import type { ReportModel } from "../../lib/report/model.ts";
import { companyName, demoModel } from "../support/page/demo-model.ts";
import { Opener } from "./open-page.ts";

const opener = new Opener();
beforeAll(() => opener.start(), 60_000);
afterAll(() => opener.stop());

/** Everything that the page can show at once: a refusal, failures, a command, an audit. */
function fullModel(): ReportModel {
  const model = demoModel();
  const exceeded = { comparison: "global", effect: "marks", count: 89, limit: 28 } as const;
  return {
    ...model,
    head: {
      ...model.head,
      exit: 4,
      refusals: [reason("limit.exceeded", { ...exceeded, existing: 560, percent: 5, raised: false })],
      failures: [{ where: "global", reason: reason("write.without_outcome") }],
      apply: "zdsync run --allow marks=89",
    },
    limits: [{ ...exceeded, of: 560, allowed: null, exceeded: true }, ...model.limits],
    audit: [
      {
        code: "audit.double",
        params: { instance: "global" },
        what: "12 organizations have the id of another.",
        remedy: "Merge them in Zendesk.",
        title: "Ids that two organizations have",
        count: 12,
        needs_somebody: true,
        examples: ["Aurora Foods SA, 360 and 361"],
        command: "zdsync audit",
      },
    ],
  };
}

const full = () => opener.write("full", fullModel);
const AXE = readFileSync(Bun.resolveSync("axe-core/axe.min.js", import.meta.dir), "utf8");

/** What axe finds, and where. */
async function violations(page: Page): Promise<string[]> {
  await page.evaluate(AXE);
  const results = (await page.evaluate("axe.run()")) as AxeResults;
  return results.violations.flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html.slice(0, 160)}`));
}

/** Whether the page scrolls sideways. A phone's window grows with its page: what counts is the width that the page was laid out for. */
const isWiderThanWindow = (page: Page) =>
  page.evaluate(() => document.documentElement.scrollWidth > document.documentElement.clientWidth);

describe("report.html: axe finds no violation", () => {
  for (const colorScheme of ["light", "dark"] as const)
    for (const [name, width] of Object.entries({ phone: 390, tablet: 768, laptop: 1280, wide: 1920 }))
      test(`${name}, ${colorScheme}: a row open, filters set, the audit, nothing found`, async () => {
        await using opened = await opener.open(await full(), { colorScheme, viewport: { width, height: 900 } });
        const { page } = opened;
        await page.getByRole("button", { name: "4 lose support" }).click();
        await page.locator(".open").nth(1).click();
        await page.locator(".explanation").waitFor();
        await page.getByLabel("Instance", { exact: true }).selectOption("global");
        await page.locator(".limits summary").click();
        expect(await violations(page)).toEqual([]);
        expect(await isWiderThanWindow(page)).toBe(false);
        await page.getByRole("button", { name: "Show all" }).click();
        await page.locator("output", { hasText: /^[\d,]+ records$/ }).waitFor();
        expect(await isWiderThanWindow(page)).toBe(false);
        await page.getByRole("searchbox").fill("no such customer");
        await page.locator(".nothing").waitFor();
        await page.getByRole("tab", { name: "Audit" }).click();
        await page.locator(".audit").waitFor();
        expect(await violations(page)).toEqual([]);
        expect(opened.problems).toEqual([]);
        expect(await isWiderThanWindow(page)).toBe(false);
      });
});

describe("report.html: themes", () => {
  const background = (page: Page) => page.evaluate(() => getComputedStyle(document.documentElement).backgroundColor);

  test("as the system has it; the button chooses another, which stays", async () => {
    await using dark = await opener.open(await full(), { colorScheme: "dark" });
    await using light = await opener.open(await full(), { colorScheme: "light" });
    const [asDark, asLight] = [await background(dark.page), await background(light.page)];
    expect(asDark).not.toBe(asLight);
    await dark.page.getByRole("button", { name: "Theme: auto" }).click();
    await dark.page.getByRole("button", { name: "Theme: light" }).waitFor();
    expect(await background(dark.page)).toBe(asLight);
    await dark.page.reload();
    await dark.page.getByRole("button", { name: "Theme: light" }).waitFor();
    expect(await background(dark.page)).toBe(asLight);
    await dark.page.getByRole("button", { name: "Theme: light" }).click();
    await dark.page.getByRole("button", { name: "Theme: dark" }).waitFor();
    expect(await background(dark.page)).toBe(asDark);
  });
});

describe("report.html: with the keyboard alone", () => {
  test("/ searches, arrows move, Enter opens and closes, Esc closes, then clears", async () => {
    await using opened = await opener.open(`${await full()}#harm=loses+support&harm=marked`);
    const { page } = opened;
    const { keyboard } = page;
    const focused = () => page.evaluate(() => document.activeElement?.textContent ?? "");
    await keyboard.press("/");
    await keyboard.type("birch");
    await page.locator("output", { hasText: /^[1-9] of/ }).waitFor();
    await keyboard.press("ArrowDown");
    await page.locator("tbody[data-index='0'] .open:focus").waitFor();
    expect(await focused()).toBe(companyName(17));
    await keyboard.press("Enter");
    await page.locator(".explanation").waitFor();
    await keyboard.press("ArrowDown");
    await page.locator("tbody[data-index='1'] .open:focus").waitFor();
    await keyboard.press("ArrowUp");
    await page.locator("tbody[data-index='0'] .open:focus").waitFor();
    await keyboard.press("Escape");
    await page.locator(".explanation").waitFor({ state: "detached" });
    await keyboard.press("ArrowUp");
    await page.locator("input:focus").waitFor();
    await keyboard.press("Escape");
    await page.locator("output", { hasText: /^23 of/ }).waitFor();
    await keyboard.press("Escape");
    await page.locator("output", { hasText: /^1,503 records$/ }).waitFor();
    expect(opened.problems).toEqual([]);
  });

  test("End goes to the last row, which has the focus and stands in the window; what a screen reader counts is right", async () => {
    await using opened = await opener.open(await full());
    const { page } = opened;
    await page.locator(".open").first().focus();
    await page.keyboard.press("End");
    const table = page.locator("table.changes");
    const count = Number(await table.getAttribute("aria-rowcount"));
    expect(count).toBe(142 + 1);
    await page.locator(`tbody[data-index="${count - 2}"] .open:focus`).waitFor();
    expect(await page.locator(".row:has(:focus)").getAttribute("aria-rowindex")).toBe(String(count));
    await page.waitForFunction(() => {
      const box = document.activeElement?.getBoundingClientRect();
      return box !== undefined && box.top >= 0 && box.bottom <= window.innerHeight;
    });
    expect(await page.locator(".row").count()).toBeLessThan(60);
  });
});

describe("report.html: the address keeps what is shown", () => {
  test("search, filters, order and the open row, in a new window and with the back button's address", async () => {
    await using first = await opener.open(await full());
    const { page } = first;
    await page.getByRole("button", { name: "19 marked" }).click();
    await page.getByRole("searchbox").fill("inc");
    await page.getByRole("columnheader", { name: "Customer" }).getByRole("button").click();
    await page.locator(".open").nth(1).click();
    await page.waitForFunction(() => location.hash.includes("open="));
    const names = await page.locator(".row .open").allTextContents();
    const counted = await page.locator("output").textContent();
    await using second = await opener.open(page.url());
    await second.page.locator(".open[aria-expanded='true']").waitFor();
    expect(await second.page.locator(".row .open").allTextContents()).toEqual(names);
    expect(await second.page.locator("output").textContent()).toBe(counted);
    expect(await second.page.getByRole("searchbox").inputValue()).toBe("inc");
    expect(await second.page.getByRole("button", { name: "19 marked" }).getAttribute("aria-pressed")).toBe("true");
    await second.page.evaluate(() => {
      location.hash = "#harm=failed";
    });
    await second.page.locator("output", { hasText: "2 of" }).waitFor();
  });

  test("an address that names a row far below leads to it", async () => {
    await using opened = await opener.open(`${await full()}#open=global:0014M0000000655QAQ`);
    await opened.page.locator(".open[aria-expanded='true']").waitFor();
    expect(await opened.page.locator(".open[aria-expanded='true']").textContent()).toBe(companyName(655));
  });

  test("an address that nobody can understand shows everything", async () => {
    await using opened = await opener.open(`${await full()}#harm=nonsense&sort=%00&open=global:none&tab=x`);
    expect(await opened.page.locator("output").textContent()).toBe("1,503 records");
    expect(opened.problems).toEqual([]);
  });
});

describe("report.html: on paper", () => {
  test("what the filters leave is printed whole, what can be opened is open, and the window is as before after", async () => {
    await using opened = await opener.open(`${await full()}#harm=gains&harm=marked&harm=cosmetic`);
    const { page } = opened;
    await page.evaluate(() => {
      addEventListener("beforeprint", () => {
        Object.assign(globalThis, {
          printed: {
            rows: document.querySelectorAll(".row").length,
            gaps: document.querySelectorAll(".gap").length,
            closed: document.querySelectorAll("details:not([open])").length,
          },
        });
      });
    });
    const paper = await page.pdf();
    expect(await page.evaluate(() => Reflect.get(globalThis, "printed"))).toEqual({ rows: 118, gaps: 0, closed: 0 });
    expect(paper.length).toBeGreaterThan(10_000);
    await page.waitForFunction(() => document.querySelectorAll(".row").length < 60);
  });
});
