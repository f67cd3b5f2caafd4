import { RemoteError } from "../errors.ts";
import { HttpClient } from "../remotes/http/http-client.ts";
import { NoAnswerError } from "../remotes/http/http-error.ts";
import { ONE_ATTEMPT } from "../remotes/http/retry-budget.ts";
import type { Waits } from "../remotes/http/waits.ts";
import { type Found, unreachable } from "./finding.ts";

const TIMEOUT_MS = 10_000;

/**
 * Whether anybody answers at an address at all, whatever the answer. Asked once and without credentials: the clients
 * would try for minutes, and a person is waiting, who is told of a long silence.
 */
export async function notReachable(
  url: string,
  setting: string,
  { service, waits }: { service: string; waits?: Waits | undefined },
): Promise<Found | null> {
  const { host } = new URL(url);
  const client = new HttpClient({
    service: `${service} (${host})`,
    timeoutMs: TIMEOUT_MS,
    retryBudget: ONE_ATTEMPT,
    waits,
  });
  try {
    await client.probe({ method: "GET", url, name: "GET /", endsWithRun: true });
    return null;
  } catch (error) {
    if (!(error instanceof RemoteError)) throw error;
    const failure = error instanceof NoAnswerError ? error.failure : null;
    const code = failure && "code" in failure ? failure.code : null;
    return unreachable(
      setting,
      `no connection to ${host}${code ? ` (${code})` : ""}`,
      `Check ${setting} for typos, and that this machine can connect to ${host} (network, proxy, firewall).`,
    );
  }
}
