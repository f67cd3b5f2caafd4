import { describe, expect, test } from "bun:test";
import { NOTHING, remove, replace, want, world } from "../../test/support/domain/change-world.ts";
import { accountId, desiredOrganization, organization, type World } from "../../test/support/domain/in-sync-world.ts";
import { compareCustomers } from "./compare-customers.ts";
import { type ParamsOf, type ReasonOf, reason } from "./reason.ts";

describe("C7: names", () => {
  /** The reason of a name conflict; where nothing else is said, nobody but those named has the name or wants it. */
  const contested = (
    does: "create" | "rename",
    who: Partial<ParamsOf<"create.name_contested">>,
  ): ReasonOf<"create.name_contested" | "rename.name_contested"> => {
    const { holder_ids = [], rival_accounts = [], rival_organization_ids = [] } = who;
    const rivals = rival_accounts.length + rival_organization_ids.length;
    const params = { holder_ids, holders: holder_ids.length, rival_accounts, rival_organization_ids, rivals, ...who };
    return reason(`${does}.name_contested`, params);
  };
  /** The notes by record: the organization's id, or the account's for a create. */
  const reasons = (made: World) =>
    Object.fromEntries(compareCustomers(made).notes.map((note) => [note.id ?? note.salesforce_id, note.reason]));

  test("C7: a create whose name an organization has, in any case and with blanks", () => {
    const made = world((one) => {
      remove(one, 2);
      want(one, 2, {}, "  CUSTOMER 1 ");
    });
    expect(compareCustomers(made)).toEqual({
      ...NOTHING,
      existing: 2,
      notes: [
        {
          rule: "C7",
          salesforce_id: accountId(2),
          id: null,
          reason: contested("create", { holder_ids: [1] }),
        },
      ],
    });
  });

  test("C7: partners', unmanaged and left-alone organizations hold names too", () => {
    const made = world((one) => {
      for (const n of [1, 2, 3]) remove(one, n);
      want(one, 1, {}, "Partner 101");
      want(one, 2, {}, "Unmanaged");
      one.organizations.push({
        ...organization(7, desiredOrganization(7), { salesforce_id: null }),
        name: "unmanaged",
      });
    });
    expect(compareCustomers(made).creates.map(({ name }) => name)).toEqual(["Customer 3"]);
    expect(reasons(made)).toMatchObject({
      [accountId(1)]: contested("create", { holder_ids: [101] }),
      [accountId(2)]: contested("create", { holder_ids: [7] }),
    });
  });

  test("C7: a blocked rename drops only the name", () => {
    const made = world((one) => want(one, 2, { support_level: "ultimate" }, "customer 3"));
    expect(compareCustomers(made)).toEqual({
      ...NOTHING,
      updates: [
        {
          id: 2,
          salesforce_id: accountId(2),
          name: "Customer 2",
          before: { organization_fields: { support_level: "premium" } },
          change: { organization_fields: { support_level: "ultimate" } },
        },
      ],
      notes: [{ rule: "C7", salesforce_id: accountId(2), id: 2, reason: contested("rename", { holder_ids: [3] }) }],
    });
  });

  test("C7: and leaves no update where nothing else differs", () => {
    const { updates, notes } = compareCustomers(world((one) => want(one, 2, {}, "Customer 3")));
    expect(updates).toEqual([]);
    expect(notes.map(({ id }) => id)).toEqual([2]);
  });

  test("C7: a name that this run frees is still taken", () => {
    const made = world((one) => {
      want(one, 1, {}, "Another Name");
      want(one, 2, {}, "Customer 1");
    });
    expect(compareCustomers(made).updates.map(({ id }) => id)).toEqual([1]);
    expect(reasons(made)).toEqual({ 2: contested("rename", { holder_ids: [1] }) });
  });

  test("C7: two creates of one name block each other", () => {
    const made = world((one) => {
      remove(one, 1);
      remove(one, 2);
      want(one, 1, {}, "Same Name");
      want(one, 2, {}, "same name ");
    });
    expect(compareCustomers(made).creates).toEqual([]);
    expect(reasons(made)).toEqual({
      [accountId(1)]: contested("create", { rival_accounts: [accountId(2)] }),
      [accountId(2)]: contested("create", { rival_accounts: [accountId(1)] }),
    });
  });

  test("C7: a create and a rename to one name block each other", () => {
    const made = world((one) => {
      remove(one, 1);
      want(one, 1, {}, "Same Name");
      want(one, 2, { support_level: "ultimate" }, "SAME NAME");
    });
    const { creates, updates } = compareCustomers(made);
    expect(creates).toEqual([]);
    expect(updates.map(({ id, change }) => ({ id, change }))).toEqual([
      { id: 2, change: { organization_fields: { support_level: "ultimate" } } },
    ]);
    expect(reasons(made)).toEqual({
      [accountId(1)]: contested("create", { rival_organization_ids: [2] }),
      2: contested("rename", { rival_accounts: [accountId(1)] }),
    });
  });

  test("C7: two renames to one name block each other", () => {
    const made = world((one) => {
      want(one, 1, {}, "Same Name");
      want(one, 2, {}, "Same Name");
    });
    expect(compareCustomers(made).updates).toEqual([]);
    expect(reasons(made)).toEqual({
      1: contested("rename", { rival_organization_ids: [2] }),
      2: contested("rename", { rival_organization_ids: [1] }),
    });
  });

  test("C7: both reasons at once, at most three ids each", () => {
    const made = world((one) => {
      for (const n of [1, 2, 3]) want(one, n, {}, "Taken");
      for (const id of [14, 11, 13, 12]) {
        const desired = { ...desiredOrganization(id), name: "taken" };
        one.desired.push(desired);
        one.accountIds.add(desired.salesforce_id);
        one.organizations.push(organization(id, desired));
      }
    });
    expect(reasons(made)[2]).toEqual(
      contested("rename", { holder_ids: [11, 12, 13], holders: 4, rival_organization_ids: [1, 3] }),
    );
  });

  test("C7: exactly three are all named", () => {
    const made = world((one) => {
      want(one, 2, {}, "Taken");
      for (const id of [13, 11, 12]) {
        const desired = { ...desiredOrganization(id), name: "taken" };
        one.desired.push(desired);
        one.accountIds.add(desired.salesforce_id);
        one.organizations.push(organization(id, desired));
      }
    });
    expect(reasons(made)).toEqual({
      2: contested("rename", { holder_ids: [11, 12, 13] }),
    });
  });

  test("C7: expired accounts that will not be created never block anybody", () => {
    const made = world((one) => {
      remove(one, 1);
      remove(one, 2);
      want(one, 1, { support_level: "expired" }, "Same Name");
      want(one, 2, {}, "Same Name");
    });
    expect(compareCustomers(made)).toMatchObject({ creates: [{ name: "Same Name" }], notes: [] });
  });

  test("C7: an organization may change the case of its own name, even where a create wants it", () => {
    const made = world((one) => {
      want(one, 1, {}, "CUSTOMER 1");
      remove(one, 2);
      want(one, 2, {}, "customer 1");
    });
    expect(compareCustomers(made).updates.map(({ change }) => change)).toEqual([{ name: "CUSTOMER 1" }]);
    expect(reasons(made)).toEqual({ [accountId(2)]: contested("create", { holder_ids: [1] }) });
  });

  test("C7: but not where another organization has that name too", () => {
    const made = world((one) => {
      want(one, 1, {}, "CUSTOMER 1");
      replace(one, 2, (found) => ({ ...found, name: "Customer 1" }));
      want(one, 2, {}, "Customer 1");
    });
    expect(compareCustomers(made).updates).toEqual([]);
    expect(reasons(made)).toEqual({ 1: contested("rename", { holder_ids: [2] }) });
  });
});
