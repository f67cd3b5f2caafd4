import { describe, expect, test } from "bun:test";
import {
  account,
  charge,
  DAY_AFTER_GRACE,
  FEDRAMP,
  globalFields,
  governmentFields,
  LAST_DAY_OF_GRACE,
  PREMIUM,
  process,
  SM_PREMIUM,
  subscription,
  trueFields,
  ULTIMATE,
  USGOV_12X5,
} from "../../test/support/domain/process-examples.ts";
import { reason } from "./reason.ts";

const SECOND = "a0S4M00000ZzZzZUAV";
const outcomes = (charges: ReturnType<typeof charge>[], subs = [subscription()]) => {
  const decision = [...process(account({ subs, charges })).decisions.values()][0];
  return {
    subscriptions: decision?.subscriptions.map((one) => [
      one.subscription.id,
      one.instance,
      one.charges.map(({ charge, outcome }) => [charge.id, outcome]),
      one.sentBy.map(({ charge }) => charge.id),
    ]),
    stray: decision?.strayCharges.map(({ charge, outcome }) => [charge.id, outcome]),
  };
};

describe("E2: which subscription a charge belongs to", () => {
  test("E2: the one whose id its subscription_id names", () => {
    const subs = [subscription({ subscription_id: null })];
    expect(trueFields(globalFields(process(account({ subs }))))).toEqual(["sub_dotcom_ultimate"]);
  });

  test("E2: or the one whose 18-character subscription_id it names", () => {
    const subs = [subscription({ id: "a0S4M00000OtherUAA" })];
    expect(trueFields(globalFields(process(account({ subs }))))).toEqual(["sub_dotcom_ultimate"]);
  });

  test("E2: an id goes before a subscription_id, in either order of the subscriptions", () => {
    const own = subscription({ id: "a0S4M00000AbCdEUAV", subscription_id: null, end_date: "2026-12-01" });
    const other = subscription({ id: SECOND, subscription_id: "a0S4M00000AbCdEUAV" });
    for (const subs of [
      [own, other],
      [other, own],
    ]) {
      expect(outcomes([charge(ULTIMATE)], subs).subscriptions).toEqual([
        ["a0S4M00000AbCdEUAV", "global", [["a0C4M00000XyZaBUAV", "counts"]], []],
        [SECOND, "global", [], []],
      ]);
    }
  });

  test("E2, G5: 15 and 18 characters name the same subscription, either way round", () => {
    const short = charge(ULTIMATE, { subscription_id: "a0S4M00000AbCdE" });
    const shortIds = subscription({ id: "a0S4M00000AbCdE", subscription_id: null });
    const shortSubscriptionId = subscription({ id: SECOND, subscription_id: "a0S4M00000AbCdE" });
    expect(globalFields(process(account({ charges: [short] }))).support_level).toBe("ultimate");
    expect(globalFields(process(account({ subs: [shortIds] }))).support_level).toBe("ultimate");
    expect(globalFields(process(account({ subs: [shortSubscriptionId] }))).support_level).toBe("ultimate");
  });

  test("E2: ids that are none of Salesforce's are compared as they are", () => {
    const subs = [subscription({ id: "S-1", subscription_id: null })];
    expect(outcomes([charge(ULTIMATE, { subscription_id: "S-1" })], subs).stray).toEqual([]);
    expect(outcomes([charge(ULTIMATE, { subscription_id: "S-2" })], subs).stray).toHaveLength(1);
  });

  test("E2: a charge of no gathered subscription, or of none at all, is ignored, counted and reported", () => {
    const charges = [
      charge(ULTIMATE, { id: "c1", subscription_id: SECOND, end_date: "2030-01-01" }),
      charge("Nobody knows", { id: "c2", subscription_id: null }),
      charge(FEDRAMP, { id: "c3", subscription_id: SECOND }),
    ];
    const processed = process(account({ charges }));
    expect(outcomes(charges).stray).toEqual([
      ["c1", "stray"],
      ["c2", "stray"],
      ["c3", "stray"],
    ]);
    expect(processed.desired["us-government"]).toEqual([]);
    expect(globalFields(processed)).toMatchObject({
      support_level: "expired",
      expiration_date: "2026-12-31",
      seats_decimal: 0,
    });
    expect(processed.counts.charges.stray).toBe(3);
    expect(processed.unknownCharges).toEqual([]);
    expect(processed.notes).toEqual([
      {
        rule: "E2",
        salesforce_id: "0014M00001kAbCdQAK",
        id: null,
        reason: reason("charge.stray", { charges: 3 }),
      },
    ]);
    expect(process(account({ charges: charges.slice(0, 1) })).notes.map((note) => note.reason)).toEqual([
      reason("charge.stray", { charges: 1 }),
    ]);
  });
});

