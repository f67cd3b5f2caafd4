import * as v from "valibot";
import type { HttpClientOptions } from "../http/client-options.ts";
import { HttpClient } from "../http/http-client.ts";
import { HttpError } from "../http/http-error.ts";

const CurrentSchema = v.object({ token: v.object({ id: v.pipe(v.number(), v.safeInteger()) }) });

/** A person waits for the end of the run, and the token ends by itself. */
const RETRY_BUDGET = { maxAttempts: 2, maxWaitMs: 15_000 };
const TIMEOUT_MS = 10_000;

/**
 * Ends an access token now, with its own rights: by its id, as deleting `current` answers 204 and revokes nothing
 * (facts/found-by-checking.md). One that is refused has ended already. Throws `RemoteError`.
 *
 * @param origin of the instance
 * @param authorization the header that the token goes along in
 */
export async function revokeToken(
  origin: string,
  authorization: string,
  http: Omit<HttpClientOptions, "headers">,
): Promise<void> {
  // A pause of the account may take minutes.
  const { signal: _signal, pause: _pause, ...options } = http;
  const client = new HttpClient({
    ...options,
    timeoutMs: Math.min(options.timeoutMs ?? TIMEOUT_MS, TIMEOUT_MS),
    retryBudget: RETRY_BUDGET,
    headers: async () => ({ authorization }),
  });
  const tokens = `${origin}/api/v2/oauth/tokens`;
  try {
    const current = await client.send({ method: "GET", url: `${tokens}/current.json` });
    const { id } = v.parse(CurrentSchema, current.body).token;
    await client.send({ method: "DELETE", url: `${tokens}/${id}.json`, effect: "sets" });
  } catch (error) {
    if (!(error instanceof HttpError && error.status === 401)) throw error;
  }
}
