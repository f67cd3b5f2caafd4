import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { demoModel, row, salesforceId } from "../support/page/demo-model.ts";
import { Opener } from "./open-page.ts";

const opener = new Opener();
beforeAll(() => opener.start(), 60_000);
afterAll(() => opener.stop());

const demo = () => opener.write("demo", demoModel);
const openDemo = async (hash = "") => opener.open(`${await demo()}${hash}`);

/** Visible rows of the table: the name of the customer in each. */
const NAMES = "table.changes .row :is(.open, .name)";

describe("report.html: what it says", () => {
  test("the sentence on top, the run, what matters first with its counts, a bar for each limit, the notice", async () => {
    await using opened = await openDemo();
    const { page } = opened;
    expect(await page.locator("h1").textContent()).toBe("Applied: 39 created, 1,435 updated, 19 marked, 2 failed");
    expect(await page.locator(".about").textContent()).toContain("20261127T020000Z-7f3a");
    expect(await page.locator(".about").textContent()).toContain("3 min 13 s");
    expect(await page.locator(".harm").allTextContents()).toEqual([
      "2 put on hold",
      "4 lose support",
      "3 downgraded",
      "19 marked",
      "2 failed",
      "2 conflicts",
      "2 unknown charges",
      "4 skipped",
      "5 upgraded",
      "39 gain",
      "1,421 cosmetic",
    ]);
    expect(await page.locator(".limits li").count()).toBe(9);
    expect(await page.locator(".notice").textContent()).toContain("names and addresses");
    expect(await page.locator("output").textContent()).toBe("1,503 records");
    expect(opened.problems).toEqual([]);
  });

  test("the command that applies a preview, refusals and what to do, in words", async () => {
    const model = demoModel();
    const head = { ...model.head, kind: "preview", exit: 0, apply: "zdsync run --expect 7f3a" } as const;
    const address = await opener.write("preview", () => ({ ...model, head }));
    await using opened = await opener.open(address);
    expect(await opened.page.locator(".apply code").textContent()).toBe("zdsync run --expect 7f3a");
    expect(await opened.page.locator("h1").textContent()).toStartWith("Preview: nothing written");
    const copy = opened.page.getByRole("button", { name: "Copy the command that applies exactly this" });
    await copy.click();
    await opened.page.locator(".apply button", { hasText: /Copied|Selected/ }).waitFor();
    if ((await copy.textContent()) !== "Copied")
      expect(await opened.page.evaluate(() => getSelection()?.toString())).toBe("zdsync run --expect 7f3a");
  });

  test("each bar of a chart is a run, and a link to its page where there is one", async () => {
    await using opened = await openDemo();
    const charts = opened.page.locator(".charts figure");
    expect(await charts.count()).toBe(5);
    expect(await charts.first().locator(".bar").count()).toBe(30);
    expect(await charts.first().locator("a").count()).toBe(25);
    expect(await charts.first().locator("a").first().getAttribute("href")).toBe("../run-1/report.html");
  });
});

