import { afterEach, describe, expect, test } from "bun:test";
import { App, SocketModeReceiver } from "@slack/bolt";
import { LogLevel, WebClient } from "@slack/web-api";
import { Faults } from "../server/faults.ts";
import { RequestLog } from "../server/request-log.ts";
import { serveApp } from "../server/serve.ts";
import { APP_TOKEN, BOT_TOKEN, startSlack } from "../test/slack.ts";

const nothing = () => {};
const silent = {
  ...{ debug: nothing, info: nothing, warn: nothing, error: nothing },
  ...{ setLevel: nothing, setName: nothing, getLevel: () => LogLevel.ERROR },
};

const ending: Array<() => Promise<unknown>> = [];
afterEach(async () => {
  for (const end of ending.splice(0).reverse()) await end();
});

async function serve() {
  const { slack, served } = startSlack();
  const log = new RequestLog();
  const { sockets } = slack;
  const { url, stop } = await serveApp({ service: "slack", fetch: slack.fetch, sockets, log, faults: new Faults() });
  served.url = url;
  ending.push(stop);
  return { slack, url, log };
}

/** Bolt itself, in Socket Mode; `prepare` registers its listeners. */
async function connect(url: string, prepare: (app: App) => void, pingTimeout = 20) {
  const receiver = new SocketModeReceiver({
    appToken: APP_TOKEN,
    logger: silent,
    clientPingTimeout: pingTimeout,
    installerOptions: { clientOptions: { slackApiUrl: `${url}/api/` } },
  });
  const app = new App({
    receiver,
    logger: silent,
    clientOptions: { slackApiUrl: `${url}/api/`, logger: silent },
    authorize: async () => ({ botToken: BOT_TOKEN, botId: "B0SANDBOX1", botUserId: "U0SANDBOX1" }),
  });
  prepare(app);
  await app.start();
  ending.push(() => app.stop());
  /** When the client says that it is connected the next time. */
  const connectedAgain = () => new Promise((resolve) => receiver.client.once("connected", resolve));
  return { app, connectedAgain };
}

const buttons = [
  {
    type: "actions",
    elements: [
      { type: "button" as const, text: { type: "plain_text" as const, text: "Go" }, action_id: "go", value: "7" },
    ],
  },
];

