import * as v from "valibot";
import { account, count, day, fields, id, ids, nothing, unreadable } from "./params.ts";

/** Location of the organization of a merge's winner: not in this instance, about to be created in it, or in it. */
const winner = v.picklist(["elsewhere", "being created", "here"]);

/** Reasons given about organizations when they are compared and written (O1, C1–C7, Y1, Y5, Y6, S4, S8). */
export const ORGANIZATION_REASONS = {
  "organization.unreadable": unreadable,
  "organization.account_unclear": nothing,
  "organization.shares_account": v.object({ organization_ids: ids }),
  "organization.account_id_invalid": nothing,
  "organization.account_id_missing": nothing,
  "organization.without_account": nothing,
  "organization.of_partner": nothing,
  "create.account_unclear": nothing,
  "create.excluded": nothing,
  "create.external_id_taken": v.object({ organization_ids: ids }),
  "create.name_contested": v.object({
    /** The first of those that have the name now, and how many there are. */
    holder_ids: ids,
    holders: count,
    /** The first of those that want it too: accounts whose organization is to be created, organizations to be renamed. */
    rival_accounts: v.array(account),
    rival_organization_ids: ids,
    rivals: count,
  }),
  "rename.name_contested": v.object({
    holder_ids: ids,
    holders: count,
    rival_accounts: v.array(account),
    rival_organization_ids: ids,
    rivals: count,
  }),
  /** Zendesk refused the name; none is named where the holder cannot be seen. */
  "create.name_taken": v.object({ organization_ids: ids }),
  "rename.name_taken": v.object({ organization_ids: ids }),
  "mark.protected": nothing,
  /** S8: marked all the same, by a person or before it was protected. */
  "mark.of_protected": nothing,
  "mark.ignore_deletion": nothing,
  "mark.migrating": nothing,
  "mark.withheld": nothing,
  /** C9: no subscription in this instance any more, and one in the other. */
  "mark.account_moved": nothing,
  /** C9: marked already, by a person or before anybody looked, and not `migrating`. */
  "mark.of_moved_account": nothing,
  /** C9; `organization_ids` are the winner's. From `forgotten_from` on Salesforce does not tell of the merge any more, as far as is known. */
  "mark.account_merged": v.object({ merged_into: account, winner, organization_ids: ids, forgotten_from: day }),
  /** C9, known from an earlier run only; `organizations` is how many of these the comparison has. */
  "mark.merge_forgotten": v.object({ merged_into: account, winner, organization_ids: ids, organizations: count }),
  /** C9: marked already, while Salesforce tells of the merge. */
  "mark.of_merged_account": v.object({ merged_into: account, winner, organization_ids: ids }),
  "organization.exists_already": nothing,
  "organization.external_id_conflict": v.object({ organization_id: id }),
  "organization.already_so": nothing,
  "organization.changed_since": v.object({ fields }),
  "organization.gone": nothing,
  "organization.did_not_stick": v.object({ fields }),
} as const;
