import { describe, expect, test } from "bun:test";
import { forget, NOTHING, remove, replace, setFields, want, world } from "../../test/support/domain/change-world.ts";
import { accountId, desiredOrganization, organization } from "../../test/support/domain/in-sync-world.ts";
import { compareCustomers } from "./compare-customers.ts";
import { reason } from "./reason.ts";

describe("C7: several with one salesforce_id", () => {
  test("C7: organizations are reported and left alone, account or not", () => {
    for (const gone of [false, true]) {
      const made = world((one) => {
        one.organizations.push(organization(9, desiredOrganization(2), { support_level: "ultimate" }));
        one.organizations.push(organization(8, desiredOrganization(2), { salesforce_id: accountId(2).slice(0, 15) }));
        if (gone) forget(one, 2);
      });
      expect(compareCustomers(made)).toEqual({
        ...NOTHING,
        existing: 5,
        notes: [
          {
            rule: "C7",
            salesforce_id: accountId(2),
            id: 2,
            reason: reason("organization.shares_account", { organization_ids: [8, 9] }),
          },
          {
            rule: "C7",
            salesforce_id: accountId(2),
            id: 8,
            reason: reason("organization.shares_account", { organization_ids: [2, 9] }),
          },
          {
            rule: "C7",
            salesforce_id: accountId(2),
            id: 9,
            reason: reason("organization.shares_account", { organization_ids: [2, 8] }),
          },
        ],
      });
    }
  });

  test("C7: accounts are left alone too, and their organizations", () => {
    const made = world((one) => {
      one.desired.push(
        desiredOrganization(2, "global", { support_level: "ultimate" }),
        desiredOrganization(4),
        desiredOrganization(4),
      );
    });
    expect(compareCustomers(made)).toEqual({
      ...NOTHING,
      notes: [
        { rule: "C7", salesforce_id: accountId(2), id: 2, reason: reason("organization.account_unclear") },
        { rule: "C7", salesforce_id: accountId(4), id: null, reason: reason("create.account_unclear") },
      ],
    });
  });
});

describe("C7: external_id", () => {
  test("C7: an account whose id is the external_id of an organization without salesforce_id is not created", () => {
    for (const unmanagedOrganizations of ["keep", "mark"] as const) {
      const made = world((one) => {
        one.unmanagedOrganizations = unmanagedOrganizations;
        setFields(one, 2, { salesforce_id: null });
        replace(one, 2, (found) => ({ ...found, external_id: accountId(2).toLowerCase() }));
      });
      expect(compareCustomers(made)).toEqual({
        ...NOTHING,
        existing: 2,
        notes: [
          {
            rule: "C7",
            salesforce_id: accountId(2),
            id: null,
            reason: reason("create.external_id_taken", { organization_ids: [2] }),
          },
          {
            rule: "C7",
            salesforce_id: accountId(2),
            id: 2,
            reason: reason("organization.account_id_missing"),
          },
        ],
      });
    }
  });

  test("C7: nor one whose id another account's organization carries", () => {
    const made = world((one) => {
      remove(one, 2);
      replace(one, 3, (found) => ({ ...found, external_id: accountId(2) }));
    });
    expect(compareCustomers(made)).toEqual({
      ...NOTHING,
      existing: 2,
      notes: [
        {
          rule: "C7",
          salesforce_id: accountId(2),
          id: null,
          reason: reason("create.external_id_taken", { organization_ids: [3] }),
        },
      ],
    });
  });

  test("C7: an account that has its organization does not care who else has the external_id", () => {
    const made = world((one) => replace(one, 3, (found) => ({ ...found, external_id: accountId(2) })));
    expect(compareCustomers(made)).toEqual(NOTHING);
  });
});

describe("what could not be read is left alone", () => {
  test("C7: neither created, updated nor marked", () => {
    const made = world((one) => {
      for (const n of [1, 2, 3, 4]) one.unclearAccounts.add(accountId(n));
      remove(one, 1);
      want(one, 2, { support_level: "ultimate" }, "New Name");
      forget(one, 3);
    });
    expect(compareCustomers(made)).toEqual({
      ...NOTHING,
      existing: 2,
      notes: [
        { rule: "C7", salesforce_id: accountId(1), id: null, reason: reason("create.account_unclear") },
        { rule: "C7", salesforce_id: accountId(2), id: 2, reason: reason("organization.account_unclear") },
        { rule: "C7", salesforce_id: accountId(3), id: 3, reason: reason("organization.account_unclear") },
      ],
    });
  });

  test("C7: also where only the external_id tells whose organization it is", () => {
    const made = world((one) => {
      one.unmanagedOrganizations = "mark";
      one.unclearAccounts.add(accountId(2));
      setFields(one, 2, { salesforce_id: null });
      forget(one, 2);
    });
    expect(compareCustomers(made)).toEqual({
      ...NOTHING,
      existing: 2,
      notes: [{ rule: "C7", salesforce_id: accountId(2), id: 2, reason: reason("organization.account_unclear") }],
    });
  });

  test("C4: while a record is unidentified nothing is marked, and everything else goes on", () => {
    const made = world((one) => {
      one.withholdMarks = true;
      forget(one, 1);
      want(one, 2, { support_level: "ultimate" });
      remove(one, 3);
    });
    const { creates, updates, marks, notes } = compareCustomers(made);
    expect([creates.length, updates.length, marks.length]).toEqual([1, 1, 0]);
    expect(notes).toEqual([
      {
        rule: "C4",
        salesforce_id: accountId(1),
        id: 1,
        reason: reason("mark.withheld"),
      },
    ]);
  });

  test("C4: a desired record without valid salesforce_id counts as unidentified", () => {
    const made = world((one) => {
      one.desired[0] = { ...desiredOrganization(1), salesforce_id: "nonsense" };
    });
    const { creates, marks, notes } = compareCustomers(made);
    expect([creates, marks]).toEqual([[], []]);
    expect(notes.map(({ rule, id }) => [rule, id])).toEqual([["C4", 1]]);
  });
});
