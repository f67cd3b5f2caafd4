import { describe, expect, test } from "bun:test";
import type { DesiredOrganization, Organization } from "../domain/organization.ts";
import { type Reason, reason } from "../domain/reason.ts";
import type { FoundUser } from "../zendesk/ports.ts";
import { claimAddresses } from "./claim-addresses.ts";
import { contactName, decideContact } from "./decide-contact.ts";
import { youngOrganizations } from "./due-contacts.ts";

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

describe("Y2: an address wanted by two new organizations", () => {
  const wants = (salesforce_id: string, ...emails: string[]) => ({
    salesforce_id,
    sold_tos: emails.map((email) => ({ name: null, email })),
  });

  test("goes to the lower salesforce_id, in whatever order and case", () => {
    const organizations = [wants("B", EMAIL, "b@example.com"), wants("A", "sue@EXAMPLE.com"), wants("C", EMAIL)];
    const expected = new Map([
      ["sue@example.com", "A"],
      ["b@example.com", "B"],
    ]);
    expect(claimAddresses(organizations)).toEqual(expected);
    expect(claimAddresses(organizations.toReversed())).toEqual(expected);
  });

  test("wanted twice by one organization, it is that one's", () => {
    expect(claimAddresses([wants("A", EMAIL, EMAIL.toLowerCase())])).toEqual(new Map([["sue@example.com", "A"]]));
    expect(claimAddresses([])).toEqual(new Map());
  });
});

describe("Y3: whose contacts are due", () => {
  const ACCOUNT = "0014M00001kAbCdQAK";
  const NOW = new Date("2026-11-23T12:00:00Z");
  const SOLD_TOS = [{ name: null, email: EMAIL }];
  const desired: DesiredOrganization = {
    salesforce_id: ACCOUNT,
    name: "New name",
    organization_fields: {},
    sold_tos: SOLD_TOS,
  };

  function organization(parts: Partial<Organization> = {}, salesforceId: string | null = ACCOUNT): Organization {
    return {
      id: 500,
      name: "Example GmbH",
      external_id: ACCOUNT,
      created_at: "2026-11-20T00:00:00Z",
      updated_at: "2026-11-20T00:00:00Z",
      organization_fields: { salesforce_id: salesforceId },
      ...parts,
    };
  }

  const due = (...gathered: Organization[]) => youngOrganizations(gathered, [desired], NOW).map(({ id }) => id);

  test("a young organization of ours, with all its addresses", () => {
    expect(youngOrganizations([organization()], [desired], NOW)).toEqual([
      { id: 500, salesforce_id: ACCOUNT, name: "Example GmbH", created_at: "2026-11-20T00:00:00Z", sold_tos: SOLD_TOS },
    ]);
  });

  test("seven days to the second, of real time", () => {
    expect(due(organization({ created_at: "2026-11-16T12:00:00Z" }))).toEqual([500]);
    expect(due(organization({ created_at: "2026-11-16T11:59:59Z" }))).toEqual([]);
    expect(due(organization({ created_at: "not a moment" }))).toEqual([]);
  });

  test("G5: ids in either form, and an external_id that lost its case", () => {
    expect(due(organization({}, ACCOUNT.slice(0, 15)))).toEqual([500]);
    expect(due(organization({ external_id: ACCOUNT.toLowerCase() }))).toEqual([500]);
  });

  test("not one that somebody else made, that has no account, or whose account is not wanted here", () => {
    expect(due(organization({ external_id: null }))).toEqual([]);
    expect(due(organization({ external_id: "crm-4711" }))).toEqual([]);
    expect(due(organization({}, null))).toEqual([]);
    expect(youngOrganizations([organization()], [], NOW)).toEqual([]);
  });

  test("C7: not where several organizations have the account, in whatever form", () => {
    expect(due(organization(), organization({ id: 501, external_id: null }, ACCOUNT.slice(0, 15)))).toEqual([]);
  });
});
