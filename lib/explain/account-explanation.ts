import type { Account, Charge, Subscription } from "../domain/account.ts";
import type { Comparison } from "../domain/comparisons.ts";
import type { Day } from "../domain/dates.ts";
import type { ChargeOutcome } from "../domain/entitled-instance.ts";
import type { InstanceName } from "../domain/instance.ts";
import type { FieldValue } from "../domain/organization-field.ts";
import type { Reason } from "../domain/reason.ts";
import type { Level, SupportLevel } from "../domain/support-level.ts";
import type { Effect, Outcome } from "../storage/artifacts/results.ts";
import type { RunEvidence, Subject } from "./evidence.ts";
import type { Gate } from "./gates.ts";

/** Everything about one account, as data: codes, ids, days, numbers. Holds names and addresses of a customer. */
export interface AccountExplanation {
  subject: Subject;
  /** The account's name first, then those of its organizations; each once. */
  names: string[];
  run: RunEvidence;
  /** The day that everything below is worked out for: the run's, or the one that was asked for. */
  day: Day;
  /** As Salesforce gave it; null where it was not gathered. Without subscriptions and charges: those stand below. */
  account: Omit<Account, "subs" | "charges"> | null;
  is_partner: boolean;
  /** The account that it was merged into; null where it was not. */
  merged_into: string | null;
  subscriptions: ExplainedSubscription[];
  /** Charges of no gathered subscription (E2). */
  stray_charges: ExplainedCharge[];
  overrides: ExplainedOverride[];
  /** Findings about the account as a whole: unknown and stray charges, overrides, records that could not be read. */
  findings: Reason[];
  instances: InstanceExplanation[];
  /** Days on which something changes without anybody doing anything, the next one first. */
  upcoming: UpcomingChange[];
  /** People asked for by address; empty if none were. */
  people: PersonExplanation[];
  /** The undo that took back something since the run, the newest one; null where none did. Zendesk holds what it left. */
  undo: { run_id: string; at: string } | null;
}

/** A subscription, the instance that it counts in, and its charges. */
export interface ExplainedSubscription extends Subscription {
  instance: InstanceName;
  /** Ids of the charges that sent it to us-government (E4); none where it counts in global. */
  sent_by: string[];
  charges: ExplainedCharge[];
}

/** A charge, and what its name and its dates come to (E2, E3). */
export interface ExplainedCharge extends Charge {
  outcome: ChargeOutcome;
  /** It ended, and still counts (E3). */
  in_grace: boolean;
  /** The last day on which it counts. */
  counts_until: Day;
  /** Place of its name in the plans file (`plans.yml:12`); null if it is not there. */
  place: string | null;
  type: string | null;
  level: Level | null;
}

/** An entry of the overrides file for this account; `why` says why it does not apply. */
export interface ExplainedOverride {
  where: string;
  /** Why it is there, as people wrote it: may name people. Null for an entry that cannot be read. */
  written_for: string | null;
  instance: InstanceName | null;
  subscriptions: Record<string, boolean>;
  expiration_date: Day | null;
  ends_on: Day | null;
  applies: boolean;
  why: Reason | null;
}

/** State of the account in one instance, with the reasons. */
export interface InstanceExplanation {
  instance: InstanceName;
  /** Which comparison keeps the organization. */
  keeper: Exclude<Comparison, "usgov_user">;
  /** Null where no subscription counts here, or it is a partner's. */
  support: SupportExplanation | null;
  /** Every gate that was come to, in order. */
  gates: GateFinding[];
  /** Why the account is to have no organization here; null where it is to have one. */
  unwanted: GateFinding | null;
  /** Reason that makes it a partner, whose organization partner-sync keeps; null if it is not one. */
  partner: Reason | null;
  /** Why it has no support although it counts here (`support_level` is `expired`); null where it has. */
  no_support: Reason | null;
  /** Why it has a lower level than it had before the run, or before what `losses` tell; null where it has not. */
  lowered: Reason | null;
  /** Losses in earlier runs that nothing gave back, newest first; as far as the history reaches. */
  losses: LossExplanation[];
  /** Gate that kept the rules from being applied, or says that there is nothing to do (`differs`); null if it was or will be done. */
  held_up: GateFinding | null;
  organizations: OrganizationExplanation[];
  fields: ExplainedField[];
  /** Changes still to be made, compared with what Zendesk holds after the run. */
  next: ChangeExplanation[];
  /** Changes that the run made, or tried to make. */
  did: DidExplanation[];
  /** Reasons about its organizations: conflicts, protections, and more. */
  findings: Reason[];
  contacts: PersonExplanation[];
}

