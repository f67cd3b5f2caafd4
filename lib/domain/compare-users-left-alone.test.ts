import { describe, expect, test } from "bun:test";
import { contact, input, NOTHING_ABOUT_USERS, user } from "../../test/support/domain/in-sync-users.ts";
import { accountId } from "../../test/support/domain/in-sync-world.ts";
import { compareUsers, type UsersInput } from "./compare-users.ts";
import { reason } from "./reason.ts";
import type { User } from "./user.ts";

type UserCode =
  | "user.not_end_user"
  | "user.suspended"
  | "user.in_several_organizations"
  | "user.in_protected_organization"
  | "user.in_conflicted_organization"
  | "user.in_unknown_organization";

const changesOf = (changes: Partial<UsersInput>) => {
  const { creates, updates, marks } = compareUsers(input(changes));
  return { creates, updates, marks };
};
const UNCHANGED = { creates: [], updates: [], marks: [] };
const notesOf = (changes: Partial<UsersInput>) => compareUsers(input(changes)).notes;

describe("U5: who is skipped", () => {
  const cases: [UserCode, Partial<User>, Partial<UsersInput>][] = [
    ["user.not_end_user", { role: "agent" }, {}],
    ["user.not_end_user", { role: "admin" }, {}],
    ["user.suspended", { suspended: true }, {}],
    ["user.in_several_organizations", { memberships: 2 }, {}],
    ["user.in_protected_organization", {}, { protectedOrganizationIds: new Set([1]) }],
    ["user.in_conflicted_organization", {}, { conflictedOrganizationIds: new Set([1]) }],
    ["user.in_unknown_organization", { organization_id: 77 }, {}],
  ];

  test.each(cases)("U5: %s, whatever the contact says, and without one", (code, change, changes) => {
    const users = [user(1, { name: "Old Name", ...change }), user(2)];
    const leftUser = { rule: "U5", salesforce_id: null, id: 1, reason: reason(code) };
    const leftContact = {
      rule: "U5",
      salesforce_id: accountId(1),
      id: 1,
      reason: reason("contact.holder_left_alone"),
    };
    expect(compareUsers(input({ users, ...changes }))).toEqual({
      ...NOTHING_ABOUT_USERS,
      contacts: [contact(1), contact(2)],
      existing: 1,
      notes: [leftUser, leftContact],
    });
    expect(compareUsers(input({ users, ...changes, contacts: [contact(2)] }))).toEqual({
      ...NOTHING_ABOUT_USERS,
      contacts: [contact(2)],
      existing: 1,
      notes: [leftUser],
    });
  });

  test.each([[null], [""], ["user-1@example"]] as [string | null][])("U5: a user with address %p", (email) => {
    const users = [user(1, { email }), user(2), user(3, { email })];
    const changes = { users, contacts: [contact(1, { email: email ?? "" }), contact(2)] };
    const { creates, marks, notes, existing } = compareUsers(input(changes));
    expect({ creates, marks, existing }).toEqual({ creates: [], marks: [], existing: 1 });
    expect(notes.filter(({ id }) => id !== null)).toEqual(
      [1, 3].map((id) => ({ rule: "U5", salesforce_id: null, id, reason: reason("user.without_address") })),
    );
  });

  test("U5: a user in exactly one organization, in none, or in a known one is not left alone", () => {
    const users = [user(1, { memberships: 0, organization_id: null }), user(2)];
    const changes = { protectedOrganizationIds: new Set([8]), conflictedOrganizationIds: new Set([9]) };
    expect(compareUsers(input({ users, ...changes }))).toMatchObject({ existing: 2, notes: [] });
  });

  test("U5: users who share an address: nobody can say whose the contact is", () => {
    const users = [user(1), user(2), user(3, { email: "USER-1@example.com" })];
    const { creates, updates, marks, notes } = compareUsers(input({ users }));
    expect({ creates, updates, marks }).toEqual(UNCHANGED);
    expect(notes.map(({ id, reason }) => [id, reason])).toEqual([
      [1, reason("user.address_repeated")],
      [3, reason("user.address_repeated")],
      [1, reason("contact.holder_left_alone")],
    ]);
  });

  test.each([
    ["contact.organization_in_conflict", { conflictedOrganizationIds: new Set([5]) }],
    ["contact.organization_unknown", { organizationIds: new Set([1, 2]) }],
  ] as ["contact.organization_in_conflict" | "contact.organization_unknown", Partial<UsersInput>][])(
    "U5: %s: nobody is created, moved or marked",
    (code, changes) => {
      const contacts = [contact(1, { organization_id: 5 }), contact(2), contact(3, { organization_id: 5 })];
      expect(changesOf({ ...changes, contacts })).toEqual(UNCHANGED);
      expect(notesOf({ ...changes, contacts })).toEqual([
        { rule: "U5", salesforce_id: accountId(1), id: null, reason: reason(code) },
        { rule: "U5", salesforce_id: accountId(3), id: null, reason: reason(code) },
      ]);
    },
  );

  test("U5: a protected organization may get users; they are left alone from then on", () => {
    const changes = { protectedOrganizationIds: new Set([3]), contacts: [contact(1), contact(2), contact(3)] };
    expect(changesOf(changes)).toEqual({ ...UNCHANGED, creates: [contact(3)] });
  });
});

test("notes hold no address and no name", () => {
  const users = [user(1, { role: "agent" }), user(2, { suspended: true }), user(3, { email: "user-4@example.com" })];
  const contacts = [contact(1), contact(2), contact(4), contact(4, { name: "Other" }), contact(5, { email: "x@" })];
  const changes = { users, contacts, protectedEmails: new Set(["user-4@example.com"]) };
  const text = JSON.stringify(notesOf(changes));
  expect(notesOf(changes).length).toBe(8);
  expect(text).not.toMatch(/@|User \d|Other/);
});
