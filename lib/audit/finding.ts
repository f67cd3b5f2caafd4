import type { InstanceName } from "../domain/instance.ts";
import { type ParamsOf, type Reason, type ReasonCode, type ReasonOf, reason } from "../domain/reason.ts";

/** The codes of `audit`. */
export type AuditCode = Extract<ReasonCode, `audit.${string}`>;
/** Those that are said of one instance. */
export type InstanceCode = { [Code in AuditCode]: "instance" extends keyof ParamsOf<Code> ? Code : never }[AuditCode];
/** Those that are said of both, or of neither. */
export type GeneralCode = Exclude<AuditCode, InstanceCode>;

/** One record, or a few that are wrong together; ids and places only, never a name or an address. */
export interface AuditExample {
  /** 18 characters; null where no account is known. */
  salesforce_id: string | null;
  organization_ids: readonly number[];
  user_ids: readonly number[];
  /** Place in a file that people edit (`overrides.yml:12`, `protected_ids`); null if it is in none. */
  where: string | null;
}

/** One kind of thing that is wrong with identities, and where. */
export interface AuditFinding {
  /** The code with its instance, if any, and the count of all `examples`. */
  reason: ReasonOf<AuditCode>;
  /** Every one of them, sorted. */
  examples: readonly AuditExample[];
}

/** An example with what is known of it. */
export function example(known: Partial<AuditExample>): AuditExample {
  return { salesforce_id: null, organization_ids: [], user_ids: [], where: null, ...known };
}

/** A finding of one instance; none where there is no example. */
export function findingIn(
  code: InstanceCode,
  instance: InstanceName,
  examples: readonly AuditExample[],
): AuditFinding[] {
  return finding(reason(code, { instance, count: examples.length }), examples);
}

/** A finding of no single instance; none where there is no example. */
export function findingOf(code: GeneralCode, examples: readonly AuditExample[]): AuditFinding[] {
  return finding(reason(code, { count: examples.length }), examples);
}

function finding(why: Reason, examples: readonly AuditExample[]): AuditFinding[] {
  return examples.length === 0
    ? []
    : [{ reason: why as ReasonOf<AuditCode>, examples: [...examples].sort(byPlaceAndId) }];
}

/** By place, account, organization, user: the same findings in every run (C8). */
function byPlaceAndId(one: AuditExample, other: AuditExample): number {
  const keys = (of: AuditExample) => [
    of.where ?? "",
    of.salesforce_id ?? "",
    ...[...of.organization_ids, ...of.user_ids].map((id) => String(id).padStart(20, "0")),
  ];
  const [left, right] = [keys(one).join(" "), keys(other).join(" ")];
  return left < right ? -1 : left > right ? 1 : 0;
}
