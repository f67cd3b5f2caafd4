import { expect, test } from "bun:test";
import { demoModel, explanation, folded, row } from "../../test/support/page/demo-model.ts";
import { withoutUsGovernment } from "./without-us-government.ts";

const government = { comparison: "usgov", instance: "us-government" } as const;
const nowhere = { comparison: null, instance: null, effect: "none" } as const;

test("rows of us-government, and of accounts that global does not know either, are left out, folded or not", () => {
  const model = demoModel({
    rows: [
      row(1, "marked", { name: "Global One", explanation: explanation(1) }),
      row(2, "marked", { ...government, name: "Agency Two" }),
      row(3, "skipped", { ...nowhere, name: "Agency Three" }),
      row(1, "skipped", { ...nowhere, name: "Global One" }),
      row(4, "skipped", { ...nowhere, salesforce_id: null, name: "Nobody Four" }),
    ],
    folded: [
      folded(30),
      folded(30, { ...government, members: [{ salesforce_id: null, id: 9, name: "Agency Nine" }] }),
      folded(2, {
        ...nowhere,
        members: [
          { salesforce_id: row(1, "marked").salesforce_id, id: null, name: "Global One" },
          { salesforce_id: row(3, "marked").salesforce_id, id: null, name: "Agency Three" },
        ],
      }),
    ],
  });
  const shown = withoutUsGovernment(model);
  expect(shown.rows.map(({ name }) => name)).toEqual(["Global One", "Global One"]);
  expect(shown.rows.every((one) => one.explanation === null)).toBe(true);
  expect(shown.folded.map(({ count, members }) => [count, members.length])).toEqual([
    [30, 30],
    [1, 1],
  ]);
  expect(JSON.stringify(shown)).not.toMatch(/Agency|Nobody/);
  expect(shown.head).toEqual({ ...model.head, withheld: "us-government" });
  expect([shown.limits, shown.comparisons]).toEqual([model.limits, model.comparisons]);
});
