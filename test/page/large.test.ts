import { afterAll, beforeAll, expect, test } from "bun:test";
import { HARMS } from "../../lib/report/model.ts";
import { LARGEST_PAGE_BYTES } from "../../lib/report/page/write-page.ts";
import { companyName, demoModel, explanation, row, salesforceId } from "../support/page/demo-model.ts";
import { Opener } from "./open-page.ts";

const ROWS = 50_000;
const opener = new Opener();
beforeAll(() => opener.start(), 60_000);
afterAll(() => opener.stop());

const large = () =>
  opener.write("large", () =>
    demoModel({
      rows: Array.from({ length: ROWS }, (_, n) =>
        row(
          n,
          HARMS[Math.floor((n * HARMS.length) / ROWS)] ?? "cosmetic",
          n < 4000 ? { explanation: explanation(n) } : {},
        ),
      ),
      folded: [],
    }),
  );

test("50,000 rows: all are found, few are in the document, one block is unpacked for the row that opens", async () => {
  const address = await large();
  expect(Bun.file(new URL(address)).size).toBeLessThan(LARGEST_PAGE_BYTES);
  await using opened = await opener.open(address);
  const { page } = opened;
  expect(await page.locator("output").textContent()).toBe("50,000 records");
  expect(await page.locator("table.changes").getAttribute("aria-rowcount")).toBe("50001");
  expect(await page.locator(".row").count()).toBeLessThan(60);

  await page.getByRole("searchbox").fill(salesforceId(49_999));
  await page.locator("output", { hasText: "1 of 50,000" }).waitFor();
  expect(await page.locator(".row .open").allTextContents()).toEqual([companyName(49_999)]);
  await page.keyboard.press("Escape");

  await page.locator("output", { hasText: /^50,000 records$/ }).waitFor();
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("End");
  await page.locator(`tbody[data-index="${ROWS - 1}"] .open:focus`).waitFor();
  expect(await page.locator(".row").count()).toBeLessThan(60);

  await page.keyboard.press("Home");
  await page.locator('tbody[data-index="0"] .open:focus').waitFor();
  await page.evaluate(() => {
    const unpacked = { blocks: 0 };
    const Original = DecompressionStream;
    Object.assign(globalThis, {
      unpacked,
      DecompressionStream: function counted(format: CompressionFormat) {
        unpacked.blocks++;
        return new Original(format);
      },
    });
  });
  await page.keyboard.press("Enter");
  await page.locator(".explanation").waitFor();
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("Enter");
  await page.locator('tbody[data-index="1"] .explanation').waitFor();
  expect(await page.evaluate(() => Reflect.get(globalThis, "unpacked"))).toEqual({ blocks: 1 });
  expect(opened.problems).toEqual([]);
});
