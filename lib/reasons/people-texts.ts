import type { PEOPLE_REASONS } from "../domain/reasons/people.ts";
import { clause, counted, listed, NOTHING_TO_DO, records, type Texts } from "./texts.ts";

const ADD_BY_HAND = "Add a contact in Zendesk by hand if somebody is missing.";
const CORRECT_SOLD_TO = "Correct the sold-to contact in Salesforce, or add a contact in Zendesk.";

export const PEOPLE_TEXTS: Texts<typeof PEOPLE_REASONS> = {
  "user.unreadable": {
    title: "user not readable",
    say: ({ problem }) => [
      `The user could not be read from Zendesk and is left alone: ${clause(problem)}.`,
      "Correct the user in Zendesk.",
    ],
  },
  "user.protected_address": {
    title: "protected address",
    say: () => ["The user was left alone: the address or its domain is protected by the config.", NOTHING_TO_DO],
  },
  "user.without_address": {
    title: "user without address",
    say: () => ["The user was left alone: there is no usable email address.", NOTHING_TO_DO],
  },
  "user.not_end_user": {
    title: "agent or administrator",
    say: () => ["The user was left alone: an agent or administrator, not an end user.", NOTHING_TO_DO],
  },
  "user.suspended": {
    title: "suspended user",
    say: () => ["The user was left alone: suspended.", NOTHING_TO_DO],
  },
  "user.in_several_organizations": {
    title: "user in several organizations",
    say: () => [
      "The user was left alone: in several organizations, and a change of organization would end the other memberships.",
      NOTHING_TO_DO,
    ],
  },
  "user.address_repeated": {
    title: "address of several users",
    say: () => ["The user was left alone: another user has the same address.", "Merge the two users in Zendesk."],
  },
  "user.in_protected_organization": {
    title: "user of a protected organization",
    say: () => ["The user was left alone: in a protected organization.", NOTHING_TO_DO],
  },
  "user.in_conflicted_organization": {
    title: "user of an organization in conflict",
    say: () => [
      "The user was left alone: in an organization that shares its account with another one.",
      "Settle the conflict of the organizations first.",
    ],
  },
  "user.in_unknown_organization": {
    title: "user of an unknown organization",
    say: () => [
      "The user was left alone: in an organization that was not among those read.",
      "Nothing to do: the next run looks again.",
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
      "The user was not marked: contacts of this run could not be read, so the user's may be among them.",
      "Correct the contacts that the other notes name, in Salesforce.",
    ],
  },
  "mark.field_missing": {
    title: "no field for marks",
    say: () => [
      "The user was not marked: this instance has no user field of the key that user_mark_field in the config names (mark_for_deletion, unless set).",
      "Make the field in Zendesk, or look at the user by hand.",
    ],
  },
  "contact.unreadable": {
    title: "contact not readable",
    say: ({ problem }) => [
      `A contact of the account could not be read from Salesforce and is left alone: ${clause(problem)}.`,
      "Correct the contact in Salesforce; until then users of the account are left as they are.",
    ],
  },
  "contact.address_unusable": {
    title: "address not usable",
    say: () => ["The contact was left out: there is no usable email address.", CORRECT_SOLD_TO],
  },
  "contact.address_repeated": {
    title: "address of several contacts",
    say: () => ["The contact was left out: another contact has the same address.", NOTHING_TO_DO],
  },
  "contact.holder_left_alone": {
    title: "contact left alone",
    say: () => ["The contact was left alone: the address belongs to a user who is left alone.", NOTHING_TO_DO],
  },
  "contact.protected_address": {
    title: "protected address",
    say: () => ["The contact was left alone: the address or its domain is protected by the config.", NOTHING_TO_DO],
  },
  "contact.organization_in_conflict": {
    title: "organization in conflict",
    say: () => [
      "The contact was left alone: the organization shares its account with another one.",
      "Settle the conflict of the organizations first.",
    ],
  },
  "contact.organization_unknown": {
    title: "organization not known",
    say: () => [
      "The contact was left alone: the organization was not among those read.",
      "Nothing to do: the next run looks again.",
    ],
  },
  "contact.created": {
    title: "user created",
    say: () => ["The user was created in the organization.", NOTHING_TO_DO],
  },
  "contact.associated": {
    title: "user associated",
    say: () => ["The user was there, and is in the organization now.", NOTHING_TO_DO],
  },
  "contact.there_already": {
    title: "there already",
    say: () => ["The user is in the organization already.", NOTHING_TO_DO],
  },
  "contact.address_secondary": {
    title: "somebody's second address",
    say: ({ user_id }) => [`The address is the second one of user ${user_id}, who was left alone.`, ADD_BY_HAND],
  },
  "contact.is_staff": {
    title: "agent or administrator",
    say: ({ user_id }) => [`User ${user_id} is an agent or administrator and was left alone.`, ADD_BY_HAND],
  },
  "contact.suspended": {
    title: "suspended user",
    say: ({ user_id }) => [
      `User ${user_id} is suspended and was left alone.`,
      "Unsuspend the user in Zendesk, or add another contact.",
    ],
  },
  "contact.in_other_organization": {
    title: "user of another organization",
    say: ({ user_id, organization_ids }) => [
      `User ${user_id} belongs to ${records("organization", organization_ids)} and was left there.`,
      ADD_BY_HAND,
    ],
  },
  "contact.promised": {
    title: "address of another account",
    say: ({ account }) => [
      `The address goes to the new organization of account ${account}, which wants it too.`,
      ADD_BY_HAND,
    ],
  },
  "contact.over_maximum": {
    title: "more contacts than allowed",
    say: ({ maximum }) => [
      `The contact was left out: an organization gets ${counted(maximum, "contact")} at most (max_contacts_per_organization).`,
      "Remove contacts that are not needed in Salesforce, or allow more in the config.",
    ],
  },
  "contact.not_verified": {
    title: "not verified yet",
    say: () => [
      "Whether the contact is in place is not known yet, so nothing was planned.",
      "Nothing to do: the next runs look, some at a time.",
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
      "The contact was not added: the organization is not one whose contacts are due, or its account does not want this address.",
      "Run compare again.",
    ],
  },
  "user.address_taken": {
    title: "address taken",
    say: ({ user_ids }) => [
      `The user was not created: the address belongs to ${user_ids.length > 0 ? records("user", user_ids) : "a user that Zendesk's search does not show yet"}.`,
      "Nothing to do: the next run looks again.",
    ],
  },
  "user.already_so": {
    title: "already so",
    say: () => ["The user already was as wanted.", NOTHING_TO_DO],
  },
  "user.changed_since": {
    title: "changed meanwhile",
    say: ({ fields }) => [
      `The user was not written: somebody changed ${listed(fields)} since zdsync last read them.`,
      "Nothing to do: the next run looks again. An undo leaves it to you.",
    ],
  },
  "user.in_several_organizations_now": {
    title: "changed meanwhile",
    say: () => [
      "The user was not moved: in several organizations by now, and the move would end the other memberships.",
      "Move the user in Zendesk if that is wanted.",
    ],
  },
  "user.gone": {
    title: "gone",
    say: () => ["The user was not written: they are not in Zendesk any more.", NOTHING_TO_DO],
  },
  "user.did_not_stick": {
    title: "did not stick",
    say: ({ fields }) => [
      `The user was written, but Zendesk did not keep it: ${listed(fields)}.`,
      "Look whether a trigger or an app in Zendesk changes it back.",
    ],
  },
};
