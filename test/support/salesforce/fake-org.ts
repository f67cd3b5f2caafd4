import type { SalesforceSettings } from "../../../lib/settings/environment.ts";

/** A record of the fake: flat values, lookups as objects, child lists as plain arrays. */
export type FakeRecord = Record<string, unknown>;

/** What the fake answers instead of its own answer; nothing: its own. */
export type Interception = (request: Request, count: number) => Response | Promise<Response> | undefined;

/** How a fake Salesforce is set up. */
export interface FakeOrgOptions {
  records?: FakeRecord[];
  /** Records to a page, and children to a page. */
  pageSize?: number;
  childPageSize?: number;
  /** Asked before each request is answered; `count` counts the requests to that path from 1. */
  intercept?: Interception;
}

/** A Salesforce over real HTTP, as small as its wire format allows. */
export class FakeOrg implements AsyncDisposable {
  readonly requests: { path: string; query: string | null; headers: Headers; form: URLSearchParams | null }[] = [];
  /** Access tokens given so far; only the latest is taken. */
  tokens = 0;
  readonly #server: ReturnType<typeof Bun.serve>;
  readonly #counts = new Map<string, number>();

  constructor(readonly options: FakeOrgOptions = {}) {
    this.#server = Bun.serve({ port: 0, hostname: "127.0.0.1", fetch: (request) => this.#answer(request) });
  }

  get url(): string {
    return this.#server.url.origin;
  }

  get settings(): SalesforceSettings {
    const auth = { kind: "client-credentials", clientId: "client", clientSecret: "the-client-secret" } as const;
    return { loginUrl: this.url, auth };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#server.stop(true);
  }

  async #answer(request: Request): Promise<Response> {
    const url = new URL(request.url);
    const form = request.method === "POST" ? new URLSearchParams(await request.clone().text()) : null;
    this.requests.push({ path: url.pathname, query: url.searchParams.get("q"), headers: request.headers, form });
    const count = (this.#counts.get(url.pathname) ?? 0) + 1;
    this.#counts.set(url.pathname, count);
    const instead = await this.options.intercept?.(request, count);
    if (instead) return instead;
    if (url.pathname === "/services/oauth2/token") return this.#token();
    if (request.headers.get("authorization") !== `Bearer token-${this.tokens}`) return sessionExpired();
    return this.#query(url);
  }

  #token(): Response {
    const access_token = `token-${++this.tokens}`;
    return Response.json({ access_token, instance_url: this.url, id: `${this.url}/id/00D/005`, token_type: "Bearer" });
  }

  #query(url: URL): Response {
    const { records = [], pageSize = 2000, childPageSize = 2000 } = this.options;
    const [, from = "", list, start = "0"] = url.pathname.match(/query\/(\d+)(?:\/(\w+)\/(\d+))?$/) ?? [];
    const offset = list ? Number(start) : Number(from);
    const rows = list ? (records[Number(from)]?.[list] as FakeRecord[]) : records;
    const size = list ? childPageSize : pageSize;
    const path = (index: number) => `${BASE}/query/${list ? `${from}/${list}/` : ""}${index}`;
    const page = pageOf(rows, offset, size, path);
    if (!list)
      page.records = page.records.map((record, index) => withFirstChildren(record, offset + index, childPageSize));
    return Response.json(page, { headers: { "Sforce-Limit-Info": "api-usage=18/5000" } });
  }
}

const BASE = "/services/data/v66.0";

/** What Salesforce says to an expired session. */
export function sessionExpired(): Response {
  return apiError(401, "INVALID_SESSION_ID", "Session expired or invalid");
}

/** An error of the REST API. */
export function apiError(status: number, errorCode: string, message: string): Response {
  return Response.json([{ message, errorCode }], { status });
}

/** A 200 whose body breaks off, or never goes on. */
export function brokenBody(how: "reset" | "stall"): Response {
  const start = new TextEncoder().encode('{"totalSize":1,"records":[');
  const body = new ReadableStream({
    async pull(controller) {
      controller.enqueue(start);
      // Bun cuts the connection without printing anything where the error is undefined.
      if (how === "reset") controller.error(undefined);
      else await new Promise(() => {});
    },
  });
  return new Response(body, { headers: { "content-type": "application/json;charset=UTF-8" } });
}

function pageOf(rows: FakeRecord[], offset: number, size: number, path: (index: number) => string) {
  const next = offset + size;
  const done = next >= rows.length;
  const records = rows.slice(offset, next).map(({ attributes, ...row }) => ({
    attributes: attributes ?? { type: "Row", url: `${BASE}/sobjects/Row/${row.Id ?? row.Account_ID_18__c}` },
    ...row,
  }));
  return {
    totalSize: rows.length,
    done,
    records: records as FakeRecord[],
    ...(done ? {} : { nextRecordsUrl: path(next) }),
  };
}

function withFirstChildren(record: FakeRecord, index: number, childPageSize: number): FakeRecord {
  return Object.fromEntries(
    Object.entries(record).map(([key, value]) => {
      if (!Array.isArray(value)) return [key, value];
      const path = (offset: number) => `${BASE}/query/${index}/${key}/${offset}`;
      return [key, value.length === 0 ? null : pageOf(value, 0, childPageSize, path)];
    }),
  );
}
