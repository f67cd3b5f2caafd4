import type { Fault, LoggedRequest } from "../types.ts";

/** What a fault is matched on. `path` is path and query, percent-decoded. */
export interface FaultTarget {
  service: LoggedRequest["service"];
  method: string;
  path: string;
}

/** The faults that are waiting to be played. */
export class Faults {
  #armed: ArmedFault[] = [];

  add(fault: Fault): void {
    this.#armed.push({ fault, path: new RegExp(fault.path ?? ""), matched: 0, played: 0 });
  }

  clear(): void {
    this.#armed = [];
  }

  /**
   * The fault to play on this request, if any, counted as played. Every fault that matches counts the request for its
   * own `after`; the first added one whose turn it is gets played.
   */
  take(request: FaultTarget): Fault | undefined {
    const matching = this.#armed.filter((armed) => matches(armed, request));
    for (const armed of matching) armed.matched += 1;
    const due = matching.find(
      (armed) => armed.matched > (armed.fault.after ?? 0) && armed.played < (armed.fault.times ?? 1),
    );
    if (!due) return undefined;
    due.played += 1;
    return due.fault;
  }
}

interface ArmedFault {
  fault: Fault;
  path: RegExp;
  matched: number;
  played: number;
}

function matches({ fault, path }: ArmedFault, request: FaultTarget): boolean {
  if (fault.service !== undefined && fault.service !== request.service) return false;
  if (fault.method !== undefined && fault.method.toUpperCase() !== request.method) return false;
  return path.test(request.path);
}

/** Kinds that only the service itself can play, because they concern its records. */
const playedByService: ReadonlySet<Fault["kind"]> = new Set([
  "failed-rows",
  "job-failed",
  "job-killed",
  "empty",
  "early-end",
  "drop-record",
  "duplicate-record",
]);

const handedOver = new WeakMap<Request, Fault>();

/** Hands a fault that only the service can play to it, on the very Request object that the app will see. */
export function handOver(request: Request, fault: Fault): void {
  if (playedByService.has(fault.kind)) handedOver.set(request, fault);
}

/** The fault the service itself has to play on this request, if any. In a Hono handler: `faultFor(c.req.raw)`. */
export function faultFor(request: Request): Fault | undefined {
  return handedOver.get(request);
}
