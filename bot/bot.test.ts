import { describe, expect, test } from "bun:test";
import { ConfigurationError } from "../lib/errors.ts";
import type { RunningSandbox } from "../sandbox/start.ts";
import { BotWorld, scriptedCore, until } from "../test/support/bot/bot-world.ts";

const socketMode = (sandbox: RunningSandbox) => ({ SLACK_APP_TOKEN: sandbox.slackAppToken });
const ready = async (url: string): Promise<Record<string, unknown>> => {
  const response = await fetch(`${url}/readyz`);
  return { status: response.status, ...((await response.json()) as Record<string, unknown>) };
};

for (const [way, env] of [
  ["HTTP", () => ({})],
  ["Socket Mode", socketMode],
] as const)
  test(`over ${way}: a button in an ephemeral message, and the answer in its place`, async () => {
    await using world = await BotWorld.start(env);
    const button = {
      type: "button",
      text: { type: "plain_text", text: "Start" },
      action_id: "run_confirm",
      value: "offer-1",
    };
    const clicks: unknown[] = [];
    const { make } = scriptedCore((asked) => {
      if ("text" in asked)
        return { now: { text: "Start?", blocks: [{ type: "actions", elements: [button] }] }, later: null };
      clicks.push([asked.action, asked.value, asked.by.user, asked.message]);
      return { now: null, later: (reply) => reply.instead({ text: "started", blocks: [] }) };
    });
    const { url, person } = await world.serve(make);
    await until(async () => (await ready(url)).status === 200);
    const { shown } = await person.types("/zdsync run");
    if (!shown) throw new Error("nothing was shown");
    await person.clicks(shown.ts, "run_confirm");
    const standing = () =>
      world.sandbox.slackConversation().filter(({ kind, standing }) => kind === "message" && standing === "stands");
    await until(() => standing().some(({ text }) => text === "started"));
    expect(standing().map(({ text }) => text)).toEqual(["started"]);
    expect(clicks).toEqual([["run_confirm", "offer-1", "U0ANN00001", null]]);
    expect(world.output.said).toEqual([]);
  });