/** An organization as Zendesk holds it: after the run, and after what an undo took back since. */
export interface OrganizationExplanation {
  id: number;
  name: string;
  marked: boolean;
  created_by_run: boolean;
  holds: { support_level: string | null; expiration_date: string | null; seats: number | null; is_partner: boolean };
}

/** Something that an earlier run took away. */
export interface LossExplanation {
  run_id: string;
  /** When that run began; ISO 8601. */
  at: string;
  effect: Effect;
  changes: { field: string; before: unknown; after: unknown }[];
}

/** Support that the account gets in an instance, and what each part follows from (E5–E10). */
export interface SupportExplanation {
  support_level: SupportLevel;
  /** Types that carry the level, each with where it comes from; none where it is expired. */
  won_by: TypeExplanation[];
  /** The level without those; null where nothing is below. */
  next_level: SupportLevel | null;
  types: TypeExplanation[];
  seats: number;
  /** The charge whose quantity that is. */
  seats_from: string | null;
  expiration_date: Day;
  /** Place of the override that sets it; null if none does. */
  expiration_from: string | null;
}

/** A subscription type that is true, and why: charges, an override, or another type that brings it along (E9). */
export interface TypeExplanation {
  type: string;
  charges: { id: string; charge_name: string; end_date: Day; place: string | null; in_grace: boolean }[];
  /** Place of the override that sets it. */
  override: string | null;
  implied_by: string | null;
}

/** A gate, and whether it let the account through; `reason` says why not, or what is to be known. */
export interface GateFinding {
  gate: Gate;
  passed: boolean;
  reason: Reason | null;
}

/** One organization field: as it should be, and as Zendesk holds it after the run. */
export interface ExplainedField {
  key: string;
  desired: FieldValue;
  /** Undefined where there is no organization. */
  held: FieldValue | undefined;
  same: boolean;
  /** Value in Zendesk before the run changed it. */
  before_run: FieldValue | undefined;
}

/** A change that is still to be made. */
export interface ChangeExplanation {
  effect: "create" | "update" | "mark";
  id: number | null;
  changes: { field: string; before: FieldValue; after: FieldValue }[];
}

/** Outcome of one record of the run's change files. */
export interface DidExplanation {
  comparison: Comparison;
  effect: Effect;
  id: number | null;
  outcome: Outcome | "not written";
  reason: Reason | null;
  changes: { field: string; before: unknown; after: unknown }[];
}

/** A person of the account in one instance, and what became of them. */
export interface PersonExplanation {
  instance: InstanceName;
  email: string;
  name: string | null;
  /** `there`: in the organization. `planned`: to be added or changed. `left`: left alone, `reason` says why. */
  state: "there" | "planned" | "marked" | "left";
  organization_id: number | null;
  reason: Reason | null;
  did: DidExplanation[];
}

/** A change that happens by itself on a given day. */
export interface UpcomingChange {
  day: Day;
  instance: InstanceName;
  /** Null: not in this instance. */
  before: SupportLevel | null;
  after: SupportLevel | null;
  gained_types: string[];
  lost_types: string[];
  seats: { before: number; after: number } | null;
  /** The charges that end, and the overrides. */
  because: { charges: { id: string; charge_name: string; end_date: Day }[]; overrides: string[]; too_old: boolean };
}
