import * as v from "valibot";
import { account, count, fields, id, ids, nothing, unreadable } from "./params.ts";

/** Reasons given about users and contacts (U2–U6, Y2, Y3). */
export const PEOPLE_REASONS = {
  "user.unreadable": unreadable,
  "user.protected_address": nothing,
  "user.without_address": nothing,
  "user.not_end_user": nothing,
  "user.suspended": nothing,
  "user.in_several_organizations": nothing,
  "user.address_repeated": nothing,
  "user.in_protected_organization": nothing,
  "user.in_conflicted_organization": nothing,
  "user.in_unknown_organization": nothing,
  "mark.contacts_unknown": nothing,
  "mark.contacts_unreadable": nothing,
  "mark.field_missing": nothing,
  "contact.unreadable": unreadable,
  "contact.address_unusable": nothing,
  "contact.address_repeated": nothing,
  "contact.holder_left_alone": nothing,
  "contact.protected_address": nothing,
  "contact.organization_in_conflict": nothing,
  "contact.organization_unknown": nothing,
  "contact.created": nothing,
  "contact.associated": nothing,
  "contact.there_already": nothing,
  "contact.address_secondary": v.object({ user_id: id }),
  "contact.is_staff": v.object({ user_id: id }),
  "contact.suspended": v.object({ user_id: id }),
  "contact.in_other_organization": v.object({ user_id: id, organization_ids: ids }),
  "contact.promised": v.object({ account }),
  "contact.over_maximum": v.object({ maximum: count }),
  /** Nobody knows if it is in place, and it was not found out this time. */
  "contact.not_verified": nothing,
  "contact.organization_not_created": nothing,
  /** Planned, but not of an organization whose contacts are due, or not wanted by its account. */
  "contact.not_due": nothing,
  /** None is named where the search does not show the user yet. */
  "user.address_taken": v.object({ user_ids: ids }),
  "user.already_so": nothing,
  "user.changed_since": v.object({ fields }),
  "user.in_several_organizations_now": nothing,
  "user.gone": nothing,
  "user.did_not_stick": v.object({ fields }),
} as const;
