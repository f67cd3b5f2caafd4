import { describe, expect, test } from "bun:test";
import { forget, NOTHING, remove, replace, setFields, want, world } from "../../test/support/domain/change-world.ts";
import {
  accountId,
  desiredOrganization,
  inSyncWorld,
  organization,
  type World,
} from "../../test/support/domain/in-sync-world.ts";
import { compareCustomers } from "./compare-customers.ts";
import { comparePartners } from "./compare-partners.ts";
import { plannedNames } from "./name-conflicts.ts";
import { type PartnerAccount, partnerOrganization } from "./organization.ts";
import { partnerIdsByOrganization } from "./organization-scope.ts";
import { reason } from "./reason.ts";

const NOBODY = { holder_ids: [], holders: 0, rival_accounts: [], rival_organization_ids: [], rivals: 0 };

/** Changes the n-th partner's account. */
function change(made: World, n: number, attributes: Partial<PartnerAccount>): void {
  made.partners = made.partners.map((one) =>
    one.salesforce_id === accountId(n) ? ({ ...one, ...attributes } as PartnerAccount) : one,
  );
}

/** The account is no partner any more. */
function forgetPartner(made: World, n: number): void {
  made.partners = made.partners.filter((one) => one.salesforce_id !== accountId(n));
  made.partnerIds.delete(accountId(n));
}

describe("P3: partners' organizations", () => {
  test("P3: nothing to do where all is in sync", () => {
    expect(comparePartners(inSyncWorld())).toEqual(NOTHING);
  });

  test("P3: a partner without organization is created, without contacts", () => {
    const made = world((one) => remove(one, 102));
    const partner = made.partners[1];
    expect(comparePartners(made).creates).toEqual(partner ? [partnerOrganization(partner)] : []);
    expect(comparePartners(made).creates[0]?.sold_tos).toEqual([]);
  });

  test("P3: only the partners' attributes are compared", () => {
    const made = world((one) => {
      setFields(one, 101, { support_level: "ultimate", sales_segmentation: "large", aar: "7.0", org_region: "emea" });
      change(one, 102, { restricted_account: true, name: "New Partner" });
    });
    expect(comparePartners(made)).toEqual({
      ...NOTHING,
      updates: [
        {
          id: 102,
          salesforce_id: accountId(102),
          name: "Partner 102",
          before: { name: "Partner 102", organization_fields: { restricted_account: false } },
          change: { name: "New Partner", organization_fields: { restricted_account: true } },
        },
      ],
    });
  });

  test("P2: an organization gets the type of its partner, also where it was a customer's", () => {
    const made = world((one) => {
      setFields(one, 101, { account_type: "customer" });
      change(one, 102, { account_type: "alliance_partner" });
      change(one, 103, { account_type: null });
    });
    expect(
      comparePartners(made).updates.map(({ id, change: { organization_fields } }) => [id, organization_fields]),
    ).toEqual([
      [101, { account_type: "open_partner" }],
      [102, { account_type: "alliance_partner" }],
      [103, { account_type: null }],
    ]);
  });

  test("P3, C5: a partner that is back is unmarked", () => {
    const made = world((one) => setFields(one, 101, { mark_for_deletion: true }));
    expect(comparePartners(made)).toMatchObject({
      updates: [{ id: 101, change: { organization_fields: { mark_for_deletion: false } } }],
      marked: 1,
    });
  });

  test("P3: a partner's organization whose account is in neither file is marked", () => {
    const made = world((one) => forgetPartner(one, 103));
    expect(comparePartners(made)).toEqual({
      ...NOTHING,
      marks: [
        {
          id: 103,
          salesforce_id: accountId(103),
          name: "Partner 103",
          before: { mark_for_deletion: false },
          change: { mark_for_deletion: true },
        },
      ],
    });
    expect(compareCustomers(made)).toEqual(NOTHING);
  });

  test("P3: but not one whose account is a customer now", () => {
    const made = world((one) => {
      forgetPartner(one, 103);
      one.accountIds.add(accountId(103).slice(0, 15));
    });
    expect(comparePartners(made)).toEqual({ ...NOTHING, existing: 2 });
  });

  test("P3, C4: protected ids, ignore_deletion, migrating and unreadable accounts hold here too", () => {
    const made = world((one) => {
      for (const n of [101, 102, 103]) forgetPartner(one, n);
      one.protectedIds.add(accountId(101));
      setFields(one, 102, { ignore_deletion: true });
      one.unclearAccounts.add(accountId(103));
    });
    const { marks, notes } = comparePartners(made);
    expect(marks).toEqual([]);
    expect(notes.map(({ rule, id }) => [rule, id])).toEqual([
      ["C4", 101],
      ["C4", 102],
      ["C7", 103],
    ]);
  });

  test("P3, C4: an organization without salesforce_id belongs to one comparison only", () => {
    const made = world((one) => {
      one.unmanagedOrganizations = "mark";
      setFields(one, 101, { salesforce_id: null, account_type: null });
      forgetPartner(one, 102);
      setFields(one, 102, { salesforce_id: null });
      replace(one, 102, (found) => ({ ...found, external_id: null }));
      setFields(one, 1, { salesforce_id: null, account_type: "open_partner" });
      forget(one, 2);
      setFields(one, 2, { salesforce_id: null });
      replace(one, 2, (found) => ({ ...found, external_id: null }));
    });
    expect(comparePartners(made).notes.map(({ id }) => id)).toEqual([null, 101]);
    expect(comparePartners(made).marks.map(({ id }) => id)).toEqual([102]);
    expect(compareCustomers(made).notes.map(({ id }) => id)).toEqual([null, 1]);
    expect(compareCustomers(made).marks.map(({ id }) => id)).toEqual([2]);
  });

  test("P3, G5: a partner's short id is one and the same account", () => {
    const made = world((one) => {
      one.partnerIds = new Set([...one.partnerIds].map((id) => id.slice(0, 15)));
      setFields(one, 101, { salesforce_id: accountId(101).slice(0, 15), account_type: null });
    });
    expect(comparePartners(made).updates.map(({ change: { organization_fields } }) => organization_fields)).toEqual([
      { salesforce_id: accountId(101), account_type: "open_partner" },
    ]);
  });
});

