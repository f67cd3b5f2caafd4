import type { AUDIT_REASONS } from "../domain/reasons/auditing.ts";
import { counted, NOTHING_TO_DO, type Texts } from "./texts.ts";

const MERGE_THEM = "Merge them in Zendesk, or clear salesforce_id on the wrong one. Until then, neither is updated.";
const READ_BEFORE = "This was read before the run wrote anything, so it may already be fixed.";

/** `1 organization of global has`, `3 organizations of global have`. */
function orgs(count: number, instance: string, one: string, several: string): string {
  return `${counted(count, "organization")} of ${instance} ${count === 1 ? one : several}`;
}

const has = (count: number) => (count === 1 ? "has" : "have");
const is = (count: number) => (count === 1 ? "is" : "are");

export const AUDIT_TEXTS: Texts<typeof AUDIT_REASONS> = {
  "audit.account_gathered_twice": {
    title: "Accounts that Salesforce returned twice",
    say: ({ count }) => [
      `${counted(count, "account")} returned by Salesforce more than once.`,
      "Run zdsync preview. If this happens again, check the accounts in Salesforce.",
    ],
  },
  "audit.account_id_shared": {
    title: "Several organizations with the same salesforce_id",
    say: ({ count, instance }) => [
      `${counted(count, "account")} ${has(count)} more than one organization in ${instance} (by salesforce_id).`,
      MERGE_THEM,
    ],
  },
  "audit.external_id_shared": {
    title: "Several organizations with the same external_id",
    say: ({ count, instance }) => [
      `${counted(count, "account")} ${has(count)} more than one organization in ${instance} (by external_id, comparing 15- and 18-character ids).`,
      MERGE_THEM,
    ],
  },
  "audit.account_id_short": {
    title: "salesforce_id without 18 characters",
    say: ({ count, instance }) => [
      `${orgs(count, instance, "has", "have")} an id in salesforce_id that is not in the 18-character form.`,
      `Nothing to do: runs write the 18-character form. ${READ_BEFORE}`,
    ],
  },
  "audit.external_id_short": {
    title: "external_id with 15 characters",
    say: ({ count, instance }) => [
      `${orgs(count, instance, "has", "have")} the account's 15-character id in external_id.`,
      "Nothing to do: zdsync reads both forms, but other tools may not.",
    ],
  },
  "audit.account_id_invalid": {
    title: "salesforce_id that is not a Salesforce id",
    say: ({ count, instance }) => [
      `${orgs(count, instance, "has", "have")} something in salesforce_id that is not a Salesforce id.`,
      "Correct or clear the field in Zendesk. Until then, zdsync does not maintain the organization.",
    ],
  },
  "audit.external_id_missing": {
    title: "Id in salesforce_id, but not in external_id",
    say: ({ count, instance }) => [
      `${orgs(count, instance, "names", "name")} the account in salesforce_id, but not in external_id.`,
      "Nothing to do: zdsync uses salesforce_id. If that field were cleared, nothing would link the organization to its account.",
    ],
  },
  "audit.account_id_missing": {
    title: "Id in external_id, but not in salesforce_id",
    say: ({ count, instance }) => [
      `${orgs(count, instance, "names", "name")} the account in external_id; salesforce_id is empty.`,
      "Write the account's id into salesforce_id. Until then, the organization is not changed.",
    ],
  },
  "audit.ids_differ": {
    title: "Ids that name different accounts",
    say: ({ count, instance }) => [
      `${orgs(count, instance, "names", "name")} one account in salesforce_id, and another in external_id.`,
      "Decide which account it belongs to, and correct the other id. zdsync uses salesforce_id.",
    ],
  },
  "audit.name_contested": {
    title: "Names claimed by more than one customer",
    say: ({ count, instance }) => [
      `${counted(count, "account")} cannot use the Salesforce name in ${instance}: another organization has it, or another account needs it as well.`,
      "Rename one of them in Salesforce, or rename the organization that has the name.",
    ],
  },
  "audit.organization_unmanaged": {
    title: "Organizations without an account",
    say: ({ count, instance }) => [
      `${orgs(count, instance, "names", "name")} no account, neither in salesforce_id nor in external_id.`,
      "Nothing to do for internal organizations. For a customer's, write the account's id into salesforce_id.",
    ],
  },
  "audit.organization_of_partner": {
    title: "Partners' organizations in us-government",
    say: ({ count, instance }) => [
      `${orgs(count, instance, "belongs", "belong")} to partners: partner-sync only works on global.`,
      "Check whether they are still needed; zdsync does not maintain them.",
    ],
  },
  "audit.protected_but_marked": {
    title: "Protected, but marked for deletion",
    say: ({ count, instance }) => [
      `${orgs(count, instance, "is", "are")} marked for deletion, although protected_ids in the config ${count === 1 ? "names its account" : "names their accounts"}.`,
      "Clear mark_for_deletion in Zendesk now; otherwise the organization may be deleted.",
    ],
  },
  "audit.account_in_both_instances": {
    title: "Accounts in both instances",
    say: ({ count }) => [
      `${counted(count, "account")} ${has(count)} an organization both in global and in us-government.`,
      "Nothing to do if they have subscriptions in both instances; otherwise finish the move.",
    ],
  },
  "audit.account_without_address": {
    title: "Customers without an address",
    say: ({ count, instance }) => [
      `${counted(count, "account")} ${has(count)} support in ${instance} but no sold-to address, so none of their people can open tickets.`,
      "Add a sold-to contact with an email address in Salesforce.",
    ],
  },
  "audit.contact_without_address": {
    title: "Contacts without a usable address",
    say: ({ count, instance }) => [
      `${counted(count, "contact")} for ${instance} ${has(count)} no address that Zendesk accepts.`,
      "Correct the address in Salesforce.",
    ],
  },
  "audit.agent_in_customers_organization": {
    title: "Agents in customers' organizations",
    say: ({ count, instance }) => [
      `${counted(count, "agent or admin", "agents and admins")} of ${instance} ${is(count)} in a customer's organization and can see its tickets as a member.`,
      "Remove them from it in Zendesk; zdsync never changes agents or admins.",
    ],
  },
  "audit.user_in_other_organization": {
    title: "Users in the wrong organization",
    say: ({ count, instance }) => [
      `${counted(count, "user")} of ${instance} ${is(count)} in an organization other than that of their contact's account.`,
      `Nothing to do: runs move them, unless they are in several organizations, protected, or in an organization with a conflict. ${READ_BEFORE}`,
    ],
  },
  "audit.user_without_organization": {
    title: "Users without their organization",
    say: ({ count, instance }) => [
      `${counted(count, "user")} of ${instance} ${is(count)} in no organization, although their contact has one.`,
      `Nothing to do: runs add them to it. ${READ_BEFORE}`,
    ],
  },
  "audit.override_not_applied": {
    title: "Overrides that are not applied",
    say: ({ count }) => [
      `${counted(count, "override")} ${is(count)} not applied: ended, invalid, duplicated, or for an account that was not gathered.`,
      "Correct or remove them; zdsync explain shows each one's problem.",
    ],
  },
  "audit.override_without_change": {
    title: "Overrides that no longer change anything",
    say: ({ count }) => [
      `${counted(count, "override")} ${has(count)} no effect: the account would get the same without ${count === 1 ? "it" : "them"}.`,
      "Remove them, unless they are meant for later.",
    ],
  },
  "audit.protected_id_unknown": {
    title: "protected_ids that no longer exist",
    say: ({ count }) => [
      `${counted(count, "id")} in protected_ids ${count === 1 ? "belongs" : "belong"} to no account and no organization.`,
      "Correct or remove the wrong ids in the config.",
    ],
  },
  "audit.excluded_id_unknown": {
    title: "excluded_account_ids that no longer exist",
    say: ({ count }) => [
      `${counted(count, "id")} in excluded_account_ids ${count === 1 ? "belongs" : "belong"} to no account and no organization.`,
      NOTHING_TO_DO,
    ],
  },
};
