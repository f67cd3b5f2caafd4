import { afterEach, describe, expect, test } from "bun:test";
import { LogLevel, WebClient } from "@slack/web-api";
import { SandboxClock } from "../server/clock.ts";
import { Faults } from "../server/faults.ts";
import { RequestLog } from "../server/request-log.ts";
import { serveApp } from "../server/serve.ts";
import { createSlack } from "./slack.ts";

const TOKEN = "xoxb-test";
const APP_TOKEN = "xapp-test";
/** What the bot may do when reading public channels is withdrawn. */
const GRANTED_OTHERS =
  "channels:read,chat:write,chat:write.public,commands,files:write,groups:history,groups:read,usergroups:read";
const CHANNEL = "C0SANDBOX1";
const OTHER = "C0SANDBOX2";

const nothing = () => {};
const silent = {
  ...{ debug: nothing, info: nothing, warn: nothing, error: nothing },
  ...{ setLevel: nothing, setName: nothing, getLevel: () => LogLevel.ERROR },
};

const running: Array<() => Promise<void>> = [];
afterEach(async () => {
  for (const stop of running.splice(0)) await stop();
});

/** A Slack on a port, Slack's own client for it, and a clock that only the test moves. */
async function served(factor = 1) {
  let milliseconds = Date.parse("2026-11-23T10:00:00Z");
  const clock = new SandboxClock(factor, () => new Date(milliseconds));
  let base = "";
  const slack = createSlack({
    token: TOKEN,
    appToken: APP_TOKEN,
    signingSecret: "signing",
    baseUrl: () => base,
    channels: [
      { id: CHANNEL, name: "support-notices", isMember: true },
      { id: OTHER, name: "general", isMember: false },
    ],
    clock,
  });
  const log = new RequestLog();
  const { url, stop } = await serveApp({ service: "slack", fetch: slack.fetch, log, faults: new Faults() });
  base = url;
  running.push(stop);
  const clientWith = (token?: string) =>
    new WebClient(token, {
      slackApiUrl: `${url}/api/`,
      rejectRateLimitedCalls: true,
      retryConfig: { retries: 0 },
      logger: silent,
    });
  const wait = (sandboxSeconds: number) => {
    milliseconds += clock.realMs(sandboxSeconds);
  };
  const client = clientWith(TOKEN);
  /** Posts one message after the other, far enough apart. @returns their `ts` */
  const postAll = async (texts: string[], more: { thread_ts?: string } = {}) => {
    const posted: string[] = [];
    for (const text of texts) {
      wait(1);
      posted.push((await client.chat.postMessage({ channel: CHANNEL, text, ...more })).ts ?? "");
    }
    return posted;
  };
  return { slack, url, client, clientWith, wait, postAll };
}

/** Slack's error code, and its whole answer. */
async function refusal(call: Promise<unknown>): Promise<{ error: string; [name: string]: unknown }> {
  return call.then(
    (answer) => ({ error: `nothing was refused: ${JSON.stringify(answer)}` }),
    (error: { data?: { error: string } }) => error.data ?? { error: String(error) },
  );
}

const section = (length: number) => ({ type: "section", text: { type: "mrkdwn", text: "x".repeat(length) } });
const header = (length: number) => ({ type: "header", text: { type: "plain_text", text: "x".repeat(length) } });
const list = <Item>(length: number, item: Item): Item[] => Array.from({ length }, () => item);
const button = (more: object) => ({
  type: "actions",
  elements: [{ type: "button", text: { type: "plain_text", text: "Go" }, ...more }],
});

