import { Hono } from "hono";
import type { RecordChange } from "../journal.ts";
import { type SandboxBytes, uuid } from "../server/chance.ts";
import type { SandboxClock } from "../server/clock.ts";
import type { FieldDefinition, InstanceName, SeedInstance, ZendeskBehaviour } from "../types.ts";
import { type Credentials, requireScope } from "./auth.ts";
import { invalidEndpoint, ZendeskError } from "./errors.ts";
import type { App, Environment, Exchange } from "./exchange.ts";
import { Instance } from "./instance.ts";
import { accountLimitReached, rateHeaders } from "./limits.ts";
import { fieldReads } from "./routes/fields.ts";
import { identityRoutes } from "./routes/identities.ts";
import { incrementalExports } from "./routes/incremental.ts";
import { jobReads } from "./routes/jobs.ts";
import { me } from "./routes/me.ts";
import { memberships } from "./routes/memberships.ts";
import { oauth, tokenRoutes } from "./routes/oauth.ts";
import { organizationReads, organizationWrites } from "./routes/organizations.ts";
import { organizationJobs } from "./routes/organizations-bulk.ts";
import { userReads, userWrites } from "./routes/users.ts";
import { userJobs } from "./routes/users-bulk.ts";
import type { Wire } from "./wire.ts";

export interface ZendeskOptions {
  instance: InstanceName;
  seed: SeedInstance;
  organizationFields: FieldDefinition[];
  userFields: FieldDefinition[];
  behaviour?: Partial<ZendeskBehaviour>;
  clock: SandboxClock;
  credentials: Credentials;
  /** Where tokens and ids come from; default: nobody can guess them. */
  bytes?: SandboxBytes;
  /** Told of every change of a record, of who made it, and of a row of a job what `onOrder` said when the job was ordered. */
  onChange?: (change: RecordChange, by: "client" | "person", ordered: number | null) => void;
  /** Asked whenever a job is ordered. */
  onOrder?: () => number;
}

/** One Zendesk instance. */
export interface Zendesk {
  /** Answers any request to it; give it to `serveApp`, or use it as a `fetch` without a port. */
  fetch(request: Request): Promise<Response>;
  /** All records in wire form, sorted by id, with every job row committed whose time has come. */
  state(): { organizations: Wire[]; users: Wire[]; memberships: Wire[] };
  /** A change as an agent makes it in the browser. `created_at` and `updated_at` may be set too. @throws ZendeskError */
  editOrganization(id: number, change: Record<string, unknown>): void;
  deleteOrganization(id: number): void;
  /** @returns the new record's id. @throws ZendeskError */
  addOrganization(attributes: Record<string, unknown>): number;
  /** As the API takes it. @returns the new record's id. @throws ZendeskError */
  addUser(attributes: Record<string, unknown>): number;
  editUser(id: number, change: Record<string, unknown>): void;
  deleteUser(id: number): void;
  /** Puts a user into one more organization. */
  addMembership(userId: number, organizationId: number): void;
  /** Changes how the instance behaves from now on. */
  behave(change: Partial<ZendeskBehaviour>): void;
  /** All records in the form of the start, with every job row committed whose time has come. */
  seed(): SeedInstance;
  /** Makes every access token expire now. */
  expireTokens(): void;
  /** Access tokens issued so far, for the list of secrets. */
  tokens(): string[];
  /** Scopes of the access tokens that are taken at this moment. */
  validTokens(): string[][];
}

/**
 * A Zendesk Support account in memory, behaving as the project's facts page on Zendesk says the real one does; comments
 * name the page's sections ("facts 3").
 */
export function createZendesk(options: ZendeskOptions): Zendesk {
  const instance = new Instance(options);
  const app = routed(instance, options.credentials.email);
  const origin = `https://${options.instance}.zendesk.test`;
  const byPerson = journalled(instance, options);
  return {
    fetch: async (request) => app.fetch(request),
    state() {
      instance.jobs.settle();
      return everything(instance, origin);
    },
    editOrganization: (id, { created_at, updated_at, ...change }) =>
      byPerson(() => {
        const organization = instance.organizations.update(id, change, instance.clock.now());
        const created = typeof created_at === "string" ? { created_at } : {};
        const updated = typeof updated_at === "string" ? { updated_at } : {};
        instance.store.putOrganization({ ...organization, ...created, ...updated });
      }),
    deleteOrganization: (id) => byPerson(() => void instance.organizations.delete(id, instance.clock.now())),
    addOrganization: (attributes) => byPerson(() => instance.organizations.create(attributes, instance.clock.now()).id),
    addUser: (attributes) => byPerson(() => instance.users.create(attributes, instance.clock.now()).id),
    editUser: (id, change) => byPerson(() => void instance.users.update(id, change, instance.clock.now())),
    deleteUser: (id) => byPerson(() => void instance.users.delete(id, instance.clock.now())),
    addMembership: (user_id, organization_id) =>
      byPerson(() => void instance.memberships.create({ user_id, organization_id }, instance.clock.now())),
    behave: (change) => void Object.assign(instance.behaviour, change),
    seed() {
      instance.jobs.settle();
      return instance.seed();
    },
    expireTokens: () => instance.authentication.expireTokens(),
    tokens: () => instance.authentication.issued,
    validTokens: () => instance.authentication.valid,
  };
}

