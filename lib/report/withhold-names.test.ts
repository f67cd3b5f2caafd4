import { expect, test } from "bun:test";
import { reason } from "../domain/reason.ts";
import type { RunRecords } from "./run-records.ts";
import { WITHHELD, withoutUsGovernmentNames } from "./withhold-names.ts";

const said = (text: string) => reason("legacy.text", { text });

const [BOTH, GOVERNMENT] = ["0014M00001kAbCdQAK", "0014M00001kAbCeQAK"];

function run(records: unknown): RunRecords {
  return { records: records as RunRecords["records"], missing: [], unreadable: [], runIds: [], overLimit: [] };
}

test("B5: names, addresses and words of changes go; ids, dates, levels, numbers and which fields there are stay", () => {
  const records = {
    "zendesk_usgov.json": [{ id: 7, name: "Agency", external_id: GOVERNMENT, organization_fields: {} }],
    "usgov_accounts.json": [{ salesforce_id: GOVERNMENT, name: "Agency", sold_tos: [{ email: "a@agency.gov" }] }],
    "usgov_updates.json": [
      {
        id: 7,
        name: "Agency",
        before: { name: "Agency", organization_fields: { support_level: "premium", account_owner: "Ann", seats: 1 } },
        change: { organization_fields: { support_level: "ultimate", account_owner: "Bob", seats: null } },
      },
    ],
    "usgov_user_results.json": [
      {
        id: 9,
        reason: said("a@agency.gov is taken"),
        before: { name: "A" },
        after: { email: "a@agency.gov", name: "A" },
      },
    ],
    "usgov_notes.json": [{ reason: said("Zendesk said: b@agency.gov has already been taken") }],
  };
  const before = structuredClone(records);
  const shown = withoutUsGovernmentNames(run(records)).records;
  expect(JSON.stringify(shown)).not.toMatch(/agency|Ann|Bob/i);
  expect(shown["usgov_updates.json"]).toMatchObject([
    {
      id: 7,
      before: { name: WITHHELD, organization_fields: { support_level: "premium", account_owner: WITHHELD, seats: 1 } },
      change: { organization_fields: { support_level: "ultimate", account_owner: WITHHELD, seats: null } },
    },
  ]);
  expect(shown["usgov_user_results.json"]).toMatchObject([{ id: 9, after: { email: "user 9" } }]);
  expect(records).toEqual(before);
});

test("B5: an account keeps its name where global's own files name it, and only there", () => {
  const accounts = [BOTH, GOVERNMENT].map((id) => ({ salesforce_id: id, name: `Name of ${id}` }));
  const names = (records: unknown) =>
    withoutUsGovernmentNames(run(records)).records["salesforce_accounts.json"]?.map(({ name }) => name);
  const files = { "salesforce_accounts.json": accounts };
  expect(names(files)).toEqual(["", ""]);
  const organizations = [{ id: 1, name: "Both", external_id: BOTH, organization_fields: {} }];
  expect(names({ ...files, "zendesk_global.json": organizations })).toEqual([`Name of ${BOTH}`, ""]);
  expect(names({ ...files, "global_accounts.json": [{ salesforce_id: BOTH }] })).toEqual([`Name of ${BOTH}`, ""]);
});
