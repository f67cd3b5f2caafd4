import type { InstanceName, OddityExpectation } from "../../types.ts";
import { addDays, lastDayOfGrace, threeYearsOut } from "../days.ts";
import type { FieldValue } from "../expected.ts";
import type { AccountRecord } from "../records.ts";
import type { ChargeWish } from "../salesforce-draft.ts";
import type { WorldDraft } from "../world-draft.ts";
import { chargeCases } from "./charge-entitlements.ts";
import { federalCases } from "./federal-entitlements.ts";

/** An account for one rule of entitlements.md. Its organization exists where something other than absence or creation is expected. */
export interface EntitlementCase {
  name: string;
  account?: Partial<AccountRecord>;
  subscriptions: Array<{ charges: ChargeWish[]; end?: string | null; status?: string }>;
  expect: OddityExpectation;
  /** What an earlier run had left where an update is expected. */
  before?: Partial<Record<InstanceName, Record<string, FieldValue>>>;
}

const PREMIUM = "SaaS - Premium - 1 Year";
const ULTIMATE = "SaaS - Ultimate - 1 Year";

/** One account for each boundary of the rules E1–E13. */
export function addEntitlementOddities(draft: WorldDraft): void {
  const { today } = draft;
  const endDates = [...graceCases(today), ...expirationCases(today), ...gatheringCases(today)];
  const cases = [...endDates, ...chargeCases(today), ...federalCases(today)];
  for (const one of cases) addCase(draft, one);
  addAccountsWithoutSubscription(draft);
}

function addCase(draft: WorldDraft, one: EntitlementCase): void {
  const customer = draft.customer(one.account);
  for (const { charges, ...options } of one.subscriptions) draft.subscribe(customer, charges, options);
  for (const instance of ["global", "us-government"] as const) {
    const is = one.expect[instance]?.is;
    if (is === "unchanged" || is === "updated") {
      draft.existing(customer, instance, { fields: one.before?.[instance] ?? {} });
    }
  }
  draft.oddity(one.name, customer, one.expect);
}

function graceCases(today: string): EntitlementCase[] {
  const grace = lastDayOfGrace(today);
  return [
    {
      name: "E3 charge on the 15th and last day of grace",
      subscriptions: [{ charges: [PREMIUM], end: grace }],
      expect: {
        global: {
          is: "unchanged",
          support_level: "premium",
          fields: { sub_dotcom_premium: true, expiration_date: grace, account_type: "customer" },
        },
      },
    },
    {
      name: "E3 E11 charge a day past grace",
      account: { CARR_This_Account__c: 4_800 },
      subscriptions: [{ charges: [PREMIUM], end: addDays(grace, -1) }],
      before: {
        global: { support_level: "premium", account_type: "customer", aar: 4_800, sub_dotcom_premium: true },
      },
      expect: {
        global: {
          is: "updated",
          support_level: "expired",
          fields: { sub_dotcom_premium: false, account_type: "former_customer", aar: 0, seats_decimal: 0 },
        },
      },
    },
  ];
}

function expirationCases(today: string): EntitlementCase[] {
  const oldest = threeYearsOut(today);
  return [
    {
      name: "E13 expiration exactly three years and one day ago",
      subscriptions: [{ charges: [ULTIMATE], end: oldest }],
      expect: {
        global: {
          is: "unchanged",
          support_level: "expired",
          fields: { expiration_date: oldest, mark_for_deletion: false },
        },
      },
    },
    {
      name: "E6 only expired charges: the latest end date of all",
      subscriptions: [
        { charges: [PREMIUM], end: addDays(today, -400) },
        { charges: [ULTIMATE, { name: PREMIUM, end: addDays(today, -60) }], end: addDays(today, -40) },
      ],
      expect: {
        global: { is: "unchanged", support_level: "expired", fields: { expiration_date: addDays(today, -40) } },
      },
    },
    {
      name: "E6 subscription without charges",
      subscriptions: [{ charges: [], end: addDays(today, 90) }],
      expect: {
        global: {
          is: "unchanged",
          support_level: "expired",
          fields: { expiration_date: addDays(today, 90), account_type: "former_customer" },
        },
      },
    },
  ];
}

function gatheringCases(today: string): EntitlementCase[] {
  return [
    {
      name: "A1 evergreen subscription and charge without end date",
      subscriptions: [{ charges: [ULTIMATE], end: null }],
      expect: { global: { is: "absent" }, "us-government": { is: "absent" } },
    },
    {
      name: "A1 cancelled subscription beside a live one",
      subscriptions: [
        { charges: [ULTIMATE], end: addDays(today, 600), status: "Cancelled" },
        { charges: [PREMIUM], end: addDays(today, 120) },
      ],
      expect: {
        global: { is: "unchanged", support_level: "premium", fields: { expiration_date: addDays(today, 120) } },
      },
    },
  ];
}

function addAccountsWithoutSubscription(draft: WorldDraft): void {
  const stranger = draft.customer();
  draft.oddity("E1 account without any subscription, without organization", stranger, {
    global: { is: "absent" },
    "us-government": { is: "absent" },
  });
  const leftBehind = draft.customer({ Type: "Former Customer" });
  draft.organization("global", draft.asIfSubscribed(leftBehind, "global", [PREMIUM]));
  draft.oddity("E1 C4 account without any subscription, with organization", leftBehind, { global: { is: "marked" } });
  const tooOld = draft.customer({ Type: "Former Customer" });
  const dayBefore = addDays(threeYearsOut(draft.today), -1);
  const before = draft.asIfSubscribed(tooOld, "global", [ULTIMATE]);
  draft.subscribe(tooOld, [ULTIMATE], { end: dayBefore });
  draft.organization("global", before, {
    fields: { support_level: "expired", account_type: "former_customer", expiration_date: dayBefore },
  });
  draft.oddity("E13 expiration a day more than three years and one day ago", tooOld, { global: { is: "marked" } });
}
