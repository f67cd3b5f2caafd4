import type { RequestLog } from "../../../sandbox/server/request-log.ts";
import { exchange } from "../../../sandbox/server/serve.ts";
import type { SandboxServices, ServiceName } from "../../../sandbox/services.ts";
import type { Fault, LoggedRequest } from "../../../sandbox/types.ts";
import type { Chance } from "./chance.ts";
import type { VirtualClock } from "./clock.ts";
import { cutBody, failedToConnect, lostConnection, pageOfHtml, stalledBody } from "./damaged-answers.ts";
import type { Life } from "./life.ts";
import type { Trace } from "./trace.ts";

/** What may happen to one request. Sandbox faults are what remotes do; the others are the network's. */
export type NetworkFault =
  | Omit<Fault, "service" | "method" | "path" | "times" | "after">
  /** Never arrives: the connection is refused before the remote saw anything. */
  | { kind: "lost-before" }
  /** The answer takes so much longer. */
  | { kind: "slow"; milliseconds: number }
  /** Status 200 and a page of HTML where data should be; nothing was done. */
  | { kind: "wrong-content" };

/** A fault on the request that has this number (from 1) under the plan, whoever sends it. */
export type PlannedFault = NetworkFault & { request: number };

export interface NetworkPlan {
  /** Milliseconds that a request takes to its remote and back, drawn for each; default 5 to 150. */
  latency?: { from: number; to: number };
  /** Faults on certain requests. */
  faults?: readonly PlannedFault[];
  /** The part of the other requests (0 to 1) that a fault is drawn for, from `kinds`. */
  faultRate?: number;
  kinds?: readonly NetworkFault["kind"][];
  /** Which requests `faultRate` is about; default: all. */
  hits?: (request: Pick<LoggedRequest, "service" | "method" | "path">) => boolean;
}

/** An hour: longer than any program waits for an answer. */
const LONGEST_SLOWNESS_MS = 3_600_000;
const USUAL_LATENCY = { from: 5, to: 150 };

/** What a plan draws from; one for each plan, so that no plan changes what happens under the next. */
type PlanChance = (plan: number) => Chance;

/** The way from programs to the sandbox, without sockets: it takes its time, and things happen on it. */
export class Network {
  readonly played: PlannedFault[] = [];
  #plan: NetworkPlan = {};
  #plans = 0;
  #requests = 0;
  #chance: Chance;

  constructor(
    private readonly services: SandboxServices["apps"],
    private readonly clock: VirtualClock,
    private readonly trace: Trace,
    private readonly chances: PlanChance,
  ) {
    this.#chance = chances(0);
  }

  /** What happens from now on. */
  set(plan: NetworkPlan): void {
    this.#plan = plan;
    this.#plans++;
    this.#requests = 0;
    this.#chance = this.chances(this.#plans);
  }

  /** `fetch` for one run. */
  fetchOf(life: Life): (input: Request | URL | string, init?: RequestInit) => Promise<Response> {
    return (input, init) =>
      life.answer(
        this.#fetch(life, input instanceof Request ? new Request(input, init) : new Request(String(input), init)),
      );
  }

