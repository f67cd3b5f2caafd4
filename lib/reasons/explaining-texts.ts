import type { EXPLAINING_REASONS } from "../domain/reasons/explaining.ts";
import { listed, NOTHING_TO_DO, quoted, type Texts } from "./texts.ts";

const NEXT_RUN = "Nothing to do: the next run does this.";

/** Causes that make an account a partner, by the type it gets (P2). */
const PARTNER_BY = {
  open_partner: "Type Partner, Partner Track Open",
  select_partner: "Type Partner, Partner Track Select",
  alliance_partner: "alliance_account_id in the config names it",
};

/** `Ultimate is gone`; where no level is left, the support. */
function gone(level: string | null): string {
  return level === null ? "Its support is gone" : `${level.charAt(0).toUpperCase()}${level.slice(1)} is gone`;
}

export const EXPLAINING_TEXTS: Texts<typeof EXPLAINING_REASONS> = {
  "account.not_gathered": {
    title: "account not gathered",
    say: () => [
      "Salesforce returned no such account: it was deleted, has another Type, or has no end date within the last three years or in the future.",
      "Correct its Type or end dates in Salesforce.",
    ],
  },
  "account.kept_as_partner": {
    title: "kept as partner",
    say: ({ account_type }) => [
      `It is a partner, with no support level and no contacts: ${account_type === null ? "Salesforce says so" : PARTNER_BY[account_type]}.`,
      account_type === "alliance_partner"
        ? "If that is wrong, correct alliance_account_id."
        : "If that is wrong, correct these fields in Salesforce.",
    ],
  },
  "account.merged": {
    title: "account merged",
    say: ({ merged_into }) => [
      `The account was merged into ${merged_into}, which has its subscriptions now.`,
      `See that account: zdsync explain ${merged_into}.`,
    ],
  },
  "subscription.in_global": {
    title: "counts in global",
    say: () => [
      "Its subscriptions count in global: none has a charge that sends it to us-government.",
      "If that is wrong, correct its charges in Salesforce, or us_government in plans.yml.",
    ],
  },
  "subscription.in_us_government": {
    title: "counts in us-government",
    say: ({ charge_names, exception }) => [
      `Its subscriptions count in us-government: ${charge_names.length === 1 ? "the charge" : "the charges"} ${listed(charge_names.map(quoted))} ${charge_names.length === 1 ? "sends" : "send"} them there${exception ? " (Support_Instance__c is federal-support)" : ""}.`,
      "If that is wrong, correct its charges in Salesforce, or us_government in plans.yml.",
    ],
  },
  "support.expired": {
    title: "support expired",
    say: ({ charge_name, end_date, counted_until }) => [
      `Its support has expired: the last charge, ${quoted(charge_name)}, ended on ${end_date} and counted until ${counted_until}.`,
      "Renew it in Salesforce, or add an override.",
    ],
  },
  "support.charge_ended": {
    title: "charge ended",
    say: ({ level, charge_name, end_date, counted_until }) => [
      `${gone(level)}: the charge ${quoted(charge_name)} ended on ${end_date} and counted until ${counted_until}.`,
      "Renew it in Salesforce, or add an override.",
    ],
  },
  "support.override_ended": {
    title: "override ended",
    say: ({ level, where, types, ends_on }) => [
      `${gone(level)}: the override at ${where}, which gave ${listed(types)}, ended on ${ends_on}.`,
      "To extend it, give it a later ends_on; otherwise remove it.",
    ],
  },
  "support.level_gone": {
    title: "level gone",
    say: ({ level }) => [
      `${gone(level)}: no charge or override provides it any more.`,
      "If that is wrong, correct its charges in Salesforce, or add an override.",
    ],
  },
  "support.ignored_charges": {
    title: "no charge that gives support",
    say: ({ charge_names }) => [
      `It has no charge that gives support: ${listed(charge_names.map(quoted))} ${charge_names.length === 1 ? "is" : "are"} listed under ignored_charges in plans.yml.`,
      "If that is wrong, move the name to a type in plans.yml.",
    ],
  },
  "support.no_charges": {
    title: "subscription without charges",
    say: () => [
      "It gets no support: its subscriptions have no charges.",
      "Check the subscription's charges in Salesforce, or add an override.",
    ],
  },
  "support.switched_off": {
    title: "switched off by an override",
    say: ({ where }) => [
      `The override at ${where} switches off every subscription type that its charges give.`,
      "Correct or remove the override if that is wrong.",
    ],
  },
  "mark.already": {
    title: "already marked",
    say: () => [
      "The organization is already marked for deletion and may be deleted.",
      "To keep it, clear its mark_for_deletion and set ignore_deletion in Zendesk.",
    ],
  },
  "change.planned": {
    title: "planned",
    say: () => ["Nothing blocks the change.", NEXT_RUN],
  },
  "run.wrote_nothing": {
    title: "preview",
    say: () => ["The run was a preview or a dry run: it wrote nothing.", "Run zdsync run to apply it."],
  },
  "run.not_synced": {
    title: "not written yet",
    say: () => [
      "The change was found but not written: the stage that writes it did not run, failed, or was a dry run.",
      "Run zdsync sync (or partner-sync) to apply it.",
    ],
  },
  "run.not_reached": {
    title: "not reached",
    say: () => ["The run ended before it reached this change.", NEXT_RUN],
  },
  "run.files_missing": {
    title: "files missing",
    say: ({ files }) => [
      `This cannot be determined: ${listed(files)} of this run ${files.length === 1 ? "is" : "are"} missing.`,
      "Run the stages that write them, or explain the account with --live.",
    ],
  },
  "contact.not_wanted": {
    title: "not a contact",
    say: () => [
      "No subscription or support contact of the account in Salesforce has this address.",
      "Add the contact in Salesforce: for us-government, active and with the role Gitlab Admin; for global, as sold-to contact.",
    ],
  },
  "contact.subscription_ended": {
    title: "contact of an ended subscription",
    say: ({ end_date, counted_until }) => [
      `The address is only the sold-to contact of a subscription that ended on ${end_date} and counted until ${counted_until}.`,
      NOTHING_TO_DO,
    ],
  },
  "contact.organization_not_new": {
    title: "organization not new",
    say: ({ days }) => [
      `zdsync adds contacts only within ${days} days of creating an organization; this one is older.`,
      "Add the user in Zendesk by hand.",
    ],
  },
  "contact.planned": {
    title: "planned",
    say: () => ["The address will be added to the organization.", NEXT_RUN],
  },
  "user.marked_already": {
    title: "already marked",
    say: () => [
      "The user has no contact in Salesforce and is already marked for deletion.",
      "Nothing to do: the mark is removed as soon as the contact is back.",
    ],
  },
};
