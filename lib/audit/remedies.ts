import type { AuditCode, AuditFinding } from "./finding.ts";

/** Whether the next run mends it, or a person must look at each. */
const MENDED_BY: Partial<Record<AuditCode, "run" | "user-sync" | "gather-accounts">> = {
  "audit.account_gathered_twice": "gather-accounts",
  "audit.account_id_short": "run",
  "audit.user_in_other_organization": "user-sync",
  "audit.user_without_organization": "user-sync",
};

/** The command that mends a finding, or explains its first example; null where a file is to be edited first. */
export function commandFor({ reason: { code, params }, examples }: AuditFinding): string | null {
  const instance = "instance" in params ? params.instance : null;
  const mending = MENDED_BY[code];
  if (mending === "run") return `zdsync run${instance === null ? "" : ` --instance ${instance}`}`;
  if (mending) return `zdsync ${mending}`;
  const first = examples.find(({ salesforce_id, organization_ids }) => salesforce_id ?? organization_ids[0]);
  const subject = first?.salesforce_id ?? first?.organization_ids[0];
  return subject === undefined ? null : `zdsync explain ${subject}`;
}

/** `0014M…: organizations 12, 13`: one example in a line, ids and places only. */
export function exampleText({
  where,
  salesforce_id,
  organization_ids,
  user_ids,
}: AuditFinding["examples"][number]): string {
  const ids = (noun: string, all: readonly number[]) =>
    all.length === 0 ? [] : [`${noun}${all.length === 1 ? "" : "s"} ${all.join(", ")}`];
  const parts = [...ids("user", user_ids), ...ids("organization", organization_ids)].join(", ");
  return [where, salesforce_id, parts].filter((part) => part).join(" · ");
}
