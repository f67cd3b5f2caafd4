import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { name } from "../../test/support/domain/any-world.ts";
import { contact, input, user } from "../../test/support/domain/in-sync-users.ts";
import { compareUsers, type UsersInput } from "./compare-users.ts";

const RUNS = { numRuns: 400 };

describe("users", () => {
  const number = fc.integer({ min: 1, max: 5 });
  const organizationId = fc.integer({ min: 1, max: 4 });
  const email = fc.constantFrom("a@example.com", "A@example.com ", "b@example.org", "c@example.net", "broken");
  const aUser = fc
    .record({
      id: number,
      name,
      email: fc.option(email),
      organization_id: fc.option(organizationId),
      role: fc.constantFrom("end-user", "end-user", "end-user", "agent"),
      suspended: fc.boolean(),
      marked: fc.boolean(),
      memberships: fc.constantFrom(0, 1, 1, 1, 2),
    })
    .map(({ id, ...changes }) => user(id, changes));
  const aContact = fc
    .record({ n: number, name, email, organization_id: organizationId })
    .map(({ n, ...changes }) => contact(n, changes));
  const anInput: fc.Arbitrary<UsersInput> = fc
    .record({
      users: fc.uniqueArray(aUser, { selector: ({ id }) => id }),
      contacts: fc.array(aContact, { maxLength: 6 }),
      protectedDomains: fc.constantFrom(new Set<string>(), new Set(["example.org"])),
      protectedOrganizationIds: fc.constantFrom(new Set<number>(), new Set([2])),
      conflictedOrganizationIds: fc.constantFrom(new Set<number>(), new Set([3])),
      organizationIds: fc.constantFrom(new Set([1, 2, 3, 4]), new Set([1, 2, 3])),
    })
    .map(input);

  test("U4–U6: a second comparison finds nothing, and every user is touched at most once", () => {
    fc.assert(
      fc.property(anInput, (given) => {
        const first = compareUsers(given);
        const touched = [...first.updates, ...first.marks].map(({ id }) => id);
        expect(new Set(touched).size).toBe(touched.length);
        const changes = new Map([...first.updates, ...first.marks].map(({ id, change }) => [id, change]));
        const users = given.users.map((one) => {
          const { mark_for_deletion, ...change } = { mark_for_deletion: one.marked, ...changes.get(one.id) };
          return { ...one, ...change, marked: mark_for_deletion };
        });
        const created = first.creates.map((one, index) => user(100 + index, one));
        expect(compareUsers({ ...given, users: [...users, ...created] })).toMatchObject({
          creates: [],
          updates: [],
          marks: [],
        });
      }),
      RUNS,
    );
  });

  test("C8: the order of users and contacts never matters", () => {
    const pair = anInput.chain((given) =>
      fc
        .record({
          users: fc.shuffledSubarray([...given.users], { minLength: given.users.length }),
          contacts: fc.shuffledSubarray([...given.contacts], { minLength: given.contacts.length }),
        })
        .map((parts): [UsersInput, UsersInput] => [given, { ...given, ...parts }]),
    );
    fc.assert(
      fc.property(pair, ([given, other]) => {
        expect(JSON.stringify(compareUsers(other))).toBe(JSON.stringify(compareUsers(given)));
      }),
      RUNS,
    );
  });
});
