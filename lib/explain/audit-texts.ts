import type { AUDIT_REASONS } from "../domain/reasons/auditing.ts";
import { counted, NOTHING_TO_DO, type Texts } from "./texts.ts";

const MERGE_THEM = "Merge them in Zendesk, or empty salesforce_id of the wrong one; until then neither is written.";
const NEXT_RUN = "The next run corrects it.";

/** `3 organizations of global have …`; `have` for one is said where it differs. */
function orgs(count: number, instance: string): string {
  return `${counted(count, "organization")} of ${instance}`;
}

export const AUDIT_TEXTS: Texts<typeof AUDIT_REASONS> = {
  "audit.account_gathered_twice": {
    title: "Accounts that Salesforce gave twice",
    say: ({ count }) => [
      `${counted(count, "account")} came from Salesforce more than once.`,
      "Run gather-accounts again; if it stays so, have the accounts looked at in Salesforce.",
    ],
  },
  "audit.account_id_shared": {
    title: "Several organizations with one salesforce_id",
    say: ({ count, instance }) => [
      `${counted(count, "account")} with more than one organization in ${instance} (salesforce_id).`,
      MERGE_THEM,
    ],
  },
  "audit.external_id_shared": {
    title: "Several organizations with one external_id",
    say: ({ count, instance }) => [
      `${counted(count, "account")} with more than one organization in ${instance} (external_id, by 15 and by 18 characters).`,
      MERGE_THEM,
    ],
  },
  "audit.account_id_short": {
    title: "salesforce_id not in 18 characters",
    say: ({ count, instance }) => [
      `${orgs(count, instance)}: salesforce_id has the id in another form than 18 characters.`,
      NEXT_RUN,
    ],
  },
  "audit.external_id_short": {
    title: "external_id with 15 characters",
    say: ({ count, instance }) => [
      `${orgs(count, instance)}: external_id has the account's id in 15 characters.`,
      "Nothing to do: zdsync reads both forms. Other tools may not.",
    ],
  },
  "audit.account_id_invalid": {
    title: "salesforce_id that is no Salesforce id",
    say: ({ count, instance }) => [
      `${orgs(count, instance)}: salesforce_id holds something that is no Salesforce id.`,
      "Correct or empty the field in Zendesk; until then nobody keeps the organization.",
    ],
  },
  "audit.external_id_missing": {
    title: "Id in the field, but not in external_id",
    say: ({ count, instance }) => [
      `${orgs(count, instance)}: salesforce_id names the account, external_id does not.`,
      "Nothing to do: zdsync goes by salesforce_id. Were the field emptied, nothing would tell whose the organization is.",
    ],
  },
  "audit.account_id_missing": {
    title: "Id in external_id, but not in the field",
    say: ({ count, instance }) => [
      `${orgs(count, instance)}: external_id names the account, salesforce_id is empty.`,
      "Write the account's id into salesforce_id; until then the organization is left as it is.",
    ],
  },
  "audit.ids_differ": {
    title: "Field and external_id name different accounts",
    say: ({ count, instance }) => [
      `${orgs(count, instance)}: salesforce_id and external_id name different accounts.`,
      "Decide whose it is, and correct the other id; zdsync goes by salesforce_id.",
    ],
  },
  "audit.name_contested": {
    title: "Names that several want",
    say: ({ count, instance }) => [
      `${counted(count, "account")} cannot have the name in ${instance} that Salesforce says: another organization has it, or another account wants it too.`,
      "Give one of them another name in Salesforce, or rename the organization that has it.",
    ],
  },
  "audit.organization_unmanaged": {
    title: "Organizations that nobody keeps",
    say: ({ count, instance }) => [
      `${orgs(count, instance)}: no account in salesforce_id, none in external_id.`,
      "Nothing to do for internal ones; for a customer's, write the account's id into salesforce_id.",
    ],
  },
  "audit.organization_of_partner": {
    title: "Partners' organizations in us-government",
    say: ({ count, instance }) => [
      `${orgs(count, instance)} of partners: partner-sync works on global only.`,
      "Look whether they are still needed; nothing keeps them.",
    ],
  },
  "audit.account_in_both_instances": {
    title: "Accounts in both instances",
    say: ({ count }) => [
      `${counted(count, "account")} with an organization in global and in us-government.`,
      "Nothing to do where they have subscriptions of both kinds; else finish the move.",
    ],
  },
  "audit.account_without_address": {
    title: "Customers without an address",
    say: ({ count, instance }) => [
      `${counted(count, "account")} with support in ${instance}, and without any sold-to address: nobody could ask for it.`,
      "Add a sold-to contact with an e-mail address in Salesforce.",
    ],
  },
  "audit.contact_without_address": {
    title: "Contacts without a usable address",
    say: ({ count, instance }) => [
      `${counted(count, "contact")} for ${instance} without an address that Zendesk takes.`,
      "Correct the address in Salesforce.",
    ],
  },
  "audit.agent_in_customers_organization": {
    title: "Agents in customers' organizations",
    say: ({ count, instance }) => [
      `${counted(count, "agent or admin", "agents and admins")} of ${instance} in the organization of a customer: they see its tickets as one of its people.`,
      "Take them out of it in Zendesk; zdsync never touches staff.",
    ],
  },
  "audit.user_in_other_organization": {
    title: "Users in the wrong organization",
    say: ({ count, instance }) => [
      `${counted(count, "user")} of ${instance} in another organization than that of their contact's account.`,
      "The next run moves them, unless they are in several, protected, or their organization is in conflict.",
    ],
  },
  "audit.user_without_organization": {
    title: "Users without their organization",
    say: ({ count, instance }) => [
      `${counted(count, "user")} of ${instance} in no organization, though their contact has one.`,
      "The next run puts them there.",
    ],
  },
  "audit.override_not_applied": {
    title: "Overrides that are not applied",
    say: ({ count }) => [
      `${counted(count, "override")} not applied: ended, invalid, given twice, or for an account that it cannot reach.`,
      "Correct or remove them; zdsync explain says which of it.",
    ],
  },
  "audit.override_without_change": {
    title: "Overrides that change nothing any more",
    say: ({ count }) => [
      `${counted(count, "override")} without effect: the account would get the same without.`,
      "Remove them, unless they are for later.",
    ],
  },
  "audit.protected_id_unknown": {
    title: "protected_ids that exist no more",
    say: ({ count }) => [
      `${counted(count, "id")} in protected_ids: neither an account nor an organization has it.`,
      "Remove it from the configuration, or correct it.",
    ],
  },
  "audit.excluded_id_unknown": {
    title: "excluded_account_ids that exist no more",
    say: ({ count }) => [
      `${counted(count, "id")} in excluded_account_ids: neither an account nor an organization has it.`,
      NOTHING_TO_DO,
    ],
  },
};
