import type { UsersInput } from "../../../lib/domain/compare-users.ts";
import type { Contact, User } from "../../../lib/domain/user.ts";
import { accountId } from "./in-sync-world.ts";

/** What the comparison finds where users and contacts are in sync. */
export const NOTHING_ABOUT_USERS = { creates: [], updates: [], marks: [], notes: [], existing: 2, marked: 0 };

/** The n-th user, in organization n. */
export function user(n: number, changes: Partial<User> = {}): User {
  return {
    id: n,
    name: `User ${n}`,
    email: `user-${n}@example.com`,
    organization_id: n,
    role: "end-user",
    suspended: false,
    marked: false,
    memberships: 1,
    ...changes,
  };
}

/** The n-th user as Salesforce knows the person. */
export function contact(n: number, changes: Partial<Contact> = {}): Contact {
  return {
    salesforce_id: accountId(n),
    name: `User ${n}`,
    email: `user-${n}@example.com`,
    organization_id: n,
    ...changes,
  };
}

/** Users 1 and 2 in sync, organizations 1 to 9 known; each test changes something. */
export function input(changes: Partial<UsersInput> = {}): UsersInput {
  return {
    users: [user(1), user(2)],
    contacts: [contact(1), contact(2)],
    protectedDomains: new Set(),
    protectedEmails: new Set(),
    protectedOrganizationIds: new Set(),
    conflictedOrganizationIds: new Set(),
    unmanagedOrganizationIds: new Set(),
    organizationIds: new Set([1, 2, 3, 4, 5, 6, 7, 8, 9]),
    ...changes,
  };
}