describe("E2: charge names", () => {
  test("E2: are matched exactly after trimming", () => {
    expect(globalFields(process(account({ charges: [charge(`  ${ULTIMATE}\n`)] }))).support_level).toBe("ultimate");
    expect(globalFields(process(account({ charges: [charge(ULTIMATE.toLowerCase())] }))).support_level).toBe("expired");
  });

  test("E2: an unknown name changes nothing, and is listed with the accounts it concerns", () => {
    const other = "0014M00001abcdEQAQ";
    const charges = [
      charge(ULTIMATE, { id: "c1" }),
      charge("New SKU ", { id: "c2", end_date: DAY_AFTER_GRACE }),
      charge("New SKU", { id: "c3", quantity: 999 }),
      charge("New SKU", { id: "c4", end_date: DAY_AFTER_GRACE }),
      charge("Another", { id: "c5", end_date: DAY_AFTER_GRACE }),
    ];
    const processed = process([
      account({ charges }),
      account({ salesforce_id: other, charges: [charge("New SKU", { end_date: DAY_AFTER_GRACE })] }),
    ]);
    const fields = processed.desired.global.find((one) => one.salesforce_id !== other)?.organization_fields;
    expect(fields).toMatchObject({ support_level: "ultimate", seats_decimal: 250 });
    expect(processed.unknownCharges).toEqual([
      {
        charge_name: "Another",
        accounts: ["0014M00001kAbCdQAK"],
        unexpired_accounts: [],
        nearest: null,
        hurt_accounts: [],
      },
      {
        charge_name: "New SKU",
        accounts: [other, "0014M00001kAbCdQAK"],
        unexpired_accounts: ["0014M00001kAbCdQAK"],
        nearest: null,
        hurt_accounts: ["0014M00001kAbCdQAK"],
      },
    ]);
    expect(processed.counts.charges.unknown).toBe(5);
    expect(processed.notes).toEqual([
      {
        rule: "E2",
        salesforce_id: other,
        id: null,
        reason: reason("charge.unknown", { charge_name: "New SKU", unexpired: false, nearest: null, hurts: false }),
      },
      {
        rule: "E2",
        salesforce_id: "0014M00001kAbCdQAK",
        id: null,
        reason: reason("charge.unknown", { charge_name: "Another", unexpired: false, nearest: null, hurts: false }),
      },
      {
        rule: "E2",
        salesforce_id: "0014M00001kAbCdQAK",
        id: null,
        reason: reason("charge.unknown", { charge_name: "New SKU", unexpired: true, nearest: null, hurts: true }),
      },
    ]);
  });

  test("E2: an ignored name changes nothing and is not reported", () => {
    const processed = process(account({ charges: [charge("Travel Expenses")] }));
    expect(globalFields(processed).support_level).toBe("expired");
    expect(processed.counts.charges.ignored).toBe(1);
    expect(processed.notes).toEqual([]);
  });
});

