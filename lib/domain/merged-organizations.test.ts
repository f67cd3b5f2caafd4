import { describe, expect, test } from "bun:test";
import { compareCustomers } from "./compare-customers.ts";
import type { MergedAccount } from "./merged-account.ts";
import type { DesiredOrganization, Organization } from "./organization.ts";
import { toId18 } from "./salesforce-id.ts";

const id18 = (number: number) => toId18(`0014M0000${String(number).padStart(6, "0")}`) ?? "";
const [LOSER, WINNER, OTHER] = [id18(1), id18(2), id18(3)];

function organization(id: number, salesforce_id: string | null, fields: Record<string, boolean> = {}): Organization {
  const created_at = "2020-01-01T00:00:00Z";
  const organization_fields = { salesforce_id, ...fields };
  return { id, name: `Organization ${id}`, external_id: null, created_at, updated_at: created_at, organization_fields };
}

function account(salesforce_id: string): DesiredOrganization {
  const organization_fields = { salesforce_id, support_level: "premium" };
  return { salesforce_id, name: `Account ${salesforce_id}`, organization_fields, sold_tos: [] };
}

function merged(change: Partial<MergedAccount> = {}): MergedAccount {
  const merged_at = "2026-11-20T10:00:00.000Z";
  return { salesforce_id: LOSER, merged_into: WINNER, merged_at, forgotten: false, ...change };
}

function compare(
  organizations: Organization[],
  merges: MergedAccount[],
  { desired = [] as DesiredOrganization[], allowed = 0, unmanaged = "keep" as "keep" | "mark" } = {},
) {
  const { marks, notes } = compareCustomers({
    instance: "global",
    desired,
    organizations,
    partnerIds: new Set(),
    accountIds: new Set(desired.map((one) => one.salesforce_id)),
    unclearAccounts: new Set(),
    withholdMarks: false,
    protectedIds: new Set(),
    excludedAccountIds: new Set(),
    unmanagedOrganizations: unmanaged,
    merges: { accounts: new Map(merges.map((one) => [one.salesforce_id, one])), allowed },
  });
  return { marks: marks.map(({ id }) => id), notes };
}

describe("the organization of an account that was merged into another (C9)", () => {
  test("is not marked; one whose account is simply gone is", () => {
    const { marks, notes } = compare([organization(1, LOSER), organization(3, OTHER)], [merged()]);
    expect(marks).toEqual([3]);
    const params = { merged_into: WINNER, winner: "elsewhere", organization_ids: [], forgotten_from: "2026-12-05" };
    expect(notes).toEqual([
      { rule: "C9", salesforce_id: LOSER, id: 1, reason: { code: "mark.account_merged", params } as never },
    ]);
  });

  test("is told where the winner's is: here, being created, or not in this instance", () => {
    const winners = (...given: Parameters<typeof compare>) =>
      compare(...given).notes.map(({ reason: { params } }) => params as Record<string, unknown>);
    const here = winners([organization(1, LOSER), organization(2, WINNER)], [merged()], { desired: [account(WINNER)] });
    expect(here).toMatchObject([{ winner: "here", organization_ids: [2] }]);
    const creating = winners([organization(1, LOSER)], [merged()], { desired: [account(WINNER)] });
    expect(creating).toMatchObject([{ winner: "being created", organization_ids: [] }]);
    expect(winners([organization(1, LOSER)], [merged()])).toMatchObject([{ winner: "elsewhere" }]);
  });

  test("is kept when Salesforce has forgotten the merge, until so many marks are allowed", () => {
    const organizations = [organization(1, LOSER), organization(3, OTHER)];
    const merges = [merged({ forgotten: true }), merged({ salesforce_id: OTHER, forgotten: true })];
    for (const allowed of [0, 1]) {
      const { marks, notes } = compare(organizations, merges, { allowed });
      expect(marks).toEqual([]);
      expect(notes[0]?.reason).toMatchObject({ code: "mark.merge_forgotten", params: { organizations: 2 } });
    }
    expect(compare(organizations, merges, { allowed: 2 })).toEqual({ marks: [1, 3], notes: [] });
  });

  test("is never marked by an allowance while Salesforce tells of the merge", () => {
    expect(compare([organization(1, LOSER)], [merged()], { allowed: 9 }).marks).toEqual([]);
  });

  test("is left to what protects it anyway, and counts for no allowance then", () => {
    const organizations = [organization(1, LOSER, { ignore_deletion: true }), organization(3, OTHER)];
    const merges = [merged({ forgotten: true }), merged({ salesforce_id: OTHER, forgotten: true })];
    expect(compare(organizations, merges, { allowed: 1 })).toEqual({
      marks: [3],
      notes: [expect.objectContaining({ rule: "C4", id: 1 })],
    });
  });

  test("that is known by its external_id alone is kept as well", () => {
    const byExternalId = { ...organization(1, null), external_id: LOSER };
    expect(compare([byExternalId], [merged()], { unmanaged: "mark" })).toMatchObject({
      marks: [],
      notes: [{ rule: "C9" }],
    });
    expect(compare([byExternalId], [], { unmanaged: "mark" }).marks).toEqual([1]);
  });

  test("C4: that is marked already is told, and by which merge, while Salesforce tells of it; later without a word", () => {
    const marked = organization(1, LOSER, { mark_for_deletion: true });
    const { marks, notes } = compare([marked, organization(2, WINNER)], [merged()], { desired: [account(WINNER)] });
    expect(marks).toEqual([]);
    const params = { merged_into: WINNER, winner: "here", organization_ids: [2] };
    expect(notes).toEqual([
      { rule: "C9", salesforce_id: LOSER, id: 1, reason: { code: "mark.of_merged_account", params } as never },
    ]);
    expect(compare([marked], [merged({ forgotten: true })])).toEqual({ marks: [], notes: [] });
    expect(compare([marked], [])).toEqual({ marks: [], notes: [] });
  });
});
