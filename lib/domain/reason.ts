import type * as v from "valibot";
import { ACCOUNT_REASONS } from "./reasons/accounts.ts";
import { AUDIT_REASONS } from "./reasons/auditing.ts";
import { EXPLAINING_REASONS } from "./reasons/explaining.ts";
import { NOTICE_REASONS } from "./reasons/notices.ts";
import { ORGANIZATION_REASONS } from "./reasons/organizations.ts";
import { PEOPLE_REASONS } from "./reasons/people.ts";
import { REFUSAL_REASONS } from "./reasons/refusals.ts";
import { SIMULATING_REASONS } from "./reasons/simulating.ts";
import { SNAPSHOT_REASONS } from "./reasons/snapshots.ts";
import { UNDOING_REASONS } from "./reasons/undoing.ts";
import { WRITING_REASONS } from "./reasons/writing.ts";

/**
 * Every reason that zdsync can give for a decision, a note, a skip, a refusal or an outcome: a code, and the shape of its
 * parameters. Code compares codes; only `lib/explain` turns them into sentences. A code keeps its meaning for as long as
 * histories are kept: what means something else gets a new one.
 */
export const REASONS = {
  ...ACCOUNT_REASONS,
  ...ORGANIZATION_REASONS,
  ...PEOPLE_REASONS,
  ...NOTICE_REASONS,
  ...WRITING_REASONS,
  ...UNDOING_REASONS,
  ...EXPLAINING_REASONS,
  ...REFUSAL_REASONS,
  ...AUDIT_REASONS,
  ...SIMULATING_REASONS,
  ...SNAPSHOT_REASONS,
} as const;

export type ReasonCode = keyof typeof REASONS;

/** The parameters of a code. */
export type ParamsOf<Code extends ReasonCode> = v.InferOutput<(typeof REASONS)[Code]>;

/** A reason with one of these codes, and the parameters that the code has. */
export type ReasonOf<Code extends ReasonCode> = { [C in Code]: { code: C; params: ParamsOf<C> } }[Code];

/** Any reason. */
export type Reason = ReasonOf<ReasonCode>;

/** `reason("charge.unknown", { charge_name, unexpired })`; a code without parameters takes none. */
export function reason<Code extends ReasonCode>(
  code: Code,
  ...[params]: keyof ParamsOf<Code> extends never ? [] : [params: ParamsOf<Code>]
): ReasonOf<Code> {
  return { code, params: params ?? {} } as ReasonOf<Code>;
}

/** The order of reasons where records are otherwise alike: by code, then parameters, by code unit (C8). */
export function byReason(one: Reason, other: Reason): number {
  const [left, right] = [JSON.stringify([one.code, one.params]), JSON.stringify([other.code, other.params])];
  return left < right ? -1 : left > right ? 1 : 0;
}
