import { expect, test } from "bun:test";
import { createSlackChannel } from "../../lib/remotes/slack/channel.ts";
import type { Message, PostOutcome, SlackChannel } from "../../lib/remotes/slack/ports.ts";
import { FakeSlack, lostAnswer, slackError, tooMany } from "../../test/support/slack/fake-slack.ts";
import { openDatabase } from "../database.ts";
import { keepDelivering } from "./keep-delivering.ts";
import { Outbox } from "./outbox.ts";

const post = (key: string) => ({ key, thread: null, text: key, blocks: [] });

/** A worker whose waits end when the test says so, or when its signal does. */
function start(channel: SlackChannel, database = openDatabase(":memory:")) {
  const outbox = new Outbox(database);
  const warnings: string[] = [];
  const waits: { milliseconds: number; end: () => void }[] = [];
  const watchers = new Set<() => void>();
  const changed = () => {
    for (const watcher of watchers) watcher();
  };
  let at = 0;
  const worker = keepDelivering(outbox, channel, {
    now: () => new Date(at),
    sleep: (milliseconds, signal) =>
      new Promise<void>((resolve) => {
        const end = () => {
          at += milliseconds;
          resolve();
        };
        waits.push({ milliseconds, end });
        signal.addEventListener("abort", () => resolve());
        changed();
      }),
    warn: (message) => void warnings.push(message),
  });
  /** Waits until so many waits were begun; answers the last one. */
  const waitNumber = async (count: number) => {
    while (waits.length < count) await new Promise<void>((resolve) => watchers.add(resolve));
    return waits[count - 1] ?? { milliseconds: 0, end() {} };
  };
  return { outbox, worker, warnings, waits, waitNumber };
}

/** A channel of which every post is let through, or answered, by the test. */
function heldChannel() {
  const asked: { message: Message; answer: (outcome: PostOutcome) => void }[] = [];
  let onAsk = () => {};
  const channel: SlackChannel = {
    history: async () => ({ is: "read", messages: [] }),
    update: async (ts) => ({ is: "posted", ts }),
    post: (message) =>
      new Promise((answer) => {
        asked.push({ message, answer });
        onAsk();
      }),
  };
  const next = async (count: number) => {
    while (asked.length < count)
      await new Promise<void>((resolve) => {
        onAsk = resolve;
      });
    return asked[count - 1];
  };
  return { channel, next, asked };
}

test("what is put is delivered at once, and the pace of one a second is kept", async () => {
  const { channel, next } = heldChannel();
  const { outbox, worker, waitNumber } = start(channel);
  outbox.enqueue(post("a"));
  (await next(1))?.answer({ is: "posted", ts: "1.0" });
  outbox.enqueue(post("b"));
  const pause = await waitNumber(1);
  expect(pause.milliseconds).toBe(1000);
  pause.end();
  (await next(2))?.answer({ is: "posted", ts: "2.0" });
  await worker.stop();
  expect([outbox.tsOf("a"), outbox.tsOf("b")]).toEqual(["1.0", "2.0"]);
});

test("stopping waits for the post in flight, and begins no other", async () => {
  const { channel, next, asked } = heldChannel();
  const { outbox, worker } = start(channel);
  outbox.enqueue(post("a"));
  outbox.enqueue(post("b"));
  const first = await next(1);
  let stopped = false;
  const stopping = worker.stop().then(() => {
    stopped = true;
  });
  await Bun.sleep(0);
  expect(stopped).toBe(false);
  first?.answer({ is: "posted", ts: "1.0" });
  await stopping;
  expect(asked).toHaveLength(1);
  expect(outbox.tsOf("a")).toBe("1.0");
  expect(outbox.undelivered()).toMatchObject([{ key: "b", attempts: 0 }]);
});

