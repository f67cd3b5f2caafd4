import type { Note } from "../domain/changeset.ts";
import { accountIdOf, externalAccountIdOf } from "../domain/organization-scope.ts";
import type { Reason } from "../domain/reason.ts";
import { toId18 } from "../domain/salesforce-id.ts";
import type { RunRecords } from "./run-records.ts";

/** What stands for a value that is not shown. */
export const WITHHELD = "(not shown)";

/** Fields of us-government whose words say nothing of who the customer is. */
const HARMLESS_FIELDS = new Set(["account_type", "expiration_date", "support_level", "salesforce_id", "sfdc_short_id"]);

type Records = RunRecords["records"];

/**
 * The accounts that global's own files name, by their 18-character ids: their names are global's data, too. Where files are missing,
 * fewer are known, and more is withheld.
 */
export function knownToGlobal(
  records: Pick<Records, "global_accounts.json" | "partner_accounts.json" | "zendesk_global.json">,
): ReadonlySet<string> {
  const accounts = [...(records["global_accounts.json"] ?? []), ...(records["partner_accounts.json"] ?? [])];
  const organizations = records["zendesk_global.json"] ?? [];
  const ids = [
    ...accounts.map(({ salesforce_id: id }) => id),
    ...organizations.flatMap((one) => [accountIdOf(one), externalAccountIdOf(one)]),
  ];
  return new Set(ids.flatMap((id) => (id === null ? [] : [toId18(id) ?? id])));
}

/**
 * What a run left behind, without what would say who a customer of us-government is: names, addresses, and the words in its changes.
 * Ids stay, and with them everything can be looked up in us-government itself. An account that global knows keeps the name that it has
 * there. Nobody is found by a name that is not here any more. Pure.
 */
export function withoutUsGovernmentNames(run: RunRecords): RunRecords {
  const { records } = run;
  const global = knownToGlobal(records);
  const nameless = <T extends { name: string }>(list: T[]): T[] => list.map((one) => ({ ...one, name: "" }));
  const withheld: { [Name in keyof Records]?: (list: NonNullable<Records[Name]>) => Records[Name] } = {
    "salesforce_accounts.json": (list) =>
      list.map((one) => (global.has(toId18(one.salesforce_id) ?? "") ? one : { ...one, name: "" })),
    "zendesk_usgov.json": nameless,
    "usgov_accounts.json": (list) => nameless(list).map((one) => ({ ...one, sold_tos: [] })),
    "usgov_creates.json": nameless,
    "usgov_updates.json": (list) =>
      nameless(list).map((one) => ({ ...one, before: wordless(one.before), change: wordless(one.change) })),
    "usgov_not_in_sync.json": nameless,
    "usgov_results.json": (list) => list.map((one) => ({ ...one, reason: withoutAddress(one.reason) })),
    "usgov_user_results.json": (list) =>
      list.map((one) => ({
        ...one,
        reason: withoutAddress(one.reason),
        after: { email: one.id === null ? "a new user" : `user ${one.id}` },
      })),
    "usgov_notes.json": addressless,
    "usgov_user_notes.json": addressless,
    "gather-orgs_usgov_notes.json": addressless,
  };
  const entries = Object.entries(records).map(([name, list]) => {
    const withhold = withheld[name as keyof Records] as ((list: unknown) => unknown) | undefined;
    return [name, withhold ? withhold(list) : list];
  });
  return { ...run, records: Object.fromEntries(entries) };
}

/** A change without words: numbers, dates and yes or no stay, and so does which fields there are. */
function wordless<T extends { name?: string; organization_fields?: Record<string, unknown> }>(change: T): T {
  const { name, organization_fields: fields } = change;
  return {
    ...change,
    ...(name === undefined ? {} : { name: WITHHELD }),
    ...(fields === undefined
      ? {}
      : {
          organization_fields: Object.fromEntries(
            Object.entries(fields).map(([key, value]) => [
              key,
              typeof value === "string" && value !== "" && !HARMLESS_FIELDS.has(key) ? WITHHELD : value,
            ]),
          ),
        }),
  };
}

function addressless(list: Note[]): Note[] {
  return list.map((one) => ({ ...one, reason: withoutAddress(one.reason) }));
}

/** Reasons name ids; where a remote's own words hold an address all the same, it does not come through. */
function withoutAddress<Given extends Reason | null>(reason: Given): Given {
  if (reason === null) return reason;
  const params = Object.entries(reason.params).map(([name, value]) => [name, withheldIn(value)]);
  return { ...reason, params: Object.fromEntries(params) };
}

function withheldIn(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withheldIn);
  return typeof value === "string" ? value.replace(/\S*@\S*/g, WITHHELD) : value;
}
