import { createSign, generateKeyPairSync } from "node:crypto";
import { createSalesforce, type Salesforce, type SalesforceOptions } from "../salesforce/salesforce.ts";
import { buildWorld } from "../seed/build-world.ts";
import { SALESFORCE_COLUMNS } from "../seed/salesforce-columns.ts";
import { handOver } from "../server/faults.ts";
import type { Fault, SalesforceRecord, World } from "../types.ts";

export const today = "2026-11-23";
export const baseUrl = "http://salesforce.test";
export const jwtBearer = "urn:ietf:params:oauth:grant-type:jwt-bearer";

const keys = generateKeyPairSync("rsa", { modulusLength: 2048 });

export const credentials = {
  clientId: "sandbox-client",
  clientSecret: "sandbox-secret",
  username: "integration@example.com",
  publicKey: keys.publicKey.export({ type: "spki", format: "pem" }).toString(),
};

/** The account query of the stages (A1). */
export function accountQuery(endDate: string): string {
  return `
    SELECT
      Account_ID_18__c, Name, CARR_This_Account__c, Type, Ultimate_Parent_Sales_Segment_Employees__c,
      Account_Owner_Calc__c, Technical_Account_Manager_Name__c, Restricted_Account__c,
      Solutions_Architect_Lookup__r.Name, Account_Demographics_Geo__c, Account_Demographics_Region__c,
      Latest_Sold_To_Contact__r.Email, Latest_Sold_To_Contact__r.Name, Partner_Track__c, Partners_Partner_Type__c,
      Support_Hold__c, Account_Risk_Level__c, Support_Instance__c,
      (
        SELECT Id, Name, Subscription_ID_18__c, Zuora__Status__c, Zuora__SubscriptionStartDate__c,
          Zuora__SubscriptionEndDate__c, Sold_To_Email__c
        FROM Zuora__Subscriptions__r
        WHERE Zuora__Status__c != 'Cancelled' AND Zuora__SubscriptionEndDate__c >= ${endDate}
      ),
      (
        SELECT Id, Name, Zuora__SubscriptionRatePlanChargeName__c, Zuora__Subscription__c,
          Zuora__EffectiveStartDate__c, Zuora__EffectiveEndDate__c, Zuora__Quantity__c
        FROM Zuora__R00N40000001lGjTEAU__r
        WHERE Subscription_Status__c != 'Cancelled' AND Zuora__EffectiveEndDate__c >= ${endDate}
      )
    FROM Account
    WHERE Type IN ('Customer', 'Former Customer')`;
}

/** A world of 150 accounts, every oddity among them. */
export function smallWorld(): World["salesforce"] {
  const now = new Date(`${today}T12:00:00Z`);
  return buildWorld({ accounts: 150, seed: 1, today, now }).salesforce;
}

/** Tables with only the records given. */
export function tables(records: Partial<World["salesforce"]>): World["salesforce"] {
  const none = { Account: [], Contact: [], Zuora__Subscription__c: [], Zuora__SubscriptionProductCharge__c: [] };
  return { ...none, User: [], ...records };
}

/** Accounts, the first with so many subscriptions, and so on. */
export function accountsWith(...subscriptions: number[]): World["salesforce"] {
  const accounts = subscriptions.map((_, index) => ({
    Id: `001${String(index).padStart(12, "0")}AAA`,
    Name: `A${index}`,
  }));
  const children = accounts.flatMap(({ Id }, index) =>
    Array.from({ length: subscriptions[index] ?? 0 }, (_, child) => ({
      Id: `a0S${index}-${child}`,
      Name: `S${child}`,
      Zuora__Account__c: Id,
    })),
  );
  return tables({ Account: accounts, Zuora__Subscription__c: children });
}

