import { furtherFields } from "../../bin/start-sandbox.ts";
import { threeYearsOut } from "../../sandbox/seed/days.ts";
import { exchange } from "../../sandbox/server/serve.ts";
import { createSandbox, type RunningSandbox, type ServiceName } from "../../sandbox/services.ts";
import type { InstanceName, World } from "../../sandbox/types.ts";
import { beforeNormalHour, editsOf, emptyZendesk, settledWorld } from "./bench-world.ts";
import { countRequests, type RemoteFigures } from "./remote-figures.ts";
import { FIRST_HOUR, LIMITS } from "./situations.ts";

/* The remotes of a case, as a process of their own: what the sandbox works and holds is not the program's. */

/** What the remotes begin with. */
export interface RemotesOptions {
  accounts: number;
  /** `empty`: nothing was synced yet. */
  zendesk: "empty" | "settled";
  /** Whether users can be created in bulk, which is off on most accounts. */
  bulkUsers: boolean;
}

/** How many records there are, before a run. */
export interface WorldCounts {
  /** Rows that the queries answer (A1, P1; U3). */
  salesforceRows: number;
  contactRows: number;
  organizations: Record<InstanceName, number>;
  users: Record<InstanceName, number>;
}

/** Nobody is there: only the network of `program-run.ts` knows them. */
const URLS: Record<ServiceName, string> = {
  salesforce: "https://salesforce.sandbox.test",
  global: "https://global.sandbox.test",
  "us-government": "https://us-government.sandbox.test",
  gitlab: "https://gitlab.sandbox.test",
  slack: "https://slack.sandbox.test",
};

/** Remotes without a port, on a clock that whoever asks moves. */
export class Remotes {
  #now = FIRST_HOUR;
  readonly #services;
  readonly #controls: Omit<RunningSandbox, "stop">;
  #jobsInFlight: Record<string, number> = {};
  #journalled = 0;

  constructor(options: RemotesOptions) {
    const settled = settledWorld(options.accounts);
    const world = options.zendesk === "empty" ? emptyZendesk(settled) : beforeNormalHour(settled);
    const { zendeskJobRowMs, zendeskJobsInFlight, zendeskRequestsPerMinute, salesforcePageRows } = LIMITS;
    const behaviour = {
      requestsPerMinute: zendeskRequestsPerMinute,
      inflightJobs: zendeskJobsInFlight,
      jobSeconds: { fixed: 0, perRow: zendeskJobRowMs / 1000 },
      bulkUserImport: options.bulkUsers,
    };
    this.#services = createSandbox(
      {
        world,
        timeFactor: 1,
        salesforceBatch: salesforcePageRows,
        organizationFields: { global: furtherFields("global"), "us-government": furtherFields("us-government") },
        zendesk: { global: behaviour, "us-government": behaviour },
        now: () => new Date(this.#now),
      },
      URLS,
    );
    this.#controls = this.#services.controls();
  }

  /** What a program needs to know of them. */
  get settings(): { env: Record<string, string>; config: string } {
    const { env, apiTokens, world } = this.#controls;
    const basic = ({ email, token }: { email: string; token: string }) => `${email}/token:${token}`;
    // For the original's schedule; the command knows nothing of these names.
    const tokens = {
      BENCH_GLOBAL_API_TOKEN: basic(apiTokens.global),
      BENCH_USGOV_API_TOKEN: basic(apiTokens["us-government"]),
    };
    return { env: { ...env, ...tokens }, config: world.config };
  }

  /** One request to a service, at a moment (milliseconds since 1970). */
  async answer(service: string, request: Request, now: number): Promise<Response> {
    this.#now = Math.max(this.#now, now);
    const app = this.#services.apps[service as ServiceName];
    const exchanged = await exchange(app, request);
    if (exchanged === "dropped") throw new Error("the sandbox dropped a request that nobody asked it to");
    const [, total, remaining] =
      /total=(\d+); remaining=(\d+)/.exec(exchanged.response.headers.get("zendesk-ratelimit-inflight-jobs") ?? "") ??
      [];
    if (total !== undefined) {
      // The header is of before the job that was handed in.
      const running = Number(total) - Number(remaining) + (exchanged.response.ok ? 1 : 0);
      this.#jobsInFlight[app.service] = Math.max(this.#jobsInFlight[app.service] ?? 0, running);
    }
    return exchanged.response;
  }

