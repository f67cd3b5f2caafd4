import { describe, expect, test } from "bun:test";
import { PLANS as plans } from "../../test/support/domain/process-examples.ts";
import { nearestCharge } from "./nearest-charge.ts";

const KNOWN = [...plans.typeOfCharge.keys(), ...plans.ignoredCharges];
const nearest = nearestCharge(KNOWN);

describe("the known charge that an unknown name was probably meant to be", () => {
  test.each([
    ["saas - premium - 1 year", "SaaS - Premium - 1 Year"],
    ["SaaS-Premium-1 Year", "SaaS - Premium - 1 Year"],
    ["SaaS – Premium — 1  Year", "SaaS - Premium - 1 Year"],
    ["SaaS - Premum - 1 Year", "SaaS - Premium - 1 Year"],
    ["SaaS-Ultimate-1Year", "SaaS - Ultimate - 1 Year"],
    ["SelfManaged - Premium - 1 Year", "Self-Managed - Premium - 1 Year"],
    [
      "Gitlab Dedicated for US Public Sector - Ultimate - 2 Years",
      "GitLab Dedicated for US Public Sector - Ultimate - 2 Year",
    ],
    ["travel expense", "Travel Expenses"],
  ])("%s → %s", (name, wanted) => {
    expect(nearest(name)).toBe(wanted);
  });

  test.each([
    "SaaS - Ultimate - 5 Year",
    "SaaS - Platinum - 1 Year",
    "SaaS - Ultimate Plus - 1 Year",
    "SaaS - Premium - Yearly",
    "SaaS - Premium - 1 Year US",
    "GitLab Dedicated for US Public Sector - Platinum - 2 Year",
    "GitLab Dedicated for EU Public Sector - Ultimate - 2 Year",
    "GitLab Dedicated Public Sector - Ultimate - 2 Year",
  ])("another number, term, plan or word is another product: %s", (name) => {
    expect(nearest(name)).toBeNull();
  });

  test("no name of plans.yml, were it missing there, would be taken for another one", () => {
    for (const name of KNOWN) {
      const others = KNOWN.filter((one) => one !== name);
      expect({ name, nearest: nearestCharge(others)(name) }).toEqual({ name, nearest: null });
    }
  });

  test.each(["GitLab Orbit - 1 Year", "Premium", "x", "", "Ultimate Plus for Everybody", "S".repeat(100_000)])(
    "nothing is near %.40s",
    (name) => {
      expect(nearest(name)).toBeNull();
    },
  );

  test("is the same whatever the order of plans.yml", () => {
    expect(nearestCharge(KNOWN.toReversed())("SaaS - Premum - 1 Year")).toBe(nearest("SaaS - Premum - 1 Year"));
  });

  test("GitLab Dedicated for US Public Sector is known, as government's Dedicated", () => {
    for (const term of ["1 Year", "2 Year", "3 Year", "Monthly"]) {
      const type = plans.typeOfCharge.get(`GitLab Dedicated for US Public Sector - Ultimate - ${term}`);
      expect(type?.name).toBe("usgov_fedramp");
    }
  });
});
