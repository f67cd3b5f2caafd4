/**
 * What an account must get past until its organization is as it should be, in this order; the first one that stops it is the answer to
 * "why is there nothing?". The codes stay: `--json` tells them.
 */
export const GATES = [
  "gathered",
  "unique",
  "customer",
  "subscribed",
  "counts_here",
  "recent",
  "identified",
  "supported",
  "creatable",
  "name_free",
  "markable",
  "differs",
  "limits",
  "confirmed",
  "reviewed",
  "not_a_preview",
  "reached",
  "written",
] as const;
export type Gate = (typeof GATES)[number];

/** What each gate asks, for people. */
export const GATE_TEXTS: Record<Gate, string> = {
  gathered: "Salesforce gives the account",
  unique: "it is one account, and could be read",
  customer: "it is no partner",
  subscribed: "it has a subscription",
  counts_here: "a subscription counts in this instance",
  recent: "its support did not expire more than three years ago",
  identified: "its organization is clearly its own",
  supported: "a charge or an override gives support",
  creatable: "an organization may be created for it",
  name_free: "no other organization has or wants the name",
  markable: "nothing keeps its organization from being marked",
  differs: "something is to be done",
  limits: "the run stayed within its limits",
  confirmed: "the run stayed within the counts that a person confirmed (--at-most)",
  reviewed: "the changes are those that a person reviewed (--expect)",
  not_a_preview: "the run was no preview",
  reached: "the run came to it",
  written: "Zendesk took it",
};
