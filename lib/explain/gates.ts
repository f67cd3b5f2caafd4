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

/** Texts for an account that passed a gate and for one that it stopped: each a statement that is true as it stands. */
export const GATE_TEXTS: Record<Gate, { passed: string; stopped: string }> = {
  gathered: { passed: "Salesforce returned the account", stopped: "Salesforce did not return the account" },
  unique: { passed: "it is unique and readable", stopped: "it exists twice, or is not readable" },
  customer: { passed: "it is a customer", stopped: "it is a partner" },
  subscribed: { passed: "it has a subscription", stopped: "it has no subscription" },
  counts_here: {
    passed: "a subscription counts in this instance",
    stopped: "no subscription counts in this instance",
  },
  recent: {
    passed: "its support is current, or expired within the last three years",
    stopped: "its support expired more than three years ago",
  },
  identified: { passed: "its organization is identified", stopped: "its organization cannot be identified" },
  supported: { passed: "a charge or an override gives support", stopped: "no charge and no override gives support" },
  creatable: { passed: "an organization may be created for it", stopped: "no organization may be created for it" },
  name_free: { passed: "the name is free", stopped: "the name is taken or also claimed" },
  markable: { passed: "its organization may be marked", stopped: "its organization must not be marked" },
  differs: { passed: "there was something to do", stopped: "there is nothing to do" },
  limits: { passed: "the run stayed within its limits", stopped: "the run would have exceeded a limit" },
  confirmed: { passed: "a person confirmed the counts", stopped: "only fewer were confirmed (--at-most)" },
  reviewed: { passed: "a person reviewed the changes", stopped: "different changes were reviewed (--expect)" },
  allowed: { passed: "nothing refused the run", stopped: "the run was refused" },
  not_a_preview: { passed: "the run was allowed to write", stopped: "the run was a preview or a dry run" },
  reached: { passed: "the run reached it", stopped: "the run did not reach it" },
  written: { passed: "Zendesk accepted it", stopped: "Zendesk did not accept it" },
};
