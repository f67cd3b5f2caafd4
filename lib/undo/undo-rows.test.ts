import { describe, expect, test } from "bun:test";
import { comparisonOf } from "../changesets/results-to-undo.ts";
import type { ListedUser } from "../domain/listed-user.ts";
import type { Organization } from "../domain/organization.ts";
import { reason } from "../domain/reason.ts";
import type { Result } from "../storage/artifacts/results.ts";
import { organizationUndoRows } from "./organization-undo-rows.ts";
import { userUndoRows } from "./user-undo-rows.ts";
import { mayBeWritten, wasWritten } from "./written-in-part.ts";

const ACCOUNT = "0014M00001kAbCdQAK";
const NOBODY = { domains: new Set(["protected.example"]), addresses: new Set<string>() };

const result = (change: Partial<Result>): Result => ({
  effect: "update",
  salesforce_id: ACCOUNT,
  id: 1,
  outcome: "applied",
  reason: null,
  before: { organization_fields: { support_level: "premium" } },
  after: { organization_fields: { support_level: "ultimate" } },
  ...change,
});

const organization = (fields: Organization["organization_fields"] = {}, change: Partial<Organization> = {}) => ({
  id: 1,
  name: "One",
  external_id: ACCOUNT,
  created_at: "",
  updated_at: "",
  organization_fields: { salesforce_id: ACCOUNT, support_level: "ultimate", ...fields },
  ...change,
});

function organizationBack(results: Result[], now: Organization[], protectedIds: string[] = []) {
  const { rows, left } = organizationUndoRows(results, {
    instance: "global",
    organizations: new Map(now.map((one) => [one.id, one])),
    protectedIds: new Set(protectedIds),
  });
  return { changes: rows.map(({ change }) => change), left: left.map(({ reason }) => reason) };
}

describe("S8: the way back of an organization", () => {
  test("is its before values, where it still is as the run left it, spelling apart", () => {
    expect(organizationBack([result({})], [organization()])).toEqual({
      changes: [{ organization_fields: { support_level: "premium" } }],
      left: [],
    });
    const arr = result({ before: { organization_fields: { aar: "5.0" } }, after: { organization_fields: { aar: 0 } } });
    expect(organizationBack([arr], [organization({ aar: "0.0" })]).changes).toHaveLength(1);
  });

  test("of a created one is the mark, unless somebody protects it", () => {
    const create = result({
      effect: "create",
      before: {},
      after: { name: "One", organization_fields: { support_level: "ultimate" } },
    });
    const mark = { changes: [{ organization_fields: { mark_for_deletion: true } }], left: [] };
    expect(organizationBack([create], [organization()])).toEqual(mark);
    for (const [now, protectedIds, why] of [
      [organization({ mark_for_deletion: true }), [], reason("organization.already_so")],
      [organization(), [ACCOUNT], reason("mark.protected")],
      [organization({ ignore_deletion: true }), [], reason("mark.ignore_deletion")],
      [organization({ migrating: "true" }), [], reason("mark.migrating")],
      [organization({}, { name: "Two" }), [], reason("organization.changed_since", { fields: ["name"] })],
    ] as const)
      expect(organizationBack([create], [now], [...protectedIds])).toEqual({ changes: [], left: [why] });
  });

  test("is none where it changed, is gone, or belongs to another account now", () => {
    expect(organizationBack([result({})], [organization({ support_level: "expired" })]).left).toEqual([
      reason("organization.changed_since", { fields: ["support_level"] }),
    ]);
    expect(organizationBack([result({})], [organization({ support_level: "premium" })]).left).toEqual([
      reason("organization.already_so"),
    ]);
    expect(organizationBack([result({})], []).left).toEqual([reason("organization.gone")]);
    expect(organizationBack([result({})], [organization({ salesforce_id: "0014M00001kAbCeQAK" })]).left).toEqual([
      reason("organization.changed_since", { fields: ["salesforce_id"] }),
    ]);
  });

  test("is none where the results file does not say it, names a field that is not ours, or the record twice", () => {
    const unreadable = reason("undo.before_unknown");
    for (const broken of [
      { before: {} },
      { before: { organization_fields: { account_owner: "x" } } },
      {
        before: { organization_fields: { ignore_deletion: true } },
        after: { organization_fields: { ignore_deletion: false } },
      },
      { before: { organization_fields: { support_level: { deep: 1 } } } },
      { id: null },
    ])
      expect(organizationBack([result(broken)], [organization()])).toEqual({ changes: [], left: [unreadable] });
    const twice = reason("undo.named_twice");
    expect(organizationBack([result({}), result({})], [organization()])).toEqual({ changes: [], left: [twice, twice] });
  });
});

