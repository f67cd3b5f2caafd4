import { afterEach, describe, expect, test } from "bun:test";
import { Transport, WAYS, WEBHOOK_SECRET } from "../../test/support/bot/transport.ts";

for (const way of WAYS)
  describe(`the bot's other routes over ${way}`, () => {
    const open: Transport[] = [];
    const transport = async (more?: Parameters<typeof Transport.open>[2]) => {
      const opened = await Transport.open(way, {}, more);
      open.push(opened);
      return opened;
    };
    afterEach(async () => {
      for (const one of open.splice(0)) await one.close();
    });
    const hook = (token: string | null, body: string) => ({
      method: "POST",
      body,
      headers: {
        "content-type": "application/json",
        "x-gitlab-event": "Pipeline Hook",
        ...(token === null ? {} : { "x-gitlab-token": token }),
      },
    });
    const payload = { object_kind: "pipeline", object_attributes: { id: 1 } };

    test("GitLab's webhook: the payload is handed on", async () => {
      const bot = await transport();
      const response = await bot.send("/gitlab/events", hook(WEBHOOK_SECRET, JSON.stringify(payload)));
      expect([response.status, await response.text()]).toEqual([200, ""]);
      expect(bot.webhooks).toEqual([payload]);
    });

    test.each([null, "", "x", `${WEBHOOK_SECRET}1`, WEBHOOK_SECRET.toUpperCase()])(
      "forged (%p): 401, also with a body that is too large",
      async (token) => {
        const bot = await transport();
        expect((await bot.send("/gitlab/events", hook(token, JSON.stringify(payload)))).status).toBe(401);
        expect((await bot.send("/gitlab/events", hook(token, "x".repeat(1024 * 1024 + 1)))).status).toBe(401);
        expect(bot.webhooks).toEqual([]);
      },
    );

    test("no secret set: 404", async () => {
      const bot = await transport({ gitlab: false });
      expect((await bot.send("/gitlab/events", hook("", JSON.stringify(payload)))).status).toBe(404);
    });

    test("too large: 413; no JSON object: 400", async () => {
      const bot = await transport();
      const large = JSON.stringify({ text: "x".repeat(1024 * 1024) });
      expect((await bot.send("/gitlab/events", hook(WEBHOOK_SECRET, large))).status).toBe(413);
      for (const body of ["", "{", "[]", "null", "1"])
        expect((await bot.send("/gitlab/events", hook(WEBHOOK_SECRET, body))).status).toBe(400);
      expect(bot.webhooks).toEqual([]);
    });

    test("healthz is 200 in any state; readyz is 503 with words until nothing is lacking", async () => {
      const bot = await transport();
      bot.readiness.lacks("socket", "not connected to Slack");
      expect((await bot.send("/healthz")).status).toBe(200);
      const before = await bot.send("/readyz");
      expect([before.status, await before.json()]).toEqual([503, { ready: false, socket: "not connected to Slack" }]);
      bot.readiness.has("socket", "connected");
      const after = await bot.send("/readyz");
      expect([after.status, await after.json()]).toEqual([200, { ready: true, socket: "connected" }]);
    });

    test("everything else: 404, an empty body", async () => {
      const bot = await transport();
      for (const [method, path] of [
        ["GET", "/"],
        ["GET", "/slack/events"],
        ["POST", "/healthz"],
        ["GET", "/gitlab/events"],
        ["POST", "/slack/events/"],
        ["GET", "/.env"],
      ] as const) {
        const response = await bot.send(path, { method });
        expect([path, response.status, await response.text()]).toEqual([path, 404, ""]);
      }
    });

    test("no answer is kept, guessed at, or framed", async () => {
      const bot = await transport();
      for (const path of ["/healthz", "/readyz", "/nothing"]) {
        const { headers } = await bot.send(path);
        expect(headers.get("cache-control")).toBe("no-store");
        expect(headers.get("x-content-type-options")).toBe("nosniff");
        expect(headers.get("x-frame-options")).toBe("SAMEORIGIN");
      }
    });
  });
