import type { VirtualClock } from "../simulate/kernel/clock.ts";
import type { ProgramMeter } from "./program-meter.ts";
import { LIMITS } from "./situations.ts";

/** One exchange with a remote, at a moment (milliseconds since 1970). */
export type Ask = (service: string, request: Request, now: number) => Promise<Response>;

/** A way to the remotes. */
export interface TimedNetwork {
  fetch(input: Request | URL | string, init?: RequestInit): Promise<Response>;
  /** Milliseconds up to now in which no request was under way: of pauses, and of work that nothing else hides behind. */
  quietMs(): number;
}

/** Requests that take their declared time there and back; what the remotes work meanwhile takes none. */
export function timedNetwork(
  ask: Ask,
  { clock, meter }: { clock: VirtualClock; meter: Pick<ProgramMeter, "pause" | "resume"> },
): TimedNetwork {
  let underWay = 0;
  let quietMs = 0;
  let quietSince = clock.now();
  const begin = () => {
    if (underWay++ === 0) quietMs += clock.now() - quietSince;
  };
  const end = () => {
    if (--underWay === 0) quietSince = clock.now();
  };
  const later = <T>(milliseconds: number, signal: AbortSignal, act: () => Promise<T>): Promise<T> =>
    new Promise((resolve, reject) => {
      const onAbort = () => {
        cancel();
        clock.touch();
        reject(signal.reason);
      };
      const cancel = clock.after(milliseconds, () => {
        signal.removeEventListener("abort", onAbort);
        act().then(resolve, reject);
      });
      if (signal.aborted) onAbort();
      else signal.addEventListener("abort", onAbort, { once: true });
    });
  const exchange = async (request: Request): Promise<Response> => {
    const url = new URL(request.url);
    const service = url.hostname.split(".")[0] ?? "";
    if (!url.hostname.endsWith(".sandbox.test")) throw new TypeError(`nobody is at ${url.hostname}`);
    const halfWay = latencyMs(service, url.pathname) / 2;
    return later(halfWay, request.signal, async () => {
      const now = clock.now();
      meter.pause();
      const answer = await clock.during(ask(service, request, now).finally(() => meter.resume()));
      return later(halfWay, request.signal, async () => answer);
    });
  };
  return {
    async fetch(input, init) {
      begin();
      try {
        return await exchange(input instanceof Request ? new Request(input, init) : new Request(String(input), init));
      } finally {
        end();
      }
    },
    quietMs: () => quietMs + (underWay === 0 ? clock.now() - quietSince : 0),
  };
}

/** How long a request takes to its remote and back, in milliseconds. */
export function latencyMs(service: string, path: string): number {
  if (service === "salesforce" && /\/query(All)?(\/|$)/.test(path)) return LIMITS.salesforcePageMs;
  return service === "salesforce" || service === "gitlab" || service === "slack"
    ? LIMITS.otherRequestMs
    : LIMITS.zendeskRequestMs;
}

/** The remotes of another process, on this port. */
export function askPort(port: number): Ask {
  return async (service, request, now) => {
    const { pathname, search } = new URL(request.url);
    const headers = new Headers(request.headers);
    headers.set("x-bench-service", service);
    headers.set("x-bench-now", String(now));
    const body = request.method === "GET" || request.method === "HEAD" ? null : await request.arrayBuffer();
    const { method } = request;
    const answer = await fetch(`http://127.0.0.1:${port}${pathname}${search}`, { method, headers, body });
    const bytes = await answer.arrayBuffer();
    const isEmpty = answer.status === 204 || answer.status === 304;
    return new Response(isEmpty ? null : bytes, { status: answer.status, headers: answer.headers });
  };
}
