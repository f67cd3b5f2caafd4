import { type Context, Hono } from "hono";
import type { SandboxBytes } from "../server/chance.ts";
import type { SandboxClock } from "../server/clock.ts";
import { faultFor } from "../server/faults.ts";
import type { SalesforceBehaviour, SalesforceColumn, SalesforceRecord, World } from "../types.ts";
import { listedVersions, requireVersion, VERSIONS, type VersionRules } from "./api-versions.ts";
import { malformedQuery, methodNotAllowed, notFound, SalesforceError } from "./errors.ts";
import { RecordStore } from "./record-store.ts";
import { RequestCount, requireShortRequest } from "./request-limits.ts";
import { type PageRequest, ResultPages } from "./result-pages.ts";
import { Schema } from "./schema.ts";
import { type Credentials, Sessions } from "./sessions.ts";
import { compile } from "./soql/compile.ts";

export interface SalesforceOptions {
  records: World["salesforce"];
  /** What lies in the recycle bin. */
  deletedAccounts?: readonly SalesforceRecord[];
  columns: readonly SalesforceColumn[];
  /** Rows to a page, children included; default 2,000. Any number from 1 on; a real org has at least 200. */
  batch?: number;
  credentials: Credentials;
  behaviour?: Partial<SalesforceBehaviour>;
  /** Where it is served, without a slash at the end: log-in URL and `instance_url` at once. */
  baseUrl: () => string;
  /** Default: real time. */
  clock?: Pick<SandboxClock, "now">;
  /** API requests in a UTC day; default 100,000. */
  dailyRequests?: number;
  /** Where tokens and locators come from; default: nobody can guess them. */
  bytes?: SandboxBytes;
}

/** The Salesforce org. */
export interface Salesforce {
  /** Answers any request to it; give it to `serveApp`, or use it as a `fetch` without a port. */
  fetch(request: Request): Promise<Response>;
  /** A change as a Salesforce user makes it; results that are being paged through keep what they had. */
  edit(object: SalesforceColumn["object"], id: string, change: SalesforceRecord): void;
  /** Merges two accounts; see `Sandbox`. */
  mergeAccounts(winnerId: string, loserId: string): void;
  add(object: SalesforceColumn["object"], record: SalesforceRecord): void;
  /** Deletes a record; an account goes to the recycle bin with what belongs to it. */
  delete(object: SalesforceColumn["object"], id: string): void;
  /** Takes an account out of the recycle bin. */
  restore(accountId: string): void;
  /** Everything as it stands now, in the form of the start. */
  standing(): Pick<World, "salesforce"> & { deletedAccounts: SalesforceRecord[] };
  /** Forgets every deleted account. */
  emptyRecycleBin(): void;
  /** Makes every access token invalid now. */
  expireSessions(): void;
  /** Access tokens issued so far, for the list of secrets. */
  tokens(): string[];
}

const OBJECTS: readonly SalesforceColumn["object"][] = [
  "Account",
  "Contact",
  "Zuora__Subscription__c",
  "Zuora__SubscriptionProductCharge__c",
  "User",
];

/** What the routes work with. */
interface Org {
  schema: Schema;
  store: RecordStore;
  sessions: Sessions;
  pages: ResultPages;
  count: RequestCount;
  versions: VersionRules;
  batch: number;
  now: () => Date;
}

/**
 * A Salesforce org in memory that can be read by REST, behaving as the project's facts page on Salesforce says the
 * real one does; comments name the page's sections ("facts 2.3").
 */
