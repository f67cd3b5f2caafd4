import { describe, expect, test } from "bun:test";
import { forget, NOTHING, replace, setFields, want, world } from "../../test/support/domain/change-world.ts";
import { accountId } from "../../test/support/domain/in-sync-world.ts";
import { compareCustomers } from "./compare-customers.ts";
import type { FieldValue } from "./organization-field.ts";
import { reason } from "./reason.ts";

describe("C4: not in sync", () => {
  test("C4: an organization without account is marked, with the spelling before", () => {
    const made = world((one) => {
      setFields(one, 2, { mark_for_deletion: null });
      forget(one, 2);
    });
    expect(compareCustomers(made)).toEqual({
      ...NOTHING,
      marks: [
        {
          id: 2,
          salesforce_id: accountId(2),
          name: "Customer 2",
          before: { mark_for_deletion: null },
          change: { mark_for_deletion: true },
        },
      ],
    });
  });

  test("C4: an account that process let go counts as none, though Salesforce still has it", () => {
    const made = world((one) => one.desired.splice(1, 1));
    expect(compareCustomers(made).marks.map(({ id }) => id)).toEqual([2]);
  });

  test("C4: a field that is missing was null before", () => {
    const made = world((one) => {
      replace(one, 2, (found) => ({ ...found, organization_fields: { salesforce_id: accountId(2) } }));
      forget(one, 2);
    });
    expect(compareCustomers(made).marks.map(({ before }) => before)).toEqual([{ mark_for_deletion: null }]);
  });

  test("C4: not again, and without a word, where it is marked already", () => {
    const made = world((one) => {
      setFields(one, 2, { mark_for_deletion: true, ignore_deletion: true });
      forget(one, 2);
    });
    expect(compareCustomers(made)).toEqual({ ...NOTHING, marked: 1 });
  });

  test.each<[string, "mark.ignore_deletion" | "mark.migrating"]>([
    ["ignore_deletion", "mark.ignore_deletion"],
    ["migrating", "mark.migrating"],
  ])("C4: not with %s", (field, code) => {
    const made = world((one) => {
      setFields(one, 2, { [field]: true });
      forget(one, 2);
    });
    expect(compareCustomers(made)).toEqual({
      ...NOTHING,
      notes: [{ rule: "C4", salesforce_id: accountId(2), id: 2, reason: reason(code) }],
    });
  });

  test("C4: not a protected account's", () => {
    const made = world((one) => {
      one.protectedIds.add(accountId(2));
      forget(one, 2);
      forget(one, 3);
    });
    const { marks, notes } = compareCustomers(made);
    expect(marks.map(({ id }) => id)).toEqual([3]);
    expect(notes).toEqual([{ rule: "C4", salesforce_id: accountId(2), id: 2, reason: reason("mark.protected") }]);
  });

  test("C4: a protected organization is updated all the same", () => {
    const made = world((one) => {
      one.protectedIds.add(accountId(2));
      want(one, 2, { support_level: "ultimate" });
    });
    expect(compareCustomers(made).updates.map(({ id }) => id)).toEqual([2]);
  });

  test("C4: a salesforce_id that is none is reported and left alone, whatever the config says", () => {
    const made = world((one) => {
      one.unmanagedOrganizations = "mark";
      setFields(one, 2, { salesforce_id: "0014M00001kA002QA" });
      forget(one, 2);
    });
    expect(compareCustomers(made)).toEqual({
      ...NOTHING,
      existing: 2,
      notes: [
        {
          rule: "C4",
          salesforce_id: null,
          id: 2,
          reason: reason("organization.account_id_invalid"),
        },
      ],
    });
  });
});

describe("C4: organizations without a salesforce_id", () => {
  const unmanaged = (unmanagedOrganizations: "keep" | "mark", fields: Record<string, FieldValue> = {}) =>
    world((one) => {
      one.unmanagedOrganizations = unmanagedOrganizations;
      setFields(one, 2, { salesforce_id: " ", ...fields });
      forget(one, 2);
    });

  test("C4: are listed and kept", () => {
    expect(compareCustomers(unmanaged("keep"))).toEqual({
      ...NOTHING,
      existing: 2,
      notes: [{ rule: "C4", salesforce_id: null, id: 2, reason: reason("organization.without_account") }],
    });
  });

  test("C4: are marked where the config says so", () => {
    const { marks, existing } = compareCustomers(unmanaged("mark"));
    expect(existing).toBe(2);
    expect(marks).toEqual([
      {
        id: 2,
        salesforce_id: null,
        name: "Customer 2",
        before: { mark_for_deletion: false },
        change: { mark_for_deletion: true },
      },
    ]);
  });

  test("C4: and not where something protects them", () => {
    expect(compareCustomers(unmanaged("mark", { ignore_deletion: true })).marks).toEqual([]);
    expect(compareCustomers(unmanaged("mark", { migrating: true })).marks).toEqual([]);
    expect(compareCustomers(unmanaged("mark", { mark_for_deletion: true }))).toEqual({ ...NOTHING, existing: 2 });
    const made = unmanaged("mark");
    made.protectedIds.add(accountId(2));
    expect(compareCustomers(made).marks).toEqual([]);
  });

  test("C4: one that never had an external_id is nobody's either", () => {
    const made = unmanaged("mark");
    replace(made, 2, (one) => ({ ...one, external_id: null }));
    expect(compareCustomers(made).marks.map(({ id }) => id)).toEqual([2]);
  });
});
