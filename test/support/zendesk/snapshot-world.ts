import { Database } from "bun:sqlite";
import type { ListedUser } from "../../../lib/domain/listed-user.ts";
import type { Organization } from "../../../lib/domain/organization.ts";
import type { Reason } from "../../../lib/domain/reason.ts";
import { DEFAULT_USER_MARK_FIELD } from "../../../lib/domain/user.ts";
import { type Edges, type FileEdge, withEdges } from "../../../lib/edges/edges.ts";
import { MACHINE } from "../../../lib/edges/machine.ts";
import { readRows } from "../../../lib/remotes/zendesk/list.ts";
import type { Membership, Page, ZendeskReader } from "../../../lib/remotes/zendesk/ports.ts";
import { createZendeskReader, createZendeskReaders } from "../../../lib/remotes/zendesk/read.ts";
import { ORGANIZATION_FIELDS, USER_FIELDS } from "../../../sandbox/seed/organization-fields.ts";
import { SandboxClock } from "../../../sandbox/server/clock.ts";
import type { SeedOrganization, SeedUser, ZendeskBehaviour } from "../../../sandbox/types.ts";
import { createZendesk, type Zendesk } from "../../../sandbox/zendesk/zendesk.ts";

export const MINUTE = 60_000;
export const HOUR = 60 * MINUTE;
const BEGINNING = Date.UTC(2026, 10, 27, 6);
const PATH = "/data/zendesk_snapshot_usgov.sqlite";
const TOKEN = { email: "admin@sandbox.example", token: "api-token-of-test" };

/** What one reading came to. */
export interface Read {
  organizations: Organization[];
  users: ListedUser[];
  memberships: Membership[];
  /** Codes of what was told. */
  told: Reason["code"][];
  /** Paths that were asked for. */
  requests: string[];
}

/** How a world is begun. */
export interface SnapshotWorldOptions {
  organizations?: SeedOrganization[];
  users?: SeedUser[];
  behaviour?: Partial<ZendeskBehaviour>;
  /** Records to a page of a list and of an export, instead of Zendesk's 100 and 1,000: small worlds have many pages then. */
  pageRows?: number;
  exportRows?: number;
}

/** One Zendesk instance without a port, a data directory in memory, and a clock that only the test moves. */
export class SnapshotWorld {
  #now = BEGINNING;
  /** How far the clock of whoever reads is ahead of Zendesk's. */
  skew = 0;
  readonly zendesk: Zendesk;
  /** Paths below `/api/v2`, as they were asked for. */
  readonly requests: string[] = [];
  settings = "{}";
  /** Answers instead of Zendesk; undefined: Zendesk does. */
  answer: (path: string) => Response | undefined = () => undefined;
  #database: Database | null = null;
  #damaged = false;
  readonly #edges: Edges;

  constructor(private readonly options: SnapshotWorldOptions = {}) {
    this.zendesk = createZendesk({
      instance: "us-government",
      seed: { organizations: options.organizations ?? [], users: options.users ?? [] },
      organizationFields: ORGANIZATION_FIELDS["us-government"],
      userFields: USER_FIELDS,
      clock: new SandboxClock(1, () => new Date(this.#now)),
      credentials: { clientId: "client", clientSecret: "secret", email: TOKEN.email, apiToken: TOKEN.token },
      behaviour: { requestsPerMinute: 1_000_000, ...options.behaviour },
    });
    this.#edges = {
      ...MACHINE,
      fetch: (input, init) => this.#fetch(new Request(input as string, init)),
      clock: { ...MACHINE.clock, now: () => this.#now + this.skew },
      files: this.#files(),
    };
  }

  get now(): number {
    return this.#now;
  }

  pass(milliseconds: number): void {
    this.#now += milliseconds;
  }

  /** The file is gone. */
  lose(): void {
    this.#database?.close(true);
    this.#database = null;
    this.#damaged = false;
  }

  /** The file is no database any more. */
  damage(): void {
    if (this.#database) this.#damaged = true;
  }

  /** The file itself. */
  get database(): Database | null {
    return this.#database;
  }

  /** All lists, as a run reads them: from the snapshot where it is trusted. */
  read({ readOnly = false } = {}): Promise<Read> {
    const setting = { path: PATH, readOnly, settings: this.settings };
    const open = () => createZendeskReaders(this.#options(), new AbortController().signal, setting).listing;
    return this.#within(open);
  }

  /** All lists in full. */
  list(): Promise<Read> {
    return this.#within(() => createZendeskReader(this.#options()));
  }

  /** Everything that is there now: what a full listing gives. */
  everything(): Pick<Read, "organizations" | "users" | "memberships"> {
    const { organizations, users, memberships } = this.zendesk.state();
    return {
      organizations: readRows(organizations, "organizations", DEFAULT_USER_MARK_FIELD).records,
      users: readRows(users, "users", DEFAULT_USER_MARK_FIELD).records,
      memberships: readRows(memberships, "organization_memberships", DEFAULT_USER_MARK_FIELD).records,
    };
  }

  #options() {
    const timing = { sleep: async () => {} };
    const auth = { kind: "api-token" as const, ...TOKEN };
    return { instance: "us-government" as const, url: "https://usgov.zendesk.test", auth, timing };
  }

  #within(open: () => ZendeskReader): Promise<Read> {
    return withEdges(this.#edges, async () => {
      const before = this.requests.length;
      const reader = open();
      const told: Reason["code"][] = [];
      const all = async <T>(pages: AsyncIterable<Page<T>>): Promise<T[]> => {
        const records: T[] = [];
        for await (const page of pages) {
          records.push(...page.records);
          told.push(...(page.told ?? []).map(({ code }) => code));
        }
        return records;
      };
      const organizations = await all(reader.organizations());
      const [users, memberships] = await Promise.all([all(reader.users()), all(reader.memberships())]);
      return { organizations, users, memberships, told, requests: this.requests.slice(before) };
    });
  }

  async #fetch(request: Request): Promise<Response> {
    const { pageRows, exportRows } = this.options;
    const url = new URL(request.url);
    this.requests.push(url.pathname.replace("/api/v2", "") + url.search);
    const isField = url.pathname.includes("_fields");
    if (pageRows && !isField && url.searchParams.has("page[size]"))
      url.searchParams.set("page[size]", String(pageRows));
    if (exportRows && url.searchParams.has("per_page")) url.searchParams.set("per_page", String(exportRows));
    return this.answer(url.pathname + url.search) ?? this.zendesk.fetch(new Request(url.href, request));
  }

  /** One file, kept in memory. */
  #files(): FileEdge {
    const open = () => {
      if (this.#damaged) throw Object.assign(new Error("file is not a database"), { code: "SQLITE_NOTADB" });
      this.#database ??= new Database(":memory:", { strict: true });
      const real = this.#database;
      return new Proxy(real, {
        get: (target, name) => {
          if (name === "close") return () => {};
          const value: unknown = Reflect.get(target, name, target);
          return typeof value === "function" ? value.bind(target) : value;
        },
      });
    };
    return {
      ...MACHINE.files,
      existsSync: () => this.#database !== null,
      lstatSync: (() => undefined) as never,
      mkdirSync: (() => undefined) as never,
      chmodSync: () => {},
      rm: async () => this.lose(),
      openDatabase: open,
    };
  }
}
