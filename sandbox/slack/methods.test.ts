import { describe, expect, test } from "bun:test";
import { LogLevel, WebClient } from "@slack/web-api";
import { BOT_TOKEN, CHANNEL, PRIVATE_CHANNEL, startSlack } from "../test/slack.ts";

const nothing = () => {};
const logger = {
  ...{ debug: nothing, info: nothing, warn: nothing, error: nothing },
  ...{ setLevel: nothing, setName: nothing, getLevel: () => LogLevel.ERROR },
};

/** A Slack without a port, and Slack's own client for it. */
function withClient(more: Parameters<typeof startSlack>[0] = {}) {
  const { slack, wait } = startSlack(more);
  const client = new WebClient(BOT_TOKEN, {
    slackApiUrl: "https://slack.sandbox.invalid/api/",
    retryConfig: { retries: 0 },
    rejectRateLimitedCalls: true,
    logger,
    fetch: async (url, init) => slack.fetch(new Request(String(url), init as RequestInit)) as never,
  });
  return { slack, client, wait };
}

const refusal = (call: Promise<unknown>): Promise<unknown> =>
  call.then(
    (answer) => `nothing was refused: ${JSON.stringify(answer)}`,
    (error) => error.data?.error ?? String(error),
  );

describe("chat.postEphemeral", () => {
  const message = { channel: CHANNEL, user: "U0ANN00001", text: "for Ann" };

  test("one person sees it, no history has it, and chat.update does not find it", async () => {
    const { slack, client } = withClient();
    const { message_ts: ts = "" } = await client.chat.postEphemeral(message);
    expect(slack.conversation()).toEqual([
      {
        ...{ kind: "message", channel: CHANNEL, ts, from: "U0SANDBOX1", visibleTo: "U0ANN00001" },
        ...{ text: "for Ann", standing: "stands" },
      },
    ]);
    expect(slack.messages()).toEqual([]);
    expect((await client.conversations.history({ channel: CHANNEL })).messages).toEqual([]);
    expect(await refusal(client.chat.update({ channel: CHANNEL, ts, text: "x" }))).toBe("message_not_found");
  });

  test.each([
    ["nobody knows the person", { user: "U0NOBODY01" }, "user_not_in_channel"],
    ["nobody knows the channel", { channel: "C0NOWHERE1" }, "channel_not_found"],
    ["the bot is not in the private channel", { channel: PRIVATE_CHANNEL }, "channel_not_found"],
    ["it is empty", { text: "" }, "no_text"],
    ["a block is wrong", { blocks: [{ type: "nonsense" }] as never }, "invalid_blocks"],
  ])("refused where %s", async (_, change, error) => {
    const { slack, client } = withClient();
    expect(await refusal(client.chat.postEphemeral({ ...message, ...change }))).toBe(error);
    expect(slack.conversation()).toEqual([]);
  });

  test("chat:write.public is not for it, and it counts as a message of the channel's second", async () => {
    const channels = [{ id: CHANNEL, name: "support-notices", isMember: false }];
    expect(await refusal(withClient({ channels }).client.chat.postEphemeral(message))).toBe("not_in_channel");
    const { client } = withClient();
    for (let burst = 0; burst < 3; burst++) await client.chat.postEphemeral(message);
    await expect(client.chat.postMessage(message)).rejects.toMatchObject({ retryAfter: 1 });
  });
});

describe("people", () => {
  test("who is in a user group", async () => {
    const { client } = withClient();
    const group = (usergroup: string) => client.usergroups.users.list({ usergroup });
    expect((await group("S0SUPPORT1")).users).toEqual(["U0ANN00001", "U0BOB00001"]);
    expect(await refusal(group("S0NOBODY01"))).toBe("no_such_subteam");
    const other = withClient({ userGroups: [{ id: "S0OTHER001", users: [] }] });
    expect((await other.client.usergroups.users.list({ usergroup: "S0OTHER001" })).users).toEqual([]);
  });

  test("users.info needs a scope that the bot does not have by itself", async () => {
    const { slack, client } = withClient();
    expect(await refusal(client.users.info({ user: "U0ANN00001" }))).toBe("missing_scope");
    slack.setScope("users:read", true);
    expect((await client.users.info({ user: "U0ANN00001" })).user).toMatchObject({ id: "U0ANN00001", name: "ann" });
    expect(await refusal(client.users.info({ user: "U0NOBODY01" }))).toBe("user_not_found");
  });
});

