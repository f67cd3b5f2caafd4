import { UNTOLD, type Waits } from "../http/waits.ts";
import { type Found, unreachable } from "./finding.ts";

const TIMEOUT_MS = 10_000;

/**
 * Whether anybody answers at an address at all, whatever the answer. Asked once and without credentials: the clients
 * would try for minutes, and a person is waiting, who is told of a long silence.
 */
export async function notReachable(
  url: string,
  setting: string,
  { service, waits = UNTOLD }: { service: string; waits?: Waits | undefined },
): Promise<Found | null> {
  const wait = waits.begin({ service: `${service} (${new URL(url).host})`, request: "GET /", endsWithRun: true });
  wait.attempt({ attempt: 1, attempts: 1, last: null, leftMs: TIMEOUT_MS });
  try {
    const response = await fetch(url, { redirect: "manual", signal: AbortSignal.timeout(TIMEOUT_MS) });
    await response.body?.cancel();
    return null;
  } catch (error) {
    const { host } = new URL(url);
    const code = error instanceof Error && "code" in error ? error.code : undefined;
    const why = typeof code === "string" && /^\w{1,60}$/.test(code) ? ` (${code})` : "";
    return unreachable(
      setting,
      `nobody answers at ${host}${why}`,
      `Check ${setting} for typing errors, and whether this machine may connect to ${host} (network, proxy, firewall).`,
    );
  } finally {
    wait.end(true);
  }
}
