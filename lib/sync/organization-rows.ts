import type { Create, Difference } from "../domain/changeset.ts";
import type { InstanceName } from "../domain/instance.ts";
import { type Organization, readOnlyFields, syncedFields } from "../domain/organization.ts";
import type { FieldType, FieldValue } from "../domain/organization-field.ts";
import { accountIdOf } from "../domain/organization-scope.ts";
import { type Reason, reason } from "../domain/reason.ts";
import { toId18 } from "../domain/salesforce-id.ts";
import { sameName, sameValue } from "../domain/value-equality.ts";
import type { OrganizationUpdate, RowOutcome, ZendeskConnection } from "../remotes/zendesk/ports.ts";
import type { Retry, RowKind, Verdict } from "./apply-rows.ts";

/** An update or a mark, in one form: what is written, and what was there when it was gathered. */
export interface OrganizationChange {
  effect: "update" | "mark";
  id: number;
  salesforce_id: string | null;
  change: Difference;
  before: Difference;
  /** The organization as it was gathered (S4). */
  gathered: Organization;
}

/** Fields whose change since gathering makes any write wrong (S4). */
const DECIDING_FIELDS = ["salesforce_id", "ignore_deletion", "migrating", "account_type"] as const;

/** Writes organizations that do not exist yet (Y1, S5). */
export function createRows(connection: ZendeskConnection, instance: InstanceName): RowKind<Create> {
  const { reader, stoppable = reader, writer } = connection;
  const types = fieldTypes(instance);
  const findCreated = async (rows: readonly Create[], from = reader) => {
    const found = await from.organizationsByExternalId(rows.map((row) => row.salesforce_id));
    return byRow(
      rows,
      found,
      (organization) => toId18(organization.external_id ?? ""),
      (row) => row.salesforce_id,
    );
  };
  const toWire = (row: Create) => ({
    name: row.name,
    external_id: row.salesforce_id,
    organization_fields: row.organization_fields,
  });
  return {
    describe: (row) => ({
      effect: "create",
      salesforce_id: row.salesforce_id,
      id: null,
      before: {},
      after: { name: row.name, organization_fields: row.organization_fields },
    }),
    room: () => writer.room(),
    async precheck(rows) {
      const found = await findCreated(rows, stoppable);
      return new Map(
        [...found].map(([row, organization]): [Create, Verdict] => [row, alreadyThere(row, organization)]),
      );
    },
    send: (rows) => writer.createOrganizations(rows.map(toWire)),
    resend: (rows) => singly(rows, (row) => writer.createOrganization(toWire(row))),
    async lookUp(rows) {
      return new Map(
        [...(await findCreated(rows))].map(([row, organization]): [Create, number] => [row, organization.id]),
      );
    },
    async withoutRefused(row, outcome) {
      const [quicker] = (await findCreated([row])).values();
      return quicker ? madeByAnother(row, quicker) : nameTaken(connection, row, outcome.taken);
    },
    readBack: (rows) =>
      readBack(connection, rows, types, (row) => ({
        external_id: row.salesforce_id,
        name: row.name,
        organization_fields: row.organization_fields,
      })),
  };
}

/** Writes changes to existing organizations: updates and marks (Y5). */
export function changeRows(connection: ZendeskConnection, instance: InstanceName): RowKind<OrganizationChange> {
  const { reader, stoppable = reader, writer } = connection;
  const types = fieldTypes(instance);
  const send = (rows: readonly OrganizationChange[]): Promise<RowOutcome[]> =>
    writer.updateOrganizations(rows.map((row): OrganizationUpdate => ({ id: row.id, ...row.change })));
  return {
    describe: (row) => ({
      effect: row.effect,
      salesforce_id: row.salesforce_id,
      id: row.id,
      before: { ...row.before },
      after: { ...row.change },
    }),
    room: () => writer.room(),
    async precheck(rows) {
      const current = new Map(
        (await stoppable.organizationsById(rows.map((row) => row.id))).map((organization) => [
          organization.id,
          organization,
        ]),
      );
      const verdicts = new Map<OrganizationChange, Verdict>();
      for (const row of rows) {
        const why = reasonToSkip(row, current.get(row.id), types);
        if (why) verdicts.set(row, { outcome: "skipped", reason: why });
      }
      return verdicts;
    },
    send,
    resend: send,
    // Absolute values: sending an update again cannot do harm, so an unknown outcome is settled by the second sending.
    lookUp: async () => new Map(),
    withoutRefused: (row, outcome) => withoutName(connection, row, outcome.taken),
    readBack: (rows) => readBack(connection, rows, types, (row) => row.change),
  };
}

