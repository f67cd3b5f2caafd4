import { addDays } from "../days.ts";
import type { FieldValue } from "../expected.ts";
import { to18 } from "../salesforce-ids.ts";
import type { EntitlementCase } from "./entitlements.ts";

const PREMIUM = "SaaS - Premium - 1 Year";
const ULTIMATE = "SaaS - Ultimate - 1 Year";

/** What the names and quantities of charges come to in global (E2, E5, E7, E9, E10). */
export function chargeCases(today: string): EntitlementCase[] {
  return [...unknownNameCases(today), ...knownNameCases(today), ...levelCases(today), ...seatCases(today)];
}

function unknownNameCases(today: string): EntitlementCase[] {
  const end = addDays(today, 250);
  return [
    {
      name: "E2 unknown charge name beside nothing else",
      subscriptions: [{ charges: ["SaaS - Ultimate Plus - 1 Year"], end }],
      before: { global: { support_level: "ultimate", account_type: "customer", sub_dotcom_ultimate: true } },
      expect: {
        global: {
          is: "updated",
          support_level: "expired",
          fields: { sub_dotcom_ultimate: false, expiration_date: end },
        },
      },
    },
    {
      name: "E2 unknown charge name beside a known one",
      subscriptions: [{ charges: ["GitLab Moonbase - 1 Year", PREMIUM], end }],
      expect: { global: { is: "unchanged", support_level: "premium" } },
    },
  ];
}

function knownNameCases(today: string): EntitlementCase[] {
  const end = addDays(today, 250);
  return [
    {
      name: "E2 charge name in other capitals is unknown, not created",
      subscriptions: [{ charges: ["saas - premium - 1 year"], end }],
      expect: { global: { is: "absent" } },
    },
    {
      name: "E2 charge name with spaces around it",
      subscriptions: [{ charges: [` ${PREMIUM}  `], end }],
      expect: { global: { is: "unchanged", support_level: "premium", fields: { sub_dotcom_premium: true } } },
    },
    {
      name: "E2 charge of no gathered subscription",
      subscriptions: [
        {
          charges: [
            { name: PREMIUM, quantity: 20 },
            { name: ULTIMATE, quantity: 900, subscription: to18("a0S4M00000zzzzz") },
          ],
          end,
        },
      ],
      expect: {
        global: {
          is: "unchanged",
          support_level: "premium",
          fields: { sub_dotcom_ultimate: false, seats_decimal: 20 },
        },
      },
    },
    {
      name: "C2 ignored charge only is not created",
      subscriptions: [{ charges: ["Travel Expenses"], end }],
      expect: { global: { is: "absent" } },
    },
  ];
}

function levelCases(today: string): EntitlementCase[] {
  const end = addDays(today, 300);
  const unchanged = (name: string, charges: string[], level: string, fields: Record<string, FieldValue>) => ({
    name,
    subscriptions: [{ charges, end }],
    expect: { global: { is: "unchanged" as const, support_level: level, fields } },
  });
  return [
    unchanged("E5 E10 two charges of different levels", [PREMIUM, ULTIMATE], "ultimate", {
      sub_dotcom_premium: true,
      sub_dotcom_ultimate: true,
    }),
    unchanged("E10 consumption only", ["1,000 Compute Minutes", "GitLab Duo Pro - 1 Year"], "consumption_only", {
      sub_consumption_cicd_minutes: true,
      sub_consumption_duo_premium: true,
      account_type: "customer",
    }),
    unchanged("E10 E7 community program, without seats", ["[EDU Program] SaaS - Ultimate - 1 Year"], "community", {
      sub_edu: true,
      seats_decimal: 0,
    }),
    unchanged("E10 legacy gold has a level and no field", ["Gold - 1 Year"], "gold", {
      sub_dotcom_ultimate: false,
      sub_dotcom_premium: false,
    }),
    unchanged("E9 success signature brings an assigned support engineer", ["Success Signature - 1 Year"], "custom", {
      sub_ss_enterprise: true,
      sub_ss_ase: true,
    }),
    {
      name: "E10 renewed at a higher plan, created from nothing",
      subscriptions: [
        { charges: [PREMIUM], end: addDays(today, -40) },
        { charges: [ULTIMATE], end },
      ],
      expect: {
        global: {
          is: "created",
          support_level: "ultimate",
          fields: { sub_dotcom_ultimate: true, sub_dotcom_premium: false, expiration_date: end },
        },
      },
    },
  ];
}

function seatCases(today: string): EntitlementCase[] {
  const end = addDays(today, 45);
  return [
    {
      name: "E7 fraction of a seat in a decimal field",
      subscriptions: [
        {
          charges: [
            { name: PREMIUM, quantity: 12.5 },
            { name: PREMIUM, quantity: 3 },
          ],
          end,
        },
      ],
      expect: { global: { is: "unchanged", fields: { seats_decimal: 12.5 } } },
    },
    {
      name: "E7 quantity of a charge without seats",
      subscriptions: [{ charges: ["1,000 CI Minutes", { name: PREMIUM, quantity: null }], end }],
      expect: { global: { is: "unchanged", support_level: "premium", fields: { seats_decimal: 0 } } },
    },
  ];
}