describe("who may call", () => {
  test("auth.test names the bot, and the scopes in a header", async () => {
    const { client } = await served();
    const answer = await client.auth.test();
    expect(answer).toMatchObject({ ok: true, user: "zdsync", team_id: "T0SANDBOX1", bot_id: "B0SANDBOX1" });
    expect(answer.response_metadata?.scopes).toEqual([
      ...["channels:history", "channels:read", "chat:write", "chat:write.public", "commands"],
      ...["files:write", "groups:history", "groups:read", "usergroups:read"],
    ]);
  });

  test("no token, a wrong token, a method that does not exist", async () => {
    const { client, clientWith } = await served();
    expect(await refusal(clientWith().auth.test())).toMatchObject({ error: "not_authed" });
    expect(await refusal(clientWith("xoxb-wrong").auth.test())).toMatchObject({ error: "invalid_auth" });
    expect(await refusal(client.apiCall("chat.shout"))).toMatchObject({ error: "unknown_method" });
  });

  test("without the history scope the channel cannot be read, but posted to", async () => {
    const { client, slack, postAll } = await served();
    slack.setHistoryScope(false);
    const [ts = ""] = await postAll(["hello"]);
    const missing = { error: "missing_scope", needed: "channels:history", provided: GRANTED_OTHERS };
    expect(await refusal(client.conversations.history({ channel: CHANNEL }))).toMatchObject(missing);
    expect(await refusal(client.conversations.replies({ channel: CHANNEL, ts }))).toMatchObject(missing);
    slack.setHistoryScope(true);
    expect((await client.conversations.history({ channel: CHANNEL })).messages).toHaveLength(1);
  });
});

describe("channels", () => {
  test("unknown, and without the bot", async () => {
    const { client, slack } = await served();
    slack.setScope("chat:write.public", false);
    const errors = async (channel: string) => [
      (await refusal(client.chat.postMessage({ channel, text: "x" }))).error,
      (await refusal(client.conversations.history({ channel }))).error,
    ];
    expect(await errors("C0UNKNOWN1")).toEqual(["channel_not_found", "channel_not_found"]);
    expect(await errors(OTHER)).toEqual(["not_in_channel", "not_in_channel"]);
    expect((await client.conversations.info({ channel: OTHER })).channel).toMatchObject({ is_member: false });
  });

  test("archived: read, but not posted to", async () => {
    const { client, slack, postAll } = await served();
    const [ts = ""] = await postAll(["hello"]);
    slack.archive(CHANNEL);
    expect(await refusal(client.chat.postMessage({ channel: CHANNEL, text: "x" }))).toMatchObject({
      error: "is_archived",
    });
    expect(await refusal(client.chat.update({ channel: CHANNEL, ts, text: "x" }))).toMatchObject({
      error: "is_archived",
    });
    expect((await client.conversations.info({ channel: CHANNEL })).channel?.is_archived).toBe(true);
    expect((await client.conversations.history({ channel: CHANNEL })).messages).toHaveLength(1);
  });
});

describe("limits of a message", () => {
  test.each([
    ["50 blocks", list(50, section(1))],
    ["a section of 3,000", [section(3000)]],
    ["a header of 150", [header(150)]],
    ["blocks of 13,200 characters", blocksOfLength(13_200)],
    ["a button", [button({ action_id: "retry", value: "v".repeat(2000) })]],
  ])("taken: %s", async (_, blocks) => {
    const { client, slack } = await served();
    await client.chat.postMessage({ channel: CHANNEL, text: "x", blocks: blocks as never });
    expect(slack.messages()[0]?.blocks).toEqual(blocks);
  });

  test.each([
    ["51 blocks", list(51, section(1)), "invalid_blocks", "/blocks"],
    ["a section of 3,001", [section(1), section(3001)], "invalid_blocks", "/blocks/1/text/text"],
    ["an empty section", [section(0)], "invalid_blocks", "/blocks/0/text/text"],
    ["a header of 151", [header(151)], "invalid_blocks", "/blocks/0/text/text"],
    ["a header in mrkdwn", [{ ...section(1), type: "header" }], "invalid_blocks", "/blocks/0/text/type"],
    ["blocks of 13,201 characters", blocksOfLength(13_201), "msg_blocks_too_long", ""],
    [
      "11 elements of context",
      [{ type: "context", elements: list(11, section(1).text) }],
      "invalid_blocks",
      "/elements",
    ],
    ["26 buttons", [{ type: "actions", elements: list(26, { type: "button" }) }], "invalid_blocks", "/elements"],
    ["a long value", [button({ value: "v".repeat(2001) })], "invalid_blocks", "/elements/0/value"],
    ["two blocks of one id", list(2, { ...section(1), block_id: "a" }), "invalid_blocks", "/blocks/1/block_id"],
    ["an unknown block", [{ type: "paragraph" }], "invalid_blocks", "/blocks/0/type"],
    ["blocks that are no list", { type: "section" }, "invalid_blocks_format", ""],
  ])("refused: %s", async (_, blocks, error, pointer) => {
    const { client, slack } = await served();
    const told = await refusal(client.chat.postMessage({ channel: CHANNEL, text: "x", blocks: blocks as never }));
    expect(told).toMatchObject({ ok: false, error });
    expect(JSON.stringify(told)).toContain(pointer);
    expect(slack.messages()).toEqual([]);
  });

  test("neither text nor blocks", async () => {
    const { client } = await served();
    expect(await refusal(client.chat.postMessage({ channel: CHANNEL, text: "" }))).toMatchObject({ error: "no_text" });
  });

  test.each([
    ["no type", { event_payload: {} }, "invalid_metadata_schema"],
    ["no payload", { event_type: "created" }, "invalid_metadata_schema"],
    ["a list in the payload", { event_type: "created", event_payload: { ids: [1] } }, "invalid_metadata_schema"],
    ["two levels", { event_type: "created", event_payload: { a: { b: { c: 1 } } } }, "invalid_metadata_schema"],
    ["no object", "created", "invalid_metadata_format"],
  ])("metadata with %s", async (_, metadata, error) => {
    const { client } = await served();
    const call = client.chat.postMessage({ channel: CHANNEL, text: "x", metadata: metadata as never });
    expect(await refusal(call)).toMatchObject({ error });
  });
});

