import { describe, expect, test } from "bun:test";
import { forget, remove, setFields, want } from "../../test/support/domain/change-world.ts";
import { accountId, inSyncWorld } from "../../test/support/domain/in-sync-world.ts";
import type { Changeset } from "./changeset.ts";
import { compareCustomers, customersComparison } from "./compare-customers.ts";
import { holdChanges, type ProposedChanges } from "./hold-changes.ts";

/* B1, S3: sync accepts of change files what the comparison, made once more, would do; whoever made them. */

/** Customer 1 gets another owner, 2 is to be marked, 3 has no organization yet, 4 is protected from marks, 5 in sync. */
const made = inSyncWorld("global", 5);
want(made, 1, { account_owner: "Olivia Owner" });
forget(made, 2);
remove(made, 3);
forget(made, 4);
setFields(made, 4, { ignore_deletion: true });
const honest = compareCustomers(made);
const update = honest.updates[0] as Changeset["updates"][number];
const mark = honest.marks[0] as Changeset["marks"][number];
const create = honest.creates[0] as Changeset["creates"][number];

function held(change: Partial<ProposedChanges>, vouched = false) {
  const given = { creates: [], updates: [], marks: [], ...change };
  return holdChanges(customersComparison(made), given, { name: "global", vouched });
}

test("what compare made is accepted, measured against what was read", () => {
  const { broken, existing, marked, ...changes } = held(honest);
  expect(broken).toEqual([]);
  expect({ existing, marked }).toEqual({ existing: honest.existing, marked: honest.marked });
  const { creates, updates, marks } = honest;
  expect(changes).toEqual({ creates, updates, marks });
  expect([creates.length, updates.length, marks.length]).toEqual([1, 1, 1]);
});

test("a part of it is accepted, too", () => {
  expect(held({ marks: honest.marks }).broken).toEqual([]);
});

const fields = (values: Record<string, string | boolean | null>) => ({ organization_fields: values });
const OWNER = { account_owner: "Olivia Owner" };

describe("a change that breaks a rule is named by rule and record, also where a person vouched for the files", () => {
  test.each<[string, Partial<ProposedChanges>, Record<string, unknown>]>([
    ["an organization that was not read", { updates: [{ ...update, id: 99 }] }, { rule: "not_read", records: ["99"] }],
    ["a mark of one that was not read", { marks: [{ ...mark, id: 99 }] }, { rule: "not_read", records: ["99"] }],
    [
      "an organization of another account",
      { updates: [{ ...update, salesforce_id: accountId(5) }] },
      { rule: "other_account", records: ["1"] },
    ],
    [
      "another before",
      { updates: [{ ...update, before: fields({ account_owner: "Nobody" }) }] },
      { rule: "before_differs", fields: ["account_owner"] },
    ],
    [
      "a field of agents",
      {
        updates: [
          {
            ...update,
            change: fields({ ...OWNER, assigned_se: "x" }),
            before: { ...update.before, ...fields({ account_owner: "Ann Owner" }) },
          },
        ],
      },
      { rule: "field_not_ours", fields: ["assigned_se"] },
    ],
    [
      "a field that only decides",
      {
        updates: [{ ...update, change: fields({ ignore_deletion: false }), before: fields({ ignore_deletion: null }) }],
      },
      { rule: "field_not_ours", fields: ["ignore_deletion"] },
    ],
    [
      "a mark among the updates",
      {
        updates: [
          { ...update, change: fields({ mark_for_deletion: true }), before: fields({ mark_for_deletion: false }) },
        ],
      },
      { rule: "mark_in_update", records: ["1"] },
    ],
    ["a mark of a customer", { marks: [{ ...mark, id: 5 }] }, { rule: "mark_not_due", records: ["5"] }],
    [
      "a mark that agents forbid",
      { marks: [{ ...mark, id: 4 }] },
      { rule: "mark_not_due", records: ["4"], because: ["mark.ignore_deletion"] },
    ],
    [
      "a create that no account wants",
      { creates: [{ ...create, salesforce_id: accountId(77) }] },
      { rule: "create_not_due", records: [accountId(77)] },
    ],
    [
      "a create with an address of somebody else",
      { creates: [{ ...create, sold_tos: [{ name: null, email: "intruder@else.example" }] }] },
      { rule: "create_not_due", records: [accountId(3)] },
    ],
  ])("%s", (_, change, expected) => {
    for (const vouched of [false, true]) {
      const { broken } = held(change, vouched);
      expect(broken.map(({ params }) => params)).toContainEqual(
        expect.objectContaining({ comparison: "global", ...expected }),
      );
    }
  });

  test("a value that the account does not have: only where nobody vouched for the files", () => {
    const other = { updates: [{ ...update, change: fields({ account_owner: "Somebody" }) }] };
    expect(held(other).broken.map(({ params }) => params.rule)).toEqual(["update_not_due"]);
    expect(held(other, true).broken).toEqual([]);
  });
});

test("limits are measured with what was read before, not with what the files say", () => {
  const lower = { ...update, change: fields({ support_level: "silver" }), before: fields({ support_level: "silver" }) };
  const { updates } = held({ updates: [lower] });
  expect(updates[0]?.before).toEqual(fields({ support_level: "premium" }));
});
