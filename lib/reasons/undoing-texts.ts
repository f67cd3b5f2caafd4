import type { UNDOING_REASONS, WantsNoContacts } from "../domain/reasons/undoing.ts";
import { clause, NOTHING_TO_DO, type Texts } from "./texts.ts";

const BECAUSE: Record<WantsNoContacts, string> = {
  is_partner: "it is a partner, and partners get no contacts",
  no_customer: "it is not a customer in Salesforce, or not any more",
  gathered_twice: "Salesforce has several accounts with this id",
  without_subscription: "it has no subscription of the last three years",
  expired_long_ago: "its support expired more than three years ago",
  other_instance: "all of its subscriptions count in us-government, where users come from its support contacts",
};

const ADD_IN_ZENDESK = "Nothing was changed; add its contacts in Zendesk.";

export const UNDOING_TEXTS: Texts<typeof UNDOING_REASONS> = {
  "undo.named_twice": {
    title: "named twice",
    say: () => [
      "The record was left alone: the results file names it more than once, so nobody can say what was there before.",
      "Look at the record in Zendesk by hand.",
    ],
  },
  "undo.before_unknown": {
    title: "former state not known",
    say: () => [
      "The record was left alone: the results file does not say what was there before.",
      "Look at the record in Zendesk by hand.",
    ],
  },
  "undo.user_was_there": {
    title: "user was there before",
    say: () => [
      "The user was left alone: they were there before the run, and zdsync never takes a membership away.",
      "End the membership in Zendesk if it is wrong; that unassigns tickets.",
    ],
  },
  "undo.membership_stays": {
    title: "membership stays",
    say: () => [
      "The user stays in the organization: zdsync never takes a membership away.",
      "End the membership in Zendesk if it is wrong; that unassigns tickets.",
    ],
  },
  "retry.organization_gone": {
    title: "organization gone",
    say: ({ organization_id }) => [
      `Organization ${organization_id} does not exist in Zendesk (global) any more. Nothing was changed.`,
      NOTHING_TO_DO,
    ],
  },
  "retry.not_created_by_zdsync": {
    title: "not created by zdsync",
    say: ({ organization_id, names_account }) => [
      `Organization ${organization_id} was not created by zdsync: ${names_account ? "its external id is not the one of its Salesforce account" : "it names no Salesforce account (organization field salesforce_id)"}.`,
      ADD_IN_ZENDESK,
    ],
  },
  "retry.account_unreadable": {
    title: "account not readable",
    say: ({ account, problem }) => [
      `Account ${account} cannot be read from Salesforce (${clause(problem)}).`,
      "Nothing was changed; correct the account in Salesforce.",
    ],
  },
  "retry.wants_none": {
    title: "wants no contacts",
    say: ({ account, because }) => [
      `Account ${account} wants no contacts in global: ${BECAUSE[because]}.`,
      "Nothing was changed; if that is wrong, correct the account in Salesforce.",
    ],
  },
  "retry.settings_wrong": {
    title: "settings wrong",
    say: ({ problems }) => [
      `The bot cannot retry contacts itself, settings of its own are missing or wrong (${problems.map(clause).join("; ")}).`,
      "The next run tries again by itself, for seven days from the organization's creation.",
    ],
  },
  "retry.run_elsewhere": {
    title: "a run is in progress",
    say: () => [
      "A run is in progress elsewhere, and does this itself.",
      "Retry after the run if somebody is still missing.",
    ],
  },
  "retry.not_reported": {
    title: "not reported",
    say: () => ["Nothing was reported about this organization.", "Try again in a minute."],
  },
  "retry.bot_failed": {
    title: "fault of the bot",
    say: () => ["Something went wrong inside the bot; its log says more.", "Try again in a minute."],
  },
};
