import type { Comparison } from "../domain/comparisons.ts";
import type { Reason } from "../domain/reason.ts";
import type { ArtifactName, ArtifactRecord } from "../storage/artifacts/schemas.ts";
import type { Rules, RunEvidence } from "./evidence.ts";

/** Artifacts an account was decided from; the history keeps the outcome (changes, notes, results) in any case. */
export const DECIDED_FROM = [
  "salesforce_accounts.json",
  "partner_accounts.json",
  "partner_ids.json",
  "merged_accounts.json",
  "gather-accounts_notes.json",
  "zendesk_global.json",
  "zendesk_global_addresses.json",
  "gather-orgs_global_notes.json",
  "zendesk_usgov.json",
  "gather-orgs_usgov_notes.json",
  "global_accounts.json",
  "usgov_accounts.json",
  "usgov_users.json",
  "usgov_user_contacts.json",
] as const satisfies readonly ArtifactName[];

/** The artifacts that an account is explained from. */
export const EVIDENCE_ARTIFACTS = [
  ...DECIDED_FROM,
  "process_global_notes.json",
  "process_usgov_notes.json",
  "process_notes.json",
  "global_creates.json",
  "global_updates.json",
  "global_not_in_sync.json",
  "global_contacts.json",
  "global_notes.json",
  "global_results.json",
  "partner_creates.json",
  "partner_updates.json",
  "partner_not_in_sync.json",
  "partner_notes.json",
  "partner_results.json",
  "usgov_creates.json",
  "usgov_updates.json",
  "usgov_not_in_sync.json",
  "usgov_notes.json",
  "usgov_results.json",
  "usgov_user_creates.json",
  "usgov_user_updates.json",
  "usgov_user_not_in_sync.json",
  "usgov_user_notes.json",
  "usgov_user_results.json",
] as const satisfies readonly ArtifactName[];
export type EvidenceArtifact = (typeof EVIDENCE_ARTIFACTS)[number];

/** Records by artifact: all of a run, or only those that matter to a few accounts. What is absent was missing. */
export type EvidenceRecords = { [Name in EvidenceArtifact]?: readonly ArtifactRecord<Name>[] };

/** Everything that accounts of one run are explained from. */
export interface RunMaterial {
  run: RunEvidence;
  rules: Rules;
  records: EvidenceRecords;
  /** Accounts that could not be read, or are there twice; 18 characters. */
  quarantined: ReadonlySet<string>;
  /** Why a comparison wrote nothing. */
  refused: Partial<Record<Comparison, readonly Reason[]>>;
}