test("it waits for as long as Slack wants to be left alone, an hour at most", async () => {
  for (const [said, waited] of [
    [90_000, 90_000],
    [90_000_000, 3_600_000],
    [1000, 4000],
  ] as const) {
    const { channel, next } = heldChannel();
    const reading: SlackChannel = { ...channel, history: async () => ({ is: "failed", reason: "503", waitMs: said }) };
    const { outbox, worker, waits, waitNumber } = start(reading);
    outbox.enqueue(post("a"));
    (await next(1))?.answer({ is: "unknown", reason: "lost" });
    // After the post, before the channel is read, and once that has failed.
    for (const count of [1, 2]) (await waitNumber(count)).end();
    await waitNumber(3);
    expect(waits.at(-1)?.milliseconds).toBe(waited);
    await worker.stop();
  }
});

test("stopping ends the wait that Slack asks for while its history is read, and asks nothing more", async () => {
  await using slack = new FakeSlack((method) => {
    if (method === "chat.postMessage") return lostAnswer();
    return method === "conversations.history" ? tooMany(100) : undefined;
  });
  const { outbox, worker, waits, waitNumber } = start(createSlackChannel(slack.settings));
  outbox.enqueue(post("a"));
  for (let count = 1; (await waitNumber(count)).milliseconds !== 100_000; count++) waits[count - 1]?.end();
  const asked = slack.calls.length;
  await worker.stop();
  expect(slack.calls).toHaveLength(asked);
  expect(slack.calls.filter((method) => method === "conversations.history")).toHaveLength(1);
  expect(outbox.undelivered().map(({ key }) => key)).toEqual(["a"]);
});

test("while the channel is archived it is asked less and less often, said once, and delivered in the end", async () => {
  let archived = true;
  await using slack = new FakeSlack(() => (archived ? slackError("is_archived") : undefined));
  const { outbox, worker, warnings, waits, waitNumber } = start(createSlackChannel(slack.settings));
  outbox.enqueue(post("a"));
  for (let count = 1; count <= 10; count++) {
    const { end } = await waitNumber(count);
    archived = count < 10;
    end();
  }
  while (outbox.undelivered().length > 0) await Bun.sleep(1);
  await worker.stop();
  expect(waits.map(({ milliseconds }) => milliseconds / 1000)).toEqual([2, 4, 8, 16, 32, 64, 128, 256, 300, 300]);
  expect(warnings).toEqual([expect.stringContaining("1 message to Slack is waiting: Slack refused (is_archived)")]);
  expect(slack.messages).toHaveLength(1);
});

test("a message that is refused by itself does not keep a new one waiting", async () => {
  await using slack = new FakeSlack((_, count) => (count === 1 ? slackError("invalid_blocks") : undefined));
  const { outbox, worker, warnings, waitNumber } = start(createSlackChannel(slack.settings));
  outbox.enqueue(post("a"));
  await waitNumber(1);
  outbox.enqueue(post("b"));
  (await waitNumber(2)).end();
  while (outbox.tsOf("b") === null) await Bun.sleep(1);
  await worker.stop();
  expect(outbox.undelivered().map(({ key }) => key)).toEqual(["a"]);
  expect(warnings).toEqual([]);
});

test("a database that fails is said, and the worker goes on", async () => {
  const database = openDatabase(":memory:");
  const { channel, next } = heldChannel();
  const { outbox, worker, warnings, waitNumber } = start(channel, database);
  outbox.enqueue(post("a"));
  const first = await next(1);
  database.run("alter table outbox rename to gone");
  first?.answer({ is: "posted", ts: "1.0" });
  const pause = await waitNumber(1);
  expect(warnings).toEqual([expect.stringContaining("the outbox's database")]);
  database.run("alter table gone rename to outbox");
  pause.end();
  // Looked for in the channel, which is empty: posted again.
  (await waitNumber(2)).end();
  (await next(2))?.answer({ is: "posted", ts: "2.0" });
  while (outbox.tsOf("a") === null) await Bun.sleep(1);
  await worker.stop();
});
