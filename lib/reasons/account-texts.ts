import type { ACCOUNT_REASONS } from "../domain/reasons/accounts.ts";
import { clause, counted, listed, quoted, type Texts } from "./texts.ts";

const CORRECT_IN_SALESFORCE =
  "Correct the record in Salesforce. Until then, its organization and users are not changed.";

export const ACCOUNT_TEXTS: Texts<typeof ACCOUNT_REASONS> = {
  "account.is_partner": {
    title: "partner account",
    say: () => ["The account was skipped: it is a partner.", "Nothing to do: partner-sync keeps partners."],
  },
  "account.without_subscription": {
    title: "account without subscription",
    say: () => [
      "The account was skipped: it has no subscription with an end date within the last three years or in the future. Evergreen subscriptions have no end date and do not count.",
      "If that is wrong, correct its subscriptions in Salesforce.",
    ],
  },
  "account.gathered_twice": {
    title: "account gathered twice",
    say: () => [
      "The account was skipped and its organizations were not changed: Salesforce returned several accounts with this id.",
      "Run gather-accounts again. If this happens again, check the account in Salesforce.",
    ],
  },
  "account.expired_long_ago": {
    title: "expired for more than three years",
    say: ({ instance, expiration_date }) => [
      `The account was skipped in ${instance}: its expiration_date ${expiration_date} is more than three years and one day ago.`,
      "If that is wrong, renew its subscription in Salesforce, or add an override.",
    ],
  },
  "account.unreadable": {
    title: "account not readable",
    say: ({ problem }) => [
      `The account could not be read from Salesforce and was quarantined: ${clause(problem)}.`,
      CORRECT_IN_SALESFORCE,
    ],
  },
  "partner.unreadable": {
    title: "partner not readable",
    say: ({ problem }) => [
      `The partner account could not be read from Salesforce and was quarantined: ${clause(problem)}.`,
      CORRECT_IN_SALESFORCE,
    ],
  },
  "account.merge_unreadable": {
    title: "merged account not readable",
    say: ({ problem }) => [
      `The account was merged into another one that could not be read from Salesforce, so its organization was skipped: ${clause(problem)}.`,
      "Check the account in Salesforce's Recycle Bin.",
    ],
  },
  "account.merge_circular": {
    title: "accounts merged in a circle",
    say: () => [
      "The account was merged into another one that was itself merged back into it (directly or through others), so its organization was skipped.",
      "Check the accounts in Salesforce's Recycle Bin.",
    ],
  },
  "charge.unknown": {
    title: "unknown charge name",
    say: ({ charge_name, unexpired, nearest, hurts }) => [
      `The account has the unknown charge name ${quoted(charge_name)} (${hurts ? "unexpired: support may be missing" : unexpired ? "unexpired" : "expired"}).`,
      nearest === null
        ? "Add the name to plans.yml."
        : `Add the name to plans.yml, or have it corrected in Salesforce (did you mean ${quoted(nearest)}?).`,
    ],
  },
  "charge.stray": {
    title: "charge without subscription",
    say: ({ charges }) => [
      `${counted(charges, "charge")} of the account ${charges === 1 ? "was" : "were"} ignored: ${charges === 1 ? "it belongs" : "they belong"} to no gathered subscription.`,
      "If support is missing, check the account's subscriptions in Salesforce.",
    ],
  },
  "override.invalid": {
    title: "override not applied",
    say: ({ where, problems }) => [
      `The override at ${where} was not applied because it is invalid: ${problems.map(clause).join("; ")}.`,
      "Correct it.",
    ],
  },
  "override.unknown_type": {
    title: "override not applied",
    say: ({ where, types, nearest }) => [
      `The override at ${where} was not applied: there is no subscription type ${types.map(quoted).join(" or ")}.`,
      nearest.length === 0
        ? "Correct it; plans.yml lists the subscription types."
        : `Correct it (did you mean ${nearest.map(quoted).join(", ")}?).`,
    ],
  },
  "override.ended": {
    title: "override ended",
    say: ({ where, ends_on }) => [
      `The override at ${where} was not applied: its last day was ${ends_on}.`,
      "Remove it, or give it a later ends_on.",
    ],
  },
  "override.repeated": {
    title: "override not applied",
    say: ({ where, places }) => [
      `The override at ${where} was not applied: ${listed(places)} are for the same account and instance.`,
      "Keep one of them.",
    ],
  },
  "override.account_not_gathered": {
    title: "override not applied",
    say: ({ where }) => [
      `The override at ${where} was not applied: its account was not gathered from Salesforce.`,
      "Correct its salesforce_id, or remove it.",
    ],
  },
  "override.without_effect": {
    title: "override without effect",
    say: ({ where, instance }) => [
      `The override at ${where} was not applied: the account is skipped, or none of its subscriptions counts in ${instance}.`,
      "Correct or remove it.",
    ],
  },
};
