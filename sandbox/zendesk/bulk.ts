import { fixedLimits } from "./behaviour.ts";
import { parameterMissing, ZendeskError } from "./errors.ts";
import { type Exchange, faultOf, listParameter, originOf } from "./exchange.ts";
import type { Instance } from "./instance.ts";
import { isObject } from "./records.ts";
import type { Wire } from "./wire.ts";

/** One row of a bulk call: which record, and what to do with it. */
export interface Row {
  id?: unknown;
  external_id?: unknown;
  attributes: unknown;
}

/** A bulk call. `run` does one row and gives the item for a success; what it throws makes the item for a failure. */
export interface BulkOrder {
  type: string;
  doing: string;
  worker: string;
  /** The `error` of a failed row, e.g. "OrganizationUpdateFailed". */
  failure: string;
  rows: Row[];
  run: (row: Row, at: Date) => Wire;
}

/** Queues a job for the rows and answers with its status, as all bulk endpoints do. */
export function submitted(c: Exchange, instance: Instance, order: BulkOrder): Response {
  for (const [name, value] of Object.entries(instance.jobs.inflightHeader())) c.header(name, value);
  const fault = faultOf(c);
  const failing = (index: number): boolean =>
    fault?.kind === "failed-rows" && (fault.rows === undefined || fault.rows.includes(index));
  const runRow = (index: number, at: Date): Wire => {
    const row = order.rows[index] ?? { attributes: {} };
    if (failing(index)) return failureItem(index, "DatabaseConflict", row, "Database collision");
    try {
      return order.run(row, at);
    } catch (error) {
      if (!(error instanceof ZendeskError)) throw error;
      return failureItem(index, order.failure, row, error.rowDetails);
    }
  };
  const { id } = instance.jobs.submit({ ...order, total: order.rows.length, runRow, fault });
  return c.json({ job_status: instance.jobs.wire(id, originOf(c)) });
}

/** No `success`, no `status`, no `action`: as recorded for update_many (facts 3). The id only where the row named one. */
function failureItem(index: number, error: string, row: Row, details: string): Wire {
  const named = row.id === undefined || row.id === null ? {} : { id: Number(row.id) };
  return { index, error, ...named, details };
}

/** Rows of a create: `{"organizations": [{...}]}`. */
export function rowsToCreate(body: Wire, root: string): Row[] {
  return arrayOf(body, root).map((attributes) => ({ attributes }));
}

/** Rows of an update: one for each object of the batch form, or for each `ids`/`external_ids` of the bulk form (facts 2). */
export function rowsToUpdate(c: Exchange, body: Wire, many: string, one: string): Row[] {
  const named = namedRows(c, body[one]);
  if (named) return named;
  return arrayOf(body, many).map((attributes) => {
    if (!isObject(attributes)) return { attributes };
    const { id, external_id } = attributes;
    return { id, external_id, attributes };
  });
}

/** Rows of `?ids=1,2` or `?external_ids=a,b`; undefined when the query has neither. */
export function namedRows(c: Exchange, attributes: unknown): Row[] | undefined {
  const ids = listParameter(c, "ids");
  if (ids) return ids.map((id) => ({ id, attributes }));
  return listParameter(c, "external_ids")?.map((external_id) => ({ external_id, attributes }));
}

function arrayOf(body: Wire, root: string): unknown[] {
  const value = body[root];
  if (!Array.isArray(value)) throw parameterMissing(root);
  return value;
}

/** The refusal of more than 100 comes at once, not as a job; the two spaces are real (facts 2). */
export function atMostHundred<T>(rows: readonly T[]): void {
  if (rows.length <= fixedLimits.bulkRows) return;
  const description = `Parameter  cannot specify more than ${fixedLimits.bulkRows} values`;
  throw new ZendeskError(400, { error: "TooManyValues", description, max_count: fixedLimits.bulkRows });
}

/** Users have another text, and no `max_count` (facts 4). */
export function atMostHundredUsers<T>(rows: readonly T[]): void {
  if (rows.length <= fixedLimits.bulkRows) return;
  const description = `Maximum ${fixedLimits.bulkRows} users may be created per call`;
  throw new ZendeskError(400, { error: "TooManyValues", description });
}
