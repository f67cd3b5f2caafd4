import { describe, expect, test } from "bun:test";
import { forget, NOTHING, remove, replace, setFields, want, world } from "../../test/support/domain/change-world.ts";
import {
  accountId,
  desiredOrganization,
  inSyncWorld,
  organization,
  partnerAccount,
} from "../../test/support/domain/in-sync-world.ts";
import { compareCustomers } from "./compare-customers.ts";
import { INSTANCES } from "./instance.ts";
import { reason } from "./reason.ts";

describe("in sync", () => {
  test.each(INSTANCES)("nothing to do in %s", (instance) => {
    expect(compareCustomers(inSyncWorld(instance))).toEqual(NOTHING);
  });

  test("C6: Zendesk's own spellings are no difference", () => {
    const made = world((one) =>
      setFields(one, 1, { aar: "12000.50", restricted_account: null, seats_decimal: "12000.5", sub_edu: null }),
    );
    expect(compareCustomers(made)).toEqual(NOTHING);
  });

  test("C6: agents' and read-only fields are never compared", () => {
    const made = world((one) => setFields(one, 1, { am_project_id: "7", assigned_se: "Eve", migrating: true }));
    expect(compareCustomers(made)).toEqual(NOTHING);
  });
});

describe("C1: partners are partner-sync's", () => {
  test("C1: a partner's account and organization are not compared, even where the account was processed", () => {
    const made = world((one) => {
      one.partnerIds.add(accountId(1));
      want(one, 1, { support_level: "ultimate" });
      remove(one, 2);
      one.partnerIds.add(accountId(2));
    });
    expect(compareCustomers(made)).toEqual({ ...NOTHING, existing: 1 });
  });

  test("C1, G5: partners are known by their short ids too", () => {
    const made = world((one) => {
      one.partnerIds = new Set([accountId(1).slice(0, 15)]);
      forget(one, 1);
    });
    expect(compareCustomers(made).marks).toEqual([]);
  });

  test("C1: an organization with a partner account_type whose account is a customer now is compared", () => {
    const made = world((one) => setFields(one, 1, { account_type: "select_partner" }));
    expect(compareCustomers(made)).toEqual({
      ...NOTHING,
      updates: [
        {
          id: 1,
          salesforce_id: accountId(1),
          name: "Customer 1",
          before: { organization_fields: { account_type: "select_partner" } },
          change: { organization_fields: { account_type: "customer" } },
        },
      ],
    });
  });

  test("C1: a former partner that is a customer without support now is marked", () => {
    const made = world((one) => {
      setFields(one, 1, { account_type: "select_partner" });
      one.desired.shift();
    });
    expect(compareCustomers(made).marks.map(({ id }) => id)).toEqual([1]);
  });

  test.each(["open_partner", "select_partner", "alliance_partner"])(
    "C1: an organization of type %s without any account is left to partner-sync",
    (account_type) => {
      const made = world((one) => {
        setFields(one, 1, { account_type });
        forget(one, 1);
      });
      expect(compareCustomers(made)).toEqual({ ...NOTHING, existing: 2 });
    },
  );

  test("C1: in us-government nobody keeps a partner's organization, which is reported", () => {
    const made = world((one) => {
      setFields(one, 2, { account_type: "open_partner" });
      forget(one, 2);
      setFields(one, 1, { salesforce_id: "nonsense" });
      forget(one, 1);
    }, "us-government");
    expect(compareCustomers(made)).toEqual({
      ...NOTHING,
      existing: 1,
      notes: [
        {
          rule: "C1",
          salesforce_id: accountId(2),
          id: 2,
          reason: reason("organization.of_partner"),
        },
        {
          rule: "C4",
          salesforce_id: null,
          id: 1,
          reason: reason("organization.account_id_invalid"),
        },
      ],
    });
  });
});

describe("C2: creates", () => {
  test("C2: an account without organization is created as desired", () => {
    const made = world((one) => remove(one, 2));
    expect(compareCustomers(made)).toEqual({ ...NOTHING, creates: [desiredOrganization(2)], existing: 2 });
  });

  test("C2: not while it is expired", () => {
    const made = world((one) => {
      remove(one, 2);
      want(one, 2, { support_level: "expired" });
    });
    expect(compareCustomers(made)).toEqual({ ...NOTHING, existing: 2 });
  });

  test("C2: an excluded account is not created, and that is reported", () => {
    const made = world((one) => {
      remove(one, 2);
      one.excludedAccountIds.add(accountId(2));
    });
    expect(compareCustomers(made)).toEqual({
      ...NOTHING,
      existing: 2,
      notes: [
        {
          rule: "C2",
          salesforce_id: accountId(2),
          id: null,
          reason: reason("create.excluded"),
        },
      ],
    });
  });

  test("C2: an excluded account that is expired is not worth a word", () => {
    const made = world((one) => {
      remove(one, 2);
      want(one, 2, { support_level: "expired" });
      one.excludedAccountIds.add(accountId(2));
    });
    expect(compareCustomers(made).notes).toEqual([]);
  });

  test("C2: the organization of an excluded account is updated all the same", () => {
    const made = world((one) => {
      one.excludedAccountIds.add(accountId(2));
      want(one, 2, { support_level: "ultimate" });
    });
    expect(compareCustomers(made).updates.map(({ id }) => id)).toEqual([2]);
  });
});

