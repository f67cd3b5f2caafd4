import { describe, expect, test } from "bun:test";
import {
  account,
  charge,
  DAY_AFTER_GRACE,
  FEDRAMP,
  globalFields,
  governmentFields,
  LAST_DAY_OF_GRACE,
  onlyObject,
  override,
  PLANS,
  PREMIUM,
  process,
  SM_PREMIUM,
  subscription,
  trueFields,
  ULTIMATE,
  USGOV_12X5,
  USGOV_24X7,
} from "../../test/support/domain/process-examples.ts";
import type { Charge } from "./account.ts";
import type { Override } from "./overrides.ts";

const SECOND = "a0S4M00000ZzZzZUAV";
const withCharges = (...charges: Charge[]) => process(account({ charges }));
const named = (...names: string[]) => withCharges(...names.map((name, index) => charge(name, { id: `c${index}` })));
const overridden = (changes: Partial<Override>, ...charges: Charge[]) =>
  process(account({ charges }), { overrides: [override(changes)] });
const subscriptions = (types: Record<string, boolean>) => new Map(Object.entries(types));
const entitlementOf = (processed: ReturnType<typeof process>, instance: "global" | "us-government" = "global") =>
  [...processed.decisions.values()][0]?.entitlements[instance];

describe("E5: types of unexpired charges become true", () => {
  test.each([...PLANS.typeOfCharge].filter(([, type]) => type.name.startsWith("sub_")))(
    "E5: %s",
    (chargeName, { name }) => {
      const processed = named(chargeName);
      const [object] = [...processed.desired.global, ...processed.desired["us-government"]];
      expect(object?.organization_fields[name]).toBe(true);
    },
  );

  test("E5: all of them, and not those of expired charges", () => {
    const processed = withCharges(
      charge(ULTIMATE, { id: "c1", end_date: DAY_AFTER_GRACE }),
      charge(PREMIUM, { id: "c2" }),
      charge("1,000 CI Minutes", { id: "c3", end_date: LAST_DAY_OF_GRACE }),
    );
    expect(trueFields(globalFields(processed))).toEqual(["sub_consumption_cicd_minutes", "sub_dotcom_premium"]);
    expect(globalFields(processed).sub_dotcom_ultimate).toBe(false);
    expect(entitlementOf(processed)?.charged).toEqual(new Set(["sub_dotcom_premium", "sub_consumption_cicd_minutes"]));
  });
});

describe("E6: expiration_date", () => {
  test("E6: the latest end of all charges, expired ones too, in any order", () => {
    const ends = ["2024-05-01", "2026-11-01", "2025-03-01"];
    for (const order of [ends, [...ends].reverse()]) {
      const charges = order.map((end_date, index) => charge(ULTIMATE, { id: `c${index}`, end_date }));
      expect(globalFields(withCharges(...charges)).expiration_date).toBe("2026-11-01");
    }
  });

  test("E6: unknown charge names count for it, subscriptions that end later do not", () => {
    const subs = [subscription({ end_date: "2029-01-01" })];
    const charges = [charge(ULTIMATE), charge("New SKU", { end_date: "2027-02-01" })];
    expect(globalFields(process(account({ subs, charges }))).expiration_date).toBe("2027-02-01");
  });

  test("E6: without any charge the latest end of the subscriptions", () => {
    const subs = ["2026-02-01", "2026-04-01", "2026-03-01"].map((end_date, index) =>
      subscription({ id: `s${index}`, subscription_id: null, end_date }),
    );
    expect(globalFields(process(account({ subs, charges: [] }))).expiration_date).toBe("2026-04-01");
    expect(globalFields(process(account({ subs: subs.slice(0, 1), charges: [] }))).expiration_date).toBe("2026-02-01");
  });

  test("E6: only charges of the subscriptions of that instance", () => {
    const subs = [subscription(), subscription({ id: SECOND, subscription_id: null })];
    const charges = [
      charge(ULTIMATE, { end_date: "2026-12-01" }),
      charge(USGOV_12X5, { subscription_id: SECOND, end_date: "2028-01-01" }),
    ];
    const processed = process(account({ subs, charges }));
    expect(globalFields(processed).expiration_date).toBe("2026-12-01");
    expect(governmentFields(processed).expiration_date).toBe("2028-01-01");
  });
});

