import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { aWorld } from "../../test/support/domain/any-world.ts";
import type { World } from "../../test/support/domain/in-sync-world.ts";
import { applyChangeset } from "./apply-changeset.ts";
import type { Changeset } from "./changeset.ts";
import { compareCustomers } from "./compare-customers.ts";
import { comparePartners } from "./compare-partners.ts";
import { plannedNames } from "./name-conflicts.ts";
import type { Organization } from "./organization.ts";
import { accountIdOf } from "./organization-scope.ts";
import { nameKey } from "./value-equality.ts";

const RUNS = { numRuns: 400 };

/** Both comparisons of a run, the partners' after the customers'. */
function compareBoth(world: World): { customers: Changeset; partners: Changeset } {
  const customers = compareCustomers(world);
  return { customers, partners: comparePartners({ ...world, takenNames: plannedNames(customers) }) };
}

function idsOf({ updates, marks }: Changeset): number[] {
  return [...updates, ...marks].map(({ id }) => id);
}

/** The names that a run took away from organizations. */
function freedNames(organizations: readonly Organization[], after: readonly Organization[]): Set<string> {
  const kept = new Map(after.map((one) => [one.id, nameKey(one.name)]));
  return new Set(
    organizations
      .map((one) => [one.id, nameKey(one.name)] as const)
      .flatMap(([id, key]) => (kept.get(id) === key ? [] : [key])),
  );
}

describe("organizations", () => {
  test("once a changeset is applied nothing is left, but what waited for a name that it freed (C7)", () => {
    fc.assert(
      fc.property(aWorld, (world) => {
        const first = compareBoth(world);
        const middle = applyChangeset(world.organizations, first.customers);
        const organizations = applyChangeset(middle, first.partners);
        const freed = freedNames(world.organizations, organizations);
        const second = compareBoth({ ...world, organizations });
        for (const scope of ["customers", "partners"] as const) {
          const waiting = first[scope].notes
            .filter(({ rule }) => rule === "C7")
            .map(({ salesforce_id, id }) => `${salesforce_id} ${id}`);
          for (const create of second[scope].creates) {
            expect(waiting).toContain(`${create.salesforce_id} null`);
            expect(freed).toContain(nameKey(create.name));
          }
          for (const { id, salesforce_id, change } of second[scope].updates) {
            expect(Object.keys(change)).toEqual(["name"]);
            expect(waiting).toContain(`${salesforce_id} ${id}`);
            expect(freed).toContain(nameKey(change.name ?? ""));
          }
          expect(second[scope].marks).toEqual([]);
        }
      }),
      RUNS,
    );
  });

  test("no two organizations end up with one name that did not have it before (C7)", () => {
    fc.assert(
      fc.property(aWorld, (world) => {
        const first = compareBoth(world);
        const organizations = applyChangeset(applyChangeset(world.organizations, first.customers), first.partners);
        const before = Map.groupBy(world.organizations, (one) => nameKey(one.name));
        for (const [key, holders] of Map.groupBy(organizations, (one) => nameKey(one.name))) {
          expect(holders.length).toBeLessThanOrEqual(Math.max(1, before.get(key)?.length ?? 0));
        }
      }),
      RUNS,
    );
  });

  test("every organization is touched at most once, by one of the two comparisons (C1, P3)", () => {
    fc.assert(
      fc.property(aWorld, (world) => {
        const { customers, partners } = compareBoth(world);
        const touched = [...idsOf(customers), ...idsOf(partners)];
        expect(new Set(touched).size).toBe(touched.length);
        const created = [...customers.creates, ...partners.creates].map(({ salesforce_id }) => salesforce_id);
        expect(new Set(created).size).toBe(created.length);
        const identified = world.organizations.filter((one) => accountIdOf(one) !== null);
        expect(customers.existing + partners.existing).toBe(identified.length);
        const noted = (changeset: Changeset) => new Set(changeset.notes.flatMap(({ id }) => id ?? []));
        expect(noted(customers).isDisjointFrom(noted(partners))).toBe(true);
      }),
      RUNS,
    );
  });

  test("nothing is created twice, marked while protected, or touched while left alone (C4, C7)", () => {
    fc.assert(
      fc.property(aWorld, (world) => {
        const { customers, partners } = compareBoth(world);
        const there = new Set(world.organizations.map(accountIdOf));
        for (const { salesforce_id } of [...customers.creates, ...partners.creates]) {
          expect(there).not.toContain(salesforce_id);
          expect(world.excludedAccountIds).not.toContain(salesforce_id);
        }
        for (const { salesforce_id } of [...customers.marks, ...partners.marks]) {
          expect(world.withholdMarks).toBe(false);
          expect(world.protectedIds).not.toContain(salesforce_id ?? "");
        }
        for (const { creates, updates, marks } of [customers, partners])
          for (const { salesforce_id } of [...creates, ...updates, ...marks])
            expect(world.unclearAccounts).not.toContain(salesforce_id ?? "");
      }),
      RUNS,
    );
  });

  test("the order of the inputs never matters (C8)", () => {
    const shuffled = aWorld.chain((world) =>
      fc
        .record({
          organizations: fc.shuffledSubarray(world.organizations, { minLength: world.organizations.length }),
          desired: fc.shuffledSubarray(world.desired, { minLength: world.desired.length }),
          partners: fc.shuffledSubarray(world.partners, { minLength: world.partners.length }),
        })
        .map((parts): [World, World] => [world, { ...world, ...parts }]),
    );
    fc.assert(
      fc.property(shuffled, ([world, other]) => {
        expect(JSON.stringify(compareBoth(other))).toBe(JSON.stringify(compareBoth(world)));
      }),
      RUNS,
    );
  });
});
