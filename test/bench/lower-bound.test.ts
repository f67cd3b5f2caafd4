import { describe, expect, test } from "bun:test";
import { type BoundInstance, type BoundWorld, lowerBound } from "./lower-bound.ts";
import { LIMITS } from "./situations.ts";

const QUIET: BoundInstance = {
  organizations: 3_500,
  listedUsers: 0,
  organizationsTouched: 0,
  usersTouched: 0,
  organizationsCreated: 0,
  organizationsUpdated: 0,
  usersCreated: 0,
  usersUpdated: 0,
};

const worldOf = (...instances: Partial<BoundInstance>[]): BoundWorld => ({
  salesforceRows: 22_000,
  contactRows: 0,
  instances: instances.map((one) => ({ ...QUIET, ...one })),
});

const boundOf = (world: BoundWorld, path: "listing" | "snapshot" = "listing", bulkUsers = true) =>
  lowerBound(world, path, LIMITS, bulkUsers);

describe("the lower bound", () => {
  test("of an hour with nothing to do is the longest list: log-in and pages one after the other", () => {
    // 35 pages; Salesforce's 12 in one go take 0.95 s.
    expect(boundOf(worldOf({}))).toEqual({ seconds: 0.15 + 35 * 0.15, salesforceRequests: 13, instanceRequests: [37] });
  });

  test("instances are read beside each other, and an instance's users beside its organizations", () => {
    const both = boundOf(worldOf({}, { organizations: 1_400, listedUsers: 6_000 }));
    expect(both.seconds).toBeCloseTo(0.15 + 60 * 0.15);
    expect(both.instanceRequests).toEqual([37, 2 + 14 + 60]);
    // Three chunks of contacts more.
    expect(both.salesforceRequests).toBe(16);
  });

  test("with a snapshot Salesforce is what remains: 22,000 rows are 11 pages, and 12 streams read them at once", () => {
    expect(boundOf(worldOf({}), "snapshot").seconds).toBeCloseTo(0.15 + 0.8);
    expect(boundOf({ ...worldOf({}), salesforceRows: 240_000 }, "snapshot").seconds).toBeCloseTo(0.15 + 11 * 0.8);
    expect(boundOf(worldOf({ organizationsTouched: 5_001 }), "snapshot").instanceRequests).toEqual([2 + 6]);
  });

  test("a few updates: the look before, a job with its poll, the look after", () => {
    const few = boundOf(worldOf({ organizationsUpdated: 10 }));
    expect(few.seconds).toBeCloseTo(5.4 + 0.15 + (0.3 + 10 * 0.06) + 0.15);
    expect(few.instanceRequests).toEqual([37 + 4]);
  });

  test("many updates: thirty jobs of a hundred rows at once, 60 ms a row", () => {
    const many = boundOf(worldOf({ organizationsUpdated: 15_000 }));
    expect(many.seconds).toBeCloseTo(5.4 + 0.15 + (15_000 * 0.06) / 30 + 0.3 + 0.15);
    expect(many.instanceRequests).toEqual([37 + 3 * 150 + 5]);
  });

  test("contacts come after the organization that they belong to", () => {
    const created = boundOf(worldOf({ organizations: 0, organizationsCreated: 100, usersCreated: 50 }));
    expect(created.seconds).toBeCloseTo(0.95 + 0.15 + (0.3 + 6) + (0.3 + 3) + 0.15);
  });

  test("users that must be created singly wait for the quota of each minute", () => {
    const singly = boundOf(
      worldOf({ organizations: 0, organizationsCreated: 3_000, usersCreated: 4_000 }),
      "listing",
      false,
    );
    expect(singly.instanceRequests).toEqual([3 + 3 * 30 + 1 + 4_000 + 40]);
    expect(singly.seconds).toBe(5 * 60);
  });

  test("follows the limits that it is given", () => {
    const slow = { ...LIMITS, salesforcePageMs: 8_000, zendeskPageRows: 35 };
    expect(lowerBound(worldOf({}), "snapshot", slow, true).seconds).toBeCloseTo(8.15);
    expect(lowerBound(worldOf({}), "listing", slow, true).seconds).toBeCloseTo(0.15 + 100 * 0.15);
  });
});