describe("scopes", () => {
  test.each([
    ["chat:write", (client: WebClient) => client.chat.postMessage({ channel: CHANNEL, text: "x" })],
    ["chat:write", (client: WebClient) => client.chat.update({ channel: CHANNEL, ts: "1.000000", text: "x" })],
    [
      "chat:write",
      (client: WebClient) => client.chat.postEphemeral({ channel: CHANNEL, user: "U0ANN00001", text: "x" }),
    ],
    ["channels:read", (client: WebClient) => client.conversations.info({ channel: CHANNEL })],
    ["channels:history", (client: WebClient) => client.conversations.history({ channel: CHANNEL })],
    ["groups:read", (client: WebClient) => client.conversations.info({ channel: PRIVATE_CHANNEL })],
    ["groups:history", (client: WebClient) => client.conversations.history({ channel: PRIVATE_CHANNEL })],
    ["usergroups:read", (client: WebClient) => client.usergroups.users.list({ usergroup: "S0SUPPORT1" })],
  ])("without %s", async (scope, call) => {
    const { slack, client } = withClient();
    slack.setScope(scope, false);
    const error = await call(client).catch((caught: unknown) => caught);
    expect(error).toMatchObject({ data: { error: "missing_scope", needed: scope } });
    slack.setScope(scope, true);
    expect(await refusal(call(client))).not.toBe("missing_scope");
  });

  test("chat:write.public posts to public channels, never to private ones", async () => {
    const channels = [
      { id: CHANNEL, name: "support-notices", isMember: false },
      { id: PRIVATE_CHANNEL, name: "private", isMember: false, isPrivate: true },
    ];
    const { slack, client } = withClient({ channels });
    await client.chat.postMessage({ channel: CHANNEL, text: "x" });
    expect(await refusal(client.chat.postMessage({ channel: PRIVATE_CHANNEL, text: "x" }))).toBe("channel_not_found");
    slack.setScope("chat:write.public", false);
    expect(await refusal(client.chat.postMessage({ channel: CHANNEL, text: "x" }))).toBe("not_in_channel");
  });
});

test("a private channel the bot is in says that it is one", async () => {
  const channels = [{ id: PRIVATE_CHANNEL, name: "private", isMember: true, isPrivate: true }];
  const { client } = withClient({ channels });
  const { channel } = await client.conversations.info({ channel: PRIVATE_CHANNEL });
  expect(channel).toMatchObject({ is_private: true, is_channel: false, is_member: true });
  expect(await refusal(withClient().client.conversations.info({ channel: PRIVATE_CHANNEL }))).toBe("channel_not_found");
});

test("Slack gives blocks back with what it adds to them", async () => {
  const { slack, client } = withClient();
  const blocks = [
    { type: "section", text: { type: "mrkdwn", text: "*x*" } },
    { type: "header", block_id: "own", text: { type: "plain_text", text: "x", emoji: false } },
  ] as const;
  await client.chat.postMessage({ channel: CHANNEL, text: "x", blocks: blocks as never });
  expect(slack.messages()[0]?.blocks).toEqual([...blocks]);
  const { messages } = await client.conversations.history({ channel: CHANNEL });
  expect(messages?.[0]?.blocks).toEqual([
    { type: "section", block_id: "b0000", text: { type: "mrkdwn", text: "*x*", verbatim: false } },
    { type: "header", block_id: "own", text: { type: "plain_text", text: "x", emoji: false } },
  ] as never);
});

test("chat.update leaves each version in the conversation", async () => {
  const { slack, client } = withClient();
  const { ts = "" } = await client.chat.postMessage({ channel: CHANNEL, text: "one" });
  await client.chat.update({ channel: CHANNEL, ts, text: "two" });
  await client.chat.update({ channel: CHANNEL, ts, text: "three" });
  const seen = slack.conversation().map((entry) => `${entry.ts === ts} ${entry.text} ${entry.standing}`);
  expect(seen).toEqual(["true one replaced", "true two replaced", "true three stands"]);
});
