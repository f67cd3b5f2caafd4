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
  "allowed",
  "not_a_preview",
  "reached",
  "written",
] as const;
export type Gate = (typeof GATES)[number];

/** Gates of the run, not of the account: what stops there says nothing of why a customer has what it has. */
export const RUN_GATES: ReadonlySet<Gate> = new Set<Gate>([
  ...(["limits", "confirmed", "reviewed", "allowed", "not_a_preview", "reached", "written"] as const),
]);

/** What is the case where a gate let an account through, and where it stopped it: each a statement that is true as it stands. */
export const GATE_TEXTS: Record<Gate, { passed: string; stopped: string }> = {
  gathered: { passed: "Salesforce gives the account", stopped: "Salesforce does not give the account" },
  unique: { passed: "it is one account, and readable", stopped: "it is there twice, or not readable" },
  customer: { passed: "it is a customer's", stopped: "it is a partner's" },
  subscribed: { passed: "it has a subscription", stopped: "it has no subscription" },
  counts_here: {
    passed: "a subscription counts in this instance",
    stopped: "no subscription counts in this instance",
  },
  recent: {
    passed: "its support is there, or expired within the last three years",
    stopped: "its support expired more than three years ago",
  },
  identified: { passed: "its organization is clearly its own", stopped: "whose its organization is, is not clear" },
  supported: { passed: "a charge or an override gives support", stopped: "no charge and no override gives support" },
  creatable: { passed: "an organization may be created for it", stopped: "no organization may be created for it" },
  name_free: { passed: "the name is free", stopped: "another organization has or wants the name" },
  markable: { passed: "its organization may be marked", stopped: "its organization is not to be marked" },
  differs: { passed: "there was something to do", stopped: "there is nothing to do" },
  limits: { passed: "the run stayed within its limits", stopped: "the run would have gone over a limit" },
  confirmed: { passed: "a person confirmed the counts", stopped: "a person confirmed fewer (--at-most)" },
  reviewed: { passed: "a person reviewed the changes", stopped: "a person reviewed other changes (--expect)" },
  allowed: { passed: "nothing refused the run", stopped: "the run was refused" },
  not_a_preview: { passed: "the run was one that writes", stopped: "the run was a preview or a dry run" },
  reached: { passed: "the run came to it", stopped: "the run did not come to it" },
  written: { passed: "Zendesk took it", stopped: "Zendesk did not take it" },
};
