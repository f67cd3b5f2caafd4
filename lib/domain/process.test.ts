import { describe, expect, test } from "bun:test";
import {
  ACCOUNT,
  account,
  charge,
  globalFields,
  OTHER_ACCOUNT,
  onlyObject,
  override,
  PREMIUM,
  process,
  subscription,
  ULTIMATE,
  USGOV_12X5,
} from "../../test/support/domain/process-examples.ts";
import { reason } from "./reason.ts";

const skips = (partners: number, withoutSubscription: number, gatheredTwice: number) => ({
  "account.is_partner": partners,
  "account.without_subscription": withoutSubscription,
  "account.gathered_twice": gatheredTwice,
});

const SECOND = "a0S4M00000ZzZzZUAV";

describe("E1: accounts that are not processed", () => {
  test("E1: a partner account is skipped and counted", () => {
    const processed = process(account(), { partnerIds: new Set([ACCOUNT]) });
    expect(processed.desired).toEqual({ global: [], "us-government": [] });
    expect(processed.counts.skipped).toEqual(skips(1, 0, 0));
    expect(processed.counts.charges.counts).toBe(0);
    expect(processed.notes).toEqual([
      { rule: "E1", salesforce_id: ACCOUNT, id: null, reason: reason("account.is_partner") },
    ]);
    expect(processed.decisions.get(ACCOUNT)).toEqual({
      salesforce_id: ACCOUNT,
      skipped: "account.is_partner",
      subscriptions: [],
      strayCharges: [],
      entitlements: {},
      tooOld: [],
    });
  });

  test("E1, G5: partner ids may have 15 characters", () => {
    const processed = process(account(), { partnerIds: new Set([ACCOUNT.slice(0, 15)]) });
    expect(processed.counts.skipped["account.is_partner"]).toBe(1);
  });

  test("E1: an account without any subscription is skipped, also with charges", () => {
    const processed = process(account({ subs: [] }));
    expect(processed.desired.global).toEqual([]);
    expect(processed.counts.skipped).toEqual(skips(0, 1, 0));
    expect(processed.notes).toEqual([
      { rule: "E1", salesforce_id: ACCOUNT, id: null, reason: reason("account.without_subscription") },
    ]);
  });

  test("E1: a partner without subscription counts as partner", () => {
    const processed = process(account({ subs: [] }), { partnerIds: new Set([ACCOUNT]) });
    expect(processed.counts.skipped).toEqual(skips(1, 0, 0));
  });

  test("G5: two accounts with one id are left alone, and their id is handed on", () => {
    const short = account({ salesforce_id: ACCOUNT.slice(0, 15), charges: [charge(PREMIUM)] });
    const processed = process([account(), short, account({ salesforce_id: OTHER_ACCOUNT })]);
    expect(processed.quarantined).toEqual([ACCOUNT]);
    expect(processed.desired.global.map((one) => one.salesforce_id)).toEqual([OTHER_ACCOUNT]);
    expect(processed.counts.skipped["account.gathered_twice"]).toBe(1);
    expect(processed.counts.accounts).toBe(2);
    expect(processed.notes).toEqual([
      {
        rule: "G5",
        salesforce_id: ACCOUNT,
        id: null,
        reason: reason("account.gathered_twice"),
      },
    ]);
  });
});

describe("E13: how long an expired account is kept", () => {
  const ended = (end_date: string, today: string) =>
    process(account({ charges: [charge(ULTIMATE, { end_date })] }), { today });

  test("E13, G4: included until three years and one day after its end", () => {
    expect(ended("2023-11-22", "2026-11-23").desired.global).toHaveLength(1);
    const out = ended("2023-11-21", "2026-11-23");
    expect(out.desired.global).toEqual([]);
    expect(out.counts.desired).toEqual({ global: 0, "us-government": 0 });
    expect(out.counts.too_old).toEqual({ global: 1, "us-government": 0 });
    expect(out.decisions.get(ACCOUNT)?.tooOld).toEqual(["global"]);
    expect(out.notes).toEqual([
      {
        rule: "E13",
        salesforce_id: ACCOUNT,
        id: null,
        reason: reason("account.expired_long_ago", { instance: "global", expiration_date: "2023-11-21" }),
      },
    ]);
  });

  test("G4: on 29 February the year before last leap day is the 28th, minus one day", () => {
    expect(ended("2025-02-27", "2028-02-29").desired.global).toHaveLength(1);
    expect(ended("2025-02-26", "2028-02-29").desired.global).toEqual([]);
  });

  test("G4: on 1 March minus one day reaches into a leap February", () => {
    expect(ended("2024-02-29", "2027-03-01").desired.global).toHaveLength(1);
    expect(ended("2024-02-28", "2027-03-01").desired.global).toEqual([]);
  });

  test("E13: each instance by its own day", () => {
    const subs = [subscription(), subscription({ id: SECOND, subscription_id: null })];
    const charges = [charge(ULTIMATE), charge(USGOV_12X5, { subscription_id: SECOND, end_date: "2020-01-01" })];
    const processed = process(account({ subs, charges }));
    expect(processed.counts.desired).toEqual({ global: 1, "us-government": 0 });
    expect(processed.counts.too_old).toEqual({ global: 0, "us-government": 1 });
    expect(processed.desired["us-government"]).toEqual([]);
  });

  test("E8, E13: an override's day decides", () => {
    const old = account({ charges: [charge(ULTIMATE, { end_date: "2020-01-01" })] });
    const kept = process(old, { overrides: [override({ expiration_date: "2026-01-01" })] });
    expect(globalFields(kept)).toMatchObject({ expiration_date: "2026-01-01", support_level: "ultimate" });
    const out = process(account(), { overrides: [override({ expiration_date: "2020-01-01" })] });
    expect(out.desired.global).toEqual([]);
  });
});

