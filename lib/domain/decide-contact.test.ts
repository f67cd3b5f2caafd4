import { describe, expect, test } from "bun:test";
import { contactName, decideContact } from "./decide-contact.ts";
import type { FoundUser } from "./listed-user.ts";
import { type Reason, reason } from "./reason.ts";

const EMAIL = "Sue@Example.com";
const ORGANIZATION = 500;

function user(parts: Partial<FoundUser> = {}): FoundUser {
  return {
    id: 7,
    name: "Sue",
    email: "sue@example.com",
    role: "end-user",
    suspended: false,
    organization_id: null,
    marked: false,
    by: "primary",
    organization_ids: [],
    ...parts,
  };
}

describe("Y2: what to do about one address", () => {
  const NOTHING = { domains: new Set<string>(), addresses: new Set<string>() };
  const decide = (...found: FoundUser[]) => decideContact(EMAIL, ORGANIZATION, found, NOTHING);

  test("nobody has it: create", () => {
    expect(decide()).toEqual({ do: "create" });
  });

  test("an end user without organization: associate", () => {
    expect(decide(user())).toEqual({ do: "associate", user: user() });
  });

  test("in the organization already: nothing to do, also for an agent", () => {
    expect(decide(user({ organization_ids: [1, ORGANIZATION] })).do).toBe("nothing");
    expect(decide(user({ role: "agent", organization_ids: [ORGANIZATION] })).do).toBe("nothing");
  });

  test.each<[string, Partial<FoundUser>, Reason]>([
    [
      "another organization's",
      { organization_ids: [8, 9] },
      reason("contact.in_other_organization", { user_id: 7, organization_ids: [8, 9] }),
    ],
    ["an agent", { role: "agent" }, reason("contact.is_staff", { user_id: 7 })],
    ["an administrator", { role: "admin" }, reason("contact.is_staff", { user_id: 7 })],
    ["suspended", { suspended: true }, reason("contact.suspended", { user_id: 7 })],
    ["somebody's secondary address", { by: "secondary" }, reason("contact.address_secondary", { user_id: 7 })],
    [
      "a secondary address of a member",
      { by: "secondary", organization_ids: [ORGANIZATION] },
      reason("contact.address_secondary", { user_id: 7 }),
    ],
  ])("%s: left alone, with the reason", (_, parts, why) => {
    expect(decide(user(parts))).toEqual({ do: "leave", user: user(parts), reason: why });
  });

  test("whose primary address it is decides before whose secondary one", () => {
    expect(decide(user({ id: 1, by: "secondary" }), user({ id: 2 }))).toMatchObject({
      do: "associate",
      user: { id: 2 },
    });
  });

  test.each([
    [{ domains: new Set(["example.com"]), addresses: new Set<string>() }],
    [{ domains: new Set<string>(), addresses: new Set(["sue@example.com"]) }],
  ])("a protected domain or address is neither associated nor created", (protectedAddresses) => {
    for (const found of [[], [user()]])
      expect(decideContact(EMAIL, ORGANIZATION, found, protectedAddresses)).toEqual({
        do: "leave",
        reason: reason("contact.protected_address"),
      });
  });

  test.each(["", "sue", "sue@", "sue@example", "a b@example.com", "a@b.com, c@d.com"])("%j is not usable", (email) => {
    expect(decideContact(email, ORGANIZATION, [], NOTHING)).toEqual({
      do: "leave",
      reason: reason("contact.address_unusable"),
    });
  });

  test("no reason holds the address or the name", () => {
    for (const parts of [
      { suspended: true },
      { by: "secondary" as const },
      { role: "agent" },
      { organization_ids: [1] },
    ])
      expect(JSON.stringify({ ...decide(user(parts)), user: undefined })).not.toMatch(/sue/i);
  });
});

test("Y2: the name of a contact: the sold-to contact's, or else the local part", () => {
  expect(contactName({ name: " Sue Buyer ", email: EMAIL })).toBe("Sue Buyer");
  for (const name of [null, "", "  "]) expect(contactName({ name, email: EMAIL })).toBe("Sue");
});
