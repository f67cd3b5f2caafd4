import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import {
  account,
  charge,
  FEDRAMP,
  PLANS,
  subscription,
  TODAY,
  USGOV_24X7,
} from "../../test/support/domain/process-examples.ts";
import { processAccounts } from "./process.ts";
import { unknownChargesIn } from "./process-notes.ts";
import { reason } from "./reason.ts";
import { toId18 } from "./salesforce-id.ts";

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

describe("B5: the notes of an instance are about nobody else", () => {
  const NEW = "An entirely new thing";
  /** Which instances hear of an account, and with which codes. */
  function evidenceSubjects(changes: Parameters<typeof account>[0], { partner = false } = {}) {
    const one = account(changes);
    const { notesOf, notes } = processAccounts({
      accounts: [one],
      partnerIds: new Set(partner ? [one.salesforce_id] : []),
      plans: PLANS,
      overrides: [],
      today: TODAY,
    });
    expect(notes.length).toBeGreaterThan(0);
    return { global: codes(notesOf.global), usGovernment: codes(notesOf["us-government"]) };
  }
  const codes = (notes: readonly { reason: { code: string } }[]) => notes.map(({ reason: { code } }) => code);
  const unknown = ["charge.unknown"];

  test("an unknown charge is told where its subscription counts", () => {
    expect(evidenceSubjects({ subs: [subscription()], charges: [charge(NEW)] })).toEqual({
      global: unknown,
      usGovernment: [],
    });
    const government = [charge(NEW), charge(USGOV_24X7, { id: "a0C4M00000XyZaCUAV" })];
    expect(evidenceSubjects({ subs: [subscription()], charges: government })).toEqual({
      global: [],
      usGovernment: unknown,
    });
  });

  test("and where it would count if it meant the nearest name", () => {
    const misspelt = FEDRAMP.toLowerCase();
    const told = evidenceSubjects({ subs: [subscription()], charges: [charge(misspelt)] });
    expect(told).toEqual({ global: unknown, usGovernment: unknown });
  });

  test("what fell out for its age is told in that instance", () => {
    const old = { end_date: "2020-01-01" };
    const told = evidenceSubjects({ subs: [subscription(old)], charges: [charge(USGOV_24X7, old)] });
    expect(told).toEqual({ global: [], usGovernment: ["account.expired_long_ago"] });
  });

  test("an account of no instance concerns both; a partner global, and the instance of its subscriptions", () => {
    const without = ["account.without_subscription"];
    expect(evidenceSubjects({ subs: [], charges: [] })).toEqual({ global: without, usGovernment: without });
    const partner = ["account.is_partner"];
    expect(evidenceSubjects({ subs: [], charges: [] }, { partner: true })).toEqual({
      global: partner,
      usGovernment: [],
    });
    const government = { subs: [subscription()], charges: [charge(USGOV_24X7)] };
    expect(evidenceSubjects(government, { partner: true })).toEqual({ global: partner, usGovernment: partner });
  });

  test("an override is told in its own instance", () => {
    const override = {
      salesforce_id: id(7),
      reason: "x",
      instance: "us-government" as const,
      subscriptions: new Map(),
      expiration_date: "2027-01-01",
      ends_on: null,
      where: "overrides.yml:1",
    };
    const input = { accounts: [], partnerIds: new Set<string>(), plans: PLANS, today: TODAY };
    const { notesOf } = processAccounts({ ...input, overrides: [override] });
    expect(codes(notesOf.global)).toEqual([]);
    expect(codes(notesOf["us-government"])).toEqual(["override.account_not_gathered"]);
  });
});
