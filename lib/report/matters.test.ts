import { expect, test } from "bun:test";
import { mattersOf } from "./matters.ts";
import type { FoldedRows, Row } from "./model.ts";

function row(number: number, change: Partial<Row> = {}): Row {
  return {
    ...{ comparison: "global", instance: "global", effect: "mark", harm: "marked", salesforce_id: `00${number}` },
    ...{ id: number, name: `Customer ${number}`, domains: ["example.com"], changes: [], outcome: "refused" },
    ...{ reason: null, weight: { level: "premium", arr: 5, seats: 1 }, links: { salesforce: null, zendesk: null } },
    ...{ explanation: null, ...change },
  } as Row;
}

test("ten customers at most, in the order of the report, with levels; the others are counted", () => {
  const lost = row(1, {
    harm: "loses support",
    changes: [{ field: "support_level", before: "premium", after: "expired" }],
  });
  const rows = [lost, ...Array.from({ length: 12 }, (_, index) => row(index + 2))];
  const { counts, would_hurt: hurt, would_hurt_more: more } = mattersOf({ rows, folded: [] });
  expect(counts).toEqual({ "loses support": 1, marked: 12 });
  expect([hurt.length, more]).toEqual([10, 3]);
  expect(hurt.slice(0, 2)).toEqual([
    {
      ...{ comparison: "global", salesforce_id: "001", id: 1, harm: "loses support" },
      ...{ before: "premium", after: "expired", arr: 5 },
    },
    {
      ...{ comparison: "global", salesforce_id: "002", id: 2, harm: "marked" },
      ...{ before: "premium", after: "premium", arr: 5 },
    },
  ]);
  // A run's record holds neither names nor addresses.
  expect(JSON.stringify(hurt)).not.toMatch(/Customer|example/);
});

test("only what was refused, and would take something away; people are no customers; folded rows count", () => {
  const rows = [
    row(1, { outcome: "applied" }),
    row(2, { harm: "upgraded" }),
    row(3, { harm: "failed" }),
    row(4, { comparison: "usgov_user" }),
  ];
  const folded = [{ harm: "marked", outcome: "refused", count: 30 } as FoldedRows];
  const { counts, ...hurt } = mattersOf({ rows, folded });
  expect(hurt).toEqual({ would_hurt: [], would_hurt_more: 31 });
  expect(counts).toEqual({ marked: 32, upgraded: 1, failed: 1 });
});