describe("the result", () => {
  test("holds the organization as it should be, under the instance's own keys", () => {
    const processed = process(account({ name: " Example GmbH ", salesforce_id: ACCOUNT.slice(0, 15) }));
    expect(onlyObject(processed, "global")).toEqual({
      salesforce_id: ACCOUNT,
      name: "Example GmbH",
      organization_fields: expect.objectContaining({
        salesforce_id: ACCOUNT,
        sfdc_short_id: ACCOUNT.slice(0, 15),
        support_level: "ultimate",
        aar: 12000.5,
        seats_decimal: 250,
        expiration_date: "2026-12-31",
        sub_dotcom_ultimate: true,
        sub_dotcom_premium: false,
        mark_for_deletion: false,
      }),
      sold_tos: [],
    });
  });

  test("C8: is sorted by salesforce_id, notes by rule", () => {
    const accounts = [
      account({ charges: [charge("New SKU"), charge("Other SKU")] }),
      account({ salesforce_id: OTHER_ACCOUNT, charges: [charge("New SKU"), charge("A SKU")] }),
      account({ salesforce_id: "0014M00001zzzzzQAA", subs: [] }),
    ];
    const processed = process(accounts);
    expect(processed.desired.global.map((one) => one.salesforce_id)).toEqual([OTHER_ACCOUNT, ACCOUNT]);
    expect(processed.notes.map((note) => [note.rule, note.salesforce_id, note.reason.code])).toEqual([
      ["E1", "0014M00001zzzzzQAA", "account.without_subscription"],
      ["E2", OTHER_ACCOUNT, "charge.unknown"],
      ["E2", OTHER_ACCOUNT, "charge.unknown"],
      ["E2", ACCOUNT, "charge.unknown"],
      ["E2", ACCOUNT, "charge.unknown"],
    ]);
    expect(processed.unknownCharges.map((one) => one.charge_name)).toEqual(["A SKU", "New SKU", "Other SKU"]);
  });

  test("counts every account and charge once", () => {
    const charges = [
      charge(ULTIMATE),
      charge(PREMIUM, { end_date: "2026-01-01" }),
      charge("Trueup"),
      charge("New SKU"),
    ];
    expect(process(account({ charges: [...charges, charge(ULTIMATE, { subscription_id: null })] })).counts).toEqual({
      accounts: 1,
      skipped: skips(0, 0, 0),
      charges: { counts: 1, expired: 1, ignored: 1, unknown: 1, stray: 1 },
      overridden: 0,
      desired: { global: 1, "us-government": 0 },
      too_old: { global: 0, "us-government": 0 },
    });
  });

  test("is empty without accounts", () => {
    const processed = process([]);
    expect(processed.desired).toEqual({ global: [], "us-government": [] });
    expect(processed.notes).toEqual([]);
    expect(processed.quarantined).toEqual([]);
  });

  test("notes name no customer and no address", () => {
    const secret = account({
      name: "Very Secret Inc",
      charges: [charge("New SKU"), charge(ULTIMATE, { subscription_id: null })],
      sold_to: { name: "Sue Secret", email: "sue@secret.example" },
    });
    const overrides = [override({ instance: "us-government", reason: "Secret said so" })];
    expect(JSON.stringify(process(secret, { overrides }).notes).toLowerCase()).not.toContain("secret");
  });
});
