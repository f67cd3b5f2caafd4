import { expect, test } from "bun:test";
import { ACCOUNT, reportSource } from "../../test/support/report/report-world.ts";
import { reason } from "../domain/reason.ts";
import { reportModel } from "../report/report-model.ts";
import type { Result } from "../storage/artifacts/results.ts";
import { reportedUndo } from "./undo-report.ts";

test("of records that stay as they are, users are linked and named as users, organizations as organizations", () => {
  const left = (effect: Result["effect"], id: number): Result => ({
    effect,
    salesforce_id: ACCOUNT,
    id,
    outcome: "skipped",
    reason: reason("undo.before_unknown"),
    before: {},
    after: {},
  });
  const plan = {
    comparison: "global" as const,
    organizations: [],
    users: [],
    digest: "",
    left: [left("contact", 360), left("update", 7)],
  };
  const { rows } = reportModel(reportSource({ comparisons: [reportedUndo(plan, null)] }));
  const links = rows.map(({ id_of, links: { zendesk } }) => [id_of, zendesk]).sort();
  expect(links).toEqual([
    ["organization", "https://example.zendesk.com/agent/organizations/7"],
    ["user", "https://example.zendesk.com/agent/users/360"],
  ]);
});
