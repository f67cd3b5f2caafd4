import type { Fault, LoggedRequest, RequestHook } from "../types.ts";
import { faultAnswer } from "./fault-answers.ts";
import { type Faults, handOver } from "./faults.ts";
import { decodedPath, parsedBody, type RequestLog } from "./request-log.ts";

/** What a service gives to be served: `fetch` is its Hono app's. */
export interface ServedApp {
  service: LoggedRequest["service"];
  fetch: (request: Request) => Response | Promise<Response>;
  log: RequestLog;
  faults: Faults;
  /** Ends all sessions or tokens: a "401" is no passing mood, the old credential is invalid from then on. */
  expire?: () => void;
  onRequest?: RequestHook;
  /** Default: the machine's time. */
  now?: () => Date;
  /** Where requests may become sockets: which ones (each is asked about once), and what the server calls then. */
  sockets?: { accepts(request: Request): boolean; handler: Bun.WebSocketHandler<unknown> };
  /** Default 0: any free port. */
  port?: number;
}

/**
 * Serves one service on 127.0.0.1, logs every request and plays the faults.
 *
 * Three groups of faults:
 * - *instead of the handler*: 429, 429-date, 429-bare, 500, 502-html, 503-html, 409, 401, 404, too-many-jobs. Nothing is committed.
 * - *on the way back*: reset, stall, truncate, lost-answer. The handler has run and whatever it did is committed.
 * - *only the service can play*: failed-rows, job-failed, job-killed, empty, early-end, drop-record, duplicate-record. The app
 *   finds them with `faultFor(c.req.raw)` (faults.ts); one that ignores it answers as usual.
 */
export async function serveApp(app: ServedApp): Promise<{ url: string; stop(): Promise<void> }> {
  const server = listening(app.port ?? 0, {
    hostname: "127.0.0.1",
    port: app.port ?? 0,
    idleTimeout: 0,
    fetch: async (request, own) =>
      upgraded(app, request, own) ? undefined : withoutKeepAlive(await answer(app, request)),
    websocket: app.sockets?.handler ?? { message: () => {} },
  });
  return { url: `http://127.0.0.1:${server.port}`, stop: () => server.stop(true) };
}

/** Listens; an error says on which port: Bun's has it only in its text. */
function listening(port: number, options: Bun.Serve.Options<unknown>): Bun.Server<unknown> {
  try {
    return Bun.serve(options);
  } catch (error) {
    throw error instanceof Error ? Object.assign(error, { port }) : error;
  }
}

/** Whether the request became a socket; then it is logged with status 101. Faults are not played on it. */
function upgraded(app: ServedApp, request: Request, server: Bun.Server<unknown>): boolean {
  if (request.headers.get("upgrade")?.toLowerCase() !== "websocket" || !app.sockets?.accepts(request)) return false;
  if (!server.upgrade(request, { data: undefined })) return false;
  app.log.add({
    service: app.service,
    method: "GET",
    path: new URL(request.url).pathname,
    at: Date.now(),
    status: 101,
  });
  return true;
}

/**
 * Bun's fetch sends a GET, PUT or DELETE again by itself when a *reused* connection is cut before the first byte, so
 * that a lost answer would never be seen by the code under test. Without keep-alive no connection is reused.
 */
function withoutKeepAlive(response: Response): Response {
  response.headers.set("connection", "close");
  return response;
}

/** What an exchange came to: the whole response, and the fault that was played or that the way back still has to play. */
export interface Exchange {
  response: Response;
  fault: Fault | undefined;
}

/** One request through faults, handler and log, and the damage that was done to its answer; usable without a port. */
export async function answer(app: Omit<ServedApp, "port">, request: Request): Promise<Response> {
  const exchanged = await exchange(app, request);
  if (exchanged === "dropped") return new Response(cutStream(undefined));
  return exchanged.fault ? damaged(exchanged.response, exchanged.fault) : exchanged.response;
}