/** A JWT bearer assertion; change what is to be wrong with it. */
export function assertion(claims: Record<string, unknown> = {}, privateKey = keys.privateKey): string {
  const exp = Math.floor(Date.parse(`${today}T12:00:00Z`) / 1000) + 120;
  const all = { iss: credentials.clientId, sub: credentials.username, aud: baseUrl, exp, ...claims };
  const unsigned = [{ alg: "RS256" }, all]
    .map((part) => Buffer.from(JSON.stringify(part)).toString("base64url"))
    .join(".");
  return `${unsigned}.${createSign("RSA-SHA256").update(unsigned).sign(privateKey).toString("base64url")}`;
}

/** What an answer may hold: a test reads what it asked for, and that it is there is part of what it tests. */
export interface QueryBody {
  totalSize: number;
  done: boolean;
  nextRecordsUrl?: string;
  records: SalesforceRecord[];
}

export interface Answer<Body> {
  status: number;
  headers: Headers;
  body: Body;
}

/** Talks to a Salesforce without a port, logged in; its clock stands still until it is set. */
export class Client {
  readonly salesforce: Salesforce;
  now = new Date(`${today}T12:00:00Z`);
  token = "";

  constructor(records: World["salesforce"], options: Partial<SalesforceOptions> = {}) {
    this.salesforce = createSalesforce({
      records,
      columns: SALESFORCE_COLUMNS,
      credentials,
      baseUrl: () => baseUrl,
      clock: { now: () => this.now },
      ...options,
    });
  }

  async logIn(): Promise<void> {
    const form = {
      grant_type: "client_credentials",
      client_id: credentials.clientId,
      client_secret: credentials.clientSecret,
    };
    this.token = (await this.requestToken(form)).body.access_token ?? "";
  }

  async requestToken(
    form: Record<string, string>,
    headers: Record<string, string> = {},
  ): Promise<Answer<Record<string, string>>> {
    return this.send("/services/oauth2/token", { method: "POST", body: new URLSearchParams(form), headers });
  }

  async get<Body = unknown>(
    path: string,
    options: { headers?: Record<string, string>; fault?: Fault } = {},
  ): Promise<Answer<Body>> {
    if (this.token === "") await this.logIn();
    const headers = { authorization: `Bearer ${this.token}`, ...options.headers };
    return this.send(path, { headers }, options.fault);
  }

  query(soql: string, options: { headers?: Record<string, string>; fault?: Fault } = {}): Promise<Answer<QueryBody>> {
    return this.get(`/services/data/v66.0/query?q=${encodeURIComponent(soql)}`, options);
  }

  /** One column of all the records a query finds. */
  async column(soql: string, name: string): Promise<unknown[]> {
    return (await this.query(soql)).body.records.map((record) => record[name]);
  }

  /** Every page of a query, at both levels; `pages` counts all of them. */
  async everything(soql: string): Promise<{ records: SalesforceRecord[]; totalSize: number; pages: number }> {
    const records: SalesforceRecord[] = [];
    let pages = 0;
    const rest = async (page: QueryBody, into: SalesforceRecord[]): Promise<void> => {
      pages += 1;
      into.push(...page.records);
      if (page.nextRecordsUrl) await rest((await this.get<QueryBody>(page.nextRecordsUrl)).body, into);
    };
    const { body } = await this.query(soql);
    await rest(body, records);
    for (const record of records) {
      for (const list of Object.values(record).filter(isCutList)) {
        const { nextRecordsUrl } = list;
        await rest((await this.get<QueryBody>(nextRecordsUrl)).body, list.records);
      }
    }
    return { records, totalSize: body.totalSize, pages };
  }

  async send<Body>(path: string, init: RequestInit, fault?: Fault): Promise<Answer<Body>> {
    const request = new Request(baseUrl + path, init);
    if (fault) handOver(request, fault);
    const response = await this.salesforce.fetch(request);
    const text = await response.text();
    const json = response.headers.get("content-type")?.includes("json");
    return { status: response.status, headers: response.headers, body: json ? JSON.parse(text) : text };
  }
}

function isCutList(value: unknown): value is QueryBody & { nextRecordsUrl: string } {
  return typeof value === "object" && value !== null && "nextRecordsUrl" in value;
}