describe("one message a second", () => {
  test.each([1, 50])("after a small burst, with time %d times as fast", async (factor) => {
    const { client, wait, slack } = await served(factor);
    const post = () => client.chat.postMessage({ channel: CHANNEL, text: "x" });
    for (let burst = 0; burst < 3; burst++) await post();
    await expect(post()).rejects.toMatchObject({ code: "slack_webapi_rate_limited_error", retryAfter: 1 });
    wait(0.9);
    await expect(post()).rejects.toMatchObject({ retryAfter: 1 });
    wait(0.1);
    await post();
    await expect(post()).rejects.toMatchObject({ retryAfter: 1 });
    expect(slack.messages()).toHaveLength(4);
  });

  test("reading is not limited by it", async () => {
    const { client } = await served();
    for (let call = 0; call < 10; call++) await client.conversations.history({ channel: CHANNEL });
  });
});

describe("what was posted is read back", () => {
  const metadata = { event_type: "created", event_payload: { id: 7, run: "r", dry: false } };

  test("history is newest first, and gives metadata where asked", async () => {
    const { client, postAll, wait } = await served();
    await postAll(["one", "two"]);
    wait(1);
    await client.chat.postMessage({ channel: CHANNEL, text: "three", metadata });
    const texts = (await client.conversations.history({ channel: CHANNEL })).messages;
    expect(texts?.map(({ text }) => text)).toEqual(["three", "two", "one"]);
    expect(texts?.[0]?.metadata).toBeUndefined();
    const all = await client.conversations.history({ channel: CHANNEL, include_all_metadata: true });
    expect(all.messages?.[0]?.metadata).toEqual(metadata);
  });

  test("in pages, which a new message does not move", async () => {
    const { client, postAll } = await served();
    await postAll(["1", "2", "3", "4", "5"]);
    const seen: string[] = [];
    let cursor: string | undefined;
    do {
      const page = await client.conversations.history({ channel: CHANNEL, limit: 2, ...(cursor ? { cursor } : {}) });
      seen.push(...(page.messages ?? []).map(({ text }) => text ?? ""));
      cursor = page.response_metadata?.next_cursor;
      expect(page.has_more).toBe(cursor !== undefined);
      await postAll(["new"]);
    } while (cursor);
    expect(seen).toEqual(["5", "4", "3", "2", "1"]);
    const wrong = client.conversations.history({ channel: CHANNEL, cursor: "wrong" });
    expect(await refusal(wrong)).toMatchObject({ error: "invalid_cursor" });
    const limit = client.conversations.history({ channel: CHANNEL, limit: 1000 });
    expect(await refusal(limit)).toMatchObject({ error: "invalid_limit" });
  });

  test("between oldest and latest, both left out unless inclusive", async () => {
    const { client, postAll } = await served();
    const [oldest = "", , latest = ""] = await postAll(["1", "2", "3"]);
    const texts = async (inclusive: boolean) => {
      const { messages } = await client.conversations.history({ channel: CHANNEL, oldest, latest, inclusive });
      return messages?.map(({ text }) => text);
    };
    expect(await texts(false)).toEqual(["2"]);
    expect(await texts(true)).toEqual(["3", "2", "1"]);
    const malformed = client.conversations.history({ channel: CHANNEL, oldest: "yesterday" });
    expect(await refusal(malformed)).toMatchObject({ error: "invalid_ts_oldest" });
  });

  test("a thread stands apart from the channel", async () => {
    const { client, postAll } = await served();
    const [parent = ""] = await postAll(["parent"]);
    const [first = ""] = await postAll(["first", "second"], { thread_ts: parent });
    const { messages } = await client.conversations.history({ channel: CHANNEL });
    expect(messages).toMatchObject([{ text: "parent", reply_count: 2, thread_ts: parent }]);
    // A reply names its thread as well as the parent does.
    for (const ts of [parent, first]) {
      const thread = await client.conversations.replies({ channel: CHANNEL, ts });
      expect(thread.messages?.map(({ text }) => text)).toEqual(["parent", "first", "second"]);
    }
    const unknown = client.conversations.replies({ channel: CHANNEL, ts: "1.000000" });
    expect(await refusal(unknown)).toMatchObject({ error: "thread_not_found" });
    const astray = client.chat.postMessage({ channel: CHANNEL, text: "x", thread_ts: "1.000000" });
    expect(await refusal(astray)).toMatchObject({ error: "cannot_reply_to_message" });
  });

  test("messages of one moment have different ts", async () => {
    const { client, slack } = await served();
    for (let count = 0; count < 3; count++) await client.chat.postMessage({ channel: CHANNEL, text: "x" });
    expect(new Set(slack.messages().map(({ ts }) => ts)).size).toBe(3);
    expect(slack.messages()[0]?.ts).toMatch(/^\d{10}\.\d{6}$/);
  });

  test("chat.update changes what it is given, and only messages that are there", async () => {
    const { client, slack } = await served();
    const blocks = [section(3)];
    const { ts = "" } = await client.chat.postMessage({
      channel: CHANNEL,
      text: "before",
      blocks: blocks as never,
      metadata,
    });
    await client.chat.update({ channel: CHANNEL, ts, text: "after" });
    expect(slack.messages()).toEqual([{ channel: CHANNEL, ts, text: "after", blocks, metadata }]);
    const unknown = client.chat.update({ channel: CHANNEL, ts: "1.000000", text: "x" });
    expect(await refusal(unknown)).toMatchObject({ error: "message_not_found" });
    const tooLong = client.chat.update({ channel: CHANNEL, ts, text: "x", blocks: [header(151)] as never });
    expect(await refusal(tooLong)).toMatchObject({ error: "invalid_blocks" });
  });
});