/**
 * One request through faults, handler and log. The faults of the way back (reset, stall, truncate, lost-answer) are named and not
 * played: whoever carries the answer knows how. `dropped`: nothing was done, and the connection is to be cut.
 */
export async function exchange(app: Omit<ServedApp, "port">, request: Request): Promise<Exchange | "dropped"> {
  const body = request.method === "GET" || request.method === "HEAD" ? "" : await request.clone().text();
  const path = decodedPath(new URL(request.url));
  const at = (app.now?.() ?? new Date()).getTime();
  const asked: Omit<LoggedRequest, "status"> = { service: app.service, method: request.method, path, at };
  const parsed = parsedBody(body, request.headers.get("content-type"));
  if (parsed !== undefined) asked.body = parsed;
  const verdict = await app.onRequest?.(asked, "before");
  if (verdict === "drop") return "dropped";
  const fault = verdict ?? app.faults.take({ service: app.service, method: request.method, path });
  if (fault?.kind === "401") app.expire?.();
  const response =
    (fault && faultAnswer(fault, app.service, app.now?.() ?? new Date())) ?? (await handled(app, request, fault));
  await app.onRequest?.(asked, "committed");
  const retryAt = refusedUntil(response, app.now?.() ?? new Date());
  app.log.add({
    ...asked,
    status: response.status,
    ...(fault ? { fault: fault.kind } : {}),
    ...(retryAt === null ? {} : { retryAt }),
    ...(retryAt !== null && hasQuotaLeft(response.headers) ? { refusedAlone: true as const } : {}),
  });
  void app.onRequest?.(asked, "answered");
  return { response, fault };
}

/** The moment before which the request is not to be sent again, where the answer names one (`Retry-After`). */
function refusedUntil({ status, headers }: Response, now: Date): number | null {
  const said = headers.get("retry-after");
  if (status < 400 || said === null) return null;
  const moment = /^\d+$/.test(said) ? now.getTime() + Number(said) * 1000 : Date.parse(said);
  return Number.isNaN(moment) ? null : moment;
}

function hasQuotaLeft(headers: Headers): boolean {
  return Number(headers.get("ratelimit-remaining") ?? headers.get("x-rate-limit-remaining")) > 0;
}

async function handled(app: Omit<ServedApp, "port">, request: Request, fault: Fault | undefined): Promise<Response> {
  if (fault) handOver(request, fault);
  return await app.fetch(request);
}

/** The response as the network delivers it under a fault of the second group; any other fault leaves it whole. */
async function damaged(response: Response, fault: Fault): Promise<Response> {
  if (fault.kind === "lost-answer") return new Response(cutStream(undefined));
  if (fault.kind !== "reset" && fault.kind !== "stall" && fault.kind !== "truncate") return response;
  const whole = new Uint8Array(await response.arrayBuffer());
  const half = whole.slice(0, Math.ceil(whole.length / 2));
  const headers = new Headers(response.headers);
  headers.delete("content-length");
  // A status without a body (204) cannot be damaged in its body: it becomes a 200 that breaks off.
  const init = { status: response.status === 204 ? 200 : response.status, headers };
  if (fault.kind === "truncate") return new Response(half, init);
  return new Response(fault.kind === "reset" ? cutStream(half) : stalledStream(half), init);
}

/** Long enough for what was sent to leave the machine before the connection is cut. */
const flushMs = 20;

/**
 * A body that breaks off after `sent`, or before anything (not even the status line) was sent when that is undefined.
 * Erroring with `undefined` is what makes Bun.serve cut the connection without printing anything.
 */
function cutStream(sent: Uint8Array | undefined): ReadableStream<Uint8Array> {
  return new ReadableStream({
    async start(controller) {
      if (sent !== undefined) {
        controller.enqueue(sent);
        await Bun.sleep(flushMs);
      }
      controller.error(undefined);
    },
  });
}

/** A body that goes on forever without another byte, until the client or the server hangs up. */
function stalledStream(sent: Uint8Array): ReadableStream<Uint8Array> {
  return new ReadableStream({
    start(controller) {
      controller.enqueue(sent);
    },
  });
}
