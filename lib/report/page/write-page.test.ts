import { describe, expect, test } from "bun:test";
import { inflateRawSync } from "node:zlib";
import { demoModel, explanation, row } from "../../../test/support/page/demo-model.ts";
import { HOSTILE, hostileModel } from "../../../test/support/page/hostile.ts";
import type { ReportModel } from "../model.ts";
import { encodeIndex } from "./encode-index.ts";
import type { Detail, PageHead } from "./format.ts";
import { writePage } from "./write-page.ts";

/** The elements that hold data, by id, as they are in the file. */
async function dataOf(model: ReportModel, options = {}) {
  const html = new TextDecoder().decode(writePage(model, options));
  const elements = [...html.matchAll(/<script type="application\/[a-z-]+" id="([a-z0-9-]+)">([^<]*)<\/script>/g)];
  const texts = new Map(elements.map(([, id = "", text = ""]) => [id, text]));
  const head = JSON.parse(texts.get("head-data") ?? "null") as PageHead;
  const blocks = [...texts].flatMap(([id, text]) => (id.startsWith("block-") ? [unpacked<Detail[]>(text)] : []));
  return { html, head, blocks };
}

function unpacked<T>(base64: string): T {
  return JSON.parse(inflateRawSync(Buffer.from(base64, "base64")).toString()) as T;
}

const explained = (count: number) =>
  demoModel({
    rows: Array.from({ length: count }, (_, n) => row(n, "loses support", { explanation: explanation(n) })),
    folded: [],
  });

describe("writePage", () => {
  test("the same model gives the same bytes", async () => {
    expect(Buffer.from(writePage(demoModel())).equals(Buffer.from(writePage(demoModel())))).toBe(true);
  });

  test("reasons are told in words, with what to do", async () => {
    const { head } = await dataOf(hostileModel());
    expect(head.problems[0]?.what).toBeTruthy();
    expect(head.headline.length).toBeGreaterThan(0);
  });

  test("texts from outside never stand in the HTML, and end neither an element nor the title", async () => {
    const { html, head } = await dataOf(hostileModel());
    expect(head.about.started_by).toBe(HOSTILE.join(" "));
    const outside = html
      .replace(/<title>[^<]*<\/title>/, "")
      .replace(/<script type="application\/[a-z-]+" id="[a-z0-9-]+">[^<]*<\/script>/g, "");
    expect(outside.includes("globalThis.ran")).toBe(false);
    expect(html.match(/<!--|<img|[\u2028\u2029\u202a-\u202e\u2066-\u2069]/g)).toBeNull();
    expect(html.match(/<\/title>/g)?.length).toBe(1);
  });

  test("explanations are kept in the order of harm for as long as the page may grow; then the page says so", async () => {
    const all = await dataOf(explained(1000));
    expect(all.head.explanationsLeftOut).toBe(false);
    expect(all.blocks.flat().filter((one) => one?.explanation).length).toBe(1000);

    const largest = all.html.length - 1;
    const some = await dataOf(explained(1000), { largest });
    expect(some.html.length).toBeLessThanOrEqual(largest);
    expect(some.head.explanationsLeftOut).toBe(true);
    const kept = some.blocks.flat().map((one) => one?.explanation?.answer[0]?.spans[0]?.text);
    expect(kept).toEqual(Array.from({ length: 800 }, (_, n) => explanation(n).answer[0]?.spans[0]?.text));
  });

  test("rows that show nothing more when they are opened take no block", async () => {
    const rows = Array.from({ length: 1000 }, (_, n) => row(n, "cosmetic"));
    expect((await dataOf(demoModel({ rows }))).blocks).toEqual([]);
  });

  test("where a row has no room for all changes, those that matter to the customer are told first", () => {
    const fields = ["aar", "account_type", "seats_decimal", "support_level", "expiration_date"];
    const changes = fields.map((field) => ({ field, before: "1", after: "2" }));
    const index = encodeIndex({ rows: [row(1, "downgraded", { changes })], folded: [] });
    expect(index.changes.values[0]?.map(({ field }) => field)).toEqual(["support_level", "expiration_date", "aar"]);
    expect(index.fields.values[0]).toEqual(fields);
  });

  test("a report of nothing is a page", async () => {
    const { head } = await dataOf(demoModel({ rows: [], folded: [], trend: [], limits: [], comparisons: [] }));
    expect(head.records).toBe(0);
  });
});