describe("C3: updates", () => {
  test("C3: name and fields, only what differs, with the organization's own spelling before", () => {
    const made = world((one) => {
      want(one, 1, { support_level: "ultimate", aar: 5, sub_dotcom_ultimate: true }, "New Name");
      setFields(one, 1, { aar: "7.0", sub_dotcom_ultimate: null });
    });
    expect(compareCustomers(made)).toEqual({
      ...NOTHING,
      updates: [
        {
          id: 1,
          salesforce_id: accountId(1),
          name: "Customer 1",
          before: {
            name: "Customer 1",
            organization_fields: { support_level: "premium", aar: "7.0", sub_dotcom_ultimate: null },
          },
          change: {
            name: "New Name",
            organization_fields: { support_level: "ultimate", aar: 5, sub_dotcom_ultimate: true },
          },
        },
      ],
    });
  });

  test("C3: a name alone, or blanks around it", () => {
    const renamed = compareCustomers(world((one) => want(one, 1, {}, "New Name"))).updates;
    expect(renamed.map(({ before, change }) => ({ before, change }))).toEqual([
      { before: { name: "Customer 1" }, change: { name: "New Name" } },
    ]);
    expect(compareCustomers(world((one) => want(one, 1, {}, " Customer 1 "))).updates).toEqual([]);
  });

  test("C3: a field the organization does not show was null before", () => {
    const made = world((one) =>
      replace(one, 1, ({ organization_fields: { support_level, ...organization_fields }, ...rest }) => ({
        ...rest,
        organization_fields,
      })),
    );
    expect(compareCustomers(made).updates[0]?.before).toEqual({ organization_fields: { support_level: null } });
  });

  test("C3: a field that was not worked out is not written", () => {
    const made = world((one) => {
      one.desired[0] = { ...desiredOrganization(1), organization_fields: { salesforce_id: accountId(1) } };
    });
    expect(compareCustomers(made)).toEqual(NOTHING);
  });

  test("C3: every synced field of the instance counts", () => {
    const made = world((one) => {
      want(one, 1, { emergency_support_24x7: true, arr: 1 });
      want(one, 2, { org_region: "emea" });
    }, "us-government");
    expect(compareCustomers(made).updates.map(({ change }) => change)).toEqual([
      { organization_fields: { arr: 1, emergency_support_24x7: true } },
    ]);
  });
});

describe("G5: one account, whichever form its id has", () => {
  test("G5: a 15-character id is joined, and rewritten", () => {
    const short = accountId(1).slice(0, 15);
    const made = world((one) => setFields(one, 1, { salesforce_id: short }));
    expect(compareCustomers(made)).toEqual({
      ...NOTHING,
      updates: [
        {
          id: 1,
          salesforce_id: accountId(1),
          name: "Customer 1",
          before: { organization_fields: { salesforce_id: short } },
          change: { organization_fields: { salesforce_id: accountId(1) } },
        },
      ],
    });
  });

  test("G5: so is a source that holds the short one", () => {
    const made = world((one) => {
      one.desired = one.desired.map((desired) => ({ ...desired, salesforce_id: desired.salesforce_id.slice(0, 15) }));
      one.accountIds = new Set([...one.accountIds].map((id) => id.slice(0, 15)));
      setFields(one, 1, { account_type: "open_partner" });
    });
    expect(compareCustomers(made).updates.map(({ change }) => change)).toEqual([
      { organization_fields: { account_type: "customer" } },
    ]);
  });
});

test("C5: an organization whose account is back is unmarked", () => {
  const made = world((one) => setFields(one, 3, { mark_for_deletion: true }));
  expect(compareCustomers(made)).toEqual({
    ...NOTHING,
    marked: 1,
    updates: [
      {
        id: 3,
        salesforce_id: accountId(3),
        name: "Customer 3",
        before: { organization_fields: { mark_for_deletion: true } },
        change: { organization_fields: { mark_for_deletion: false } },
      },
    ],
  });
});

test("C8: lists are sorted by salesforce_id, then id; notes by rule first", () => {
  const made = world((one) => {
    one.desired = [];
    one.organizations = one.organizations.filter(({ id }) => id < 100).reverse();
    one.organizations.unshift(organization(50, desiredOrganization(7), { salesforce_id: "none" }));
    one.desired.push(desiredOrganization(9), desiredOrganization(8));
  });
  const { creates, marks } = compareCustomers(made);
  expect(creates.map(({ name }) => name)).toEqual(["Customer 8", "Customer 9"]);
  expect(marks.map(({ id }) => id)).toEqual([1, 2, 3]);
  for (const one of made.organizations) one.organization_fields.migrating = true;
  expect(compareCustomers(made).notes.map(({ id }) => id)).toEqual([50, 1, 2, 3]);
  made.desired = [3, 1, 2].map((n) => desiredOrganization(n, "global", { support_level: "ultimate" }));
  expect(compareCustomers(made).updates.map(({ id }) => id)).toEqual([1, 2, 3]);
});

test("a partner account is none of compare's business", () => {
  const made = world((one) => {
    const partner = partnerAccount(150);
    one.partners.push(partner);
    one.partnerIds.add(partner.salesforce_id);
  });
  expect(compareCustomers(made)).toEqual(NOTHING);
});
