import type { Account } from "../domain/account.ts";
import type { Note, PlannedContact } from "../domain/changeset.ts";
import type { Comparison } from "../domain/comparisons.ts";
import type { Config } from "../domain/config.ts";
import type { Day } from "../domain/dates.ts";
import type { InstanceName } from "../domain/instance.ts";
import type { Allowances } from "../domain/limits.ts";
import type { MergedAccount } from "../domain/merged-account.ts";
import type { NameClaim } from "../domain/name-conflicts.ts";
import type { DesiredOrganization, Organization, PartnerAccount } from "../domain/organization.ts";
import type { Override } from "../domain/overrides.ts";
import type { KnownAddress } from "../domain/plan-contacts.ts";
import type { Plans } from "../domain/plans.ts";
import type { Reason } from "../domain/reason.ts";
import type { Contact, User } from "../domain/user.ts";
import type { Result } from "../storage/artifacts/results.ts";

/** The rules that a run decided by, as its own copies of the files have them. */
export interface Rules {
  plans: Plans;
  /** Place of a charge name in the plans file (`plans.yml:12`); null if it is not there. */
  placeOfCharge(name: string): string | null;
  /** The valid entries of the overrides file. */
  overrides: readonly Override[];
  /** Problems of the invalid entries (E8). */
  overrideNotes: readonly Note[];
  config: Config;
}

/** The run that the records are of. */
export interface RunEvidence {
  run_id: string;
  today: Day;
  /** When the oldest data behind it was gathered; ISO 8601. */
  gathered_at: string;
  /**
   * `live`: no run at all, what the remotes say now. `history`: what was kept of an earlier run. `simulation`: what a run gathered, once its
   * own rules are followed, under other rules.
   */
  source: "run" | "history" | "live" | "simulation";
  /** A preview or a dry run: nothing was to be written. Null where nobody knows (stages run alone). */
  dry_run: boolean | null;
  /** Artifacts that were not there, or could not be read. */
  missing: readonly string[];
  /** Allowances beyond its limits, for this run only (`--allow`). */
  allow: Allowances;
  /** Number of records that nobody could identify: while there are any, nothing is marked. */
  unidentified: number;
  hosts: { salesforce: string | null; global: string | null; "us-government": string | null };
  /** Instances whose facts are of another run than `run_id`, which did not work on them; absent where there is none. */
  earlier?: Partial<Record<InstanceName, { run_id: string; gathered_at: string }>>;
}

/** The account, organization or person that is explained. */
export interface Subject {
  /** 18 characters; null for an organization without account. */
  salesforce_id: string | null;
  /** The organizations that were asked for by id, or have no account. */
  organizations: readonly { instance: InstanceName; id: number }[];
  /** The address that was asked for, lower case; null where something else was. */
  email: string | null;
}

/** Plan and outcome of one comparison of the run, for the account. */
export interface ComparisonEvidence {
  comparison: Comparison;
  /** Null where the comparison was not made, or its files are missing. */
  planned: { creates: number; updates: readonly number[]; marks: readonly number[] } | null;
  /** Results for the account's records; empty if nothing was written. */
  results: readonly Result[];
  /** True if the comparison wrote anything at all. */
  wrote: boolean;
  /** Why the comparison wrote nothing: limits, counts that nobody confirmed, a digest that nobody expected. */
  refused: readonly Reason[];
}

/** Facts about the account in one instance. */
export interface InstanceEvidence {
  /** Every organization that matters: the account's own, those of accounts that want its name, and those that have it. */
  organizations: readonly Organization[];
  /** Organizations that other accounts with the same name should have. */
  rivals: readonly DesiredOrganization[];
  /** The names that the other comparison of this instance takes. */
  takenNames: readonly NameClaim[];
  comparisons: readonly ComparisonEvidence[];
  notes: readonly Note[];
  /** Facts about the addresses it wants; global only. */
  addresses: readonly KnownAddress[];
  /** Contacts that the run planned with one of its addresses, whoever they are for; global only. */
  plannedContacts: readonly PlannedContact[];
  /** Users and contacts of the organization, and those with their addresses; us-government only. */
  users: readonly User[];
  contacts: readonly Contact[];
  /** Addresses of users that the run planned to create. */
  userCreates: readonly string[];
}

/** Everything that one account was decided from, and what came of it: the only input of an explanation. Holds names and addresses. */
export interface AccountEvidence {
  subject: Subject;
  run: RunEvidence;
  rules: Rules;
  /** The records with its id; several where it was gathered twice, none where it was not. */
  accounts: readonly Account[];
  /** True if it is a partner; `partner` is null if only the ids of partners were available. */
  isPartner: boolean;
  partner: PartnerAccount | null;
  /** Accounts of these that were merged into others. */
  merged: readonly MergedAccount[];
  /** True if it could not be read, or exists twice: then it is not touched. */
  quarantined: boolean;
  /** About the account as a whole: of gather-accounts and process. */
  notes: readonly Note[];
  /** Only the instances that the run worked on. */
  instances: Partial<Record<InstanceName, InstanceEvidence>>;
  /** Facts from the history in addition to the run; absent if nobody looked there. */
  past?: PastEvidence;
}

/** Effects of other runs on the account, as the history has them. */
export interface PastEvidence {
  /** Results of runs before this one that took something away, the newest first. */
  losses: readonly { run_id: string; at: string; comparison: Comparison; result: Result }[];
  /** Results that undos reverted since the run, oldest first. */
  undone: readonly { run_id: string; at: string; comparison: Comparison; result: Result }[];
}
