import { describe, expect, test } from "bun:test";
import type { InstanceExplanation, SupportExplanation } from "./account-explanation.ts";
import { decidedState } from "./answer-headline.ts";

const TODAY = "2026-11-23";

function expired(changes: Partial<SupportExplanation>): InstanceExplanation {
  const support: SupportExplanation = {
    support_level: "expired",
    won_by: [],
    next_level: null,
    types: [],
    seats: 0,
    seats_from: null,
    expiration_date: "2026-10-01",
    expiration_from: null,
    ...changes,
  };
  return {
    instance: "global",
    keeper: "global",
    support,
    gates: [],
    unwanted: null,
    partner: null,
    no_support: null,
    lowered: null,
    losses: [],
    held_up: null,
    organizations: [],
    fields: [],
    next: [],
    did: [],
    findings: [],
    contacts: [],
  };
}

describe("the end of a customer without support", () => {
  test("is the last one where it has been", () => {
    expect(decidedState(expired({}), TODAY)).toBe("expired, last end 2026-10-01, no organization");
  });

  test("is not said where it is to come: nothing has ended on that day", () => {
    for (const expiration_date of [TODAY, "2027-01-31"])
      expect(decidedState(expired({ expiration_date }), TODAY)).toBe("expired, no organization");
  });

  test("is said to be set where an override sets it", () => {
    const set = { expiration_date: "2027-01-31", expiration_from: "overrides.yml:4" };
    expect(decidedState(expired(set), TODAY)).toBe("expired, set to end 2027-01-31, no organization");
  });
});
