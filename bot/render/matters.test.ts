import { expect, test } from "bun:test";
import type { RunRecord } from "../../lib/storage/runs/run-record.ts";
import { harmedAccounts, harmLines, matterLines } from "./matters.ts";

const [ONE, TWO] = ["0014M00001kAbCdQAK", "0014M00001kAbCeQAK"] as const;
const nobody = { names: new Map<string, string>(), salesforceHost: null };
const hurt = {
  comparison: "global",
  salesforce_id: ONE,
  id: 1,
  harm: "loses support",
  before: "premium",
  after: "expired",
  arr: 120_000.4,
} as const;

function matters(change: Partial<NonNullable<RunRecord["matters"]>> = {}): Pick<RunRecord, "matters"> {
  return { matters: { counts: {}, would_hurt: [], would_hurt_more: 0, ...change } };
}

const plain = (lines: readonly string[]) => lines.map((line) => line.replaceAll("\u200b", ""));

test("what a run means to customers is counted worst first, whatever order it comes in, and nothing that does not happen", () => {
  const counts = { cosmetic: 1317, marked: 89, "loses support": 1, failed: 0, "of a later version": 3 };
  expect(matterLines(matters({ counts }))).toEqual([
    "Most important: 1 loses support · 89 marked for deletion · 1317 cosmetic.",
  ]);
  expect(matterLines(matters())).toEqual([]);
  expect(matterLines({})).toEqual([]);
});

test("whom a refusal would hurt: name, link, level before and after, revenue; the rest is counted", () => {
  const kept = { ...hurt, salesforce_id: TWO, comparison: "usgov", harm: "marked", after: "premium", arr: 0 } as const;
  const alone = { ...kept, salesforce_id: null, id: 77, before: null, after: null } as const;
  const customers = { names: new Map([[ONE, "Acme <GmbH>"]]), salesforceHost: "example.my.salesforce.com" };
  const record = matters({ would_hurt: [hurt, kept, alone], would_hurt_more: 79 });
  expect(plain(harmLines(record, customers))).toEqual([
    "*Customers who would lose something, worst first:*",
    `• Acme &lt;GmbH&gt; <https://example.my.salesforce.com/${ONE}|${ONE}> (Customers, global): loses support, support level premium → expired, ARR 120,000`,
    `• <https://example.my.salesforce.com/${TWO}|${TWO}> (Customers, us-government): marked, support level premium`,
    "• organization 77 (Customers, us-government): marked",
    "and 79 more; see the run's page for all of them.",
  ]);
  expect(harmedAccounts(record)).toEqual([ONE, TWO]);
});

test("a customer whose name is not told is its id; where nothing was refused nobody is named", () => {
  expect(plain(harmLines(matters({ would_hurt: [hurt] }), nobody))[1]).toStartWith(`• ${ONE} (Customers, global)`);
  expect(harmLines(matters({ counts: { marked: 3 } }), nobody)).toEqual([]);
  expect(harmLines({}, nobody)).toEqual([]);
});
