import type { Result } from "../artifacts/results.ts";
import type { Comparison } from "../changesets/comparison.ts";
import type { Difference, Note } from "../domain/changeset.ts";
import { meaningOf } from "../domain/equality.ts";
import { FILE_PREFIX, INSTANCES, type InstanceName } from "../domain/instance.ts";
import type { DesiredOrganization, Organization } from "../domain/organization.ts";
import { isMarked } from "../domain/organization-scope.ts";
import { type Reason, reason } from "../domain/reason.ts";
import { toId18 } from "../domain/salesforce-id.ts";
import { type ChangedValue, changedValues } from "./changes.ts";
import type { Subject } from "./find-organization.ts";
import type { RunRecords, StoryArtifact } from "./run-records.ts";

/** What a run planned for an organization, and what became of it. */
export interface StoryChange {
  does: "create" | "update" | "mark";
  /** Field by field; of creates and marks none. */
  values: ChangedValue[];
  /** `not written`: the run ended before, was a dry run, or its results are missing. */
  outcome: "applied" | "failed" | "skipped" | "not written";
  reason: Reason | null;
}

/** An address that a run tried to give the organization, or a user it wrote (us-government). */
export interface StoryContact {
  email: string;
  outcome: Result["outcome"];
  reason: Reason | null;
}

/** A finding. */
export interface StoryNote {
  rule: string;
  reason: Reason;
}

/** What a run knew and did about a customer in one instance. */
export interface InstanceStory {
  instance: InstanceName;
  organizations: { id: number; name: string | null }[];
  /** Whether the source has it in this instance; null where the files that say so are missing. */
  inSource: boolean | null;
  /** As the run would have them; where it is not in the source, as Zendesk had them. */
  supportLevel: string | null;
  expirationDate: string | null;
  /** Whether it was marked for deletion when the run looked. */
  marked: boolean;
  changes: StoryChange[];
  contacts: StoryContact[];
  notes: StoryNote[];
  /** Why there is nothing to tell, or nothing was done, in words; null where something was. */
  nothing: string | null;
}

/** What a run knew and did about one customer. */
export interface OrganizationStory {
  name: string | null;
  otherNames: string[];
  salesforceId: string | null;
  /** What Salesforce said of the account, in words. */
  source: string;
  /** About the account as a whole (skipped, charges without effect, overrides). */
  notes: StoryNote[];
  instances: InstanceStory[];
}

/** What a run knew and did about somebody it knew. Pure. */
export function storyOf(subject: Subject, run: RunRecords): OrganizationStory {
  const { salesforceId, names } = subject;
  return {
    name: names[0] ?? null,
    otherNames: names.slice(1),
    salesforceId,
    source: sourceOf(salesforceId, run),
    notes: notesIn(run, subject, ["gather-accounts_notes.json", "process_notes.json"], null),
    instances: INSTANCES.map((instance) => instanceStory(subject, instance, run)),
  };
}

function sourceOf(salesforceId: string | null, { records }: RunRecords): string {
  if (salesforceId === null) return "It names no Salesforce account.";
  const accounts = records["salesforce_accounts.json"];
  const partners = records["partner_accounts.json"];
  if (partners?.some((one) => sameId(one.salesforce_id, salesforceId))) return "A partner account in Salesforce.";
  const account = accounts?.find((one) => sameId(one.salesforce_id, salesforceId));
  if (account) return `A customer account in Salesforce (${account.type}).`;
  if (!accounts || !partners) return "What Salesforce said cannot be told: the files of gather-accounts are missing.";
  return "Salesforce has no customer or partner account with this id (any more).";
}

const COMPARISONS_OF: Record<InstanceName, readonly Exclude<Comparison, "usgov_user">[]> = {
  global: ["global", "partner"],
  "us-government": ["usgov"],
};

function instanceStory(subject: Subject, instance: InstanceName, run: RunRecords): InstanceStory {
  const { records } = run;
  const prefix = FILE_PREFIX[instance];
  const gathered = (records[`zendesk_${prefix}.json`] ?? []).filter(({ id }) =>
    subject.organizations.some((one) => one.instance === instance && one.id === id),
  );
  const desired = records[`${prefix}_accounts.json`]?.find((one) => isSubjects(one, subject));
  const changes = COMPARISONS_OF[instance].flatMap((comparison) => changesOf(subject, instance, comparison, run));
  const contacts = contactsOf(subject, instance, records);
  const notes = notesIn(run, subject, noteFilesOf(instance), instance);
  const inSource = inSourceOf(subject, instance, desired, records);
  const story = {
    instance,
    organizations: subject.organizations
      .filter((one) => one.instance === instance)
      .map(({ id }) => ({ id, name: gathered.find((one) => one.id === id)?.name ?? desired?.name ?? null })),
    inSource,
    ...entitlementOf(desired, gathered),
    marked: gathered.some(isMarked),
    changes,
    contacts,
    notes,
  };
  return { ...story, nothing: changes.length > 0 ? null : whyNothing(story, run, desired) };
}

function inSourceOf(
  subject: Subject,
  instance: InstanceName,
  desired: DesiredOrganization | undefined,
  records: RunRecords["records"],
): boolean | null {
  const isPartner = records["partner_accounts.json"]?.some((one) => isSubjects(one, subject)) === true;
  if (desired || (isPartner && instance === "global")) return true;
  return records[`${FILE_PREFIX[instance]}_accounts.json`] ? false : null;
}

