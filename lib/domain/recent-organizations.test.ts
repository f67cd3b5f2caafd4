import { describe, expect, test } from "bun:test";
import { accountId } from "../../test/support/domain/in-sync-world.ts";
import type { DesiredOrganization, Organization } from "./organization.ts";
import { contactsAdded, usersAdded } from "./people-added.ts";
import { dueOrganizations, organizationsOfFirstFill, recentOrganizations } from "./recent-organizations.ts";

const ACCOUNT = accountId(1);
const NOW = new Date("2026-11-23T12:00:00Z");
const SOLD_TOS = [{ name: null, email: "sue@example.com" }];
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

describe("Y3: whose contacts are due", () => {
  const due = (...gathered: Organization[]) => dueOrganizations(gathered, [desired], NOW).map(({ id }) => id);

  test("a recent organization of ours, with all its addresses", () => {
    expect(dueOrganizations([organization()], [desired], NOW)).toEqual([
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
    expect(dueOrganizations([organization()], [], NOW)).toEqual([]);
    expect(recentOrganizations([organization()], NOW)).toHaveLength(1);
  });

  test("C7: not where several organizations have the account, in whatever form", () => {
    expect(due(organization(), organization({ id: 501, external_id: null }, ACCOUNT.slice(0, 15)))).toEqual([]);
  });
});

describe("S2: the organizations of a first fill", () => {
  const old = (number: number) =>
    organization({ id: number, external_id: accountId(number), created_at: "2025-01-01T00:00:00Z" }, accountId(number));
  const fresh = (number: number) => organization({ id: number, external_id: accountId(number) }, accountId(number));

  test("are those that this system created within seven days, where without them there are fewer than the minimum", () => {
    const filled = [...Array.from({ length: 9 }, (_, index) => old(index + 1)), fresh(20), fresh(21)];
    expect(organizationsOfFirstFill(filled, NOW, 10)).toEqual(new Set([20, 21]));
    expect(organizationsOfFirstFill([...filled, old(10)], NOW, 10)).toEqual(new Set());
    // Organizations of no account are nobody's customers.
    expect(organizationsOfFirstFill([...filled, organization({ id: 30 }, null)], NOW, 10)).toEqual(new Set([20, 21]));
  });

  test("people put into them count for no limit; those of organizations still to be created do", () => {
    const contact = { salesforce_id: ACCOUNT, email: "sue@example.com", name: null };
    expect(
      contactsAdded(
        [
          { ...contact, id: 20 },
          { ...contact, id: 7 },
          { ...contact, id: null },
        ],
        new Set([20]),
      ),
    ).toBe(2);
    const user = { salesforce_id: ACCOUNT, email: "sue@example.com", name: "Sue", organization_id: 20 };
    const move = (to?: number | null) => ({
      id: 1,
      salesforce_id: ACCOUNT,
      email: "sue@example.com",
      before: {},
      change: to === undefined ? { name: "Sue" } : { organization_id: to },
    });
    const changes = {
      creates: [user, { ...user, organization_id: 7 }],
      updates: [move(7), move(20), move(null), move()],
    };
    expect(usersAdded(changes, new Set([20]))).toBe(2);
    expect(usersAdded(changes, new Set())).toBe(4);
  });
});
