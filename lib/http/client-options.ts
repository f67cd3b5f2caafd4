import type { Waits } from "./waits.ts";

/** What a client asks the machine; injected so that tests need no waiting. */
export interface HttpTiming {
  /** For one attempt, its body included. */
  timeoutMs?: number;
  sleep?: (milliseconds: number, signal?: AbortSignal) => Promise<unknown>;
  now?: () => number;
  random?: () => number;
  /** Bytes of the largest answer that is read, once decompressed. */
  largestAnswer?: number;
}

/** How a client talks to one service. */
export interface HttpClientOptions extends HttpTiming {
  /** How messages name the service, e.g. `Zendesk global (example.zendesk.com)`. */
  service: string;
  /** Headers of every request; asked for before each attempt, so that a token may be renewed in between. `signal`: the request's. */
  headers(signal?: AbortSignal): Promise<Record<string, string>>;
  /** Called once for a request that was answered 401, with the headers it went with; true: there are new ones, try again. */
  renew?(used: Record<string, string>, signal?: AbortSignal): Promise<boolean>;
  /** The stable code of an error body, for messages; never its texts. */
  errorCode?(body: unknown): string | null;
  /** Called with the headers of every answer. */
  onHeaders?(headers: Headers): void;
  /** Ends all requests and waits at once, writes too. */
  signal?: AbortSignal;
  /** Told what is waited for. */
  waits?: Waits;
  /** How long to go on with one request: attempts that failed for a passing reason, and milliseconds of waiting. For whoever has a person waiting. */
  patience?: { attempts: number; waitMs: number };
}

/** One request. */
export interface HttpRequest {
  method: "GET" | "POST" | "PUT" | "DELETE";
  /** Absolute. */
  url: string;
  body?: unknown;
  /**
   * What doing it twice would do: nothing at all (the default of GET), the same as once ("sets"), or something more ("adds", the
   * default of the others). One that adds is not sent again unless it certainly was not done.
   */
  effect?: "none" | "sets" | "adds";
  /** Ends this request and its waits at once with a `StoppedError`: for reads that come before a write, or belong to none. */
  signal?: AbortSignal | undefined;
}

/** A successful answer: its parsed body (undefined where it is empty). */
export interface HttpAnswer {
  status: number;
  headers: Headers;
  body: unknown;
}
