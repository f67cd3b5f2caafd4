import { addDays } from "../days.ts";
import type { EntitlementCase } from "./entitlements.ts";

const SELF_MANAGED = "Self-Managed - Ultimate - 1 Year";
const FEDERAL_SUPPORT = { Support_Instance__c: "federal-support" };

/** Where a subscription counts (E4), and what follows in us-government (E9, E10, E12). */
export function federalCases(today: string): EntitlementCase[] {
  return [...placementCases(today), ...mixedCases(today), ...scheduleCases(today), ...levelCases(today)];
}

function placementCases(today: string): EntitlementCase[] {
  const end = addDays(today, 210);
  return [
    {
      name: "E4 self-managed ultimate with the federal-support exception",
      account: FEDERAL_SUPPORT,
      subscriptions: [{ charges: [SELF_MANAGED], end }],
      expect: {
        global: { is: "absent" },
        "us-government": { is: "unchanged", support_level: "ultimate", fields: { sub_sm_ultimate: true } },
      },
    },
    {
      name: "E4 self-managed ultimate without the exception",
      subscriptions: [{ charges: [SELF_MANAGED], end }],
      expect: {
        global: { is: "unchanged", support_level: "ultimate", fields: { sub_sm_ultimate: true } },
        "us-government": { is: "absent" },
      },
    },
  ];
}

function mixedCases(today: string): EntitlementCase[] {
  const end = addDays(today, 210);
  return [
    {
      name: "E4 expired government charge beside a live commercial one",
      subscriptions: [
        {
          charges: [
            { name: "12x5 US Citizen Support - 1 Year", end: addDays(today, -200) },
            { name: "SaaS - Ultimate - 1 Year", quantity: 75 },
          ],
          end,
        },
      ],
      expect: {
        global: { is: "absent" },
        "us-government": {
          is: "unchanged",
          support_level: "ultimate",
          fields: { sub_usgov_12x5: false, number_of_seats: 75, expiration_date: end },
        },
      },
    },
    {
      name: "E4 account in both instances",
      subscriptions: [
        { charges: ["SaaS - Premium - 1 Year"], end: addDays(today, 100) },
        { charges: ["12x5 US Citizen Support - 1 Year", SELF_MANAGED], end: addDays(today, 200) },
      ],
      expect: {
        global: { is: "unchanged", support_level: "premium", fields: { expiration_date: addDays(today, 100) } },
        "us-government": {
          is: "unchanged",
          support_level: "ultimate",
          fields: { sub_usgov_12x5: true, expiration_date: addDays(today, 200), emergency_support_24x7: false },
        },
      },
    },
  ];
}

function scheduleCases(today: string): EntitlementCase[] {
  const end = addDays(today, 140);
  return [
    {
      name: "E9 E12 fedramp brings dedicated and 24x7",
      subscriptions: [{ charges: ["Dedicated for Government - Ultimate - 1 Year"], end }],
      expect: {
        "us-government": {
          is: "created",
          support_level: "ultimate",
          fields: { sub_gitlab_dedicated: true, sub_usgov_24x7: true, emergency_support_24x7: true },
        },
      },
    },
    {
      name: "E10 12x5 only",
      subscriptions: [{ charges: ["12x5 US Citizen Support - 2 Year"], end }],
      expect: {
        "us-government": {
          is: "unchanged",
          support_level: "custom",
          fields: { sub_usgov_12x5: true, emergency_support_24x7: false, account_type: "customer" },
        },
      },
    },
    {
      name: "E10 E12 24x7 only",
      subscriptions: [{ charges: ["24x7 US Citizen Support - Monthly"], end }],
      expect: {
        "us-government": {
          is: "updated",
          support_level: "custom",
          fields: { sub_usgov_24x7: true, emergency_support_24x7: true },
        },
      },
      before: { "us-government": { emergency_support_24x7: false, sub_usgov_24x7: false } },
    },
  ];
}

function levelCases(today: string): EntitlementCase[] {
  const end = addDays(today, 140);
  return [
    {
      name: "E10 a level below custom beside 24x7",
      subscriptions: [
        { charges: ["24x7 US Citizen Support - 1 Year", "[OSS Program] Self-Managed - Ultimate - 1 Year"], end },
      ],
      expect: { "us-government": { is: "unchanged", support_level: "community" } },
    },
    {
      name: "E7 fraction of a seat in an integer field",
      account: FEDERAL_SUPPORT,
      subscriptions: [{ charges: [{ name: "Self-Managed - Premium - 1 Year", quantity: 12.5 }], end }],
      expect: { "us-government": { is: "unchanged", fields: { number_of_seats: 13 } } },
    },
  ];
}
