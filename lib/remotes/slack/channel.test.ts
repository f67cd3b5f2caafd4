import { afterAll, expect, test } from "bun:test";
import { startSandbox } from "../../../bin/start-sandbox.ts";
import { FakeSlack, lostAnswer, slackError } from "../../../test/support/slack/fake-slack.ts";
import { slackSettings } from "../../settings/environment.ts";
import { createSlackChannel, recordingChannel } from "./channel.ts";
import { postMetadata } from "./notice-metadata.ts";
import type { Message } from "./ports.ts";

const sandbox = await startSandbox({ accounts: 1, timeFactor: 10_000 });
afterAll(() => sandbox.stop());
const settings = slackSettings(sandbox.env, []) ?? { token: "", channel: "" };
const channel = createSlackChannel(settings, { sleep: async () => {}, minTimeoutMs: 1 });
const since = new Date(Date.now() - 3_600_000);

function message(key: string, text = key): Message {
  return {
    text,
    blocks: [{ type: "section", text: { type: "plain_text", text } }],
    metadata: postMetadata(key),
  };
}

async function posted(key: string, thread?: { ts: string }): Promise<string> {
  const outcome = await channel.post(message(key), thread);
  return outcome.is === "posted" ? outcome.ts : outcome.is;
}

test("a message is changed in its place; the last change wins", async () => {
  const ts = await posted("a");
  expect(await channel.update(ts, message("a", "first"))).toEqual({ is: "posted", ts });
  expect(await channel.update(ts, message("a", "second"))).toEqual({ is: "posted", ts });
  const [stands, ...others] = sandbox.slackMessages().filter((one) => one.ts === ts);
  expect(others).toEqual([]);
  expect(stands).toMatchObject({ text: "second", metadata: { event_payload: { key: "a" } } });
  expect(JSON.stringify(stands?.blocks)).toContain("second");
});

test("a message that is not there cannot be changed, and that is said of the message only", async () => {
  expect(await channel.update("1.000001", message("a"))).toEqual({
    is: "refused",
    reason: expect.stringContaining("message_not_found"),
    about: "message",
  });
});

test("a change has the outcomes of a post", async () => {
  const answers = [() => slackError("is_archived"), () => new Response("", { status: 500 }), lostAnswer];
  await using slack = new FakeSlack((_, count) => answers[count - 1]?.());
  const faked = createSlackChannel(slack.settings, { timeoutMs: 500 });
  const outcomes = [];
  for (const _ of answers) outcomes.push((await faked.update("1.0", message("a"))).is);
  expect(outcomes).toEqual(["refused", "unknown", "unknown"]);
  expect(slack.calls).toEqual(["chat.update", "chat.update", "chat.update"]);
});

test("a rate limit that ends at a date is waited out until then", async () => {
  const until = new Date(Date.now() + 90_000).toUTCString();
  await using slack = new FakeSlack(() => new Response("", { status: 429, headers: { "retry-after": until } }));
  const outcome = await createSlackChannel(slack.settings, { timeoutMs: 500 }).post(message("a"));
  expect(outcome.is).toBe("limited");
  expect(outcome.is === "limited" && outcome.waitMs).toBeWithin(80_000, 91_000);
});

test("a read waits where Slack asks for it, and hands on what is too long to be waited for", async () => {
  const unavailable = (seconds: number) => new Response("", { status: 503, headers: { "retry-after": `${seconds}` } });
  const answers = [unavailable(1), unavailable(20), unavailable(300)];
  await using slack = new FakeSlack((_, count) => answers[count - 1]);
  const slept: number[] = [];
  const sleep = async (milliseconds: number) => void slept.push(milliseconds);
  const patient = createSlackChannel(slack.settings, { sleep, minTimeoutMs: 1 });
  expect(await patient.history(since)).toEqual({
    is: "failed",
    reason: "Slack answered HTTP 503",
    waitMs: 300_000,
  });
  expect(slept).toEqual([20_000]);
  expect(slack.calls).toHaveLength(3);
  expect(await patient.history(since)).toMatchObject({ is: "read" });
});

test("a dry run notes changes down and sends none", async () => {
  const ts = await posted("b");
  const recording = recordingChannel(channel);
  expect(await recording.update(ts, message("b", "changed"))).toEqual({ is: "posted", ts });
  expect(recording.recorded.map(({ text }) => text)).toEqual(["changed"]);
  expect(sandbox.slackMessages().find((one) => one.ts === ts)?.text).toBe("b");
});

test("the history holds our messages, with the replies of the threads that are asked for", async () => {
  const ts = await posted("parent");
  await posted("reply", { ts });
  const keys = async (threads?: string[]) => {
    const history = await channel.history(since, threads);
    return history.is === "read" ? history.messages.map(({ metadata }) => metadata?.event_payload.key) : history;
  };
  expect(await keys()).toContain("parent");
  expect(await keys()).not.toContain("reply");
  expect(await keys([ts])).toContain("reply");
  // A thread whose first message somebody deleted has nothing in it.
  expect(await keys(["1.000001", ts])).toContain("reply");
});
