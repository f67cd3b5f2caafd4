import type { PlantedBug } from "./bug.ts";

const NEVER_MARKED = ["nothing protected is marked"];

/** What is to be created, updated and marked, and how much of it at once. */
export const OF_COMPARING: readonly PlantedBug[] = [
  {
    name: "ignore_deletion is not looked at",
    file: "lib/domain/compare-organizations.ts",
    find: 'if (isChecked(organization, "ignore_deletion")) return',
    replace: 'if (isChecked(organization, "ignore_deletion") && organization.id < 0) return',
    expects: NEVER_MARKED,
    seed: 1,
  },
  {
    name: "organizations of protected accounts are marked",
    file: "lib/domain/compare-organizations.ts",
    find: "if (accountId !== null && protectedIds.has(accountId)) return",
    replace: "if (accountId === null && protectedIds.has(String(accountId))) return",
    expects: NEVER_MARKED,
    seed: 2,
  },
  {
    name: "organizations of moved accounts are marked",
    file: "lib/domain/compare-organizations.ts",
    find: "const moved = why === null && hasMoved(one, comparison);",
    replace: "const moved = why === null && one.id < 0;",
    expects: ["nothing that moved or was merged is marked"],
    seed: 1,
  },
  {
    name: "organizations of merged accounts are marked",
    file: "lib/domain/merged-organizations.ts",
    find: "const kept = isAllowed ? merged.filter(({ account }) => !account.forgotten) : merged;",
    replace: "const kept = isAllowed ? [] : merged.filter(({ account }) => account.forgotten);",
    expects: ["nothing that moved or was merged is marked"],
    seed: 2,
  },
  {
    name: "one of two organizations of an account is updated",
    file: "lib/domain/join-organizations.ts",
    find: "else if (twins.length > 0) note(",
    replace: "else if (twins.length > 1) note(",
    expects: ["conflicts are left alone"],
    seed: 12,
  },
  {
    name: "a limit that is just reached refuses",
    file: "lib/domain/limits.ts",
    find: "limit !== null && count > limit;",
    replace: "limit !== null && count >= limit;",
    expects: ["limits refuse only what passes them"],
    seed: 3,
  },
  {
    name: "a share of the records is rounded up",
    file: "lib/domain/limits.ts",
    find: "Math.floor((existing * percent) / 100 + 1e-9)",
    replace: "Math.ceil((existing * percent) / 100 - 1e-9)",
    expects: ["limits hold"],
    seed: 99,
  },
  {
    name: "contacts count for no limit",
    file: "lib/domain/people-added.ts",
    find: "return contacts.filter(({ id }) => id === null || !ofFirstFill.has(id)).length;",
    replace: "return contacts.length * ofFirstFill.size * 0;",
    expects: ["limits hold"],
    seed: 80043,
  },
  {
    // Not that addresses are compared by their case: they come in small letters from Salesforce, and from Zendesk, too.
    name: "protected users are written",
    file: "lib/domain/compare-users.ts",
    find: "if (isProtected(address, protectedAddresses(input))) {",
    replace: "if (isProtected(address, protectedAddresses(input)) && user.id < 0) {",
    expects: ["users are written within their rules"],
    seed: 32,
  },
  {
    name: "users in several organizations are written",
    file: "lib/domain/compare-users.ts",
    find: "if (user.memberships > 1) return",
    replace: "if (user.memberships > 100) return",
    expects: ["who is in several organizations is not to be changed"],
    seed: 61,
  },
  {
    name: "suspended users are written",
    file: "lib/domain/compare-users.ts",
    find: "if (user.suspended) return",
    replace: "if (user.suspended && user.id < 0) return",
    expects: ["users are written within their rules"],
    seed: 32,
  },
];
