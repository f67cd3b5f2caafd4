import { afterEach, describe, expect, test } from "bun:test";
import type { App } from "@slack/bolt";
import {
  clickBody,
  commandBody,
  NOW,
  type Script,
  SECRET,
  sign,
  Transport,
  WAYS,
} from "../../test/support/bot/transport.ts";
import type { Reply } from "../conversation.ts";

const JSON_TYPE = { "content-type": "application/json" };
const seconds = (shift: number) => String(NOW.getTime() / 1000 + shift);

for (const way of WAYS)
  describe(`Slack over ${way}`, () => {
    const open: Transport[] = [];
    const transport = async (script?: Script, more?: Parameters<typeof Transport.open>[2]) => {
      const opened = await Transport.open(way, script, more);
      open.push(opened);
      return opened;
    };
    afterEach(async () => {
      for (const one of open.splice(0)) await one.close();
    });

    describe("the transport table of the facts page", () => {
      test("ok: acknowledged with what the conversation says at once, as ephemeral", async () => {
        const bot = await transport({ command: () => ({ now: { text: "on its way", blocks: [] }, later: null }) });
        const response = await bot.slack(commandBody("run --dry-run"));
        expect(response.status).toBe(200);
        expect(await response.json()).toMatchObject({ response_type: "ephemeral", text: "on its way", blocks: [] });
        const by = { team: "T0SANDBOX1", channel: "C0SANDBOX1", user: "U0ANN" };
        expect(bot.commands).toEqual([{ by, text: "run --dry-run" }]);
        expect(bot.log).toEqual([]);
      });

      test.each([
        "application/x-www-form-urlencoded; charset=utf-8",
        "Application/X-WWW-Form-Urlencoded ;charset=UTF-8",
      ])("charset in the content type: %s", async (type) => {
        const bot = await transport();
        expect((await bot.slack(commandBody(), { "content-type": type })).status).toBe(200);
        expect(bot.commands).toHaveLength(1);
      });

      test.each<[string, Record<string, string | null>]>([
        ["wrong signature", { "x-slack-signature": sign(commandBody(), seconds(0), "another secret") }],
        ["signature of another body", { "x-slack-signature": sign("x", seconds(0)) }],
        ["400 s old", { "x-slack-request-timestamp": seconds(-400) }],
        ["301 s old", { "x-slack-request-timestamp": seconds(-301) }],
        ["4000 s ahead", { "x-slack-request-timestamp": seconds(4000) }],
        ["301 s ahead", { "x-slack-request-timestamp": seconds(301) }],
        ["timestamp that is no number", { "x-slack-request-timestamp": "1e9" }],
        ["empty signature", { "x-slack-signature": "" }],
        ["signature in upper case", { "x-slack-signature": sign(commandBody(), seconds(0)).toUpperCase() }],
        ["signature with more behind it", { "x-slack-signature": `${sign(commandBody(), seconds(0))}00` }],
        ["no signature", { "x-slack-signature": null }],
        ["no headers", { "x-slack-signature": null, "x-slack-request-timestamp": null }],
      ])("%s: 401, nothing is dispatched", async (_, headers) => {
        const bot = await transport();
        const response = await bot.slack(commandBody(), headers);
        expect(response.status).toBe(401);
        expect(await response.text()).toBe("");
        expect(bot.commands).toEqual([]);
      });

      test.each([-300, 300])("%p s beside our clock is still taken", async (shift) => {
        const bot = await transport();
        expect((await bot.slack(commandBody(), { "x-slack-request-timestamp": seconds(shift) })).status).toBe(200);
      });

      test("ssl_check, unsigned: 200; what else it holds is never dispatched", async () => {
        const bot = await transport();
        const unsigned = { "x-slack-signature": null, "x-slack-request-timestamp": null };
        expect((await bot.slack("ssl_check=1&token=x", unsigned)).status).toBe(200);
        expect((await bot.slack(`ssl_check=1&${commandBody()}`)).status).toBe(200);
        expect(bot.commands).toEqual([]);
        expect((await bot.slack(`ssl_check=0&${commandBody()}`, unsigned)).status).toBe(401);
      });

      test("url_verification: the challenge comes back; unsigned it does not", async () => {
        const bot = await transport();
        const body = JSON.stringify({ type: "url_verification", challenge: "c0", token: "t" });
        const response = await bot.slack(body, { "content-type": "application/json; charset=utf-8" });
        expect([response.status, await response.json()]).toEqual([200, { challenge: "c0" }]);
        expect((await bot.slack(body, { ...JSON_TYPE, "x-slack-signature": null })).status).toBe(401);
        const strange = JSON.stringify({ type: "url_verification", challenge: { a: 1 } });
        expect((await bot.slack(strange, JSON_TYPE)).status).toBe(400);
      });
    });

    describe("bodies that are none of Slack's", () => {
      test.each<[string, string, Record<string, string>]>([
        ["no JSON", "{", JSON_TYPE],
        ["a JSON list", "[]", JSON_TYPE],
        ["a JSON number", "1", JSON_TYPE],
        ["JSON null", "null", JSON_TYPE],
        ["an empty body", "", JSON_TYPE],
        ["a form without a command", "a=b", {}],
        ["an empty form", "", {}],
        ["a payload that is no JSON", "payload=%7B", {}],
        ["a payload that is no object", "payload=%5B%5D", {}],
        ["another content type", commandBody(), { "content-type": "text/plain" }],
      ])("%s: 400", async (_, body, headers) => {
        const bot = await transport();
        expect((await bot.slack(body, headers)).status).toBe(400);
        expect([bot.commands, bot.clicks]).toEqual([[], []]);
      });

      test("no UTF-8: 400", async () => {
        const bot = await transport();
        const command = new TextEncoder().encode(`${commandBody()}&user_name=`);
        expect((await bot.slack(new Uint8Array([...command, 0xff, 0xfe]))).status).toBe(400);
        expect(bot.commands).toEqual([]);
      });

      test("over 1 MiB: 413, with and without a content length", async () => {
        const bot = await transport();
        const large = commandBody("x".repeat(1024 * 1024));
        expect((await bot.slack(large)).status).toBe(413);
        const stream = new ReadableStream({
          start(controller) {
            controller.enqueue(new TextEncoder().encode(large));
            controller.close();
          },
        });
        const headers = { "content-type": "application/x-www-form-urlencoded" };
        expect((await bot.send("/slack/events", { method: "POST", body: stream, headers })).status).toBe(413);
        expect(bot.commands).toEqual([]);
        const fits = commandBody("x".repeat(1024 * 1024 - 300));
        expect((await bot.slack(fits)).status).toBe(200);
      });

      test("a text in any script arrives as it was typed", async () => {
        const bot = await transport();
        const text = "org شركة & Söhne <!channel> 🦀 %zz";
        await bot.slack(commandBody(text));
        expect(bot.commands.map((one) => one.text)).toEqual([text]);
      });
    });

    describe("acknowledging", () => {
      test("the answer goes out first, the work after it goes on and is waited for", async () => {
        const gate = Promise.withResolvers<void>();
        const done: string[] = [];
        const bot = await transport({
          command: () => ({
            now: { text: "at once" },
            later: async () => {
              await gate.promise;
              done.push("later");
            },
          }),
        });
        const response = await bot.slack(commandBody());
        expect(await response.json()).toMatchObject({ text: "at once" });
        expect(done).toEqual([]);
        expect(bot.inFlight.size).toBeGreaterThan(0);
        const settled = bot.inFlight.settled();
        gate.resolve();
        await settled;
        expect([done, bot.inFlight.size]).toEqual([["later"], 0]);
      });

      test("nothing to say: an empty 200", async () => {
        const bot = await transport({ command: () => ({ now: null, later: null }) });
        const response = await bot.slack(commandBody());
        expect([response.status, await response.text()]).toEqual([200, ""]);
      });

      test("a button: an empty 200; what is said goes over the reply, an unknown action too", async () => {
        const bot = await transport({ button: () => ({ now: { text: "heard" }, later: null }) });
        const response = await bot.slack(clickBody({ action_id: "contacts_retry", value: "42" }));
        expect([response.status, await response.text()]).toEqual([200, ""]);
        await bot.slack(clickBody({ action_id: "something_else" }));
        await bot.inFlight.settled();
        const by = { team: "T0SANDBOX1", channel: "C0SANDBOX1", user: "U0ANN" };
        const message = { ts: "1.5", text: "t", blocks: [{ type: "divider", block_id: "b" }] };
        expect(bot.clicks).toEqual([
          { by, action: "contacts_retry", value: "42", message },
          { by, action: "something_else", value: "", message },
        ]);
        expect(bot.ephemerals.map(({ said }) => said.text)).toEqual(["heard", "heard"]);
      });

      test("a button in an ephemeral message comes without the message", async () => {
        const bot = await transport();
        const container = { type: "message", message_ts: "1.5", channel_id: "C0SANDBOX1", is_ephemeral: true };
        await bot.slack(clickBody({ action_id: "run_confirm", value: "o" }, { container, message: undefined }));
        expect(bot.clicks.map(({ message }) => message)).toEqual([null]);
      });

      test("an unknown command: 404", async () => {
        const bot = await transport();
        expect((await bot.slack(commandBody("", { command: "/other" }))).status).toBe(404);
      });

      test("never acknowledged: 404", async () => {
        const bot = await transport();
        expect((await bot.slack(commandBody("", { command: "/never" }))).status).toBe(404);
      });

      test("not in time: 404, said in the log; the late acknowledgement is passed over, the work goes on", async () => {
        const gate = Promise.withResolvers<void>();
        const said: string[] = [];
        const listeners = (bolt: App) =>
          bolt.command("/slow", async ({ ack }) => {
            await gate.promise;
            await ack("late");
            said.push("went on");
          });
        const bot = await transport({}, { ackWithinMs: 1, listeners });
        expect((await bot.slack(commandBody("", { command: "/slow" }))).status).toBe(404);
        gate.resolve();
        await bot.inFlight.settled();
        expect(said).toEqual(["went on"]);
        expect(bot.log).toEqual([
          "a request from Slack was not acknowledged in time: the sender sees an error, but the work continues",
        ]);
      });

      test("twice: the first one is the answer, the second an error in the log", async () => {
        const bot = await transport();
        const response = await bot.slack(commandBody("", { command: "/twice" }));
        expect([response.status, await response.text()]).toEqual([200, "first"]);
        await bot.inFlight.settled();
        expect(bot.log).toEqual(["a request from Slack failed after it was acknowledged: AcknowledgedTwice"]);
      });

      const broken = () => {
        throw new Error(`details of Example GmbH, ${SECRET}`);
      };

      test("an error before: 500; neither stack nor secret nor customer in answer and log", async () => {
        const bot = await transport({ command: broken });
        const response = await bot.slack(commandBody());
        expect([response.status, await response.text()]).toEqual([500, ""]);
        expect(bot.log).toEqual(["a request from Slack failed: Error"]);
      });

      test("an error after: the answer has gone out, the log says so", async () => {
        const bot = await transport({ command: () => ({ now: { text: "ok" }, later: async () => broken() }) });
        expect((await bot.slack(commandBody())).status).toBe(200);
        await bot.inFlight.settled();
        expect(bot.log).toEqual(["a request from Slack failed after it was acknowledged: Error"]);
      });

      test("a command without a user: 500, nothing happens", async () => {
        const bot = await transport();
        const body = new URLSearchParams(commandBody());
        body.delete("user_id");
        expect((await bot.slack(body.toString())).status).toBe(500);
        expect(bot.commands).toEqual([]);
      });
    });

    describe("the reply", () => {
      async function replied(
        answer: (request: Request) => Response | Promise<Response>,
        say: (reply: Reply) => Promise<void>,
      ) {
        const asked: unknown[] = [];
        const hooks = Bun.serve({
          port: 0,
          fetch: async (request) => {
            asked.push(await request.clone().json());
            return answer(request);
          },
        });
        const apiUrl = `${hooks.url.origin}/api/`;
        const bot = await transport({ command: () => ({ now: null, later: say }) }, { apiUrl });
        await bot.slack(commandBody("", { response_url: `${hooks.url.origin}/commands/T1/2/s3cr3t` }));
        await bot.inFlight.settled();
        await hooks.stop(true);
        return { asked, bot };
      }

      test("goes over the response_url: privately, and in place of the message", async () => {
        const { asked, bot } = await replied(
          () => new Response("ok"),
          async (reply) => {
            await reply.privately({ text: "one" });
            await reply.instead({ text: "two", blocks: [{ type: "divider" }] });
          },
        );
        expect(asked).toMatchObject([
          { response_type: "ephemeral", text: "one", replace_original: false },
          { text: "two", blocks: [{ type: "divider" }], replace_original: true },
        ]);
        expect([bot.ephemerals, bot.log]).toEqual([[], []]);
      });

      test.each<[string, () => Response]>([
        ["404 (expired)", () => new Response("expired_url", { status: 404 })],
        ["500", () => new Response("", { status: 500 })],
        ["a redirect", () => Response.redirect("http://127.0.0.1:1/")],
        ["200 that says no", () => Response.json({ ok: false, error: "used_url" })],
      ])("%s: said by chat.postEphemeral instead", async (_, answer) => {
        const { bot } = await replied(answer, (reply) => reply.privately({ text: "one" }));
        expect(bot.ephemerals).toEqual([{ channel: "C0SANDBOX1", user: "U0ANN", said: { text: "one" } }]);
        expect(bot.log).toEqual([]);
      });

      test("an address that is not of Slack's host gets nothing; it is said by chat.postEphemeral, and logged without it", async () => {
        const asked: unknown[] = [];
        const stranger = Bun.serve({ port: 0, fetch: () => new Response(String(asked.push("asked"))) });
        const bot = await transport({
          command: () => ({ now: null, later: (reply) => reply.privately({ text: "one" }) }),
        });
        await bot.slack(commandBody("", { response_url: `${stranger.url.origin}/commands/T1/2/s3cr3t` }));
        await bot.inFlight.settled();
        await stranger.stop(true);
        expect([asked, bot.ephemerals.map(({ said }) => said)]).toEqual([[], [{ text: "one" }]]);
        expect(bot.log).toEqual([expect.stringContaining("response_url was not of Slack's host")]);
        expect(bot.log[0]).not.toContain("http");
      });
    });
  });