describe("E3: 15 days of grace", () => {
  test("E3: a charge that ended 15 days ago still counts, 16 days does not", () => {
    const ended = (end_date: string) => process(account({ charges: [charge(ULTIMATE, { end_date })] }));
    expect(globalFields(ended(LAST_DAY_OF_GRACE)).support_level).toBe("ultimate");
    expect(ended(LAST_DAY_OF_GRACE).counts.charges).toMatchObject({ counts: 1, expired: 0 });
    expect(globalFields(ended(DAY_AFTER_GRACE)).support_level).toBe("expired");
    expect(ended(DAY_AFTER_GRACE).counts.charges).toMatchObject({ counts: 0, expired: 1 });
  });

  test("E3: start_date and status are not looked at", () => {
    const subs = [subscription({ start_date: "2030-01-01", status: "Cancelled" })];
    const charges = [charge(ULTIMATE, { start_date: "2030-01-01" })];
    expect(globalFields(process(account({ subs, charges }))).support_level).toBe("ultimate");
  });

  test("E3: an expired subscription does not take its unexpired charge along", () => {
    const subs = [subscription({ end_date: "2025-01-01" })];
    expect(globalFields(process(account({ subs }))).support_level).toBe("ultimate");
  });
});

describe("E4: where a subscription counts", () => {
  const government = (name: string, exception: boolean, end_date = "2026-12-31") =>
    process(account({ exception, charges: [charge(name, { end_date })] }));

  test.each([USGOV_12X5, "24x7 US Citizen Support - Monthly", FEDRAMP])("E4: %s sends it to us-government", (name) => {
    for (const exception of [false, true]) {
      expect(government(name, exception).desired["us-government"]).toHaveLength(1);
      expect(government(name, exception).desired.global).toEqual([]);
    }
  });

  test.each([SM_PREMIUM, "Self-Managed - Ultimate - Monthly", "Dedicated - Ultimate - 1 Year"])(
    "E4: %s does so only with the exception",
    (name) => {
      expect(government(name, true).desired["us-government"]).toHaveLength(1);
      expect(government(name, true).desired.global).toEqual([]);
      expect(government(name, false).desired["us-government"]).toEqual([]);
      expect(government(name, false).desired.global).toHaveLength(1);
    },
  );

  test.each([PREMIUM, ULTIMATE, "Travel Expenses", "New SKU"])("E4: %s never does", (name) => {
    expect(government(name, true).desired["us-government"]).toEqual([]);
    expect(government(name, true).desired.global).toHaveLength(1);
  });

  test("E4: an expired charge sends it too", () => {
    expect(governmentFields(government(USGOV_12X5, false, DAY_AFTER_GRACE)).support_level).toBe("expired");
  });

  test("E4: one charge of several is enough, and the whole subscription goes, never both", () => {
    const charges = [charge(SM_PREMIUM, { id: "c1" }), charge(USGOV_12X5, { id: "c2", end_date: "2024-01-01" })];
    const processed = process(account({ charges }));
    expect(processed.desired.global).toEqual([]);
    expect(governmentFields(processed)).toMatchObject({ support_level: "premium", sub_sm_premium: true });
    expect(outcomes(charges).subscriptions).toEqual([
      [
        "a0S4M00000AbCdEUAV",
        "us-government",
        [
          ["c1", "counts"],
          ["c2", "expired"],
        ],
        ["c2"],
      ],
    ]);
  });

  test("E4: different subscriptions may give an object in both instances, each with its own charges", () => {
    const subs = [subscription(), subscription({ id: SECOND, subscription_id: SECOND })];
    const charges = [charge(ULTIMATE, { id: "c1" }), charge(USGOV_12X5, { id: "c2", subscription_id: SECOND })];
    const processed = process(account({ subs, charges }));
    expect(trueFields(globalFields(processed))).toEqual(["sub_dotcom_ultimate"]);
    expect(trueFields(governmentFields(processed))).toEqual(["sub_usgov_12x5"]);
    expect(globalFields(processed).support_level).toBe("ultimate");
    expect(governmentFields(processed).support_level).toBe("custom");
  });

  test("E4: a subscription without any charge goes to global, also with the exception", () => {
    const processed = process(account({ exception: true, charges: [] }));
    expect(processed.desired["us-government"]).toEqual([]);
    expect(globalFields(processed).support_level).toBe("expired");
  });

  test("E4: two records of one subscription go to the same place", () => {
    const processed = process(account({ subs: [subscription(), subscription()], charges: [charge(FEDRAMP)] }));
    expect(processed.desired.global).toEqual([]);
    expect(processed.desired["us-government"]).toHaveLength(1);
  });
});