  async #fetch(life: Life, request: Request): Promise<Response> {
    request.signal.throwIfAborted();
    const sentAt = this.clock.now();
    const mine = life.counted("requests");
    const number = ++this.#requests;
    const url = new URL(request.url);
    const name = url.hostname.split(".")[0] as ServiceName;
    const app = url.hostname.endsWith(".sandbox.test") ? this.services[name] : undefined;
    const label = `${life.name} #${mine} ${request.method} ${name}${url.pathname}${url.search}`;
    if (life.end !== null) return new Promise(() => {});
    const way = this.#way(number, { service: app?.service, method: request.method, path: url.pathname + url.search });
    this.trace.note(`${label} →${way.fault ? ` (${way.fault.kind})` : ""}`);
    if (!app) return this.#later(way.there, request.signal, () => Promise.reject(failedToConnect("ENOTFOUND")));
    if (way.fault?.kind === "lost-before")
      return this.#later(way.there, request.signal, () => Promise.reject(failedToConnect("ECONNREFUSED")));
    return this.#later(way.there, request.signal, async () => {
      // What was on its way when its sender died may arrive all the same.
      if (life.end !== null && !way.arrivesAfterDeath) return new Promise(() => {});
      const log = loggedWith(app.log, { sentAt, answeredAt: () => this.clock.now() + way.back });
      const answered = await this.#answered({ ...app, log }, request, way.fault, life);
      life.committed(mine);
      return this.#later(way.back, request.signal, async () => {
        if (answered instanceof Response) this.trace.note(`${label} ← ${answered.status}`);
        else this.trace.note(`${label} ← ${answered.code}`);
        if (answered instanceof Response) return answered;
        throw answered;
      });
    });
  }

  /** What happens to the request of this number, and how long it takes. Draws the same number of times for every request. */
  #way(number: number, request: { service: LoggedRequest["service"] | undefined; method: string; path: string }) {
    const { latency = USUAL_LATENCY, faults = [], faultRate = 0, kinds = [], hits } = this.#plan;
    const [there, back, happens, which, size, dies] = [0, 0, 0, 0, 0, 0].map(() => this.#chance.random()) as [
      number,
      number,
      number,
      number,
      number,
      number,
    ];
    const half = (drawn: number) => Math.round((latency.from + drawn * (latency.to - latency.from)) / 2);
    let fault: NetworkFault | undefined = faults.find((one) => one.request === number);
    const { service } = request;
    if (!fault && service && happens < faultRate && (hits?.({ ...request, service }) ?? true))
      fault = drawnFault(kinds[Math.floor(which * kinds.length)], size);
    if (fault) this.played.push({ ...fault, request: number });
    const slow =
      fault?.kind === "slow" && "milliseconds" in fault ? Math.min(fault.milliseconds, LONGEST_SLOWNESS_MS) : 0;
    return { there: half(there), back: half(back) + slow, fault, arrivesAfterDeath: dies < 0.5 };
  }

  /** The remote's answer as the network delivers it. */
  async #answered(
    app: SandboxServices["apps"][ServiceName],
    request: Request,
    fault: NetworkFault | undefined,
    life: Life,
  ): Promise<Response | (Error & { code: string })> {
    if (fault?.kind === "wrong-content") return pageOfHtml();
    const remotes = fault && fault.kind !== "slow" && fault.kind !== "lost-before" ? (fault as Fault) : undefined;
    const asked = remotes ? { ...app, onRequest: undefined, faults: { take: () => remotes } } : app;
    const exchanged = await this.clock.during(exchange(asked as typeof app, request));
    if (exchanged === "dropped" || exchanged.fault?.kind === "lost-answer") return lostConnection();
    const { response } = exchanged;
    switch (exchanged.fault?.kind) {
      case "reset":
      case "truncate":
        return cutBody(response, exchanged.fault.kind);
      case "stall":
        return stalledBody(response, request.signal, this.clock.hold(life));
      default:
        return response;
    }
  }

  /** Does something so much later; what waits for it hears at once of an abort. */
  #later<T>(milliseconds: number, signal: AbortSignal, act: () => Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      const onAbort = () => {
        this.clock.touch();
        reject(signal.reason);
      };
      if (signal.aborted) return onAbort();
      signal.addEventListener("abort", onAbort, { once: true });
      this.clock.after(milliseconds, () => {
        act()
          .then(resolve, reject)
          .finally(() => signal.removeEventListener("abort", onAbort));
      });
    });
  }
}

/** A log that is told when the request was sent, and when its sender knows the answer. */
function loggedWith(log: RequestLog, { sentAt, answeredAt }: { sentAt: number; answeredAt(): number }): RequestLog {
  return { ...log, add: (entry) => log.add({ ...entry, sentAt, answeredAt: answeredAt() }), clear: () => log.clear() };
}

/** A fault of this kind; `size` from 0 to 1 decides what its kind leaves open. */
function drawnFault(kind: NetworkFault["kind"] | undefined, size: number): NetworkFault | undefined {
  switch (kind) {
    case undefined:
      return undefined;
    case "slow":
      return { kind, milliseconds: Math.round(1000 * 400 ** size) };
    case "429":
    case "429-date":
      return { kind, retryAfter: 1 + Math.floor(size * 60) };
    case "503-html":
      return size < 0.5 ? { kind } : { kind, retryAfter: 1 + Math.floor(size * 20) };
    case "failed-rows":
      return { kind, rows: [Math.floor(size * 5)] };
    default:
      return { kind } as NetworkFault;
  }
}