/** What the run arrived at, or else what stood in Zendesk. */
function entitlementOf(desired: DesiredOrganization | undefined, gathered: readonly Organization[]) {
  const fields = desired?.organization_fields ?? gathered[0]?.organization_fields ?? {};
  const text = (key: string) => {
    const value = meaningOf("text", fields[key]);
    return value === null ? null : String(value);
  };
  return { supportLevel: text("support_level"), expirationDate: text("expiration_date") };
}

function changesOf(
  subject: Subject,
  instance: InstanceName,
  comparison: Exclude<Comparison, "usgov_user">,
  { records, overLimit }: RunRecords,
): StoryChange[] {
  const unwritten = overLimit.includes(comparison) ? reason("write.over_limit") : null;
  const results = (records[`${comparison}_results.json`] ?? []).filter((one) => isSubjects(one, subject, instance));
  const change = (does: StoryChange["does"], id: number | null, values: ChangedValue[]): StoryChange => {
    const result = results.find((one) => one.effect === does && (id === null || one.id === id));
    return { does, values, outcome: result?.outcome ?? "not written", reason: result ? result.reason : unwritten };
  };
  const ours = <T extends { salesforce_id: string | null; id?: number }>(list: readonly T[] | undefined) =>
    (list ?? []).filter((one) => isSubjects(one, subject, instance));
  return [
    ...ours(records[`${comparison}_creates.json`]).map(() => change("create", null, [])),
    ...ours(records[`${comparison}_updates.json`]).map((one: { id: number; before: Difference; change: Difference }) =>
      change("update", one.id, changedValues(one.before, one.change)),
    ),
    ...ours(records[`${comparison}_not_in_sync.json`]).map(({ id }) => change("mark", id, [])),
  ];
}

/** Addresses of new organizations in global; in us-government, users of the account. */
function contactsOf(subject: Subject, instance: InstanceName, records: RunRecords["records"]): StoryContact[] {
  const results =
    instance === "global"
      ? (records["global_results.json"] ?? []).filter(({ effect }) => effect === "contact")
      : (records["usgov_user_results.json"] ?? []);
  return results.flatMap((one) => {
    if (!isSubjects({ salesforce_id: one.salesforce_id }, subject) || typeof one.after.email !== "string") return [];
    return [{ email: one.after.email, outcome: one.outcome, reason: one.reason }];
  });
}

type NoteFile = Extract<StoryArtifact, `${string}_notes.json`>;

function noteFilesOf(instance: InstanceName): NoteFile[] {
  return instance === "global"
    ? ["gather-orgs_global_notes.json", "global_notes.json", "partner_notes.json"]
    : ["gather-orgs_usgov_notes.json", "usgov_notes.json", "usgov_user_notes.json"];
}

function notesIn(
  { records }: RunRecords,
  subject: Subject,
  files: readonly NoteFile[],
  instance: InstanceName | null,
): StoryNote[] {
  const notes = files.flatMap((file): Note[] =>
    (records[file] ?? []).filter((note) => isAbout(note, subject, instance)),
  );
  const once = new Map(notes.map(({ rule, reason }) => [JSON.stringify([rule, reason]), { rule, reason }]));
  return [...once.values()];
}

/** A note about a user has the user's id, and the account's. */
function isAbout(note: Note, subject: Subject, instance: InstanceName | null): boolean {
  if (note.salesforce_id !== null) return isSubjects({ salesforce_id: note.salesforce_id }, subject);
  return subject.organizations.some((one) => one.instance === instance && one.id === note.id);
}

/** Why nothing was planned, in words. The notes beside it may say more. */
function whyNothing(
  story: Omit<InstanceStory, "nothing">,
  { records }: RunRecords,
  desired: DesiredOrganization | undefined,
): string {
  const { instance, organizations, inSource, marked, notes } = story;
  const prefix = FILE_PREFIX[instance];
  const compared = COMPARISONS_OF[instance].some((comparison) => records[`${comparison}_updates.json`]);
  if (!compared) return "What was compared cannot be told: the change files of this instance are missing.";
  if (!records[`zendesk_${prefix}.json`] && organizations.length === 0)
    return "Whether it has an organization here cannot be told: the list of organizations is missing.";
  if (organizations.length > 0) {
    if (notes.length > 0) return "Nothing was changed; the findings say why.";
    if (inSource === true) return "Everything is as it should be: nothing to do.";
    return marked ? "Not in the source, and marked for deletion already." : "Not in the source; it was left as it is.";
  }
  if (notes.length > 0) return "No organization here; the findings say why.";
  if (desired && entitlementOf(desired, []).supportLevel === "expired")
    return "No organization here, and none is created: its support has expired.";
  return inSource === true ? "No organization here, and none was planned." : "Nothing of this account counts here.";
}

function isSubjects(
  record: { salesforce_id: string | null; id?: number | null },
  { salesforceId, organizations }: Subject,
  instance?: InstanceName,
): boolean {
  if (record.salesforce_id !== null && salesforceId !== null) return sameId(record.salesforce_id, salesforceId);
  return organizations.some((one) => one.instance === instance && one.id === record.id);
}

function sameId(one: string, salesforceId: string): boolean {
  return one === salesforceId || toId18(one) === salesforceId;
}