describe("S8: the way back of an organization that was written in part", () => {
  const both = {
    before: { organization_fields: { org_region: "amer", support_level: "premium" } },
    after: { organization_fields: { org_region: "emea", support_level: "ultimate" } },
  };
  const notKept = (fields: string[]) => ({
    outcome: "failed" as const,
    reason: reason("organization.did_not_stick", { fields }),
  });

  test("is what Zendesk kept of it: the other fields are as they were", () => {
    const failed = result({ ...both, ...notKept(["org_region"]) });
    expect(organizationBack([failed], [organization({ org_region: "amer" })])).toEqual({
      changes: [{ organization_fields: { support_level: "premium" } }],
      left: [],
    });
    expect(organizationBack([failed], [organization({ org_region: "amer", support_level: "premium" })])).toEqual({
      changes: [],
      left: [reason("organization.already_so")],
    });
    const renamed = result({
      before: { name: "Old", ...both.before },
      after: { name: "New", ...both.after },
      ...notKept(["name", "org_region"]),
    });
    expect(organizationBack([renamed], [organization({ org_region: "amer" }, { name: "Old" })]).changes).toEqual([
      { organization_fields: { support_level: "premium" } },
    ]);
  });

  test("is none where a field that it did not keep has a third value: somebody set it", () => {
    const failed = result({ ...both, ...notKept(["org_region"]) });
    expect(organizationBack([failed], [organization({ org_region: "latam" })])).toEqual({
      changes: [],
      left: [reason("organization.changed_since", { fields: ["org_region"] })],
    });
  });

  test("is the mark of one that was created, whatever it did not keep", () => {
    const created = result({
      effect: "create",
      before: {},
      after: { name: "One", organization_fields: { org_region: "emea", support_level: "ultimate" } },
      ...notKept(["org_region"]),
    });
    expect(organizationBack([created], [organization({ org_region: null })])).toEqual({
      changes: [{ organization_fields: { mark_for_deletion: true } }],
      left: [],
    });
  });

  test("is that of an applied one where nobody could read it back, or it was gone", () => {
    const unseen = result({ outcome: "failed", reason: reason("write.not_read_back", { message: "cut" }) });
    expect(organizationBack([unseen], [organization()]).changes).toEqual([
      { organization_fields: { support_level: "premium" } },
    ]);
    const gone = result({ outcome: "failed", reason: reason("organization.gone") });
    expect(organizationBack([gone], []).left).toEqual([reason("organization.gone")]);
  });

  test("where nobody knows whether it was written: named if it is as the run wanted it, nothing otherwise", () => {
    const unknown = result({ outcome: "failed", reason: reason("job.unknown", { job_id: "1" }) });
    expect(organizationBack([unknown], [organization()])).toEqual({
      changes: [],
      left: [reason("undo.outcome_unknown")],
    });
    for (const now of [[organization({ support_level: "premium" })], []])
      expect(organizationBack([unknown], now)).toEqual({ changes: [], left: [] });
  });
});

test("S8: of failed records those are looked at that were written, or may be", () => {
  const failed = (why: Result["reason"], change: Partial<Result> = {}) =>
    result({ outcome: "failed", reason: why, ...change });
  const refused = reason("write.refused", { service: "Zendesk", refusal: "RecordInvalid", fields: [], taken: "" });
  const unknown = reason("job.unknown", { job_id: "1" });
  const stuck = reason("user.did_not_stick", { fields: ["name"] });
  expect([result({}), failed(stuck), failed(stuck, { id: null }), failed(refused)].map(wasWritten)).toEqual([
    true,
    true,
    false,
    false,
  ]);
  const skipped = result({ outcome: "skipped", reason: reason("organization.gone") });
  expect([wasWritten(skipped), mayBeWritten(skipped)]).toEqual([false, false]);
  expect([failed(unknown), failed(unknown, { effect: "create" }), failed(refused)].map(mayBeWritten)).toEqual([
    true,
    false,
    false,
  ]);
});

const USER: ListedUser = {
  id: 1,
  name: "New",
  email: "user@example.com",
  role: "end-user",
  suspended: false,
  organization_id: 20,
  marked: false,
};

