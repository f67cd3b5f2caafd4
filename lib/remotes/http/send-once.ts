import { createFetch, type FetchResponse } from "ofetch";
import { boundedFetch } from "./bounded-fetch.ts";
import type { HttpRequest } from "./client-options.ts";
import { type BodyLimits, type BodyUse, readBody } from "./read-body.ts";
import { nextAddress } from "./redirects.ts";

/** An answer with its whole body. */
export interface Received {
  status: number;
  headers: Headers;
  bytes: Uint8Array;
}

/**
 * Sends a request once, redirections that its rule lets follow included, and reads the whole answer. ofetch's own retries and time-outs
 * are broken (facts/slack-bun-msw.md 4), and it knows no limit: it gets one attempt, and gives the body unread.
 *
 * @param headers who asks; left behind at the first redirection, wherever it leads
 */
export async function sendOnce(
  request: HttpRequest,
  {
    headers,
    use,
    signal,
    ...terms
  }: BodyLimits & { headers: Record<string, string>; use: BodyUse; signal: AbortSignal },
): Promise<Received> {
  const ofetch = createFetch({ fetch: boundedFetch(terms.limit) as typeof fetch });
  const { data, type } = contentOf(request);
  let url = request.url;
  let sent = merged(
    { accept: use.as === "json" ? "application/json" : "*/*" },
    type === undefined ? {} : { "content-type": type },
    headers,
    request.headers ?? {},
  );
  for (let followed = 0; ; followed++) {
    const response: FetchResponse<unknown> = await ofetch.raw<unknown, "stream">(url, {
      method: request.method,
      headers: sent,
      ...(data === undefined ? {} : { body: data }),
      responseType: "stream",
      ignoreResponseError: true,
      retry: 0,
      redirect: "manual",
      // Bun repeats PUT and DELETE by itself when a kept connection is cut, which nobody would see.
      keepalive: request.method === "GET",
      signal,
    });
    const next = request.method === "GET" ? nextAddress(response, url, followed, request.redirects) : null;
    if (next === null) {
      const bytes = await readBody(response, use, terms);
      return { status: response.status, headers: response.headers, bytes };
    }
    await response.body?.cancel();
    // Where a file lies is said with leave to read it: whoever keeps it needs no token, and must not get one. `fetch` would take it along.
    sent = { accept: sent.accept ?? "*/*" };
    url = next.href;
  }
}

function contentOf({ body, content }: HttpRequest): { data?: string | Uint8Array<ArrayBuffer>; type?: string } {
  if (content) return { data: content.data, type: content.type };
  return body === undefined ? {} : { data: JSON.stringify(body), type: "application/json" };
}

/** Later ones replace earlier ones, whatever the case of their names. */
function merged(...lists: Record<string, string>[]): Record<string, string> {
  return Object.fromEntries(
    lists.flatMap((list) => Object.entries(list).map(([name, value]) => [name.toLowerCase(), value])),
  );
}
