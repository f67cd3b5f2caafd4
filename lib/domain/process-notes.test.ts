import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { processAccounts } from "./process.ts";
import { unknownChargesIn } from "./process-notes.ts";
import { reason } from "./reason.ts";
import { toId18 } from "./salesforce-id.ts";
import { account, charge, PLANS, subscription, TODAY } from "./testing/process-examples.ts";

const id = (number: number) => toId18(`001${String(number).padStart(12, "0")}`) ?? "";

describe("E2: unknown charges, read back from the notes", () => {
  test("are those that process found, whatever the names look like", () => {
    const name = fc.oneof(
      fc.string({ minLength: 1, unit: "binary" }),
      fc.constantFrom(
        'a "quoted" name',
        "x (expired); add it to plans.yml",
        "line\nbreak",
        "\\",
        "line\u2028separator",
        "New SKU",
        "__proto__",
      ),
    );
    const accounts = fc.array(fc.array(fc.record({ name, expired: fc.boolean() }), { maxLength: 3 }), { maxLength: 3 });
    fc.assert(
      fc.property(accounts, (all) => {
        const processed = processAccounts({
          accounts: all.map((charges, index) =>
            account({
              salesforce_id: id(index + 1),
              subs: [subscription({})],
              charges: charges.map((one) => charge(one.name, { end_date: one.expired ? "2020-01-01" : "2030-01-01" })),
            }),
          ),
          partnerIds: new Set(),
          plans: PLANS,
          overrides: [],
          today: TODAY,
        });
        expect(unknownChargesIn(processed.notes)).toEqual(processed.unknownCharges);
      }),
      // Each looks for the nearest of all known names.
      { numRuns: 40 },
    );
  });

  test("other notes tell of none", () => {
    const note = {
      rule: "E2",
      salesforce_id: id(1),
      id: null,
      reason: reason("charge.stray", { charges: 2 }),
    };
    expect(unknownChargesIn([note, { ...note, reason: reason("legacy.text", { text: "left out" }) }])).toEqual([]);
  });
});