describe("E7: seats", () => {
  test("E7: the highest quantity of one unexpired charge with seats, never a sum", () => {
    const processed = withCharges(
      charge(ULTIMATE, { id: "c1", quantity: 100 }),
      charge(PREMIUM, { id: "c2", quantity: 120 }),
      charge(SM_PREMIUM, { id: "c3", quantity: 110 }),
      charge(ULTIMATE, { id: "c4", quantity: 900, end_date: DAY_AFTER_GRACE }),
      charge("1,000 CI Minutes", { id: "c5", quantity: 5000 }),
      charge("[EDU Program] SaaS - Ultimate - 1 Year", { id: "c6", quantity: 8000 }),
      charge("New SKU", { id: "c7", quantity: 7000 }),
    );
    expect(globalFields(processed).seats_decimal).toBe(120);
    expect(entitlementOf(processed)?.seats_from).toBe("c2");
  });

  test("E7: else 0: no quantity, or no charge with seats", () => {
    for (const processed of [
      withCharges(charge(ULTIMATE, { quantity: null })),
      withCharges(charge(ULTIMATE, { quantity: -5 })),
      named("1,000 CI Minutes"),
    ]) {
      expect(globalFields(processed).seats_decimal).toBe(0);
      expect(entitlementOf(processed)?.seats_from).toBeNull();
    }
  });

  test("E7: of two charges with the same quantity the lower id is named", () => {
    const processed = withCharges(charge(ULTIMATE, { id: "c2" }), charge(ULTIMATE, { id: "c1" }));
    expect(entitlementOf(processed)?.seats_from).toBe("c1");
  });

  test("E7: rounded up for the integer field of us-government", () => {
    const charges = [charge(FEDRAMP, { quantity: 10.2 })];
    expect(governmentFields(withCharges(...charges)).number_of_seats).toBe(11);
    expect(globalFields(withCharges(charge(ULTIMATE, { quantity: 10.2 }))).seats_decimal).toBe(10.2);
  });
});

describe("E8: overrides", () => {
  test("E8: sets types true and false, and the level follows", () => {
    const types = { sub_dotcom_ultimate: true, sub_dotcom_premium: false, sub_sm_premium: false };
    const processed = overridden({ subscriptions: subscriptions(types) }, charge(PREMIUM));
    expect(trueFields(globalFields(processed))).toEqual(["sub_dotcom_ultimate"]);
    expect(globalFields(processed).support_level).toBe("ultimate");
    expect(entitlementOf(processed)?.override?.where).toBe("overrides.yml:1");
    expect(processed.counts.overridden).toBe(1);
    expect(processed.notes).toEqual([]);
  });

  test("E8: taking the last type away makes it expired", () => {
    const processed = overridden({ subscriptions: subscriptions({ sub_dotcom_premium: false }) }, charge(PREMIUM));
    expect(globalFields(processed)).toMatchObject({
      support_level: "expired",
      account_type: "former_customer",
      aar: 0,
    });
  });

  test("E8: sets expiration_date, to an earlier or later day", () => {
    for (const expiration_date of ["2025-01-31", "2031-01-31"]) {
      const processed = overridden({ subscriptions: new Map(), expiration_date }, charge(PREMIUM));
      expect(globalFields(processed)).toMatchObject({ expiration_date, support_level: "premium" });
    }
  });

  test("E8: without an expiration_date of its own it leaves the day as it is", () => {
    expect(globalFields(overridden({}, charge(PREMIUM))).expiration_date).toBe("2026-12-31");
  });

  test("E8: implications see its result", () => {
    const enterprise = overridden(
      { subscriptions: subscriptions({ sub_ss_enterprise: true, sub_ss_ase: false }) },
      charge(PREMIUM),
    );
    expect(trueFields(globalFields(enterprise))).toEqual(["sub_dotcom_premium", "sub_ss_ase", "sub_ss_enterprise"]);
    const without = overridden(
      { subscriptions: subscriptions({ sub_ss_enterprise: false }) },
      charge("Success Signature - 1 Year"),
    );
    expect(trueFields(globalFields(without))).toEqual([]);
  });
});