describe("JSON bodies", () => {
  async function post(url: string, body: string, headers: Record<string, string> = {}) {
    const response = await fetch(`${url}/api/chat.postMessage`, {
      method: "POST",
      headers: { "content-type": "application/json; charset=utf-8", authorization: `Bearer ${TOKEN}`, ...headers },
      body,
    });
    return { status: response.status, body: await response.json() };
  }

  test("carry the same message as forms", async () => {
    const { url, slack } = await served();
    const message = {
      channel: CHANNEL,
      text: "x",
      blocks: [section(1)],
      metadata: { event_type: "a", event_payload: {} },
    };
    expect(await post(url, JSON.stringify(message))).toMatchObject({ status: 200, body: { ok: true } });
    expect(slack.messages()).toMatchObject([message]);
  });

  test("are refused with status 200", async () => {
    const { url } = await served();
    expect(await post(url, "{")).toEqual({ status: 200, body: { ok: false, error: "invalid_json" } });
    expect(await post(url, "[]")).toEqual({ status: 200, body: { ok: false, error: "json_not_object" } });
    const inBody = JSON.stringify({ token: TOKEN, channel: CHANNEL, text: "x" });
    expect(await post(url, inBody, { authorization: "" })).toMatchObject({ body: { error: "not_authed" } });
  });
});

/** Sections whose JSON has exactly this length. */
function blocksOfLength(length: number) {
  const blocks = list(5, section(2500));
  const rest = length - JSON.stringify([...blocks, section(0)]).length;
  return [...blocks, section(rest)];
}