describe("C7: names that compare is about to take", () => {
  test("C7: the planned names of a changeset are its creates' and its renames'", () => {
    const made = world((one) => {
      remove(one, 1);
      want(one, 2, { support_level: "ultimate" }, "New Name");
      want(one, 3, { support_level: "ultimate" });
    });
    expect(plannedNames(compareCustomers(made))).toEqual([
      { name: "Customer 1", salesforce_id: accountId(1), id: null },
      { name: "New Name", salesforce_id: accountId(2), id: 2 },
    ]);
  });

  test("C7: a partner's create or rename to such a name is blocked", () => {
    const made = world((one) => {
      remove(one, 101);
      change(one, 101, { name: "Customer 1 " });
      change(one, 102, { name: "new name" });
      one.takenNames = [
        { name: "New Name", salesforce_id: accountId(2), id: 2 },
        { name: "customer 1", salesforce_id: accountId(1), id: null },
      ];
      remove(one, 1);
    });
    expect(comparePartners(made)).toEqual({
      ...NOTHING,
      existing: 2,
      notes: [
        {
          rule: "C7",
          salesforce_id: accountId(101),
          id: null,
          reason: reason("create.name_contested", { ...NOBODY, rival_accounts: [accountId(1)], rivals: 1 }),
        },
        {
          rule: "C7",
          salesforce_id: accountId(102),
          id: 102,
          reason: reason("rename.name_contested", { ...NOBODY, rival_organization_ids: [2], rivals: 1 }),
        },
      ],
    });
  });

  test("C7: compare itself does not wait for partners", () => {
    const made = world((one) => {
      remove(one, 1);
      remove(one, 101);
      change(one, 101, { name: "Customer 1" });
    });
    expect(compareCustomers(made).creates.map(({ name }) => name)).toEqual(["Customer 1"]);
  });
});

test("A3: without partner_accounts.json the organizations tell who is a partner", () => {
  const { organizations } = inSyncWorld();
  const unknown = organization(200, desiredOrganization(200), { salesforce_id: null, account_type: "open_partner" });
  expect(partnerIdsByOrganization([...organizations, unknown])).toEqual(
    new Set([accountId(101), accountId(102), accountId(103)]),
  );
});
