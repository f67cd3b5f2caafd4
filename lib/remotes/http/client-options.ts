import type { Outcome } from "./outcome.ts";
import type { Pacer } from "./pacer.ts";
import type { Pause } from "./pause.ts";
import type { RedirectRule } from "./redirects.ts";
import type { RetryBudget } from "./retry-budget.ts";
import type { Waits } from "./waits.ts";

/** Timeout, clock, sleep and randomness of a client; injected so that tests need no waiting. */
export interface HttpTiming {
  /** For one attempt, its body included. */
  timeoutMs?: number;
  sleep?: (milliseconds: number, signal?: AbortSignal) => Promise<unknown>;
  now?: () => number;
  random?: () => number;
  /** Bytes of the largest answer that is read, once decompressed. */
  largestAnswer?: number;
}

/** Options of an HTTP client for one service: name, headers, retries, pace and shared pauses. */
export interface HttpClientOptions extends HttpTiming {
  /** Name of the service in messages, e.g. `Zendesk global (example.zendesk.com)`. */
  service: string;
  /** Headers of every request; asked for before each attempt, so that a token may be renewed in between. `signal`: the request's. */
  headers?(signal?: AbortSignal): Promise<Record<string, string>>;
  /** Called once for a request that was answered 401, with the headers it went with; true: there are new ones, try again. */
  renew?(used: Record<string, string>, signal?: AbortSignal): Promise<boolean>;
  /** The stable code of an error body, for messages; never its texts. */
  errorCode?(body: unknown): string | null;
  /** Decides about retries where this service differs from others; null: the general rule for the answer applies. */
  classify?(answer: Pick<HttpAnswer, "status" | "text" | "body">): Outcome | null;
  /** Called with the headers of every answer. */
  onHeaders?(headers: Headers): void;
  /** Lets requests through at the account's pace; shared by all clients of an account. */
  pacer?: Pacer | undefined;
  /** Until when answers asked everybody to wait; shared by all clients of the account. Absent: this client has its own. */
  pause?: Pause | undefined;
  /** Ends all requests and waits at once, writes too. */
  signal?: AbortSignal | undefined;
  /** Told what is waited for. */
  waits?: Waits | undefined;
  /** Retry limits for one request, where they differ from `DEFAULT_BUDGET`: for callers with a person waiting. */
  retryBudget?: Partial<RetryBudget>;
}

/** One request. */
export interface HttpRequest {
  method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  /** Absolute. */
  url: string;
  /** Name of the request in messages, instead of its method and path: for paths that hold a secret or say nothing. */
  name?: string;
  /** Beside those of the client. */
  headers?: Record<string, string>;
  /** Sent as JSON. */
  body?: unknown;
  /** Sent as it is, instead of `body`; `type`: its content type. */
  content?: { data: string | Uint8Array<ArrayBuffer>; type: string };
  /**
   * What doing it twice would do: nothing at all (the default of GET), the same as once ("sets"), or something more ("adds", the
   * default of the others). One that adds is not sent again unless it certainly was not done.
   */
  effect?: "none" | "sets" | "adds";
  /** Which redirections of a GET are followed; without a rule none is: the answer counts as a refusal. */
  redirects?: RedirectRule;
  /** A header of the answer that names the size of its body in bytes: a body of another size is not whole. */
  sizeHeader?: string;
  /** Ends this request and its waits at once with a `StoppedError`: for reads that come before a write, or belong to none. */
  signal?: AbortSignal | undefined;
  /** Retry limits, where they differ from the client's: for answers that the caller can do without. */
  retryBudget?: Partial<RetryBudget> | undefined;
  /** Shown to people who are waiting: true if the end of the run ends the request. Default: true if it has a signal of its own. */
  endsWithRun?: boolean;
}

/** A successful answer: its text, and the JSON in it (undefined where it is empty). */
export interface HttpAnswer {
  status: number;
  headers: Headers;
  text: string;
  body: unknown;
}
