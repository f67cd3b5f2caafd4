import { afterAll, afterEach, beforeAll } from "bun:test";
import { HttpResponse, http } from "msw";
import type { HttpRequest } from "../../../lib/remotes/http/client-options.ts";
import { HttpClient } from "../../../lib/remotes/http/http-client.ts";
import { readErrorEnvelope } from "../../../lib/remotes/zendesk/error-envelope.ts";
import { setupBunServer } from "../../msw/bun-server.ts";

export const RECORDS = "https://service.invalid/records";
export const GET: HttpRequest = { method: "GET", url: RECORDS };
export const POST: HttpRequest = { method: "POST", url: RECORDS, body: { name: "Secret GmbH" } };

/** A network of msw for all tests of a file: whatever no handler names is refused. */
export function networkOfMsw() {
  const network = setupBunServer();
  beforeAll(() => network.enable());
  afterEach(() => network.resetHandlers());
  afterAll(() => network.disable());
  return {
    network,
    /** Answers requests for records in turn; the last answer stays. */
    answers(...list: (() => Response | Promise<Response>)[]) {
      let count = 0;
      network.use(http.all(RECORDS, () => (list[Math.min(count++, list.length - 1)] ?? HttpResponse.error)()));
      return {
        get requests() {
          return count;
        },
      };
    },
  };
}

/** A client whose waits take no time, on a clock of its own. */
export function clientUnderTest(options: Partial<ConstructorParameters<typeof HttpClient>[0]> = {}) {
  const slept: number[] = [];
  let now = 0;
  const sleep = async (milliseconds: number) => {
    slept.push(milliseconds);
    now += milliseconds;
  };
  const client = new HttpClient({
    service: "The service",
    headers: async () => ({}),
    sleep,
    now: () => now,
    random: () => 0.5,
    errorCode: (body) => readErrorEnvelope(body).code,
    ...options,
  });
  return { http: client, slept };
}

export const ok = () => HttpResponse.json({ fine: true });

/** An error page that echoes what must not be repeated. */
export const html =
  (status: number, headers: Record<string, string> = {}) =>
  () =>
    new HttpResponse("<h1>Secret GmbH</h1>", { status, headers: { "content-type": "text/html", ...headers } });

/** What a promise was rejected with. */
export async function failureOf(promise: Promise<unknown>): Promise<unknown> {
  return promise.then(
    () => null,
    (error: unknown) => error,
  );
}