describe("report.html: finding a customer", () => {
  test("search by name, id and domain, whatever case; Esc shows everything again", async () => {
    await using opened = await openDemo();
    const { page } = opened;
    const search = page.getByRole("searchbox");
    for (const query of [
      "delta SYSTEMS",
      salesforceId(3),
      salesforceId(3).slice(0, 15),
      String(360_000_000_000 + 3 * 7919),
    ]) {
      await search.fill(query);
      await page.locator("output", { hasText: " of 1,503 records" }).waitFor();
      expect(await page.locator(NAMES).first().textContent()).toContain("Delta");
    }
    await search.fill("delta-");
    await page.locator("output", { hasText: " of 1,503 records" }).waitFor();
    await search.press("Escape");
    await page.locator("output", { hasText: /^1,503 records$/ }).waitFor();
    await search.fill("no such customer");
    await page.getByText("No matches").waitFor();
  });

  test("filters by harm, instance, effect, field, reason and outcome narrow together, and show all again", async () => {
    await using opened = await openDemo();
    const { page } = opened;
    const counted = (text: string) => page.locator("output", { hasText: text }).waitFor();
    await page.getByRole("button", { name: "19 marked" }).click();
    await counted("19 of 1,503");
    await page.getByLabel("Reason", { exact: true }).selectOption("partner in us-government");
    await counted("7 of 1,503");
    await page.getByRole("button", { name: "Show all" }).click();
    await counted("1,503 records");
    await page.getByLabel("Instance", { exact: true }).selectOption("us-government");
    await counted("6 of 1,503");
    await page.getByLabel("Effect", { exact: true }).selectOption("create");
    await counted("5 of 1,503");
    await page.getByRole("button", { name: "Show all" }).click();
    await page.getByLabel("Field", { exact: true }).selectOption("sub_premium");
    await counted("4 of 1,503");
    await page.getByLabel("Field", { exact: true }).selectOption("");
    await page.getByLabel("Outcome", { exact: true }).selectOption("failed");
    await counted("2 of 1,503");
  });

  test("sorted by harm; by a column on a click, the other way on the next", async () => {
    await using opened = await openDemo();
    const { page } = opened;
    expect(await page.locator(".row .harm-cell").first().textContent()).toBe("put on hold");
    const customer = page.getByRole("columnheader", { name: "Customer" });
    await customer.getByRole("button").click();
    await page.locator('th.column-customer[aria-sort="ascending"]').waitFor();
    expect(await page.locator(NAMES).first().textContent()).toStartWith("Aurora");
    await customer.getByRole("button").click();
    await page.locator('th.column-customer[aria-sort="descending"]').waitFor();
    expect(await page.locator(NAMES).first().textContent()).not.toStartWith("Aurora");
  });
});

describe("report.html: why", () => {
  test("a row that matters opens to its explanation, and closes", async () => {
    await using opened = await openDemo("#harm=loses+support");
    const { page } = opened;
    const first = page.locator(".open").first();
    await first.click();
    await page.locator(".explanation").waitFor();
    expect(await page.locator(".answer").textContent()).toContain("lost premium support in global");
    expect(await page.locator(".proof").textContent()).toContain("matches plans.yml line 41: premium");
    expect(await first.getAttribute("aria-expanded")).toBe("true");
    await first.click();
    await page.locator(".explanation").waitFor({ state: "detached" });
  });

  test("a row without an explanation has its reason, what to do, and the command", async () => {
    await using opened = await openDemo("#harm=unknown+charge");
    const { page } = opened;
    await page.locator(".open").first().click();
    await page.locator(".opened .why").waitFor();
    expect(await page.locator(".opened .why").textContent()).toContain("Premium Suport");
    expect(await page.locator(".opened .command code").textContent()).toBe(`zdsync explain ${salesforceId(311)}`);
  });

  test("folded rows are one line that opens to its members and names the command; the search finds members", async () => {
    await using opened = await openDemo("#harm=cosmetic&field=customer_health");
    const { page } = opened;
    const line = page.getByRole("button", { name: "1,317 organizations: only customer_health set" });
    await line.click();
    await page.locator(".member").first().waitFor();
    expect(await page.locator("table.changes").getAttribute("aria-rowcount")).toBe("1319");
    expect(await page.locator(".opened-row").textContent()).toContain(`zdsync explain ${salesforceId(10_000)}`);
    await line.click();
    await page.locator(".member").first().waitFor({ state: "detached" });
    await page.getByRole("searchbox").fill(salesforceId(10_700));
    await page.locator("output", { hasText: "1 of 1,503" }).waitFor();
    expect(await page.locator(".member .ids").textContent()).toContain(salesforceId(10_700));
  });

  test("links go to Salesforce and Zendesk, and to nothing that is no web address", async () => {
    const bad = row(1, "marked", {
      links: { salesforce: "javascript:alert(1)", zendesk: "https://example.zendesk.com/x" },
    });
    const address = await opener.write("links", () => demoModel({ rows: [bad] }));
    await using opened = await opener.open(address);
    expect(
      await opened.page.locator(".row .ids a").evaluateAll((links) => links.map((a) => a.getAttribute("href"))),
    ).toEqual(["https://example.zendesk.com/x"]);
  });
});
