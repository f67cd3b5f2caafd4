import { describe, expect, test } from "bun:test";
import { join } from "node:path";
import { Hono } from "hono";
import { ConfigurationError } from "../../lib/errors.ts";
import type { Bot } from "../bot.ts";
import { createLazyApp } from "./lazy-app.ts";

function lazy(make: (attempt: number) => void) {
  const happened: string[] = [];
  const state = { attempts: 0 };
  const app = createLazyApp({
    failed: (error) => void happened.push(`failed: ${error instanceof Error ? error.name : ""}`),
    async make() {
      make(++state.attempts);
      const inner = new Hono();
      inner.all("*", (c) => c.text(`bot ${c.req.method} ${c.req.path}`));
      return { app: inner, start: async () => void happened.push("start") } as unknown as Bot;
    },
  });
  return { app, happened, state };
}

describe("the bot as a fetch handler", () => {
  test("made and started once, on the first request that needs it", async () => {
    const { app, happened, state } = lazy(() => {});
    expect(await (await app.request("/healthz")).text()).toBe("alive");
    expect(state.attempts).toBe(0);
    const answers = await Promise.all([app.request("/slack/events", { method: "POST" }), app.request("/readyz")]);
    expect(await Promise.all(answers.map((one) => one.text()))).toEqual(["bot POST /slack/events", "bot GET /readyz"]);
    expect([state.attempts, happened]).toEqual([1, ["start"]]);
  });

  test("wrong settings: alive, not ready, said once", async () => {
    const { app, happened, state } = lazy(() => {
      throw new ConfigurationError([{ where: "SLACK_BOT_TOKEN", what: "not set" }]);
    });
    for (const path of ["/readyz", "/slack/events"]) {
      const response = await app.request(path);
      expect([response.status, await response.json()]).toEqual([
        503,
        { ready: false, bot: "could not be started: see its log" },
      ]);
    }
    expect((await app.request("/healthz")).status).toBe(200);
    expect([state.attempts, happened]).toEqual([1, ["failed: ConfigurationError"]]);
  });

  test("a passing failure: the next request tries again", async () => {
    const { app, happened } = lazy((attempt) => {
      if (attempt === 1) throw new Error("database is locked");
    });
    expect([(await app.request("/readyz")).status, (await app.request("/readyz")).status]).toEqual([503, 200]);
    expect(happened).toEqual(["failed: Error", "start"]);
  });

  test("importing it does nothing; its default export answers, and names no setting to strangers", async () => {
    const script = `const { default: app } = await import(${JSON.stringify(join(import.meta.dir, "../app.ts"))});
      const loaded = Object.keys(require.cache).filter((file) => /@slack/.test(file)).length;
      const ready = await app.request("/readyz");
      console.log(JSON.stringify([loaded, typeof app.fetch, ready.status, await ready.text()]));`;
    const child = Bun.spawn([process.execPath, "-e", script], { env: {}, stdout: "pipe", stderr: "pipe" });
    const [out, err] = await Promise.all([child.stdout.text(), child.stderr.text()]);
    const [loaded, kind, status, said] = JSON.parse(out);
    expect([loaded, kind, status]).toEqual([0, "function", 503]);
    expect(said).not.toContain("SLACK_");
    expect(err).toContain("SLACK_BOT_TOKEN: not set");
  });
});
