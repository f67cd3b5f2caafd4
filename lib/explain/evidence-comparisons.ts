import type { Comparison } from "../domain/comparisons.ts";
import { FILE_PREFIX, type InstanceName } from "../domain/instance.ts";
import { type NameClaim, plannedNames } from "../domain/name-conflicts.ts";
import type { Organization } from "../domain/organization.ts";
import { toId18 } from "../domain/salesforce-id.ts";
import type { Contact, User } from "../domain/user.ts";
import { nameKey } from "../domain/value-equality.ts";
import type { ComparisonEvidence, InstanceEvidence, Subject } from "./evidence.ts";
import type { EvidenceRecords, RunMaterial } from "./evidence-records.ts";

const COMPARISONS_OF: Record<InstanceName, readonly Comparison[]> = {
  global: ["global", "partner"],
  "us-government": ["usgov", "usgov_user"],
};

/** Whose records are looked for beside the account's own. */
interface Around {
  names: ReadonlySet<string>;
  users: readonly User[];
  contacts: readonly Contact[];
}

/** Returns what the comparisons of an instance planned, did and noted about an account. Pure. */
export function comparisonsAround(
  material: RunMaterial,
  subject: Subject,
  instance: InstanceName,
  own: readonly Organization[],
  around: Around,
): Pick<InstanceEvidence, "comparisons" | "notes" | "takenNames"> {
  const { records } = material;
  const organizationIds = new Set([
    ...own.map(({ id }) => id),
    ...subject.organizations.flatMap((one) => (one.instance === instance ? [one.id] : [])),
  ]);
  const userIds = new Set(around.users.map(({ id }) => id));
  return {
    comparisons: COMPARISONS_OF[instance].map((comparison) =>
      comparisonEvidence(material, comparison, {
        subject,
        ids: comparison === "usgov_user" ? userIds : organizationIds,
      }),
    ),
    notes: [
      `gather-orgs_${FILE_PREFIX[instance]}_notes.json`,
      ...COMPARISONS_OF[instance].map((one) => `${one}_notes.json`),
    ].flatMap((name) =>
      about(records[name as "global_notes.json"] ?? [], {
        subject,
        ids: name === "usgov_user_notes.json" ? userIds : organizationIds,
      }),
    ),
    takenNames: instance === "global" ? namesOfCustomers(records, around.names) : [],
  };
}

function comparisonEvidence(
  { records, refused }: RunMaterial,
  comparison: Comparison,
  whose: { subject: Subject; ids: ReadonlySet<number> },
): ComparisonEvidence {
  const creates = records[`${comparison}_creates.json`];
  const updates = records[`${comparison}_updates.json`];
  const marks = records[`${comparison}_not_in_sync.json`];
  const results = records[`${comparison}_results.json`] ?? [];
  const { email } = whose.subject;
  const ofAddress = email === null ? [] : results.filter(({ after }) => after.email === email);
  return {
    comparison,
    planned:
      creates && updates && marks
        ? {
            creates: about<Identified>(creates, whose).length,
            updates: about<Identified & { id: number }>(updates, whose).map(({ id }) => id),
            marks: about<Identified & { id: number }>(marks, whose).map(({ id }) => id),
          }
        : null,
    results: [...new Set([...about(results, whose), ...ofAddress])],
    wrote: results.length > 0,
    refused: refused[comparison] ?? [],
  };
}

interface Identified {
  salesforce_id: string | null;
  id?: number | null;
}

/** The records of a list by account and by id; made once for each list, as lists are asked again and again. */
const LOOKUPS = new WeakMap<object, { account: Map<string, Identified[]>; id: Map<number, Identified[]> }>();

/** Records about an account: by its id, or by the organization's or user's. */
function about<T extends Identified>(
  list: readonly T[],
  { subject: { salesforce_id }, ids }: { subject: Subject; ids: ReadonlySet<number> },
): T[] {
  const lookup = LOOKUPS.get(list) ?? {
    account: Map.groupBy(list as readonly Identified[], (one) => toId18(one.salesforce_id ?? "") ?? ""),
    id: Map.groupBy(list as readonly Identified[], (one) => one.id ?? 0),
  };
  LOOKUPS.set(list, lookup);
  const byAccount = salesforce_id === null ? [] : (lookup.account.get(salesforce_id) ?? []);
  return [...new Set([...byAccount, ...[...ids].flatMap((id) => lookup.id.get(id) ?? [])])] as T[];
}

/** The claims of a run by name; made once, as every account asks for some. */
const CLAIMS = new WeakMap<EvidenceRecords, Map<string, NameClaim[]>>();

/** Names that the comparison of customers takes: those of partners must not be among them (C7). */
function namesOfCustomers(records: EvidenceRecords, names: ReadonlySet<string>): NameClaim[] {
  const { "global_creates.json": creates = [], "global_updates.json": updates = [] } = records;
  const claims =
    CLAIMS.get(records) ??
    Map.groupBy(plannedNames({ creates: [...creates], updates: [...updates] }), ({ name }) => nameKey(name));
  CLAIMS.set(records, claims);
  return [...names].flatMap((name) => claims.get(name) ?? []);
}
