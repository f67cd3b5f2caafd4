import { type Found, unreachable } from "./finding.ts";

const TIMEOUT_MS = 10_000;

/**
 * Whether anybody answers at an address at all, whatever the answer. Asked once and without credentials: the clients
 * would try for minutes, and a person is waiting.
 */
export async function notReachable(url: string, setting: string): Promise<Found | null> {
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
  }
}
