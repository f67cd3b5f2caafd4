import type { AUDIT_REASONS } from "../domain/reasons/auditing.ts";
import { counted, NOTHING_TO_DO, type Texts } from "./texts.ts";

const MERGE_THEM = "Merge them in Zendesk, or empty salesforce_id of the wrong one; until then neither is written.";
const READ_BEFORE = "This was read before the run wrote: it may be done.";

/** `1 organization of global has`, `3 organizations of global have`. */
function orgs(count: number, instance: string, one: string, several: string): string {
  return `${counted(count, "organization")} of ${instance} ${count === 1 ? one : several}`;
}

const has = (count: number) => (count === 1 ? "has" : "have");
const is = (count: number) => (count === 1 ? "is" : "are");

export const AUDIT_TEXTS: Texts<typeof AUDIT_REASONS> = {
  "audit.account_gathered_twice": {
    title: "Accounts that Salesforce gave twice",
    say: ({ count }) => [
      `${counted(count, "account")} came from Salesforce more than once.`,
      "Run zdsync preview; if it stays so, have the accounts looked at in Salesforce.",
    ],
  },
  "audit.account_id_shared": {
    title: "Several organizations with one salesforce_id",
    say: ({ count, instance }) => [
      `${counted(count, "account")} ${has(count)} more than one organization in ${instance} (by salesforce_id).`,
      MERGE_THEM,
    ],
  },
  "audit.external_id_shared": {
    title: "Several organizations with one external_id",
    say: ({ count, instance }) => [
      `${counted(count, "account")} ${has(count)} more than one organization in ${instance} (by external_id, with 15 and with 18 characters).`,
      MERGE_THEM,
    ],
  },
  "audit.account_id_short": {
    title: "salesforce_id not in 18 characters",
    say: ({ count, instance }) => [
      `${orgs(count, instance, "has", "have")} the id in salesforce_id in another form than 18 characters.`,
      `Nothing to do: runs write the 18 characters. ${READ_BEFORE}`,
    ],
  },
  "audit.external_id_short": {
    title: "external_id with 15 characters",
    say: ({ count, instance }) => [
      `${orgs(count, instance, "has", "have")} the account's id with 15 characters in external_id.`,
      "Nothing to do: zdsync reads both forms. Other tools may not.",
    ],
  },
  "audit.account_id_invalid": {
    title: "salesforce_id that is no Salesforce id",
    say: ({ count, instance }) => [
      `${orgs(count, instance, "has", "have")} something in salesforce_id that is no Salesforce id.`,
      "Correct or empty the field in Zendesk; until then nobody keeps the organization.",
    ],
  },
  "audit.external_id_missing": {
    title: "Id in the field, but not in external_id",
    say: ({ count, instance }) => [
      `${orgs(count, instance, "names", "name")} the account in salesforce_id, but not in external_id.`,
      "Nothing to do: zdsync goes by salesforce_id. Were the field emptied, nothing would tell whose the organization is.",
    ],
  },
  "audit.account_id_missing": {
    title: "Id in external_id, but not in the field",
    say: ({ count, instance }) => [
      `${orgs(count, instance, "names", "name")} the account in external_id; salesforce_id is empty.`,
      "Write the account's id into salesforce_id; until then the organization is left as it is.",
    ],
  },
  "audit.ids_differ": {
    title: "Field and external_id name different accounts",
    say: ({ count, instance }) => [
      `${orgs(count, instance, "names", "name")} one account in salesforce_id, and another in external_id.`,
      "Decide whose it is, and correct the other id; zdsync goes by salesforce_id.",
    ],
  },
  "audit.name_contested": {
    title: "Names that more than one customer wants",
    say: ({ count, instance }) => [
      `${counted(count, "account")} cannot have the name in ${instance} that Salesforce says: another organization has it, or another account wants it too.`,
      "Give one of them another name in Salesforce, or rename the organization that has it.",
    ],
  },
  "audit.organization_unmanaged": {
    title: "Organizations without an account",
    say: ({ count, instance }) => [
      `${orgs(count, instance, "names", "name")} no account, neither in salesforce_id nor in external_id.`,
      "Nothing to do for internal ones; for a customer's, write the account's id into salesforce_id.",
    ],
  },
  "audit.organization_of_partner": {
    title: "Partners' organizations in us-government",
    say: ({ count, instance }) => [
      `${orgs(count, instance, "belongs", "belong")} to partners: partner-sync works on global only.`,
      "Look whether they are still needed; nothing keeps them.",
    ],
  },
  "audit.protected_but_marked": {
    title: "Protected, but marked for deletion",
    say: ({ count, instance }) => [
      `${orgs(count, instance, "is", "are")} marked for deletion, although protected_ids in the config ${count === 1 ? "names its account" : "names their accounts"}.`,
      "Clear mark_for_deletion in Zendesk now: whatever deletes marked organizations may delete it.",
    ],
  },
  "audit.account_in_both_instances": {
    title: "Accounts in both instances",
    say: ({ count }) => [
      `${counted(count, "account")} ${has(count)} an organization both in global and in us-government.`,
      "Nothing to do where they have subscriptions of both kinds; else finish the move.",
    ],
  },
  "audit.account_without_address": {
    title: "Customers without an address",
    say: ({ count, instance }) => [
      `${counted(count, "account")} ${has(count)} support in ${instance}, but no sold-to address: nobody could ask for it.`,
      "Add a sold-to contact with an e-mail address in Salesforce.",
    ],
  },
  "audit.contact_without_address": {
    title: "Contacts without a usable address",
    say: ({ count, instance }) => [
      `${counted(count, "contact")} for ${instance} ${has(count)} no address that Zendesk takes.`,
      "Correct the address in Salesforce.",
    ],
  },
  "audit.agent_in_customers_organization": {
    title: "Agents in customers' organizations",
    say: ({ count, instance }) => [
      `${counted(count, "agent or admin", "agents and admins")} of ${instance} ${is(count)} in the organization of a customer: they see its tickets as one of its people.`,
      "Take them out of it in Zendesk; zdsync never touches staff.",
    ],
  },
  "audit.user_in_other_organization": {
    title: "Users in the wrong organization",
    say: ({ count, instance }) => [
      `${counted(count, "user")} of ${instance} ${is(count)} in another organization than that of their contact's account.`,
      `Nothing to do: runs move them, unless they are in several, protected, or their organization is in conflict. ${READ_BEFORE}`,
    ],
  },
  "audit.user_without_organization": {
    title: "Users without their organization",
    say: ({ count, instance }) => [
      `${counted(count, "user")} of ${instance} ${is(count)} in no organization, though their contact has one.`,
      `Nothing to do: runs put them there. ${READ_BEFORE}`,
    ],
  },
  "audit.override_not_applied": {
    title: "Overrides that are not applied",
    say: ({ count }) => [
      `${counted(count, "override")} ${is(count)} not applied: ended, invalid, given twice, or for an account that it cannot reach.`,
      "Correct or remove them; zdsync explain says what is wrong with each.",
    ],
  },
  "audit.override_without_change": {
    title: "Overrides that change nothing any more",
    say: ({ count }) => [
      `${counted(count, "override")} ${has(count)} no effect: the account would get the same without.`,
      "Remove them, unless they are for later.",
    ],
  },
  "audit.protected_id_unknown": {
    title: "protected_ids that nobody has any more",
    say: ({ count }) => [
      `${counted(count, "id")} in protected_ids ${is(count)} of no account and no organization.`,
      "Correct or remove what is wrong in the config.",
    ],
  },
  "audit.excluded_id_unknown": {
    title: "excluded_account_ids that nobody has any more",
    say: ({ count }) => [
      `${counted(count, "id")} in excluded_account_ids ${is(count)} of no account and no organization.`,
      NOTHING_TO_DO,
    ],
  },
};
