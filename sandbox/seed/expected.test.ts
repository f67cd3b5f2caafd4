import { describe, expect, test } from "bun:test";
import { lastDayOfGrace, threeYearsOut } from "./days.ts";
import { expectedOrganizations } from "./expected.ts";
import { WorldDraft } from "./world-draft.ts";

const TODAY = "2026-11-23";

function support(charges: Array<[name: string, end: string]>, instance: "global" | "us-government" = "global") {
  const draft = new WorldDraft(1, TODAY, new Date("2026-11-23T10:00:00Z"));
  const customer = draft.customer();
  const wishes = charges.map(([name, end]) => ({ name, end, quantity: 7 }));
  draft.subscribe(customer, wishes, { end: "2027-12-31" });
  return expectedOrganizations(customer, TODAY)[instance];
}

describe("days", () => {
  test("of grace are 15, the 15th included (E3)", () => {
    expect(lastDayOfGrace(TODAY)).toBe("2026-11-08");
  });

  test("three years out start from 28 February in a leap year (G4)", () => {
    expect([threeYearsOut(TODAY), threeYearsOut("2028-02-29"), threeYearsOut("2027-03-01")]).toEqual([
      "2023-11-22",
      "2025-02-27",
      "2024-02-29",
    ]);
  });
});

describe("an account's organization", () => {
  test("keeps its level on the last day of grace and loses it the day after", () => {
    expect(support([["SaaS - Premium - 1 Year", "2026-11-08"]])?.support_level).toBe("premium");
    expect(support([["SaaS - Premium - 1 Year", "2026-11-07"]])).toMatchObject({
      support_level: "expired",
      fields: { account_type: "former_customer", aar: 0, seats_decimal: 0, expiration_date: "2026-11-07" },
    });
  });

  test("has the highest level of all unexpired charges", () => {
    const charges: Array<[string, string]> = [
      ["SaaS - Premium - 1 Year", "2027-01-01"],
      ["Gold - 1 Year", "2027-01-01"],
      ["SaaS - Ultimate - 1 Year", "2026-01-01"],
    ];
    expect(support(charges)).toMatchObject({
      support_level: "gold",
      fields: { sub_dotcom_ultimate: false, seats_decimal: 7 },
    });
  });

  test("is in us-government as soon as one charge is, and there custom support is the last resort", () => {
    const charges: Array<[string, string]> = [["24x7 US Citizen Support - 1 Year", "2027-01-01"]];
    expect(support(charges)).toBeUndefined();
    expect(support(charges, "us-government")).toMatchObject({
      support_level: "custom",
      fields: { sub_usgov_24x7: true, emergency_support_24x7: true, number_of_seats: 0 },
    });
  });
});
