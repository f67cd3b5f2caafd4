/** What the rules that appear in notes are about, for people; the numbers are those of the specification. */
const TITLES: Readonly<Record<string, string>> = {
  A2: "account not readable",
  P1: "partner not readable",
  O1: "organization not readable",
  E1: "account skipped",
  E2: "charge without effect",
  E8: "override not applied",
  E13: "expired for more than three years",
  G5: "account gathered twice",
  C1: "partner in us-government",
  C2: "account excluded from creation",
  C4: "organization kept unmarked",
  C7: "conflict",
  U1: "organization not readable",
  U2: "protected address",
  U3: "contact not readable",
  U4: "contact dropped",
  U5: "user or contact left alone",
  U6: "user kept unmarked",
};

/** `C7 conflict`; a rule without a title stands alone. */
export function ruleTitle(rule: string): string {
  const title = TITLES[rule];
  return title ? `${rule} ${title}` : rule;
}
