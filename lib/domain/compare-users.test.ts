import { describe, expect, test } from "bun:test";
import { contact, input, NOTHING_ABOUT_USERS, user } from "../../test/support/domain/in-sync-users.ts";
import { accountId } from "../../test/support/domain/in-sync-world.ts";
import { compareUsers, type UsersInput } from "./compare-users.ts";
import { reason } from "./reason.ts";
import type { User, UserMark } from "./user.ts";

const changesOf = (changes: Partial<UsersInput>) => {
  const { creates, updates, marks } = compareUsers(input(changes));
  return { creates, updates, marks };
};
const UNCHANGED = { creates: [], updates: [], marks: [] };
const notesOf = (changes: Partial<UsersInput>) => compareUsers(input(changes)).notes;

test("U5: nothing to do where all is in sync", () => {
  expect(compareUsers(input())).toEqual({ ...NOTHING_ABOUT_USERS, contacts: [contact(1), contact(2)] });
});

describe("U2: protected users", () => {
  const protections: [string, Partial<UsersInput>][] = [
    ["domain", { protectedDomains: new Set(["example.com"]) }],
    ["parent domain", { protectedDomains: new Set(["com"]) }],
    ["address", { protectedEmails: new Set(["user-1@example.com", "user-2@example.com"]) }],
  ];

  test.each(protections)("U2: a protected %s is left alone, contact and all", (_, protection) => {
    const changes = { ...protection, contacts: [contact(2, { name: "Other Name" })] };
    expect(compareUsers(input(changes))).toEqual({
      ...NOTHING_ABOUT_USERS,
      contacts: [contact(2, { name: "Other Name" })],
      existing: 0,
      notes: [
        { rule: "U2", salesforce_id: null, id: 1, reason: reason("user.protected_address") },
        { rule: "U2", salesforce_id: null, id: 2, reason: reason("user.protected_address") },
        {
          rule: "U5",
          salesforce_id: accountId(2),
          id: 2,
          reason: reason("contact.holder_left_alone"),
        },
      ],
    });
  });

  test.each(protections)("U2: a contact with a protected %s is not created", (_, protection) => {
    const changes = { ...protection, users: [], contacts: [contact(1)] };
    expect(changesOf(changes)).toEqual(UNCHANGED);
    expect(notesOf(changes)).toEqual([
      {
        rule: "U2",
        salesforce_id: accountId(1),
        id: null,
        reason: reason("contact.protected_address"),
      },
    ]);
  });

  test("U2: everybody else goes on", () => {
    const changes = { protectedEmails: new Set(["user-1@example.com"]), contacts: [] };
    expect(compareUsers(input(changes)).marks.map(({ id }) => id)).toEqual([2]);
  });
});

describe("U4: one contact per address", () => {
  test.each(["", " ", "user-1", "user-1@example", "user-1@example.com, user-2@example.com"])(
    "U4: %p is no usable address: dropped and counted",
    (email) => {
      const changes = { contacts: [contact(1), contact(2), contact(3, { email })] };
      expect(compareUsers(input(changes))).toEqual({
        ...NOTHING_ABOUT_USERS,
        contacts: [contact(1), contact(2)],
        notes: [{ rule: "U4", salesforce_id: accountId(3), id: null, reason: reason("contact.address_unusable") }],
      });
    },
  );

  test("U4: addresses are trimmed and in lower case, names trimmed", () => {
    const changes = { contacts: [contact(2), contact(1, { email: " USER-1@Example.com ", name: " User 1 " })] };
    expect(compareUsers(input(changes))).toEqual({ ...NOTHING_ABOUT_USERS, contacts: [contact(1), contact(2)] });
  });

  test("U4: the one whose organization the user has", () => {
    const email = "user-2@example.com";
    const others = [contact(1, { email }), contact(2, { email }), contact(3, { email })];
    const changes = { users: [user(2)], contacts: others };
    expect(compareUsers(input(changes))).toEqual({
      ...NOTHING_ABOUT_USERS,
      existing: 1,
      contacts: [contact(2)],
      notes: [
        { rule: "U4", salesforce_id: accountId(1), id: null, reason: reason("contact.address_repeated") },
        { rule: "U4", salesforce_id: accountId(3), id: null, reason: reason("contact.address_repeated") },
      ],
    });
  });

  test("U4: else the lowest salesforce_id, then the lowest name, then the lowest organization", () => {
    const email = "new@example.com";
    const candidates = [
      contact(3, { email, name: "A" }),
      contact(2, { email, name: "C", organization_id: 3 }),
      contact(2, { email, name: "B", organization_id: 5 }),
      contact(2, { email, name: "B", organization_id: 4 }),
    ];
    for (const contacts of [candidates, candidates.toReversed()]) {
      expect(compareUsers(input({ users: [], contacts })).creates).toEqual([
        contact(2, { email, name: "B", organization_id: 4 }),
      ]);
    }
  });
});