  /** Changes Salesforce before an hour. */
  change(situation: "normal" | "everything"): void {
    const now = new Date(this.#now);
    const stamp = now.toISOString().replace("Z", "+0000");
    for (const [id, edit] of editsOf(situation, { ...this.#controls.world, ...this.#standing() }))
      this.#controls.editSalesforce("Account", id, { ...edit, SystemModstamp: stamp });
  }

  counts(): WorldCounts {
    const { salesforce, zendesk } = this.#controls.standing();
    const of = (list: "organizations" | "users") => ({
      global: zendesk.global[list].length,
      "us-government": zendesk["us-government"][list].length,
    });
    return { ...rowsOf(salesforce), organizations: of("organizations"), users: of("users") };
  }

  /** What was seen since this was asked last, and what has changed. */
  figures(endedAt: number): RemoteFigures {
    // Jobs that nobody waited for run to their end.
    this.#now = Math.max(this.#now, endedAt + 600_000);
    this.#controls.standing();
    const figures = {
      ...countRequests(this.#controls.requests, endedAt),
      jobsInFlight: this.#jobsInFlight,
      ...this.#changes(),
    };
    this.#controls.clearRequests();
    this.#jobsInFlight = {};
    return figures;
  }

  #changes(): Pick<RemoteFigures, "changed" | "lastChangeAt"> {
    const changed: RemoteFigures["changed"] = {};
    const seen = new Set<string>();
    let lastChangeAt = 0;
    const { journal } = this.#controls;
    for (const { instance, kind, id, before, after } of journal.slice(this.#journalled)) {
      lastChangeAt = Math.max(lastChangeAt, Date.parse(after?.updated_at ?? "") || 0);
      const name = `${instance} ${kind} ${id}`;
      if (seen.has(name)) continue;
      seen.add(name);
      changed[instance] ??= { organizationsCreated: 0, organizationsUpdated: 0, usersCreated: 0, usersUpdated: 0 };
      changed[instance][`${kind}s${before ? "Updated" : "Created"}`]++;
    }
    this.#journalled = journal.length;
    return { changed, lastChangeAt };
  }

  #standing(): Pick<World, "salesforce"> {
    return this.#controls.standing();
  }
}

function rowsOf(salesforce: World["salesforce"]): Pick<WorldCounts, "salesforceRows" | "contactRows"> {
  const since = threeYearsOut(new Date(FIRST_HOUR).toISOString().slice(0, 10));
  const accounts = salesforce.Account.filter(({ Type }) => Type !== "Prospect");
  const subscriptions = salesforce.Zuora__Subscription__c.filter(
    (one) => one.Zuora__Status__c !== "Cancelled" && String(one.Zuora__SubscriptionEndDate__c) >= since,
  );
  const charges = salesforce.Zuora__SubscriptionProductCharge__c.filter(
    (one) => one.Subscription_Status__c !== "Cancelled" && String(one.Zuora__EffectiveEndDate__c) >= since,
  );
  const contacts = salesforce.Contact.filter(
    (one) => one.Inactive_Contact__c === false && String(one.Role__c).includes("Gitlab Admin"),
  );
  return { salesforceRows: accounts.length + subscriptions.length + charges.length, contactRows: contacts.length };
}

/** Serves them to the processes of one case: requests with the names of service and moment, and what the bench asks itself. */
function serve(remotes: Remotes): Bun.Server<undefined> {
  return Bun.serve({
    hostname: "127.0.0.1",
    port: 0,
    idleTimeout: 0,
    maxRequestBodySize: 1e9,
    async fetch(request) {
      const { pathname, search, searchParams } = new URL(request.url);
      const service = request.headers.get("x-bench-service");
      if (service !== null) {
        const headers = new Headers(request.headers);
        for (const name of ["x-bench-service", "x-bench-now", "host"]) headers.delete(name);
        const body = request.method === "GET" ? null : await request.arrayBuffer();
        const url = `${URLS[service as ServiceName]}${pathname}${search}`;
        const asked = new Request(url, { method: request.method, headers, body });
        return remotes.answer(service, asked, Number(request.headers.get("x-bench-now")));
      }
      if (pathname === "/settings") return Response.json(remotes.settings);
      if (pathname === "/counts") return Response.json(remotes.counts());
      if (pathname === "/figures") return Response.json(remotes.figures(Number(searchParams.get("ended"))));
      remotes.change(pathname.slice(1) as "normal" | "everything");
      return new Response();
    },
  });
}

if (import.meta.main) {
  const server = serve(new Remotes(JSON.parse(process.argv[2] ?? "{}") as RemotesOptions));
  console.log(server.port);
  // The bench has ended, however it did.
  for await (const _ of Bun.stdin.stream());
  await server.stop(true);
}
