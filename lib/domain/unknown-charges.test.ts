import { describe, expect, test } from "bun:test";
import {
  ACCOUNT,
  account,
  charge,
  DAY_AFTER_GRACE,
  FEDRAMP,
  PLANS,
  PREMIUM,
  TODAY,
  ULTIMATE,
} from "../../test/support/domain/process-examples.ts";
import { processAccounts } from "./process.ts";

const MISSPELT = "saas - ultimate - 1 year";

/** Of one account with these charges: what is said of the unknown ones. */
function unknown(...charges: ReturnType<typeof charge>[]) {
  const numbered = charges.map((one, index) => ({ ...one, id: `a0C${index}` }));
  const { unknownCharges } = processAccounts({
    accounts: [account({ charges: numbered })],
    partnerIds: new Set(),
    plans: PLANS,
    overrides: [],
    today: TODAY,
  });
  return unknownCharges.map(({ charge_name, nearest, hurt_accounts }) => ({ charge_name, nearest, hurt_accounts }));
}

describe("an unknown charge hurts an account now", () => {
  test("that would have a higher level if it meant the nearest known name", () => {
    expect(unknown(charge(MISSPELT), charge(PREMIUM))).toEqual([
      { charge_name: MISSPELT, nearest: ULTIMATE, hurt_accounts: [ACCOUNT] },
    ]);
  });

  test("that has nothing else", () => {
    expect(unknown(charge(MISSPELT))[0]?.hurt_accounts).toEqual([ACCOUNT]);
  });

  test("that would have more seats, or be in us-government", () => {
    expect(unknown(charge(MISSPELT, { quantity: 300 }), charge(ULTIMATE))[0]?.hurt_accounts).toEqual([ACCOUNT]);
    expect(unknown(charge(FEDRAMP.toUpperCase()), charge(ULTIMATE))[0]?.hurt_accounts).toEqual([ACCOUNT]);
  });

  test("where nobody can tell what it means", () => {
    expect(unknown(charge("Brand New"), charge(ULTIMATE))).toEqual([
      { charge_name: "Brand New", nearest: null, hurt_accounts: [ACCOUNT] },
    ]);
  });

  test("not where the account has all of it anyway", () => {
    expect(unknown(charge(MISSPELT), charge(ULTIMATE))[0]?.hurt_accounts).toEqual([]);
  });

  test("not where it is expired, or near a name that means nothing for support", () => {
    expect(unknown(charge(MISSPELT, { end_date: DAY_AFTER_GRACE }))[0]?.hurt_accounts).toEqual([]);
    expect(unknown(charge("travel expenses"))).toEqual([
      { charge_name: "travel expenses", nearest: "Travel Expenses", hurt_accounts: [] },
    ]);
  });
});
