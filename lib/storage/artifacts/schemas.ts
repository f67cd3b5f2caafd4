import * as v from "valibot";
import { type Account, ChargeSchema, SubscriptionSchema } from "../../domain/account.ts";
import { ATTRIBUTES } from "../../domain/attributes.ts";
import { CreateSchema, MarkSchema, type Note, PlannedContactSchema, UpdateSchema } from "../../domain/changeset.ts";
import { MergedAccountSchema } from "../../domain/merged-account.ts";
import { DesiredOrganizationSchema, OrganizationSchema, PartnerAccountSchema } from "../../domain/organization.ts";
import type { KnownAddress } from "../../domain/plan-contacts.ts";
import { ContactSchema, UserCreateSchema, UserMarkSchema, UserSchema, UserUpdateSchema } from "../../domain/user.ts";
import { encodeKnownAddress, KnownAddressSchema } from "./known-addresses.ts";
import { NoteSchema } from "./notes.ts";
import { encodeReason } from "./reason-record.ts";
import { type Result, ResultSchema } from "./results.ts";

const attributeEntries = Object.fromEntries(
  Object.entries(ATTRIBUTES).map(([name, attribute]) => [name, attribute.from.artifact]),
);

/** One record of `salesforce_accounts.json`; its attributes are the lines of `ATTRIBUTES`. */
export const AccountSchema = v.object({
  salesforce_id: v.string(),
  ...attributeEntries,
  subs: v.array(SubscriptionSchema),
  charges: v.array(ChargeSchema),
}) as unknown as v.GenericSchema<unknown, Account>;

/** One record of `customer_ids.json`, `partner_ids.json` or `<i>_moved.json`. */
const AccountIdSchema = v.object({ salesforce_id: v.string() });

/** Every artifact with records, by file name: the only contract between stages (artifacts.md). */
export const ARTIFACTS = {
  "salesforce_accounts.json": AccountSchema,
  "partner_accounts.json": PartnerAccountSchema,
  "customer_ids.json": AccountIdSchema,
  "partner_ids.json": AccountIdSchema,
  "merged_accounts.json": MergedAccountSchema,
  "merged_accounts_memory.json": MergedAccountSchema,
  "zendesk_global.json": OrganizationSchema,
  "zendesk_usgov.json": OrganizationSchema,
  "zendesk_global_addresses.json": KnownAddressSchema,
  "global_moved.json": AccountIdSchema,
  "usgov_moved.json": AccountIdSchema,
  "global_accounts.json": DesiredOrganizationSchema,
  "usgov_accounts.json": DesiredOrganizationSchema,
  "global_creates.json": CreateSchema,
  "global_updates.json": UpdateSchema,
  "global_not_in_sync.json": MarkSchema,
  "global_contacts.json": PlannedContactSchema,
  "usgov_creates.json": CreateSchema,
  "usgov_updates.json": UpdateSchema,
  "usgov_not_in_sync.json": MarkSchema,
  "partner_creates.json": CreateSchema,
  "partner_updates.json": UpdateSchema,
  "partner_not_in_sync.json": MarkSchema,
  "usgov_users.json": UserSchema,
  "usgov_user_contacts.json": ContactSchema,
  "usgov_user_creates.json": UserCreateSchema,
  "usgov_user_updates.json": UserUpdateSchema,
  "usgov_user_not_in_sync.json": UserMarkSchema,
  "global_results.json": ResultSchema,
  "usgov_results.json": ResultSchema,
  "partner_results.json": ResultSchema,
  "usgov_user_results.json": ResultSchema,
  "global_undo_results.json": ResultSchema,
  "usgov_undo_results.json": ResultSchema,
  "partner_undo_results.json": ResultSchema,
  "usgov_user_undo_results.json": ResultSchema,
  "process_global_notes.json": NoteSchema,
  "process_usgov_notes.json": NoteSchema,
  // Of versions before, with the notes of both instances.
  "process_notes.json": NoteSchema,
  "gather-accounts_notes.json": NoteSchema,
  "gather-orgs_global_notes.json": NoteSchema,
  "gather-orgs_usgov_notes.json": NoteSchema,
  "global_notes.json": NoteSchema,
  "usgov_notes.json": NoteSchema,
  "partner_notes.json": NoteSchema,
  "usgov_user_notes.json": NoteSchema,
} as const;

export type ArtifactName = keyof typeof ARTIFACTS;
export type ArtifactRecord<Name extends ArtifactName> = v.InferOutput<(typeof ARTIFACTS)[Name]>;

/** A record as its file holds it; only the reasons of notes and results look different there (reason-record.ts). */
export function encodeRecord<Name extends ArtifactName>(name: Name, record: ArtifactRecord<Name>): unknown {
  if (name === "zendesk_global_addresses.json") return encodeKnownAddress(record as KnownAddress);
  if (!/_(?:notes|results)\.json$/.test(name)) return record;
  const { reason, ...rest } = record as Note | Result;
  return { ...rest, ...(reason === null ? { reason } : encodeReason(reason)) };
}
