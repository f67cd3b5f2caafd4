import { describe, expect, test } from "bun:test";
import { until } from "../test/support/bot/bot-world.ts";
import { Readiness } from "./readiness.ts";
import { createSocketConnection, type SocketConnectionDeps } from "./socket-connection.ts";

/** A client whose connections do what the test says. */
function connection(start: (attempt: number) => Promise<unknown>) {
  const lost: (() => void)[] = [];
  const waits: number[] = [];
  const said: string[] = [];
  const state = { attempts: 0, now: 0, disconnects: 0 };
  const readiness = new Readiness();
  const client = {
    once: (_: string, call: () => void) => void lost.push(call),
    start: () => start(++state.attempts),
    disconnect: async () => void state.disconnects++,
  } as unknown as SocketConnectionDeps["client"];
  const kept = createSocketConnection({
    client,
    readiness,
    clock: () => new Date(state.now),
    log: (message) => void said.push(message),
    sleep: async (milliseconds) => void waits.push(milliseconds),
  });
  return { kept, waits, said, state, readiness, lose: () => lost.at(-1)?.() };
}

describe("the connection of Socket Mode", () => {
  test("a Slack that stays down: tried again after growing waits, said by its code, ready in the end", async () => {
    const { kept, waits, said, readiness, state } = connection(async (attempt) => {
      if (attempt === 1) throw Object.assign(new Error("xapp-secret"), { data: { error: "invalid_auth" } });
      if (attempt <= 9) throw Object.assign(new TypeError("wss://secret"), { code: "ECONNREFUSED" });
    });
    kept.start();
    expect(readiness.isReady).toBe(false);
    await until(() => readiness.isReady);
    expect(waits).toEqual([1, 2, 4, 8, 16, 32, 60, 60, 60].map((seconds) => seconds * 1000));
    expect(said[0]).toEndWith("invalid_auth: check SLACK_APP_TOKEN");
    expect(said[1]).toEndWith("TypeError (ECONNREFUSED)");
    expect(said.join()).not.toContain("secret");
    await kept.stop();
    expect([readiness.isReady, state.attempts]).toEqual([false, 10]);
  });

  test("a connection that lasted is replaced at once, one that did not after a wait", async () => {
    const { kept, waits, state, readiness, lose } = connection(async () => {});
    kept.start();
    await until(() => readiness.isReady);
    state.now += 3_600_000;
    lose();
    await until(() => state.attempts === 2 && readiness.isReady);
    expect(waits).toEqual([]);
    lose();
    await until(() => state.attempts === 3 && readiness.isReady);
    expect(waits).toEqual([1000]);
    await kept.stop();
  });

  test("stopped while it connects: no further attempt", async () => {
    const { kept, state } = connection(() => new Promise(() => {}));
    kept.start();
    await kept.stop();
    expect([state.attempts, state.disconnects]).toEqual([1, 1]);
  });
});