/** Tells of every change of a record; answers how a person makes one. */
function journalled(
  instance: Instance,
  { onChange = () => {}, onOrder = () => 0 }: Pick<ZendeskOptions, "onChange" | "onOrder">,
): <T>(change: () => T) => T {
  const { store, jobs } = instance;
  let by: "client" | "person" = "client";
  let ordered: number | null = null;
  jobs.onOrder = () => {
    const at = onOrder();
    return (row) => {
      ordered = at;
      try {
        return row();
      } finally {
        ordered = null;
      }
    };
  };
  store.onOrganization = (before, after) => {
    const id = after?.id ?? before?.id ?? 0;
    if (!Bun.deepEquals(before, after)) onChange({ kind: "organization", id, before, after }, by, ordered);
  };
  store.aroundUserWrite = (id) => {
    const before = instance.seedUser(id);
    return () => {
      const after = instance.seedUser(id);
      if (!Bun.deepEquals(before, after)) onChange({ kind: "user", id, before, after }, by, ordered);
    };
  };
  return (change) => {
    jobs.settle();
    by = "person";
    try {
      return change();
    } finally {
      by = "client";
    }
  };
}

function everything(instance: Instance, origin: string): ReturnType<Zendesk["state"]> {
  const { store } = instance;
  return {
    organizations: store.organizationIds.all.map((id) =>
      instance.organizationWire(instance.organizations.get(id), origin),
    ),
    users: store.userIds.all.map((id) => instance.userWire(instance.users.get(id), origin)),
    memberships: store.membershipIds.all.map((id) => instance.membershipWire(instance.memberships.get(id), origin)),
  };
}

function routed(instance: Instance, email: string): App {
  // Every path may end in `.json` (facts 1).
  const app = new Hono<Environment>({ getPath: (request) => new URL(request.url).pathname.replace(/\.json$/, "") });
  app.notFound((c) => errorResponse(c, invalidEndpoint()));
  app.onError((error, c) => {
    if (error instanceof ZendeskError) return errorResponse(c, error);
    throw error;
  });
  oauth(app, instance);
  gate(app, instance);
  tokenRoutes(app, instance);
  me(app, instance, email);
  organizationReads(app, instance);
  organizationJobs(app, instance);
  organizationWrites(app, instance);
  fieldReads(app, instance);
  userReads(app, instance);
  userJobs(app, instance);
  userWrites(app, instance);
  identityRoutes(app, instance);
  memberships(app, instance);
  jobReads(app, instance);
  incrementalExports(app, instance);
  return app;
}

/** What stands before every call of the API: due job rows, the account's limit, credentials, scope. */
function gate(app: App, instance: Instance): void {
  app.use("/api/*", async (c, next) => {
    instance.jobs.settle();
    const standing = instance.accountLimit.take();
    c.set("standing", standing);
    await next();
    // Hono makes a new response for every header that comes this late.
    const { headers } = c.res;
    for (const [name, value] of Object.entries({ ...commonHeaders(c, instance), ...rateHeaders(standing) }))
      headers.set(name, value);
  });
  app.use("/api/*", async (c, next) => {
    if (!c.get("standing").allowed) throw accountLimitReached(c.get("standing"));
    const caller = instance.authentication.caller(c.req.header("authorization"));
    c.set("caller", caller);
    const anonymousAllowed = c.req.path === "/api/v2/users/me" && caller === "nobody";
    if (!anonymousAllowed) requireScope(caller, c.req.method, c.req.path.split("/")[3] ?? "");
    await next();
  });
}

function commonHeaders(c: Exchange, { bytes, clock }: Instance): Record<string, string> {
  const { status, headers } = c.res;
  const cacheControl =
    status >= 400 || status === 204
      ? "no-cache"
      : (headers.get("cache-control") ?? "max-age=0, private, must-revalidate");
  return {
    date: clock.now().toUTCString(),
    "cache-control": cacheControl,
    "x-request-id": uuid(bytes),
    "x-zendesk-api-version": "v2",
    ...(headers.get("content-type") === "application/json"
      ? { "content-type": "application/json; charset=utf-8" }
      : {}),
  };
}

function errorResponse(c: Exchange, error: ZendeskError): Response {
  const text = typeof error.body === "string";
  const headers = new Headers(error.headers);
  headers.set("content-type", text ? "text/plain; charset=utf-8" : "application/json; charset=utf-8");
  const body = text ? String(error.body) : JSON.stringify(error.body);
  return c.body(body, error.status, Object.fromEntries(headers));
}