describe("the bot over HTTP", () => {
  test("starts without a call to Slack, and answers a command and what comes later", async () => {
    await using world = await BotWorld.start();
    const { url, person } = await world.serve();
    expect(world.sandbox.requests.filter(({ service }) => service === "slack")).toEqual([]);
    expect(await ready(url)).toEqual({
      status: 200,
      ready: true,
      bot: "running",
      slack: "commands and clicks come over HTTP",
    });
    const done = await person.types("/zdsync status");
    expect([done.over, done.status, done.shown?.visibleTo]).toEqual(["http", 200, "U0ANN00001"]);
    const answered = () => world.sandbox.slackConversation().some(({ text }) => text.includes("No run is in progress"));
    await until(answered);
    expect(world.output.said).toEqual([]);
  });

  test("a response_url that is over: the answer comes as an ephemeral message", async () => {
    await using world = await BotWorld.start();
    const gate = Promise.withResolvers<void>();
    const { make } = scriptedCore(() => ({
      now: null,
      later: async (reply) => {
        await gate.promise;
        await reply.privately({ text: "past the response_url" });
      },
    }));
    const { person } = await world.serve(make);
    await person.types("/zdsync status");
    world.sandbox.expireSlackResponseUrls();
    gate.resolve();
    const answer = () => world.sandbox.slackConversation().find(({ text }) => text === "past the response_url");
    await until(() => answer() !== undefined);
    expect(answer()?.visibleTo).toBe("U0ANN00001");
    expect(world.output.said).toEqual([]);
  });

  test("Slack down altogether: the answer is lost, the log says by which codes, without the URL", async () => {
    await using world = await BotWorld.start();
    const done = Promise.withResolvers<void>();
    const { make } = scriptedCore(() => ({
      now: null,
      later: async (reply) => {
        await world.sandbox.stop();
        await reply.privately({ text: "lost" });
        done.resolve();
      },
    }));
    const { url } = await world.serve(make);
    const request = world.sandbox.slackPerson({ app: `${url}/slack/events` }).commandRequest("/zdsync status");
    await fetch(request);
    await done.promise;
    expect(world.output.said).toHaveLength(1);
    expect(world.output.said[0]).toStartWith(
      "warning: an answer could not be given: response_url unreachable, chat.postEphemeral ",
    );
    expect(world.output.said[0]).not.toContain("http");
  });

  test("stopping: refuses what is new, finishes what was acknowledged, then closes; in this order", async () => {
    await using world = await BotWorld.start();
    const gate = Promise.withResolvers<void>();
    const { make, happened } = scriptedCore(() => ({
      now: { text: "at once" },
      later: async () => {
        await gate.promise;
        happened.push("later");
      },
    }));
    const { url, person, stop } = await world.serve(make);
    expect((await person.types("/zdsync status")).status).toBe(200);
    const stopped = stop();
    await until(() => happened.includes("stop"));
    expect((await person.types("/zdsync status")).is).toBe("unreachable");
    expect(await fetch(`${url}/healthz`).catch(() => "refused")).toBe("refused");
    gate.resolve();
    await stopped;
    expect(happened).toEqual(["start", "stop", "later", "close"]);
  });

  test("GitLab's webhook reaches the runner with the secret, and is not there without", async () => {
    const gitlab = { GITLAB_PROJECT: "support/zdsync", GITLAB_TRIGGER_TOKEN: "glptt-0123456789" };
    const secret = "webhook-secret-0123456789";
    const hook = (url: string, token: string) =>
      fetch(`${url}/gitlab/events`, { method: "POST", body: '{"a":1}', headers: { "x-gitlab-token": token } });
    await using world = await BotWorld.start(() => ({ ...gitlab, GITLAB_WEBHOOK_SECRET: secret }));
    const { make, happened } = scriptedCore(() => ({ now: null, later: null }));
    const { url } = await world.serve(make);
    expect([(await hook(url, secret)).status, (await hook(url, "forged")).status]).toEqual([200, 401]);
    expect(happened).toEqual(["start", 'webhook {"a":1}']);
    await using other = await BotWorld.start(() => ({ ...gitlab, GITLAB_READ_TOKEN: "glpat-0123456789" }));
    expect((await hook((await other.serve(make)).url, secret)).status).toBe(404);
  });

  test("B6: outside text begins no line of the bot's log", async () => {
    await using world = await BotWorld.start();
    const { make } = scriptedCore(() => ({ now: null, later: null }));
    const hostile = "a\n::add-mask::b\r\nzdsync bot has stopped.\u2028c";
    const { createBot } = await import("./bot.ts");
    await createBot(world.env, { output: world.output, clock: () => new Date() }, async ({ warn, say }) => {
      warn(hostile);
      say(hostile);
      return make();
    });
    const line = "a ::add-mask::b zdsync bot has stopped. c";
    expect(world.output.said).toEqual([`warning: ${line}`, line]);
  });

  test("B6: HOST: the bot listens on that address only; one that the machine has not is a setting to change", async () => {
    await using world = await BotWorld.start(() => ({ HOST: "127.0.0.2" }));
    const { make } = scriptedCore(() => ({ now: null, later: null }));
    const { url } = await world.serve(make);
    expect((await fetch(`${url.replace("127.0.0.1", "127.0.0.2")}/healthz`)).status).toBe(200);
    expect(await fetch(`${url}/healthz`).catch(() => "refused")).toBe("refused");
    // No name server has to be asked for these.
    for (const HOST of ["192.0.2.1", "no..machine"]) {
      await using other = await BotWorld.start(() => ({ HOST }));
      const error = await other.serve(make).catch((thrown: unknown) => thrown);
      expect(error).toBeInstanceOf(ConfigurationError);
      expect(String(error)).toContain(`HOST: ${HOST} is not an address of this machine`);
    }
  });

  test("a port that is taken is a setting to change", async () => {
    await using world = await BotWorld.start();
    const { serveBot } = await import("./serve.ts");
    const { createBot } = await import("./bot.ts");
    const taken = Bun.serve({ port: 0, fetch: () => new Response("") });
    const bot = await createBot(
      world.env,
      { output: world.output, clock: () => new Date() },
      scriptedCore(() => ({ now: null, later: null })).make,
    );
    const error = await serveBot(bot, Number(taken.port)).catch((thrown: unknown) => thrown);
    await taken.stop(true);
    expect(error).toBeInstanceOf(ConfigurationError);
    expect(String(error)).toContain("in use by another program");
  });
});