describe("E9: implied types", () => {
  test("E9: in global Success Signature brings an assigned support engineer", () => {
    const processed = named("Success Signature - 1 Year");
    expect(trueFields(globalFields(processed))).toEqual(["sub_ss_ase", "sub_ss_enterprise"]);
    expect(entitlementOf(processed)?.implied).toEqual([{ type: "sub_ss_ase", because: "sub_ss_enterprise" }]);
  });

  test("E9: in us-government it does not", () => {
    expect(governmentFields(named("Success Signature - 1 Year", USGOV_12X5)).sub_ss_ase).toBe(false);
  });

  test("E9: in us-government FedRAMP brings Dedicated and 24x7 support", () => {
    const processed = named(FEDRAMP);
    expect(trueFields(governmentFields(processed))).toEqual(["sub_gitlab_dedicated", "sub_usgov_24x7"]);
    expect(entitlementOf(processed, "us-government")?.implied).toEqual([
      { type: "sub_gitlab_dedicated", because: "usgov_fedramp" },
      { type: "sub_usgov_24x7", because: "usgov_fedramp" },
    ]);
    expect(onlyObject(processed, "us-government").usgov_fedramp).toBe(true);
  });

  test("E9: what is true anyway is not implied", () => {
    const processed = named("Success Signature - 1 Year", "Assigned Support Engineer - 1 Year");
    expect(entitlementOf(processed)?.implied).toEqual([]);
    expect(entitlementOf(named(ULTIMATE))?.implied).toEqual([]);
  });

  test("E9: usgov_fedramp is an attribute of us-government objects only, and false without it", () => {
    expect(onlyObject(named(USGOV_12X5), "us-government").usgov_fedramp).toBe(false);
    expect(onlyObject(named(ULTIMATE), "global")).not.toHaveProperty("usgov_fedramp");
    expect(governmentFields(named(FEDRAMP))).not.toHaveProperty("usgov_fedramp");
  });
});

describe("E10: support_level", () => {
  const byLevel: [string, string][] = [
    ["ultimate", ULTIMATE],
    ["gold", "Gold - 1 Year"],
    ["premium", PREMIUM],
    ["silver", "Bronze - 1 Year"],
    ["consumption_only", "1,000 Compute Minutes"],
    ["custom", "Success Advanced - 1 Year"],
    ["community", "[OSS Program] SaaS - Ultimate - 1 Year"],
  ];

  test.each(byLevel.map(([level], index) => [level, index] as const))(
    "E10: %s goes before all lower ones",
    (level, index) => {
      const names = byLevel.slice(index).map(([, name]) => name);
      expect(globalFields(named(...names)).support_level).toBe(level);
      expect(globalFields(named(...names.reverse())).support_level).toBe(level);
    },
  );

  test("E10: expired where no type is left", () => {
    const processed = named("Travel Expenses");
    expect(globalFields(processed).support_level).toBe("expired");
    expect(entitlementOf(processed)?.level_from).toEqual([]);
  });

  test("E10: names every type that carries the level", () => {
    const processed = named("Self-Managed - Ultimate - 1 Year", PREMIUM, ULTIMATE);
    expect(entitlementOf(processed)?.level_from).toEqual(["sub_dotcom_ultimate", "sub_sm_ultimate"]);
  });

  test("E10: a field that plans.yml has no type for has no level", () => {
    const plans = { ...PLANS, types: new Map([...PLANS.types].filter(([name]) => name !== "sub_ss_growth")) };
    const overrides = [override({ subscriptions: subscriptions({ sub_ss_growth: true }) })];
    const processed = process(account({ charges: [] }), { plans, overrides });
    expect(globalFields(processed)).toMatchObject({ sub_ss_growth: true, support_level: "expired" });
  });

  test("E10: a type that an instance has no field for still counts", () => {
    expect(governmentFields(named(ULTIMATE, USGOV_12X5)).support_level).toBe("ultimate");
    expect(globalFields(named("Gold - 1 Year")).support_level).toBe("gold");
  });

  test.each([USGOV_12X5, USGOV_24X7])("E10: in us-government %s alone is custom", (name) => {
    expect(governmentFields(named(name)).support_level).toBe("custom");
    expect(entitlementOf(named(name), "us-government")?.level_from).toEqual([]);
  });

  test("E10: in us-government US-citizen support does not raise what is there besides", () => {
    const community = "[EDU Program] SaaS - Ultimate - 1 Year";
    expect(governmentFields(named(community, USGOV_12X5)).support_level).toBe("community");
    expect(governmentFields(named(community, USGOV_24X7)).support_level).toBe("community");
    expect(governmentFields(named(SM_PREMIUM, USGOV_12X5)).support_level).toBe("premium");
  });

  test("E10: in us-government expired where US-citizen support has ended as well", () => {
    const processed = withCharges(charge(USGOV_12X5, { end_date: DAY_AFTER_GRACE }));
    expect(governmentFields(processed).support_level).toBe("expired");
  });

  test("E10: in global US-citizen support is a type like any other", () => {
    const community = charge("[EDU Program] SaaS - Ultimate - 1 Year");
    const custom = overridden({ subscriptions: subscriptions({ sub_usgov_12x5: true }) }, community);
    expect(globalFields(custom).support_level).toBe("custom");
    const plans = { ...PLANS, types: new Map([...PLANS.types].filter(([name]) => name !== "sub_usgov_12x5")) };
    const overrides = [override({ subscriptions: subscriptions({ sub_usgov_12x5: true }) })];
    expect(globalFields(process(account({ charges: [] }), { plans, overrides })).support_level).toBe("expired");
  });
});