export function createSalesforce(options: SalesforceOptions): Salesforce {
  const now = () => options.clock?.now() ?? new Date();
  const store = new RecordStore(options.records, options.deletedAccounts);
  const { apiVersions = VERSIONS, goneVersion = "json", nestedRows = Infinity, ...logIns } = options.behaviour ?? {};
  const org: Org = {
    schema: new Schema(options.columns),
    store,
    sessions: new Sessions(options.credentials, options.baseUrl, now, logIns, options.bytes),
    pages: new ResultPages(store, now, { nestedRows, bytes: options.bytes }),
    count: new RequestCount(options.dailyRequests ?? 100_000, now),
    versions: { apiVersions, goneVersion },
    batch: options.batch ?? 2000,
    now,
  };
  const app = routed(org);
  return {
    fetch: async (request) => app.fetch(request),
    edit: (object, id, change) => store.edit(object, id, change),
    mergeAccounts: (winnerId, loserId) => store.mergeAccounts(winnerId, loserId, now()),
    add: (object, record) => store.add(object, record),
    delete: (object, id) => store.delete(object, id, now()),
    restore: (id) => store.restore(id, now()),
    standing: () => ({
      salesforce: {
        ...(Object.fromEntries(OBJECTS.map((object) => [object, store.all(object)])) as World["salesforce"]),
        // After a merge the account that a contact looks up is no longer the one that it was seeded with.
        Contact: store.all("Contact").map((one) => ({ ...one, Account: { Account_ID_18__c: one.AccountId } })),
      },
      deletedAccounts: store.deletedAccounts,
    }),
    emptyRecycleBin: () => store.emptyRecycleBin(),
    expireSessions: () => org.sessions.expire(),
    tokens: () => [...org.sessions.issued],
  };
}

function routed(org: Org): Hono {
  const app = new Hono();
  app.notFound(() => errorResponse(notFound()));
  app.onError((error) => {
    if (error instanceof SalesforceError) return errorResponse(error);
    throw error;
  });
  app.use(async (c, next) => {
    requireShortRequest(c.req.raw);
    await next();
  });
  app.post("/services/oauth2/token", async (c) => {
    const form = new URLSearchParams(await c.req.text());
    return json(org.sessions.grant(form, c.req.header("authorization")));
  });
  for (const path of ["/services/data", "/services/data/"])
    app.get(path, () => json(listedVersions(org.versions.apiVersions)));
  gate(app, org);
  reads(app, org);
  return app;
}

/** What stands before every call of the API: session, limit, version. */
function gate(app: Hono, org: Org): void {
  app.use("/services/data/:version/*", async (c, next) => {
    org.count.add();
    await next();
    c.header("sforce-limit-info", `api-usage=${org.count.used}/${org.count.limit}`);
  });
  app.use("/services/data/:version/*", async (c, next) => {
    org.sessions.require(c.req.header("authorization"));
    org.count.require();
    requireVersion(c.req.param("version"), org.versions);
    if (c.req.method !== "GET" && c.req.method !== "HEAD") throw methodNotAllowed(c.req.method);
    await next();
  });
}

function reads(app: Hono, org: Org): void {
  for (const path of ["query", "query/", "queryAll", "queryAll/"]) {
    const deleted = path.startsWith("queryAll");
    app.get(`/services/data/:version/${path}`, (c) => {
      const soql = c.req.query("q");
      if (!soql) throw malformedQuery("A query string has to be specified");
      const today = org.now().toISOString().slice(0, 10);
      const query = compile(soql, { schema: org.schema, store: org.store, today });
      return json(org.pages.first(query, { ...pageRequest(c, org.batch), deleted }));
    });
  }
  app.get("/services/data/:version/query/:locator", (c) =>
    json(org.pages.next(c.req.param("locator"), pageRequest(c, org.batch))),
  );
  app.get("/services/data/:version/limits", () => {
    const { used, limit } = org.count;
    return json({ DailyApiRequests: { Max: limit, Remaining: Math.max(0, limit - used) } });
  });
  app.get("/services/data/:version/sobjects/:object/describe", (c) => {
    const description = org.schema.describe(c.req.param("object"));
    if (!description) throw notFound();
    return json(description);
  });
}

/** The client may ask for smaller pages, of 200 to 2,000 rows (facts 2.2). */
function pageRequest(c: Context, batch: number): PageRequest {
  const [, asked] = /batchSize=(\d+)/i.exec(c.req.header("sforce-query-options") ?? "") ?? [];
  return {
    base: `/services/data/${c.req.param("version")}`,
    batch: asked === undefined ? batch : Math.min(batch, Math.max(200, Number(asked))),
    fault: faultFor(c.req.raw),
  };
}

function json(body: unknown): Response {
  return Response.json(body, { headers: { "content-type": "application/json;charset=UTF-8" } });
}

function errorResponse({ status, body }: SalesforceError): Response {
  const html = typeof body === "string";
  const type = html ? "text/html;charset=utf-8" : "application/json;charset=UTF-8";
  return new Response(html ? body : JSON.stringify(body), { status, headers: { "content-type": type } });
}
