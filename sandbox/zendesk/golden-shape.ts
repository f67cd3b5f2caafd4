/** The shape of an answer: key names in their order, JSON types, and which headers it has. No values of records. */
export interface Shape {
  headers: Record<string, string>;
  body: unknown;
}

/** One exchange, recorded or with the sandbox. `path` may hold a query. */
export interface Exchanged {
  method: string;
  path: string;
  status: number;
  headers: Record<string, string>;
  body: unknown;
}

/** Headers whose value is the same whoever's records they speak of; of others only the presence is compared. */
const constantHeaders = new Set(["content-type", "cache-control", "x-zendesk-api-version", "x-zendesk-api-warn"]);

const comparedHeaders = [...constantHeaders, "location", "x-rate-limit", "x-rate-limit-remaining"].sort();

export function shapeOf({ headers, body }: Exchanged): Shape {
  const named = comparedHeaders.flatMap((name) => {
    const value = headers[name];
    return value === undefined ? [] : [[name, constantHeaders.has(name) ? value : "…"]];
  });
  return { headers: Object.fromEntries(named), body: valueShape(body) };
}

/** "string", "null", …; of an array the distinct shapes of its items; of an object its entries, in order. */
function valueShape(value: unknown): unknown {
  if (value === null) return "null";
  if (Array.isArray(value)) {
    const items = new Map(value.map(valueShape).map((shape) => [JSON.stringify(shape), shape]));
    return [...items.values()];
  }
  if (typeof value !== "object") return typeof value;
  // `job_type` is newer than the recordings (facts 3).
  const entries = Object.entries(value).filter(([key]) => key !== "job_type");
  return Object.fromEntries(entries.map(([key, item]) => [key, valueShape(item)]));
}

/** What kind of exchange it is: `PUT organizations/{id} 200`; of a job also how far it is and what it did. */
export function kindOf({ method, path, status, body }: Exchanged): string {
  const plain = path
    .replace(/\?.*/, "")
    .replace("/api/v2/", "")
    .replace(/\.json$/, "");
  const kind = `${method} ${plain.replace(/\/(\d+|V3-[0-9a-f]+)$/, "/{id}")} ${status}`;
  const job = (body as { job_status?: { status: string; results: Array<{ action?: string }> | null } } | null)
    ?.job_status;
  if (!job) return kind;
  return [kind, job.status, ...(job.results ? [job.results[0]?.action ?? "create"] : [])].join(" ");
}