function userBack(
  change: Partial<Result>,
  now: Partial<ListedUser> | null = {},
  more: { memberships?: number; canBeMarked?: boolean } = {},
) {
  const { rows, left } = userUndoRows([result({ ...change })], {
    users: new Map(now ? [[1, { ...USER, ...now }]] : []),
    memberships: new Map([[1, more.memberships ?? 1]]),
    protectedAddresses: NOBODY,
    canBeMarked: more.canBeMarked ?? true,
  });
  return rows[0]?.change ?? left[0]?.reason;
}

describe("S8: the way back of a user", () => {
  const email = "user@example.com";
  const renamed = { before: { name: "Old" }, after: { name: "New", email } };
  const moved = { before: { organization_id: 10 }, after: { organization_id: 20, email } };
  const created = { effect: "create" as const, before: {}, after: { name: "New", email, organization_id: 20 } };
  const contact = { effect: "contact" as const, before: {}, after: { email: "User@Example.com", organization_id: 20 } };

  test("is its before values; of a created one, the mark", () => {
    expect(userBack(renamed)).toEqual({ name: "Old" });
    expect(userBack(moved)).toEqual({ organization_id: 10 });
    expect(userBack(created)).toEqual({ mark_for_deletion: true });
    expect(userBack({ ...contact, reason: reason("contact.created") })).toEqual({ mark_for_deletion: true });
    const unmark = {
      effect: "mark" as const,
      before: { mark_for_deletion: false },
      after: { mark_for_deletion: true, email },
    };
    expect(userBack(unmark, { marked: true })).toEqual({ mark_for_deletion: false });
  });

  test("never takes a membership away", () => {
    expect(userBack({ ...contact, reason: reason("contact.associated") })).toEqual(reason("undo.user_was_there"));
    const placed = { before: { organization_id: null }, after: { organization_id: 20, email } };
    expect(userBack(placed)).toEqual(reason("undo.membership_stays"));
    expect(userBack({ before: { ...placed.before, name: "Old" }, after: { ...placed.after, name: "New" } })).toEqual({
      name: "Old",
    });
    expect(userBack(moved, {}, { memberships: 2 })).toEqual(reason("user.in_several_organizations_now"));
  });

  test("is what Zendesk kept of a change; one whose outcome nobody knows is left alone", () => {
    const both = {
      before: { name: "Old", mark_for_deletion: true },
      after: { name: "New", mark_for_deletion: false, email },
    };
    const lost = { ...both, outcome: "failed" as const, reason: reason("user.did_not_stick", { fields: ["name"] }) };
    expect(userBack(lost, { name: "Old" })).toEqual({ mark_for_deletion: true });
    expect(userBack(lost, { name: "Agent's" })).toEqual(reason("user.changed_since", { fields: ["name"] }));
    const unknown = { ...renamed, outcome: "failed" as const, reason: reason("write.without_outcome") };
    expect(userBack(unknown)).toEqual(reason("undo.outcome_unknown"));
    expect(userBack(unknown, { name: "Old" })).toBeUndefined();
  });

  test("is none for one who changed, is gone, is protected, or cannot be marked", () => {
    expect(userBack(renamed, { name: "Agent's" })).toEqual(reason("user.changed_since", { fields: ["name"] }));
    expect(userBack(renamed, { role: "agent" })).toEqual(reason("user.changed_since", { fields: ["role"] }));
    expect(userBack(renamed, { suspended: true })).toEqual(reason("user.changed_since", { fields: ["suspended"] }));
    expect(userBack(created, { organization_id: 30 })).toEqual(
      reason("user.changed_since", { fields: ["organization_id"] }),
    );
    expect(userBack(renamed, { email: "other@example.com" })).toEqual(
      reason("user.changed_since", { fields: ["email"] }),
    );
    expect(userBack(renamed, { name: "Old" })).toEqual(reason("user.already_so"));
    expect(userBack(renamed, null)).toEqual(reason("user.gone"));
    expect(userBack(created, {}, { canBeMarked: false })).toEqual(reason("mark.field_missing"));
    const protectedOne = { ...renamed, after: { name: "New", email: "a@sub.protected.example" } };
    expect(userBack(protectedOne)).toEqual(reason("user.protected_address"));
    expect(userBack({ before: { name: "Old" }, after: { name: "New" } })).toEqual(reason("undo.before_unknown"));
  });
});

test("a results file is known by its name, whichever folder it is in", () => {
  expect(comparisonOf("/data/history/run/usgov_user_results.json")).toBe("usgov_user");
  expect(comparisonOf("partner_undo_results.json")).toBe("partner");
  for (const name of ["global_creates.json", "xglobal_results.json", "results.json", ""])
    expect(() => comparisonOf(name)).toThrow("--results");
});
