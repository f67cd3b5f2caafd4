import { programName } from "../text/program-name.ts";
import type { AuditCode, AuditFinding } from "./finding.ts";

/** Findings that runs fix by themselves. */
const MENDED_BY_RUNS: ReadonlySet<AuditCode> = new Set<AuditCode>([
  "audit.account_id_short",
  "audit.user_in_other_organization",
  "audit.user_without_organization",
]);
/** Findings that stay as they are and do no harm. */
const HARMLESS: ReadonlySet<AuditCode> = new Set<AuditCode>([
  "audit.external_id_short",
  "audit.external_id_missing",
  "audit.organization_unmanaged",
  "audit.account_in_both_instances",
  "audit.excluded_id_unknown",
]);

/** True if somebody has to look at the finding; false if runs fix it, or it may stay as it is. Pure. */
export function needsAction(code: AuditCode): boolean {
  return !MENDED_BY_RUNS.has(code) && !HARMLESS.has(code);
}

/**
 * The command that shows what runs will do about a finding, or explains its first example; null where a file is to be edited first.
 * None writes to a remote: it is copied by people who wanted to look. Pure.
 */
export function commandFor({ reason: { code, params }, examples }: AuditFinding): string | null {
  const instance = "instance" in params ? params.instance : null;
  if (MENDED_BY_RUNS.has(code)) return `${programName()} preview${instance === null ? "" : ` --instance ${instance}`}`;
  const first = examples.find(({ salesforce_id, organization_ids }) => salesforce_id ?? organization_ids[0]);
  const subject = first?.salesforce_id ?? first?.organization_ids[0];
  return subject === undefined ? null : `${programName()} explain ${subject}`;
}

/** `0014M… · organizations 12, 13`: one example in a line, ids and places only. */
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
