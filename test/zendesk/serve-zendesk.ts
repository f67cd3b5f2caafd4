import type { ZendeskOptions } from "../../lib/remotes/zendesk/client.ts";
import { createZendeskReader } from "../../lib/remotes/zendesk/read.ts";
import { createZendeskWriter } from "../../lib/remotes/zendesk/write.ts";
import { ORGANIZATION_FIELDS, USER_FIELDS } from "../../sandbox/seed/organization-fields.ts";
import { SandboxClock } from "../../sandbox/server/clock.ts";
import { Faults } from "../../sandbox/server/faults.ts";
import { RequestLog } from "../../sandbox/server/request-log.ts";
import { serveApp } from "../../sandbox/server/serve.ts";
import type { Fault, InstanceName, SeedOrganization, SeedUser, ZendeskBehaviour } from "../../sandbox/types.ts";
import { createZendesk } from "../../sandbox/zendesk/zendesk.ts";

const credentials = {
  clientId: "client",
  clientSecret: "client-secret-of-test",
  email: "admin@sandbox.example",
  apiToken: "api-token-of-test",
};

/** One sandbox instance over real HTTP, with a reader and a writer on it that wait for nothing. */
export async function serveZendesk(
  seed: {
    organizations?: SeedOrganization[];
    users?: SeedUser[];
    instance?: InstanceName;
    behaviour?: Partial<ZendeskBehaviour>;
  } = {},
) {
  const instance = seed.instance ?? "global";
  const log = new RequestLog();
  const faults = new Faults();
  const zendesk = createZendesk({
    instance,
    seed: { organizations: seed.organizations ?? [], users: seed.users ?? [] },
    organizationFields: ORGANIZATION_FIELDS[instance],
    userFields: USER_FIELDS,
    clock: new SandboxClock(10_000),
    credentials,
    ...(seed.behaviour ? { behaviour: seed.behaviour } : {}),
  });
  const service = instance === "global" ? ("zendesk-global" as const) : ("zendesk-us-government" as const);
  const { url, stop } = await serveApp({ service, fetch: zendesk.fetch, log, faults });
  const warnings: string[] = [];
  const options: ZendeskOptions = {
    instance,
    url,
    auth: { kind: "oauth", clientId: credentials.clientId, clientSecret: credentials.clientSecret },
    timing: { pollMs: 1, sleep: () => Bun.sleep(1), timeoutMs: 2_000 },
    onWarning: (message) => warnings.push(message),
  };
  return {
    url,
    stop,
    zendesk,
    warnings,
    options,
    credentials,
    reader: createZendeskReader(options),
    writer: createZendeskWriter(options),
    fault: (fault: Fault) => faults.add(fault),
    /** Requests so far whose method and path match. */
    requests: (pattern: RegExp) => log.entries.filter((entry) => pattern.test(`${entry.method} ${entry.path}`)),
  };
}

let nextId = 19_442_893_000_000;

/** An organization as it stands in the instance. */
export function seedOrganization(
  name: string,
  fields: Record<string, unknown> = {},
  external_id: string | null = null,
): SeedOrganization {
  return {
    id: nextId++,
    name,
    external_id,
    created_at: "2026-01-02T00:00:00Z",
    updated_at: "2026-01-02T00:00:00Z",
    organization_fields: fields,
  };
}

/** A user as it stands in the instance. */
export function seedUser(email: string | null, rest: Partial<SeedUser> = {}): SeedUser {
  return {
    id: nextId++,
    name: "Sue Buyer",
    email,
    role: "end-user",
    suspended: false,
    organization_ids: [],
    secondary_emails: [],
    user_fields: {},
    created_at: "2026-01-02T00:00:00Z",
    updated_at: "2026-01-02T00:00:00Z",
    ...rest,
  };
}