describe("Bolt in Socket Mode", () => {
  test("takes commands, clicks and events, and its acknowledgements and answers are seen", async () => {
    const { slack, url, log } = await serve();
    const heard: unknown[] = [];
    await connect(url, (app) => {
      app.command("/zdsync", async ({ ack, command }) => {
        heard.push(command.text);
        await ack({ text: "Really?", blocks: buttons });
      });
      app.action("go", async ({ ack, respond, action, body }) => {
        await ack();
        heard.push("value" in action && action.value, body.user.id);
        await respond({ text: "Went", replace_original: true });
        heard.push("responded");
      });
      app.event("app_mention", async ({ event }) => void heard.push(event.text));
    });
    expect(slack.sockets.connections).toBe(1);
    const ann = slack.person({ app: () => new Response("not over HTTP", { status: 500 }) });
    const typed = await ann.types("/zdsync run");
    expect(typed).toMatchObject({ over: "socket", status: 200, shown: { text: "Really?", visibleTo: "U0ANN00001" } });
    expect(await ann.clicks(typed.shown?.ts ?? "", "go")).toMatchObject({ over: "socket", status: 200, shown: null });
    await until(() => heard.includes("responded"));
    expect(
      await ann.causes({ type: "app_mention", text: "hello", user: "U0ANN00001", channel: "C0SANDBOX1" }),
    ).toMatchObject({
      status: 200,
    });
    await until(() => heard.includes("hello"));
    expect(heard).toEqual(["run", "7", "U0ANN00001", "responded", "hello"]);
    expect(slack.conversation().map(({ kind, text, standing }) => `${kind} ${text} ${standing}`)).toEqual([
      "typed /zdsync run stands",
      "message Really? replaced",
      "clicked Go stands",
      "message Went stands",
    ]);
    expect(log.entries).toContainEqual(
      expect.objectContaining({ service: "slack", method: "GET", path: "/link/", status: 101 }),
    );
  });

  test.each(["disconnect", "cut"] as const)("connects anew after a %s", async (how) => {
    const { slack, url } = await serve();
    const { connectedAgain } = await connect(url, (app) => app.command("/zdsync", ({ ack }) => ack("here")));
    const again = connectedAgain();
    if (how === "cut") slack.sockets.cut();
    else slack.sockets.disconnect("refresh_requested");
    await again;
    expect(slack.sockets.connections).toBe(1);
    expect((await slack.person().types("/zdsync help")).shown?.text).toBe("here");
  });

  test("no acknowledgement, and a connection that is cut before it: the person is told", async () => {
    const { slack, url } = await serve();
    await connect(url, (app) =>
      app.command("/zdsync", async ({ command }) => {
        if (command.text === "cut") slack.sockets.cut();
      }),
    );
    const late = await slack.person({ acknowledgeMs: 20 }).types("/zdsync wait");
    expect(late).toMatchObject({
      over: "socket",
      is: "late",
      shown: { text: expect.stringContaining("operation_timeout") },
    });
    const cut = await slack.person().types("/zdsync cut");
    expect(cut).toMatchObject({ is: "unreachable", shown: { text: expect.stringContaining("dispatch_failed") } });
  });

  test("without a socket everything goes to the request URL again", async () => {
    const { slack, url } = await serve();
    const { app } = await connect(url, () => {});
    await app.stop();
    await until(() => slack.sockets.connections === 0);
    const done = await slack.person({ app: () => new Response("over HTTP") }).types("/zdsync help");
    expect(done).toMatchObject({ over: "http", shown: { text: "over HTTP" } });
  });
});

describe("apps.connections.open", () => {
  const clientWith = (url: string, token?: string) =>
    new WebClient(token, { slackApiUrl: `${url}/api/`, retryConfig: { retries: 0 }, logger: silent });
  const refusal = (call: Promise<unknown>) => call.catch((error) => error.data.error);

  test("takes the app's token and no other, and other methods do not take it", async () => {
    const { url } = await serve();
    expect(await refusal(clientWith(url, BOT_TOKEN).apps.connections.open())).toBe("not_allowed_token_type");
    expect(await refusal(clientWith(url, "xapp-wrong").apps.connections.open())).toBe("invalid_auth");
    expect(await refusal(clientWith(url).apps.connections.open())).toBe("not_authed");
    expect(await refusal(clientWith(url, APP_TOKEN).auth.test())).toBe("not_allowed_token_type");
    const { response_metadata } = await clientWith(url, APP_TOKEN).apps.connections.open();
    expect(response_metadata).toMatchObject({ scopes: ["connections:write"], acceptedScopes: ["connections:write"] });
  });

  test("gives an address that works once", async () => {
    const { slack, url } = await serve();
    const { url: address = "" } = await clientWith(url, APP_TOKEN).apps.connections.open();
    const [first, second] = [await opened(address), await opened(address)];
    expect([first.type, second.type]).toEqual(["hello", "error"]);
    expect(first).toMatchObject({ num_connections: 1, connection_info: { app_id: "A0SANDBOX1" } });
    expect((await opened(`${url.replace("http", "ws")}/link/?ticket=guess`)).type).toBe("error");
    expect(slack.sockets.connections).toBe(1);
  });
});

/** The first message of a socket, or that it could not be opened. */
async function opened(address: string): Promise<{ type: string }> {
  const socket = new WebSocket(address);
  ending.push(async () => socket.close());
  return new Promise((resolve) => {
    socket.onmessage = ({ data }) => resolve(JSON.parse(String(data)));
    socket.onerror = () => resolve({ type: "error" });
  });
}

/** Waits for what happens in another part of this process. */
async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await Bun.sleep(1);
}
