import type { PEOPLE_REASONS } from "../domain/reasons/people.ts";
import { clause, counted, listed, NOTHING_TO_DO, records, type Texts } from "./texts.ts";

const ADD_BY_HAND = "If a contact is missing, add it in Zendesk by hand.";
const CORRECT_SOLD_TO = "Correct the sold-to contact in Salesforce, or add a contact in Zendesk.";

export const PEOPLE_TEXTS: Texts<typeof PEOPLE_REASONS> = {
  "user.unreadable": {
    title: "user not readable",
    say: ({ problem }) => [
      `The user could not be read from Zendesk and was quarantined: ${clause(problem)}.`,
      "Correct the user in Zendesk.",
    ],
  },
  "user.protected_address": {
    title: "protected address",
    say: () => ["The user was skipped: the address or its domain is protected in the config.", NOTHING_TO_DO],
  },
  "user.without_address": {
    title: "user without address",
    say: () => ["The user was skipped: no usable email address.", NOTHING_TO_DO],
  },
  "user.not_end_user": {
    title: "agent or admin",
    say: () => ["The user was skipped: an agent or admin, not an end user.", NOTHING_TO_DO],
  },
  "user.suspended": {
    title: "suspended user",
    say: () => ["The user was skipped: the user is suspended.", NOTHING_TO_DO],
  },
  "user.in_several_organizations": {
    title: "user in several organizations",
    say: () => [
      "The user was skipped: in several organizations, and moving the user would end the other memberships.",
      NOTHING_TO_DO,
    ],
  },
  "user.address_repeated": {
    title: "address of several users",
    say: () => ["The user was skipped: another user has the same address.", "Merge the two users in Zendesk."],
  },
  "user.in_protected_organization": {
    title: "user of a protected organization",
    say: () => ["The user was skipped: in a protected organization.", NOTHING_TO_DO],
  },
  "user.in_conflicted_organization": {
    title: "user of an organization in conflict",
    say: () => [
      "The user was skipped: in an organization that shares its account with another organization.",
      "Resolve the conflict between the organizations first.",
    ],
  },
  "user.in_unknown_organization": {
    title: "user of an unknown organization",
    say: () => [
      "The user was skipped: in an organization that was not gathered.",
      "Nothing to do: the next run checks again.",
    ],
  },
  "mark.contacts_unknown": {
    title: "contacts not known",
    say: () => [
      "The user was not marked: the organization has no valid salesforce_id, so its contacts are not known.",
      "Correct the salesforce_id of the organization in Zendesk.",
    ],
  },
  "mark.contacts_unreadable": {
    title: "contacts not readable",
    say: () => [
      "The user was not marked: some contacts could not be read in this run, and the user's may be one of them.",
      "Correct the contacts named in the other notes in Salesforce.",
    ],
  },
  "mark.field_missing": {
    title: "no field for marks",
    say: () => [
      "The user was not marked: this instance has no user field with the key set as user_mark_field in the config (default: mark_for_deletion).",
      "Create the field in Zendesk, or handle the user by hand.",
    ],
  },
  "contact.unreadable": {
    title: "contact not readable",
    say: ({ problem }) => [
      `A contact of the account could not be read from Salesforce and was quarantined: ${clause(problem)}.`,
      "Correct the contact in Salesforce. Until then, users of the account are not changed.",
    ],
  },
  "contact.address_unusable": {
    title: "address not usable",
    say: () => ["The contact was skipped: no usable email address.", CORRECT_SOLD_TO],
  },
  "contact.address_repeated": {
    title: "address of several contacts",
    say: () => ["The contact was skipped: another contact has the same address.", NOTHING_TO_DO],
  },
  "contact.holder_left_alone": {
    title: "contact skipped",
    say: () => ["The contact was skipped: the address belongs to a user who is skipped.", NOTHING_TO_DO],
  },
  "contact.protected_address": {
    title: "protected address",
    say: () => ["The contact was skipped: the address or its domain is protected in the config.", NOTHING_TO_DO],
  },
  "contact.organization_in_conflict": {
    title: "organization in conflict",
    say: () => [
      "The contact was skipped: the organization shares its account with another organization.",
      "Resolve the conflict between the organizations first.",
    ],
  },
  "contact.organization_unknown": {
    title: "organization not known",
    say: () => [
      "The contact was skipped: the organization was not gathered.",
      "Nothing to do: the next run checks again.",
    ],
  },
  "contact.created": {
    title: "user created",
    say: () => ["The user was created in the organization.", NOTHING_TO_DO],
  },
  "contact.associated": {
    title: "user added to organization",
    say: () => ["The user already existed and was added to the organization.", NOTHING_TO_DO],
  },
  "contact.there_already": {
    title: "already a member",
    say: () => ["The user is already in the organization.", NOTHING_TO_DO],
  },
  "contact.address_secondary": {
    title: "secondary address",
    say: ({ user_id }) => [`The address is a secondary address of user ${user_id}, who was skipped.`, ADD_BY_HAND],
  },
  "contact.is_staff": {
    title: "agent or admin",
    say: ({ user_id }) => [`User ${user_id} is an agent or admin and was skipped.`, ADD_BY_HAND],
  },
  "contact.suspended": {
    title: "suspended user",
    say: ({ user_id }) => [
      `User ${user_id} is suspended and was skipped.`,
      "Unsuspend the user in Zendesk, or add another contact.",
    ],
  },
  "contact.in_other_organization": {
    title: "user of another organization",
    say: ({ user_id, organization_ids }) => [
      `User ${user_id} already belongs to ${records("organization", organization_ids)} and was not moved.`,
      ADD_BY_HAND,
    ],
  },
  "contact.promised": {
    title: "address of another account",
    say: ({ account }) => [
      `The address goes to the new organization of account ${account}, which has the same contact.`,
      ADD_BY_HAND,
    ],
  },
  "contact.over_maximum": {
    title: "more contacts than allowed",
    say: ({ maximum }) => [
      `The contact was skipped: an organization gets at most ${counted(maximum, "contact")} (max_contacts_per_organization).`,
      "Remove unneeded contacts in Salesforce, or raise the maximum in the config.",
    ],
  },
  "contact.not_verified": {
    title: "not verified yet",
    say: () => [
      "The contact has not been verified yet, so nothing was planned.",
      "Nothing to do: the next runs verify contacts, a few at a time.",
    ],
  },
  "contact.organization_not_created": {
    title: "organization not created",
    say: () => [
      "The contact was not added: the organization could not be created.",
      "Nothing to do for the contact: it is planned again with the organization.",
    ],
  },
  "contact.not_due": {
    title: "contact not due",
    say: () => [
      "The contact was not added: the organization's contacts are not due, or the address is not a contact of its account.",
      "Run compare again.",
    ],
  },
  "user.address_taken": {
    title: "address taken",
    say: ({ user_ids }) => [
      `The user was not created: the address belongs to ${user_ids.length > 0 ? records("user", user_ids) : "a user that Zendesk's search does not find yet"}.`,
      "Nothing to do: the next run checks again.",
    ],
  },
  "user.already_so": {
    title: "already up to date",
    say: () => ["The user was already up to date.", NOTHING_TO_DO],
  },
  "user.changed_since": {
    title: "changed in the meantime",
    say: ({ fields }) => [
      `The user was not written: ${listed(fields)} changed after zdsync last read the user.`,
      "Nothing to do: the next run checks again. An undo leaves the record to you.",
    ],
  },
  "user.in_several_organizations_now": {
    title: "changed in the meantime",
    say: () => [
      "The user was not moved: now in several organizations, and the move would end the other memberships.",
      "If the user should move, do it in Zendesk.",
    ],
  },
  "user.gone": {
    title: "gone",
    say: () => ["The user was not written: the user no longer exists in Zendesk.", NOTHING_TO_DO],
  },
  "user.did_not_stick": {
    title: "was not saved",
    say: ({ fields }) => [
      `Zendesk accepted the update of the user, but these fields were not saved: ${listed(fields)}.`,
      "Check whether a trigger or an app in Zendesk changes them back.",
    ],
  },
};