describe("E11, E12: what follows from the level and the schedule", () => {
  test("E11: a customer with its ARR, a former customer with none", () => {
    expect(globalFields(named(PREMIUM))).toMatchObject({ account_type: "customer", aar: 12000.5 });
    const former = process(account({ type: "Customer", charges: [charge(PREMIUM, { end_date: DAY_AFTER_GRACE })] }));
    expect(globalFields(former)).toMatchObject({ account_type: "former_customer", aar: 0 });
    const returned = process(account({ type: "Former Customer" }));
    expect(globalFields(returned)).toMatchObject({ account_type: "customer", aar: 12000.5 });
  });

  test("E12: emergency support in us-government with 24x7 only", () => {
    expect(governmentFields(named(USGOV_24X7)).emergency_support_24x7).toBe(true);
    expect(governmentFields(named(USGOV_12X5)).emergency_support_24x7).toBe(false);
    expect(governmentFields(named(FEDRAMP)).emergency_support_24x7).toBe(true);
    expect(globalFields(named(ULTIMATE))).not.toHaveProperty("emergency_support_24x7");
  });
});

describe("E14: sold_tos", () => {
  const soldTos = (
    emails: (string | null)[],
    sold_to: { name: string | null; email: string } | null,
    end_date = "2026-12-31",
  ) => {
    const subs = emails.map((sold_to_email, index) =>
      subscription({ id: `s${index}`, subscription_id: null, end_date, sold_to_email }),
    );
    return onlyObject(process(account({ subs, charges: [], sold_to })), "global").sold_tos;
  };

  test("E14: the distinct lower-cased addresses of unexpired subscriptions, then the account's own", () => {
    const own = { name: "Ann", email: " Ann@Example.com " };
    expect(soldTos(["zoe@example.com", " Bob@Example.com", "bob@example.COM", null, " "], own)).toEqual([
      { name: null, email: "bob@example.com" },
      { name: null, email: "zoe@example.com" },
      { name: "Ann", email: "ann@example.com" },
    ]);
  });

  test("E14: an address of both has the name of the account's own, and stands once", () => {
    const own = { name: "Bob", email: "BOB@example.com" };
    expect(soldTos(["bob@example.com", "zoe@example.com"], own)).toEqual([
      { name: "Bob", email: "bob@example.com" },
      { name: null, email: "zoe@example.com" },
    ]);
  });

  test("E14: by the subscription's end: the 15th day of grace counts, the 16th does not", () => {
    expect(soldTos(["bob@example.com"], null, LAST_DAY_OF_GRACE)).toEqual([{ name: null, email: "bob@example.com" }]);
    expect(soldTos(["bob@example.com"], null, DAY_AFTER_GRACE)).toEqual([]);
  });

  test("E14: only subscriptions of that instance, the account's own in both", () => {
    const subs = [
      subscription({ sold_to_email: "global@example.com" }),
      subscription({ id: SECOND, subscription_id: null, sold_to_email: "usgov@example.com" }),
    ];
    const charges = [charge(ULTIMATE), charge(USGOV_12X5, { subscription_id: SECOND })];
    const processed = process(account({ subs, charges, sold_to: { name: null, email: "own@example.com" } }));
    const addresses = (instance: "global" | "us-government") =>
      onlyObject(processed, instance).sold_tos.map((one) => one.email);
    expect(addresses("global")).toEqual(["global@example.com", "own@example.com"]);
    expect(addresses("us-government")).toEqual(["usgov@example.com", "own@example.com"]);
  });
});
