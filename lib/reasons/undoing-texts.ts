import type { UNDOING_REASONS, WantsNoContacts } from "../domain/reasons/undoing.ts";
import { clause, NOTHING_TO_DO, type Texts } from "./texts.ts";

const BECAUSE: Record<WantsNoContacts, string> = {
  is_partner: "it is a partner, and partners get no contacts",
  no_customer: "it is not, or is no longer, a customer in Salesforce",
  gathered_twice: "Salesforce has several accounts with this id",
  without_subscription: "it has had no subscription in the last three years",
  expired_long_ago: "its support expired more than three years ago",
  other_instance: "all of its subscriptions count in us-government, where users come from its support contacts",
};

const ADD_IN_ZENDESK = "Nothing was changed; add its contacts in Zendesk.";

export const UNDOING_TEXTS: Texts<typeof UNDOING_REASONS> = {
  "undo.named_twice": {
    title: "named twice",
    say: () => [
      "The record was skipped: the results file names it more than once, so its earlier values are unknown.",
      "Check the record in Zendesk by hand.",
    ],
  },
  "undo.before_unknown": {
    title: "earlier values unknown",
    say: () => [
      "The record was skipped: the results file does not contain its earlier values.",
      "Check the record in Zendesk by hand.",
    ],
  },
  "undo.outcome_unknown": {
    title: "perhaps written",
    say: () => [
      "The record was skipped: the run's write may have been applied, and the record now has the values that the run wanted.",
      "Look at the record in Zendesk by hand.",
    ],
  },
  "undo.user_was_there": {
    title: "user was there before",
    say: () => [
      "The user was skipped: the user existed before the run, and zdsync never removes a membership.",
      "If the membership is wrong, end it in Zendesk; that unassigns the user's tickets.",
    ],
  },
  "undo.membership_stays": {
    title: "membership stays",
    say: () => [
      "The user stays in the organization: zdsync never removes a membership.",
      "If the membership is wrong, end it in Zendesk; that unassigns the user's tickets.",
    ],
  },
  "retry.organization_gone": {
    title: "organization gone",
    say: ({ organization_id }) => [
      `Organization ${organization_id} no longer exists in Zendesk (global). Nothing was changed.`,
      NOTHING_TO_DO,
    ],
  },
  "retry.not_created_by_zdsync": {
    title: "not created by zdsync",
    say: ({ organization_id, names_account }) => [
      `Organization ${organization_id} was not created by zdsync: ${names_account ? "its external id is not that of its Salesforce account" : "it names no Salesforce account (organization field salesforce_id)"}.`,
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
    title: "gets no contacts",
    say: ({ account, because }) => [
      `Account ${account} gets no contacts in global: ${BECAUSE[because]}.`,
      "Nothing was changed; if that is wrong, correct the account in Salesforce.",
    ],
  },
  "retry.settings_wrong": {
    title: "configuration error",
    say: ({ problems }) => [
      `The bot cannot retry contacts itself because its configuration is incomplete or wrong (${problems.map(clause).join("; ")}).`,
      "The next runs try again, for seven days from the organization's creation.",
    ],
  },
  "retry.run_elsewhere": {
    title: "a run is in progress",
    say: () => ["Another run is in progress and will do this.", "If a contact is still missing after that run, retry."],
  },
  "retry.not_reported": {
    title: "not reported",
    say: () => ["Nothing was reported about this organization.", "Try again in a minute."],
  },
  "retry.bot_failed": {
    title: "bug in the bot",
    say: () => ["An unexpected error occurred in the bot; see its log for details.", "Try again in a minute."],
  },
};