/** Why a change must not be written any more (S4), or undefined. */
export function reasonToSkip(
  row: OrganizationChange,
  current: Organization | undefined,
  types: ReadonlyMap<string, FieldType>,
): Reason | undefined {
  if (!current) return reason("organization.gone");
  const wanted = row.change.organization_fields ?? {};
  const already =
    (row.change.name === undefined || sameName(current.name, row.change.name)) &&
    Object.entries(wanted).every(([key, value]) => same(types, key, current.organization_fields[key], value));
  const watched = new Set([...DECIDING_FIELDS, ...Object.keys(wanted)]);
  const changed = [...watched].filter(
    (key) => !same(types, key, current.organization_fields[key], row.gathered.organization_fields[key]),
  );
  if (row.change.name !== undefined && !sameName(current.name, row.gathered.name)) changed.push("name");
  if ((current.external_id ?? "") !== (row.gathered.external_id ?? "")) changed.push("external_id");
  if (already && changed.every((key) => key === "name" || key in wanted)) return reason("organization.already_so");
  return changed.length > 0 ? reason("organization.changed_since", { fields: changed.sort() }) : undefined;
}

/** The types of all fields that are written or watched in an instance. */
function fieldTypes(instance: InstanceName): ReadonlyMap<string, FieldType> {
  return new Map([...syncedFields(instance), ...readOnlyFields(instance)].map(({ key, type }) => [key, type]));
}

function same(types: ReadonlyMap<string, FieldType>, key: string, one: unknown, other: unknown): boolean {
  return sameValue(types.get(key) ?? "text", one ?? null, other ?? null);
}

function alreadyThere(row: Create, organization: Organization): Verdict {
  const owner = accountIdOf(organization);
  const id = organization.id;
  if (owner === row.salesforce_id) return { outcome: "skipped", reason: reason("organization.exists_already"), id };
  return { outcome: "failed", reason: reason("organization.external_id_conflict", { organization_id: id }), id };
}

/** A run killed before this one may have left a job at work, which was quicker (S5): the contacts are still due then (Y3). */
function madeByAnother(row: Create, organization: Organization): Retry<Create> | undefined {
  const { outcome } = alreadyThere(row, organization);
  return outcome === "skipped"
    ? { row: undefined, reason: reason("organization.exists_already"), id: organization.id }
    : undefined;
}

async function nameTaken(
  connection: ZendeskConnection,
  row: Create,
  taken: "name" | "external_id" | "email" | undefined,
): Promise<Retry<Create> | undefined> {
  if (taken !== "name") return undefined;
  return {
    row: undefined,
    reason: reason("create.name_taken", { organization_ids: await holdersOf(connection, row.name) }),
  };
}

async function withoutName(
  connection: ZendeskConnection,
  row: OrganizationChange,
  taken: "name" | "external_id" | "email" | undefined,
): Promise<Retry<OrganizationChange> | undefined> {
  const { name, ...change } = row.change;
  // A localized refusal cannot always be told apart: with a name among the changes, the name is the likeliest cause.
  if (name === undefined || (taken !== undefined && taken !== "name")) return undefined;
  const why = reason("rename.name_taken", { organization_ids: await holdersOf(connection, name) });
  const { name: _, ...before } = row.before;
  return { row: change.organization_fields ? { ...row, change, before } : undefined, reason: why };
}

async function holdersOf(connection: ZendeskConnection, name: string): Promise<number[]> {
  return (await connection.reader.organizationsByName(name)).map(({ id }) => id);
}

async function readBack<Row extends object>(
  connection: ZendeskConnection,
  rows: ReadonlyMap<Row, number>,
  types: ReadonlyMap<string, FieldType>,
  wantedOf: (row: Row) => { name?: string; external_id?: string; organization_fields?: Record<string, FieldValue> },
): Promise<Map<Row, Reason>> {
  const current = new Map(
    (await connection.reader.organizationsById([...rows.values()])).map((organization) => [
      organization.id,
      organization,
    ]),
  );
  const lost = new Map<Row, Reason>();
  for (const [row, id] of rows) {
    const organization = current.get(id);
    const wanted = wantedOf(row);
    if (!organization) {
      lost.set(row, reason("organization.gone"));
      continue;
    }
    const keys = Object.entries(wanted.organization_fields ?? {}).flatMap(([key, value]) =>
      same(types, key, organization.organization_fields[key], value) ? [] : [key],
    );
    if (wanted.name !== undefined && !sameName(organization.name, wanted.name)) keys.push("name");
    if (wanted.external_id !== undefined && toId18(organization.external_id ?? "") !== wanted.external_id)
      keys.push("external_id");
    if (keys.length > 0) lost.set(row, reason("organization.did_not_stick", { fields: keys.sort() }));
  }
  return lost;
}

/** One by one: single writes stay under the limits of one organization and tell their own errors. */
async function singly<Row>(rows: readonly Row[], send: (row: Row) => Promise<RowOutcome>): Promise<RowOutcome[]> {
  const outcomes: RowOutcome[] = [];
  for (const row of rows) outcomes.push(await send(row));
  return outcomes;
}

function byRow<Row, T>(
  rows: readonly Row[],
  found: readonly T[],
  keyOf: (one: T) => string | null,
  rowKey: (row: Row) => string,
): Map<Row, T> {
  const byKey = new Map(found.flatMap((one) => [[keyOf(one), one] as const]));
  return new Map(
    rows.flatMap((row) => {
      const one = byKey.get(rowKey(row));
      return one ? [[row, one] as [Row, T]] : [];
    }),
  );
}