describe("the bot in Socket Mode", () => {
  test("the same listeners; HTTP for the rest", async () => {
    await using world = await BotWorld.start(socketMode);
    const { url, person } = await world.serve();
    await until(async () => (await ready(url)).status === 200);
    expect(await ready(url)).toMatchObject({ slack: "Socket Mode: connected" });
    const done = await person.types("/zdsync help");
    expect([done.over, done.status]).toEqual(["socket", 200]);
    expect(done.shown?.text).toContain("*Commands*");
    await person.types("/zdsync status");
    await until(() => world.sandbox.slackConversation().some(({ text }) => text.includes("No run is in progress")));
    const slackEvents = await fetch(`${url}/slack/events`, { method: "POST", body: "" });
    expect([slackEvents.status, (await fetch(`${url}/healthz`)).status]).toEqual([404, 200]);
    expect(world.output.said).toEqual([]);
  });

  test.each<[string, (sandbox: RunningSandbox) => void]>([
    ["Slack asks to connect anew", (sandbox) => sandbox.slackSockets.disconnect("refresh_requested")],
    ["the connection is cut", (sandbox) => sandbox.slackSockets.cut()],
    [
      "it is cut, and Slack is down for a moment",
      (sandbox) => {
        sandbox.addFault({ kind: "500", service: "slack" });
        sandbox.slackSockets.cut();
      },
    ],
  ])("%s: connected again, commands arrive", async (_, lose) => {
    await using world = await BotWorld.start(socketMode);
    const { url, person } = await world.serve();
    const opened = () => world.sandbox.requests.filter(({ path }) => path.includes("apps.connections.open")).length;
    await until(async () => (await ready(url)).status === 200);
    lose(world.sandbox);
    await until(() => opened() >= 2);
    await until(async () => (await ready(url)).status === 200 && world.sandbox.slackSockets.connections === 1);
    expect((await person.types("/zdsync help")).status).toBe(200);
  });

  test("a Slack that is down at the start: not ready, in words; connected once it is there", async () => {
    await using world = await BotWorld.start(socketMode);
    world.sandbox.addFault({ kind: "500", service: "slack" });
    const { url, person } = await world.serve();
    await until(() => world.output.said.length > 0);
    expect(await ready(url)).toMatchObject({ status: 503, ready: false });
    expect(world.output.said[0]).toStartWith("warning: ");
    expect(world.output.said.join()).not.toContain("xapp-");
    await until(async () => (await ready(url)).status === 200);
    expect((await person.types("/zdsync help")).status).toBe(200);
  });

  test("stopping: disconnected, what was acknowledged is finished", async () => {
    await using world = await BotWorld.start(socketMode);
    const gate = Promise.withResolvers<void>();
    const { make, happened } = scriptedCore(() => ({
      now: { text: "at once" },
      later: async () => {
        await gate.promise;
        happened.push("later");
      },
    }));
    const { url, person, stop } = await world.serve(make);
    await until(async () => (await ready(url)).status === 200);
    expect((await person.types("/zdsync status")).body).toContain("at once");
    const stopped = stop();
    await until(() => happened.includes("stop"));
    expect(world.sandbox.slackSockets.connections).toBe(0);
    gate.resolve();
    await stopped;
    expect(happened).toEqual(["start", "stop", "later", "close"]);
  });
});