describe("U5: differences", () => {
  const updated = (change: Partial<User>) => compareUsers(input({ users: [user(1, change), user(2)] })).updates;

  test("U5: the name", () => {
    expect(updated({ name: "Old Name" })).toEqual([
      {
        id: 1,
        salesforce_id: accountId(1),
        email: "user-1@example.com",
        before: { name: "Old Name" },
        change: { name: "User 1" },
      },
    ]);
    expect(updated({ name: "  User 1 " })).toEqual([]);
  });

  test("U5: the organization", () => {
    expect(updated({ organization_id: 7 })[0]).toMatchObject({
      before: { organization_id: 7 },
      change: { organization_id: 1 },
    });
  });

  test("U5: a user in no organization gets it", () => {
    expect(updated({ organization_id: null, memberships: 0 })).toEqual([
      {
        id: 1,
        salesforce_id: accountId(1),
        email: "user-1@example.com",
        before: { organization_id: null },
        change: { organization_id: 1 },
      },
    ]);
  });

  test("U6: a marked user whose contact is back is unmarked", () => {
    expect(compareUsers(input({ users: [user(1, { marked: true }), user(2)] }))).toEqual({
      ...NOTHING_ABOUT_USERS,
      contacts: [contact(1), contact(2)],
      marked: 1,
      updates: [
        {
          id: 1,
          salesforce_id: accountId(1),
          email: "user-1@example.com",
          before: { mark_for_deletion: true },
          change: { mark_for_deletion: false },
        },
      ],
    });
  });
});

describe("U6: creates and marks", () => {
  test("U6: a contact without user is created", () => {
    expect(changesOf({ contacts: [contact(4), contact(3), contact(2), contact(1)] })).toEqual({
      ...UNCHANGED,
      creates: [contact(3), contact(4)],
    });
  });

  test("U6: a user without contact is marked, once", () => {
    const mark = (n: number): UserMark => ({
      id: n,
      salesforce_id: null,
      email: `user-${n}@example.com`,
      before: { mark_for_deletion: false },
      change: { mark_for_deletion: true },
    });
    expect(changesOf({ users: [user(2), user(1)], contacts: [] })).toEqual({ ...UNCHANGED, marks: [mark(1), mark(2)] });
    const marked = { users: [user(1, { marked: true }), user(2)], contacts: [] };
    expect(compareUsers(input(marked))).toMatchObject({ marks: [mark(2)], existing: 2, marked: 1 });
  });

  test("U6: a user is not marked whose contact is left alone because its organization is in conflict", () => {
    const changes = { contacts: [contact(1, { organization_id: 5 }), contact(2)], organizationIds: new Set([1, 2, 5]) };
    expect(changesOf(changes).updates.map(({ id }) => id)).toEqual([1]);
    expect(changesOf({ ...changes, conflictedOrganizationIds: new Set([5]) })).toEqual(UNCHANGED);
  });

  test("U6: updates are sorted by address", () => {
    const users = [user(2, { name: "x" }), user(1, { name: "x" })];
    expect(compareUsers(input({ users })).updates.map(({ id }) => id)).toEqual([1, 2]);
  });
});
