import { SandboxClock } from "../server/clock.ts";
import type { FieldDefinition, SeedOrganization, SeedUser, ZendeskBehaviour } from "../types.ts";
import type { Wire } from "../zendesk/wire.ts";
import { createZendesk, type Zendesk } from "../zendesk/zendesk.ts";

export const credentials = {
  clientId: "sandbox-client",
  clientSecret: "sandbox-secret",
  email: "admin@example.com",
  apiToken: "sandbox-token",
};

export const apiTokenHeader = `Basic ${btoa(`${credentials.email}/token:${credentials.apiToken}`)}`;

/** Field definitions with one of each type. */
export const fieldsOfEachType: FieldDefinition[] = [
  { key: "salesforce_id", type: "text", title: "Salesforce id" },
  { key: "vip", type: "checkbox", title: "VIP", tag: "vip" },
  { key: "level", type: "dropdown", title: "Level", options: ["gold", "silver"] },
  { key: "arr", type: "decimal", title: "ARR" },
  { key: "seats", type: "integer", title: "Seats" },
  { key: "moved_on", type: "date", title: "Moved on" },
];

/**
 * What an answer may hold. A test reads the keys it has asked for; that they are there is part of what it tests. The
 * text of what is no JSON stands under `text`.
 */
export interface Body {
  organization: Wire;
  organizations: Wire[];
  user: Wire;
  users: Wire[];
  organization_membership: Wire;
  organization_memberships: Wire[];
  organization_fields: Wire[];
  identity: Wire;
  identities: Wire[];
  job_status: JobBody;
  job_statuses: JobBody[];
  meta: { has_more: boolean; after_cursor: string | null; before_cursor: string | null };
  links: { prev: string | null; next: string | null };
  next_page: string | null;
  previous_page: string | null;
  count: unknown;
  error: unknown;
  current_job_ids: string[];
  access_token: string;
  text: string;
}

export interface JobBody {
  id: string;
  status: string;
  progress: number | null;
  message: string | null;
  results: Array<Wire & { id: number }> | null;
}

export interface Answer {
  status: number;
  headers: Headers;
  body: Body;
}

/** An instance under test, with a clock that only the test moves. */
export interface TestInstance {
  zendesk: Zendesk;
  call(method: string, path: string, body?: unknown, authorization?: string): Promise<Answer>;
  /** Moves the clock by so many seconds of Zendesk's time. */
  wait(sandboxSeconds: number): void;
}

export interface TestOptions {
  organizations?: SeedOrganization[];
  users?: SeedUser[];
  fields?: FieldDefinition[];
  behaviour?: Partial<ZendeskBehaviour>;
  factor?: number;
}

export function testInstance(options: TestOptions = {}): TestInstance {
  let milliseconds = Date.parse("2026-11-23T10:00:00Z");
  const clock = new SandboxClock(options.factor ?? 1, () => new Date(milliseconds));
  const zendesk = createZendesk({
    instance: "global",
    seed: { organizations: options.organizations ?? [], users: options.users ?? [] },
    organizationFields: options.fields ?? [],
    userFields: options.fields ?? [],
    behaviour: options.behaviour ?? {},
    clock,
    credentials,
  });
  const call: TestInstance["call"] = async (method, path, body, authorization = apiTokenHeader) => {
    const headers = { authorization, "content-type": "application/json" };
    const init = body === undefined ? { method, headers } : { method, headers, body: JSON.stringify(body) };
    const response = await zendesk.fetch(new Request(`https://example.zendesk.com${path}`, init));
    return { status: response.status, headers: response.headers, body: parsed(await response.text()) };
  };
  return {
    zendesk,
    call,
    wait(sandboxSeconds) {
      milliseconds += clock.realMs(sandboxSeconds);
    },
  };
}

function parsed(text: string): Body {
  try {
    return JSON.parse(text === "" ? "null" : text) as Body;
  } catch {
    return { text } as Body;
  }
}

export function seedOrganization(id: number, name: string, more: Partial<SeedOrganization> = {}): SeedOrganization {
  const at = "2026-01-02T00:00:00Z";
  return { id, name, external_id: null, created_at: at, updated_at: at, organization_fields: {}, ...more };
}

export function seedUser(id: number, email: string | null, more: Partial<SeedUser> = {}): SeedUser {
  const at = "2026-01-02T00:00:00Z";
  const blank = { role: "end-user" as const, suspended: false, organization_ids: [], secondary_emails: [] };
  return { id, name: `User ${id}`, email, user_fields: {}, created_at: at, updated_at: at, ...blank, ...more };
}

/** The results of a bulk call, after its job has had time to run. */
export async function jobResults(instance: TestInstance, submitted: Answer): Promise<Wire[]> {
  instance.wait(60);
  const { body } = await instance.call("GET", `/api/v2/job_statuses/${submitted.body.job_status.id}`);
  return body.job_status.results ?? [];
}
