import { afterAll, afterEach, beforeAll } from "bun:test";
import { HttpResponse, http } from "msw";
import type { ZendeskOptions } from "../../../lib/remotes/zendesk/client.ts";
import { setupBunServer } from "../../msw/bun-server.ts";

export const HOST = "https://example-test.zendesk.invalid";

/** A request as the fake Zendesk saw it. */
export interface SeenRequest {
  method: string;
  /** Path below `/api/v2`, with its query, percent-encoded as it came. */
  path: string;
  authorization: string | null;
  body: unknown;
}

/** How the fake Zendesk answers one request. */
export type Answer = (request: SeenRequest) => Response | Promise<Response>;

/** A Zendesk of msw whose answers each test gives; it grants any OAuth client a token with the scopes asked for. */
export function zendeskOfMsw() {
  const network = setupBunServer();
  let tokens: SeenRequest[] = [];
  let requests: SeenRequest[] = [];
  let grant: (scope: string, count: number) => Response;
  beforeAll(() => network.enable());
  afterAll(() => network.disable());
  afterEach(() => {
    network.resetHandlers();
    tokens = [];
    requests = [];
    grant = (scope, count) =>
      HttpResponse.json({ access_token: `token-${count}`, token_type: "bearer", scope, expires_in: 1800 });
  });
  grant = (scope, count) => HttpResponse.json({ access_token: `token-${count}`, scope, expires_in: 1800 });
  return {
    tokens: () => tokens,
    requests: () => requests,
    /** Answers token requests in another way. */
    grants(how: typeof grant) {
      grant = how;
    },
    answers(answer: Answer) {
      network.use(
        http.post(`${HOST}/oauth/tokens`, async ({ request }) => {
          const seen = await seenOf(request);
          tokens.push(seen);
          return grant(String((seen.body as { scope?: unknown }).scope), tokens.length);
        }),
        http.all(`${HOST}/api/v2/*`, async ({ request }) => {
          const seen = await seenOf(request);
          requests.push(seen);
          return answer(seen);
        }),
      );
    },
  };
}

/** Options of a client of that Zendesk, whose waits take no time on a clock of their own. */
export function optionsOfMsw(more: Partial<ZendeskOptions> = {}) {
  const slept: number[] = [];
  let now = 0;
  const options: ZendeskOptions = {
    instance: "global",
    url: HOST,
    auth: { kind: "oauth", clientId: "client", clientSecret: "secret-of-client" },
    timing: {
      now: () => now,
      random: () => 0.5,
      sleep: async (milliseconds) => {
        slept.push(milliseconds);
        now += milliseconds;
      },
    },
    ...more,
  };
  return { options, slept, pass: (milliseconds: number) => (now += milliseconds) };
}

async function seenOf(request: Request): Promise<SeenRequest> {
  const { pathname, search } = new URL(request.url);
  const text = await request.text();
  return {
    method: request.method,
    path: pathname.replace("/api/v2", "") + search,
    authorization: request.headers.get("authorization"),
    body: text === "" ? undefined : JSON.parse(text),
  };
}
