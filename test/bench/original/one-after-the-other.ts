import { sleep } from "../../../lib/edges/clock.ts";
import { edges } from "../../../lib/edges/edges.ts";

export type Json = Record<string, unknown>;

/** A remote that is asked one thing after the other, as the scripts do: no request begins before the one before was answered. */
export class Remote {
  constructor(
    private readonly base: string,
    private readonly authorization: string,
  ) {}

  /** A path, or the whole address that an answer gave. A rate limit is waited out. @throws Error for any other refusal */
  async ask<T = Json>(path: string, method = "GET", body?: unknown): Promise<T> {
    const url = path.startsWith("https://") ? path : `${this.base}${path}`;
    for (;;) {
      const answer = await edges().fetch(url, {
        method,
        headers: { authorization: this.authorization, "content-type": "application/json" },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
      if (answer.status === 429) {
        await sleep(Number(answer.headers.get("retry-after") ?? 1) * 1000);
        continue;
      }
      const text = await answer.text();
      if (!answer.ok) throw new Error(`${method} ${new URL(url).pathname}: ${answer.status} ${text.slice(0, 300)}`);
      return JSON.parse(text) as T;
    }
  }
}

/** Salesforce, after a log-in. */
export async function logIn(env: Readonly<Record<string, string>>): Promise<Remote> {
  const base = env.SALESFORCE_LOGIN_URL ?? "";
  const form = new URLSearchParams({
    grant_type: "client_credentials",
    client_id: env.SALESFORCE_CLIENT_ID ?? "",
    client_secret: env.SALESFORCE_CLIENT_SECRET ?? "",
  });
  const answer = await edges().fetch(`${base}/services/oauth2/token`, { method: "POST", body: form });
  const { access_token } = (await answer.json()) as { access_token: string };
  return new Remote(base, `Bearer ${access_token}`);
}

/** Zendesk, with an API token: nothing is asked before the first question. */
export function zendesk(env: Readonly<Record<string, string>>, instance: "global" | "us-government"): Remote {
  const prefix = instance === "global" ? "GLOBAL" : "USGOV";
  const token = env[`BENCH_${prefix}_API_TOKEN`] ?? "";
  return new Remote(env[`ZENDESK_${prefix}_URL`] ?? "", `Basic ${btoa(token)}`);
}

interface QueryPage {
  records: Json[];
  nextRecordsUrl?: string;
}

/** Every record of a query with every child of the named lists, page after page. */
export async function query(salesforce: Remote, soql: string, children: readonly string[] = []): Promise<Json[]> {
  const path = `/services/data/v66.0/query?q=${encodeURIComponent(soql.replace(/\s+/g, " ").trim())}`;
  const records = await allOf(salesforce, await salesforce.ask<QueryPage>(path));
  for (const record of records)
    for (const name of children) record[name] = record[name] ? await allOf(salesforce, record[name] as QueryPage) : [];
  return records;
}

async function allOf(salesforce: Remote, first: QueryPage): Promise<Json[]> {
  const records = [...first.records];
  for (let next = first.nextRecordsUrl; next !== undefined; ) {
    const page = await salesforce.ask<QueryPage>(next);
    records.push(...page.records);
    next = page.nextRecordsUrl;
  }
  return records;
}

/** Every record of a list of Zendesk, by cursor. */
export async function list<T>(remote: Remote, name: "organizations" | "users"): Promise<T[]> {
  const records: T[] = [];
  for (let next: string | null = `/api/v2/${name}.json?page[size]=100`; next !== null; ) {
    const page: Json = await remote.ask(next);
    records.push(...(page[name] as T[]));
    const { meta, links } = page as { meta: { has_more: boolean }; links: { next: string | null } };
    next = meta.has_more ? links.next : null;
  }
  return records;
}
