import type { SocketModeReceiver } from "@slack/bolt";
import { after, sleep as sleepFor } from "../lib/edges/clock.ts";
import { errorSummary } from "./error-summary.ts";
import type { Readiness } from "./readiness.ts";

/** Between two attempts to connect: doubled from the first to the last. */
const FIRST_WAIT_MS = 1_000;
const LAST_WAIT_MS = 60_000;
/** A connection that was lost sooner counts as a failed attempt; Slack's own last for hours. */
const SHORT_MS = 10_000;
/** Between the call for an address and Slack's `hello`. */
const CONNECT_WITHIN_MS = 30_000;
const DISCONNECT_WITHIN_MS = 1_000;

/** Socket Mode client, readiness, clock and log of `createSocketConnection`. */
export interface SocketConnectionDeps {
  client: Pick<SocketModeReceiver["client"], "start" | "disconnect" | "once">;
  readiness: Readiness;
  clock: () => Date;
  log: (message: string) => void;
  /** For tests. */
  sleep?: (milliseconds: number) => Promise<unknown>;
}

/** Keeps the bot connected to Slack. */
export interface SocketConnection {
  /** Begins to connect, and stays at it: a Slack that is down ends nothing. Throws nothing. */
  start(): void;
  /** Disconnects; nothing more arrives then. */
  stop(): Promise<void>;
}

/**
 * Connects and reconnects. The library's own reconnecting is switched off: where Slack cannot be reached at that moment, it throws
 * where nobody can catch it, and that ends the process.
 */
export function createSocketConnection(deps: SocketConnectionDeps): SocketConnection {
  const { client, readiness } = deps;
  const stopped = Promise.withResolvers<void>();
  const state = { stopping: false, kept: Promise.resolve() };
  return {
    start() {
      readiness.lacks("slack", "Socket Mode: connecting");
      state.kept = keepConnected(deps, state, stopped.promise);
    },
    async stop() {
      state.stopping = true;
      stopped.resolve();
      await disconnect(client);
      await state.kept;
      readiness.lacks("slack", "Socket Mode: disconnected");
    },
  };
}

async function keepConnected(
  { client, readiness, clock, log, sleep = sleepFor }: SocketConnectionDeps,
  state: { readonly stopping: boolean },
  stopped: Promise<void>,
): Promise<void> {
  for (let failures = 0; !state.stopping; ) {
    const lost = Promise.withResolvers<void>();
    client.once("disconnected", () => lost.resolve());
    try {
      await Promise.race([inTime(client.start()), stopped]);
      if (state.stopping) return;
      const since = clock().getTime();
      readiness.has("slack", "Socket Mode: connected");
      await Promise.race([lost.promise, stopped]);
      failures = clock().getTime() - since < SHORT_MS ? failures + 1 : 0;
    } catch (error) {
      failures++;
      log(`could not connect to Slack (Socket Mode), trying again: ${reason(error)}`);
      await disconnect(client);
    }
    if (state.stopping) return;
    readiness.lacks("slack", "Socket Mode: not connected to Slack, trying again");
    if (failures > 0) await Promise.race([sleep(waitMs(failures)), stopped]);
  }
}

/** If the connection is already lost, the library never answers this call. */
async function disconnect(client: SocketConnectionDeps["client"]): Promise<void> {
  const { promise: enough, resolve } = Promise.withResolvers<void>();
  const cancel = after(DISCONNECT_WITHIN_MS, resolve);
  await Promise.race([client.disconnect().catch(() => {}), enough]);
  cancel();
}

function waitMs(failures: number): number {
  return Math.min(LAST_WAIT_MS, FIRST_WAIT_MS * 2 ** Math.min(failures - 1, 10));
}

/** Slack's own code where it gave one: `invalid_auth`, `not_allowed_token_type`. */
function reason(error: unknown): string {
  const { data } = (error ?? {}) as { data?: { error?: unknown } };
  const code = data?.error;
  if (typeof code !== "string" || !/^\w{1,60}$/.test(code)) return errorSummary(error ?? new Error("lost"));
  return /auth|token|account/.test(code) ? `${code}: check SLACK_APP_TOKEN` : code;
}

async function inTime(connecting: Promise<unknown>): Promise<void> {
  const { promise: late, reject } = Promise.withResolvers<never>();
  const cancel = after(CONNECT_WITHIN_MS, () => reject(new Error("no hello")));
  try {
    await Promise.race([connecting, late]);
  } finally {
    cancel();
  }
}
